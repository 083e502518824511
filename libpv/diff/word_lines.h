/* SPDX-License-Identifier: MIT
 *
 * Runs of words cut into lines: those of the new text, with what went where
 * it stood. Blanks that merely differ are as the new text has them and are no
 * change.
 */
#ifndef PV_DIFF_WORD_LINES_H
#define PV_DIFF_WORD_LINES_H

#include <pv/diff.h>

#include "base/str.h"

/* A part of a run that lies within one line. */
typedef struct pv_word_part {
	char op;
	pv_str text;
} pv_word_part;

typedef struct pv_word_line {
	size_t first; /* part */
	size_t end;
	size_t place[2]; /* lines of the old and the new text above it */
} pv_word_line;

typedef struct pv_word_lines {
	pv_word_part *parts;
	size_t part_count;
	size_t part_cap;
	pv_word_line *lines;
	size_t count;
	size_t cap;
	unsigned char *changed; /* by line */
	size_t place[2];        /* lines in all */
} pv_word_lines;

/* Makes the lines, in `{ 0 }`, to be disposed of in any case. PV_ENOMEM. */
int pv_word_lines_make(pv_word_lines *page, const pv_diff_run *runs,
		       size_t count, pv_error *err);

void pv_word_lines_dispose(pv_word_lines *page);

#endif
