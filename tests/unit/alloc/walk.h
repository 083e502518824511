/* SPDX-License-Identifier: MIT
 *
 * Walks an entry point through every allocation it makes, whoever makes it:
 * ours, and cmark's with them, through pv_set_allocator, jansson's and
 * libgit2's through their hooks, libyaml's, which has none, by defining its
 * allocator here, in front of the library's own. One counter runs through all.
 * Allocation n fails, once alone and once with all that follow, for every n
 * until a call gets by without it. A call must report the failure or do without
 * and be right, and must keep nothing: our, jansson's and libyaml's memory is
 * counted, libgit2's, which has caches, is left to the leak sanitizer.
 *
 * Included once by each test program, so its functions are static.
 * tests/project/faults.sh reads the WALK rows: every exported function from
 * which an allocation can be reached has one.
 */
#ifndef PV_TESTS_ALLOC_WALK_H
#define PV_TESTS_ALLOC_WALK_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>
#include <pv.h>

#include "store/git_memory.h"

/* One entry point and a call of it, which checks what it gets. */
struct walk_row {
	const char *function;
	int (*call)(void *scene, pv_error *err);
};

/* A row's contents; the function is named for tests/project/faults.sh. */
#define WALK(function, call) #function, call

/* What surrounds each call, with no faults; any may be NULL. */
struct walk_setting {
	void *scene;
	void (*begin)(void *scene);
	void (*end)(void *scene, int rc);
	int is_costly; /* 1: a sample of libgit2's allocations, 2: of all */
};

enum {
	WALK_LIMIT = 100000,
	WALK_ANSWER = 8192
};

enum walk_owner {
	WALK_OURS,
	WALK_JANSSON,
	WALK_LIBYAML,
	WALK_LIBGIT2,
	WALK_OWNERS
};

static struct {
	long left;   /* allocations that still succeed; < 0: all do */
	int is_once; /* the refused one is the only one */
	int spares_libgit2;
	int hit;                /* an allocation was refused */
	enum walk_owner owner;  /* of the one that was */
	long live[WALK_OWNERS]; /* not yet released */
	char answer[WALK_ANSWER];
} walk = { .left = -1 };

static int walk_refuse(enum walk_owner owner)
{
	if (walk.left < 0 || (walk.spares_libgit2 && owner == WALK_LIBGIT2))
		return 0;
	if (walk.left > 0) {
		walk.left--;
		return 0;
	}
	if (walk.is_once)
		walk.left = -1;
	if (!walk.hit)
		walk.owner = owner;
	walk.hit = 1;
	return 1;
}

static void *walk_alloc(enum walk_owner owner, size_t size)
{
	if (walk_refuse(owner))
		return NULL;
	walk.live[owner]++;
	return malloc(size + !size);
}

static void *walk_resize(enum walk_owner owner, void *ptr, size_t size)
{
	if (walk_refuse(owner))
		return NULL;
	walk.live[owner] += !ptr;
	return realloc(ptr, size + !size);
}

static void walk_release(enum walk_owner owner, void *ptr)
{
	if (ptr)
		walk.live[owner]--;
	free(ptr);
}

/* --- ours ---------------------------------------------------------------- */

static void *ours_alloc(size_t size, void *payload)
{
	(void)payload;
	return walk_alloc(WALK_OURS, size);
}

static void *ours_resize(void *ptr, size_t size, void *payload)
{
	(void)payload;
	return walk_resize(WALK_OURS, ptr, size);
}

static void ours_release(void *ptr, void *payload)
{
	(void)payload;
	walk_release(WALK_OURS, ptr);
}

/* --- jansson's ----------------------------------------------------------- */

static void *jansson_alloc(size_t size)
{
	return walk_alloc(WALK_JANSSON, size);
}

static void jansson_release(void *ptr)
{
	walk_release(WALK_JANSSON, ptr);
}

/* --- libyaml's ----------------------------------------------------------- */

PV_API void *yaml_malloc(size_t size);
PV_API void *yaml_realloc(void *ptr, size_t size);
PV_API void yaml_free(void *ptr);
PV_API unsigned char *yaml_strdup(const unsigned char *text);

void *yaml_malloc(size_t size)
{
	return walk_alloc(WALK_LIBYAML, size);
}

void *yaml_realloc(void *ptr, size_t size)
{
	return walk_resize(WALK_LIBYAML, ptr, size);
}

void yaml_free(void *ptr)
{
	walk_release(WALK_LIBYAML, ptr);
}

