/* SPDX-License-Identifier: MIT
 *
 * What a number went through besides the fall that is looked for: other
 * changes after which it has another level. A prompt that got better before it
 * got worse has two.
 */
#ifndef PV_STATS_CULPRIT_LEVELS_H
#define PV_STATS_CULPRIT_LEVELS_H

#include <pv/culprit.h>

enum {
	PV_CULPRIT_SHIFTS_MAX = 8
};

typedef struct pv_culprit_levels {
	const pv_culprit_query *query;
	double *weights;          /* of contents: 1 / variance of their means */
	double *values;           /* their means, off the mean of all */
	double middle;            /* that one */
	unsigned char *hits;      /* a row of contents for each step */
	unsigned char *is_behind; /* changes behind the last marked */
	size_t shifts[PV_CULPRIT_SHIFTS_MAX]; /* steps */
	size_t shift_count;
	double ln_odds; /* of any change being another shift */
} pv_culprit_levels;

/* PV_ENOMEM. `weights` are the caller's to fill. */
int pv_culprit_levels_init(pv_culprit_levels *out,
			   const pv_culprit_query *query, pv_error *err);
void pv_culprit_levels_dispose(pv_culprit_levels *it);

/*
 * Finds the contents that only changes behind this one lead to: by steps of two
 * numbers, for its descendants (2 change), or without merges with what is not
 * behind it (2 change + 1), which may bring the other side's level.
 */
void pv_culprit_mark(pv_culprit_levels *it, size_t step);
/* Those of its descendants, one byte for each content, once marked. */
const unsigned char *pv_culprit_hits(const pv_culprit_levels *it, size_t change);

/* Finds the other shifts, once all are marked. */
void pv_culprit_levels_find(pv_culprit_levels *it);

/* ln of how likely the values are if no suspect made a fall of that size ... */
double pv_culprit_ln_none(const pv_culprit_levels *it);
/* ... and if this one made it, the greatest. */
double pv_culprit_ln_fall(const pv_culprit_levels *it, size_t suspect);

/* Levels before and behind it; the standard error of what lies between, 0 when
 * nothing tells. */
double pv_culprit_fall(double *from_out, double *to_out, pv_culprit_levels *it,
		       size_t suspect);

/* Whether there is anything on both sides of it. */
int pv_culprit_is_split(const pv_culprit_levels *it, size_t suspect);

#endif
