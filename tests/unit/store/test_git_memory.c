/* SPDX-License-Identifier: MIT
 *
 * libgit2's memory when there is none left: blocks come from the reserve,
 * whole and apart, and go back to it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <git2.h>

#include "store/git_memory.h"
#include "store/handle.h"

enum {
	PIECES = 2000,
	PIECE = 300,
	LARGE = 400 << 10
};

static int is_refusing;
static long calls;

static void *source_alloc(size_t size, void *payload)
{
	(void)payload;
	calls++;
	return is_refusing ? NULL : malloc(size);
}

static void *source_resize(void *ptr, size_t size, void *payload)
{
	(void)payload;
	calls++;
	return is_refusing ? NULL : realloc(ptr, size);
}

static void source_release(void *ptr, void *payload)
{
	(void)payload;
	free(ptr);
}

static int set_up(void **state)
{
	const pv_allocator source = { source_alloc, source_resize,
				      source_release, NULL };

	(void)state;
	pv_git_memory_set_source(&source);
	return 0;
}

/* A program that uses libgit2 itself keeps its own allocator there. */
static void test_store_git_memory__is_left_to_a_program_that_started(void **state)
{
	git_buf buf = GIT_BUF_INIT;
	int status = 0;
	pid_t child = fork();

	(void)state;
	if (!child) {
		git_libgit2_init();
		if (pv_libgit2_start(NULL) < 0 || git_buf_set(&buf, "x", 2) < 0)
			_exit(2);
		_exit(calls != 0);
	}
	assert_int_equal(waitpid(child, &status, 0), child);
	assert_int_equal(status, 0);
}

static int fill(git_buf *buf, int idx)
{
	char text[PIECE];

	memset(text, 'a' + idx % 26, sizeof(text));
	return git_buf_set(buf, text, sizeof(text));
}

/* Fills buffers until one is refused; their number. */
static int use_up(git_buf *bufs)
{
	int count = 0;

	while (count < PIECES && fill(&bufs[count], count) == 0)
		count++;
	return count;
}

static void test_store_git_memory__has_a_reserve(void **state)
{
	static git_buf bufs[PIECES];
	git_buf large = GIT_BUF_INIT;
	int count;

	(void)state;
	assert_int_equal(pv_libgit2_start(NULL), PV_OK);
	is_refusing = 1;
	count = use_up(bufs);
	assert_in_range(count, 1000, PIECES - 1);
	assert_int_equal(git_error_last()->klass, GIT_ERROR_NOMEMORY);
	for (int i = 0; i < count; i++)
		for (int at = 0; at < PIECE; at++)
			assert_int_equal(bufs[i].ptr[at], 'a' + i % 26);
	/* What goes back in any order is one piece again. */
	for (int i = 0; i < count; i += 2)
		git_buf_dispose(&bufs[i]);
	for (int i = 1; i < count; i += 2)
		git_buf_dispose(&bufs[i]);
	assert_int_equal(git_buf_grow(&large, LARGE), 0);
	memset(large.ptr, 'x', LARGE);
	git_buf_dispose(&large);
	assert_int_equal(use_up(bufs), count);
	for (int i = 0; i < count; i++)
		git_buf_dispose(&bufs[i]);
	is_refusing = 0;
}

static void test_store_git_memory__moves_what_grows(void **state)
{
	git_buf buf = GIT_BUF_INIT;

	(void)state;
	assert_int_equal(pv_libgit2_start(NULL), PV_OK);
	assert_int_equal(fill(&buf, 1), 0);
	is_refusing = 1;
	assert_int_equal(git_buf_grow(&buf, LARGE / 4), 0);
	is_refusing = 0;
	assert_int_equal(git_buf_grow(&buf, LARGE * 4), 0);
	for (int at = 0; at < PIECE; at++)
		assert_int_equal(buf.ptr[at], 'b');
	git_buf_dispose(&buf);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
			test_store_git_memory__is_left_to_a_program_that_started),
		cmocka_unit_test(test_store_git_memory__has_a_reserve),
		cmocka_unit_test(test_store_git_memory__moves_what_grows),
	};

	return cmocka_run_group_tests_name("store git_memory", tests, set_up,
					   NULL);
}
