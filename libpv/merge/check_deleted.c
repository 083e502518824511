/* SPDX-License-Identifier: MIT
 *
 * What one side has deleted from a list and the other has changed. Where that
 * side has moved it as well, lines are merged without a conflict, and bags of
 * elements see two deletions and an addition: that it is still the same one
 * only its name tells, or that it is alike. This looks at the three sides
 * alone: no merge of them may be clean, whatever it is.
 */
#include "merge/checker.h"

#include "diff/align.h"

static int has_deleted(pv_checker *c, const pv_tree *const sides[PV_SIDES]);

static int same(const pv_tree *a, const pv_tree *b)
{
	return pv_tree_cmp(a, b) == 0;
}

static int are_all(const pv_tree *const sides[PV_SIDES],
		   int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (!is(sides[i]))
			return 0;
	return 1;
}

/* A pair of which nothing says that it is one may be two elements. */
static int is_changed(const pv_alignment *al, const pv_tree *was,
		      const pv_tree *list, size_t now)
{
	return al->how[now] != PV_PAIR_GUESSED && !same(was, &list->items[now]);
}

/* Where an element is now: not where one of another name has taken its place. */
static size_t find_now(const pv_alignment *al, const pv_tree *was,
		       const pv_tree *list, size_t idx)
{
	size_t now = al->new_of[idx];

	return now != PV_NO_MATE && al->how[now] >= PV_PAIR_AMBIGUOUS &&
			       pv_align_named_apart(was, &list->items[now])
		       ? PV_NO_MATE
		       : now;
}

static int is_element_deleted(pv_checker *c, const pv_tree *const lists[PV_SIDES],
			      const pv_alignment als[PV_SIDES], size_t idx)
{
	const pv_tree *was = &lists[PV_BASE]->items[idx];
	size_t ours = find_now(&als[PV_OURS], was, lists[PV_OURS], idx);
	size_t theirs = find_now(&als[PV_THEIRS], was, lists[PV_THEIRS], idx);

	if (ours != PV_NO_MATE && theirs != PV_NO_MATE) {
		const pv_tree *sides[PV_SIDES] = {
			was, &lists[PV_OURS]->items[ours],
			&lists[PV_THEIRS]->items[theirs]
		};

		return has_deleted(c, sides);
	}
	if (ours != PV_NO_MATE)
		return is_changed(&als[PV_OURS], was, lists[PV_OURS], ours);
	return theirs != PV_NO_MATE &&
	       is_changed(&als[PV_THEIRS], was, lists[PV_THEIRS], theirs);
}

static int has_deleted_element(pv_checker *c,
			       const pv_tree *const lists[PV_SIDES])
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
	for (size_t i = 0;
	     i < lists[PV_BASE]->count && c->rc == PV_OK && !found; i++)
		found = is_element_deleted(c, lists, als, i);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		pv_alignment_dispose(&als[i]);
	return found;
}

static int has_deleted_below(pv_checker *c, const pv_tree *const maps[PV_SIDES])
{
	for (size_t i = 0; i < maps[PV_BASE]->count; i++) {
		const pv_tree *was = &maps[PV_BASE]->items[i];
		const pv_tree *sides[PV_SIDES] = {
			was, pv_tree_find(maps[PV_OURS], was),
			pv_tree_find(maps[PV_THEIRS], was)
		};

		if (sides[PV_OURS] && sides[PV_THEIRS] && has_deleted(c, sides))
			return 1;
	}
	return 0;
}

static int has_deleted(pv_checker *c, const pv_tree *const sides[PV_SIDES])
{
	if (same(sides[PV_BASE], sides[PV_OURS]) ||
	    same(sides[PV_BASE], sides[PV_THEIRS]) ||
	    same(sides[PV_OURS], sides[PV_THEIRS]))
		return 0;
	if (are_all(sides, pv_tree_is_mapping))
		return has_deleted_below(c, sides);
	return are_all(sides, pv_tree_is_list) && has_deleted_element(c, sides);
}

int pv_check_deleted(int *found_out, const pv_tree *const sides[PV_SIDES],
		     pv_error *err)
{
	pv_checker c = { .err = err };

	*found_out = has_deleted(&c, sides);
	return c.rc;
}
