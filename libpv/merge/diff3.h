/* SPDX-License-Identifier: MIT
 *
 * Three sequences of tokens compared at once: the base and its two sides are
 * cut into regions, each the same on all three, changed on one side, changed
 * alike on both, or in conflict. Changes of the two sides that have no token
 * of all three between them fall into one region (Khanna, Kunal and Pierce,
 * "A Formal Investigation of Diff3", 2007).
 */
#ifndef PV_MERGE_DIFF3_H
#define PV_MERGE_DIFF3_H

#include "base/arena.h"
#include "diff/tokens.h"

/* Indices into everything that comes in threes. */
enum pv_side {
	PV_BASE,
	PV_OURS,
	PV_THEIRS,
	PV_SIDES
};

enum pv_region_kind {
	PV_REGION_SAME,
	PV_REGION_OURS,   /* only ours differs from base */
	PV_REGION_THEIRS, /* only theirs differs from base */
	PV_REGION_BOTH,   /* both differ from base and are the same */
	PV_REGION_CONFLICT
};

/* Tokens [from, to) of each side. */
typedef struct pv_region {
	enum pv_region_kind kind;
	size_t from[PV_SIDES];
	size_t to[PV_SIDES];
} pv_region;

typedef struct pv_regions {
	pv_region *items; /* in the order of the text, in an arena */
	size_t count;
	size_t kept[PV_SIDES]; /* tokens of base that a side has kept */
} pv_regions;

enum pv_diff3_mode {
	PV_DIFF3_EXACT,
	/* Kept tokens that are fewer than the changes around them do not part
	 * these: in prose "the" and "," are often kept by accident. */
	PV_DIFF3_COARSE
};

/*
 * Numbers the tokens of the three sides and finds the regions, which lie in
 * `arena`. PV_ENOMEM, PV_ELIMIT.
 */
int pv_diff3(pv_regions *out, pv_arena *arena, pv_tokens sides[PV_SIDES],
	     enum pv_diff3_mode mode, pv_error *err);

#endif
