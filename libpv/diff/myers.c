/* SPDX-License-Identifier: MIT
 *
 * Divide and conquer on the edit graph: x counts tokens of `before`, y those
 * of `after`, diagonal k is x - y. A forward and a backward search of
 * furthest-reaching paths meet in the middle of a shortest script; both
 * halves are solved in the same way. Between calls only two arrays of
 * furthest points are kept, so memory is linear.
 */
#include "diff/myers.h"

#include <stdint.h>

#include "base/fail.h"
#include "base/mem.h"

struct point {
	ptrdiff_t x;
	ptrdiff_t y;
};

enum {
	SHORT_ONES = 64,  /* tokens of both sides */
	LONG_ONES = 8192, /* more are too many to search them all */
	OLD = 1,          /* which side a number occurs on */
	NEW = 2
};

/* A rectangle of the edit graph, ends excluded. */
struct box {
	struct point from;
	struct point to;
};

struct search {
	pv_myers_side *before;
	pv_myers_side *after;
	ptrdiff_t *forward;  /* largest x reached on each diagonal */
	ptrdiff_t *backward; /* smallest x reached from the other end */
	ptrdiff_t cap;       /* edits after which a search is cut short */
};

/* One box under search, its tokens seen from its own origin. */
struct middle {
	const uint32_t *a;
	const uint32_t *b;
	ptrdiff_t n;        /* tokens of a */
	ptrdiff_t m;        /* tokens of b */
	ptrdiff_t *forward; /* indexed by diagonal, -m - 1 to n + 1 */
	ptrdiff_t *backward;
};

static ptrdiff_t lowest(ptrdiff_t edits, ptrdiff_t limit)
{
	return edits <= limit ? -edits : edits - 2 * limit;
}

/* Diagonals d, d - 2, ... as far down as the box has room for them. */
static ptrdiff_t first_diagonal(const struct middle *mid, ptrdiff_t d,
				ptrdiff_t centre)
{
	return centre + lowest(d, mid->m + centre);
}

static ptrdiff_t last_diagonal(const struct middle *mid, ptrdiff_t d,
			       ptrdiff_t centre)
{
	return centre - lowest(d, mid->n - centre);
}

static ptrdiff_t extend_forward(const struct middle *mid, ptrdiff_t k, ptrdiff_t d)
{
	const ptrdiff_t *reach = mid->forward;
	int down = k == -d || (k != d && reach[k - 1] < reach[k + 1]);
	ptrdiff_t x = down ? reach[k + 1] : reach[k - 1] + 1;

	while (x < mid->n && x - k < mid->m && mid->a[x] == mid->b[x - k])
		x++;
	return x;
}

static ptrdiff_t extend_backward(const struct middle *mid, ptrdiff_t k,
				 ptrdiff_t d)
{
	const ptrdiff_t *reach = mid->backward;
	ptrdiff_t off = k - (mid->n - mid->m);
	int up = off == d || (off != -d && reach[k - 1] < reach[k + 1]);
	ptrdiff_t x = up ? reach[k - 1] : reach[k + 1] - 1;

	while (x > 0 && x - k > 0 && mid->a[x - 1] == mid->b[x - k - 1])
		x--;
	return x;
}

/* Takes the forward search to `d` edits; 1 when it met the backward one. */
static int step_forward(const struct middle *mid, ptrdiff_t d, struct point *met)
{
	ptrdiff_t delta = mid->n - mid->m;
	ptrdiff_t last = last_diagonal(mid, d, 0);

	for (ptrdiff_t k = first_diagonal(mid, d, 0); k <= last; k += 2) {
		ptrdiff_t x = extend_forward(mid, k, d);

		mid->forward[k] = x;
		if (delta % 2 != 0 && k > delta - d && k < delta + d &&
		    x >= mid->backward[k]) {
			met->x = x;
			met->y = x - k;
			return 1;
		}
	}
	return 0;
}

static int step_backward(const struct middle *mid, ptrdiff_t d, struct point *met)
{
	ptrdiff_t delta = mid->n - mid->m;
	ptrdiff_t last = last_diagonal(mid, d, delta);

	for (ptrdiff_t k = first_diagonal(mid, d, delta); k <= last; k += 2) {
		ptrdiff_t x = extend_backward(mid, k, d);

		mid->backward[k] = x;
		if (delta % 2 == 0 && k >= -d && k <= d && x <= mid->forward[k]) {
			met->x = x;
			met->y = x - k;
			return 1;
		}
	}
	return 0;
}

