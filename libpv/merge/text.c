/* SPDX-License-Identifier: MIT
 *
 * Words are tried for each conflict of lines as a whole: either all of it
 * comes together or the lines stay in conflict. Blanks between words are no
 * tokens but follow the word behind them, merged three ways by themselves; so
 * wrapping a paragraph anew on one side does not touch its words.
 */
#include "merge/text.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	/* Of the words of base, a side must have kept one in so many; what
	 * keeps fewer is another text, not an edit of this one. */
	KEEP_PART = 3,
	/* And all but one in so many of a text in which lines stand in other
	 * places than the words in them. */
	KEEP_MOST = 5
};

/* --- pieces -------------------------------------------------------------- */

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

/* Agreed text; what follows the last piece in its side extends it. */
static int add_text(pv_pieces *out, enum pv_side side, pv_str text, pv_error *err)
{
	pv_piece *last = out->count > 0 ? &out->items[out->count - 1] : NULL;

	if (text.len == 0)
		return PV_OK;
	if (last && !last->is_conflict && last->side == side &&
	    last->text.ptr + last->text.len == text.ptr) {
		last->text.len += text.len;
		return PV_OK;
	}
	last = add_piece(out, err);
	if (!last)
		return PV_ENOMEM;
	last->side = side;
	last->text = text;
	return PV_OK;
}

static int add_conflict(pv_pieces *out, const pv_str sides[PV_SIDES],
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

void pv_pieces_dispose(pv_pieces *pieces)
{
	pv_free(pieces->items);
	memset(pieces, 0, sizeof(*pieces));
}

/* --- words --------------------------------------------------------------- */

/* Three texts as words. */
struct prose {
	const pv_str *texts;
	pv_tokens words[PV_SIDES];
	pv_regions regions;
};

/* The blanks before word `at`, or behind the last one. */
static pv_str gap_before(const struct prose *p, enum pv_side side, size_t at)
{
	const pv_tokens *words = &p->words[side];
	pv_str text = p->texts[side];
	const char *from = text.ptr;
	const char *to = text.ptr + text.len;
	pv_str gap;

	if (at > 0)
		from = words->items[at - 1].ptr + words->items[at - 1].len;
	if (at < words->count)
		to = words->items[at].ptr;
	gap.ptr = from;
	gap.len = (size_t)(to - from);
	return gap;
}

static size_t count_breaks(pv_str gap)
{
	size_t count = 0;

	for (size_t i = 0; i < gap.len; i++)
		count += gap.ptr[i] == '\n';
	return count;
}

/*
 * Whose blanks stand before a word that all three have; PV_BASE when they
 * contradict each other. Two ways to wrap a line do not: ours is taken.
 */
static enum pv_side pick_gap(const struct prose *p, const size_t at[PV_SIDES])
{
	pv_str base = gap_before(p, PV_BASE, at[PV_BASE]);
	pv_str ours = gap_before(p, PV_OURS, at[PV_OURS]);
	pv_str theirs = gap_before(p, PV_THEIRS, at[PV_THEIRS]);

	if (pv_str_eq(ours, theirs) || pv_str_eq(base, theirs))
		return PV_OURS;
	if (pv_str_eq(base, ours))
		return PV_THEIRS;
	if (base.len > 0 && ours.len > 0 && theirs.len > 0 &&
	    count_breaks(base) < 2 && count_breaks(ours) < 2 &&
	    count_breaks(theirs) < 2)
		return PV_OURS;
	return PV_BASE;
}

/* One word that all three have; 0 when the blanks before it conflict. */
static int add_same(pv_pieces *out, const struct prose *p,
		    const size_t at[PV_SIDES], int *is_clean, pv_error *err)
{
	enum pv_side side = pick_gap(p, at);
	size_t word = at[PV_OURS];
	int rc;

	if (side == PV_BASE) {
		*is_clean = 0;
		return PV_OK;
	}
	rc = add_text(out, side, gap_before(p, side, at[side]), err);
	if (rc == PV_OK && word < p->words[PV_OURS].count)
		rc = add_text(out, PV_OURS, p->words[PV_OURS].items[word], err);
	return rc;
}

static int add_changed(pv_pieces *out, const struct prose *p,
		       const pv_region *region, enum pv_side side, pv_error *err)
{
	const pv_str *items = p->words[side].items;
	pv_str text;

	if (region->from[side] == region->to[side])
		return PV_OK;
	text = gap_before(p, side, region->from[side]);
	text.len = (size_t)(items[region->to[side] - 1].ptr - text.ptr) +
		   items[region->to[side] - 1].len;
	return add_text(out, side, text, err);
}

static int add_words(pv_pieces *out, const struct prose *p,
		     const pv_region *region, int *is_clean, pv_error *err)
{
	size_t at[PV_SIDES];
	int rc = PV_OK;

	memcpy(at, region->from, sizeof(at));
	while (at[PV_BASE] < region->to[PV_BASE] && *is_clean && rc == PV_OK) {
		rc = add_same(out, p, at, is_clean, err);
		for (size_t i = 0; i < PV_SIDES; i++)
			at[i]++;
	}
	return rc;
}

static int add_region(pv_pieces *out, const struct prose *p,
		      const pv_region *region, int *is_clean, pv_error *err)
{
	switch (region->kind) {
	case PV_REGION_SAME:
		return add_words(out, p, region, is_clean, err);
	case PV_REGION_OURS:
	case PV_REGION_BOTH:
		return add_changed(out, p, region, PV_OURS, err);
	case PV_REGION_THEIRS:
		return add_changed(out, p, region, PV_THEIRS, err);
	case PV_REGION_CONFLICT:
		break;
	}
	*is_clean = 0;
	return PV_OK;
}

static int weave(pv_pieces *out, const struct prose *p, int *is_clean,
		 pv_error *err)
{
	const size_t end[PV_SIDES] = { p->words[PV_BASE].count,
				       p->words[PV_OURS].count,
				       p->words[PV_THEIRS].count };
	int rc = PV_OK;

	*is_clean = 1;
	for (size_t i = 0; i < p->regions.count && *is_clean && rc == PV_OK; i++)
		rc = add_region(out, p, &p->regions.items[i], is_clean, err);
	if (rc == PV_OK && *is_clean)
		rc = add_same(out, p, end, is_clean, err);
	return rc;
}

/* Whether both sides are edits of the base rather than other texts. */
static int are_edits(const struct prose *p, int is_wide)
{
	size_t count = p->words[PV_BASE].count;
	size_t enough = is_wide ? count - count / KEEP_MOST : count / KEEP_PART;

	return p->words[PV_BASE].count > 0 && p->regions.kept[PV_OURS] > enough &&
	       p->regions.kept[PV_THEIRS] > enough;
}

static int add_all(pv_pieces *out, const pv_pieces *from, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < from->count && rc == PV_OK; i++) {
		const pv_piece *piece = &from->items[i];

		rc = piece->is_conflict
			     ? add_conflict(out, piece->sides, err)
			     : add_text(out, piece->side, piece->text, err);
	}
	out->has_words |= from->has_words;
	return rc;
}

