/* SPDX-License-Identifier: MIT
 *
 * See statements.h. A text does not say in which syntax it is: it is held
 * against each that both sides keep. Where a tag of the result is on the sides
 * is known from the pieces.
 */
#include "merge/statements.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "merge/statement_tags.h"
#include "prompt/scan.h"

int pv_statements_is_one(pv_str word)
{
	return word.len > 3 && word.ptr[0] == '{' &&
	       (word.ptr[1] == '%' ||
		(word.ptr[1] == '{' && strchr("#^/", word.ptr[2])));
}

/* What the pieces come to when conflicts are settled for one side. */
struct result {
	const pv_str *sides;
	const pv_pieces *pieces;
	enum pv_side taken;
	pv_buf text;
};

static pv_str piece_text(const struct result *r, const pv_piece *piece)
{
	return piece->is_conflict ? piece->sides[r->taken] : piece->text;
}

static int make_text(struct result *r, pv_error *err)
{
	for (size_t i = 0; i < r->pieces->count; i++) {
		pv_str part = piece_text(r, &r->pieces->items[i]);

		if (part.len > 0)
			pv_buf_put(&r->text, part.ptr, part.len);
	}
	return pv_buf_status(&r->text, err);
}

static pv_str result_text(struct result *r)
{
	return (pv_str){ pv_buf_text(&r->text), r->text.len };
}

/* --- compiling ----------------------------------------------------------- */

/* Whether a text keeps the rules of a syntax; beyond its limits none does. */
static int scan(int *ok_out, enum pv_syntax syntax, pv_str text, pv_error *err)
{
	pv_arena arena = { 0 };
	pv_scan names;
	int rc;

	pv_scan_init(&names, &arena);
	names.is_checked = 1;
	rc = pv_scan_template(&names, syntax, text, 0, err);
	*ok_out = rc == PV_OK &&
		  (names.fault.message[0] == '\0' || names.fault.is_unknown);
	if (rc == PV_ELIMIT) {
		pv_error_clear(err);
		rc = PV_OK;
	}
	pv_arena_dispose(&arena);
	return rc;
}

/*
 * Whether both sides and the result keep the rules of a syntax: `*fits_out` is
 * 0 when only the result does not, `*is_kept` 1 when the sides do.
 */
static int check_syntax(int *fits_out, int *is_kept, const struct result *r,
			enum pv_syntax syntax, pv_error *err)
{
	const pv_str texts[] = { r->sides[PV_OURS],
				 r->sides[PV_THEIRS],
				 { r->text.ptr, r->text.len } };
	int ok = 1;
	int rc = PV_OK;

	*is_kept = 0;
	for (size_t i = 0; i < pv_array_len(texts) && ok && rc == PV_OK; i++) {
		*is_kept = i + 1 == pv_array_len(texts);
		rc = scan(&ok, syntax, texts[i], err);
	}
	if (*is_kept && !ok)
		*fits_out = 0;
	return rc;
}

/* --- blocks -------------------------------------------------------------- */

/* The tags of the sides and of the result; base has none. */
struct blocks {
	const struct result *result;
	pv_tags sides[PV_SIDES];
	pv_tags all;
};

/* The tag that begins at a place, or the count. */
static size_t find_tag(const pv_tags *tags, size_t at)
{
	size_t first = 0;
	size_t last = tags->count;

	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (tags->items[middle].at < at)
			first = middle + 1;
		else
			last = middle;
	}
	return first < tags->count && tags->items[first].at == at ? first
								  : tags->count;
}

/* The tag of a side that a byte of a piece begins, or the count. */
static size_t find_origin(const struct blocks *b, const pv_piece *piece,
			  size_t offset, enum pv_side side)
{
	pv_str text = { NULL, 0 };

	if (piece->is_conflict || piece->side == side) {
		text = piece_text(b->result, piece);
		if (piece->is_conflict && b->result->taken != side)
			text.ptr = NULL;
	} else if (piece->twin.ptr) {
		text = piece->twin;
	}
	if (!text.ptr)
		return b->sides[side].count;
	offset += (size_t)(text.ptr - b->result->sides[side].ptr);
	return find_tag(&b->sides[side], offset);
}

