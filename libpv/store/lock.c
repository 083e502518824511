/* SPDX-License-Identifier: MIT
 *
 * Waiting for lock files, see lock.h.
 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "store/shared_mode.h"

enum {
	WAIT_MS = 1000,
	BACKOFF_BASE_MS = 2,
	BACKOFF_STEPS = 7,
	POLL_STEPS = 4 /* of waits for a lock: at most 32 ms each */
};

void pv_backoff(int attempt)
{
	struct timespec now;
	struct timespec pause = { 0 };
	long limit = BACKOFF_BASE_MS * 1000000L
		     << (attempt < BACKOFF_STEPS ? attempt : BACKOFF_STEPS);

	clock_gettime(CLOCK_MONOTONIC, &now);
	/* The clock's low digits are jitter enough to part two writers. */
	pause.tv_nsec = limit / 2 + (now.tv_nsec * 2654435761L & 0x7fffffff) %
					    (limit / 2 + 1);
	nanosleep(&pause, NULL);
}

static long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

int pv_lock_fail(const char *path, pv_error *err)
{
	struct stat info;
	long age = 0;
	int rc;

	if (stat(path, &info) == 0)
		age = (long)(time(NULL) - info.st_mtime);
	rc = pv_fail(err, PV_ELOCKED, "\"%s\" is there for %ld s", path,
		     age > 0 ? age : 0);
	return pv_error_hint(err, rc,
			     "another git process seems to be running; if it "
			     "crashed, remove that file");
}

int pv_lock_create(int *fd_out, pv_store *store, const char *path, pv_error *err)
{
	long deadline = clock_ms() + WAIT_MS;
	int fd, rc;

	for (int i = 0;; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != EEXIST)
			break;
		if (clock_ms() >= deadline)
			return pv_lock_fail(path, err);
		pv_backoff(i < POLL_STEPS ? i : POLL_STEPS);
	}
	*fd_out = fd;
	if (fd < 0)
		return pv_fail_errno(err, errno, "create", path);
	rc = pv_shared_adjust(store, path, err);
	if (rc < 0) {
		unlink(path);
		close(fd);
	}
	return rc;
}

int pv_lock_wait(const char *path, pv_error *err)
{
	long deadline = clock_ms() + WAIT_MS;

	for (int i = 0; pv_file_exists(path); i++) {
		if (clock_ms() >= deadline)
			return pv_lock_fail(path, err);
		pv_backoff(i < POLL_STEPS ? i : POLL_STEPS);
	}
	return PV_OK;
}
