/* SPDX-License-Identifier: MIT
 *
 * Version numbers and dates that both sides of a merge have raised.
 */
#ifndef PV_MERGE_RISE_H
#define PV_MERGE_RISE_H

#include "base/str.h"
#include "merge/diff3.h"

/* Whether a field of this name holds a version or a date of last change. */
int pv_rise_is_key(pv_str key);

/*
 * The side with the higher of two values that are both above the base, as
 * versions (1.2.3, v2, 10, 1.2.0-rc.1) or ISO 8601 dates; PV_BASE when that cannot be
 * said. Equal ones count as ours.
 */
enum pv_side pv_rise_pick(const pv_str sides[PV_SIDES]);

#endif
