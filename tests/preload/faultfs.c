/* SPDX-License-Identifier: MIT
 *
 * A file system that fails, for LD_PRELOAD: counts the calls that change
 * files below one folder, over all processes of a command, and lets the n-th
 * go wrong. It is told what to do by the environment:
 *
 *	FAULT_UNDER   the folder; its real path
 *	FAULT_COUNTER a file of 8 bytes that keeps the count
 *	FAULT_AT      n; nothing fails when it is 0 or missing
 *	FAULT_DO      kill   SIGKILL to the process group instead of the call
 *	              tear   the same, after half of what is written
 *	              short  write less than asked
 *	              full   ENOSPC for what needs room
 *	              io     EIO for what reaches the disk
 *	              read-only  EROFS for what opens or names a file
 *	              no-links   EPERM for hard links
 *	FAULT_ON      not empty: so does every later call
 *
 * Only calls that FAULT_DO applies to are counted, so that n = 1, 2, 3 ...
 * visits each of them once.
 */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* What a call does to the file system. */
enum kind {
	MAKE = 1,   /* a name that may be new */
	WRITE = 2,  /* bytes */
	SYNC = 4,   /* to the disk; also closing after writing */
	RENAME = 8, /* other changes of names and modes */
	UNLINK = 16,
	LINK = 32
};

enum {
	TEAR = -1, /* write half, then die */
	SHORT = -2 /* write half */
};

struct action {
	const char *name;
	unsigned kinds;
	int result; /* errno, or what to do; 0: die */
};

static const struct action actions[] = {
	{ "kill", MAKE | WRITE | SYNC | RENAME | UNLINK, 0 },
	{ "tear", WRITE, TEAR },
	{ "short", WRITE, SHORT },
	{ "full", MAKE | WRITE | SYNC, ENOSPC },
	{ "io", MAKE | WRITE | SYNC | RENAME, EIO },
	{ "read-only", MAKE | RENAME | UNLINK, EROFS },
	{ "no-links", LINK, EPERM },
};

static struct {
	const char *under;
	const struct action *action;
	long at;
	int goes_on;
	_Atomic long *count;
} fault;

/* The names that exist for 64 bits only in headers we do not ask for. */
int open64(const char *path, int flags, ...);
int openat64(int folder, const char *path, int flags, ...);
int creat64(const char *path, mode_t mode);
int mkstemp64(char *name);
FILE *fopen64(const char *path, const char *mode);
ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset);
int ftruncate64(int fd, off_t len);
void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t at);

/* The function behind ours, into the pointer `out`. */
static void find_next(void *out, const char *name)
{
	void *found = dlsym(RTLD_NEXT, name);

	if (!found)
		abort();
	memcpy(out, &found, sizeof(found));
}

__attribute__((constructor)) static void set_up(void)
{
	const char *at = getenv("FAULT_AT");
	const char *on = getenv("FAULT_ON");
	const char *what = getenv("FAULT_DO");
	const char *counter = getenv("FAULT_COUNTER");
	int (*open_file)(const char *, int, ...);
	void *map;
	int fd;

	fault.under = getenv("FAULT_UNDER");
	if (!fault.under || !what || !counter)
		return;
	fault.at = at ? strtol(at, NULL, 10) : 0;
	fault.goes_on = on && *on;
	find_next(&open_file, "open");
	fd = open_file(counter, O_RDWR | O_CLOEXEC);
	if (fd < 0)
		abort();
	map = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	close(fd);
	if (map == MAP_FAILED)
		abort();
	for (size_t i = 0; i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(actions[i].name, what) == 0)
			fault.action = &actions[i];
	fault.count = map;
}

static void die(void)
{
	kill(0, SIGKILL);
	for (;;)
		pause();
}

/*
 * Counts a call on something below the folder: 0 to let it pass, an errno,
 * TEAR or SHORT.
 */
static int strike(enum kind kind)
{
	long now;

	if (!(fault.action->kinds & kind))
		return 0;
	now = atomic_fetch_add(fault.count, 1) + 1;
	if (!fault.at || now < fault.at || (now > fault.at && !fault.goes_on))
		return 0;
	if (!fault.action->result)
		die();
	return fault.action->result;
}

static int is_below(const char *path)
{
	size_t len = strlen(fault.under);

	return strncmp(path, fault.under, len) == 0 &&
	       (path[len] == '/' || !path[len]);
}

/* What /proc says of a descriptor or of the current folder. */
static int link_is_below(const char *link)
{
	char path[PATH_MAX];
	ssize_t len = readlink(link, path, sizeof(path) - 1);

	if (len < 0)
		return 0;
	path[len] = '\0';
	return is_below(path);
}

static int fd_is_below(int fd)
{
	char link[64];

	if (fd == AT_FDCWD)
		return link_is_below("/proc/self/cwd");
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	return link_is_below(link);
}

static int on_path(int folder, const char *path, enum kind kind)
{
	int cause = errno;
	int found = 0;

	if (fault.action)
		found = *path == '/' ? is_below(path) : fd_is_below(folder);
	errno = cause;
	return found ? strike(kind) : 0;
}

