/* SPDX-License-Identifier: MIT
 *
 * Renames are looked for only where a key has gone while the other side has
 * changed it, so the plain search through both mappings is good enough.
 */
#include "merge/rename.h"

enum {
	MIN_TEXT = 12 /* bytes; shorter values are alike by chance */
};

static int is_telling(const pv_tree *tree)
{
	if (tree->node->kind == PV_YAML_SCALAR)
		return tree->value.len >= MIN_TEXT;
	return tree->count > 0;
}

/*
 * The only member of `map` that has the value and whose key `other` lacks;
 * `*count_out` is how many there are.
 */
static const pv_tree *find_value(const pv_tree *map, const pv_tree *other,
				 const pv_tree *value, size_t *count_out)
{
	const pv_tree *found = NULL;

	*count_out = 0;
	for (size_t i = 0; i < map->count; i++) {
		const pv_tree *item = &map->items[i];

		if (item->hash != value->hash ||
		    pv_tree_cmp(item, value) != 0 || pv_tree_find(other, item))
			continue;
		found = item;
		++*count_out;
	}
	return found;
}

const pv_tree *pv_rename_find(const pv_tree *base, const pv_tree *side,
			      const pv_tree *member)
{
	const pv_tree *found;
	size_t gone = 0;
	size_t came = 0;

	if (!is_telling(member))
		return NULL;
	find_value(base, side, member, &gone);
	found = find_value(side, base, member, &came);
	return gone == 1 && came == 1 ? found : NULL;
}
