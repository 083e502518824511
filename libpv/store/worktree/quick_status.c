/* SPDX-License-Identifier: MIT
 *
 * HEAD, index and working tree compared here rather than by `git status`.
 * Untracked files, which ignore rules decide about, submodules, sparse
 * checkouts, conflicts and file systems that git treats specially are left
 * to git, and so is an index most of whose stat data are out of date, which
 * git refreshes.
 */
#include "store/worktree/quick_status.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "store/index/cache_tree.h"
#include "store/index/index.h"
#include "store/object/tree_read.h"
#include "store/path.h"
#include "store/worktree/work_file.h"
#include "store/worktree/work_open.h"

enum {
	STALE_MAX = 32 /* files to read; beyond, git is asked */
};

struct quick {
	pv_store *store;
	pv_index_map *map;
	pv_cache_tree cached;
	pv_oid head; /* "" while unborn */
	pv_status_list *out;
	size_t row; /* the next one to compare with HEAD */
	size_t stale;
	int must_ask; /* git */
	int top;      /* the working tree, open */
	pv_error *err;
};

/* The path is copied: rows go when the index is read again. */
static int add_entry(struct quick *it, const char *path, char staged,
		     char unstaged)
{
	pv_status_list *list = it->out;
	pv_status_entry *entry;

	if (pv_array_reserve(&list->entries, &list->cap, list->count + 1,
			     sizeof(*list->entries)) < 0)
		return pv_fail_nomem(it->err);
	entry = &list->entries[list->count];
	entry->path = pv_arena_dup(&list->texts, path, strlen(path));
	if (!entry->path)
		return pv_fail_nomem(it->err);
	entry->staged = staged;
	entry->unstaged = unstaged;
	list->count++;
	return PV_OK;
}

static int compare_entries(const void *a, const void *b)
{
	const pv_status_entry *left = a;
	const pv_status_entry *right = b;

	return strcmp(left->path, right->path);
}

/* --- the working tree ----------------------------------------------------- */

static uint32_t mode_of(const struct stat *st)
{
	if (S_ISLNK(st->st_mode))
		return GIT_FILEMODE_LINK;
	return (st->st_mode & S_IXUSR) ? GIT_FILEMODE_BLOB_EXECUTABLE
				       : GIT_FILEMODE_BLOB;
}

/* The letter of a regular file whose stat data do not prove it unchanged. */
static int compare_bytes(char *out, struct quick *it, const pv_index_row *row,
			 const struct stat *st)
{
	pv_oid now, then;
	int rc;

	*out = ' ';
	it->must_ask = !S_ISREG(st->st_mode) ||
		       row->stat.mode == GIT_FILEMODE_LINK ||
		       ++it->stale > STALE_MAX;
	if (it->must_ask)
		return PV_OK;
	/* As git, which then does not look whether conversion made it so. */
	if (row->stat.size && row->stat.size != (uint32_t)st->st_size) {
		*out = 'M';
		return PV_OK;
	}
	rc = pv_work_file_find(&now, it->store, row->path, it->err);
	if (rc < 0) {
		/* What it is about is for git to say. */
		it->must_ask = rc != PV_ENOMEM;
		return it->must_ask ? PV_OK : rc;
	}
	pv_oid_from_git(&then, &row->id);
	if (row->stat.mode != mode_of(st) || strcmp(now.hex, then.hex) != 0)
		*out = 'M';
	return PV_OK;
}

static int compare_file(char *out, struct quick *it, const pv_index_row *row)
{
	struct stat st;

	*out = ' ';
	if (fstatat(it->top, row->path, &st, AT_SYMLINK_NOFOLLOW) < 0) {
		it->must_ask = errno != ENOENT && errno != ENOTDIR;
		*out = 'D';
		return PV_OK;
	}
	if (pv_index_is_fresh(it->map, row, &st) && mode_of(&st) == row->stat.mode)
		return PV_OK;
	return compare_bytes(out, it, row, &st);
}

/* Whether there is a row at `path`, or below it when it ends in a slash. */
static int is_tracked(const struct quick *it, const pv_buf *path)
{
	size_t at = pv_index_map_find(it->map, path->ptr);
	const char *found = at < it->map->count ? it->map->rows[at].path : "";

	return path->ptr[path->len - 1] == '/'
		       ? pv_str_has_prefix(found, path->ptr)
		       : !strcmp(found, path->ptr);
}

