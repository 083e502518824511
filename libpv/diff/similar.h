/* SPDX-License-Identifier: MIT
 *
 * How much two elements of a list resemble each other, and the best pairing
 * of a few of them in order.
 */
#ifndef PV_DIFF_SIMILAR_H
#define PV_DIFF_SIMILAR_H

#include "diff/tree.h"

/* Likeness from which two elements count as the same one, in thousandths. */
enum {
	PV_SIMILAR_MIN = 500,
	PV_SIMILAR_MARGIN = 150, /* within which two partners are rivals */
	PV_SIMILAR_MAX = 1000
};

/* Elements of both sides that are looking for a partner, in their order. */
typedef struct pv_candidates {
	const pv_tree *const *before;
	size_t old_count;
	const pv_tree *const *after;
	size_t new_count;
	/* Whether a pair is allowed at all. */
	int (*fits)(const pv_tree *before, const pv_tree *after);
} pv_candidates;

/*
 * Sets `mate[j]` to the index of the old candidate that new candidate `j` is
 * paired with, or SIZE_MAX: an order-keeping pairing of allowed pairs of at
 * least PV_SIMILAR_MIN whose likeness adds up to the most. Likeness is the
 * share of words in common (Dice), counted with repeats, over all scalars.
 * Sets `rivals[j]` where another pair with the same old or new candidate is
 * nearly as good, or has the variables that this one has lost (see holes.h). Too many candidates to compare in reasonable time are left
 * unpaired. PV_ENOMEM.
 */
int pv_similar_pair(size_t *mate, unsigned char *rivals,
		    const pv_candidates *candidates, pv_error *err);

/* Whether `tree` is more like `to` than like `than`. PV_ENOMEM. */
int pv_similar_is_closer(int *out, const pv_tree *tree, const pv_tree *to,
			 const pv_tree *than, pv_error *err);

#endif
