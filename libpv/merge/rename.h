/* SPDX-License-Identifier: MIT
 *
 * Keys that one side has renamed: gone under the old name, and its value there
 * under a new one.
 */
#ifndef PV_MERGE_RENAME_H
#define PV_MERGE_RENAME_H

#include "base/arena.h"
#include "diff/tree.h"

/* What became of the keys of a mapping on one side. */
typedef struct pv_renames {
	const pv_tree **now; /* of each member of base; NULL: not renamed */
	const pv_tree **old; /* of each member of the side */
	/* Of each member of base that is not renamed: a new one where it was. */
	const pv_tree **in_place;
	/* Of each member of base: its value is too short to be sure. */
	unsigned char *is_unsure;
	/* The same: its key has another value, its value a key that came. */
	unsigned char *is_moved;
} pv_renames;

/*
 * Finds the members of the mapping `base` that have another key in `side`: of
 * those whose keys are gone the only one with its value, when that is long
 * enough to be told from others, and of those that came as well; a short one
 * when it stands between the same neighbours, and one of records that has the
 * same `name`, or else resembles it like no other. The arrays are in `arena`.
 * PV_ENOMEM.
 */
int pv_renames_find(pv_renames *out, pv_arena *arena, const pv_tree *base,
		    const pv_tree *side, pv_error *err);

#endif
