/* SPDX-License-Identifier: MIT
 *
 * What may be the path of a file in a repository.
 */
#ifndef PV_STORE_PATH_H
#define PV_STORE_PATH_H

#include <pv/error.h>

/* Longest path and deepest nesting that we write. */
enum {
	PV_PATH_MAX = 4095,
	PV_PATH_DEPTH = 128
};

/*
 * Accepts what git accepts here: relative, "/" between
 * components, none of them empty, ".", ".." or something that a careless
 * file system takes for ".git". PV_EINVALID, PV_ELIMIT.
 */
int pv_path_check(const char *path, pv_error *err);

/* The same for a file to be made: no backslash, which parts folders elsewhere. */
int pv_path_check_new(const char *path, pv_error *err);

/* The last component. */
const char *pv_path_name(const char *path);

/*
 * Orders paths by their components, so that a folder's contents follow its
 * name directly.
 */
int pv_path_cmp(const char *a, const char *b);

#endif
