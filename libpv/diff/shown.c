/* SPDX-License-Identifier: MIT
 *
 * The alignment as people see it, for showing a difference and for following
 * a text through the past. Where pv_align guessed, since nothing else was left
 * between two elements that kept their place, one that is equal or alike
 * elsewhere is the better answer; a message may be said by somebody else now;
 * and of those that crossed each other the ones that kept their index stayed.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"

static size_t count_loose(const size_t *mates, size_t count)
{
	size_t loose = 0;

	for (size_t i = 0; i < count; i++)
		loose += mates[i] == PV_NO_MATE;
	return loose;
}

static size_t count_guesses(const pv_alignment *al)
{
	size_t guesses = 0;

	for (size_t j = 0; j < al->new_count; j++)
		guesses += al->how[j] == PV_PAIR_GUESSED;
	return guesses;
}

/* Takes the guesses back, and keeps them in `guess_of` of new elements. */
static void loosen(pv_alignment *al, size_t *guess_of)
{
	for (size_t j = 0; j < al->new_count; j++) {
		guess_of[j] = PV_NO_MATE;
		if (al->how[j] != PV_PAIR_GUESSED)
			continue;
		guess_of[j] = al->old_of[j];
		al->new_of[al->old_of[j]] = PV_NO_MATE;
		al->old_of[j] = PV_NO_MATE;
		al->how[j] = PV_PAIR_NONE;
	}
}

/* The guesses for which nothing better was found hold after all. */
static void guess_again(pv_alignment *al, const size_t *guess_of)
{
	for (size_t j = 0; j < al->new_count; j++) {
		size_t i = guess_of[j];

		if (i == PV_NO_MATE || al->old_of[j] != PV_NO_MATE ||
		    al->new_of[i] != PV_NO_MATE)
			continue;
		al->old_of[j] = i;
		al->new_of[i] = j;
		al->how[j] = PV_PAIR_GUESSED;
	}
}

/* --- what stayed --------------------------------------------------------- */

/*
 * The best chain of pairs, increasing on both sides, that ends with an old
 * index up to some one; as a Fenwick tree ("A new data structure for cumulative
 * frequency tables", 1994) of maxima.
 */
struct chains {
	size_t *weight; /* of a node: 0 is none */
	size_t *end;    /* the new index that ends it */
	size_t count;   /* of old elements */
};

/* The node with the best chain below old index `i`; SIZE_MAX. */
static size_t best_below(const struct chains *c, size_t i)
{
	size_t best = SIZE_MAX;

	for (; i > 0; i &= i - 1)
		if (c->weight[i] > 0 &&
		    (best == SIZE_MAX || c->weight[i] > c->weight[best]))
			best = i;
	return best;
}

static void add_chain(struct chains *c, size_t i, size_t weight, size_t end)
{
	for (i++; i <= c->count; i += i & (~i + 1))
		if (weight > c->weight[i]) {
			c->weight[i] = weight;
			c->end[i] = end;
		}
}

/*
 * The longest chain; of those the one with most indices that are the same, then
 * with most pairs that were in the chain before.
 */
static int flag_moved(pv_alignment *al, pv_error *err)
{
	size_t nodes = al->old_count + 1;
	size_t *room = pv_calloc(2 * nodes + al->new_count, sizeof(*room));
	struct chains c = { .count = al->old_count };
	size_t *previous;
	size_t at;

	if (!room)
		return pv_fail_nomem(err);
	c.weight = room;
	c.end = room + nodes;
	previous = room + 2 * nodes;
	for (size_t j = 0; j < al->new_count; j++) {
		size_t i = al->old_of[j];
		size_t weight = 3 * nodes + (i == j ? 2 : 0) + !al->moved[j];
		size_t best;

		al->moved[j] = i != PV_NO_MATE;
		if (i == PV_NO_MATE)
			continue;
		best = best_below(&c, i);
		previous[j] = best == SIZE_MAX ? PV_NO_MATE : c.end[best];
		add_chain(&c, i,
			  weight + (best == SIZE_MAX ? 0 : c.weight[best]), j);
	}
	at = best_below(&c, al->old_count);
	for (at = at == SIZE_MAX ? PV_NO_MATE : c.end[at]; at != PV_NO_MATE;
	     at = previous[at])
		al->moved[at] = 0;
	pv_free(room);
	return PV_OK;
}

/* --- the whole ----------------------------------------------------------- */

/* Whether an element could have another mate than the one it was given. */
static int has_choice(const pv_alignment *al)
{
	size_t guesses = count_guesses(al);
	size_t old_open = count_loose(al->new_of, al->old_count) + guesses;
	size_t new_open = count_loose(al->old_of, al->new_count) + guesses;

	return old_open > 0 && new_open > 0 &&
	       (guesses != 1 || old_open + new_open > 2);
}

static int pair_anew(pv_alignment *al, const pv_tree *before,
		     const pv_tree *after, pv_error *err)
{
	size_t *guess_of = pv_calloc(al->new_count, sizeof(*guess_of));
	int rc;

	if (!guess_of)
		return pv_fail_nomem(err);
	loosen(al, guess_of);
	rc = pv_align_moved(al, before, after, err);
	if (rc == PV_OK)
		rc = pv_align_retold(al, before, after, err);
	guess_again(al, guess_of);
	pv_free(guess_of);
	return rc;
}

int pv_align_shown(pv_alignment *al, const pv_tree *before,
		   const pv_tree *after, pv_error *err)
{
	int has_moved = al->new_count > 0 && memchr(al->moved, 1, al->new_count);
	int rc = PV_OK;

	if (has_choice(al)) {
		has_moved = 1;
		rc = pair_anew(al, before, after, err);
	}
	return rc == PV_OK && has_moved ? flag_moved(al, err) : rc;
}
