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
	int has_margin;     /* of words: a blank where lines have their sign */
} pv_hunk_options;

/* Appends the hunks of a changed text. PV_ENOMEM. */
int pv_hunks_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err);

/* Lines [from, to) of a text that are shown together. */
typedef struct pv_span {
	size_t from;
	size_t to;
} pv_span;

/*
 * Moves on to the next lines to show, from `{ 0, 0 }` on: changed ones (flags
 * of 1) that lie near each other, and up to `context` others around them.
 * 0 when there are no more.
 */
int pv_span_next(pv_span *span, const unsigned char *changed, size_t count,
		 size_t context);

/* Appends the line that says where a hunk is. */
void pv_hunk_heading(pv_paint *paint, const char *indent,
		     const size_t old_range[2], const size_t new_range[2]);

/* How many lines of `op` the runs hold. */
size_t pv_hunks_count(const pv_diff_run *runs, size_t count, char op);

#endif
