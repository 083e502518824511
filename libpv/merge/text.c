/* SPDX-License-Identifier: MIT
 *
 * The lines of three texts. Words are tried for each conflict of lines as a
 * whole: either all of it comes together or the lines stay in conflict. Where
 * conflicts are parted by nothing but blank lines, they are tried as one.
 */
#include "merge/text.h"

#include <string.h>

#include "merge/job.h"
#include "merge/statements.h"

/* Three texts as lines. */
struct sheet {
	pv_arena *arena;
	enum pv_text_mode mode;
	pv_tokens lines[PV_SIDES];
	pv_regions regions;
};

/* The lines of a side from one region up to another one. */
static pv_str slice(const struct sheet *s, size_t first, size_t last,
		    enum pv_side side)
{
	const pv_str *items = s->lines[side].items;
	size_t from = s->regions.items[first].from[side];
	size_t to = s->regions.items[last].to[side];
	pv_str text = { "", 0 };

	if (from == to)
		return text;
	text.ptr = items[from].ptr;
	text.len = (size_t)(items[to - 1].ptr - text.ptr) + items[to - 1].len;
	return text;
}

/*
 * Where both have added the same lines and one side more right before or
 * behind them: that side; else PV_BASE.
 */
static enum pv_side find_longer(const pv_str texts[PV_SIDES])
{
	enum pv_side side =
		texts[PV_OURS].len < texts[PV_THEIRS].len ? PV_THEIRS : PV_OURS;
	pv_str longer = texts[side];
	pv_str part = texts[PV_OURS + PV_THEIRS - side];

	if (texts[PV_BASE].len > 0 || part.len == 0 ||
	    part.ptr[part.len - 1] != '\n')
		return PV_BASE;
	if (memcmp(longer.ptr, part.ptr, part.len) == 0)
		return side;
	if (longer.len == part.len)
		return PV_BASE;
	longer.ptr += longer.len - part.len;
	return longer.ptr[-1] == '\n' &&
			       memcmp(longer.ptr, part.ptr, part.len) == 0
		       ? side
		       : PV_BASE;
}

static int has_words(const struct sheet *s)
{
	return s->mode == PV_TEXT_WORDS || s->mode == PV_TEXT_PARTS;
}

static int settle(pv_pieces *out, const struct sheet *s,
		  const pv_str texts[PV_SIDES], pv_error *err)
{
	enum pv_side longer = find_longer(texts);
	int is_clean = 0;
	int rc = PV_OK;

	if (longer != PV_BASE && s->mode != PV_TEXT_LINES)
		return pv_pieces_add(out, longer, texts[longer], err);
	if (s->mode == PV_TEXT_NOTES && texts[PV_BASE].len == 0) {
		rc = pv_pieces_add(out, PV_OURS, texts[PV_OURS], err);
		return rc < 0 ? rc
			      : pv_pieces_add(out, PV_THEIRS, texts[PV_THEIRS],
					      err);
	}
	if (has_words(s))
		rc = pv_words_merge(out, s->arena, texts, 0, &is_clean, err);
	if (is_clean)
		out->has_words = 1;
	return rc < 0 || is_clean ? rc : pv_pieces_contradict(out, texts, err);
}

static int add_lines(pv_pieces *out, const struct sheet *s, size_t at,
		     pv_error *err)
{
	const pv_str texts[PV_SIDES] = { slice(s, at, at, PV_BASE),
					 slice(s, at, at, PV_OURS),
					 slice(s, at, at, PV_THEIRS) };

	switch (s->regions.items[at].kind) {
	case PV_REGION_SAME:
	case PV_REGION_BOTH:
		return pv_pieces_share(out, texts[PV_OURS], texts[PV_THEIRS],
				       err);
	case PV_REGION_OURS:
		return pv_pieces_add(out, PV_OURS, texts[PV_OURS], err);
	case PV_REGION_THEIRS:
		return pv_pieces_add(out, PV_THEIRS, texts[PV_THEIRS], err);
	case PV_REGION_CONFLICT:
		break;
	}
	return settle(out, s, texts, err);
}

/* --- lines in other places ----------------------------------------------- */

static int is_blank(pv_str text)
{
	return pv_str_trim(text).len == 0;
}

/*
 * Behind the regions from `from` on that only blank lines part: which of these
 * are the same ones is anybody's guess.
 */
