/* SPDX-License-Identifier: MIT
 *
 * Comments at the beginning of mappings. They are read as the lead of the
 * first entry; where that is another one on each side, what both have above it
 * would be there twice, or be in conflict with an entry of one side. So it is
 * made to belong to the mapping, whose head it follows.
 */
#include "merge/job.h"

#include <string.h>

static size_t first_line(pv_str text)
{
	const char *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

static int has_prefix(pv_str text, pv_str prefix)
{
	return text.len >= prefix.len &&
	       (prefix.len == 0 || !memcmp(text.ptr, prefix.ptr, prefix.len));
}

/* The comments that both texts begin with, in whole lines. */
static pv_str common_comments(pv_str a, pv_str b)
{
	pv_str common = { a.ptr, 0 };

	for (size_t at = 0; at < a.len;) {
		pv_str line = { a.ptr + at, 0 };
		pv_str rest = { b.ptr + at, b.len - at };

		line.len = first_line((pv_str){ a.ptr + at, a.len - at });
		if (!has_prefix(rest, line))
			break;
		at += line.len;
		if (pv_str_trim(line).len > 0)
			common.len = at;
	}
	return common;
}

static int same_key(const pv_part *a, const pv_part *b)
{
	return pv_str_eq((pv_str){ a->node->key->text, a->node->key->len },
			 (pv_str){ b->node->key->text, b->node->key->len });
}

static int is_map(const pv_part *part)
{
	return part && part->count > 0 && part->node->kind == PV_YAML_MAPPING;
}

/* Whether the first entry is not the same everywhere. */
static int begin_apart(pv_part *const maps[PV_SIDES])
{
	const pv_part *base = maps[PV_BASE];
	const pv_part *ours = &maps[PV_OURS]->items[0];

	return !same_key(ours, &maps[PV_THEIRS]->items[0]) ||
	       (base && is_map(base) && !same_key(ours, &base->items[0]));
}

static pv_str head_of(const pv_part *map)
{
	return pv_part_slice(map, map->from, map->value);
}

/* The lead of the first entry; nothing where it is on the line of the head. */
static pv_str lead_of(const pv_part *map)
{
	if (!is_map(map) || pv_part_is_compact(map))
		return pv_str_of("");
	return pv_part_lead(&map->items[0]);
}

static void give_to_head(pv_part *map, size_t len)
{
	map->value += len;
	map->items[0].lead += len;
}

static void share_lead(pv_part *const maps[PV_SIDES])
{
	pv_part *base = maps[PV_BASE];
	pv_str common = common_comments(lead_of(maps[PV_OURS]),
					lead_of(maps[PV_THEIRS]));
	int is_old = base && has_prefix(lead_of(base), common);

	/* Heads that differ are merged as what has become of the base's. */
	if (common.len == 0 || (!is_old && !pv_str_eq(head_of(maps[PV_OURS]),
						      head_of(maps[PV_THEIRS]))))
		return;
	if (is_old)
		give_to_head(base, common.len);
	give_to_head(maps[PV_OURS], common.len);
	give_to_head(maps[PV_THEIRS], common.len);
}

static pv_part *member(const pv_part *map, const pv_part *like)
{
	const pv_tree *found;

	if (!map || !is_map(map))
		return NULL;
	found = pv_tree_find(map->tree, like->tree);
	return found ? &map->items[found - map->tree->items] : NULL;
}

void pv_heads_share(pv_part *const maps[PV_SIDES])
{
	const pv_part *ours = maps[PV_OURS];

	if (!is_map(ours) || !is_map(maps[PV_THEIRS]))
		return;
	if (begin_apart(maps))
		share_lead(maps);
	for (size_t i = 0; i < ours->count; i++) {
		pv_part *const items[PV_SIDES] = {
			member(maps[PV_BASE], &ours->items[i]), &ours->items[i],
			member(maps[PV_THEIRS], &ours->items[i])
		};

		if (is_map(items[PV_OURS]))
			pv_heads_share(items);
	}
}

/* The next entry of a side, from a row of the order on; or NULL. */
static pv_part *next_entry(const pv_entry *parents, const pv_order *order,
			   size_t row, enum pv_side side)
{
	while (row < order->count && order->items[row].at[side] == PV_NO_ENTRY)
		row++;
	if (row == order->count)
		return NULL;
	return &parents->sides[side]->items[order->items[row].at[side]];
}

pv_str pv_heads_between(const pv_entry *parents, const pv_order *order,
			size_t row, size_t column)
{
	pv_part *ours = next_entry(parents, order, row, PV_OURS);
	pv_part *theirs = next_entry(parents, order, row, PV_THEIRS);
	pv_str common;

	if (!ours || !theirs || ours->column != column ||
	    theirs->column != column || same_key(ours, theirs))
		return pv_str_of("");
	common = common_comments(pv_part_lead(ours), pv_part_lead(theirs));
	ours->lead += common.len;
	theirs->lead += common.len;
	return common;
}
