/* SPDX-License-Identifier: MIT
 *
 * The words of three texts. All of them come together or none do. Blanks
 * between words are no tokens but follow the word behind them, merged three
 * ways by themselves; so wrapping a paragraph anew on one side does not touch
 * its words.
 */
#include "merge/text.h"

#include <string.h>

#include "merge/statements.h"

enum {
	/* Of the words of base, a side must have kept one in so many; what
	 * keeps fewer is another text, not an edit of this one. */
	KEEP_PART = 3,
	/* And all but one in so many of a text in which lines stand in other
	 * places than the words in them. */
	KEEP_MOST = 5
};

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
 * Whether two texts wrapped in two ways can differ in such blanks. A blank
 * line, an indentation, and whether there is any blank are more than that.
 */
static int is_wrapping(pv_str a, pv_str b)
{
	return pv_str_eq(a, b) ||
	       (a.len > 0 && b.len > 0 && count_breaks(a) + count_breaks(b) < 2);
}

/*
 * Whose blanks stand before a word; PV_BASE when they contradict each other.
 * Two ways to wrap a line do not, ours is taken, and a paragraph that ends
 * there is worth more than either.
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
	if (is_wrapping(ours, theirs) && base.len > 0 && count_breaks(base) < 2)
		return PV_OURS;
	if (is_wrapping(base, theirs) && count_breaks(ours) > count_breaks(theirs))
		return PV_OURS;
	if (is_wrapping(base, ours) && count_breaks(theirs) > count_breaks(ours))
		return PV_THEIRS;
	return PV_BASE;
}

static int is_tag(pv_str word)
{
	return word.len > 1 && word.ptr[0] == '{';
}

/* One word that all three have; 0 when the blanks before it conflict. */
static int add_same(pv_pieces *out, const struct prose *p,
		    const size_t at[PV_SIDES], int *is_clean, pv_error *err)
{
	enum pv_side side = pick_gap(p, at);
	size_t word = at[PV_OURS];
	pv_str ours;
	int rc;

	if (side == PV_BASE) {
		*is_clean = 0;
		return PV_OK;
	}
	rc = pv_pieces_add(out, side, gap_before(p, side, at[side]), err);
	if (rc < 0 || word == p->words[PV_OURS].count)
		return rc;
	ours = p->words[PV_OURS].items[word];
	return is_tag(ours)
		       ? pv_pieces_share(out, ours,
					 p->words[PV_THEIRS].items[at[PV_THEIRS]],
					 err)
		       : pv_pieces_add(out, PV_OURS, ours, err);
}

/* The words of a region, without the blanks before them. */
static pv_str words_of(const struct prose *p, const pv_region *region,
		       enum pv_side side)
{
	const pv_str *items = p->words[side].items;
	pv_str text = { "", 0 };

	if (region->from[side] == region->to[side])
		return text;
	text.ptr = items[region->from[side]].ptr;
	text.len = (size_t)(items[region->to[side] - 1].ptr - text.ptr) +
		   items[region->to[side] - 1].len;
	return text;
}

/* Whether the blanks between two runs of as many words differ by wrapping. */
static int are_wrappings(const struct prose *p, const pv_region *region,
			 enum pv_side a, enum pv_side b)
{
	size_t count = region->to[a] - region->from[a];

	for (size_t i = 1; i < count; i++)
		if (!is_wrapping(gap_before(p, a, region->from[a] + i),
				 gap_before(p, b, region->from[b] + i)))
			return 0;
	return 1;
}

/* The blanks before the words of a region; all three have some there. */
static int add_lead(pv_pieces *out, const struct prose *p,
		    const pv_region *region, int *is_clean, pv_error *err)
{
	enum pv_side side = pick_gap(p, region->from);

	if (side == PV_BASE) {
		*is_clean = 0;
		return PV_OK;
	}
	return pv_pieces_add(out, side, gap_before(p, side, region->from[side]),
			     err);
}

/*
 * Whether it matters on which side of new words a gap of base stands that has
 * become another one: it does not at the end, and where two paragraphs meet.
 */
static int is_parted_anew(const struct prose *p, const size_t at[PV_SIDES],
			  enum pv_side side)
{
	pv_str before = gap_before(p, PV_BASE, at[PV_BASE]);
	pv_str after = gap_before(p, side, at[side]);

	return at[PV_BASE] < p->words[PV_BASE].count &&
	       !is_wrapping(before, after) &&
	       (count_breaks(before) < 2 || count_breaks(after) < 2);
}

/* Words of `side` between two of base. */
static int add_new(pv_pieces *out, const struct prose *p, const pv_region *region,
		   enum pv_side side, int *is_clean, pv_error *err)
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;
	pv_str lead = gap_before(p, side, region->from[side]);
	pv_str trail = gap_before(p, side, region->to[side]);
	int rc;

	if (is_parted_anew(p, region->from, other) &&
	    !pv_str_eq(gap_before(p, other, region->from[other]), trail))
		*is_clean = 0;
	rc = pv_pieces_add(out, side, lead, err);
	return rc < 0 ? rc
		      : pv_pieces_add(out, side, words_of(p, region, side), err);
}

/*
 * What `side` has made of words of base. What the other side has done to the
 * blanks between these would be lost; of those before them it keeps what it
 * did.
 */
