/* SPDX-License-Identifier: MIT
 *
 * Templates below a folder, by path: "/a" and "./a" are "a" in it. No name
 * leads out of it: those with ".." are not there, and what a path really is,
 * links followed, has to lie in the folder as well, and to be a regular file.
 */
#include "prompt/render.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

/* Appends the parts of a name, as Jinja2's own loader reads them: 1, or 0. */
static int put_parts(pv_buf *out, const char *name)
{
	int is_any = 0;

	while (*name) {
		size_t len = strcspn(name, "/");

		if (len == 2 && !memcmp(name, "..", 2))
			return 0;
		if (len && !(len == 1 && *name == '.')) {
			pv_buf_putc(out, '/');
			pv_buf_put(out, name, len);
			is_any = 1;
		}
		name += len;
		name += *name == '/';
	}
	return is_any;
}

/* `real`: what the path really is, a regular file. */
static int check_place(char real[PATH_MAX], const char *folder,
		       const char *path, const char *name, pv_error *err)
{
	char top[PATH_MAX];
	struct stat st;
	size_t len;
	int rc;

	if (!realpath(folder, top) || !realpath(path, real))
		return PV_ENOTFOUND;
	if (stat(real, &st) < 0 || !S_ISREG(st.st_mode))
		return PV_ENOTFOUND;
	len = strlen(top);
	if (!strcmp(top, "/") ||
	    (pv_str_has_prefix(real, top) && real[len] == '/'))
		return PV_OK;
	rc = pv_fail(err, PV_EINVALID,
		     "template \"%.80s\" is a link out of \"%.80s\"", name,
		     folder);
	return pv_error_hint(err, rc, "put a copy of it into the folder");
}

int folder_load(pv_buf *out, const char *name, void *payload, pv_error *err)
{
	const char *folder = payload;
	char real[PATH_MAX];
	pv_buf path = { 0 };
	int rc = PV_ENOTFOUND;

	pv_buf_puts(&path, folder);
	if (put_parts(&path, name))
		rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = check_place(real, folder, path.ptr, name, err);
	if (rc == PV_OK)
		rc = pv_file_read(out, real, err);
	pv_buf_dispose(&path);
	return rc;
}