/*
 * Sets `*is_clean` to 0, with nothing appended, when words conflict, too.
 * `is_wide` wants texts that are much the same.
 */
static int merge_words(pv_pieces *out, pv_arena *arena,
		       const pv_str sides[PV_SIDES], int is_wide, int *is_clean,
		       pv_error *err)
{
	struct prose p = { .texts = sides };
	pv_pieces words = { 0 };
	int rc = PV_OK;

	*is_clean = 0;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_words(&p.words[i], sides[i], err);
	if (rc == PV_OK)
		rc = pv_diff3(&p.regions, arena, p.words, PV_DIFF3_COARSE, err);
	if (rc == PV_OK && are_edits(&p, is_wide))
		rc = weave(&words, &p, is_clean, err);
	if (rc == PV_OK && *is_clean)
		rc = add_all(out, &words, err);
	pv_pieces_dispose(&words);
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_tokens_dispose(&p.words[i]);
	return rc;
}

/* --- lines --------------------------------------------------------------- */

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
	longer.ptr += longer.len - part.len;
	return longer.ptr[-1] == '\n' &&
			       memcmp(longer.ptr, part.ptr, part.len) == 0
		       ? side
		       : PV_BASE;
}

static int settle(pv_pieces *out, const struct sheet *s,
		  const pv_str texts[PV_SIDES], pv_error *err)
{
	enum pv_side longer = find_longer(texts);
	int is_clean = 0;
	int rc = PV_OK;

	if (longer != PV_BASE && s->mode != PV_TEXT_LINES)
		return add_text(out, longer, texts[longer], err);
	if (s->mode == PV_TEXT_NOTES && texts[PV_BASE].len == 0) {
		rc = add_text(out, PV_OURS, texts[PV_OURS], err);
		return rc < 0 ? rc
			      : add_text(out, PV_THEIRS, texts[PV_THEIRS], err);
	}
	if (s->mode == PV_TEXT_WORDS)
		rc = merge_words(out, s->arena, texts, 0, &is_clean, err);
	if (is_clean)
		out->has_words = 1;
	return rc < 0 || is_clean ? rc : add_conflict(out, texts, err);
}

static int add_lines(pv_pieces *out, const struct sheet *s, size_t at,
		     pv_error *err)
{
	const pv_str texts[PV_SIDES] = { slice(s, at, at, PV_BASE),
					 slice(s, at, at, PV_OURS),
					 slice(s, at, at, PV_THEIRS) };

	switch (s->regions.items[at].kind) {
	case PV_REGION_SAME:
	case PV_REGION_OURS:
	case PV_REGION_BOTH:
		return add_text(out, PV_OURS, texts[PV_OURS], err);
	case PV_REGION_THEIRS:
		return add_text(out, PV_THEIRS, texts[PV_THEIRS], err);
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

/* Whether the words of some regions come together when taken as one text. */
static int merge_wide(pv_pieces *out, const struct sheet *s, size_t from,
		      size_t end, int *is_clean, pv_error *err)
{
	const pv_str texts[PV_SIDES] = { slice(s, from, end - 1, PV_BASE),
					 slice(s, from, end - 1, PV_OURS),
					 slice(s, from, end - 1, PV_THEIRS) };

	*is_clean = 0;
	if (s->mode != PV_TEXT_WORDS || !can_be_words(s, from, end))
		return PV_OK;
	return merge_words(out, s->arena, texts, 1, is_clean, err);
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
	if (is_clean)
		out->has_words = 1;
	else if (rc == PV_OK)
		rc = add_all(out, &pieces, err);
	pv_pieces_dispose(&pieces);
	return rc;
}

int pv_text_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		  enum pv_text_mode mode, pv_error *err)
{
	struct sheet s = { .arena = arena, .mode = mode };
	size_t end;
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_lines(&s.lines[i], sides[i], err);
	if (rc == PV_OK)
		rc = pv_diff3(&s.regions, arena, s.lines, PV_DIFF3_EXACT, err);
	for (size_t i = 0; i < s.regions.count && rc == PV_OK; i = end) {
		end = find_end(&s, i);
		end = end > i ? end : i + 1;
		rc = add_regions(out, &s, i, end, err);
	}
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_tokens_dispose(&s.lines[i]);
	return rc;
}
