/* SPDX-License-Identifier: MIT
 *
 * Work on several threads: all of it is done once, and a failure is the one
 * that a single thread would have met.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <string.h>

#include "base/fail.h"
#include "base/parallel.h"

enum {
	COUNT = 1000,
	NONE = COUNT
};

struct job {
	int done[COUNT];
	size_t bad[2]; /* fail; NONE for neither */
};

static int do_one(size_t idx, void *payload, pv_error *err)
{
	struct job *job = payload;

	job->done[idx]++;
	if (idx == job->bad[0] || idx == job->bad[1])
		return pv_fail(err, PV_EINVALID, "number %zu", idx);
	return PV_OK;
}

static void test_base_parallel__does_each_once(void **state)
{
	static const unsigned threads[] = { 0, 1, 2, 3, 8, 100 };

	(void)state;
	for (size_t i = 0; i < sizeof(threads) / sizeof(*threads); i++) {
		struct job job = { .bad = { NONE, NONE } };
		pv_error err = { 0 };

		assert_int_equal(pv_parallel_each(COUNT, threads[i], do_one,
						  &job, &err),
				 PV_OK);
		for (size_t j = 0; j < COUNT; j++)
			assert_int_equal(job.done[j], 1);
		assert_string_equal(err.message, "");
	}
}

static void test_base_parallel__fails_with_the_first(void **state)
{
	(void)state;
	for (unsigned round = 0; round < 200; round++) {
		struct job job = { .bad = { 501, 500 } };
		unsigned threads = 1 + round % 4;
		pv_error err = { 0 };

		assert_int_equal(pv_parallel_each(COUNT, threads, do_one, &job,
						  &err),
				 PV_EINVALID);
		assert_string_equal(err.message, "number 500");
		for (size_t i = 0; i <= 500; i++)
			assert_int_equal(job.done[i], 1);
		/* Others go on until one of the two is heard of. */
		for (size_t i = 501; threads == 1 && i < COUNT; i++)
			assert_int_equal(job.done[i], 0);
	}
}

static void test_base_parallel__needs_neither_work_nor_an_error(void **state)
{
	struct job job = { .bad = { 0, NONE } };

	(void)state;
	assert_int_equal(pv_parallel_each(0, 0, do_one, &job, NULL), PV_OK);
	assert_int_equal(job.done[0], 0);
	assert_int_equal(pv_parallel_each(2, 2, do_one, &job, NULL), PV_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_parallel__does_each_once),
		cmocka_unit_test(test_base_parallel__fails_with_the_first),
		cmocka_unit_test(
			test_base_parallel__needs_neither_work_nor_an_error),
	};

	return cmocka_run_group_tests_name("base parallel", tests, NULL, NULL);
}
