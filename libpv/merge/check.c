/* SPDX-License-Identifier: MIT
 *
 * Mappings are compared key by key, texts as bags of words, by how often each
 * occurs. Lists are in check_lists.c.
 */
#include "merge/checker.h"

#include <string.h>

#include "merge/rename.h"
#include "merge/rise.h"
#include "merge/suspects.h"
#include "yaml/doc.h"

enum {
	SOME_WORK = 1 << 20,
	WORK_OF_NODE = 32,
	LITTLE_WORK = 1 << 17 /* where that was not enough before */
};

static int same(const pv_tree *a, const pv_tree *b)
{
	return a == b || (a && b && pv_tree_cmp(a, b) == 0);
}

static const pv_tree *member(const pv_tree *map, const pv_tree *like)
{
	return map ? pv_tree_find(map, like) : NULL;
}

/* --- what it may cost ----------------------------------------------------- */

int pv_check_spend(pv_checker *c, size_t work)
{
	if (c->work < work) {
		c->work = 0;
		return 0;
	}
	c->work -= work;
	return 1;
}

int pv_check_spend_on_guess(pv_checker *c, size_t work)
{
	return c->guesses == 0 || pv_check_spend(c, work);
}

size_t pv_check_count_entries(const pv_four *values)
{
	size_t count = 1;

	for (size_t i = 0; i < PV_FOUR; i++)
		if (values->trees[i])
			count += values->trees[i]->count;
	return count;
}

static size_t count_nodes(const pv_tree *tree)
{
	size_t count = 1;

	for (size_t i = 0; tree && i < tree->count; i++)
		count += count_nodes(&tree->items[i]);
	return count;
}

/* About how many words texts have. */
static size_t count_words(const pv_four *values)
{
	size_t len = 1;

	for (size_t i = 0; i < PV_FOUR; i++)
		if (values->trees[i])
			len += pv_tree_text(values->trees[i]).len;
	return len / 4;
}

/* --- anchors -------------------------------------------------------------- */

int pv_check_anchors(const pv_yaml *const sides[PV_SIDES], const pv_yaml *result)
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (sides[i] && sides[i]->repeats_anchor)
			return 1;
	return !result->repeats_anchor;
}

/* --- texts ---------------------------------------------------------------- */

static int is_text_merged(pv_checker *c, const pv_four *values)
{
	pv_tokens tokens[PV_FOUR] = { 0 };
	int ok = 0;

	if (!pv_check_spend_on_guess(c, count_words(values)))
		return 0;
	for (size_t i = 0; i < PV_FOUR && c->rc == PV_OK; i++)
		if (values->trees[i])
			c->rc = pv_tokens_add_words(&tokens[i],
						    pv_tree_text(values->trees[i]),
						    c->err);
	if (c->rc == PV_OK)
		c->rc = pv_check_tokens(&ok, tokens, c->err);
	for (size_t i = 0; i < PV_FOUR; i++)
		pv_tokens_dispose(&tokens[i]);
	return ok;
}

static int is_risen(const pv_four *values)
{
	const pv_tree *result = values->trees[PV_RESULT];
	pv_str sides[PV_SIDES];
	pv_str key;

	if (!result->key)
		return 0;
	key.ptr = result->key->text;
	key.len = result->key->len;
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_yaml_node *node =
			values->trees[i] ? values->trees[i]->node : NULL;

		if (!node || node->kind != PV_YAML_SCALAR)
			return 0;
		sides[i].ptr = node->text;
		sides[i].len = node->len;
	}
	return pv_rise_is_key(key) &&
	       same(result, values->trees[pv_rise_pick(sides)]);
}

/* --- mappings ------------------------------------------------------------- */

static int all_are(const pv_four *values, int (*is)(const pv_tree *))
{
	for (size_t i = 0; i < PV_FOUR; i++)
		if (values->trees[i] ? !is(values->trees[i]) : i != PV_BASE)
			return 0;
	return 1;
}

/* What became of the keys of base on both sides. */
struct names {
	pv_renames sides[PV_SIDES];
};

/*
 * A key that one side renamed and the other changed is to be found under its
 * new name. NULL when it is none of these.
 */
