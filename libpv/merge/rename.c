/* SPDX-License-Identifier: MIT
 *
 * What is gone and what came is sorted by value, so that a mapping all of
 * whose keys are new takes no longer than sorting it.
 */
#include "merge/rename.h"

#include <stdlib.h>

#include "base/fail.h"

enum {
	MIN_TEXT = 12 /* bytes; shorter values are alike by chance */
};

/* A member whose key the other mapping lacks. */
struct loose {
	const pv_tree *tree;
	int is_new;
};

static int is_telling(const pv_tree *tree)
{
	if (tree->node->kind == PV_YAML_SCALAR)
		return tree->value.len >= MIN_TEXT;
	return tree->count > 0;
}

static int cmp_loose(const void *a, const void *b)
{
	const struct loose *left = a;
	const struct loose *right = b;
	int order = pv_tree_cmp(left->tree, right->tree);

	return order ? order : left->is_new - right->is_new;
}

static size_t collect(struct loose *out, const pv_tree *map,
		      const pv_tree *other, int is_new)
{
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++) {
		const pv_tree *item = &map->items[i];

		if (is_telling(item) && !pv_tree_find(other, item))
			out[count++] = (struct loose){ item, is_new };
	}
	return count;
}

int pv_renames_find(pv_renames *out, pv_arena *arena, const pv_tree *base,
		    const pv_tree *side, pv_error *err)
{
	size_t total = base->count + side->count;
	struct loose *all = pv_arena_alloc(arena, (total + 1) * sizeof(*all));
	size_t count;

	out->now = pv_arena_calloc(arena, (total + 1) * sizeof(void *));
	if (!all || !out->now)
		return pv_fail_nomem(err);
	out->old = out->now + base->count;
	count = collect(all, base, side, 0);
	count += collect(all + count, side, base, 1);
	qsort(all, count, sizeof(*all), cmp_loose);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && !pv_tree_cmp(all[i].tree, all[end].tree))
			end++;
		if (end - i == 2 && !all[i].is_new && all[i + 1].is_new) {
			out->now[all[i].tree - base->items] = all[i + 1].tree;
			out->old[all[i + 1].tree - side->items] = all[i].tree;
		}
		i = end;
	}
	return PV_OK;
}
