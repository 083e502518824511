/* SPDX-License-Identifier: MIT
 *
 * Prose cut into sentences, the unit people change: a sentence goes on over
 * the ends of lines, so that wrapping a text anew leaves its sentences alone,
 * and ends at a full stop, an empty line, or where a heading, an element of a
 * list, a table's row, a fence or a tag begins a line of its own.
 */
#ifndef PV_DIFF_SENTENCES_H
#define PV_DIFF_SENTENCES_H

#include "base/arena.h"
#include "base/str.h"

/* A sentence, and the same with its words told apart but no blanks. */
typedef struct pv_sentence {
	pv_str text; /* a slice, without the blanks at both ends */
	pv_str key;  /* in the arena; equal for sentences of equal words */
} pv_sentence;

typedef struct pv_sentences {
	pv_sentence *items; /* owned */
	size_t count;
	size_t cap;
} pv_sentences;

/* Appends the sentences of `text`; keys go to `arena`. PV_ENOMEM. */
int pv_sentences_add(pv_sentences *out, pv_arena *arena, pv_str text,
		     pv_error *err);

#endif