static const pv_tree *new_name(const struct names *names, const pv_four *maps,
			       const pv_four *values, enum pv_side side)
{
	const pv_tree *const *trees = values->trees;
	enum pv_side other = side == PV_OURS ? PV_THEIRS : PV_OURS;

	if (!trees[PV_BASE] || trees[side] || !trees[other] ||
	    same(trees[PV_BASE], trees[other]))
		return NULL;
	return names->sides[side].now[trees[PV_BASE] - maps->trees[PV_BASE]->items];
}

static pv_four members_like(const pv_four *maps, const pv_tree *like)
{
	pv_four values;

	for (size_t i = 0; i < PV_FOUR; i++)
		values.trees[i] = member(maps->trees[i], like);
	return values;
}

/* Whether a key that only one side has is a new name of one of base. */
static int is_new_name(const struct names *names, const pv_four *maps,
		       const pv_four *values, enum pv_side side)
{
	const pv_tree *now = values->trees[side];
	const pv_tree *old;
	pv_four former;

	if (values->trees[PV_BASE] || !now)
		return 0;
	old = names->sides[side].old[now - maps->trees[side]->items];
	if (!old)
		return 0;
	former = members_like(maps, old);
	return new_name(names, maps, &former, side) == now;
}

/* The new name of a key of base that both sides have given it; or NULL. */
static const pv_tree *common_name(const struct names *names,
				  const pv_four *maps, const pv_tree *old)
{
	size_t idx = (size_t)(old - maps->trees[PV_BASE]->items);

	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		const pv_tree *now = names->sides[i].now[idx];

		if (now && member(maps->trees[PV_OURS + PV_THEIRS - i], now))
			return now;
	}
	return NULL;
}

/* The same from the new name: the value in base. */
static const pv_tree *common_old(const struct names *names, const pv_four *maps,
				 const pv_four *values)
{
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		size_t idx = (size_t)(values->trees[i] - maps->trees[i]->items);
		const pv_tree *old = names->sides[i].old[idx];

		if (old && !member(maps->trees[PV_OURS + PV_THEIRS - i], old))
			return old;
	}
	return NULL;
}

/* Turns values to those under the new name; 0 when there is nothing to do. */
static int follow_names(const struct names *names, const pv_four *maps,
			pv_four *values)
{
	const pv_tree **trees = values->trees;

	if (!maps->trees[PV_BASE])
		return 1;
	if (!trees[PV_OURS] && !trees[PV_THEIRS] && trees[PV_BASE])
		return !common_name(names, maps, trees[PV_BASE]);
	if (trees[PV_OURS] && trees[PV_THEIRS] && !trees[PV_BASE])
		trees[PV_BASE] = common_old(names, maps, values);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		const pv_tree *renamed =
			new_name(names, maps, values, (enum pv_side)i);

		if (renamed &&
		    !member(maps->trees[PV_OURS + PV_THEIRS - i], renamed)) {
			values->trees[i] = renamed;
			values->trees[PV_RESULT] =
				member(maps->trees[PV_RESULT], renamed);
		} else if (!same(values->trees[i], values->trees[PV_RESULT]) &&
			   is_new_name(names, maps, values, (enum pv_side)i)) {
			return 0;
		}
	}
	return 1;
}

static int find_names(struct names *out, pv_checker *c, const pv_four *maps)
{
	memset(out, 0, sizeof(*out));
	for (size_t i = PV_OURS;
	     i <= PV_THEIRS && maps->trees[PV_BASE] && c->rc == PV_OK; i++)
		c->rc = pv_renames_find(&out->sides[i], c->arena,
					maps->trees[PV_BASE], maps->trees[i],
					c->err);
	return c->rc == PV_OK;
}

int pv_check_is_seen(const pv_tree *const *maps, size_t before,
		     const pv_tree *like)
{
	for (size_t i = 0; i < before; i++)
		if (member(maps[i], like))
			return 1;
	return 0;
}

/* What is being guessed about need not belong together. */
static void suspect(pv_checker *c, const pv_four *values)
{
	for (size_t i = 0; i < PV_SIDES && c->suspects; i++)
		if (values->trees[i] && c->guesses == 0 && c->rc == PV_OK)
			c->rc = pv_suspects_add_tree(c->suspects,
						     values->trees[i], c->err);
}

