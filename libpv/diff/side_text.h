/* SPDX-License-Identifier: MIT
 *
 * Two texts in two columns, the old one on the left.
 */
#ifndef PV_DIFF_SIDE_TEXT_H
#define PV_DIFF_SIDE_TEXT_H

#include "diff/hunk.h"

/* How the columns are laid out. */
typedef struct pv_side_options {
	size_t context; /* unchanged lines around a change */
	size_t width;   /* columns of the terminal */
	const char *indent;
} pv_side_options;

/*
 * Appends the lines that changed and context around them. Between the columns
 * "|" stands for a line that became another, "<" for one that went, ">" for
 * one that came; a line that is too long goes on below. PV_ENOMEM.
 */
int pv_sides_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_side_options *opts, pv_error *err);

#endif
