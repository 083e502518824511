/* SPDX-License-Identifier: MIT
 *
 * The merge of three texts: by lines, and where lines conflict by words. The
 * result is a list of pieces, each a slice of one of the three, so that
 * nothing can be in it that nobody wrote.
 */
#ifndef PV_MERGE_TEXT_H
#define PV_MERGE_TEXT_H

#include "merge/diff3.h"

/* Agreed text of `side`, or three texts that contradict each other. */
typedef struct pv_piece {
	int is_conflict;
	enum pv_side side;
	pv_str text;
	pv_str sides[PV_SIDES]; /* of a conflict: whole lines */
} pv_piece;

/* Release it with pv_pieces_dispose. */
typedef struct pv_pieces {
	pv_piece *items;
	size_t count;
	size_t cap;
	size_t conflicts;
	int has_words; /* some lines were put together from words */
} pv_pieces;

enum pv_text_mode {
	PV_TEXT_LINES, /* no further than lines */
	PV_TEXT_WORDS,
	PV_TEXT_NOTES /* comments: where both add lines, both are kept */
};

/* Appends the merge of three texts. PV_ENOMEM, PV_ELIMIT. */
int pv_text_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		  enum pv_text_mode mode, pv_error *err);

void pv_pieces_dispose(pv_pieces *pieces);

#endif
