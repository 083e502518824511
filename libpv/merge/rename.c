/* SPDX-License-Identifier: MIT
 *
 * What is gone and what came is sorted by value, so that a mapping all of
 * whose keys are new takes no longer than sorting it. A short value is looked
 * for in its place only, a record by the `name` it has; what is left by how
 * much it resembles.
 */
#include "merge/rename.h"

#include <stdlib.h>

#include "base/fail.h"
#include "diff/similar.h"

enum {
	MIN_TEXT = 12 /* bytes; shorter values are alike by chance */
};

enum {
	KEPT = -1, /* the key has another value on the side */
	GONE,
	CAME
};

/* A member that is not the same in the other mapping. */
struct loose {
	const pv_tree *tree;
	int is_new; /* KEPT, GONE or CAME */
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

		const pv_tree *now;

		if (!is_telling(item))
			continue;
		now = pv_tree_find(other, item);
		if (!now)
			out[count++] = (struct loose){ item, is_new };
		else if (!is_new && pv_tree_cmp(now, item) != 0)
			out[count++] = (struct loose){ item, KEPT };
	}
	return count;
}

/* Members of one value: what is sure to have become of those of base. */
static void pair_equal(pv_renames *out, const pv_tree *base, const pv_tree *side,
		       const struct loose *group, size_t count)
{
	size_t kept = 0;

	while (kept < count && group[kept].is_new == KEPT)
		kept++;
	for (size_t i = 0; i < kept && group[count - 1].is_new == CAME; i++)
		out->is_moved[group[i].tree - base->items] = 1;
	if (count - kept != 2 || group[kept].is_new != GONE ||
	    group[kept + 1].is_new != CAME)
		return;
	out->now[group[kept].tree - base->items] = group[kept + 1].tree;
	out->old[group[kept + 1].tree - side->items] = group[kept].tree;
}

static int is_kept(const pv_tree *map, const pv_tree *member)
{
	return pv_tree_find(map, member) != NULL;
}

/*
 * What stands in the place of member `at` of base, which is gone while both of
 * its neighbours are there: one new key, or NULL.
 */
static const pv_tree *find_in_place(const pv_tree *base, size_t at,
				    const pv_tree *side)
{
	const pv_tree *before = at > 0 ? &base->items[at - 1] : NULL;
	const pv_tree *behind =
		at + 1 < base->count ? &base->items[at + 1] : NULL;
	const pv_tree *found = side->items;
	const pv_tree *end = side->items + side->count;

	if (is_kept(side, &base->items[at]) || side->count == 0)
		return NULL;
	if (before) {
		found = pv_tree_find(side, before);
		found += found != NULL;
	}
	if (behind)
		end = pv_tree_find(side, behind);
	return found && end && found + 1 == end && !is_kept(base, found) ? found
									 : NULL;
}

/* Short values, which are alike by chance. */
static void find_unsure(pv_renames *out, const pv_tree *base, const pv_tree *side)
{
	for (size_t i = 0; i < base->count; i++) {
		const pv_tree *found;

		if (is_telling(&base->items[i]))
			continue;
		found = find_in_place(base, i, side);
		if (!found || pv_tree_cmp(found, &base->items[i]) != 0)
			continue;
		out->now[i] = found;
		out->old[found - side->items] = &base->items[i];
		out->is_unsure[i] = 1;
	}
}

/* A record whose key the other mapping lacks, by its name. */
struct record {
	pv_str name;
	struct loose loose;
};

static int cmp_records(const void *a, const void *b)
{
	const struct record *left = a;
	const struct record *right = b;
	int order = pv_str_cmp(left->name, right->name);

	return order ? order : left->loose.is_new - right->loose.is_new;
}

static size_t collect_records(struct record *out, const pv_tree *map,
			      const pv_tree *other, int is_new)
{
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++) {
		const pv_tree *name = pv_tree_get(&map->items[i], "name");

		if (!name || !pv_tree_text(name).ptr ||
		    is_kept(other, &map->items[i]))
			continue;
		out[count++] = (struct record){ pv_tree_text(name),
						{ &map->items[i], is_new } };
	}
	return count;
}

/* Records that are the same by their names, whatever is in them. */
static int find_named(pv_renames *out, pv_arena *arena, const pv_tree *base,
		      const pv_tree *side, pv_error *err)
{
	size_t total = base->count + side->count + 1;
	struct record *all = pv_arena_alloc(arena, total * sizeof(*all));
	size_t count;

	if (!all)
		return pv_fail_nomem(err);
	count = collect_records(all, base, side, 0);
	count += collect_records(all + count, side, base, 1);
	qsort(all, count, sizeof(*all), cmp_records);
	for (size_t i = 0; i < count;) {
		const struct loose *old = &all[i].loose;
		size_t end = i + 1;

		while (end < count && pv_str_eq(all[i].name, all[end].name))
			end++;
		if (end - i == 2 && !old->is_new && all[i + 1].loose.is_new &&
		    !out->now[old->tree - base->items] &&
		    !out->old[all[i + 1].loose.tree - side->items]) {
			const pv_tree *now = all[i + 1].loose.tree;

			out->now[old->tree - base->items] = now;
			out->old[now - side->items] = old->tree;
		}
		i = end;
	}
	return PV_OK;
}

