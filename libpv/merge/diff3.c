/* SPDX-License-Identifier: MIT
 *
 * Two comparisons with the base say which of its tokens both sides have kept;
 * these are where the regions end.
 */
#include "merge/diff3.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "diff/join.h"
#include "diff/myers.h"

/* One side beside the base. */
struct track {
	unsigned char *gone; /* of base: not kept on this side */
	unsigned char *came; /* of the side: not from base */
	size_t *mate;        /* of base: the token of the side; SIZE_MAX */
};

struct work {
	const pv_tokens *sides;
	struct track tracks[PV_SIDES]; /* that of the base is empty */
	pv_regions *out;
	size_t cap;
	pv_arena *arena;
};

/* --- one side and the base ----------------------------------------------- */

static int make_track(struct track *track, pv_arena *arena, size_t base_count,
		      size_t side_count, pv_error *err)
{
	track->gone = pv_arena_calloc(arena, base_count + side_count + 1);
	track->mate =
		pv_arena_alloc(arena, (base_count + 1) * sizeof(*track->mate));
	if (!track->gone || !track->mate)
		return pv_fail_nomem(err);
	track->came = track->gone + base_count;
	return PV_OK;
}

static int compare(struct track *track, const pv_tokens *base,
		   const pv_tokens *side, enum pv_diff3_mode mode, pv_error *err)
{
	pv_myers_side before = { base->numbers, base->count, track->gone };
	pv_myers_side after = { side->numbers, side->count, track->came };
	int rc = pv_myers_diff(&before, &after, err);

	if (rc < 0 || mode == PV_DIFF3_EXACT)
		return rc;
	pv_changes_slide(&before, &after);
	pv_changes_join(track->gone, base->count, track->came, side->count);
	return PV_OK;
}

static size_t find_mates(struct track *track, size_t base_count)
{
	size_t j = 0;
	size_t kept = 0;

	for (size_t i = 0; i < base_count; i++) {
		track->mate[i] = SIZE_MAX;
		if (track->gone[i])
			continue;
		while (track->came[j])
			j++;
		track->mate[i] = j++;
		kept++;
	}
	return kept;
}

/* --- regions ------------------------------------------------------------- */

static int same_range(const struct work *w, const pv_region *region,
		      enum pv_side a, enum pv_side b)
{
	size_t count = region->to[a] - region->from[a];
	const uint32_t *left = w->sides[a].numbers + region->from[a];
	const uint32_t *right = w->sides[b].numbers + region->from[b];

	return count == region->to[b] - region->from[b] &&
	       (count == 0 || !memcmp(left, right, count * sizeof(*left)));
}

static enum pv_region_kind kind_of(const struct work *w, const pv_region *region)
{
	if (same_range(w, region, PV_BASE, PV_OURS))
		return PV_REGION_THEIRS;
	if (same_range(w, region, PV_BASE, PV_THEIRS))
		return PV_REGION_OURS;
	if (same_range(w, region, PV_OURS, PV_THEIRS))
		return PV_REGION_BOTH;
	return PV_REGION_CONFLICT;
}

static int add_region(struct work *w, const size_t from[PV_SIDES],
		      const size_t to[PV_SIDES], int is_same, pv_error *err)
{
	pv_regions *out = w->out;
	pv_region *region;

	if (from[0] == to[0] && from[1] == to[1] && from[2] == to[2])
		return PV_OK;
	if (out->count == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 16;
		pv_region *items = pv_arena_alloc(w->arena, cap * sizeof(*items));

		if (!items)
			return pv_fail_nomem(err);
		if (out->count > 0)
			memcpy(items, out->items, out->count * sizeof(*items));
		out->items = items;
		w->cap = cap;
	}
	region = &out->items[out->count++];
	memcpy(region->from, from, sizeof(region->from));
	memcpy(region->to, to, sizeof(region->to));
	region->kind = is_same ? PV_REGION_SAME : kind_of(w, region);
	return PV_OK;
}

/* Whether base token `at[PV_BASE]` is the next one on both sides, too. */
static int is_stable(const struct work *w, const size_t at[PV_SIDES])
{
	const size_t *ours = w->tracks[PV_OURS].mate;
	const size_t *theirs = w->tracks[PV_THEIRS].mate;
	size_t i = at[PV_BASE];

	assert(ours && theirs);
	return i < w->sides[PV_BASE].count && ours[i] == at[PV_OURS] &&
	       theirs[i] == at[PV_THEIRS];
}

/* The next base token that both sides have kept, or the ends. */
static void find_stable(const struct work *w, size_t at[PV_SIDES])
{
	const size_t *ours = w->tracks[PV_OURS].mate;
	const size_t *theirs = w->tracks[PV_THEIRS].mate;
	size_t i = at[PV_BASE];

	assert(ours && theirs);
	while (i < w->sides[PV_BASE].count &&
	       (ours[i] == SIZE_MAX || theirs[i] == SIZE_MAX))
		i++;
	at[PV_BASE] = i;
	if (i < w->sides[PV_BASE].count) {
		at[PV_OURS] = ours[i];
		at[PV_THEIRS] = theirs[i];
	} else {
		at[PV_OURS] = w->sides[PV_OURS].count;
		at[PV_THEIRS] = w->sides[PV_THEIRS].count;
	}
}

static int find_regions(struct work *w, pv_error *err)
{
	size_t at[PV_SIDES] = { 0 };
	size_t from[PV_SIDES];
	int rc = PV_OK;

	while (rc == PV_OK && (at[PV_BASE] < w->sides[PV_BASE].count ||
			       at[PV_OURS] < w->sides[PV_OURS].count ||
			       at[PV_THEIRS] < w->sides[PV_THEIRS].count)) {
		memcpy(from, at, sizeof(from));
		while (is_stable(w, at))
			for (size_t i = 0; i < PV_SIDES; i++)
				at[i]++;
		rc = add_region(w, from, at, 1, err);
		memcpy(from, at, sizeof(from));
		find_stable(w, at);
		if (rc == PV_OK)
			rc = add_region(w, from, at, 0, err);
	}
	return rc;
}

int pv_diff3(pv_regions *out, pv_arena *arena, pv_tokens sides[PV_SIDES],
	     enum pv_diff3_mode mode, pv_error *err)
{
	struct work w = { .sides = sides, .out = out, .arena = arena };
	pv_tokens *all[PV_SIDES] = { &sides[0], &sides[1], &sides[2] };
	size_t base_count = sides[PV_BASE].count;
	int rc = pv_tokens_number(all, PV_SIDES, err);

	memset(out, 0, sizeof(*out));
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++) {
		struct track *track = &w.tracks[i];

		rc = make_track(track, arena, base_count, sides[i].count, err);
		if (rc == PV_OK)
			rc = compare(track, &sides[PV_BASE], &sides[i], mode,
				     err);
		if (rc < 0)
			break;
		out->kept[i] = find_mates(track, base_count);
	}
	return rc < 0 ? rc : find_regions(&w, err);
}