/* The point inside the box where the forward search came furthest. */
static struct point furthest(const struct middle *mid, ptrdiff_t d)
{
	struct point best = { 0, 0 };
	ptrdiff_t last = last_diagonal(mid, d, 0);

	for (ptrdiff_t k = first_diagonal(mid, d, 0); k <= last; k += 2) {
		ptrdiff_t x = mid->forward[k];
		ptrdiff_t y = x - k;

		if (x > mid->n || y > mid->m || x + y <= best.x + best.y)
			continue;
		best.x = x;
		best.y = y;
	}
	return best;
}

/*
 * Where to cut the box, relative to its origin. It has tokens on both sides
 * and neither begins nor ends with a common one, so at least two edits are in
 * it and the cut is at neither corner.
 */
static struct point find_middle(const struct middle *mid, ptrdiff_t cap)
{
	struct point met = { 0, 0 };
	ptrdiff_t delta = mid->n - mid->m;

	mid->forward[-mid->m - 1] = -1;
	mid->forward[mid->n + 1] = -1;
	mid->backward[-mid->m - 1] = PTRDIFF_MAX;
	mid->backward[mid->n + 1] = PTRDIFF_MAX;
	mid->forward[1] = 0;
	mid->backward[delta - 1] = mid->n;
	for (ptrdiff_t d = 0;; d++) {
		if (step_forward(mid, d, &met) || step_backward(mid, d, &met))
			return met;
		if (d >= cap)
			return furthest(mid, d);
	}
}

static void trim(const struct search *s, struct box *box)
{
	const uint32_t *a = s->before->tokens;
	const uint32_t *b = s->after->tokens;

	while (box->from.x < box->to.x && box->from.y < box->to.y &&
	       a[box->from.x] == b[box->from.y]) {
		box->from.x++;
		box->from.y++;
	}
	while (box->from.x < box->to.x && box->from.y < box->to.y &&
	       a[box->to.x - 1] == b[box->to.y - 1]) {
		box->to.x--;
		box->to.y--;
	}
}

static void mark(pv_myers_side *side, ptrdiff_t from, ptrdiff_t to)
{
	for (ptrdiff_t i = from; i < to; i++)
		side->changed[i] = 1;
}

/*
 * Takes common ends off the box; 1 when that settles it, since one side has
 * nothing left.
 */
static int settle(const struct search *s, struct box *box)
{
	trim(s, box);
	if (box->from.x < box->to.x && box->from.y < box->to.y)
		return 0;
	mark(s->before, box->from.x, box->to.x);
	mark(s->after, box->from.y, box->to.y);
	return 1;
}

/*
 * The left part holds at most half of the box's edits, or `cap` of them, so
 * the recursion is no deeper than the logarithm of the cap; the right part is
 * the next round of the loop.
 */
static void solve(const struct search *s, struct box box)
{
	while (!settle(s, &box)) {
		struct middle mid;
		struct box left = box;
		struct point cut;

		mid.a = s->before->tokens + box.from.x;
		mid.b = s->after->tokens + box.from.y;
		mid.n = box.to.x - box.from.x;
		mid.m = box.to.y - box.from.y;
		mid.forward = s->forward + mid.m + 1;
		mid.backward = s->backward + mid.m + 1;
		cut = find_middle(&mid, s->cap);
		left.to.x = box.from.x + cut.x;
		left.to.y = box.from.y + cut.y;
		solve(s, left);
		box.from = left.to;
	}
}

/* A search of d edits takes d steps on each of d diagonals. */
static ptrdiff_t edit_cap(size_t tokens)
{
	ptrdiff_t cap;

	if (tokens <= PV_MYERS_WORK / PV_MYERS_MAX_EDITS)
		return PV_MYERS_MAX_EDITS;
	cap = PV_MYERS_WORK / (ptrdiff_t)tokens;
	return cap < PV_MYERS_MIN_EDITS ? PV_MYERS_MIN_EDITS : cap;
}

