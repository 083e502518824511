/* SPDX-License-Identifier: MIT
 *
 * Comparing HEAD, index and working tree for a commit, see commit_scan.h.
 */
#include "store/commit/commit_scan.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/path.h"

/* A path's state in the index; mode 0: not there, or only intended. */
struct staged {
	uint32_t mode;
	git_oid id;
	int is_skipped;  /* left out by a sparse checkout */
	int is_intended; /* to be added, not added */
};

static int same(uint32_t mode_a, const git_oid *id_a, uint32_t mode_b,
		const git_oid *id_b)
{
	return mode_a == mode_b && (!mode_a || git_oid_equal(id_a, id_b));
}

static int fail_unmerged(const char *path, pv_error *err)
{
	int rc = pv_fail(err, PV_ECONFLICT, "\"%s\" is unmerged", path);

	return pv_error_hint(err, rc, "resolve it, then mark it with `git add`");
}

/* The same from rows; a merged file has one of stage 0. */
static int find_row(struct staged *out, const pv_index_map *map,
		    const char *path, pv_error *err)
{
	const pv_index_row *row = pv_index_map_row(map, path);

	memset(out, 0, sizeof(*out));
	if (!row)
		return pv_index_map_is_unmerged(map, path)
			       ? fail_unmerged(path, err)
			       : PV_OK;
	if (row->stat.mode == GIT_FILEMODE_COMMIT)
		return pv_fail(err, PV_EINVALID, "\"%s\" is a submodule", path);
	out->is_skipped = (row->flags & PV_INDEX_SKIPPED) != 0;
	out->is_intended = (row->flags & PV_INDEX_INTENDED) != 0;
	if (out->is_intended)
		return PV_OK;
	out->mode = row->stat.mode;
	out->id = row->id;
	return PV_OK;
}

static int find_entry(struct staged *out, git_index *index, const char *path,
		      pv_error *err)
{
	const git_index_entry *entry = git_index_get_bypath(index, path, 0);

	memset(out, 0, sizeof(*out));
	for (int stage = 1; !entry && stage <= 3; stage++)
		if (git_index_get_bypath(index, path, stage))
			return fail_unmerged(path, err);
	if (!entry)
		return PV_OK;
	if (entry->mode == GIT_FILEMODE_COMMIT)
		return pv_fail(err, PV_EINVALID, "\"%s\" is a submodule", path);
	out->is_skipped =
		(entry->flags_extended & GIT_INDEX_ENTRY_SKIP_WORKTREE) != 0;
	out->is_intended =
		(entry->flags_extended & GIT_INDEX_ENTRY_INTENT_TO_ADD) != 0;
	if (out->is_intended)
		return PV_OK;
	out->mode = entry->mode;
	out->id = entry->id;
	return PV_OK;
}

static int find_staged(struct staged *out, const pv_commit_scan *scan,
		       const char *path, pv_error *err)
{
	return scan->index ? find_entry(out, scan->index, path, err)
			   : find_row(out, scan->map, path, err);
}

static int fail_missing(const pv_stage_file *file, pv_error *err)
{
	int rc;

	if (!file->is_beyond)
		return pv_fail(err, PV_ENOTFOUND,
			       "\"%s\" is neither a file nor in the repository",
			       file->path);
	rc = pv_fail(err, PV_EINVALID, "\"%s\" is beyond a symbolic link",
		     file->path);
	return pv_error_hint(err, rc,
			     "git tracks the link, not what it leads to");
}

/* Decides about one path once its blob is known. */
static int compare_path(pv_commit_scan *out, const pv_stage_file *file,
			const struct staged *staged, const pv_tree_edit *head,
			pv_error *err)
{
	pv_tree_edit *edit = &out->edits[out->edit_count];
	int rc;

	if (!file->mode && !staged->mode && !head->mode)
		return fail_missing(file, err);
	/* Dropped from the index only: a path that is named is taken as it is. */
	if (staged->mode &&
	    !same(staged->mode, &staged->id, head->mode, &head->id) &&
	    !same(staged->mode, &staged->id, file->mode, &file->id)) {
		rc = pv_fail(err, PV_EINVALID, "\"%s\" is partly staged",
			     file->path);
		return pv_error_hint(err, rc,
				     "stage the rest with `git add`, or commit "
				     "what is staged with `--staged`");
	}
	if (same(file->mode, &file->id, head->mode, &head->id))
		return PV_OK;
	edit->path = file->path;
	edit->mode = file->mode;
	edit->id = file->id;
	out->edit_count++;
	return PV_OK;
}

/* A file that the index dropped is gone for git, though it is there. */
static void untrack(pv_stage_file *file, const struct staged *staged,
		    const pv_tree_edit *head)
{
	if (staged->mode || staged->is_intended || !head->mode)
		return;
	file->is_present = 0;
	file->mode = 0;
}

