/* SPDX-License-Identifier: MIT
 *
 * Two trees are merged in git's order of entries, in which a folder sorts as
 * if its name ended in "/": entries that compare equal are of one kind, and a
 * file replaced by a folder shows as one removal and one addition.
 */
#include "store/tree_diff.h"

#include <string.h>

#include "base/fail.h"
#include "store/tree_read.h"

enum {
	DEPTH_MAX = 256
};

struct tree_diff {
	pv_store *store;
	pv_buf path;
	int depth;
	int (*fn)(const char *path, const pv_oid *before, const pv_oid *after,
		  void *payload);
	void *payload;
	pv_error *err;
};

static int diff_trees(struct tree_diff *diff, const git_oid *before,
		      const git_oid *after);

static int is_tree(const git_tree_entry *entry)
{
	return entry && git_tree_entry_type(entry) == GIT_OBJECT_TREE;
}

static const git_oid *id_if(const git_tree_entry *entry, git_object_t type)
{
	if (!entry || git_tree_entry_type(entry) != type)
		return NULL;
	return git_tree_entry_id(entry);
}

static int report(struct tree_diff *diff, const git_oid *before,
		  const git_oid *after)
{
	pv_oid ids[2];

	if (!before && !after)
		return PV_OK;
	if (pv_buf_status(&diff->path, diff->err) < 0)
		return diff->path.status;
	if (before)
		pv_oid_from_git(&ids[0], before);
	if (after)
		pv_oid_from_git(&ids[1], after);
	return diff->fn(diff->path.ptr, before ? &ids[0] : NULL,
			after ? &ids[1] : NULL, diff->payload);
}

/* Two entries of one name, either may be missing. */
static int diff_entries(struct tree_diff *diff, const git_tree_entry *before,
			const git_tree_entry *after)
{
	const char *name = git_tree_entry_name(before ? before : after);
	size_t len = diff->path.len;
	int rc;

	if (before && after &&
	    git_oid_equal(git_tree_entry_id(before), git_tree_entry_id(after)))
		return PV_OK;
	if (len)
		pv_buf_putc(&diff->path, '/');
	pv_buf_puts(&diff->path, name);
	if (is_tree(before) || is_tree(after))
		rc = diff_trees(diff, id_if(before, GIT_OBJECT_TREE),
				id_if(after, GIT_OBJECT_TREE));
	else
		rc = report(diff, id_if(before, GIT_OBJECT_BLOB),
			    id_if(after, GIT_OBJECT_BLOB));
	pv_buf_truncate(&diff->path, len);
	return rc;
}

/* Where the next entries of two trees stand to each other in git's order. */
static int compare(const git_tree_entry *before, const git_tree_entry *after)
{
	if (!before || !after)
		return before ? -1 : 1;
	return git_tree_entry_cmp(before, after);
}

static int merge_entries(struct tree_diff *diff, const git_tree *before,
			 const git_tree *after)
{
	size_t old_count = before ? git_tree_entrycount(before) : 0;
	size_t new_count = after ? git_tree_entrycount(after) : 0;
	size_t i = 0;
	size_t k = 0;
	int rc = PV_OK;

	while (rc == PV_OK && (i < old_count || k < new_count)) {
		const git_tree_entry *old_entry = NULL;
		const git_tree_entry *new_entry = NULL;
		int order;

		if (i < old_count)
			old_entry = git_tree_entry_byindex(before, i);
		if (k < new_count)
			new_entry = git_tree_entry_byindex(after, k);
		order = compare(old_entry, new_entry);
		i += order <= 0;
		k += order >= 0;
		rc = diff_entries(diff, order <= 0 ? old_entry : NULL,
				  order >= 0 ? new_entry : NULL);
	}
	return rc;
}

static int diff_trees(struct tree_diff *diff, const git_oid *before,
		      const git_oid *after)
{
	git_tree *trees[2] = { NULL, NULL };
	int rc = PV_OK;

	if (diff->depth == DEPTH_MAX)
		return pv_fail(diff->err, PV_ELIMIT,
			       "folders nest deeper than %d", DEPTH_MAX);
	diff->depth++;
	if (before)
		rc = pv_tree_load(&trees[0], diff->store, before, diff->err);
	if (rc == PV_OK && after)
		rc = pv_tree_load(&trees[1], diff->store, after, diff->err);
	if (rc == PV_OK)
		rc = merge_entries(diff, trees[0], trees[1]);
	git_tree_free(trees[0]);
	git_tree_free(trees[1]);
	diff->depth--;
	return rc;
}

/* The id of the folder `dir` of a tree; 0 when there is none. */
static int find_dir(git_oid *out, struct tree_diff *diff, const pv_oid *tree,
		    const char *dir)
{
	pv_tree_item item = { .mode = GIT_FILEMODE_TREE };
	int rc;

	if (!tree->hex[0])
		return 0;
	rc = pv_oid_to_git(&item.id, tree, diff->err);
	if (rc == PV_OK)
		rc = pv_tree_item_descend(&item, diff->store, dir, diff->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(diff->err);
		return 0;
	}
	*out = item.id;
	return rc < 0 ? rc : item.mode == GIT_FILEMODE_TREE;
}

int pv_tree_diff(pv_store *store, const pv_oid trees[2], const char *dir,
		 int (*fn)(const char *path, const pv_oid *before,
			   const pv_oid *after, void *payload),
		 void *payload, pv_error *err)
{
	struct tree_diff diff = {
		.store = store, .fn = fn, .payload = payload, .err = err
	};
	git_oid ids[2];
	int found[2];
	int rc = PV_OK;

	if (!strcmp(trees[0].hex, trees[1].hex))
		return PV_OK;
	for (int i = 0; i < 2; i++) {
		found[i] = find_dir(&ids[i], &diff, &trees[i], dir);
		if (found[i] < 0)
			return found[i];
	}
	if (!found[0] && !found[1])
		return PV_OK;
	if (found[0] && found[1] && git_oid_equal(&ids[0], &ids[1]))
		return PV_OK;
	pv_buf_puts(&diff.path, dir);
	rc = diff_trees(&diff, found[0] ? &ids[0] : NULL,
			found[1] ? &ids[1] : NULL);
	pv_buf_dispose(&diff.path);
	return rc;
}
