/* SPDX-License-Identifier: MIT
 *
 * Two stages of work, each on a thread of its own: the caller makes things in
 * slots that go round in a circle, and behind it another thread does the rest
 * of the work on them, in the same order. Neither waits for the other while
 * there are slots between them. What is done there may touch nothing but its
 * slot and what the caller leaves alone until pv_follow_end.
 */
#ifndef PV_BASE_FOLLOW_H
#define PV_BASE_FOLLOW_H

#include "base/parallel.h"

typedef struct pv_follow pv_follow;

/*
 * Begins with slot 0 as the caller's. `fn` is called with the numbers of slots,
 * below `slots`; `payload` is lent until the end. With 1, or where no thread can
 * be had, the caller's does all of the work. PV_ENOMEM.
 */
int pv_follow_new(pv_follow **out, size_t slots, pv_parallel_fn *fn,
		  void *payload, pv_error *err);

/*
 * Hands the caller's slot on, and waits until the next one, which is the
 * caller's then, is free. After a failure nothing more is done: it is what this
 * gives from then on.
 */
int pv_follow_hand_on(pv_follow *it, pv_error *err);

/* Waits until all is done that was handed on; of it, the failure. */
int pv_follow_wait(pv_follow *it, pv_error *err);

/* The same, and frees; NULL is all done. */
int pv_follow_end(pv_follow *it, pv_error *err);

#endif
