/* SPDX-License-Identifier: MIT
 *
 * Whether an edit has got into an element that the other side has added. Lines
 * put it there when the addition is a copy of what was edited, as an example in
 * a chat is of the question behind it: they follow the first lines that are
 * equal. Additions have to be there as they were written, and where nobody can
 * tell a message from its copy no merge of the two is clean.
 */
#include "merge/checker.h"

#include <stdlib.h>

#include "base/fail.h"
#include "diff/align.h"

static int has_strays(pv_checker *c, const pv_tree *const sides[PV_SIDES],
		      const pv_tree *result);

static int same(const pv_tree *a, const pv_tree *b)
{
	return pv_tree_cmp(a, b) == 0;
}

static int cmp_elements(const void *a, const void *b)
{
	const pv_tree *const *left = a;
	const pv_tree *const *right = b;

	return pv_tree_cmp(*left, *right);
}

/* The elements of a list, sorted; NULL without memory. */
static const pv_tree **sort_elements(pv_checker *c, const pv_tree *list)
{
	const pv_tree **sorted =
		pv_arena_alloc(c->arena, (list->count + 1) * sizeof(void *));

	if (!sorted) {
		c->rc = pv_fail_nomem(c->err);
		return NULL;
	}
	for (size_t i = 0; i < list->count; i++)
		sorted[i] = &list->items[i];
	if (list->count)
		qsort(sorted, list->count, sizeof(void *), cmp_elements);
	return sorted;
}

/* Whether an addition of one side is not there as that side wrote it. */
static int is_addition_lost(pv_checker *c, const pv_alignment *al,
			    const pv_tree *side, const pv_tree *result)
{
	const pv_tree **sorted = NULL;

	for (size_t j = 0; j < al->new_count; j++) {
		const pv_tree *added = &side->items[j];

		if (al->old_of[j] != PV_NO_MATE || added->count == 0)
			continue;
		if (!sorted)
			sorted = sort_elements(c, result);
		if (!sorted)
			return 0;
		if (!result->count || !bsearch(&added, sorted, result->count,
					       sizeof(void *), cmp_elements))
			return 1;
	}
	return 0;
}

/* Whether one side has edited what may be another message on the other side. */
static int is_edit_open(const pv_tree *const lists[PV_SIDES],
			const pv_alignment als[PV_SIDES], enum pv_side side)
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;
	const pv_alignment *al = &als[side];

	for (size_t j = 0; al->is_chat && j < al->new_count; j++) {
		size_t was = al->old_of[j];
		size_t now = was == PV_NO_MATE ? was : als[other].new_of[was];

		if (al->how[j] == PV_PAIR_AMBIGUOUS && now != PV_NO_MATE &&
		    !same(&lists[PV_BASE]->items[was], &lists[other]->items[now]))
			return 1;
	}
	return 0;
}

static int has_stray_elements(pv_checker *c, const pv_tree *const lists[PV_SIDES],
			      const pv_tree *result)
{
	pv_alignment als[PV_SIDES] = { { 0 } };
	int found = 0;

	for (size_t i = PV_OURS; i <= PV_THEIRS && c->rc == PV_OK; i++) {
		c->rc = pv_align(&als[i], lists[PV_BASE], lists[i], c->err);
		if (c->rc == PV_OK)
			c->rc = pv_align_moved(&als[i], lists[PV_BASE],
					       lists[i], c->err);
		if (c->rc == PV_OK)
			c->rc = pv_align_renamed(&als[i], lists[PV_BASE],
						 lists[i], c->err);
	}
	for (size_t i = PV_OURS; i <= PV_THEIRS && c->rc == PV_OK && !found; i++)
		found = is_edit_open(lists, als, (enum pv_side)i) ||
			is_addition_lost(c, &als[i], lists[i], result);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		pv_alignment_dispose(&als[i]);
	return found;
}

static int has_strays_below(pv_checker *c, const pv_tree *const maps[PV_SIDES],
			    const pv_tree *result)
{
	for (size_t i = 0; i < maps[PV_BASE]->count; i++) {
		const pv_tree *was = &maps[PV_BASE]->items[i];
		const pv_tree *sides[PV_SIDES] = {
			was, pv_tree_find(maps[PV_OURS], was),
			pv_tree_find(maps[PV_THEIRS], was)
		};
		const pv_tree *now = pv_tree_find(result, was);

		if (sides[PV_OURS] && sides[PV_THEIRS] && now &&
		    has_strays(c, sides, now))
			return 1;
	}
	return 0;
}

static int are_all(const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		   int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (!is(sides[i]))
			return 0;
	return is(result);
}

static int has_strays(pv_checker *c, const pv_tree *const sides[PV_SIDES],
		      const pv_tree *result)
{
	if (same(sides[PV_BASE], sides[PV_OURS]) ||
	    same(sides[PV_BASE], sides[PV_THEIRS]) ||
	    same(sides[PV_OURS], sides[PV_THEIRS]))
		return 0;
	if (are_all(sides, result, pv_tree_is_mapping))
		return has_strays_below(c, sides, result);
	return are_all(sides, result, pv_tree_is_list) &&
	       has_stray_elements(c, sides, result);
}

int pv_check_strays(int *found_out, pv_arena *arena,
		    const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		    pv_error *err)
{
	pv_checker c = { .arena = arena, .err = err };

	*found_out = has_strays(&c, sides, result);
	return c.rc;
}
