/* SPDX-License-Identifier: MIT
 *
 * Whether an edit did what was asked and nothing else: the old and the new
 * tree are walked side by side, with the one difference that was requested.
 * Aliases are followed, so an edit that would show through an alias is found
 * here.
 */
#include <string.h>

#include "yaml/edit.h"

static int same_text(const pv_yaml_node *a, const pv_yaml_node *b)
{
	return a->len == b->len && !memcmp(a->text, b->text, a->len);
}

static int same_name(const char *a, const char *b)
{
	return a == b || (a && b && !strcmp(a, b));
}

int pv_yaml_has_value(const pv_yaml_node *node, const pv_yaml_node *value)
{
	const pv_yaml_node *a = node->first;
	const pv_yaml_node *b = value->first;

	if (node->kind != value->kind)
		return 0;
	if (node->kind == PV_YAML_SCALAR)
		return node->type == value->type &&
		       (node->type == PV_YAML_NULL || same_text(node, value));
	for (; a && b; a = a->next, b = b->next)
		if ((a->key && !same_text(a->key, b->key)) ||
		    !pv_yaml_has_value(a, b))
			return 0;
	return !a && !b;
}

static int is_same(const pv_yaml_request *request, const pv_yaml_node *old,
		   const pv_yaml_node *new);

static int is_same_child(const pv_yaml_request *request,
			 const pv_yaml_node *old, const pv_yaml_node *new)
{
	if (old->key && (!same_text(old->key, new->key) ||
			 old->key->kind != new->key->kind ||
			 old->key->type != new->key->type ||
			 !same_name(old->key->tag, new->key->tag) ||
			 !same_name(old->key->anchor, new->key->anchor)))
		return 0;
	return is_same(request, old, new);
}

static int is_added(const pv_yaml_request *request, const pv_yaml_node *new)
{
	if (request->operation == PV_YAML_ADD_KEY &&
	    (new->key->len != request->key.len ||
	     memcmp(new->key->text, request->key.ptr, request->key.len) != 0))
		return 0;
	return pv_yaml_has_value(new, request->value);
}

/* The children of the collection that loses or gains one at `idx`. */
static int is_changed(const pv_yaml_request *request, const pv_yaml_node *old,
		      const pv_yaml_node *new)
{
	int is_removal = request->operation == PV_YAML_REMOVE;
	size_t idx = 0;

	if (new->count != (is_removal ? old->count - 1 : old->count + 1))
		return 0;
	old = old->first;
	new = new->first;
	for (; old && new &&idx < request->idx; idx++) {
		if (!is_same_child(request, old, new))
			return 0;
		old = old->next;
		new = new->next;
	}
	if (is_removal) {
		old = old ? old->next : NULL;
	} else {
		if (!new || !is_added(request, new))
			return 0;
		new = new->next;
	}
	for (; old && new; old = old->next, new = new->next)
		if (!is_same_child(request, old, new))
			return 0;
	return !old && !new;
}

static int is_same(const pv_yaml_request *request, const pv_yaml_node *old,
		   const pv_yaml_node *new)
{
	if (!same_name(old->anchor, new->anchor))
		return 0;
	if (old == request->at && request->operation == PV_YAML_REPLACE)
		return pv_yaml_has_value(new, request->value);
	if (old->kind != new->kind || !same_name(old->tag, new->tag))
		return 0;
	if (old == request->at)
		return is_changed(request, old, new);
	if (old->kind == PV_YAML_ALIAS) {
		/* What is seen through an alias must not change at all. */
		static const pv_yaml_request nothing;

		return is_same(&nothing, old->target, new->target);
	}
	if (old->kind == PV_YAML_SCALAR)
		return old->type == new->type &&same_text(old, new);
	if (old->count != new->count)
		return 0;
	old = old->first;
	new = new->first;
	for (; old && new; old = old->next, new = new->next)
		if (!is_same_child(request, old, new))
			return 0;
	return !old && !new;
}

int pv_yaml_is_done(const pv_yaml_request *request, const pv_yaml_node *old,
		    const pv_yaml_node *root)
{
	return is_same(request, old, root);
}
