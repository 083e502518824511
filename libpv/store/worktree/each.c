/* SPDX-License-Identifier: MIT
 *
 * Listing the files at a point. Trees and the index are in byte order of
 * whole paths already; the working tree is sorted afterwards.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "store/index/index.h"
#include "store/object/tree_read.h"
#include "store/path.h"
#include "store/worktree/file_list.h"

int pv_file_list_add(pv_file_list *list, const char *path, const git_oid *id,
		     pv_error *err)
{
	pv_file_row *row;

	if (pv_array_reserve(&list->rows, &list->cap, list->count + 1,
			     sizeof(*list->rows)) < 0)
		return pv_fail_nomem(err);
	row = &list->rows[list->count];
	memset(row, 0, sizeof(*row));
	row->path = pv_arena_dup(&list->arena, path, strlen(path));
	if (!row->path)
		return pv_fail_nomem(err);
	if (id) {
		row->id = *id;
		row->has_id = 1;
	}
	list->count++;
	return PV_OK;
}

static int compare_rows(const void *a, const void *b)
{
	const pv_file_row *left = a;
	const pv_file_row *right = b;

	return strcmp(left->path, right->path);
}

void pv_file_list_sort(pv_file_list *list)
{
	if (list->count)
		qsort(list->rows, list->count, sizeof(*list->rows), compare_rows);
}

void pv_file_list_dispose(pv_file_list *list)
{
	pv_arena_dispose(&list->arena);
	pv_free(list->rows);
	memset(list, 0, sizeof(*list));
}

static int is_wanted(const pv_file_list *list, uint32_t mode)
{
	if (list->of_links)
		return mode == GIT_FILEMODE_LINK;
	return mode == GIT_FILEMODE_BLOB || mode == GIT_FILEMODE_BLOB_EXECUTABLE;
}

/* Adds the files of one tree; `path` is its folder with a final slash. */
static int list_tree(pv_file_list *out, pv_store *store, const git_oid *id,
		     pv_buf *path, pv_error *err)
{
	size_t base = path->len;
	git_tree *tree = NULL;
	int rc;

	if (base > PV_PATH_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "the folder \"%.60s...\" is nested too deeply",
			       path->ptr);
	rc = pv_tree_load(&tree, store, id, err);
	for (size_t i = 0; rc == PV_OK && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		uint32_t mode = git_tree_entry_filemode(entry);

		pv_buf_puts(path, git_tree_entry_name(entry));
		if (mode == GIT_FILEMODE_TREE)
			pv_buf_putc(path, '/');
		rc = pv_buf_status(path, err);
		if (rc == PV_OK && mode == GIT_FILEMODE_TREE)
			rc = list_tree(out, store, git_tree_entry_id(entry),
				       path, err);
		else if (rc == PV_OK && is_wanted(out, mode))
			rc = pv_file_list_add(out, path->ptr,
					      git_tree_entry_id(entry), err);
		pv_buf_truncate(path, base);
	}
	git_tree_free(tree);
	return rc;
}

static int list_commit(pv_file_list *out, pv_store *store, const pv_oid *commit,
		       const char *prefix, pv_error *err)
{
	pv_tree_item item;
	pv_buf path = { 0 };
	int rc = pv_tree_item_find(&item, store, commit, prefix, err);

	if (rc == PV_ENOTFOUND) {
		pv_error_clear(err);
		return PV_OK;
	}
	if (rc == PV_OK && item.mode == GIT_FILEMODE_LINK && out->of_links)
		return pv_file_list_add(out, prefix, &item.id, err);
	if (rc < 0 || item.mode != GIT_FILEMODE_TREE)
		return rc;
	pv_buf_puts(&path, prefix);
	if (*prefix)
		pv_buf_putc(&path, '/');
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		rc = list_tree(out, store, &item.id, &path, err);
	pv_buf_dispose(&path);
	return rc;
}

static int is_below(const char *path, const char *prefix)
{
	size_t len = strlen(prefix);

	return !len || (strncmp(path, prefix, len) == 0 && path[len] == '/');
}

static int list_index(pv_file_list *out, pv_store *store, const char *prefix,
		      pv_error *err)
{
	pv_index_map *index;
	int rc = pv_index_get(&index, store, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; rc == PV_OK && i < index->count; i++) {
		const pv_index_row *row = &index->rows[i];

		if (!row->stage && is_wanted(out, row->stat.mode) &&
		    !(row->flags & PV_INDEX_INTENDED) &&
		    (is_below(row->path, prefix) ||
		     (out->of_links && strcmp(row->path, prefix) == 0)))
			rc = pv_file_list_add(out, row->path, &row->id, err);
	}
	pv_index_release(index);
	return rc;
}

static int list(pv_file_list *out, pv_store *store, const pv_point *at,
		const char *prefix, pv_error *err)
{
	switch (at->kind) {
	case PV_AT_COMMIT:
		return list_commit(out, store, &at->commit, prefix, err);
	case PV_AT_INDEX:
		return list_index(out, store, prefix, err);
	case PV_AT_WORKTREE:
		if (!store->work_dir)
			return pv_fail(err, PV_EUNSUPPORTED,
				       "a bare repository has no working "
				       "tree");
		return pv_work_list(out, store, prefix, err);
	}
	return pv_fail(err, PV_EINVALID, "unknown kind of point");
}

static int list_below(pv_file_list *out, pv_store *store, const pv_point *at,
		      const char *prefix, pv_error *err)
{
	int rc = *prefix ? pv_path_check(prefix, err) : PV_OK;

	return rc == PV_OK ? list(out, store, at, prefix, err) : rc;
}

/* Hands out a list and disposes of it. */
static int tell(pv_file_list *files, int rc,
		int (*fn)(const char *path, const pv_oid *blob, void *payload),
		void *payload)
{
	for (size_t i = 0; rc == PV_OK && i < files->count; i++) {
		const pv_file_row *row = &files->rows[i];
		pv_oid oid;

		if (row->has_id)
			pv_oid_from_git(&oid, &row->id);
		rc = fn(row->path, row->has_id ? &oid : NULL, payload);
	}
	pv_file_list_dispose(files);
	return rc;
}

int pv_store_each(pv_store *store, const pv_point *at, const char *prefix,
		  int (*fn)(const char *path, const pv_oid *blob, void *payload),
		  void *payload, pv_error *err)
{
	pv_file_list files = { 0 };
	int rc = list_below(&files, store, at, prefix, err);

	return tell(&files, rc, fn, payload);
}

int pv_store_each_link(pv_store *store, const pv_point *at, const char *prefix,
		       int (*fn)(const char *path, const pv_oid *blob,
				 void *payload),
		       void *payload, pv_error *err)
{
	pv_file_list files = { .of_links = 1 };
	int rc = list_below(&files, store, at, prefix, err);

	return tell(&files, rc, fn, payload);
}