static int compare_all(pv_commit_scan *scan, pv_objects *objects, pv_error *err)
{
	git_odb *odb;
	int rc = pv_objects_odb(&odb, objects, err);

	for (size_t i = 0; rc == PV_OK && i < scan->count; i++) {
		pv_stage_file *file = &scan->files[i];
		pv_tree_edit old = { NULL, 0, { { 0 } } };
		struct staged staged = { 0 };

		rc = find_staged(&staged, scan, file->path, err);
		if (rc == PV_OK && scan->head)
			rc = pv_store_tree_find(&old, odb, scan->head,
						file->path, err);
		if (old.mode == GIT_FILEMODE_TREE)
			old.mode = 0; /* a folder is no file */
		if (scan->untrack)
			untrack(file, &staged, &old);
		file->is_left_out = staged.is_skipped && !file->is_present;
		if (rc == PV_OK && !file->is_left_out)
			rc = compare_path(scan, file, &staged, &old, err);
	}
	return rc;
}

static int allocate(pv_commit_scan *scan, size_t count, pv_error *err)
{
	scan->files = pv_calloc(count, sizeof(*scan->files));
	scan->edits = pv_calloc(count, sizeof(*scan->edits));
	return scan->files && scan->edits ? PV_OK : pv_fail_nomem(err);
}

int pv_commit_scan_paths(pv_commit_scan *scan, const pv_strlist *paths,
			 pv_objects *objects, pv_error *err)
{
	int rc = allocate(scan, paths->count, err);

	for (size_t i = 0; rc == PV_OK && i < paths->count; i++) {
		const char *path = paths->items[i];
		struct staged staged = { 0 };

		rc = pv_path_check(path, err);
		if (rc == PV_OK)
			rc = find_staged(&staged, scan, path, err);
		if (rc < 0)
			break;
		scan->files[i].path = path;
		scan->files[i].mode = staged.mode;
		scan->count++;
	}
	if (rc == PV_OK)
		rc = pv_stage_files_look(scan->store, scan->files, scan->count,
					 err);
	if (rc == PV_OK)
		rc = pv_stage_files_hash(scan->store, scan->files, scan->count,
					 objects, err);
	if (rc == PV_OK)
		rc = compare_all(scan, objects, err);
	return rc;
}

static int add_delta(pv_commit_scan *out, const git_diff_delta *delta,
		     pv_error *err)
{
	const char *path = delta->new_file.path;
	pv_tree_edit *edit = &out->edits[out->edit_count];
	struct staged staged;
	int rc;

	if (delta->status == GIT_DELTA_CONFLICTED)
		return fail_unmerged(path, err);
	edit->mode =
		delta->status == GIT_DELTA_DELETED ? 0 : delta->new_file.mode;
	edit->id = delta->new_file.id;
	edit->path = path;
	if (edit->mode && edit->mode != GIT_FILEMODE_COMMIT) {
		rc = find_staged(&staged, out, path, err);
		if (rc < 0)
			return rc;
		edit->mode = staged.mode;
		if (!staged.mode && delta->status == GIT_DELTA_ADDED)
			return PV_OK; /* only intended */
	}
	/* The diff goes away, and its texts with it. */
	edit->path = pv_arena_dup(&out->texts, path, strlen(path));
	if (!edit->path)
		return pv_fail_nomem(err);
	out->edit_count++;
	return PV_OK;
}

int pv_commit_scan_index(pv_commit_scan *scan, pv_error *err)
{
	git_diff_options opts;
	git_tree *tree = NULL;
	git_diff *diff = NULL;
	size_t count = 0;
	int rc = 0;

	git_diff_options_init(&opts, GIT_DIFF_OPTIONS_VERSION);
	opts.flags = GIT_DIFF_INCLUDE_TYPECHANGE | GIT_DIFF_SKIP_BINARY_CHECK;
	opts.ignore_submodules = GIT_SUBMODULE_IGNORE_NONE;
	if (scan->head)
		rc = git_tree_lookup(&tree, scan->store->repo, scan->head);
	if (rc == 0)
		rc = git_diff_tree_to_index(&diff, scan->store->repo, tree,
					    scan->index, &opts);
	if (rc < 0)
		rc = pv_fail_git(err, rc, "compare", "the index");
	if (rc == PV_OK) {
		count = git_diff_num_deltas(diff);
		rc = allocate(scan, count, err);
	}
	for (size_t i = 0; rc == PV_OK && i < count; i++)
		rc = add_delta(scan, git_diff_get_delta(diff, i), err);
	git_diff_free(diff);
	git_tree_free(tree);
	return rc;
}

void pv_commit_scan_dispose(pv_commit_scan *scan)
{
	if (!scan)
		return;
	pv_free(scan->files);
	pv_free(scan->edits);
	pv_arena_dispose(&scan->texts);
	memset(scan, 0, sizeof(*scan));
}