/* Fills `origins` with the tag of a side that each of the result is. */
static void find_origins(size_t *origins, const struct blocks *b,
			 enum pv_side side)
{
	const pv_pieces *pieces = b->result->pieces;
	size_t idx = 0;
	size_t from = 0;

	for (size_t i = 0; i < pieces->count; i++) {
		const pv_piece *piece = &pieces->items[i];
		size_t end = from + piece_text(b->result, piece).len;

		for (; idx < b->all.count && b->all.items[idx].at < end; idx++)
			origins[idx] =
				find_origin(b, piece,
					    b->all.items[idx].at - from, side);
		from = end;
	}
}

/* Marks the tags that belong to the same block on a side. */
static int mark_known(unsigned char *known, const struct blocks *b,
		      enum pv_side side, pv_error *err)
{
	const pv_tags *tags = &b->sides[side];
	size_t *origins = pv_calloc(b->all.count + 1, sizeof(*origins));

	if (!origins)
		return pv_fail_nomem(err);
	find_origins(origins, b, side);
	for (size_t i = 0; i < b->all.count; i++) {
		size_t opener = origins[b->all.items[i].opener];

		known[i] |= origins[i] < tags->count && opener < tags->count &&
			    tags->items[origins[i]].opener == opener;
	}
	pv_free(origins);
	return PV_OK;
}

static int check_blocks(int *fits_out, const struct blocks *b, pv_error *err)
{
	unsigned char *known = pv_calloc(b->all.count + 1, 1);
	int rc = known ? PV_OK : pv_fail_nomem(err);

	for (size_t i = PV_OURS; known && i <= PV_THEIRS && rc == PV_OK; i++)
		rc = mark_known(known, b, (enum pv_side)i, err);
	for (size_t i = 0; known && i < b->all.count && rc == PV_OK; i++)
		if (!known[i])
			*fits_out = 0;
	pv_free(known);
	return rc;
}

static int check_tags(int *fits_out, struct result *r, enum pv_tag_kind kind,
		      pv_error *err)
{
	struct blocks b = { .result = r };
	int rc = pv_tags_read(&b.all, kind, result_text(r), err);

	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = pv_tags_read(&b.sides[i], kind, r->sides[i], err);
	if (rc == PV_OK && b.sides[PV_OURS].is_whole &&
	    b.sides[PV_THEIRS].is_whole) {
		if (b.all.is_whole)
			rc = check_blocks(fits_out, &b, err);
		else
			*fits_out = 0;
	}
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		pv_tags_dispose(&b.sides[i]);
	pv_tags_dispose(&b.all);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

static int check(int *fits_out, struct result *r, pv_error *err)
{
	static const enum pv_syntax syntaxes[] = { PV_SYNTAX_FSTRING,
						   PV_SYNTAX_MUSTACHE,
						   PV_SYNTAX_JINJA2 };
	pv_str text = result_text(r);
	int is_kept = 0;
	int rc = PV_OK;

	*fits_out = 1;
	if (!memchr(text.ptr, '{', text.len) ||
	    pv_utf8_valid(text.ptr, text.len) < text.len)
		return PV_OK;
	for (size_t i = 0; i < pv_array_len(syntaxes) && rc == PV_OK; i++)
		rc = check_syntax(fits_out, &is_kept, r, syntaxes[i], err);
	if (rc == PV_OK && *fits_out && is_kept)
		rc = check_tags(fits_out, r, PV_TAGS_JINJA, err);
	if (rc == PV_OK && *fits_out)
		rc = check_tags(fits_out, r, PV_TAGS_SECTIONS, err);
	return rc;
}

int pv_statements_fit(int *fits_out, const pv_str sides[PV_SIDES],
		      const pv_pieces *pieces, pv_error *err)
{
	enum pv_side last = pieces->conflicts > 0 ? PV_THEIRS : PV_OURS;
	int rc = PV_OK;

	*fits_out = 0;
	for (size_t i = PV_OURS; i <= last && !*fits_out && rc == PV_OK; i++) {
		struct result r = { sides, pieces, (enum pv_side)i, { 0 } };

		rc = make_text(&r, err);
		if (rc == PV_OK)
			rc = check(fits_out, &r, err);
		pv_buf_dispose(&r.text);
	}
	return rc;
}