static int search(pv_myers_side *before, pv_myers_side *after, pv_error *err)
{
	struct search s = { .before = before, .after = after };
	struct box all = { { 0, 0 }, { 0, 0 } };
	size_t room;

	all.to.x = (ptrdiff_t)before->count;
	all.to.y = (ptrdiff_t)after->count;
	if (settle(&s, &all))
		return PV_OK;
	s.cap = edit_cap(before->count + after->count);
	room = (size_t)(all.to.x - all.from.x + all.to.y - all.from.y) + 3;
	s.forward = pv_calloc(2 * room, sizeof(*s.forward));
	if (!s.forward)
		return pv_fail_nomem(err);
	s.backward = s.forward + room;
	solve(&s, all);
	pv_free(s.forward);
	return PV_OK;
}

/* The same when nothing is flagged yet. */
static int search_all(pv_myers_side *before, pv_myers_side *after, pv_error *err)
{
	for (size_t i = 0; i < before->count; i++)
		before->changed[i] = 0;
	for (size_t i = 0; i < after->count; i++)
		after->changed[i] = 0;
	return search(before, after, err);
}

/* --- tokens that only one side has --------------------------------------- */

/* What is left of a side without them, and where it was. */
struct rest {
	pv_myers_side side;
	uint32_t *tokens;
	size_t *places;
};

/* Flags each number that occurs, with `bit`. */
static void flag_numbers(unsigned char *flags, const pv_myers_side *side,
			 unsigned char bit)
{
	for (size_t i = 0; i < side->count; i++)
		flags[side->tokens[i]] |= bit;
}

static int make_rest(struct rest *rest, const pv_myers_side *side,
		     const unsigned char *flags, pv_error *err)
{
	size_t count = 0;

	rest->tokens = pv_calloc(side->count + 1, sizeof(*rest->tokens));
	rest->places = pv_calloc(side->count + 1, sizeof(*rest->places));
	rest->side.changed = pv_calloc(side->count + 1, 1);
	if (!rest->tokens || !rest->places || !rest->side.changed)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < side->count; i++) {
		side->changed[i] = flags[side->tokens[i]] != (OLD | NEW);
		if (side->changed[i])
			continue;
		rest->tokens[count] = side->tokens[i];
		rest->places[count++] = i;
	}
	rest->side.tokens = rest->tokens;
	rest->side.count = count;
	return PV_OK;
}

static void take_over(pv_myers_side *side, const struct rest *rest)
{
	for (size_t i = 0; i < rest->side.count; i++)
		side->changed[rest->places[i]] = rest->side.changed[i];
}

static void dispose_rest(struct rest *rest)
{
	pv_free(rest->tokens);
	pv_free(rest->places);
	pv_free(rest->side.changed);
}

static uint32_t highest(const pv_myers_side *side, uint32_t number)
{
	for (size_t i = 0; i < side->count; i++)
		if (side->tokens[i] > number)
			number = side->tokens[i];
	return number;
}

static int are_same(const pv_myers_side *a, const pv_myers_side *b)
{
	size_t i = 0;

	while (i < a->count && i < b->count && a->tokens[i] == b->tokens[i])
		i++;
	return i == a->count && i == b->count;
}

/*
 * Where what both sides have is in the same order, all of it is in common, and
 * nothing need be looked for. Else which of several longest subsequences is
 * found depends on what lies between: long sequences are searched without it
 * all the same.
 */
static int search_rest(pv_myers_side *before, pv_myers_side *after, pv_error *err)
{
	size_t numbers = (size_t)highest(after, highest(before, 0)) + 1;
	unsigned char *flags = pv_calloc(numbers, 1);
	struct rest old_rest = { 0 };
	struct rest new_rest = { 0 };
	int rc;

	if (!flags)
		return pv_fail_nomem(err);
	flag_numbers(flags, before, OLD);
	flag_numbers(flags, after, NEW);
	rc = make_rest(&old_rest, before, flags, err);
	if (rc == PV_OK)
		rc = make_rest(&new_rest, after, flags, err);
	if (rc == PV_OK && before->count + after->count <= LONG_ONES &&
	    !are_same(&old_rest.side, &new_rest.side)) {
		rc = search_all(before, after, err);
	} else if (rc == PV_OK) {
		rc = search(&old_rest.side, &new_rest.side, err);
		take_over(before, &old_rest);
		take_over(after, &new_rest);
	}
	dispose_rest(&old_rest);
	dispose_rest(&new_rest);
	pv_free(flags);
	return rc;
}

int pv_myers_diff(pv_myers_side *before, pv_myers_side *after, pv_error *err)
{
	if (before->count + after->count > SHORT_ONES)
		return search_rest(before, after, err);
	return search_all(before, after, err);
}
