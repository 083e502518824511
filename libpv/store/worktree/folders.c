/* SPDX-License-Identifier: MIT
 *
 * Walking the folders of a working tree, see folders.h.
 */
#include "store/worktree/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "store/path.h"

enum {
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

static int fail_folder(const char *path, int cause, pv_error *err)
{
	if (cause == ELOOP || cause == ENOTDIR)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" leads through a link or a file", path);
	return pv_fail_errno(err, cause, "open the folder of", path);
}

/* Makes `name` in `folder`, a part of the path `made`; -1 with errno. */
static int make_component(pv_folders *folders, int folder, const char *name,
			  pv_str made, enum pv_folders_way way)
{
	if (mkdirat(folder, name, 0777) < 0)
		return errno == EEXIST ? 0 : -1;
	if (way == PV_FOLDERS_REMAKE ||
	    pv_strlist_addn(&folders->made, made.ptr, made.len, NULL) == PV_OK)
		return 0;
	unlinkat(folder, name, AT_REMOVEDIR);
	errno = ENOMEM;
	return -1;
}

/* Opens the last component of `path`, which is in `folder`; -1 with errno. */
static int open_component(pv_folders *folders, int folder, pv_str path,
			  enum pv_folders_way way)
{
	char name[NAME_MAX + 1];
	size_t start = path.len;
	int fd;

	while (start > 0 && path.ptr[start - 1] != '/')
		start--;
	if (path.len - start > NAME_MAX) {
		errno = ENAMETOOLONG;
		return -1;
	}
	memcpy(name, path.ptr + start, path.len - start);
	name[path.len - start] = '\0';
	fd = openat(folder, name, FOLDER_FLAGS);
	if (fd >= 0 || errno != ENOENT || way == PV_FOLDERS_FIND)
		return fd;
	if (make_component(folders, folder, name, path, way) < 0)
		return -1;
	return openat(folder, name, FOLDER_FLAGS);
}

/* Walks down to a folder; `len` bytes of `path` name it. -1 with errno. */
static int walk_down(pv_folders *folders, const char *path, size_t len,
		     enum pv_folders_way way)
{
	pv_str part = { path, 0 };
	int fd = dup(folders->root);

	while (fd >= 0 && part.len < len) {
		int next;
		int cause;

		part.len += strcspn(path + part.len, "/");
		next = open_component(folders, fd, part, way);
		part.len++;
		cause = errno;
		close(fd);
		errno = cause;
		fd = next;
	}
	return fd;
}

int pv_folders_enter(pv_folders *folders, const char *path,
		     enum pv_folders_way way, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	int is_search = way == PV_FOLDERS_FIND;
	int fd;

	if ((folders->here >= 0 || (folders->is_missing && is_search)) &&
	    folders->len == len && memcmp(folders->path, path, len) == 0)
		return folders->is_missing ? PV_ENOTFOUND : PV_OK;
	fd = walk_down(folders, path, len, way);
	folders->is_missing = fd < 0 && errno == ENOENT && is_search;
	if (fd < 0 && !folders->is_missing)
		return fail_folder(path, errno, err);
	if (folders->here >= 0)
		close(folders->here);
	folders->here = fd;
	folders->path = path;
	folders->len = len;
	return folders->is_missing ? PV_ENOTFOUND : PV_OK;
}

int pv_folders_open(pv_folders *out, const char *top, pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->here = -1;
	out->root = open(top, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return out->root < 0 ? pv_fail_errno(err, errno, "open", top) : PV_OK;
}

void pv_folders_prune(pv_folders *folders, const char *path)
{
	char copy[PV_PATH_MAX + 1];
	char *slash;

	/* What is open may be gone: the next file starts from the top. */
	if (folders->here >= 0)
		close(folders->here);
	folders->here = -1;
	snprintf(copy, sizeof(copy), "%s", path);
	slash = strrchr(copy, '/');
	while (slash) {
		*slash = '\0';
		if (unlinkat(folders->root, copy, AT_REMOVEDIR) < 0)
			break;
		slash = strrchr(copy, '/');
	}
}

void pv_folders_unmake(pv_folders *folders)
{
	for (size_t i = folders->made.count; i > 0; i--)
		unlinkat(folders->root, folders->made.items[i - 1], AT_REMOVEDIR);
}

void pv_folders_close(pv_folders *folders)
{
	if (folders->here >= 0)
		close(folders->here);
	if (folders->root >= 0)
		close(folders->root);
	pv_strlist_dispose(&folders->made);
}
