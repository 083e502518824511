/* SPDX-License-Identifier: MIT
 *
 * Runs of lines as rows of two texts that stand beside each other. Within one
 * change the n-th line that went faces the n-th that came.
 */
#ifndef PV_DIFF_SIDE_ROWS_H
#define PV_DIFF_SIDE_ROWS_H

#include <pv/diff.h>

#include "base/str.h"

/* Lines without their newlines; `ptr` is NULL where a side has none. */
typedef struct pv_side_row {
	pv_str sides[2]; /* the same slice twice when the line is kept */
} pv_side_row;

typedef struct pv_side_rows {
	pv_side_row *items;
	unsigned char *changed; /* by row */
	size_t count;
	size_t cap;
	size_t open[2]; /* where the next line of each side may go */
} pv_side_rows;

/* Makes the rows, in `{ 0 }`, to be disposed of in any case. PV_ENOMEM. */
int pv_side_rows_make(pv_side_rows *rows, const pv_diff_run *runs, size_t count,
		      pv_error *err);

void pv_side_rows_dispose(pv_side_rows *rows);

#endif
