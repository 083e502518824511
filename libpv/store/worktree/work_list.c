/* SPDX-License-Identifier: MIT
 *
 * Walking the working tree. Symbolic links are never followed, and listed only
 * where they are asked for; other repositories inside this one are left alone, as git does.
 * Ignore rules concern untracked files only, so a tracked file costs one
 * look-up in the index.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/str.h"
#include "store/index/index.h"
#include "store/path.h"
#include "store/worktree/file_list.h"
#include "store/worktree/work_open.h"

struct walk {
	pv_store *store;
	pv_file_list *out;
	pv_index_map *index;
	pv_buf path; /* of the folder being read, with a final slash */
	unsigned depth;
	pv_error *err;
};

static int is_ignored(int *out, struct walk *walk)
{
	int rc = git_ignore_path_is_ignored(out, walk->store->repo,
					    walk->path.ptr);

	if (rc < 0)
		return pv_fail_git(walk->err, rc, "read the ignore rules of",
				   walk->path.ptr);
	return PV_OK;
}

static int visit_file(struct walk *walk, const struct stat *st)
{
	const char *path = walk->path.ptr;
	const pv_index_row *row = pv_index_map_row(walk->index, path);
	int ignored = 0, rc = PV_OK;

	if (!row && !pv_index_map_is_unmerged(walk->index, path))
		rc = is_ignored(&ignored, walk);
	if (rc < 0 || ignored)
		return rc;
	if (row && pv_index_is_fresh(walk->index, row, st))
		return pv_file_list_add(walk->out, path, &row->id, walk->err);
	return pv_file_list_add(walk->out, path, NULL, walk->err);
}

/* Whether the index has files below the folder walk->path. */
static int has_tracked(const struct walk *walk)
{
	size_t at = pv_index_map_find(walk->index, walk->path.ptr);
	const char *path = walk->index->rows[at].path;

	return path && pv_str_has_prefix(path, walk->path.ptr);
}

static int has_dot_git(int fd)
{
	struct stat st;

	return fstatat(fd, ".git", &st, AT_SYMLINK_NOFOLLOW) == 0;
}

static int walk_folder(struct walk *walk, int fd);