static size_t find_end(const struct sheet *s, size_t from)
{
	size_t end = from;

	for (size_t i = from; i < s->regions.count; i++) {
		if (s->regions.items[i].kind != PV_REGION_SAME)
			end = i + 1;
		else if (i == from || !is_blank(slice(s, i, i, PV_OURS)))
			break;
	}
	return end;
}

/* What both sides have added in one place is not brought apart by words. */
static int can_be_words(const struct sheet *s, size_t from, size_t end)
{
	int has_conflict = 0;

	for (size_t i = from; i < end; i++) {
		if (s->regions.items[i].kind != PV_REGION_CONFLICT)
			continue;
		if (is_blank(slice(s, i, i, PV_BASE)))
			return 0;
		has_conflict = 1;
	}
	return has_conflict && end > from + 1;
}

/* All of some regions on the three sides. */
static void slice_all(pv_str out[PV_SIDES], const struct sheet *s, size_t from,
		      size_t end)
{
	for (size_t i = 0; i < PV_SIDES; i++)
		out[i] = slice(s, from, end - 1, (enum pv_side)i);
}

/* Whether the words of some regions come together when taken as one text. */
static int merge_wide(pv_pieces *out, const struct sheet *s, size_t from,
		      size_t end, int *is_clean, pv_error *err)
{
	pv_str texts[PV_SIDES];

	*is_clean = 0;
	if (!has_words(s) || !can_be_words(s, from, end))
		return PV_OK;
	slice_all(texts, s, from, end);
	return pv_words_merge(out, s->arena, texts, 1, is_clean, err);
}

static int add_regions(pv_pieces *out, const struct sheet *s, size_t from,
		       size_t end, pv_error *err)
{
	pv_pieces pieces = { 0 };
	int is_clean = 0;
	int rc = PV_OK;

	for (size_t i = from; i < end && rc == PV_OK; i++)
		rc = add_lines(&pieces, s, i, err);
	if (rc == PV_OK && pieces.conflicts > 0)
		rc = merge_wide(out, s, from, end, &is_clean, err);
	if (rc == PV_OK && !is_clean && pieces.conflicts > 0 &&
	    s->mode == PV_TEXT_PARTS) {
		pv_str texts[PV_SIDES];

		slice_all(texts, s, from, end);
		rc = pv_pieces_contradict(out, texts, err);
	} else if (rc == PV_OK && !is_clean) {
		rc = pv_pieces_append(out, &pieces, err);
	}
	out->has_words |= is_clean;
	pv_pieces_dispose(&pieces);
	return rc;
}

static int merge_sheet(pv_pieces *out, struct sheet *s,
		       const pv_str sides[PV_SIDES], pv_error *err)
{
	size_t end;
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_lines(&s->lines[i], sides[i], err);
	if (rc == PV_OK)
		rc = pv_diff3(&s->regions, s->arena, s->lines, PV_DIFF3_EXACT,
			      err);
	for (size_t i = 0; i < s->regions.count && rc == PV_OK; i = end) {
		end = find_end(s, i);
		end = end > i ? end : i + 1;
		rc = add_regions(out, s, i, end, err);
	}
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_tokens_dispose(&s->lines[i]);
	return rc;
}

/* `*fits_out` is 0 when what comes of it is no template as both sides are. */
static int merge_once(pv_pieces *out, int *fits_out, pv_arena *arena,
		      const pv_str sides[PV_SIDES], enum pv_text_mode mode,
		      pv_error *err)
{
	struct sheet s = { .arena = arena, .mode = mode };
	int rc = merge_sheet(out, &s, sides, err);

	*fits_out = 1;
	if (rc == PV_OK && mode != PV_TEXT_NOTES)
		rc = pv_statements_fit(fits_out, sides, out, err);
	return rc;
}

int pv_text_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		  enum pv_text_mode mode, pv_error *err)
{
	pv_pieces pieces = { 0 };
	int fits = 1;
	int rc = merge_once(&pieces, &fits, arena, sides, mode, err);

	/* Without words it is the lines that contradict each other. */
	if (rc == PV_OK && !fits && pieces.has_words) {
		pv_pieces_dispose(&pieces);
		rc = merge_once(&pieces, &fits, arena, sides, PV_TEXT_LINES, err);
	}
	if (rc == PV_OK && !fits)
		rc = PV_GIVE_UP;
	if (rc == PV_OK)
		rc = pv_pieces_append(out, &pieces, err);
	pv_pieces_dispose(&pieces);
	return rc;
}
