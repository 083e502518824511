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
	MAX_LOCKED = 2,
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

/* Counts an attempt; whether it was lost, and another may be made. */
static int is_lost(pv_turn *turn, int moved)
{
	if (moved != PV_ECONFLICT && moved != PV_ELOCKED)
		return 0;
	turn->locked = moved == PV_ELOCKED ? turn->locked + 1 : 0;
	return turn->locked <= MAX_LOCKED && turn->attempts++ < MAX_ATTEMPTS;
}

int pv_turn_again(pv_turn *turn, int moved)
{
	int attempt = turn->attempts;

	if (!is_lost(turn, moved)) {
		end(turn);
		return 0;
	}
	if (!turn->held)
		take(turn);
	else if (turn->held < 0 || attempt < HELD_STEPS)
		pv_backoff(attempt);
	else
		pv_backoff(HELD_STEPS);
	return 1;
}
