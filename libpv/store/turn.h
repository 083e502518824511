/* SPDX-License-Identifier: MIT
 *
 * Compare-and-swap again after a race was lost. The first attempt is made at
 * once; who loses it takes turns with the others that lost, because of many
 * who only try again somebody is always the last, and may be so any number of
 * times. The turn is a lock of flock's on the folder of the refs: nothing is
 * left behind by who is killed. It is only manners: git knows nothing of it,
 * and where there are no such locks all merely try again after a while.
 *
 *	pv_turn turn = { .store = store };
 *
 *	do
 *		rc = attempt(&is_lost);
 *	while (pv_turn_again(&turn, is_lost));
 */
#ifndef PV_STORE_TURN_H
#define PV_STORE_TURN_H

#include <pv/store.h>

typedef struct pv_turn {
	pv_store *store;
	int attempts; /* that were lost */
	int held;     /* the lock's file descriptor and one; -1: does without */
} pv_turn;

/*
 * Whether to do it again: 1 after waiting for the turn, 0 when the race was
 * not lost or too often. With 0 the turn is over and nothing is held.
 */
int pv_turn_again(pv_turn *turn, int is_lost);

#endif
