/* SPDX-License-Identifier: MIT
 *
 * See follow.h. `handed` and `done` only grow: between them lie the slots that
 * are the other thread's, and the caller's is the one numbered `handed`.
 */
#include "base/follow.h"

#include "base/fail.h"
#include "base/mem.h"
#include "base/thread.h"

struct pv_follow {
	pthread_t thread;
	int is_beside; /* there is a thread */
	pthread_mutex_t lock;
	pthread_cond_t changed;
	size_t slots;
	size_t handed;
	size_t done;
	int is_end; /* no more is handed on */
	int rc;     /* of the first failure, and what it said */
	pv_error why;
	pv_parallel_fn *fn;
	void *payload;
};

static void do_one(pv_follow *it, size_t number)
{
	pv_error why = { 0 };
	int rc = it->fn(number % it->slots, it->payload, &why);

	pthread_mutex_lock(&it->lock);
	it->done = number + 1;
	it->rc = rc;
	it->why = why;
	pthread_cond_broadcast(&it->changed);
	pthread_mutex_unlock(&it->lock);
}

/* 0 when there is nothing more to do. */
static int wait_for_work(pv_follow *it)
{
	int is_there;

	pthread_mutex_lock(&it->lock);
	while (it->done == it->handed && !it->is_end)
		pthread_cond_wait(&it->changed, &it->lock);
	is_there = it->done < it->handed && it->rc == PV_OK;
	pthread_mutex_unlock(&it->lock);
	return is_there;
}

static void *work(void *payload)
{
	pv_follow *it = payload;

	/* Nobody else changes `done`. */
	while (wait_for_work(it))
		do_one(it, it->done);
	return NULL;
}

int pv_follow_new(pv_follow **out, size_t slots, pv_parallel_fn *fn,
		  void *payload, pv_error *err)
{
	pv_follow *it = pv_calloc(1, sizeof(*it));

	*out = NULL;
	if (!it)
		return pv_fail_nomem(err);
	it->slots = slots;
	it->fn = fn;
	it->payload = payload;
	pthread_mutex_init(&it->lock, NULL);
	pthread_cond_init(&it->changed, NULL);
	it->is_beside = slots > 1 && pv_thread_start(&it->thread, work, it);
	*out = it;
	return PV_OK;
}

static int give(const pv_follow *it, pv_error *err)
{
	if (it->rc < 0 && err)
		*err = it->why;
	return it->rc;
}

int pv_follow_hand_on(pv_follow *it, pv_error *err)
{
	int rc;

	pthread_mutex_lock(&it->lock);
	it->handed++;
	pthread_cond_broadcast(&it->changed);
	while (it->is_beside && it->rc == PV_OK &&
	       it->handed - it->done >= it->slots)
		pthread_cond_wait(&it->changed, &it->lock);
	rc = give(it, err);
	pthread_mutex_unlock(&it->lock);
	if (it->is_beside || rc < 0)
		return rc;
	do_one(it, it->done);
	return give(it, err);
}

int pv_follow_wait(pv_follow *it, pv_error *err)
{
	int rc;

	pthread_mutex_lock(&it->lock);
	while (it->rc == PV_OK && it->done < it->handed)
		pthread_cond_wait(&it->changed, &it->lock);
	rc = give(it, err);
	pthread_mutex_unlock(&it->lock);
	return rc;
}

int pv_follow_end(pv_follow *it, pv_error *err)
{
	int rc;

	if (!it)
		return PV_OK;
	pthread_mutex_lock(&it->lock);
	it->is_end = 1;
	pthread_cond_broadcast(&it->changed);
	pthread_mutex_unlock(&it->lock);
	if (it->is_beside)
		pthread_join(it->thread, NULL);
	rc = give(it, err);
	pthread_cond_destroy(&it->changed);
	pthread_mutex_destroy(&it->lock);
	pv_free(it);
	return rc;
}
