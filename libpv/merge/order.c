/* SPDX-License-Identifier: MIT
 *
 * The triples are linked in the order of one side first; then those of the
 * other side are linked in, each behind the one it follows there.
 */
#include "merge/order.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"

struct link {
	pv_triple triple;
	size_t next; /* in the order; PV_NO_ENTRY at the end */
	int is_placed;
};

struct work {
	const pv_matches *matches;
	struct link *links; /* [0] is the head of the order */
	size_t count;
	size_t *link_of[PV_SIDES]; /* of each entry */
	int (*before)(const void *payload, const pv_triple *added,
		      const pv_triple *other);
	const void *payload;
};

static int make_work(struct work *w, pv_arena *arena, const pv_matches *matches,
		     pv_error *err)
{
	size_t total = 1;

	w->matches = matches;
	for (size_t i = 0; i < PV_SIDES; i++) {
		size_t count = matches->counts[i];

		total += count;
		w->link_of[i] =
			pv_arena_alloc(arena, (count + 1) * sizeof(size_t));
		if (!w->link_of[i])
			return pv_fail_nomem(err);
		for (size_t j = 0; j < count; j++)
			w->link_of[i][j] = PV_NO_ENTRY;
	}
	w->links = pv_arena_calloc(arena, total * sizeof(*w->links));
	if (!w->links)
		return pv_fail_nomem(err);
	w->links[0].next = PV_NO_ENTRY;
	w->count = 1;
	return PV_OK;
}

/* --- triples ------------------------------------------------------------- */

static size_t add_link(struct work *w)
{
	struct link *link = &w->links[w->count];

	assert(w->links);
	for (size_t i = 0; i < PV_SIDES; i++)
		link->triple.at[i] = PV_NO_ENTRY;
	return w->count++;
}

static void set_entry(struct work *w, size_t link, enum pv_side side, size_t idx)
{
	w->links[link].triple.at[side] = idx;
	w->link_of[side][idx] = link;
}

static void add_side(struct work *w, enum pv_side side)
{
	for (size_t j = 0; j < w->matches->counts[side]; j++) {
		size_t base = w->matches->base_of[side][j];

		assert(w->link_of[side]);
		if (w->link_of[side][j] != PV_NO_ENTRY)
			continue;
		if (base == PV_NO_ENTRY)
			set_entry(w, add_link(w), side, j);
		else
			set_entry(w, w->link_of[PV_BASE][base], side, j);
	}
}

static void collect(struct work *w)
{
	const pv_matches *m = w->matches;

	for (size_t i = 0; i < m->counts[PV_BASE]; i++)
		set_entry(w, add_link(w), PV_BASE, i);
	for (size_t i = 0; m->is_doubtful && i < m->counts[PV_BASE]; i++)
		w->links[w->link_of[PV_BASE][i]].triple.is_doubtful =
			m->is_doubtful[i];
	add_side(w, PV_OURS);
	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		if (m->theirs_of && m->theirs_of[j] != PV_NO_ENTRY)
			set_entry(w, w->link_of[PV_OURS][j], PV_THEIRS,
				  m->theirs_of[j]);
	add_side(w, PV_THEIRS);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; m->is_contested[i] && j < m->counts[i]; j++)
			w->links[w->link_of[i][j]].triple.is_contested |=
				m->is_contested[i][j];
}

/* --- the order ----------------------------------------------------------- */

/* Whether a side has moved entries of base. */
static int has_moves(const pv_matches *m, enum pv_side side)
{
	size_t last = 0;

	for (size_t j = 0; j < m->counts[side]; j++) {
		size_t base = m->base_of[side][j];

		if (base == PV_NO_ENTRY)
			continue;
		if (base < last)
			return 1;
		last = base;
	}
	return 0;
}

/* Whether ours and theirs have what they share in different orders. */
static int orders_differ(const struct work *w)
{
	size_t last = 0;

	for (size_t j = 0; j < w->matches->counts[PV_OURS]; j++) {
		size_t link = w->link_of[PV_OURS][j];
		size_t theirs = w->links[link].triple.at[PV_THEIRS];

		if (theirs == PV_NO_ENTRY)
			continue;
		if (theirs < last)
			return 1;
		last = theirs;
	}
	return 0;
}

static void place(struct work *w, size_t link, size_t after)
{
	w->links[link].next = w->links[after].next;
	w->links[link].is_placed = 1;
	w->links[after].next = link;
}

/* An addition of one side that no other side knows. */
static int is_addition(const struct work *w, size_t link, enum pv_side side)
{
	const size_t *at = w->links[link].triple.at;

	for (size_t i = 0; i < PV_SIDES; i++)
		if ((at[i] != PV_NO_ENTRY) != (i == (size_t)side))
			return 0;
	return 1;
}

/* Behind `after`, the additions of the first side, and what is in order. */
static size_t find_place(const struct work *w, size_t link, size_t after,
			 enum pv_side first)
{
	const pv_triple *triple = &w->links[link].triple;
	size_t next = w->links[after].next;

	while (next != PV_NO_ENTRY && is_addition(w, next, first)) {
		if (w->before &&
		    w->before(w->payload, triple, &w->links[next].triple))
			break;
		after = next;
		next = w->links[next].next;
	}
	return after;
}

static void arrange(struct work *w, enum pv_side first, enum pv_side second)
{
	size_t after = 0;

	assert(w->links);
	for (size_t j = 0; j < w->matches->counts[first]; j++) {
		size_t link = w->link_of[first][j];

		/* Matches that contradict each other must not close a circle. */
		if (!w->links[link].is_placed)
			place(w, link, after);
		after = link;
	}
	after = 0;
	for (size_t j = 0; j < w->matches->counts[second]; j++) {
		size_t link = w->link_of[second][j];

		if (!w->links[link].is_placed)
			place(w, link, find_place(w, link, after, first));
		after = link;
	}
}

static int read_out(pv_order *out, pv_arena *arena, const struct work *w,
		    pv_error *err)
{
	assert(w->links);
	out->items = pv_arena_alloc(arena, w->count * sizeof(*out->items));
	if (!out->items)
		return pv_fail_nomem(err);
	for (size_t at = w->links[0].next; at != PV_NO_ENTRY;
	     at = w->links[at].next) {
		out->items[out->count++] = w->links[at].triple;
		out->is_contested |= w->links[at].triple.is_contested;
	}
	return PV_OK;
}

int pv_order_find(pv_order *out, pv_arena *arena, const pv_matches *matches,
		  int (*before)(const void *payload, const pv_triple *added,
				const pv_triple *other),
		  const void *payload, pv_error *err)
{
	struct work w = { .before = before, .payload = payload };
	int ours_moved = has_moves(matches, PV_OURS);
	int theirs_moved = has_moves(matches, PV_THEIRS);
	int rc = make_work(&w, arena, matches, err);

	memset(out, 0, sizeof(*out));
	if (rc < 0)
		return rc;
	collect(&w);
	out->is_torn = ours_moved && theirs_moved && orders_differ(&w);
	out->is_mixed = !ours_moved && !theirs_moved && orders_differ(&w);
	if (theirs_moved && !ours_moved)
		arrange(&w, PV_THEIRS, PV_OURS);
	else
		arrange(&w, PV_OURS, PV_THEIRS);
	return read_out(out, arena, &w, err);
}
