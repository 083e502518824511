/* SPDX-License-Identifier: MIT
 *
 * Looking at the paths of files that are to be written, see swap.h: nothing
 * but a regular file is replaced, and none that another name stands for where
 * case does not count.
 */
#include "store/worktree/swap.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "store/commit/change_paths.h"
#include "store/path.h"

enum {
	FOLDER_FLAGS = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC
};

/* Looks for another spelling of a name in the open folder. */
static int check_case(pv_swap *swap, const char *path, pv_error *err)
{
	int fd = openat(swap->folders.here, ".", FOLDER_FLAGS);
	DIR *dir = fd < 0 ? NULL : fdopendir(fd);
	const struct dirent *entry;
	int rc = PV_OK;

	if (!dir) {
		rc = pv_fail_errno(err, errno, "open the folder of", path);
		if (fd >= 0)
			close(fd);
		return rc;
	}
	for (;;) {
		/* The stream is ours. NOLINTNEXTLINE(concurrency-mt-unsafe) */
		entry = readdir(dir);
		if (!entry || rc < 0)
			break;
		if (pv_str_casecmp(entry->d_name, pv_path_name(path)) == 0 &&
		    strcmp(entry->d_name, pv_path_name(path)) != 0)
			rc = pv_fail(err, PV_EINVALID,
				     "\"%s\" differs from \"%s\" in case only",
				     path, entry->d_name);
	}
	closedir(dir);
	return rc;
}

static int check_change(pv_swap *swap, const pv_change *change, pv_error *err)
{
	struct stat info;
	int rc = pv_path_check_new(change->path, err);

	if (rc == PV_OK)
		rc = pv_folders_enter(&swap->folders, change->path,
				      PV_FOLDERS_FIND, err);
	if (rc == PV_ENOTFOUND)
		return PV_OK;
	if (rc < 0)
		return rc;
	if (swap->fold_case && change->data) {
		rc = check_case(swap, change->path, err);
		if (rc < 0)
			return rc;
	}
	if (fstatat(swap->folders.here, pv_path_name(change->path), &info,
		    AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT
			       ? PV_OK
			       : pv_fail_errno(err, errno, "read", change->path);
	if (S_ISREG(info.st_mode))
		return PV_OK;
	return pv_fail(err, PV_EINVALID, "\"%s\" is not a regular file",
		       change->path);
}

int pv_swap_check(pv_swap *swap, pv_error *err)
{
	int rc = pv_change_paths_check(swap->changes, swap->count,
				       swap->fold_case, err);

	for (size_t i = 0; rc == PV_OK && i < swap->count; i++)
		rc = check_change(swap, &swap->changes[i], err);
	return rc;
}
