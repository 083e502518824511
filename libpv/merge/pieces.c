/* SPDX-License-Identifier: MIT
 *
 * See pieces.h. Pieces that follow each other in their side are one, so that
 * most of a text is a single piece.
 */
#include "merge/pieces.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static pv_piece *add_piece(pv_pieces *out, pv_error *err)
{
	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0) {
		pv_fail_nomem(err);
		return NULL;
	}
	memset(&out->items[out->count], 0, sizeof(*out->items));
	return &out->items[out->count++];
}

/* Whether a text goes on where another ends; without one none does. */
static int is_next(pv_str text, pv_str next)
{
	return text.ptr ? next.ptr == text.ptr + text.len : !next.ptr;
}

static int add_text(pv_pieces *out, enum pv_side side, pv_str text, pv_str twin,
		    pv_error *err)
{
	pv_piece *last = out->count > 0 ? &out->items[out->count - 1] : NULL;

	if (text.len == 0)
		return PV_OK;
	if (last && !last->is_conflict && last->side == side &&
	    is_next(last->text, text) && is_next(last->twin, twin)) {
		last->text.len += text.len;
		last->twin.len += twin.len;
		return PV_OK;
	}
	last = add_piece(out, err);
	if (!last)
		return PV_ENOMEM;
	last->side = side;
	last->text = text;
	last->twin = twin;
	return PV_OK;
}

int pv_pieces_add(pv_pieces *out, enum pv_side side, pv_str text, pv_error *err)
{
	return add_text(out, side, text, (pv_str){ NULL, 0 }, err);
}

int pv_pieces_share(pv_pieces *out, pv_str ours, pv_str theirs, pv_error *err)
{
	return add_text(out, PV_OURS, ours, theirs, err);
}

int pv_pieces_contradict(pv_pieces *out, const pv_str sides[PV_SIDES],
			 pv_error *err)
{
	pv_piece *piece = add_piece(out, err);

	if (!piece)
		return PV_ENOMEM;
	piece->is_conflict = 1;
	memcpy(piece->sides, sides, sizeof(piece->sides));
	out->conflicts++;
	return PV_OK;
}

int pv_pieces_append(pv_pieces *out, const pv_pieces *from, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < from->count && rc == PV_OK; i++) {
		const pv_piece *piece = &from->items[i];

		rc = piece->is_conflict
			     ? pv_pieces_contradict(out, piece->sides, err)
			     : add_text(out, piece->side, piece->text,
					piece->twin, err);
	}
	out->has_words |= from->has_words;
	return rc;
}

void pv_pieces_dispose(pv_pieces *pieces)
{
	pv_free(pieces->items);
	memset(pieces, 0, sizeof(*pieces));
}