static int add_changed(pv_pieces *out, const struct prose *p,
		       const pv_region *region, enum pv_side side,
		       int *is_clean, pv_error *err)
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;
	const size_t *from = region->from;
	int is_gone = from[side] == region->to[side];
	int rc;

	if (from[PV_BASE] == region->to[PV_BASE])
		return add_new(out, p, region, side, is_clean, err);
	if (!are_wrappings(p, region, PV_BASE, other) ||
	    (is_gone && !is_wrapping(gap_before(p, PV_BASE, from[PV_BASE]),
				     gap_before(p, other, from[other]))))
		*is_clean = 0;
	if (is_gone)
		return PV_OK;
	rc = add_lead(out, p, region, is_clean, err);
	return rc < 0 ? rc
		      : pv_pieces_add(out, side, words_of(p, region, side), err);
}

/* What both have put there may be wrapped in two ways: ours is taken. */
static int add_both(pv_pieces *out, const struct prose *p,
		    const pv_region *region, int *is_clean, pv_error *err)
{
	pv_str ours = words_of(p, region, PV_OURS);
	pv_str theirs = words_of(p, region, PV_THEIRS);
	int rc;

	if (ours.len == 0)
		return PV_OK;
	if (!are_wrappings(p, region, PV_OURS, PV_THEIRS))
		*is_clean = 0;
	rc = add_lead(out, p, region, is_clean, err);
	if (rc < 0)
		return rc;
	return pv_str_eq(ours, theirs) ? pv_pieces_share(out, ours, theirs, err)
				       : pv_pieces_add(out, PV_OURS, ours, err);
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
	case PV_REGION_BOTH:
		return add_both(out, p, region, is_clean, err);
	case PV_REGION_OURS:
		return add_changed(out, p, region, PV_OURS, is_clean, err);
	case PV_REGION_THEIRS:
		return add_changed(out, p, region, PV_THEIRS, is_clean, err);
	case PV_REGION_CONFLICT:
		break;
	}
	*is_clean = 0;
	return PV_OK;
}

/* --- statements ---------------------------------------------------------- */

enum {
	APART = 2 /* words that all have, at least, part two statements */
};

/* What is behind the last statement that a side has changed. */
struct statements {
	enum pv_side last; /* whose it is; PV_BASE: there is none */
	size_t kept;       /* words since then */
	int is_broken;     /* a line has ended since then */
};

static void see_gap(struct statements *seen, const struct prose *p,
		    const pv_region *region, size_t idx)
{
	size_t at = region->from[PV_BASE] + idx;

	if (count_breaks(gap_before(p, PV_BASE, at)) > 0)
		seen->is_broken = 1;
}

static void see_kept(struct statements *seen, const struct prose *p,
		     const pv_region *region)
{
	size_t from = region->from[PV_BASE];

	for (size_t i = 0; from + i < region->to[PV_BASE]; i++) {
		pv_str word = p->words[PV_BASE].items[from + i];

		see_gap(seen, p, region, i);
		seen->kept += pv_word_kinds[(unsigned char)word.ptr[0]] != '.';
	}
}

/* 0 when the other side has changed one on the same line, or next to it. */
static int see_changed(struct statements *seen, const struct prose *p,
		       const pv_region *region, enum pv_side side,
		       enum pv_side by)
{
	int is_one = 0;

	for (size_t i = region->from[side]; i < region->to[side]; i++)
		is_one |= pv_statements_is_one(p->words[side].items[i]);
	if (!is_one)
		return 1;
	if (seen->last != PV_BASE && seen->last != by &&
	    (!seen->is_broken || seen->kept < APART))
		return 0;
	*seen = (struct statements){ .last = by };
	return 1;
}

/*
 * Statements that two sides put on one line, or take away there, would be
 * about each other's words.
 */
static int are_apart(const struct prose *p)
{
	struct statements seen = { .last = PV_BASE };
	int is_clean = 1;

	for (size_t i = 0; i < p->regions.count && is_clean; i++) {
		const pv_region *region = &p->regions.items[i];
		enum pv_side by =
			region->kind == PV_REGION_OURS ? PV_OURS : PV_THEIRS;

		if (region->kind == PV_REGION_SAME) {
			see_kept(&seen, p, region);
			continue;
		}
		see_gap(&seen, p, region, 0);
		if (region->kind == PV_REGION_OURS ||
		    region->kind == PV_REGION_THEIRS)
			is_clean = see_changed(&seen, p, region, PV_BASE, by) &&
				   see_changed(&seen, p, region, by, by);
	}
	return is_clean;
}

/* --- the whole ----------------------------------------------------------- */

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

int pv_words_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		   int is_wide, int *is_clean, pv_error *err)
{
	struct prose p = { .texts = sides };
	pv_pieces words = { 0 };
	int rc = PV_OK;

	*is_clean = 0;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_tokens_add_words(&p.words[i], sides[i], err);
	if (rc == PV_OK)
		rc = pv_diff3(&p.regions, arena, p.words, PV_DIFF3_COARSE, err);
	if (rc == PV_OK && are_edits(&p, is_wide) && are_apart(&p))
		rc = weave(&words, &p, is_clean, err);
	if (rc == PV_OK && *is_clean)
		rc = pv_pieces_append(out, &words, err);
	pv_pieces_dispose(&words);
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_tokens_dispose(&p.words[i]);
	return rc;
}
