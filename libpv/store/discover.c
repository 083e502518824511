/* SPDX-License-Identifier: MIT
 *
 * The upward search appends "/.." instead of cutting the path, so it follows
 * the real parents of a folder that was reached through a symbolic link, and
 * ceilings are compared by device and inode for the same reason. The
 * result is made canonical at the end.
 */
#include "store/discover.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/str.h"

static const char gitfile_prefix[] = "gitdir:";

enum {
	GITFILE_MAX = 1 << 20, /* git's own limit */
	SEARCH_MAX = 1024      /* folders; deeper ones do not fit a path */
};

static int is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static int is_same(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

/*
 * Whether `<folder>/<name>` exists. The path is put together on the stack:
 * a want of memory must not look like a folder that is no repository.
 */
static int has_entry(const char *folder, const char *name)
{
	char path[PATH_MAX];
	struct stat st;
	int len = snprintf(path, sizeof(path), "%s/%s", folder, name);

	return len > 0 && (size_t)len < sizeof(path) && lstat(path, &st) == 0;
}

/*
 * A git folder has HEAD, and refs and objects of its own or, in a linked
 * worktree, a pointer to the folder that has them.
 */
static int is_git_dir(const char *path)
{
	return is_folder(path) && has_entry(path, "HEAD") &&
	       (has_entry(path, "commondir") ||
		(has_entry(path, "refs") && has_entry(path, "objects")));
}

static int fail_gitfile(pv_error *err, const char *path)
{
	return pv_fail(err, PV_EINVALID, "\"%s\" is no valid git file", path);
}

/* Appends the folder a `.git` file points to. */
static int read_gitfile(pv_buf *out, const char *path, pv_error *err)
{
	pv_buf text = { .max = GITFILE_MAX };
	pv_str target;
	const char *slash;
	int rc;

	rc = pv_file_read(&text, path, err);
	if (rc < 0)
		goto out;
	if (!pv_str_has_prefix(pv_buf_text(&text), gitfile_prefix)) {
		rc = fail_gitfile(err, path);
		goto out;
	}
	target = pv_str_trim(pv_str_of(text.ptr + strlen(gitfile_prefix)));
	if (!target.len) {
		rc = fail_gitfile(err, path);
		goto out;
	}
	slash = strrchr(path, '/');
	if (target.ptr[0] != '/' && slash)
		pv_buf_put(out, path, (size_t)(slash - path) + 1);
	pv_buf_put(out, target.ptr, target.len);
	rc = pv_buf_status(out, err);
	if (rc < 0 || is_git_dir(pv_buf_text(out)))
		goto out;
	rc = pv_fail_id(err, PV_ERR_NOT_A_REPOSITORY,
			"\"%s\" points to \"%s\", which is no git repository",
			path, pv_buf_text(out));
out:
	pv_buf_dispose(&text);
	return rc;
}

/* Takes `dot_git`, a folder or a file, when it leads to a repository. */
static int try_dot_git(pv_place *out, int *found_out, const char *dot_git,
		       pv_error *err)
{
	struct stat st;

	*found_out = 0;
	if (stat(dot_git, &st) < 0)
		return PV_OK;
	if (S_ISREG(st.st_mode)) {
		*found_out = 1;
		pv_buf_puts(&out->git_file, dot_git);
		return read_gitfile(&out->git_dir, dot_git, err);
	}
	if (is_git_dir(dot_git)) {
		*found_out = 1;
		pv_buf_puts(&out->git_dir, dot_git);
	}
	return PV_OK;
}

/* Looks at one folder: its `.git`, then whether it is a git folder itself. */
static int try_folder(pv_place *out, int *found_out, const char *folder,
		      pv_error *err)
{
	pv_buf dot_git = { 0 };
	int rc;

	pv_buf_printf(&dot_git, "%s/.git", folder);
	rc = pv_buf_status(&dot_git, err);
	if (rc < 0)
		goto out;
	rc = try_dot_git(out, found_out, dot_git.ptr, err);
	if (rc < 0)
		goto out;
	if (*found_out) {
		pv_buf_puts(&out->work_dir, folder);
	} else if (is_git_dir(folder)) {
		*found_out = 1;
		pv_buf_puts(&out->git_dir, folder);
	}
out:
	pv_buf_dispose(&dot_git);
	return rc;
}

static int is_ceiling(const struct stat *folder, const char *ceilings)
{
	while (ceilings && *ceilings) {
		const char *end = strchr(ceilings, ':');
		size_t len = end ? (size_t)(end - ceilings) : strlen(ceilings);
		char one[PATH_MAX] = { 0 };
		struct stat st;

		if (len && len < sizeof(one) && ceilings[0] == '/') {
			memcpy(one, ceilings, len);
			if (stat(one, &st) == 0 && is_same(&st, folder))
				return 1;
		}
		ceilings = end ? end + 1 : NULL;
	}
	return 0;
}

/* Appends "/.." unless the search ends here; `*end_out` says so. */
static int step_up(pv_buf *folder, int *end_out,
		   const pv_discover_options *opts, pv_error *err)
{
	struct stat here, above;
	int rc;

	*end_out = 1;
	if (stat(folder->ptr, &here) < 0)
		return pv_fail_errno(err, errno, "look at", folder->ptr);
	pv_buf_puts(folder, "/..");
	rc = pv_buf_status(folder, err);
	if (rc < 0)
		return rc;
	if (stat(folder->ptr, &above) < 0 || is_same(&here, &above))
		return PV_OK;
	if (above.st_dev != here.st_dev && !opts->across_fs)
		return PV_OK;
	*end_out = is_ceiling(&above, opts->ceilings);
	return PV_OK;
}

static int search(pv_place *out, const pv_discover_options *opts, pv_error *err)
{
	pv_buf folder = { 0 };
	int found = 0, end = 0, rc;

	pv_buf_puts(&folder, opts->start);
	rc = pv_buf_status(&folder, err);
	for (int i = 0; rc == PV_OK && i < SEARCH_MAX; i++) {
		rc = try_folder(out, &found, folder.ptr, err);
		if (rc < 0 || found)
			break;
		rc = step_up(&folder, &end, opts, err);
		if (end)
			break;
	}
	if (rc == PV_OK && !found) {
		rc = pv_fail_id(err, PV_ERR_NOT_A_REPOSITORY,
				"\"%s\" is not in a git repository", opts->start);
		pv_error_hint(err, rc, "make one with \"git pv init\"");
	}
	pv_buf_dispose(&folder);
	return rc;
}

static int take_explicit(pv_place *out, const pv_discover_options *opts,
			 pv_error *err)
{
	int found = 0, rc;

	out->is_explicit = 1;
	rc = try_dot_git(out, &found, opts->git_dir, err);
	if (rc == PV_OK && !found)
		rc = pv_fail_id(err, PV_ERR_NOT_A_REPOSITORY,
				"GIT_DIR \"%s\" is no git repository",
				opts->git_dir);
	return rc;
}

/* Replaces a path by its absolute form without symbolic links. */
static int make_canonical(pv_buf *path, pv_error *err)
{
	char real[PATH_MAX];
	int rc = pv_buf_status(path, err);

	if (rc < 0 || !path->len)
		return rc;
	if (!realpath(path->ptr, real))
		return pv_fail_errno(err, errno, "look at", path->ptr);
	pv_buf_clear(path);
	pv_buf_puts(path, real);
	return pv_buf_status(path, err);
}

int pv_discover(pv_place *out, const pv_discover_options *opts, pv_error *err)
{
	int rc;

	if (opts->git_dir)
		rc = take_explicit(out, opts, err);
	else
		rc = search(out, opts, err);
	if (rc == PV_OK)
		rc = make_canonical(&out->git_dir, err);
	if (rc == PV_OK)
		rc = make_canonical(&out->git_file, err);
	if (rc == PV_OK)
		rc = make_canonical(&out->work_dir, err);
	return rc;
}

void pv_place_dispose(pv_place *place)
{
	pv_buf_dispose(&place->git_dir);
	pv_buf_dispose(&place->git_file);
	pv_buf_dispose(&place->work_dir);
	place->is_explicit = 0;
}
