/* SPDX-License-Identifier: MIT
 *
 * Three lists while it is found out which of their elements are the same.
 */
#ifndef PV_MERGE_LISTS_H
#define PV_MERGE_LISTS_H

#include "merge/job.h"

typedef struct pv_list_work {
	pv_matches *matches;
	/* Pairs with elements of base that are not beyond doubt. */
	size_t *guess_of[PV_SIDES];
	const pv_entry *lists;
	pv_arena *arena;
	pv_error *err;
} pv_list_work;

/* --- sets.c --- */
/*
 * Matches lists that are sets; sets `*done_out` to 0 when they are none.
 * PV_ENOMEM.
 */
int pv_set_match(int *done_out, const pv_list_work *work);
/*
 * Sets `*out` when both sides have dropped the same text or number: what they
 * have instead is no addition to a set. PV_ENOMEM.
 */
int pv_set_is_rewritten(int *out, const pv_list_work *work);

#endif
