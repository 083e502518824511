/* SPDX-License-Identifier: MIT
 *
 * Compiling, see compile.h: nodes, their places, and the queue.
 */
#include "schema/compile.h"

#include <stdio.h>

#include "base/fail.h"
#include "base/mem.h"
#include "schema/keyword.h"
#include "schema/plan.h"
#include "schema/pointer.h"

enum {
	MAX_ALIASES = 100 /* references behind each other that are cut short */
};

/* --- places ---------------------------------------------------------------- */

static void put_chain(pv_buf *out, const pv_node *node)
{
	if (node->parent) {
		put_chain(out, node->parent);
		pv_pointer_put(out, node->keyword);
		if (node->key.ptr)
			pv_pointer_put(out, node->key);
		if (node->index != SIZE_MAX)
			pv_buf_printf(out, "/%zu", node->index);
		return;
	}
	pv_buf_put(out, node->in->uri.ptr, node->in->uri.len);
	if (!node->keyword.len)
		pv_buf_putc(out, '#');
	else /* the fragment by which a reference got here */
		pv_buf_put(out, node->keyword.ptr, node->keyword.len);
}

void pv_node_path(pv_buf *out, const pv_node *node, const char *keyword)
{
	put_chain(out, node);
	if (keyword)
		pv_pointer_put(out, pv_str_of(keyword));
}

int pv_compile_refuse(pv_compiler *compiler, const pv_node *node,
		      const char *keyword, const char *what)
{
	pv_buf path = { 0 };
	int rc;

	pv_node_path(&path, node, keyword);
	rc = pv_fail_id(compiler->err, PV_ERR_SCHEMA, "%s: has to be %s",
			pv_buf_text(&path), what);
	pv_buf_dispose(&path);
	return rc;
}

/* --- nodes ----------------------------------------------------------------- */

/* The node of `schema`; a new one is put into the queue. */
static int node_of(pv_node **out, pv_compiler *compiler, const pv_value *schema,
		   const pv_resource *in)
{
	const void *address = schema;
	pv_node *node = pv_map_find(&compiler->nodes, pv_address(&address));

	if (node) {
		*out = node;
		return PV_OK;
	}
	node = pv_arena_calloc(compiler->arena, sizeof(*node));
	if (!node ||
	    pv_array_reserve(&compiler->queue, &compiler->queue_cap,
			     compiler->queue_count + 1, sizeof(pv_node *)) < 0)
		return pv_fail_nomem(compiler->err);
	node->types = PV_TYPE_ANY;
	node->in = in;
	node->index = SIZE_MAX;
	node->source = schema;
	compiler->queue[compiler->queue_count++] = node;
	*out = node;
	return pv_map_set(&compiler->nodes, pv_address(&address), node, NULL,
			  compiler->err);
}

int pv_compile_sub(const pv_node **out, pv_compiler *compiler,
		   const pv_node *parent, pv_position position,
		   const pv_value *schema)
{
	const pv_resource *own = pv_registry_at(&compiler->registry, schema);
	pv_node *node = NULL;
	int rc = node_of(&node, compiler, schema, own ? own : parent->in);

	if (rc < 0 || !node)
		return rc;
	*out = node;
	if (!node->parent && !node->keyword.len && !own) {
		node->parent = parent;
		node->keyword = pv_str_of(position.keyword);
		node->key = position.key;
		node->index = position.index;
	}
	return PV_OK;
}

int pv_compile_list(pv_node_list *out, pv_compiler *compiler,
		    const pv_node *parent, const char *keyword,
		    const pv_value *list)
{
	pv_position position = { keyword, { NULL, 0 }, 0 };
	int rc = PV_OK;

	if (list->kind != PV_VALUE_ARRAY || !list->count)
		return pv_compile_refuse(compiler, parent, keyword,
					 "an array of schemas, at least one");
	out->items = pv_arena_calloc(compiler->arena,
				     list->count * sizeof(const pv_node *));
	if (!out->items)
		return pv_fail_nomem(compiler->err);
	out->count = list->count;
	for (; rc == PV_OK && position.index < list->count; position.index++)
		rc = pv_compile_sub(&out->items[position.index], compiler, parent,
				    position, &list->as.items[position.index]);
	return rc;
}

