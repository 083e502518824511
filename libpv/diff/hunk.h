/* SPDX-License-Identifier: MIT
 *
 * Runs of lines as hunks with context, the way `diff -u` writes them.
 */
#ifndef PV_DIFF_HUNK_H
#define PV_DIFF_HUNK_H

#include <pv/diff.h>

#include "diff/paint.h"

/* How a text is shown. */
typedef struct pv_hunk_options {
	size_t context;     /* unchanged lines around a change */
	const char *indent; /* before every line */
} pv_hunk_options;

/* Appends the hunks of a changed text. PV_ENOMEM. */
int pv_hunks_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err);

/* How many lines of `op` the runs hold. */
size_t pv_hunks_count(const pv_diff_run *runs, size_t count, char op);

#endif
