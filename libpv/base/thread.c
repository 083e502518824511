/* SPDX-License-Identifier: MIT
 *
 * See thread.h.
 */
#include "base/thread.h"

#include <signal.h>

int pv_thread_start(pthread_t *out, void *(*fn)(void *payload), void *payload)
{
	sigset_t all;
	sigset_t before;
	int is_started;

	sigfillset(&all);
	if (pthread_sigmask(SIG_SETMASK, &all, &before) != 0)
		return 0;
	is_started = pthread_create(out, NULL, fn, payload) == 0;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return is_started;
}
