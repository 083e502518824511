/* SPDX-License-Identifier: MIT
 *
 * Whether a list has come to hold the same thing twice: a record of one name,
 * or what both sides have added, each in another place. What is said again
 * after something else that is new, as in a dialogue, is said twice.
 */
#include "merge/checker.h"

#include <stdlib.h>

#include "base/fail.h"
#include "diff/align.h"

struct named {
	pv_str name;
	size_t list;
};

static int cmp_named(const void *a, const void *b)
{
	const struct named *left = a;
	const struct named *right = b;

	return pv_str_cmp(left->name, right->name);
}

static size_t collect(struct named *out, const pv_four *lists)
{
	size_t count = 0;

	for (size_t i = 0; i < PV_FOUR; i++)
		for (size_t j = 0;
		     lists->trees[i] && j < lists->trees[i]->count; j++) {
			out[count].name =
				pv_align_name(&lists->trees[i]->items[j]);
			out[count].list = i;
			count += out[count].name.ptr != NULL;
		}
	return count;
}

static int is_more_than_all(const long counts[PV_FOUR])
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (counts[PV_RESULT] <= counts[i])
			return 0;
	return 1;
}

int pv_check_has_name_twice(pv_checker *c, const pv_four *lists)
{
	size_t total = pv_check_count_entries(lists);
	struct named *all = pv_arena_alloc(c->arena, total * sizeof(*all));
	size_t count;

	if (!all) {
		c->rc = pv_fail_nomem(c->err);
		return 0;
	}
	count = collect(all, lists);
	qsort(all, count, sizeof(*all), cmp_named);
	for (size_t i = 0; i < count;) {
		long counts[PV_FOUR] = { 0 };
		size_t from = i;

		for (; i < count && !cmp_named(&all[from], &all[i]); i++)
			counts[all[i].list]++;
		if (counts[PV_RESULT] > 1 && is_more_than_all(counts))
			return 1;
	}
	return 0;
}

/* --- what both have added ------------------------------------------------- */

static const pv_tree *find(const pv_tree *list, const pv_tree *like)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (pv_tree_cmp(&list->items[i], like) == 0)
			return &list->items[i];
	return NULL;
}

/* Whether it comes right behind something else that only this side has. */
static int is_answer(const pv_four *lists, enum pv_side side,
		     const pv_tree *element)
{
	const pv_tree *list = lists->trees[side];
	const pv_tree *found = find(list, element);

	return found && found > list->items &&
	       !find(lists->trees[PV_BASE], found - 1) &&
	       !find(lists->trees[PV_OURS + PV_THEIRS - side], found - 1);
}

int pv_check_is_doubled(pv_checker *c, const pv_four *lists,
			const long counts[PV_FOUR], const pv_tree *element)
{
	if (counts[PV_OURS] <= counts[PV_BASE] ||
	    counts[PV_THEIRS] <= counts[PV_BASE] || !is_more_than_all(counts))
		return 0;
	if (element->node->kind == PV_YAML_SCALAR)
		return counts[PV_OURS] == 1 && counts[PV_THEIRS] == 1;
	/* Where that is too much to find out it does not matter. */
	if (!pv_check_spend(c, pv_check_count_entries(lists)))
		return 1;
	return !is_answer(lists, PV_OURS, element) ||
	       !is_answer(lists, PV_THEIRS, element);
}
