/* SPDX-License-Identifier: MIT
 *
 * Templates below a folder, by relative path. No name leads out of it: ".."
 * and absolute names are not there, and what a path really is, links followed,
 * has to lie in the folder as well.
 */
#include "render.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

/* Whether each part of the name is one of a file or folder below. */
static int is_inside(const char *name)
{
	if (!*name || *name == '/')
		return 0;
	while (*name) {
		size_t len = strcspn(name, "/");

		if (!len || (len == 1 && *name == '.') ||
		    (len == 2 && !memcmp(name, "..", 2)))
			return 0;
		name += len;
		if (*name == '/' && !*++name)
			return 0;
	}
	return 1;
}

static int check_place(const char *folder, const char *path, const char *name,
		       pv_error *err)
{
	char top[PATH_MAX];
	char real[PATH_MAX];
	size_t len;
	int rc;

	if (!realpath(folder, top) || !realpath(path, real))
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
	pv_buf path = { 0 };
	int rc;

	if (!is_inside(name))
		return PV_ENOTFOUND;
	pv_buf_printf(&path, "%s/%s", folder, name);
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = check_place(folder, path.ptr, name, err);
	if (rc == PV_OK)
		rc = pv_file_read(out, path.ptr, err);
	pv_buf_dispose(&path);
	return rc;
}
