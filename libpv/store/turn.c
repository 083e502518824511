/* SPDX-License-Identifier: MIT
 *
 * Taking turns, see turn.h.
 */
#include "store/turn.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "store/lock.h"
#include <pv/buf.h>

enum {
	MAX_ATTEMPTS = 200,
	MAX_POLLS = 400, /* of the turn: some ten seconds */
	POLL_STEPS = 3,  /* at most 16 ms each */
	HELD_STEPS = 5   /* the others are git's, or new */
};

static int open_folder(pv_store *store)
{
	pv_buf path = { 0 };
	int fd = -1;

	pv_buf_printf(&path, "%s/refs", pv_store_common_dir(store));
	if (pv_buf_status(&path, NULL) == PV_OK)
		fd = open(path.ptr, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pv_buf_dispose(&path);
	return fd;
}

/* Without a turn it goes on all the same: whoever has it may be stopped. */
static void take(pv_turn *turn)
{
	int fd = open_folder(turn->store);
	int is_taken = 1;

	turn->held = -1;
	if (fd < 0)
		return;
	for (int i = 0; is_taken && i < MAX_POLLS; i++) {
		is_taken = flock(fd, LOCK_EX | LOCK_NB) < 0;
		if (is_taken && errno != EWOULDBLOCK && errno != EINTR)
			break;
		if (is_taken)
			pv_backoff(i < POLL_STEPS ? i : POLL_STEPS);
	}
	if (is_taken)
		close(fd);
	turn->held = is_taken ? -1 : fd + 1;
}

static void end(pv_turn *turn)
{
	if (turn->held > 0)
		close(turn->held - 1);
	turn->held = 0;
}

int pv_turn_again(pv_turn *turn, int is_lost)
{
	if (!is_lost || turn->attempts >= MAX_ATTEMPTS) {
		end(turn);
		return 0;
	}
	if (turn->held > 0)
		pv_backoff(turn->attempts < HELD_STEPS ? turn->attempts
						       : HELD_STEPS);
	else if (turn->held < 0)
		pv_backoff(turn->attempts);
	else
		take(turn);
	turn->attempts++;
	return 1;
}