static int on_fd(int fd, enum kind kind)
{
	int cause = errno;
	int found = fault.action && fd_is_below(fd);

	errno = cause;
	return found ? strike(kind) : 0;
}

/* Sets errno; what a call that fails returns. */
static int failed(int cause)
{
	errno = cause;
	return -1;
}

/* --- opening -------------------------------------------------------------- */

static int on_open(int folder, const char *path, int flags)
{
	if ((flags & O_ACCMODE) == O_RDONLY && !(flags & O_CREAT))
		return 0;
	return on_path(folder, path, flags & O_CREAT ? MAKE : RENAME);
}

static int open_with(const char *name, const char *path, int flags, mode_t mode)
{
	int (*next)(const char *, int, ...);
	int cause = on_open(AT_FDCWD, path, flags);

	find_next(&next, name);
	return cause ? failed(cause) : next(path, flags, mode);
}

static int openat_with(const char *name, int folder, const char *path,
		       int flags, mode_t mode)
{
	int (*next)(int, const char *, int, ...);
	int cause = on_open(folder, path, flags);

	find_next(&next, name);
	return cause ? failed(cause) : next(folder, path, flags, mode);
}

static mode_t take_mode(int flags, va_list args)
{
	return flags & O_CREAT ? va_arg(args, mode_t) : 0;
}

int open(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = take_mode(flags, args);
	va_end(args);
	return open_with("open", path, flags, mode);
}

int open64(const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = take_mode(flags, args);
	va_end(args);
	return open_with("open64", path, flags, mode);
}

int openat(int folder, const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = take_mode(flags, args);
	va_end(args);
	return openat_with("openat", folder, path, flags, mode);
}

int openat64(int folder, const char *path, int flags, ...)
{
	mode_t mode;
	va_list args;

	va_start(args, flags);
	mode = take_mode(flags, args);
	va_end(args);
	return openat_with("openat64", folder, path, flags, mode);
}

