/* SPDX-License-Identifier: MIT
 *
 * Making the cached trees, see cache_tree_write.h. A folder whose tree is not
 * known gets the one that its rows make. When the whole index makes the tree
 * of the commit, each of these is a part of it and thus stored; otherwise
 * only those count that are.
 */
#include "store/index/cache_tree_write.h"

#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/str.h"
#include "store/index/cache_tree.h"
#include "store/path.h"

struct writer {
	const pv_cache_tree_edit *edit;
	git_odb *odb;
	pv_cache_tree known; /* of the old index */
	pv_map touched;      /* folders with a change below, as its keys */
	size_t row;          /* the next one */
	unsigned depth;
	int is_strict; /* computed trees are looked up */
	pv_error *err;
};

/* One folder on its way into the extension. */
struct folder {
	pv_str path; /* with a slash at its end; borrowed from a row */
	pv_str name;
	git_oid id;
	size_t start; /* its first row */
	size_t folders;
	int is_known; /* `id` is from the old index */
	int is_bad;   /* something below belongs into no tree */
	pv_buf tree;  /* the object its rows make, unless known */
	pv_buf below; /* the extension's data of the folders in it */
};

static int put_folder(struct writer *it, pv_buf *out, struct folder *folder);

static void put_entry(pv_buf *tree, uint32_t mode, pv_str name, const git_oid *id)
{
	pv_buf_printf(tree, "%o %.*s", (unsigned)mode, (int)name.len, name.ptr);
	pv_buf_putc(tree, '\0');
	pv_buf_put(tree, id->id, sizeof(id->id));
}

static void add_file(struct folder *folder, const pv_index_row *row)
{
	pv_str name = pv_str_of(row->path + folder->path.len);

	if (row->stage || (row->flags & PV_INDEX_INTENDED))
		folder->is_bad = 1;
	if (!folder->is_known)
		put_entry(&folder->tree, row->stat.mode, name, &row->id);
}

/* The folder in `parent` that the next row is in. */
static int add_folder(struct writer *it, struct folder *parent)
{
	const char *path = it->edit->rows[it->row]->path;
	const char *name = path + parent->path.len;
	const char *slash = strchr(name, '/');
	struct folder folder = { .start = it->row };
	int rc;

	folder.path.ptr = path;
	folder.path.len = (size_t)(slash - path) + 1;
	folder.name.ptr = name;
	folder.name.len = (size_t)(slash - name);
	rc = put_folder(it, &parent->below, &folder);
	parent->folders++;
	parent->is_bad |= folder.is_bad;
	if (!parent->is_known)
		put_entry(&parent->tree, GIT_FILEMODE_TREE, folder.name,
			  &folder.id);
	return rc;
}

static int is_in(const pv_index_row *row, pv_str folder)
{
	return !strncmp(row->path, folder.ptr, folder.len);
}

/* Passes over the rows of a folder, and makes what is in it. */
static int fill_folder(struct writer *it, struct folder *folder)
{
	const pv_cache_tree_edit *edit = it->edit;
	int rc = PV_OK;

	if (++it->depth > PV_PATH_DEPTH)
		return pv_fail(it->err, PV_ELIMIT, "folders are nested too deep");
	while (rc == PV_OK && it->row < edit->count &&
	       is_in(edit->rows[it->row], folder->path)) {
		const pv_index_row *row = edit->rows[it->row];

		if (strchr(row->path + folder->path.len, '/')) {
			rc = add_folder(it, folder);
		} else {
			add_file(folder, row);
			it->row++;
		}
	}
	it->depth--;
	return rc;
}

