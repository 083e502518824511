/* SPDX-License-Identifier: MIT
 *
 * Three lists while it is found out which of their elements are the same.
 */
#ifndef PV_MERGE_LISTS_H
#define PV_MERGE_LISTS_H

#include "diff/align.h"
#include "merge/job.h"

typedef struct pv_list_work {
	pv_matches *matches;
	/* Pairs with elements of base that are not beyond doubt. */
	size_t *guess_of[PV_SIDES];
	/* Of each guess: nothing else comes into question. */
	unsigned char *is_only[PV_SIDES];
	/* Of each element of base: it may be another of equal ones there. */
	unsigned char *is_unsure[PV_SIDES];
	const pv_entry *lists;
	pv_arena *arena;
	pv_error *err;
} pv_list_work;

/* --- doubts.c --- */
/*
 * Finds what elements without a counterpart may have become: moved, or with
 * another role; and which of several equal ones is meant. PV_ENOMEM.
 */
int pv_doubts_guess(const pv_list_work *work, enum pv_side side,
		    pv_alignment *al);
/*
 * Settles the guesses of both sides: pairs what is safe, and for a conflict
 * what is not. PV_ENOMEM.
 */
int pv_doubts_match(const pv_list_work *work);

/* --- labels.c --- */
/*
 * Matches lists of labels; sets `*done_out` to 0 when they are none, or
 * nothing but scalars, which are sets. PV_ENOMEM.
 */
int pv_labels_match(int *done_out, const pv_list_work *work);

/* --- sets.c --- */
/*
 * Matches lists that are sets; sets `*done_out` to 0 when they are none.
 * PV_ENOMEM.
 */
int pv_set_match(int *done_out, const pv_list_work *work);
/*
 * Whether an element may have become another one where it stood. Single words
 * are labels: one goes, another one comes.
 */
int pv_set_may_change(const pv_tree *element);
/*
 * Sets `*out` when both sides have dropped the same text or number: what they
 * have instead is no addition to a set. PV_ENOMEM.
 */
int pv_set_is_rewritten(int *out, const pv_list_work *work);

#endif
