/* SPDX-License-Identifier: MIT
 *
 * See parallel.h. Numbers are handed out one by one: works differ in size, and
 * a lock costs nothing beside any of them.
 */
#include "base/parallel.h"

#include <unistd.h>

#include "base/thread.h"

enum {
	THREADS_MAX = 8 /* memory goes with each, and what is won gets less */
};

struct team {
	pthread_mutex_t lock;
	size_t next; /* number to be handed out */
	size_t count;
	int rc;        /* of the failure with the lowest number, */
	size_t failed; /* which is this */
	pv_error *err;
	pv_parallel_fn *fn;
	void *payload;
};

/* 0 when there is nothing more to do. */
static int take(size_t *idx_out, struct team *team)
{
	int is_taken;

	pthread_mutex_lock(&team->lock);
	is_taken = team->rc == PV_OK && team->next < team->count;
	if (is_taken)
		*idx_out = team->next++;
	pthread_mutex_unlock(&team->lock);
	return is_taken;
}

static void fail(struct team *team, size_t idx, int rc, const pv_error *err)
{
	pthread_mutex_lock(&team->lock);
	if (team->rc == PV_OK || idx < team->failed) {
		team->rc = rc;
		team->failed = idx;
		if (team->err)
			*team->err = *err;
	}
	pthread_mutex_unlock(&team->lock);
}

static void *work(void *payload)
{
	struct team *team = payload;
	size_t idx;

	while (take(&idx, team)) {
		pv_error err = { 0 };
		int rc = team->fn(idx, team->payload, &err);

		if (rc < 0)
			fail(team, idx, rc, &err);
	}
	return NULL;
}

static unsigned processors(void)
{
	long count = sysconf(_SC_NPROCESSORS_ONLN);

	return count < 1 ? 1 : (unsigned)count;
}

int pv_parallel_each(size_t count, unsigned threads, pv_parallel_fn *fn,
		     void *payload, pv_error *err)
{
	struct team team = { .lock = PTHREAD_MUTEX_INITIALIZER,
			     .count = count,
			     .err = err,
			     .fn = fn,
			     .payload = payload };
	pthread_t others[THREADS_MAX];
	unsigned started = 0;

	if (threads == 0)
		threads = processors();
	if (threads > THREADS_MAX)
		threads = THREADS_MAX;
	if (threads > count)
		threads = (unsigned)count;
	if (threads > 1)
		while (started < threads - 1 &&
		       pv_thread_start(&others[started], work, &team))
			started++;
	work(&team);
	for (unsigned i = 0; i < started; i++)
		pthread_join(others[i], NULL);
	pthread_mutex_destroy(&team.lock);
	return team.rc;
}
