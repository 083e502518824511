/* SPDX-License-Identifier: MIT
 *
 * Walking the folders of a working tree, see folders.h.
 */
#include "store/folders.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"

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

/* Opens one component below `folder`, making it if asked; -1 with errno. */
static int open_component(int *made_out, int folder, const char *name, int make)
{
	int fd = openat(folder, name, FOLDER_FLAGS);

	*made_out = 0;
	if (fd >= 0 || errno != ENOENT || !make)
		return fd;
	if (mkdirat(folder, name, 0777) == 0)
		*made_out = 1;
	else if (errno != EEXIST)
		return -1;
	return openat(folder, name, FOLDER_FLAGS);
}

/*
 * Walks down to a folder; `len` bytes of `path` name it. -1 with errno; -2
 * when there is no memory.
 */
static int walk_down(pv_folders *folders, const char *path, size_t len, int make)
{
	char *copy = pv_strndup(path, len);
	char *rest = copy;
	int fd = copy ? dup(folders->root) : -2;

	while (fd >= 0 && *rest) {
		char *end = strchr(rest, '/');
		int is_made;
		int next;
		int cause;

		*end = '\0';
		next = open_component(&is_made, fd, rest, make);
		cause = errno;
		close(fd);
		errno = cause;
		fd = next;
		if (is_made && pv_strlist_add(&folders->made, copy, NULL) < 0) {
			unlinkat(folders->root, copy, AT_REMOVEDIR);
			if (fd >= 0)
				close(fd);
			fd = -2;
		}
		*end = '/';
		rest = end + 1;
	}
	pv_free(copy);
	return fd;
}

int pv_folders_enter(pv_folders *folders, const char *path, int make,
		     pv_error *err)
{
	const char *slash = strrchr(path, '/');
	size_t len = slash ? (size_t)(slash - path) + 1 : 0;
	int fd;

	if ((folders->here >= 0 || (folders->is_missing && !make)) &&
	    folders->name.len == len &&
	    memcmp(pv_buf_text(&folders->name), path, len) == 0)
		return folders->is_missing ? PV_ENOTFOUND : PV_OK;
	fd = walk_down(folders, path, len, make);
	if (fd == -2)
		return pv_fail_nomem(err);
	folders->is_missing = fd < 0 && errno == ENOENT && !make;
	if (fd < 0 && !folders->is_missing)
		return fail_folder(path, errno, err);
	if (folders->here >= 0)
		close(folders->here);
	folders->here = fd;
	pv_buf_clear(&folders->name);
	pv_buf_put(&folders->name, path, len);
	if (pv_buf_status(&folders->name, err) < 0)
		return PV_ENOMEM;
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
	char *copy = pv_strdup(path);
	char *slash = copy ? strrchr(copy, '/') : NULL;

	/* What is open may be gone: the next file starts from the top. */
	if (folders->here >= 0)
		close(folders->here);
	folders->here = -1;
	while (slash) {
		*slash = '\0';
		if (unlinkat(folders->root, copy, AT_REMOVEDIR) < 0)
			break;
		slash = strrchr(copy, '/');
	}
	pv_free(copy);
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
	pv_buf_dispose(&folders->name);
	pv_strlist_dispose(&folders->made);
}
