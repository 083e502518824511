/* SPDX-License-Identifier: MIT
 *
 * A stable sort of values by keys.
 */
#ifndef PV_JINJA_SORT_H
#define PV_JINJA_SORT_H

#include "jinja/run/run.h"

/*
 * Sorts `items` by `keys`, which are reordered alike; both have `count`. Only
 * "less than" is asked of keys, as Python's sort does; with is_reverse equal
 * keys keep their order, too.
 */
int pv_jinja_sort(pv_jinja_run *run, pv_jinja_value *items,
		  pv_jinja_value *keys, size_t count, int is_reverse);

#endif