/* --- values that were changed as well ------------------------------------ */

static int same_kind(const pv_tree *before, const pv_tree *after)
{
	return before->node->kind == after->node->kind;
}

/* The keys of `map` that the other lacks and that have not been found. */
static size_t collect_rest(const pv_tree **out, const pv_tree *map,
			   const pv_tree *other, const pv_tree *const *found)
{
	size_t count = 0;

	for (size_t i = 0; i < map->count; i++)
		if (!found[i] && is_telling(&map->items[i]) &&
		    !is_kept(other, &map->items[i]))
			out[count++] = &map->items[i];
	return count;
}

static int find_similar(pv_renames *out, pv_arena *arena, const pv_tree *base,
			const pv_tree *side, pv_error *err)
{
	size_t total = base->count + side->count + 1;
	const pv_tree **all = pv_arena_alloc(arena, total * sizeof(void *));
	size_t *mate = pv_arena_alloc(arena, total * sizeof(*mate));
	unsigned char *rivals = pv_arena_calloc(arena, total);
	pv_candidates who = { .before = all, .fits = same_kind };
	int rc;

	if (!all || !mate || !rivals)
		return pv_fail_nomem(err);
	who.old_count = collect_rest(all, base, side, out->now);
	who.after = all + who.old_count;
	who.new_count = collect_rest(all + who.old_count, side, base, out->old);
	rc = pv_similar_pair(mate, rivals, &who, err);
	for (size_t j = 0; j < who.new_count && rc == PV_OK; j++) {
		if (mate[j] == SIZE_MAX || rivals[j])
			continue;
		out->now[who.before[mate[j]] - base->items] = who.after[j];
		out->old[who.after[j] - side->items] = who.before[mate[j]];
	}
	return rc;
}

/* --- whatever came in the place ------------------------------------------- */

/* The members of base from `from` on that the side lacks. */
static size_t count_gone(const pv_tree *base, size_t from, const pv_tree *side)
{
	size_t at = from;

	while (at < base->count && !is_kept(side, &base->items[at]))
		at++;
	return at - from;
}

/* Members that are gone, and as many that are new between the same others. */
static void take_places(pv_renames *out, const pv_tree *base, size_t from,
			size_t count, const pv_tree *side)
{
	const pv_tree *at = side->items;
	const pv_tree *end = side->items + side->count;

	if (from > 0)
		at = pv_tree_find(side, &base->items[from - 1]) + 1;
	if (from + count < base->count)
		end = pv_tree_find(side, &base->items[from + count]);
	if (end < at || (size_t)(end - at) != count)
		return;
	for (size_t i = 0; i < count; i++)
		if (is_kept(base, &at[i]))
			return;
	for (size_t i = 0; i < count; i++)
		if (!out->now[from + i] && !out->old[&at[i] - side->items])
			out->in_place[from + i] = &at[i];
}

static void find_places(pv_renames *out, const pv_tree *base, const pv_tree *side)
{
	for (size_t i = 0; i < base->count; i++) {
		size_t count = count_gone(base, i, side);

		if (count > 0)
			take_places(out, base, i, count, side);
		i += count;
	}
}

int pv_renames_find(pv_renames *out, pv_arena *arena, const pv_tree *base,
		    const pv_tree *side, pv_error *err)
{
	size_t total = base->count + side->count;
	struct loose *all = pv_arena_alloc(arena, (total + 1) * sizeof(*all));
	size_t count;
	int rc;

	out->now = pv_arena_calloc(arena, (total + 1) * sizeof(void *));
	out->in_place =
		pv_arena_calloc(arena, (base->count + 1) * sizeof(void *));
	out->is_unsure = pv_arena_calloc(arena, base->count + 1);
	out->is_moved = pv_arena_calloc(arena, base->count + 1);
	if (!all || !out->now || !out->in_place || !out->is_unsure ||
	    !out->is_moved)
		return pv_fail_nomem(err);
	out->old = out->now + base->count;
	if (pv_tree_same_keys(base, side))
		return PV_OK;
	count = collect(all, base, side, 0);
	count += collect(all + count, side, base, 1);
	qsort(all, count, sizeof(*all), cmp_loose);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && !pv_tree_cmp(all[i].tree, all[end].tree))
			end++;
		pair_equal(out, base, side, all + i, end - i);
		i = end;
	}
	find_unsure(out, base, side);
	rc = find_named(out, arena, base, side, err);
	if (rc == PV_OK)
		rc = find_similar(out, arena, base, side, err);
	if (rc == PV_OK)
		find_places(out, base, side);
	return rc;
}
