/* SPDX-License-Identifier: MIT
 *
 * Whether a clean line merge has lost anything. It is git's result and stands
 * wherever it can: but nothing that one side alone has changed or added, or
 * both alike, may be missing, or have come to stand in another place, and
 * nothing that one side deleted may be back, as it is where the other side has
 * moved it, or put it under another key.
 */
#include "merge/checker.h"

static int lacks_any(pv_checker *c, const pv_tree *const sides[PV_SIDES],
		     const pv_tree *result);

static int same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

static int are_all(const pv_tree *const sides[PV_SIDES],
		   int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (!is(sides[i]))
			return 0;
	return 1;
}

/* Both sides have changed it, in ways of their own. */
static int lacks_merged(pv_checker *c, const pv_tree *const sides[PV_SIDES],
			const pv_tree *result)
{
	const pv_tree *ours = sides[PV_OURS];
	const pv_tree *theirs = sides[PV_THEIRS];

	if (!sides[PV_BASE])
		return 0;
	/* Deleted, with what the other side did to it. */
	if (!ours || !theirs)
		return result ||
		       !pv_tree_is_part(ours ? ours : theirs, sides[PV_BASE]) ||
		       pv_check_is_carried_off(c, sides[PV_BASE], ours, theirs);
	return !result || lacks_any(c, sides, result);
}

static int lacks(pv_checker *c, const pv_tree *const sides[PV_SIDES],
		 const pv_tree *result)
{
	const pv_tree *base = sides[PV_BASE];
	int ours_same = same(base, sides[PV_OURS]);
	int theirs_same = same(base, sides[PV_THEIRS]);
	const pv_tree *changed = ours_same ? sides[PV_THEIRS] : sides[PV_OURS];

	if (ours_same && theirs_same)
		return 0;
	if (ours_same || theirs_same)
		return !same(changed, result);
	if (!same(sides[PV_OURS], sides[PV_THEIRS]))
		return lacks_merged(c, sides, result);
	if (!same(changed, result))
		return 1;
	return base && pv_check_is_carried_off(c, base, sides[PV_OURS],
					       sides[PV_THEIRS]);
}

static const pv_tree *member(const pv_tree *map, const pv_tree *like)
{
	return map ? pv_tree_find(map, like) : NULL;
}

static int lacks_member(pv_checker *c, const pv_tree *const maps[PV_SIDES],
			const pv_tree *result, const pv_tree *like)
{
	const pv_tree *sides[PV_SIDES] = { member(maps[PV_BASE], like),
					   member(maps[PV_OURS], like),
					   member(maps[PV_THEIRS], like) };

	return lacks(c, sides, member(result, like));
}

static int lacks_members(pv_checker *c, const pv_tree *const maps[PV_SIDES],
			 const pv_tree *result)
{
	for (size_t i = 0; i < PV_SIDES; i++)
		for (size_t j = 0; j < maps[i]->count; j++)
			if (!pv_check_is_seen(maps, i, &maps[i]->items[j]) &&
			    lacks_member(c, maps, result, &maps[i]->items[j]))
				return 1;
	return 0;
}

/*
 * A text that both sides have changed has the words of both: lines know nothing
 * of keys, and follow those of two texts that have changed places.
 */
static int is_leaf_merged(pv_checker *c, const pv_tree *const sides[PV_SIDES],
			  const pv_tree *result)
{
	const pv_four values = { { sides[PV_BASE], sides[PV_OURS],
				   sides[PV_THEIRS], result } };

	return pv_check_is_merged(c, &values);
}

static int lacks_any(pv_checker *c, const pv_tree *const sides[PV_SIDES],
		     const pv_tree *result)
{
	if (are_all(sides, pv_tree_is_mapping))
		return !pv_tree_is_mapping(result) ||
		       lacks_members(c, sides, result);
	if (!are_all(sides, pv_tree_is_list))
		return !is_leaf_merged(c, sides, result);
	if (!pv_tree_is_list(result))
		return 1;
	return c->rc == PV_OK && !pv_check_is_list_of_lines(c, sides, result);
}

int pv_check_lines(int *ok_out, pv_arena *arena,
		   const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		   pv_error *err)
{
	pv_checker c = { .arena = arena,
			 .searches = PV_CHECK_SEARCHES,
			 .roots = sides,
			 .err = err };
	int is_deleted = 0;
	int is_astray = 0;

	*ok_out = !lacks_any(&c, sides, result);
	if (c.rc == PV_OK && *ok_out)
		c.rc = pv_check_deleted(&is_deleted, sides, err);
	*ok_out = *ok_out && !is_deleted;
	if (c.rc == PV_OK && *ok_out)
		c.rc = pv_check_strays(&is_astray, arena, sides, result, err);
	*ok_out = *ok_out && !is_astray;
	return c.rc;
}