unsigned char *yaml_strdup(const unsigned char *text)
{
	size_t size = text ? strlen((const char *)text) + 1 : 0;
	unsigned char *copy = text ? yaml_malloc(size) : NULL;

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

/* --- libgit2's ----------------------------------------------------------- */

static void *git_alloc(size_t size, void *payload)
{
	(void)payload;
	return walk_alloc(WALK_LIBGIT2, size);
}

static void *git_resize(void *ptr, size_t size, void *payload)
{
	(void)payload;
	return walk_resize(WALK_LIBGIT2, ptr, size);
}

static void git_release(void *ptr, void *payload)
{
	(void)payload;
	walk_release(WALK_LIBGIT2, ptr);
}

/* --- the walk ------------------------------------------------------------ */

/* Once, at the start: jansson and libgit2 keep some memory from then on. */
static void walk_install(void)
{
	const pv_allocator git = { git_alloc, git_resize, git_release, NULL };

	json_set_alloc_funcs(jansson_alloc, jansson_release);
	pv_git_memory_set_source(&git);
}

/* What a call got, as text; all runs that succeed must say the same. */
static void walk_say(const char *format, ...) PV_PRINTF(1, 2);

static void walk_say(const char *format, ...)
{
	size_t len = strlen(walk.answer);
	va_list args;
	int put;

	va_start(args, format);
	put = vsnprintf(walk.answer + len, sizeof(walk.answer) - len, format,
			args);
	va_end(args);
	assert_true(put >= 0 && (size_t)put < sizeof(walk.answer) - len);
}

/* Runs the call with allocation `n` refused, none when it is negative. */
static int walk_round(const struct walk_row *row,
		      const struct walk_setting *setting, long n)
{
	static const pv_allocator ours = { ours_alloc, ours_resize,
					   ours_release, NULL };
	pv_error err;
	int rc;

	pv_error_clear(&err);
	walk.answer[0] = '\0';
	walk.hit = 0;
	pv_set_allocator(&ours);
	memset(walk.live, 0, sizeof(walk.live));
	if (setting->begin)
		setting->begin(setting->scene);
	walk.left = n;
	rc = row->call(setting->scene, &err);
	walk.left = -1;
	if (rc < 0)
		walk_say("\n%d: %s", err.code, err.message);
	if (setting->end)
		setting->end(setting->scene, rc);
	pv_set_allocator(NULL);
	for (int owner = 0; owner < WALK_LIBGIT2; owner++)
		if (walk.live[owner])
			fail_msg("%s, %ld: owner %d leaks %ld", row->function,
				 n, owner, walk.live[owner]);
	return rc;
}

static void walk_check(const char *function, long n, int rc, int wanted_rc,
		       const char *wanted)
{
	if (walk.hit && rc == PV_ENOMEM &&
	    strstr(walk.answer, "\n-1: out of memory"))
		return;
	if (rc != wanted_rc || strcmp(walk.answer, wanted) != 0)
		fail_msg("%s, %ld%s, owner %d: %d instead of %d, \"%s\" "
			 "instead of \"%s\"",
			 function, n, walk.is_once ? " alone" : "", walk.owner,
			 rc, wanted_rc, walk.answer, wanted);
}

/* Walks one call, whose result and answer without faults are `wanted`. */
static void walk_through(const struct walk_row *row,
			 const struct walk_setting *setting, int wanted_rc,
			 const char *wanted)
{
	int is_sampled = setting->is_costly && !walk.spares_libgit2 &&
			 !getenv("PV_FAULTS_ALL");
	long owned[WALK_OWNERS] = { 0 };
	long n = 0;

	for (;;) {
		int rc = walk_round(row, setting, n);

		walk_check(row->function, n, rc, wanted_rc, wanted);
		if (!walk.hit)
			break;
		owned[walk.owner]++;
		n += is_sampled ? 1 + n / 8 : 1;
		assert_true(n < WALK_LIMIT);
	}
	if (!n && !walk.spares_libgit2)
		fail_msg("%s allocates nothing", row->function);
	print_message("  %s: %ld of ours, %ld of jansson, %ld of libyaml, "
		      "%ld of libgit2\n",
		      row->function, owned[WALK_OURS], owned[WALK_JANSSON],
		      owned[WALK_LIBYAML], owned[WALK_LIBGIT2]);
}

static void walk_function(const struct walk_row *row,
			  const struct walk_setting *setting)
{
	char wanted[WALK_ANSWER];
	int rc = walk_round(row, setting, -1);

	memcpy(wanted, walk.answer, sizeof(wanted));
	for (walk.is_once = 0; walk.is_once < 2; walk.is_once++) {
		walk.spares_libgit2 = setting->is_costly == 1;
		walk_through(row, setting, rc, wanted);
		walk.spares_libgit2 = 0;
		if (setting->is_costly == 1)
			walk_through(row, setting, rc, wanted);
	}
}

static void walk_all(const struct walk_row *rows, size_t count,
		     const struct walk_setting *setting)
{
	for (size_t i = 0; i < count; i++)
		walk_function(&rows[i], setting);
}

#endif
