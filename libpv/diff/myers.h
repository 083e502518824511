/* SPDX-License-Identifier: MIT
 *
 * The shortest edit script between two sequences of tokens (Myers 1986, the
 * linear-space variant). Tokens are numbers, equal when the numbers are, so
 * lines, words and list elements all go through here; tokens.h makes them.
 */
#ifndef PV_DIFF_MYERS_H
#define PV_DIFF_MYERS_H

#include <pv/error.h>

/* One of the two sequences, and what the comparison says about it. */
typedef struct pv_myers_side {
	const uint32_t *tokens;
	size_t count;
	unsigned char *changed; /* `count` flags: 1 when not in common */
} pv_myers_side;

/*
 * Fills `changed` of both sides: the tokens left at 0 are a common
 * subsequence, in the same order on both. It is a longest one while no more
 * than PV_MYERS_WORK / (tokens of both sides) edits lie between them, within
 * the two limits below. Beyond that the comparison goes on from the furthest
 * point it has reached, which is a right answer still but not always the
 * shortest. So time is bounded whatever the input. Numbers are best small:
 * memory goes by the largest. PV_ENOMEM.
 */
int pv_myers_diff(pv_myers_side *before, pv_myers_side *after, pv_error *err);

/* What a comparison may cost. */
enum {
	PV_MYERS_WORK = 1 << 25,   /* steps, about */
	PV_MYERS_MIN_EDITS = 64,   /* always searched for */
	PV_MYERS_MAX_EDITS = 16384 /* never more than these */
};

#endif
