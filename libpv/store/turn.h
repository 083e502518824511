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
 *		rc = attempt(&moved);
 *	while (pv_turn_again(&turn, moved));
 */
#ifndef PV_STORE_TURN_H
#define PV_STORE_TURN_H

#include <pv/store.h>

typedef struct pv_turn {
	pv_store *store;
	int attempts; /* that were lost */
	int locked;   /* of them, in a row: by a lock that was there */
	int held;     /* the lock's file descriptor and one; -1: does without */
} pv_turn;

/*
 * Whether to do it again. `moved` is what moving the ref answered, PV_OK when it
 * did not come to that: after PV_ECONFLICT others were faster, and the answer
 * is 1 after waiting for the turn; after PV_ELOCKED, which is an answer that
 * waited itself, it is 1 a few times only, because that lock may be there for
 * ever. With 0 the turn is over and nothing is held.
 */
int pv_turn_again(pv_turn *turn, int moved);

#endif
