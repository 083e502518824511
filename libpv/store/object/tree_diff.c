/* SPDX-License-Identifier: MIT
 *
 * Two trees are merged in git's order of entries, in which a folder sorts as
 * if its name ended in "/": entries that compare equal are of one kind, and a
 * file replaced by a folder shows as one removal and one addition.
 */
#include "store/object/tree_diff.h"

#include <string.h>

#include "base/fail.h"
#include "store/object/tree.h"
#include "store/object/tree_read.h"

enum {
	DEPTH_MAX = 256
};

struct tree_diff {
	pv_store *store;
	pv_buf path;
	int depth;
	int (*fn)(const pv_tree_change *change, void *payload);
	void *payload;
	pv_error *err;
};

static int diff_trees(struct tree_diff *diff, const git_oid *before,
		      const git_oid *after);

/* A tree as it is stored, and the entry that is next. */
struct side {
	pv_buf bytes;
	pv_str rest;
	pv_tree_edit entry; /* its path is the name; mode 0: no more */
};

static int is_tree_mode(uint32_t mode)
{
	return (mode & 0170000) == GIT_FILEMODE_TREE;
}

static int is_tree(const pv_tree_edit *entry)
{
	return entry && is_tree_mode(entry->mode);
}

static const git_oid *tree_id(const pv_tree_edit *entry)
{
	return is_tree(entry) ? &entry->id : NULL;
}

static int report(struct tree_diff *diff, const pv_tree_edit *before,
		  const pv_tree_edit *after)
{
	pv_tree_change change = { .path = diff->path.ptr };

	if (pv_buf_status(&diff->path, diff->err) < 0)
		return diff->path.status;
	if (before) {
		change.modes[0] = pv_tree_mode(before->mode);
		change.ids[0] = &before->id;
	}
	if (after) {
		change.modes[1] = pv_tree_mode(after->mode);
		change.ids[1] = &after->id;
	}
	return diff->fn(&change, diff->payload);
}

static int is_same(const pv_tree_edit *before, const pv_tree_edit *after)
{
	return before && after && git_oid_equal(&before->id, &after->id) &&
	       pv_tree_mode(before->mode) == pv_tree_mode(after->mode);
}

/* Two entries of one name, either may be missing. */
static int diff_entries(struct tree_diff *diff, const pv_tree_edit *before,
			const pv_tree_edit *after)
{
	size_t len = diff->path.len;
	int rc;

	if (is_same(before, after))
		return PV_OK;
	if (len)
		pv_buf_putc(&diff->path, '/');
	pv_buf_puts(&diff->path, before ? before->path : after->path);
	if (is_tree(before) || is_tree(after))
		rc = diff_trees(diff, tree_id(before), tree_id(after));
	else
		rc = report(diff, before, after);
	pv_buf_truncate(&diff->path, len);
	return rc;
}

/* The byte after a name's common part with another. */
static unsigned char byte_at(const pv_tree_edit *entry, size_t at)
{
	unsigned char byte = (unsigned char)entry->path[at];

	return !byte && is_tree(entry) ? '/' : byte;
}

/* Where the next entries of two trees stand to each other in git's order. */
static int compare(const pv_tree_edit *before, const pv_tree_edit *after)
{
	size_t at = 0;

	if (!before->mode || !after->mode)
		return before->mode ? -1 : 1;
	while (before->path[at] && before->path[at] == after->path[at])
		at++;
	return byte_at(before, at) - byte_at(after, at);
}

/* Passes over entries that both trees have next. */
static void skip_equal(struct side *before, struct side *after)
{
	pv_str *a = &before->rest;
	pv_str *b = &after->rest;
	const char *nul;
	size_t len;

	for (;;) {
		nul = memchr(a->ptr, '\0', a->len);
		len = nul ? (size_t)(nul - a->ptr) + 1 + GIT_OID_RAWSZ : 0;
		if (!len || len > a->len || len > b->len ||
		    memcmp(a->ptr, b->ptr, len) != 0)
			return;
		a->ptr += len;
		a->len -= len;
		b->ptr += len;
		b->len -= len;
	}
}

static int next_entry(struct side *side, struct tree_diff *diff)
{
	int rc = pv_store_tree_next(&side->entry, &side->rest);

	if (rc > 0 && side->entry.mode)
		return PV_OK;
	side->entry.mode = 0;
	if (rc == 0)
		return PV_OK;
	return pv_fail(diff->err, PV_EGIT, "a tree at \"%s\" is malformed",
		       pv_buf_text(&diff->path));
}

static int merge_entries(struct tree_diff *diff, struct side *before,
			 struct side *after)
{
	int rc;

