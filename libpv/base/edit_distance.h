/* SPDX-License-Identifier: MIT
 *
 * How far a mistyped word is from a name.
 */
#ifndef PV_BASE_EDIT_DISTANCE_H
#define PV_BASE_EDIT_DISTANCE_H

#include "base/str.h"

/*
 * Bytes to insert, delete, replace, and neighbours to swap, that turn one text
 * into the other (optimal string alignment); `limit` + 1 for more than `limit`,
 * and for texts of more than 200 bytes, which nobody types.
 */
size_t pv_edit_distance(pv_str a, pv_str b, size_t limit);

#endif
