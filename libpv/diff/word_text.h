/* SPDX-License-Identifier: MIT
 *
 * Runs of words as people read them: the new text with what went and what
 * came marked where it stands, [-so-]{+like this+} or in colour.
 */
#ifndef PV_DIFF_WORD_TEXT_H
#define PV_DIFF_WORD_TEXT_H

#include "diff/hunk.h"

/*
 * Appends the lines that changed with context around them. Blanks that merely
 * differ are shown as the new text has them and are no change. PV_ENOMEM.
 */
int pv_words_print(pv_paint *paint, const pv_diff_run *runs, size_t count,
		   const pv_hunk_options *opts, pv_error *err);

/* Whether the runs of lines leave room for the next question at all. */
int pv_words_may_be_wrapped(const pv_diff_run *lines, size_t count);

/*
 * Whether a text of which most words are as they were has lines that end in
 * other places: as lines all of it has changed.
 */
int pv_words_are_wrapped(const pv_diff_run *words, size_t count);

/* Appends a text of one line. */
void pv_words_print_inline(pv_paint *paint, const pv_diff_run *runs,
			   size_t count);

#endif