static int scan_folder(struct quick *it, pv_buf *path);

/*
 * One name in a folder; `path` is the folder's, with a slash at its end. What
 * stands where a file is tracked was looked at already; where a folder is
 * tracked, it has to be one.
 */
static int scan_name(struct quick *it, pv_buf *path, const char *name)
{
	size_t len = path->len;
	int rc;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return PV_OK;
	pv_buf_puts(path, name);
	rc = pv_buf_status(path, it->err);
	if (rc < 0)
		return rc;
	if (!is_tracked(it, path)) {
		pv_buf_putc(path, '/');
		rc = pv_buf_status(path, it->err);
		if (path->len > PV_PATH_MAX || rc < 0 || !is_tracked(it, path))
			it->must_ask = 1;
		else
			rc = scan_folder(it, path);
	}
	pv_buf_truncate(path, len);
	return rc;
}

/* Opens a folder; with its slash a link would be followed. */
static DIR *open_folder(const struct quick *it, pv_buf *path)
{
	char *slash = &path->ptr[path->len - 1];
	DIR *dir = NULL;
	int fd;

	*slash = '\0';
	fd = openat(it->top, path->ptr,
		    O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	*slash = '/';
	if (fd >= 0)
		dir = fdopendir(fd);
	if (fd >= 0 && !dir)
		close(fd);
	return dir;
}

/* Looks for files that are not tracked in a folder that is there. */
static int scan_folder(struct quick *it, pv_buf *path)
{
	DIR *dir = open_folder(it, path);
	const struct dirent *entry;
	int rc = PV_OK;

	if (!dir) {
		it->must_ask = 1;
		return PV_OK;
	}
	errno = 0;
	while (rc == PV_OK && !it->must_ask) {
		entry = readdir(dir); /* NOLINT(concurrency-mt-unsafe): own DIR */
		if (!entry)
			break;
		rc = scan_name(it, path, entry->d_name);
		errno = 0;
	}
	it->must_ask |= errno != 0;
	closedir(dir);
	return rc;
}

/* --- HEAD ----------------------------------------------------------------- */

static uint32_t kind_of(uint32_t mode)
{
	return mode & 0170000;
}

/* Decides about a row; `mode` and `id` are HEAD's, 0 for none. */
static int compare_row(struct quick *it, const pv_index_row *row, uint32_t mode,
		       const git_oid *id)
{
	char staged = ' ';
	char unstaged;
	int rc;

	if (row->stage || row->flags || row->stat.mode == GIT_FILEMODE_COMMIT)
		it->must_ask = 1;
	if (!mode)
		staged = 'A';
	else if (kind_of(mode) != kind_of(row->stat.mode))
		staged = 'T';
	else if (mode != row->stat.mode || !git_oid_equal(id, &row->id))
		staged = 'M';
	rc = it->must_ask ? PV_OK : compare_file(&unstaged, it, row);
	if (rc < 0 || it->must_ask || (staged == ' ' && unstaged == ' '))
		return rc;
	return add_entry(it, row->path, staged, unstaged);
}

/* Rows that come before `path`, or all below `end`, are not in HEAD. */
static int compare_new_rows(struct quick *it, const char *path, size_t end)
{
	int rc = PV_OK;

	while (rc == PV_OK && !it->must_ask && it->row < end &&
	       (!path || strcmp(it->map->rows[it->row].path, path) < 0))
		rc = compare_row(it, &it->map->rows[it->row++], 0, NULL);
	return rc;
}

/* One file of HEAD against the rows up to `end`. */
static int compare_head_file(struct quick *it, const char *path, uint32_t mode,
			     const git_oid *id, size_t end)
{
	int rc = compare_new_rows(it, path, end);

	if (rc < 0 || it->must_ask)
		return rc;
	if (it->row < end && !strcmp(it->map->rows[it->row].path, path))
		return compare_row(it, &it->map->rows[it->row++], mode, id);
	return add_entry(it, path, 'D', ' ');
}

/*
 * 1 when the index is known to have just what the tree has: then the rows,
 * which are passed over, need only be compared with the files.
 */
static int compare_cached(struct quick *it, const git_oid *id, const char *path,
			  size_t end)
{
	const pv_cached_tree *tree = pv_cache_tree_find(&it->cached, path);
	size_t stop;
	int rc;

	if (!tree || !git_oid_equal(&tree->id, id))
		return 0;
	rc = compare_new_rows(it, path, end);
	for (stop = it->row; stop < end; stop++)
		if (!pv_str_has_prefix(it->map->rows[stop].path, path))
			break;
	if (rc < 0 || stop - it->row != tree->count)
		return rc;
	while (rc == PV_OK && !it->must_ask && it->row < stop) {
		const pv_index_row *row = &it->map->rows[it->row++];

		rc = compare_row(it, row, row->stat.mode, &row->id);
	}
	return rc < 0 ? rc : 1;
}

/* The files of a tree of HEAD; `path` is its folder with a final slash. */
static int compare_tree(struct quick *it, const git_oid *id, pv_buf *path,
			size_t end)
{
	size_t len = path->len;
	git_tree *tree = NULL;
	int rc;

	if (len > PV_PATH_MAX) {
		it->must_ask = 1;
		return PV_OK;
	}
	rc = compare_cached(it, id, path->ptr, end);
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_tree_load(&tree, it->store, id, it->err);
	for (size_t i = 0;
	     rc == PV_OK && !it->must_ask && i < git_tree_entrycount(tree); i++) {
		const git_tree_entry *entry = git_tree_entry_byindex(tree, i);
		uint32_t mode = git_tree_entry_filemode(entry);

		pv_buf_puts(path, git_tree_entry_name(entry));
		if (mode == GIT_FILEMODE_TREE) {
			pv_buf_putc(path, '/');
			rc = pv_buf_status(path, it->err);
			if (rc == PV_OK)
				rc = compare_tree(it, git_tree_entry_id(entry),
						  path, end);
		} else {
			rc = pv_buf_status(path, it->err);
			if (rc == PV_OK)
				rc = compare_head_file(it, path->ptr, mode,
						       git_tree_entry_id(entry),
						       end);
		}
		pv_buf_truncate(path, len);
	}
	git_tree_free(tree);
	return rc;
}

/* --- one prefix ----------------------------------------------------------- */

/* What HEAD has at a path; mode 0 for nothing. */
static int find_in_head(pv_tree_item *out, struct quick *it, const char *path)
{
	int rc;

	memset(out, 0, sizeof(*out));
	if (!it->head.hex[0])
		return PV_OK;
	rc = pv_tree_item_find(out, it->store, &it->head, path, it->err);
	if (rc != PV_ENOTFOUND)
		return rc;
	memset(out, 0, sizeof(*out));
	pv_error_clear(it->err);
	return PV_OK;
}

/* A prefix that is a file in HEAD or in the index. */
static int compare_single(struct quick *it, const char *path,
			  const pv_tree_item *item)
{
	size_t end;

	it->row = pv_index_map_find(it->map, path);
	end = it->row;
	while (end < it->map->count && !strcmp(it->map->rows[end].path, path))
		end++;
	if (item->mode)
		return compare_head_file(it, path, item->mode, &item->id, end);
	return compare_new_rows(it, NULL, end);
}

static int compare_folder(struct quick *it, pv_buf *path,
			  const pv_tree_item *item, int is_there)
{
	size_t end;
	int rc;

	pv_buf_putc(path, '/');
	rc = pv_buf_status(path, it->err);
	if (rc < 0)
		return rc;
	it->row = pv_index_map_find(it->map, path->ptr);
	end = it->row;
	while (end < it->map->count &&
	       pv_str_has_prefix(it->map->rows[end].path, path->ptr))
		end++;
	if (item->mode)
		rc = compare_tree(it, &item->id, path, end);
	if (rc == PV_OK)
		rc = compare_new_rows(it, NULL, end);
	if (rc == PV_OK && !it->must_ask && is_there)
		rc = scan_folder(it, path);
	return rc;
}

/* Whether a link stands above `prefix`: what it leads to is not tracked. */
static int is_beyond_link(const struct quick *it, pv_buf *path)
{
	int found = 0;

	for (size_t i = 0; i < path->len && !found; i++) {
		struct stat st;

		if (path->ptr[i] != '/')
			continue;
		path->ptr[i] = '\0';
		found = fstatat(it->top, path->ptr, &st, AT_SYMLINK_NOFOLLOW) ==
				0 &&
			S_ISLNK(st.st_mode);
		path->ptr[i] = '/';
	}
	return found;
}

static int compare_prefix(struct quick *it, const char *prefix)
{
	pv_buf path = { 0 };
	pv_tree_item item = { 0 };
	struct stat st;
	int is_there = fstatat(it->top, prefix, &st, AT_SYMLINK_NOFOLLOW) == 0;
	int is_file, is_folder, is_row, rc;

	pv_buf_printf(&path, "%s/", prefix);
	rc = pv_buf_status(&path, it->err);
	if (rc == PV_OK)
		rc = find_in_head(&item, it, prefix);
	if (rc < 0)
		goto out;
	is_folder = item.mode == GIT_FILEMODE_TREE || is_tracked(it, &path);
	pv_buf_truncate(&path, path.len - 1);
	is_row = is_tracked(it, &path);
	is_file = is_row || (item.mode && item.mode != GIT_FILEMODE_TREE);
	/* Kinds that changed, and files nobody tracks, are for git. */
	if (is_beyond_link(it, &path) ||
	    (is_file && (is_folder || (is_there && S_ISDIR(st.st_mode)))) ||
	    (is_there && !S_ISDIR(st.st_mode) && !is_row))
		it->must_ask = 1;
	else if (is_file)
		rc = compare_single(it, prefix, &item);
	else
		rc = compare_folder(it, &path, &item, is_there);
out:
	pv_buf_dispose(&path);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

/* Prefixes that overlap would be listed twice. */
static int is_simple(const char *const *prefixes, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(prefixes[i]);

		if (!len || pv_path_check(prefixes[i], NULL) < 0)
			return 0;
		for (size_t k = 0; k < count; k++)
			if (k != i &&
			    pv_str_has_prefix(prefixes[k], prefixes[i]) &&
			    (!prefixes[k][len] || prefixes[k][len] == '/'))
				return 0;
	}
	return count > 0;
}

static int is_plain_system(pv_store *store)
{
	return pv_store_config_bool(store, "core.fileMode", 1) &&
	       pv_store_config_bool(store, "core.symlinks", 1) &&
	       !pv_store_config_bool(store, "core.ignoreCase", 0) &&
	       !pv_store_config_bool(store, "core.precomposeUnicode", 0);
}

static int note_ref(const char *refname, const pv_oid *oid, void *payload)
{
	(void)refname, (void)oid, (void)payload;
	return 1;
}

/* 1 when some object stands for another, which trees are read without here. */
static int has_replaced(struct quick *it)
{
	return pv_store_ref_each(it->store, "refs/replace/", note_ref, NULL,
				 it->err);
}

static int gather(struct quick *it, const char *const *prefixes, size_t count)
{
	int rc = pv_index_get(&it->map, it->store, it->err);

	it->must_ask = rc < 0 || it->map->is_listed;
	if (it->must_ask)
		return rc;
	rc = has_replaced(it);
	it->must_ask = rc > 0;
	if (rc)
		return rc < 0 ? rc : PV_OK;
	rc = pv_store_head(NULL, &it->head, it->store, it->err);
	if (rc == PV_OK)
		rc = pv_cache_tree_load(&it->cached, it->map, it->err);
	if (rc == PV_OK)
		rc = pv_work_dir_open(&it->top, it->store, "", it->err);
	for (size_t i = 0; rc == PV_OK && !it->must_ask && i < count; i++)
		rc = compare_prefix(it, prefixes[i]);
	return rc;
}

int pv_quick_status(pv_status_list *out, pv_store *store,
		    const char *const *prefixes, size_t count, pv_error *err)
{
	struct quick it = { .store = store, .out = out, .top = -1, .err = err };
	int rc;

	memset(out, 0, sizeof(*out));
	if (!is_simple(prefixes, count) || !is_plain_system(store))
		return 0;
	rc = gather(&it, prefixes, count);
	if (rc == PV_OK && it.must_ask)
		pv_error_clear(err);
	if (out->count)
		qsort(out->entries, out->count, sizeof(*out->entries),
		      compare_entries);
	if (it.top >= 0)
		close(it.top);
	pv_cache_tree_dispose(&it.cached);
	pv_index_release(it.map);
	return rc < 0 ? rc : !it.must_ask;
}

void pv_status_list_dispose(pv_status_list *list)
{
	pv_free(list->entries);
	pv_arena_dispose(&list->texts);
	memset(list, 0, sizeof(*list));
}