int creat(const char *path, mode_t mode)
{
	return open_with("open", path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int creat64(const char *path, mode_t mode)
{
	return open_with("open64", path, O_CREAT | O_WRONLY | O_TRUNC, mode);
}

int mkstemp(char *name)
{
	int (*next)(char *);
	int cause = on_path(AT_FDCWD, name, MAKE);

	find_next(&next, "mkstemp");
	return cause ? failed(cause) : next(name);
}

int mkstemp64(char *name)
{
	return mkstemp(name);
}

static FILE *fopen_with(const char *name, const char *path, const char *mode)
{
	FILE *(*next)(const char *, const char *);
	int cause = 0;

	if (strpbrk(mode, "wa+"))
		cause = on_path(AT_FDCWD, path, MAKE);
	find_next(&next, name);
	if (!cause)
		return next(path, mode);
	errno = cause;
	return NULL;
}

FILE *fopen(const char *path, const char *mode)
{
	return fopen_with("fopen", path, mode);
}

FILE *fopen64(const char *path, const char *mode)
{
	return fopen_with("fopen64", path, mode);
}

/* --- bytes ---------------------------------------------------------------- */

/* How much of `len` is to be written; -1 with errno set for nothing. */
static ssize_t cut(int cause, size_t len)
{
	if (cause == TEAR || cause == SHORT)
		return (ssize_t)(len > 1 ? len / 2 : len);
	return cause ? failed(cause) : (ssize_t)len;
}

ssize_t write(int fd, const void *data, size_t len)
{
	ssize_t (*next)(int, const void *, size_t);
	int cause = on_fd(fd, WRITE);
	ssize_t put = cut(cause, len);

	find_next(&next, "write");
	if (put >= 0)
		put = next(fd, data, (size_t)put);
	if (cause == TEAR)
		die();
	return put;
}

ssize_t pwrite(int fd, const void *data, size_t len, off_t offset)
{
	ssize_t (*next)(int, const void *, size_t, off_t);
	int cause = on_fd(fd, WRITE);
	ssize_t put = cut(cause, len);

	find_next(&next, "pwrite");
	if (put >= 0)
		put = next(fd, data, (size_t)put, offset);
	if (cause == TEAR)
		die();
	return put;
}

ssize_t pwrite64(int fd, const void *data, size_t len, off_t offset)
{
	return pwrite(fd, data, len, offset);
}

/* Short and torn: only the first piece. */
ssize_t writev(int fd, const struct iovec *pieces, int count)
{
	ssize_t (*next)(int, const struct iovec *, int);
	int cause = on_fd(fd, WRITE);
	ssize_t put;

	find_next(&next, "writev");
	if (cause > 0)
		return failed(cause);
	put = next(fd, pieces, cause && count > 1 ? 1 : count);
	if (cause == TEAR)
		die();
	return put;
}

int ftruncate(int fd, off_t len)
{
	int (*next)(int, off_t);
	int cause = on_fd(fd, WRITE);

	find_next(&next, "ftruncate");
	if (cause == TEAR)
		die();
	return cause > 0 ? failed(cause) : next(fd, len);
}

int ftruncate64(int fd, off_t len)
{
	return ftruncate(fd, len);
}

/* Pages that are written to reach the file without another call. */
static void *map_with(const char *name, void *addr, size_t len, int prot,
		      int flags, int fd, off_t at)
{
	void *(*next)(void *, size_t, int, int, int, off_t);
	int cause = 0;

	if (fd >= 0 && flags & MAP_SHARED && prot & PROT_WRITE)
		cause = on_fd(fd, SYNC);
	find_next(&next, name);
	if (!cause)
		return next(addr, len, prot, flags, fd, at);
	errno = cause;
	return MAP_FAILED;
}

void *mmap(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	return map_with("mmap", addr, len, prot, flags, fd, at);
}

void *mmap64(void *addr, size_t len, int prot, int flags, int fd, off_t at)
{
	return map_with("mmap64", addr, len, prot, flags, fd, at);
}

int fsync(int fd)
{
	int (*next)(int);
	int cause = on_fd(fd, SYNC);

	find_next(&next, "fsync");
	return cause ? failed(cause) : next(fd);
}

int fdatasync(int fd)
{
	int (*next)(int);
	int cause = on_fd(fd, SYNC);

	find_next(&next, "fdatasync");
	return cause ? failed(cause) : next(fd);
}

/* A file that was open for writing may fail when it is closed. */
int close(int fd)
{
	int (*next)(int);
	int flags = fault.action ? fcntl(fd, F_GETFL) : -1;
	int cause = 0;
	int rc;

	if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
		cause = on_fd(fd, SYNC);
	find_next(&next, "close");
	rc = next(fd);
	return cause ? failed(cause) : rc;
}

/* Buffers of streams are written by libc, past write(). */
int fclose(FILE *file)
{
	int (*next)(FILE *);
	int fd = fault.action ? fileno(file) : -1;
	int flags = fd >= 0 ? fcntl(fd, F_GETFL) : -1;
	int cause = 0;
	int rc;

	if (flags >= 0 && (flags & O_ACCMODE) != O_RDONLY)
		cause = on_fd(fd, SYNC);
	find_next(&next, "fclose");
	rc = next(file);
	return cause ? failed(cause) : rc;
}

/* --- names ---------------------------------------------------------------- */

int rename(const char *from, const char *to)
{
	int (*next)(const char *, const char *);
	int cause = on_path(AT_FDCWD, to, RENAME);

	find_next(&next, "rename");
	return cause ? failed(cause) : next(from, to);
}

int renameat(int old_folder, const char *from, int folder, const char *to)
{
	int (*next)(int, const char *, int, const char *);
	int cause = on_path(folder, to, RENAME);

	find_next(&next, "renameat");
	return cause ? failed(cause) : next(old_folder, from, folder, to);
}

int link(const char *from, const char *to)
{
	int (*next)(const char *, const char *);
	int cause = on_path(AT_FDCWD, to, MAKE | LINK);

	find_next(&next, "link");
	return cause ? failed(cause) : next(from, to);
}

int symlink(const char *target, const char *path)
{
	int (*next)(const char *, const char *);
	int cause = on_path(AT_FDCWD, path, MAKE);

	find_next(&next, "symlink");
	return cause ? failed(cause) : next(target, path);
}

int mkdir(const char *path, mode_t mode)
{
	int (*next)(const char *, mode_t);
	int cause = on_path(AT_FDCWD, path, MAKE);

	find_next(&next, "mkdir");
	return cause ? failed(cause) : next(path, mode);
}

int mkdirat(int folder, const char *path, mode_t mode)
{
	int (*next)(int, const char *, mode_t);
	int cause = on_path(folder, path, MAKE);

	find_next(&next, "mkdirat");
	return cause ? failed(cause) : next(folder, path, mode);
}

int unlink(const char *path)
{
	int (*next)(const char *);
	int cause = on_path(AT_FDCWD, path, UNLINK);

	find_next(&next, "unlink");
	return cause ? failed(cause) : next(path);
}

int unlinkat(int folder, const char *path, int flags)
{
	int (*next)(int, const char *, int);
	int cause = on_path(folder, path, UNLINK);

	find_next(&next, "unlinkat");
	return cause ? failed(cause) : next(folder, path, flags);
}

int rmdir(const char *path)
{
	int (*next)(const char *);
	int cause = on_path(AT_FDCWD, path, UNLINK);

	find_next(&next, "rmdir");
	return cause ? failed(cause) : next(path);
}

int chmod(const char *path, mode_t mode)
{
	int (*next)(const char *, mode_t);
	int cause = on_path(AT_FDCWD, path, RENAME);

	find_next(&next, "chmod");
	return cause ? failed(cause) : next(path, mode);
}

int fchmod(int fd, mode_t mode)
{
	int (*next)(int, mode_t);
	int cause = on_fd(fd, RENAME);

	find_next(&next, "fchmod");
	return cause ? failed(cause) : next(fd, mode);
}
