/* SPDX-License-Identifier: MIT
 *
 * Whole-file input and output, see file.h. A replaced file is complete or
 * untouched: the new bytes are synced before the rename.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

enum {
	CHUNK = 65536
};

/* `expected` bytes are asked for at first. */
static int read_all(pv_buf *out, int fd, size_t expected, const char *path,
		    pv_error *err)
{
	for (size_t room = expected;; room = CHUNK) {
		ssize_t got;

		pv_buf_reserve(out, room);
		if (out->status) {
			/* Near the limit only what is left may be read. */
			char probe;

			if (out->status != PV_ELIMIT)
				return pv_buf_status(out, err);
			out->status = PV_OK;
			got = read(fd, &probe, 1);
			if (got == 1) {
				pv_buf_putc(out, probe);
				if (out->status)
					return pv_buf_status(out, err);
			}
		} else {
			got = read(fd, out->ptr + out->len, room);
			if (got > 0) {
				out->len += (size_t)got;
				out->ptr[out->len] = '\0';
			}
		}
		if (got == 0)
			return PV_OK;
		if (got < 0 && errno != EINTR)
			return pv_fail_errno(err, errno, "read", path);
	}
}

int pv_file_read(pv_buf *out, const char *path, pv_error *err)
{
	struct stat info;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	int rc;

	if (fd < 0)
		return pv_fail_errno(err, errno, "open", path);
	if (fstat(fd, &info) < 0)
		rc = pv_fail_errno(err, errno, "read", path);
	else if (S_ISDIR(info.st_mode))
		rc = pv_fail_errno(err, EISDIR, "read", path);
	else
		/* One more, so that the end is seen without another buffer. */
		rc = read_all(out, fd,
			      S_ISREG(info.st_mode) && info.st_size > 0
				      ? (size_t)info.st_size + 1
				      : CHUNK,
			      path, err);
	close(fd);
	return rc;
}

int pv_file_write_all(int fd, const char *data, size_t len)
{
	while (len) {
		ssize_t put = write(fd, data, len);

		if (put < 0 && errno == EINTR)
			continue;
		if (put < 0)
			return -1;
		data += put;
		len -= (size_t)put;
	}
	return 0;
}

/* What a new file's mode is: the old one's, else 0666 less the umask. */
static mode_t mode_for(const char *path)
{
	struct stat info;
	mode_t mask;

	if (stat(path, &info) == 0)
		return info.st_mode & 07777;
	mask = umask(0);
	umask(mask);
	return 0666 & ~mask;
}

enum sync {
	SYNCED,
	NOT_SYNCED
};

static int fill_temporary(char *temporary, const char *path, pv_str data,
			  enum sync sync)
{
	int fd = mkstemp(temporary);
	int failed;

	if (fd < 0)
		return -1;
	failed = fchmod(fd, mode_for(path)) < 0 ||
		 pv_file_write_all(fd, data.ptr, data.len) < 0 ||
		 (sync == SYNCED && fsync(fd) < 0);
	if (close(fd) < 0 || failed || rename(temporary, path) < 0) {
		int cause = errno;

		unlink(temporary);
		errno = cause;
		return -1;
	}
	return 0;
}

static int make_parent(const char *path, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	char *parent;
	int rc;

	if (!slash || slash == path)
		return PV_OK;
	parent = pv_strndup(path, (size_t)(slash - path));
	if (!parent)
		return pv_fail_nomem(err);
	rc = pv_dir_make(parent, err);
	pv_free(parent);
	return rc;
}

static int replace(const char *path, pv_str data, pv_error *err)
{
	pv_buf temporary = { 0 };
	int rc;

	rc = make_parent(path, err);
	if (rc < 0)
		return rc;
	pv_buf_printf(&temporary, "%s.XXXXXX", path);
	rc = pv_buf_status(&temporary, err);
	if (rc < 0)
		goto out;
	if (fill_temporary(temporary.ptr, path, data, SYNCED) < 0)
		rc = pv_fail_errno(err, errno, "write", path);
out:
	pv_buf_dispose(&temporary);
	return rc;
}

int pv_file_write(const char *path, const char *data, size_t len, pv_error *err)
{
	pv_str text = { data, len };

	return replace(path, text, err);
}

/* --- files the user named ------------------------------------------------- */

/* As the shell's ">": through links, into devices and pipes. */
static int write_in_place(const char *path, const char *data, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY,
		      0666);
	int failed;

	if (fd < 0)
		return -1;
	failed = pv_file_write_all(fd, data, len) < 0;
	if (failed) {
		int cause = errno;

		close(fd);
		errno = cause;
		return -1;
	}
	return close(fd);
}

/* Where links end: `real` names the very file that `path` leads to. */
static int find_target(char real[PATH_MAX], const char *path,
		       const struct stat *info)
{
	struct stat found;

	return realpath(path, real) && stat(real, &found) == 0 &&
	       found.st_dev == info->st_dev && found.st_ino == info->st_ino;
}

static int is_writable(const char *path)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	return fd >= 0 && close(fd) == 0;
}

static int output(const char *path, pv_str text, enum sync sync)
{
	char real[PATH_MAX];
	char temporary[PATH_MAX + 8];
	struct stat info;

	if (lstat(path, &info) < 0) {
		snprintf(real, sizeof(real), "%s", path);
	} else {
		/* Also a dangling link, and what /proc only seems to name. */
		if (stat(path, &info) < 0 || !S_ISREG(info.st_mode) ||
		    !find_target(real, path, &info))
			return write_in_place(path, text.ptr, text.len);
		if (!is_writable(real))
			return -1;
	}
	snprintf(temporary, sizeof(temporary), "%s.XXXXXX", real);
	return fill_temporary(temporary, real, text, sync);
}

static int put_out(const char *path, pv_str text, enum sync sync, pv_error *err)
{
	size_t size = strlen(path);

	if (!size || size >= PATH_MAX)
		return pv_fail_errno(err, size ? ENAMETOOLONG : ENOENT, "write",
				     path);
	if (output(path, text, sync) < 0)
		return pv_fail_errno(err, errno, "write", path);
	return PV_OK;
}

int pv_file_output(const char *path, const char *data, size_t len, pv_error *err)
{
	pv_str text = { data, len };

	return put_out(path, text, SYNCED, err);
}

int pv_file_hand_over(const char *path, const char *data, size_t len,
		      pv_error *err)
{
	pv_str text = { data, len };

	return put_out(path, text, NOT_SYNCED, err);
}

int pv_file_exists(const char *path)
{
	struct stat info;

	return lstat(path, &info) == 0;
}

int pv_dir_make(const char *path, pv_error *err)
{
	struct stat info;
	int rc;

	if (stat(path, &info) == 0)
		return S_ISDIR(info.st_mode)
			       ? PV_OK
			       : pv_fail_errno(err, ENOTDIR, "make the folder",
					       path);
	rc = make_parent(path, err);
	if (rc < 0)
		return rc;
	if (mkdir(path, 0777) < 0 && errno != EEXIST)
		return pv_fail_errno(err, errno, "make the folder", path);
	return PV_OK;
}

int pv_dir_make_for(const char *path, pv_error *err)
{
	const char *slash = strrchr(path, '/');
	char *folder;
	int rc;

	if (!slash || slash == path)
		return PV_OK;
	folder = pv_strndup(path, (size_t)(slash - path));
	if (!folder)
		return pv_fail_nomem(err);
	rc = pv_dir_make(folder, err);
	pv_free(folder);
	return rc;
}
