/* SPDX-License-Identifier: MIT
 *
 * What differs of the files that a prompt of `git pv diff` refers to.
 */
#ifndef PV_CLI_DIFF_CLOSURE_H
#define PV_CLI_DIFF_CLOSURE_H

#include <pv/version.h>

#include "diff/pairs.h"

typedef struct diff_closure {
	pv_closure_change *items; /* their paths are lent by `both`, below */
	size_t count;
} diff_closure;

/*
 * Fills `out` for a pair; nothing where a side has no prompt or `both` is NULL.
 * Release it with diff_closure_dispose.
 */
int diff_closure_find(diff_closure *out, pv_dependencies *both,
		      const diff_pair *pair, pv_error *err);

void diff_closure_dispose(diff_closure *closure);

#endif
