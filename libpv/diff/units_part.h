/* SPDX-License-Identifier: MIT
 *
 * The inside of pv_units: a tree beside the data tree that knows which parts
 * belong to which node.
 */
#ifndef PV_DIFF_UNITS_PART_H
#define PV_DIFF_UNITS_PART_H

#include "diff/units.h"

struct pv_units_part {
	const pv_tree *tree;
	size_t first;
	size_t count;
	struct pv_units_part *items; /* beside those of the tree */
};

/* The child of a node that has children which part `idx` is of. */
size_t pv_units_child(const pv_units_part *part, size_t idx);

#endif
