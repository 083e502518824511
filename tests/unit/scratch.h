/* SPDX-License-Identifier: MIT
 *
 * Where tests write: below TMPDIR, or /tmp. Databases and repositories sync at
 * every step, which a file system in memory spares the tests (see run.sh).
 */
#ifndef PV_TESTS_SCRATCH_H
#define PV_TESTS_SCRATCH_H

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The path of `name`, a format, there; one that does not fit is cut short. */
__attribute__((format(printf, 3, 4))) static inline void scratch_path(
	char *out, size_t size, const char *name, ...)
{
	const char *folder = getenv("TMPDIR");
	va_list args;
	size_t len;

	snprintf(out, size, "%s/", folder && *folder ? folder : "/tmp");
	len = strlen(out);
	va_start(args, name);
	vsnprintf(out + len, size - len, name, args);
	va_end(args);
}

/* With all that is in it. */
static inline void scratch_remove(const char *folder)
{
	char command[512];
	int len = snprintf(command, sizeof(command), "rm -rf '%s'", folder);

	if (len < 0 || (size_t)len >= sizeof(command) ||
	    system(command) != 0) /* NOLINT(cert-env33-c) */
		fprintf(stderr, "left behind: %s\n", folder);
}

#endif