int pv_compile_reference(const pv_node **out, pv_place *place,
			 pv_compiler *compiler, const pv_node *from,
			 pv_str reference)
{
	const char *hash = memchr(reference.ptr, '#', reference.len);
	pv_node *node = NULL;
	int rc = pv_registry_resolve(place, &compiler->registry, from->in,
				     reference);

	if (rc == PV_OK)
		rc = node_of(&node, compiler, place->at, place->in);
	if (rc < 0 || !node)
		return rc;
	if (!node->parent && !node->keyword.len && hash &&
	    hash + 1 < reference.ptr + reference.len) {
		node->keyword.ptr = hash;
		node->keyword.len =
			(size_t)(reference.ptr + reference.len - hash);
	}
	*out = node;
	return PV_OK;
}

static int refuse_pattern(pv_compiler *compiler, const pv_node *node,
			  const char *keyword)
{
	const char *why = compiler->err ? compiler->err->message : "";
	char what[200];

	if (pv_str_has_prefix(why, PV_PATTERN_NONE))
		why += sizeof(PV_PATTERN_NONE) - 1;
	(void)snprintf(what, sizeof(what), "a regular expression%s%.150s",
		       *why ? ": " : "", why);
	return pv_compile_refuse(compiler, node, keyword, what);
}

int pv_compile_pattern(const pv_pattern **out, pv_compiler *compiler,
		       const pv_node *node, const char *keyword, pv_str text)
{
	pv_pattern *pattern = NULL;
	int rc;

	if (pv_array_reserve(&compiler->patterns, &compiler->pattern_cap,
			     compiler->pattern_count + 1,
			     sizeof(pv_pattern *)) < 0)
		return pv_fail_nomem(compiler->err);
	rc = pv_pattern_new(&pattern, text, compiler->err);
	if (rc == PV_EINVALID)
		return refuse_pattern(compiler, node, keyword);
	if (rc < 0)
		return rc;
	compiler->patterns[compiler->pattern_count++] = pattern;
	*out = pattern;
	return PV_OK;
}

/* --- one schema ------------------------------------------------------------ */

static int compile_member(pv_compiler *compiler, pv_node *node,
			  const pv_member *member)
{
	const pv_resource *in = node->in;
	const pv_keyword *keyword = pv_keyword_find(member->key, in->draft);

	if (!keyword || !keyword->compile ||
	    (keyword->vocabulary && !(keyword->vocabulary & in->vocabularies)))
		return PV_OK;
	return keyword->compile(compiler, node, keyword, &member->value);
}

static int compile_object(pv_compiler *compiler, pv_node *node)
{
	const pv_value *schema = node->source;
	const pv_value *ref = pv_value_get_z(schema, "$ref");
	int rc = PV_OK;

	/* Up to draft 7 a reference stands for all of its schema. */
	if (ref && node->in->draft == PV_DRAFT_7)
		return pv_keyword_ref(compiler, node,
				      pv_keyword_find(pv_str_of("$ref"),
						      PV_DRAFT_7),
				      ref);
	for (size_t i = 0; rc == PV_OK && i < schema->count; i++)
		rc = compile_member(compiler, node, &schema->as.members[i]);
	if (rc == PV_OK && node->object)
		rc = pv_keyword_index_properties(compiler, node->object);
	return rc;
}

static int compile_node(pv_compiler *compiler, pv_node *node)
{
	int rc = PV_OK;

	switch ((enum pv_value_kind)node->source->kind) {
	case PV_VALUE_TRUE:
		break;
	case PV_VALUE_FALSE:
		node->is_false = 1;
		break;
	case PV_VALUE_OBJECT:
		rc = compile_object(compiler, node);
		if (node->number)
			pv_keyword_set_bounds(node->number);
		break;
	default:
		return pv_compile_refuse(compiler, node, NULL,
					 "a schema: an object, true or false");
	}
	return rc;
}

