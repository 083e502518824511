/* SPDX-License-Identifier: MIT
 *
 * Keys that one side has renamed: gone under the old name, and its very value
 * there under a new one.
 */
#ifndef PV_MERGE_RENAME_H
#define PV_MERGE_RENAME_H

#include "diff/tree.h"

/*
 * What `member` of the mapping `base` has become in `side`, which lacks its
 * key: the only added member with the same value, when that value is long
 * enough to be told from others and no other key that is gone had it. NULL
 * when there is none.
 */
const pv_tree *pv_rename_find(const pv_tree *base, const pv_tree *side,
			      const pv_tree *member);

#endif
