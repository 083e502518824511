/* SPDX-License-Identifier: MIT
 *
 * See node.h.
 */
#include "exchange/node.h"

#include <string.h>

#include "base/fail.h"

int pv_growing_init(pv_growing *out, pv_arena *arena, enum pv_yaml_kind kind,
		    pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->arena = arena;
	out->node = pv_arena_calloc(arena, sizeof(*out->node));
	if (!out->node)
		return pv_fail_nomem(err);
	out->node->kind = kind;
	out->node->style = PV_YAML_BLOCK;
	return PV_OK;
}

int pv_growing_add(pv_growing *it, const pv_yaml_node *node, pv_error *err)
{
	pv_yaml_node *copy = pv_arena_alloc(it->arena, sizeof(*copy));

	if (!copy)
		return pv_fail_nomem(err);
	*copy = *node;
	copy->parent = it->node;
	copy->next = NULL;
	if (it->last)
		it->last->next = copy;
	else
		it->node->first = copy;
	it->last = copy;
	it->node->count++;
	return PV_OK;
}

int pv_growing_put(pv_growing *it, const char *key, const pv_yaml_node *node,
		   pv_error *err)
{
	pv_yaml_node *name = pv_arena_calloc(it->arena, sizeof(*name));
	pv_yaml_node member = *node;

	if (!name)
		return pv_fail_nomem(err);
	name->kind = PV_YAML_SCALAR;
	name->type = PV_YAML_STRING;
	name->text = key;
	name->len = strlen(key);
	member.key = name;
	return pv_growing_add(it, &member, err);
}

int pv_growing_put_text(pv_growing *it, const char *key, enum pv_yaml_type type,
			pv_str text, pv_error *err)
{
	pv_yaml_node node = { .kind = PV_YAML_SCALAR, .type = type };

	node.text = text.ptr;
	node.len = text.len;
	return pv_growing_put(it, key, &node, err);
}
