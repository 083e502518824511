/* SPDX-License-Identifier: MIT
 *
 * See commit_review.h. A hook may have staged anything: what it left is told
 * from what it was given by the tree that would have been committed.
 */
#include "store/commit/commit_review.h"

#include "base/fail.h"
#include "base/mem.h"

static int is_regular(uint32_t mode)
{
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

static int describe(pv_staged *out, const pv_tree_edit *edit,
		    const git_oid *before, git_odb *odb, pv_error *err)
{
	pv_tree_edit old = { NULL, 0, { { 0 } } };
	int rc = PV_OK;

	out->path = edit->path;
	out->is_file = is_regular(edit->mode);
	if (edit->mode)
		pv_oid_from_git(&out->blob, &edit->id);
	if (before)
		rc = pv_store_tree_find(&old, odb, before, edit->path, err);
	if (old.mode == GIT_FILEMODE_TREE)
		old.mode = 0;
	out->is_hooks =
		before && (old.mode != edit->mode ||
			   (edit->mode && !git_oid_equal(&old.id, &edit->id)));
	return rc;
}

int pv_commit_review(const pv_commit_scan *scan, const git_oid *before,
		     git_odb *odb, const pv_commit_options *opts, pv_error *err)
{
	pv_staged *files;
	int rc = PV_OK;

	if (!opts->review)
		return PV_OK;
	files = pv_calloc(scan->edit_count + 1, sizeof(*files));
	if (!files)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < scan->edit_count && rc == PV_OK; i++)
		rc = describe(&files[i], &scan->edits[i], before, odb, err);
	if (rc == PV_OK)
		rc = opts->review(files, scan->edit_count, opts->reviewer, err);
	pv_free(files);
	return rc;
}