/* Goes into the folder `name` of `fd` unless all in it is to be left out. */
static int visit_folder(struct walk *walk, int fd, const char *name)
{
	int tracked = has_tracked(walk);
	int ignored = 0, below, rc = PV_OK;

	if (!tracked)
		rc = is_ignored(&ignored, walk);
	if (rc < 0 || ignored)
		return rc;
	below = openat(fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (below < 0) {
		if (errno == ENOENT || errno == ENOTDIR || errno == ELOOP)
			return PV_OK; /* replaced meanwhile */
		return pv_fail_errno(walk->err, errno, "open", walk->path.ptr);
	}
	if (!tracked && has_dot_git(below)) {
		close(below);
		return PV_OK;
	}
	return walk_folder(walk, below);
}

static int visit(struct walk *walk, int fd, const char *name)
{
	size_t base = walk->path.len;
	struct stat st;
	int rc;

	if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return PV_OK; /* gone meanwhile */
	pv_buf_puts(&walk->path, name);
	if (S_ISDIR(st.st_mode))
		pv_buf_putc(&walk->path, '/');
	rc = pv_buf_status(&walk->path, walk->err);
	if (rc == PV_OK && S_ISDIR(st.st_mode))
		rc = visit_folder(walk, fd, name);
	else if (rc == PV_OK && (walk->out->of_links ? S_ISLNK(st.st_mode)
						     : S_ISREG(st.st_mode)))
		rc = visit_file(walk, &st);
	pv_buf_truncate(&walk->path, base);
	return rc;
}

static int is_special(const char *name)
{
	return strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
	       strcmp(name, ".git") == 0;
}

/* Reads one folder; takes `fd`. */
static int walk_folder(struct walk *walk, int fd)
{
	const struct dirent *entry;
	DIR *folder;
	int rc = PV_OK;

	if (walk->depth >= PV_PATH_DEPTH) {
		close(fd);
		return pv_fail(walk->err, PV_ELIMIT,
			       "the folder \"%.60s...\" is nested too deeply",
			       walk->path.ptr);
	}
	folder = fdopendir(fd);
	if (!folder) {
		rc = pv_fail_errno(walk->err, errno, "open",
				   pv_buf_text(&walk->path));
		close(fd);
		return rc;
	}
	walk->depth++;
	for (;;) {
		errno = 0;
		entry = readdir(folder); /* NOLINT(concurrency-mt-unsafe): own DIR */
		if (!entry)
			break;
		if (is_special(entry->d_name))
			continue;
		rc = visit(walk, fd, entry->d_name);
		if (rc < 0)
			break;
	}
	if (!entry && errno)
		rc = pv_fail_errno(walk->err, errno, "read",
				   pv_buf_text(&walk->path));
	walk->depth--;
	closedir(folder);
	return rc;
}

/* Adds what a sparse checkout leaves out; the index has it. */
static int add_skipped(struct walk *walk, const char *prefix)
{
	size_t len = strlen(prefix);
	int rc = PV_OK;

	for (size_t i = 0; i < walk->index->count; i++) {
		const pv_index_row *row = &walk->index->rows[i];
		struct stat st;

		if (!(row->flags & PV_INDEX_SKIPPED) ||
		    (row->stat.mode == GIT_FILEMODE_LINK) != walk->out->of_links ||
		    strncmp(row->path, prefix, len) != 0)
			continue;
		pv_buf_clear(&walk->path);
		pv_buf_printf(&walk->path, "%s/%s", walk->store->work_dir,
			      row->path);
		rc = pv_buf_status(&walk->path, walk->err);
		if (rc == PV_OK && lstat(walk->path.ptr, &st) < 0)
			rc = pv_file_list_add(walk->out, row->path, &row->id,
					      walk->err);
		if (rc < 0)
			break;
	}
	return rc;
}

/* Whether the folder itself is a link; as `rc` says, it could not be opened. */
static int is_linked(struct walk *walk, const char *prefix, int rc)
{
	pv_buf path = { 0 };
	struct stat st;
	int is_link;

	pv_buf_printf(&path, "%s/%s", walk->store->work_dir, prefix);
	is_link = rc == PV_EINVALID && walk->out->of_links &&
		  pv_buf_status(&path, NULL) == PV_OK &&
		  lstat(path.ptr, &st) == 0 && S_ISLNK(st.st_mode);
	pv_buf_dispose(&path);
	return is_link;
}

static int walk_prefix(struct walk *walk, const char *prefix)
{
	int fd, rc;

	pv_buf_puts(&walk->path, prefix);
	if (*prefix)
		pv_buf_putc(&walk->path, '/');
	rc = pv_buf_status(&walk->path, walk->err);
	if (rc < 0)
		return rc;
	rc = pv_work_dir_open(&fd, walk->store, prefix, walk->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(walk->err);
		return PV_OK;
	}
	if (is_linked(walk, prefix, rc)) {
		pv_error_clear(walk->err);
		return pv_file_list_add(walk->out, prefix, NULL, walk->err);
	}
	return rc < 0 ? rc : walk_folder(walk, fd);
}

int pv_work_list(pv_file_list *out, pv_store *store, const char *prefix,
		 pv_error *err)
{
	struct walk walk = { .store = store, .out = out, .err = err };
	pv_buf folder = { 0 };
	int rc = pv_index_get(&walk.index, store, err);

	if (rc < 0)
		return rc;
	pv_buf_puts(&folder, prefix);
	if (*prefix)
		pv_buf_putc(&folder, '/');
	rc = pv_buf_status(&folder, err);
	if (rc == PV_OK)
		rc = walk_prefix(&walk, prefix);
	if (rc == PV_OK)
		rc = add_skipped(&walk, pv_buf_text(&folder));
	if (rc == PV_OK)
		pv_file_list_sort(out);
	pv_buf_dispose(&folder);
	pv_buf_dispose(&walk.path);
	pv_index_release(walk.index);
	return rc;
}
