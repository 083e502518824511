/* SPDX-License-Identifier: MIT
 *
 * Whether conflicts can be settled by the names that they are listed under.
 */
#ifndef PV_TESTS_SETTLING_H
#define PV_TESTS_SETTLING_H

#include <pv/merge.h>

/*
 * Takes a merge with conflicts and settles each for ours, and then each for
 * theirs, one after the other, by the names that pv_merge_conflicts_find gives.
 * Returns 0 when each name is known and said to be a clash, or none, as it is,
 * nothing is left in conflict, and YAML that all sides are is there; else 1 with
 * a line about it in `out`.
 */
int settling_by_names(pv_buf *out, const pv_merge_input *input,
		      const pv_merge *merge);

#endif