static int is_map_merged(pv_checker *c, const pv_four *maps)
{
	struct names names;

	if (!pv_check_spend_on_guess(c, pv_check_count_entries(maps)) ||
	    !find_names(&names, c, maps))
		return 0;
	for (size_t i = 0; i < PV_FOUR; i++) {
		const pv_tree *map = maps->trees[i];

		for (size_t j = 0; map && j < map->count; j++) {
			pv_four values;

			if (pv_check_is_seen(maps->trees, i, &map->items[j]))
				continue;
			values = members_like(maps, &map->items[j]);
			if (follow_names(&names, maps, &values) &&
			    !pv_check_is_merged(c, &values)) {
				suspect(c, &values);
				return 0;
			}
		}
	}
	return 1;
}

/* --- values --------------------------------------------------------------- */

static int is_string(const pv_tree *tree)
{
	return pv_tree_text(tree).ptr != NULL;
}

static int is_scalar(const pv_tree *tree)
{
	return tree->node->kind == PV_YAML_SCALAR;
}

static int is_union(pv_checker *c, const pv_four *values)
{
	if (all_are(values, pv_tree_is_mapping))
		return is_map_merged(c, values);
	if (all_are(values, pv_tree_is_list))
		return pv_check_is_list_merged(c, values);
	if (is_risen(values))
		return 1;
	return all_are(values, is_string) && is_text_merged(c, values);
}

static int is_carried_off(pv_checker *c, const pv_four *values)
{
	return values->trees[PV_BASE] &&
	       pv_check_is_carried_off(c, values->trees[PV_BASE],
				       values->trees[PV_OURS],
				       values->trees[PV_THEIRS]);
}

int pv_check_is_merged(pv_checker *c, const pv_four *values)
{
	const pv_tree *base = values->trees[PV_BASE];
	const pv_tree *ours = values->trees[PV_OURS];
	const pv_tree *theirs = values->trees[PV_THEIRS];
	const pv_tree *result = values->trees[PV_RESULT];

	if (c->rc < 0)
		return 0;
	if (pv_check_is_field(c, values) ||
	    (!c->is_exact && pv_check_is_name_of_field(c, values)))
		return 1;
	if (same(ours, theirs) || same(base, theirs)) {
		if (same(ours, result))
			return same(base, theirs) || !is_carried_off(c, values);
	} else if (same(base, ours)) {
		if (same(theirs, result))
			return 1;
	} else if (!ours || !theirs) {
		return !result && base &&
		       pv_tree_is_part(ours ? ours : theirs, base) &&
		       !is_carried_off(c, values);
	} else {
		return result && is_union(c, values);
	}
	/* A conflict about comments is none about data, but has two outcomes. */
	return c->field_count > 0 && ours && theirs && result &&
	       !is_scalar(result) && is_union(c, values);
}

/* What tells elements apart that are a merge has to be exact all the same. */
int pv_check_is_list_of_lines(pv_checker *c, const pv_tree *const sides[PV_SIDES],
			      const pv_tree *result)
{
	const pv_four lists = { { sides[PV_BASE], sides[PV_OURS],
				  sides[PV_THEIRS], result } };

	c->work = SOME_WORK + WORK_OF_NODE * count_nodes(result);
	return pv_check_is_list_merged(c, &lists);
}

int pv_check_data(int *ok_out, const pv_check *check, pv_error *err)
{
	const pv_tree *const *sides = check->sides;
	pv_checker c = { .arena = check->arena,
			 .searches = PV_CHECK_SEARCHES,
			 .roots = sides,
			 .field_count = check->field_count,
			 .suspects = check->suspects,
			 .err = err };
	pv_four values = { { sides[PV_BASE], sides[PV_OURS], sides[PV_THEIRS],
			     check->result } };

	*ok_out = 0;
	c.work = check->suspects && check->suspects->is_endless
			 ? LITTLE_WORK
			 : SOME_WORK + WORK_OF_NODE * count_nodes(check->result);
	c.rc = pv_check_sort_fields(&c, check->fields);
	if (c.rc == PV_OK)
		*ok_out = pv_check_is_merged(&c, &values);
	if (c.suspects && c.work == 0)
		c.suspects->is_endless = 1;
	return c.rc;
}
