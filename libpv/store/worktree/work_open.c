/* SPDX-License-Identifier: MIT
 *
 * Opening files and folders of the working tree, see work_open.h.
 */
/* For syscall and O_PATH. NOLINTNEXTLINE(bugprone-reserved-identifier) */
#define _GNU_SOURCE
#include "store/worktree/work_open.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#ifdef __linux__
# include <sys/syscall.h>
# if defined(SYS_openat2) && __has_include(<linux/openat2.h>)
#  include <linux/openat2.h>
# endif
#endif

#include "base/fail.h"

enum {
	/* A pipe in a file's place must not block. */
	FILE_FLAGS = O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC
};

static int fail_missing(pv_error *err, const char *path)
{
	return pv_fail(err, PV_ENOTFOUND,
		       "there is no file \"%s\" in the working tree", path);
}

static int fail_link(pv_error *err, const char *path)
{
	int rc = pv_fail(err, PV_EINVALID,
			 "\"%s\" is, or leads through, a symbolic link", path);

	return pv_error_hint(err, rc,
			     "links are not followed: put the file or folder "
			     "itself in its place");
}

/* Explains why `name` in the folder `fd` could not be opened. */
static int fail_open(pv_error *err, int fd, const char *name, const char *path)
{
	int cause = errno;
	struct stat st;

	if (cause == ELOOP || cause == ENOTDIR) {
		if (fstatat(fd, name, &st, AT_SYMLINK_NOFOLLOW) == 0 &&
		    S_ISLNK(st.st_mode))
			return fail_link(err, path);
	}
	if (cause == ENOENT || cause == ENOTDIR || cause == ENAMETOOLONG)
		return fail_missing(err, path);
	return pv_fail_errno(err, cause, "open", path);
}

/* Replaces the folder `*fd` by its subfolder. */
static int enter(int *fd, const char *name, const char *path, pv_error *err)
{
	int next = openat(*fd, name,
			  O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	int rc = PV_OK;

	if (next < 0)
		rc = fail_open(err, *fd, name, path);
	close(*fd);
	*fd = next;
	return rc;
}

/* Opens the folder that holds `path`; `*name_out` is the last component. */
static int open_parent(int *fd_out, const char **name_out,
		       const pv_store *store, const char *path, pv_error *err)
{
	const char *slash;
	char name[NAME_MAX + 1];

	*name_out = path;
	*fd_out = open(store->work_dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd_out < 0)
		return pv_fail_errno(err, errno, "open", store->work_dir);
	while ((slash = strchr(*name_out, '/')) != NULL) {
		size_t len = (size_t)(slash - *name_out);
		int rc;

		if (len > NAME_MAX) {
			close(*fd_out);
			*fd_out = -1;
			return fail_missing(err, path);
		}
		memcpy(name, *name_out, len);
		name[len] = '\0';
		rc = enter(fd_out, name, path, err);
		if (rc < 0)
			return rc;
		*name_out = slash + 1;
	}
	return PV_OK;
}

int pv_work_dir_open(int *fd_out, const pv_store *store, const char *path,
		     pv_error *err)
{
	const char *name;
	int rc = open_parent(fd_out, &name, store, path, err);

	if (rc == PV_OK && *name)
		rc = enter(fd_out, name, path, err);
	return rc;
}

/*
 * Opens a file below the working tree in one step, -1 when the kernel cannot
 * or something is in the way: going there folder by folder then tells what.
 */
static int open_at_once(const pv_store *store, const char *path)
{
	int fd = -1;
#ifdef RESOLVE_NO_SYMLINKS
	const struct open_how how = { .flags = FILE_FLAGS,
				      .resolve = RESOLVE_NO_SYMLINKS |
						 RESOLVE_BENEATH };
	int top = open(store->work_dir, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (top >= 0) {
		fd = (int)syscall(SYS_openat2, top, path, &how, sizeof(how));
		close(top);
	}
#else
	(void)store;
	(void)path;
#endif
	return fd;
}

static int open_stepwise(int *fd_out, const pv_store *store, const char *path,
			 pv_error *err)
{
	const char *name;
	int parent;
	int rc = open_parent(&parent, &name, store, path, err);

	if (rc < 0)
		return rc;
	*fd_out = openat(parent, name, FILE_FLAGS);
	if (*fd_out < 0)
		rc = fail_open(err, parent, name, path);
	close(parent);
	return rc;
}

int pv_work_file_open(int *fd_out, struct stat *st, const pv_store *store,
		      const char *path, pv_error *err)
{
	int rc = PV_OK;

	*fd_out = open_at_once(store, path);
	if (*fd_out < 0)
		rc = open_stepwise(fd_out, store, path, err);
	if (rc < 0)
		return rc;
	if (fstat(*fd_out, st) < 0)
		rc = pv_fail_errno(err, errno, "read", path);
	else if (!S_ISREG(st->st_mode))
		rc = pv_fail(err, PV_ENOTFOUND, "\"%s\" is not a regular file",
			     path);
	if (rc < 0) {
		close(*fd_out);
		*fd_out = -1;
	}
	return rc;
}
