/* SPDX-License-Identifier: MIT
 *
 * Equality of nodes as data, in time proportional to their size: the aliases
 * of one document expand to a bounded number of nodes.
 */
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "prompt/compare.h"
#include "prompt/model.h"

enum {
	LARGE = 32
}; /* mappings of more keys get a table */

int pv_finder_init(pv_finder *finder, const pv_yaml_node *mapping, pv_error *err)
{
	const pv_yaml_node *child;
	int rc = PV_OK;

	memset(finder, 0, sizeof(*finder));
	if (!mapping)
		return PV_OK;
	mapping = pv_yaml_resolve(mapping);
	if (mapping->kind != PV_YAML_MAPPING)
		return PV_OK;
	finder->mapping = mapping;
	finder->next = mapping->first;
	if (mapping->count <= LARGE)
		return PV_OK;
	for (child = mapping->first; child && rc == PV_OK; child = child->next) {
		const pv_yaml_node *key = pv_yaml_resolve(child->key);
		pv_str text = { key->text, key->len };

		/* The map takes plain pointers and gives them back untouched. */
		rc = pv_map_set(&finder->table, text, (void *)(uintptr_t)child,
				NULL, err);
	}
	return rc;
}

static int same_key(const pv_yaml_node *child, pv_str text)
{
	const pv_yaml_node *key = pv_yaml_resolve(child->key);
	pv_str other = { key->text, key->len };

	return pv_str_eq(other, text);
}

const pv_yaml_node *pv_finder_find(pv_finder *finder, const pv_yaml_node *key)
{
	const pv_yaml_node *name = pv_yaml_resolve(key);
	const pv_yaml_node *child = finder->next;
	pv_str text = { name->text, name->len };

	if (!finder->mapping)
		return NULL;
	if (!child || !same_key(child, text)) {
		if (finder->table.count)
			return pv_map_find(&finder->table, text);
		child = finder->mapping->first;
		while (child && !same_key(child, text))
			child = child->next;
	}
	finder->next = child ? child->next : NULL;
	return child;
}

void pv_finder_dispose(pv_finder *finder)
{
	pv_map_dispose(&finder->table);
}

static int is_number(const pv_yaml_node *node)
{
	return node->type == PV_YAML_INT || node->type == PV_YAML_FLOAT;
}

static int equal_scalars(const pv_yaml_node *a, const pv_yaml_node *b)
{
	pv_str left = { a->text, a->len };
	pv_str right = { b->text, b->len };
	pv_decimal x;
	pv_decimal y;

	if (is_number(a) && is_number(b) && !pv_str_eq(left, right))
		return pv_decimal_parse(&x, left, NULL) == PV_OK &&
		       pv_decimal_parse(&y, right, NULL) == PV_OK &&
		       !pv_decimal_cmp(&x, &y);
	if (a->type != b->type)
		return 0;
	if (a->type == PV_YAML_NULL)
		return 1;
	if (a->type == PV_YAML_BOOL) /* true, True, TRUE */
		return (left.ptr[0] | 0x20) == (right.ptr[0] | 0x20);
	return pv_str_eq(left, right);
}

static int equal_mappings(int *out, const pv_yaml_node *a,
			  const pv_yaml_node *b, pv_error *err)
{
	pv_finder finder;
	int rc = pv_finder_init(&finder, b, err);

	for (const pv_yaml_node *child = a->first; child && rc == PV_OK;
	     child = child->next) {
		const pv_yaml_node *other = pv_finder_find(&finder, child->key);

		*out = other != NULL;
		if (other)
			rc = pv_node_equal(out, child, other, err);
		if (!*out)
			break;
	}
	pv_finder_dispose(&finder);
	return rc;
}

static int equal_lists(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		       pv_error *err)
{
	const pv_yaml_node *other = b->first;
	int rc = PV_OK;

	for (const pv_yaml_node *child = a->first; child && *out && rc == PV_OK;
	     child = child->next, other = other->next)
		rc = pv_node_equal(out, child, other, err);
	return rc;
}

int pv_node_equal(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		  pv_error *err)
{
	a = pv_yaml_resolve(a);
	b = pv_yaml_resolve(b);
	*out = a->kind == b->kind && a->count == b->count;
	if (!*out)
		return PV_OK;
	switch (a->kind) {
	case PV_YAML_SCALAR:
		*out = equal_scalars(a, b);
		break;
	case PV_YAML_MAPPING:
		return equal_mappings(out, a, b, err);
	case PV_YAML_STREAM:
	case PV_YAML_SEQUENCE:
		return equal_lists(out, a, b, err);
	case PV_YAML_ALIAS:
		break;
	}
	return PV_OK;
}

int pv_node_same(int *out, const pv_yaml_node *a, const pv_yaml_node *b,
		 pv_error *err)
{
	int has_a = a && !pv_node_is_null(a);
	int has_b = b && !pv_node_is_null(b);

	*out = has_a == has_b;
	if (!has_a || !has_b)
		return PV_OK;
	return pv_node_equal(out, a, b, err);
}
