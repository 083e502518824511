/* SPDX-License-Identifier: MIT
 *
 * One file at a point: in a commit's tree, in the index, or (work_file.c) in
 * the working tree. Only regular files are files here: a symbolic link could
 * lead anywhere, and a prompt is never one. In a commit and in the index a
 * link is no file; in the working tree it is in the way, which is an error.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/index/index.h"
#include "store/object/object.h"
#include "store/object/tree_read.h"
#include "store/path.h"
#include "store/worktree/work_file.h"

static int check_mode(uint32_t mode, const char *path, pv_error *err)
{
	switch (mode) {
	case GIT_FILEMODE_BLOB:
	case GIT_FILEMODE_BLOB_EXECUTABLE:
		return PV_OK;
	case GIT_FILEMODE_LINK:
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" is a symbolic link",
			       path);
	case GIT_FILEMODE_COMMIT:
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" is a submodule", path);
	case GIT_FILEMODE_TREE:
		return pv_fail(err, PV_ENOTFOUND, "\"%s\" is a folder", path);
	default:
		return pv_fail(err, PV_EGIT, "\"%s\" has the odd mode %o", path,
			       (unsigned)mode);
	}
}

static int find_in_commit(pv_oid *out, pv_store *store, const pv_oid *commit,
			  const char *path, pv_error *err)
{
	pv_tree_item item;
	int rc = pv_tree_item_find(&item, store, commit, path, err);

	if (rc == PV_ENOTFOUND)
		return pv_fail(err, rc, "there is no file \"%s\" in %.10s",
			       path, commit->hex);
	if (rc == PV_OK)
		rc = check_mode(item.mode, path, err);
	if (rc == PV_OK)
		pv_oid_from_git(out, &item.id);
	return rc;
}

static int find_in_index(pv_oid *out, pv_store *store, const char *path,
			 pv_error *err)
{
	const pv_index_row *row;
	pv_index_map *index;
	int rc = pv_index_get(&index, store, err);

	if (rc < 0)
		return rc;
	row = pv_index_map_row(index, path);
	if (row && !(row->flags & PV_INDEX_INTENDED)) {
		rc = check_mode(row->stat.mode, path, err);
		if (rc == PV_OK)
			pv_oid_from_git(out, &row->id);
	} else if (pv_index_map_is_unmerged(index, path)) {
		rc = pv_fail(err, PV_ECONFLICT, "\"%s\" is unmerged", path);
	} else {
		rc = pv_fail(err, PV_ENOTFOUND,
			     "there is no file \"%s\" in the index", path);
	}
	pv_index_release(index);
	return rc;
}

static int check_work_dir(const pv_store *store, pv_error *err)
{
	if (store->work_dir)
		return PV_OK;
	return pv_fail(err, PV_EUNSUPPORTED,
		       "a bare repository has no working tree");
}

int pv_store_find(pv_oid *blob_out, pv_store *store, const pv_point *at,
		  const char *path, pv_error *err)
{
	int rc = pv_path_check(path, err);

	blob_out->hex[0] = '\0';
	if (rc < 0)
		return rc;
	switch (at->kind) {
	case PV_AT_COMMIT:
		return find_in_commit(blob_out, store, &at->commit, path, err);
	case PV_AT_INDEX:
		return find_in_index(blob_out, store, path, err);
	case PV_AT_WORKTREE:
		rc = check_work_dir(store, err);
		return rc < 0 ? rc
			      : pv_work_file_find(blob_out, store, path, err);
	}
	return pv_fail(err, PV_EINVALID, "unknown kind of point");
}

int pv_store_read_raw(pv_buf *out, int *is_raw_out, pv_store *store,
		      const char *path, pv_error *err)
{
	int rc = pv_path_check(path, err);

	*is_raw_out = 0;
	if (rc == PV_OK)
		rc = check_work_dir(store, err);
	if (rc == PV_OK)
		rc = pv_work_file_read_raw(out, is_raw_out, store, path, err);
	return rc;
}

int pv_store_read(pv_buf *out, pv_oid *blob_out, pv_store *store,
		  const pv_point *at, const char *path, pv_error *err)
{
	pv_oid blob;
	int rc;

	if (blob_out)
		blob_out->hex[0] = '\0';
	if (at->kind == PV_AT_WORKTREE) {
		rc = pv_path_check(path, err);
		if (rc == PV_OK)
			rc = check_work_dir(store, err);
		if (rc == PV_OK)
			rc = pv_work_file_read(out, blob_out, store, path, err);
		return rc;
	}
	rc = pv_store_find(&blob, store, at, path, err);
	if (rc < 0)
		return rc;
	rc = pv_store_read_blob(out, store, &blob, err);
	if (rc == PV_ENOTFOUND)
		rc = pv_fail(err, PV_EGIT, "the blob %s of \"%s\" is missing",
			     blob.hex, path);
	if (rc == PV_OK && blob_out)
		*blob_out = blob;
	return rc;
}
