/* SPDX-License-Identifier: MIT
 *
 * Where a test of the index keeps it: in a file, or, when the program is run
 * by tests/postgres.sh, in PostgreSQL, as a project of its own.
 */
#ifndef PV_TESTS_INDEX_PLACE_H
#define PV_TESTS_INDEX_PLACE_H

#include <stdlib.h>

#include <pv/index.h>

static inline const char *place_postgres(void)
{
	return getenv("PV_TEST_POSTGRES");
}

/* Options for the index that `file` names. */
static inline pv_executions_options place_of(const char *file)
{
	const char *address = place_postgres();
	pv_executions_options opts = { .path = address ? address : file,
				       .project = file };

	return opts;
}

#endif
