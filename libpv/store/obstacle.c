/* SPDX-License-Identifier: MIT
 *
 * Why git failed. It says so for people, in their language and often without
 * the cause ("couldn't write ..."), so besides its words the repository is
 * asked: is a lock there, can anything be written at all?
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "store/handle.h"
#include "store/index/left_lock.h"

enum {
	PROBE_SIZE = 4096 /* a block of most file systems */
};

/* The next quoted path that ends in ".lock", from `at` on; NULL for none. */
static const char *next_lock(pv_buf *out, const char *at)
{
	static const char end[] = ".lock'";
	const char *close;

	for (at = strchr(at, '\''); at; at = strchr(at + 1, '\'')) {
		close = strchr(at + 1, '\'');
		if (!close || close - at < (long)sizeof(end) ||
		    memcmp(close - strlen(end) + 1, end, strlen(end)) != 0)
			continue;
		pv_buf_clear(out);
		pv_buf_put(out, at + 1, (size_t)(close - at) - 1);
		return close + 1;
	}
	return NULL;
}

/* A lock that git names, and that somebody has. */
static int find_lock(pv_store *store, const char *talk, pv_error *err)
{
	pv_buf path = { 0 };
	int rc = PV_OK;

	do {
		talk = next_lock(&path, talk);
		rc = pv_buf_status(&path, err);
		if (rc == PV_OK && talk && pv_file_exists(path.ptr))
			rc = pv_left_lock_fail(store, path.ptr, err);
	} while (talk && rc == PV_OK);
	pv_buf_dispose(&path);
	return rc;
}

/* Writes a block and removes it again: 0, or the errno that came of it. */
static int probe(const char *path)
{
	char block[PROBE_SIZE] = { 0 };
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	int cause = 0;

	if (fd < 0)
		return errno == EEXIST ? 0 : errno;
	if (pv_file_write_all(fd, block, sizeof(block)) < 0 || fsync(fd) < 0)
		cause = errno;
	if (close(fd) < 0 && !cause)
		cause = errno;
	unlink(path);
	return cause;
}

int pv_git_obstacle(pv_store *store, const char *talk, pv_error *err)
{
	const char *folder = store ? store->common_dir : ".";
	pv_buf path = { 0 };
	int cause = 0;
	int rc = find_lock(store, talk, err);

	if (rc < 0)
		return rc;
	if (strstr(talk, "Out of diskspace")) /* there may be room again */
		return pv_fail_errno(err, ENOSPC, "write to", folder);
	pv_buf_printf(&path, "%s%s/tmp_pv_%ld_probe", folder,
		      store ? "/objects" : "", (long)getpid());
	rc = pv_buf_status(&path, err);
	if (rc == PV_OK)
		cause = probe(path.ptr);
	pv_buf_dispose(&path);
	if (cause)
		rc = pv_fail_errno(err, cause, "write to", folder);
	return rc;
}
