/* SPDX-License-Identifier: MIT
 *
 * See interrupt.h.
 */
#include "ui/interrupt.h"

#include <signal.h>
#include <stddef.h>
#include <unistd.h>

static const int numbers[] = { SIGINT, SIGTERM, SIGHUP };

static volatile sig_atomic_t noted; /* which one came */
static volatile sig_atomic_t is_taken;

/*
 * The alarm comes back every second: a signal that arrives just before a
 * system call starts to wait would else not interrupt it.
 */
static void note(int number)
{
	if (number != SIGALRM)
		noted = number;
	alarm(1);
}

void interrupt_hold(void)
{
	struct sigaction old;
	struct sigaction mine = { 0 };

	/* No SA_RESTART: who waits for git has to see that one came. */
	mine.sa_handler = note;
	sigemptyset(&mine.sa_mask);
	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (sigaction(numbers[i], NULL, &old) == 0 &&
		    old.sa_handler == SIG_DFL)
			sigaction(numbers[i], &mine, NULL);
	sigaction(SIGALRM, &mine, NULL);
}

int interrupt_take(void *payload)
{
	(void)payload;
	if (!noted || is_taken)
		return 0;
	is_taken = 1;
	return 1;
}

void interrupt_finish(void)
{
	sigset_t only;

	if (!noted)
		return;
	alarm(0);
	signal(noted, SIG_DFL);
	sigemptyset(&only);
	sigaddset(&only, noted);
	sigprocmask(SIG_UNBLOCK, &only, NULL);
	raise(noted);
}
