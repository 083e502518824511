/* SPDX-License-Identifier: MIT
 *
 * Preloaded into a whole program, makes an allocation fail, whoever asks for
 * it: number PV_FAIL_AT (from 0) counted from the start of main, with
 * PV_FAIL_ON all that follow, too. The file PV_FAIL_NOTE is made when it
 * happened. Programs that this one starts are spared. For glibc, which keeps
 * its allocator under names of its own for those who stand in front of it.
 */
#define _GNU_SOURCE /* NOLINT(bugprone-reserved-identifier) RTLD_NEXT */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#define PUBLIC __attribute__((visibility("default")))

/* NOLINTBEGIN(bugprone-reserved-identifier) the names are glibc's */
extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t count, size_t size);
extern void *__libc_realloc(void *ptr, size_t size);

typedef int (*start_main)(int (*main)(int, char **, char **), int argc,
			  char **argv, void (*init)(void), void (*fini)(void),
			  void (*rtld_fini)(void), void *stack_end);

PUBLIC int __libc_start_main(int (*main)(int, char **, char **), int argc,
			     char **argv, void (*init)(void), void (*fini)(void),
			     void (*rtld_fini)(void), void *stack_end);
/* NOLINTEND(bugprone-reserved-identifier) */

static long left = -1; /* allocations that still succeed; < 0: all do */
static int goes_on;
static const char *note;

static int refuse(void)
{
	int fd;

	if (left < 0)
		return 0;
	if (left > 0) {
		left--;
		return 0;
	}
	if (!goes_on)
		left = -1;
	fd = note ? open(note, O_WRONLY | O_CREAT, 0666) : -1;
	if (fd >= 0)
		close(fd);
	errno = ENOMEM;
	return 1;
}

PUBLIC void *malloc(size_t size)
{
	return refuse() ? NULL : __libc_malloc(size);
}

PUBLIC void *calloc(size_t count, size_t size)
{
	return refuse() ? NULL : __libc_calloc(count, size);
}

PUBLIC void *realloc(void *ptr, size_t size)
{
	return refuse() ? NULL : __libc_realloc(ptr, size);
}

int __libc_start_main(int (*main)(int, char **, char **), int argc, char **argv,
		      void (*init)(void), void (*fini)(void),
		      void (*rtld_fini)(void), void *stack_end)
{
	const char *at = getenv("PV_FAIL_AT");
	start_main next = NULL;

	/* What POSIX has in place of a cast from an object pointer. */
	*(void **)(void *)&next = dlsym(RTLD_NEXT, "__libc_start_main");
	note = getenv("PV_FAIL_NOTE");
	goes_on = getenv("PV_FAIL_ON") != NULL;
	unsetenv("LD_PRELOAD");
	if (at)
		left = strtol(at, NULL, 10);
	return next(main, argc, argv, init, fini, rtld_fini, stack_end);
}
