/* SPDX-License-Identifier: MIT
 *
 * Two stages of work: every slot is done once, in order, before it is the
 * caller's again, and what fails stops all behind it.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <pthread.h>

#include "base/fail.h"
#include "base/follow.h"

enum {
	SLOTS = 4,
	COUNT = 1500
};

struct job {
	size_t made[SLOTS]; /* what the caller put into a slot; 0 is nothing */
	size_t done[COUNT];
	size_t count; /* of `done` */
	size_t bad;   /* fails */
	pthread_t thread;
	int is_other; /* a thread that is not the caller's */
};

static int finish_one(size_t idx, void *payload, pv_error *err)
{
	struct job *job = payload;
	size_t made = job->made[idx];

	job->is_other = !pthread_equal(job->thread, pthread_self());
	job->made[idx] = 0;
	if (made == job->bad)
		return pv_fail(err, PV_EIO, "number %zu", made);
	job->done[job->count++] = made;
	return PV_OK;
}

/* Hands on the numbers from 1 to `count`. */
static int make(pv_follow *follow, struct job *job, size_t slots, size_t count,
		pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		assert_int_equal(job->made[i % slots], 0);
		job->made[i % slots] = i + 1;
		rc = pv_follow_hand_on(follow, err);
	}
	return rc;
}

static void check_done(const struct job *job, size_t count)
{
	assert_int_equal(job->count, count);
	for (size_t i = 0; i < count; i++)
		assert_int_equal(job->done[i], i + 1);
}

static void test_base_follow__does_each_once_in_order(void **state)
{
	(void)state;
	for (size_t slots = 1; slots <= SLOTS; slots++) {
		struct job job = { .thread = pthread_self() };
		pv_follow *follow;

		assert_int_equal(pv_follow_new(&follow, slots, finish_one, &job,
					       NULL),
				 PV_OK);
		assert_int_equal(make(follow, &job, slots, COUNT, NULL), PV_OK);
		assert_int_equal(pv_follow_end(follow, NULL), PV_OK);
		check_done(&job, COUNT);
		assert_int_equal(job.is_other, slots > 1);
	}
}

static void test_base_follow__waits_for_what_is_handed_on(void **state)
{
	struct job job = { .thread = pthread_self() };
	pv_follow *follow;

	(void)state;
	assert_int_equal(pv_follow_new(&follow, SLOTS, finish_one, &job, NULL),
			 PV_OK);
	assert_int_equal(pv_follow_wait(follow, NULL), PV_OK);
	assert_int_equal(make(follow, &job, SLOTS, SLOTS - 1, NULL), PV_OK);
	assert_int_equal(pv_follow_wait(follow, NULL), PV_OK);
	check_done(&job, SLOTS - 1);
	assert_int_equal(pv_follow_end(follow, NULL), PV_OK);
}

static void test_base_follow__does_nothing_behind_a_failure(void **state)
{
	(void)state;
	for (size_t i = 0; i < 200; i++) {
		struct job job = { .bad = 7 };
		size_t slots = 1 + i % SLOTS;
		pv_error err = { 0 };
		pv_follow *follow;

		assert_int_equal(pv_follow_new(&follow, slots, finish_one, &job,
					       NULL),
				 PV_OK);
		/* Whichever call is the first to hear of it. */
		make(follow, &job, slots, 7, NULL);
		assert_int_equal(pv_follow_wait(follow, NULL), PV_EIO);
		assert_int_equal(pv_follow_hand_on(follow, &err), PV_EIO);
		assert_string_equal(err.message, "number 7");
		err.message[0] = '\0';
		assert_int_equal(pv_follow_end(follow, &err), PV_EIO);
		assert_string_equal(err.message, "number 7");
		check_done(&job, 6);
	}
}

static void test_base_follow__ends_where_it_never_began(void **state)
{
	(void)state;
	assert_int_equal(pv_follow_end(NULL, NULL), PV_OK);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_base_follow__does_each_once_in_order),
		cmocka_unit_test(test_base_follow__waits_for_what_is_handed_on),
		cmocka_unit_test(test_base_follow__does_nothing_behind_a_failure),
		cmocka_unit_test(test_base_follow__ends_where_it_never_began),
	};

	return cmocka_run_group_tests_name("base follow", tests, NULL, NULL);
}