	skip_equal(before, after);
	rc = next_entry(before, diff);
	if (rc == PV_OK)
		rc = next_entry(after, diff);
	while (rc == PV_OK && (before->entry.mode || after->entry.mode)) {
		int order = compare(&before->entry, &after->entry);

		rc = diff_entries(diff, order <= 0 ? &before->entry : NULL,
				  order >= 0 ? &after->entry : NULL);
		if (order == 0)
			skip_equal(before, after);
		if (rc == PV_OK && order <= 0)
			rc = next_entry(before, diff);
		if (rc == PV_OK && order >= 0)
			rc = next_entry(after, diff);
	}
	return rc;
}

/* Loads a tree; without one there are no entries. */
static int load_side(struct side *out, struct tree_diff *diff, const git_oid *id)
{
	int rc = PV_OK;

	if (id)
		rc = pv_tree_read_raw(&out->bytes, diff->store, id, diff->err);
	out->rest.ptr = pv_buf_text(&out->bytes);
	out->rest.len = out->bytes.len;
	return rc;
}

static int diff_trees(struct tree_diff *diff, const git_oid *before,
		      const git_oid *after)
{
	struct side sides[2] = { 0 };
	int rc;

	if (diff->depth == DEPTH_MAX)
		return pv_fail(diff->err, PV_ELIMIT,
			       "folders nest deeper than %d", DEPTH_MAX);
	diff->depth++;
	rc = load_side(&sides[0], diff, before);
	if (rc == PV_OK)
		rc = load_side(&sides[1], diff, after);
	if (rc == PV_OK)
		rc = merge_entries(diff, &sides[0], &sides[1]);
	pv_buf_dispose(&sides[0].bytes);
	pv_buf_dispose(&sides[1].bytes);
	diff->depth--;
	return rc;
}

/* The id of the folder `dir` of a tree; 0 when there is none. */
static int find_dir(git_oid *out, struct tree_diff *diff, const git_oid *tree,
		    const char *dir)
{
	pv_tree_item item = { .mode = GIT_FILEMODE_TREE };
	int rc;

	if (!tree)
		return 0;
	item.id = *tree;
	rc = pv_tree_item_descend(&item, diff->store, dir, diff->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(diff->err);
		return 0;
	}
	*out = item.id;
	return rc < 0 ? rc : item.mode == GIT_FILEMODE_TREE;
}

int pv_tree_changes(pv_store *store, const git_oid *const trees[2],
		    const char *dir,
		    int (*fn)(const pv_tree_change *change, void *payload),
		    void *payload, pv_error *err)
{
	struct tree_diff diff = {
		.store = store, .fn = fn, .payload = payload, .err = err
	};
	git_oid ids[2];
	int found[2];
	int rc = PV_OK;

	if (trees[0] && trees[1] && git_oid_equal(trees[0], trees[1]))
		return PV_OK;
	for (int i = 0; i < 2; i++) {
		found[i] = find_dir(&ids[i], &diff, trees[i], dir);
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

/* --- of files only ---------------------------------------------------------- */

struct blob_diff {
	int (*fn)(const char *path, const pv_oid *before, const pv_oid *after,
		  void *payload);
	void *payload;
};

/* The blob on a side; NULL when there is none. */
static const pv_oid *blob_of(pv_oid *room, const pv_tree_change *change, int side)
{
	uint32_t mode = change->modes[side];

	if (!mode || (mode & 0170000) == GIT_FILEMODE_COMMIT)
		return NULL;
	pv_oid_from_git(room, change->ids[side]);
	return room;
}

static int report_blobs(const pv_tree_change *change, void *payload)
{
	const struct blob_diff *diff = payload;
	pv_oid room[2];
	const pv_oid *before = blob_of(&room[0], change, 0);
	const pv_oid *after = blob_of(&room[1], change, 1);

	if (!before && !after)
		return PV_OK;
	if (before && after && !strcmp(before->hex, after->hex))
		return PV_OK;
	return diff->fn(change->path, before, after, diff->payload);
}

int pv_tree_diff(pv_store *store, const pv_oid trees[2], const char *dir,
		 int (*fn)(const char *path, const pv_oid *before,
			   const pv_oid *after, void *payload),
		 void *payload, pv_error *err)
{
	struct blob_diff diff = { fn, payload };
	const git_oid *ids[2] = { NULL, NULL };
	git_oid room[2];

	for (int i = 0; i < 2; i++) {
		int rc = PV_OK;

		if (trees[i].hex[0]) {
			rc = pv_oid_to_git(&room[i], &trees[i], err);
			ids[i] = &room[i];
		}
		if (rc < 0)
			return rc;
	}
	return pv_tree_changes(store, ids, dir, report_blobs, &diff, err);
}
