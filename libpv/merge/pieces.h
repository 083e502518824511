/* SPDX-License-Identifier: MIT
 *
 * The merge of three texts as a list of pieces, each a slice of one of the
 * three, so that nothing can be in it that nobody wrote.
 */
#ifndef PV_MERGE_PIECES_H
#define PV_MERGE_PIECES_H

#include "merge/diff3.h"

/* Agreed text of `side`, or three texts that contradict each other. */
typedef struct pv_piece {
	int is_conflict;
	enum pv_side side;
	pv_str text;
	pv_str twin; /* the same on the other side; NULL `ptr` if it is new */
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

/* Agreed text; what follows the last piece in its side extends it. PV_ENOMEM. */
int pv_pieces_add(pv_pieces *out, enum pv_side side, pv_str text, pv_error *err);
/* Agreed text that both sides have. PV_ENOMEM. */
int pv_pieces_share(pv_pieces *out, pv_str ours, pv_str theirs, pv_error *err);
/* Three texts that contradict each other. PV_ENOMEM. */
int pv_pieces_contradict(pv_pieces *out, const pv_str sides[PV_SIDES],
			 pv_error *err);
/* All of another list. PV_ENOMEM. */
int pv_pieces_append(pv_pieces *out, const pv_pieces *from, pv_error *err);

void pv_pieces_dispose(pv_pieces *pieces);

#endif