/* The id of a folder that the old index does not know. */
static int find_id(struct writer *it, struct folder *folder)
{
	int rc = pv_buf_status(&folder->tree, it->err);

	if (rc < 0 || folder->is_bad || folder->is_known)
		return rc;
	if (git_odb_hash(&folder->id, pv_buf_text(&folder->tree),
			 folder->tree.len, GIT_OBJECT_TREE) < 0)
		return pv_fail_git(it->err, -1, "hash a tree", NULL);
	if (it->is_strict &&
	    !git_odb_exists_ext(it->odb, &folder->id, GIT_ODB_LOOKUP_NO_REFRESH))
		folder->is_bad = 1;
	return PV_OK;
}

/* Appends a folder and those in it; `*folder` gets its id. */
static int put_folder(struct writer *it, pv_buf *out, struct folder *folder)
{
	const pv_cached_tree *tree = NULL;
	int rc;

	if (!pv_map_find(&it->touched, folder->path))
		tree = pv_map_find(&it->known.trees, folder->path);
	folder->is_known = tree != NULL;
	if (tree)
		folder->id = tree->id;
	rc = fill_folder(it, folder);
	if (rc == PV_OK)
		rc = find_id(it, folder);
	if (tree && tree->count != it->row - folder->start)
		folder->is_bad = 1; /* the old index contradicts itself */
	pv_buf_put(out, folder->name.ptr, folder->name.len);
	pv_buf_putc(out, '\0');
	if (folder->is_bad)
		pv_buf_puts(out, "-1");
	else
		pv_buf_printf(out, "%zu", it->row - folder->start);
	pv_buf_printf(out, " %zu\n", folder->folders);
	if (!folder->is_bad)
		pv_buf_put(out, folder->id.id, sizeof(folder->id.id));
	pv_buf_put(out, pv_buf_text(&folder->below), folder->below.len);
	if (rc == PV_OK)
		rc = pv_buf_status(&folder->below, it->err);
	pv_buf_dispose(&folder->tree);
	pv_buf_dispose(&folder->below);
	return rc;
}

/* Notes the folders above the changed files. */
static int note_touched(struct writer *it)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < it->edit->file_count; i++) {
		pv_str path = pv_str_of(it->edit->files[i].path);

		if (it->edit->files[i].is_left_out)
			continue;
		for (; rc == PV_OK && path.len; path.len--)
			if (path.ptr[path.len - 1] == '/')
				rc = pv_map_set(&it->touched, path, it, NULL,
						it->err);
		if (rc == PV_OK)
			rc = pv_map_set(&it->touched, path, it, NULL, it->err);
	}
	return rc;
}

/* All folders; `*is_commit` tells whether they make the commit's tree. */
static int put_all(pv_buf *out, int *is_commit, struct writer *it)
{
	struct folder root = { .path = { "", 0 }, .name = { "", 0 } };
	int rc;

	it->row = 0;
	it->depth = 0;
	rc = put_folder(it, out, &root);
	*is_commit = !root.is_bad && git_oid_equal(&root.id, it->edit->tree);
	return rc;
}

int pv_cache_tree_put(pv_buf *out, const pv_cache_tree_edit *edit, pv_error *err)
{
	struct writer it = { .edit = edit, .err = err };
	int is_commit;
	int rc = pv_cache_tree_load(&it.known, edit->map, err);

	if (rc == PV_OK && git_repository_odb(&it.odb, edit->store->repo) < 0)
		rc = pv_fail_git(err, -1, "open the object database", NULL);
	if (rc == PV_OK)
		rc = note_touched(&it);
	if (rc == PV_OK)
		rc = put_all(out, &is_commit, &it);
	if (rc == PV_OK && !is_commit) {
		pv_buf_clear(out);
		it.is_strict = 1;
		rc = put_all(out, &is_commit, &it);
	}
	if (rc == PV_OK)
		rc = pv_buf_status(out, err);
	/* An index needs none. */
	if (rc == PV_ELIMIT) {
		pv_error_clear(err);
		pv_buf_clear(out);
		rc = PV_OK;
	}
	git_odb_free(it.odb);
	pv_cache_tree_dispose(&it.known);
	pv_map_dispose(&it.touched);
	return rc;
}
