/* SPDX-License-Identifier: MIT
 *
 * Waiting for lock files, see lock.h.
 */
#include "store/lock.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/fail.h"
#include "base/file.h"
#include "store/shared_mode.h"

enum {
	WAIT_MS = 1000,      /* for a lock that was there before */
	PATIENCE_MS = 10000, /* while others take turns */
	STALE_MS = 3000,     /* nobody who takes turns holds one as long */
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

/* How long a lock has been waited for, and been the same file. */
struct wait {
	const char *path;
	long start;
	long seen; /* since when it is this file */
	struct stat last;
};

static long clock_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* The age of a file; 0 when its time is ahead of the clock. */
static long age_ms(const struct stat *info)
{
	struct timespec now;
	long age;

	clock_gettime(CLOCK_REALTIME, &now);
	age = (long)(now.tv_sec - info->st_mtim.tv_sec) * 1000 +
	      (now.tv_nsec - info->st_mtim.tv_nsec) / 1000000;
	return age > 0 ? age : 0;
}

int pv_lock_fail(const char *path, pv_error *err)
{
	struct stat info;
	long age = 0;
	int rc;

	if (stat(path, &info) == 0)
		age = age_ms(&info);
	rc = pv_fail(err, PV_ELOCKED, "\"%s\" is there for %ld s", path,
		     age / 1000);
	if (age < STALE_MS)
		return pv_error_hint(err, rc,
				     "another git process is at work; try again "
				     "when it is done");
	return pv_error_hint(err, rc,
			     "another git process seems to be running; if it "
			     "crashed, remove that file");
}

static void start_wait(struct wait *it, const char *path)
{
	memset(it, 0, sizeof(*it));
	it->path = path;
	it->start = it->seen = clock_ms();
}

static int is_same_file(const struct stat *a, const struct stat *b)
{
	return a->st_ino == b->st_ino && a->st_dev == b->st_dev &&
	       a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	       a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/*
 * Whether to wait on. One lock that stays is given up soon; as long as it is
 * young or changes hands, those who have it are alive and will be done.
 */
static int may_wait(struct wait *it)
{
	long now = clock_ms();
	struct stat info;
	long age;

	if (lstat(it->path, &info) < 0)
		return now - it->start < PATIENCE_MS;
	if (!is_same_file(&info, &it->last))
		it->seen = now;
	it->last = info;
	age = age_ms(&info);
	if (age < now - it->seen)
		age = now - it->seen;
	if (now - it->start < WAIT_MS)
		return 1;
	return age < STALE_MS && now - it->start < PATIENCE_MS;
}

int pv_lock_create(int *fd_out, pv_store *store, const char *path, pv_error *err)
{
	struct wait wait;
	int fd, rc;

	start_wait(&wait, path);
	for (int i = 0;; i++) {
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
		if (fd >= 0 || errno != EEXIST)
			break;
		if (!may_wait(&wait))
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
	struct wait wait;

	start_wait(&wait, path);
	for (int i = 0; pv_file_exists(path); i++) {
		if (!may_wait(&wait))
			return pv_lock_fail(path, err);
		pv_backoff(i < POLL_STEPS ? i : POLL_STEPS);
	}
	return PV_OK;
}