static int drain(pv_compiler *compiler)
{
	int rc = PV_OK;

	while (rc == PV_OK && compiler->queue_count)
		rc = compile_node(compiler,
				  compiler->queue[--compiler->queue_count]);
	return rc;
}

/* Compiles what a search for `name` may end at in `resource`. */
static int compile_dynamic(pv_compiler *compiler, const pv_resource *resource,
			   const char *name)
{
	pv_dynamic *dynamic = pv_map_find(&resource->dynamics, pv_str_of(name));
	pv_node *node = NULL;
	int rc;

	if (!dynamic || dynamic->node)
		return PV_OK;
	rc = node_of(&node, compiler, dynamic->at, resource);
	dynamic->node = node;
	return rc;
}

/* As long as compiling one brings documents that have more of them. */
static int compile_dynamics(pv_compiler *compiler)
{
	int rc = PV_OK;

	do {
		rc = drain(compiler);
		for (size_t i = 0; rc == PV_OK && i < compiler->dynamics.count;
		     i++)
			for (const pv_resource *at = compiler->registry.all;
			     rc == PV_OK && at; at = at->next)
				rc = compile_dynamic(compiler, at,
						     compiler->dynamics.items[i]);
	} while (rc == PV_OK && compiler->queue_count);
	return rc;
}

/* Whether a node says nothing but where another one is. */
static int is_reference(const pv_node *node)
{
	const pv_logic_rules *rules = node->logic;

	return rules && rules->ref && !rules->dynamic.ptr &&
	       !rules->all_of.count && !rules->any_of.count &&
	       !rules->one_of.count && !rules->not_of && !rules->if_of &&
	       node->types == PV_TYPE_ANY && !node->constant && !node->choices &&
	       !node->number && !node->string && !node->array && !node->object;
}

/*
 * The end of a chain of mere references; NULL for one that has none. Resources
 * on the way count when a search for an anchor is to find them.
 */
static const pv_node *end_of(const pv_compiler *compiler, const pv_node *node)
{
	const pv_node *end = node;

	for (int i = 0; i < MAX_ALIASES; i++) {
		if (!is_reference(end))
			return end == node ? NULL : end;
		if (compiler->dynamics.count && end->logic->ref->in != node->in)
			return NULL;
		end = end->logic->ref;
	}
	return NULL;
}

static int set_alias(pv_str key, void *value, void *payload)
{
	pv_node *node = value;

	(void)key;
	node->alias = end_of(payload, node);
	return 0;
}

int pv_compile(const pv_node **out, pv_compiler *compiler, pv_str uri,
	       const pv_value *root, unsigned draft)
{
	pv_resource *resource = NULL;
	pv_node *node = NULL;
	int rc = pv_registry_add(&resource, &compiler->registry, uri, root,
				 draft);

	if (rc == PV_OK)
		rc = node_of(&node, compiler, root, resource);
	if (rc == PV_OK)
		rc = compile_dynamics(compiler);
	if (rc == PV_OK) {
		(void)pv_map_each(&compiler->nodes, set_alias, compiler);
		rc = pv_plan_make(&compiler->nodes, compiler->arena,
				  compiler->dynamics.count != 0, compiler->err);
	}
	*out = node;
	return rc;
}

void pv_compiler_dispose(pv_compiler *compiler)
{
	pv_registry_dispose(&compiler->registry);
	pv_map_dispose(&compiler->nodes);
	pv_strlist_dispose(&compiler->dynamics);
	pv_free(compiler->queue);
	for (size_t i = 0; i < compiler->pattern_count; i++)
		pv_pattern_free(compiler->patterns[i]);
	pv_free(compiler->patterns);
}
