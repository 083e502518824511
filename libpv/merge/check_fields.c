/* SPDX-License-Identifier: MIT
 *
 * The fields in conflict, sorted, so that many of them are found quickly.
 */
#include "merge/checker.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"

/* A field in conflict, and one of its trees. */
struct pv_contested {
	const pv_tree *tree;
	size_t side;
};

static int cmp_fields(const void *a, const void *b)
{
	const pv_field *const *left = a;
	const pv_field *const *right = b;

	return memcmp((*left)->trees, (*right)->trees, sizeof((*left)->trees));
}

static int cmp_contested(const void *a, const void *b)
{
	const struct pv_contested *left = a;
	const struct pv_contested *right = b;

	if (left->tree != right->tree)
		return left->tree < right->tree ? -1 : 1;
	return left->side < right->side ? -1 : left->side > right->side;
}

int pv_check_sort_fields(pv_checker *c, const pv_field *fields)
{
	size_t count = c->field_count;

	c->fields = pv_arena_alloc(c->arena, (count + 1) * sizeof(void *));
	c->contested = pv_arena_alloc(c->arena, (count + 1) * PV_SIDES *
							sizeof(*c->contested));
	if (!c->fields || !c->contested)
		return pv_fail_nomem(c->err);
	for (size_t i = 0; i < count; i++) {
		c->fields[i] = &fields[i];
		for (size_t j = 0; j < PV_SIDES; j++)
			if (fields[i].trees[j])
				c->contested[c->contested_count++] =
					(struct pv_contested){ fields[i].trees[j],
							       j };
	}
	qsort(c->fields, count, sizeof(void *), cmp_fields);
	qsort(c->contested, c->contested_count, sizeof(*c->contested),
	      cmp_contested);
	return PV_OK;
}

int pv_check_is_field(const pv_checker *c, const pv_four *values)
{
	pv_field wanted = { 0 };
	const pv_field *key = &wanted;

	memcpy(wanted.trees, values->trees, sizeof(wanted.trees));
	return c->field_count > 0 && bsearch(&key, c->fields, c->field_count,
					     sizeof(void *), cmp_fields) != NULL;
}

/* Whether a tree is what a side has in one of the fields. */
static int is_side_of_field(const pv_checker *c, const pv_tree *tree, size_t side)
{
	struct pv_contested wanted = { tree, side };

	return tree && c->contested_count > 0 &&
	       bsearch(&wanted, c->contested, c->contested_count,
		       sizeof(wanted), cmp_contested) != NULL;
}

int pv_check_is_name_of_field(const pv_checker *c, const pv_four *values)
{
	return is_side_of_field(c, values->trees[PV_OURS], PV_OURS) ||
	       is_side_of_field(c, values->trees[PV_THEIRS], PV_THEIRS);
}

int pv_check_is_side_of_field(const pv_checker *c, const pv_tree *tree)
{
	for (size_t i = 0; i < PV_SIDES && c->contested_count > 0; i++)
		if (is_side_of_field(c, tree, i))
			return 1;
	return 0;
}

int pv_check_is_contested(const pv_checker *c, const pv_tree *tree)
{
	if (pv_check_is_side_of_field(c, tree))
		return 1;
	for (size_t i = 0; i < tree->count && c->field_count > 0; i++)
		if (pv_check_is_contested(c, &tree->items[i]))
			return 1;
	return 0;
}
