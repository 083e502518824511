/* SPDX-License-Identifier: MIT
 *
 * Sorted once, so that thousands of paths are compared with few others each.
 */
#include "store/commit/change_paths.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

typedef int (*compare_fn)(const void *, const void *);

static int compare_exactly(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static int compare_folded(const void *a, const void *b)
{
	return pv_str_casecmp(*(const char *const *)a, *(const char *const *)b);
}

/* Looks for the folders of one path among the paths. */
static int check_folders(const char *path, const char **paths, size_t count,
			 compare_fn compare, pv_error *err)
{
	char *folder = pv_strdup(path);
	char *slash = folder ? strrchr(folder, '/') : NULL;
	const char *const *found = NULL;
	int rc = PV_OK;

	if (!folder)
		return pv_fail_nomem(err);
	while (slash && !found) {
		*slash = '\0';
		found = bsearch(&folder, paths, count, sizeof(*paths), compare);
		slash = strrchr(folder, '/');
	}
	if (found)
		rc = pv_fail(err, PV_EINVALID,
			     "\"%.100s\" cannot be a file and the folder of "
			     "\"%.100s\"",
			     *found, path);
	pv_free(folder);
	return rc;
}

int pv_change_paths_check(const pv_change *changes, size_t count, int fold_case,
			  pv_error *err)
{
	compare_fn compare = fold_case ? compare_folded : compare_exactly;
	const char **paths = pv_calloc(count, sizeof(*paths));
	int rc = PV_OK;

	if (!paths)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		paths[i] = changes[i].path;
	qsort(paths, count, sizeof(*paths), compare);
	for (size_t i = 1; rc == PV_OK && i < count; i++)
		if (compare(&paths[i - 1], &paths[i]) == 0)
			rc = pv_fail(err, PV_EINVALID,
				     "\"%s\" and \"%s\" are the same file",
				     paths[i - 1], paths[i]);
	for (size_t i = 0; rc == PV_OK && count > 1 && i < count; i++)
		rc = check_folders(paths[i], paths, count, compare, err);
	pv_free(paths);
	return rc;
}
