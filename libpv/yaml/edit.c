/* SPDX-License-Identifier: MIT
 *
 * The editing functions of pv/yaml.h: from path and value to a request, and
 * from a request to a new document. Nothing is changed until a new text has
 * been parsed and found to hold exactly what was asked for.
 */
#include "yaml/edit.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
	SHOWN = 120 /* bytes of a path in a message */
};

/* One call of an editing function. */
struct call {
	pv_yaml *doc;
	const char *path;
	pv_yaml_step *steps;
	size_t count;
	pv_arena arena; /* steps, and the nodes of the value */
	pv_error *err;
};

/* --- carrying out -------------------------------------------------------- */

static void exchange(pv_yaml *doc, pv_yaml *made)
{
	pv_yaml old = *doc;

	*doc = *made;
	*made = old;
	pv_yaml_free(made);
}

static int make_plan(pv_yaml_plan *plan, const pv_yaml_request *request)
{
	switch (request->operation) {
	case PV_YAML_REPLACE:
		return pv_yaml_plan_replace(plan, request->at, request->value);
	case PV_YAML_ADD_KEY:
	case PV_YAML_ADD_ITEM:
		return pv_yaml_plan_add(plan, request);
	case PV_YAML_REMOVE:
		return pv_yaml_plan_remove(plan, request);
	}
	return 0;
}

/* One attempt: PV_OK, PV_EUNSUPPORTED when the next may do, or a failure. */
static int attempt(struct call *call, const pv_yaml_request *request,
		   const pv_yaml_plan *plan, pv_error *err)
{
	pv_yaml *made = NULL;
	char *text = NULL;
	size_t len = 0;
	int rc = pv_buf_status(&plan->text, err);

	if (rc == PV_OK)
		rc = pv_yaml_plan_apply(&text, &len, plan, err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&made, text, len, &call->doc->opts, err);
	pv_free(text);
	if (!made)
		return rc == PV_ESYNTAX ? PV_EUNSUPPORTED : rc;
	if (!pv_yaml_is_done(request, call->doc->root, made->root)) {
		pv_yaml_free(made);
		return PV_EUNSUPPORTED;
	}
	exchange(call->doc, made);
	return PV_OK;
}

/* Whether `node` is `top` or below. */
static int is_below(const pv_yaml_node *node, const pv_yaml_node *top)
{
	while (node && node != top)
		node = node->parent;
	return node != NULL;
}

/* An anchor at `top`, or above or below, that an alias from `node` on uses. */
static const pv_yaml_node *find_used(const pv_yaml_node *node,
				     const pv_yaml_node *top)
{
	const pv_yaml_node *used = NULL;

	if (node->kind == PV_YAML_ALIAS &&
	    (is_below(node->target, top) || is_below(top, node->target)))
		return node->target;
	if (node->key && node->key->kind == PV_YAML_ALIAS &&
	    is_below(node->key->target, top))
		return node->key->target;
	for (node = node->first; node && !used; node = node->next)
		used = find_used(node, top);
	return used;
}

static int fail_unsupported(struct call *call, const pv_yaml_request *request)
{
	const pv_yaml_node *node = request->at;
	int rc = pv_fail(call->err, PV_EUNSUPPORTED,
			 "cannot change \"%.*s\" without touching other text",
			 SHOWN, call->path);

	if (request->operation == PV_YAML_REMOVE) {
		node = node->first;
		for (size_t i = request->idx; i; i--)
			node = node->next;
	}
	node = find_used(call->doc->root, node);
	if (node)
		pv_error_hint(call->err, rc,
			      "\"&%.60s\" on line %d is used elsewhere, too",
			      node->anchor, node->line);
	return rc;
}

static int carry_out(struct call *call, const pv_yaml_request *request)
{
	pv_yaml_plan plan = { .doc = call->doc };
	pv_error err = { 0 };
	int rc = PV_EUNSUPPORTED;

	pv_yaml_plan_format(&plan, request);
	for (int i = 0; i < PV_YAML_ATTEMPTS && rc == PV_EUNSUPPORTED; i++) {
		plan.attempt = (enum pv_yaml_attempt)i;
		plan.count = 0;
		pv_buf_clear(&plan.text);
		if (make_plan(&plan, request))
			rc = attempt(call, request, &plan, &err);
	}
	pv_buf_dispose(&plan.text);
	if (rc == PV_EUNSUPPORTED)
		return fail_unsupported(call, request);
	if (rc < 0 && call->err)
		*call->err = err;
	return rc;
}

/* --- values -------------------------------------------------------------- */

/* A collection of one child, which is `value` under `key`. */
static pv_yaml_node *wrap(struct call *call, enum pv_yaml_kind kind, pv_str key,
			  const pv_yaml_node *value)
{
	pv_yaml_node *nodes = pv_arena_calloc(&call->arena, 3 * sizeof(*nodes));

	if (!nodes) {
		pv_fail_nomem(call->err);
		return NULL;
	}
	nodes[0].kind = kind;
	nodes[0].style = PV_YAML_BLOCK;
	nodes[0].first = &nodes[1];
	nodes[0].count = 1;
	nodes[1] = *value;
	nodes[1].parent = &nodes[0];
	nodes[1].next = NULL;
	if (kind == PV_YAML_MAPPING) {
		nodes[2].kind = PV_YAML_SCALAR;
		nodes[2].text = key.ptr;
		nodes[2].len = key.len;
		nodes[1].key = &nodes[2];
	}
	return nodes;
}

/* --- requests ------------------------------------------------------------ */

static int begin(struct call *call)
{
	return pv_yaml_split_path(&call->steps, &call->count, &call->arena,
				  call->path, call->err);
}

static int fail_absent(const struct call *call)
{
	return pv_fail(call->err, PV_ENOTFOUND, "nothing at \"%.*s\"", SHOWN,
		       call->path);
}

/*
 * Walks as far down the path as there are nodes; `*taken` steps were made.
 * An alias on the way is refused: the edit would show where it points to.
 */
static int walk(const pv_yaml_node **out, size_t *taken, struct call *call)
{
	const pv_yaml_node *node = call->doc->root;
	size_t i = 0;

	*out = NULL;
	*taken = 0;
	for (; i < call->count; i++) {
		const pv_yaml_node *next;

		if (node->kind == PV_YAML_ALIAS)
			return pv_fail(call->err, PV_EUNSUPPORTED,
				       "\"%.*s\" leads through an alias", SHOWN,
				       call->path);
		next = pv_yaml_take_step(node, &call->steps[i]);
		if (!next)
			break;
		node = next;
	}
	if (node->kind == PV_YAML_STREAM)
		return call->count ? fail_absent(call)
				   : pv_fail(call->err, PV_EUNSUPPORTED,
					     "a stream cannot be edited as a "
					     "whole");
	*out = node;
	*taken = i;
	return PV_OK;
}

static int is_null(const pv_yaml_node *node)
{
	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL;
}

/*
 * "[]" and "{}" in block style open up for what does not fit on a line; with
 * comments inside, that is up to the plan of adding.
 */
static int opens_up(const pv_yaml *doc, const pv_yaml_node *node,
		    const pv_yaml_node *value)
{
	if (node->first || (node->parent && node->parent->style == PV_YAML_FLOW) ||
	    pv_yaml_has_comment(doc, node->start, node->end))
		return 0;
	return value->first || pv_yaml_is_multiline(value);
}

/* Adds to a collection, or makes one where null or "[]" is. */
static int add(struct call *call, const pv_yaml_node *node, pv_str key,
	       size_t idx, const pv_yaml_node *value)
{
	enum pv_yaml_kind kind = key.ptr ? PV_YAML_MAPPING : PV_YAML_SEQUENCE;
	pv_yaml_request request = { key.ptr ? PV_YAML_ADD_KEY : PV_YAML_ADD_ITEM,
				    node, value, key, idx };

	if (is_null(node) || opens_up(call->doc, node, value)) {
		request.operation = PV_YAML_REPLACE;
		request.value = wrap(call, kind, key, value);
		if (!request.value)
			return PV_ENOMEM;
	}
	return carry_out(call, &request);
}

static int set_value(struct call *call, const pv_yaml_node *value)
{
	pv_yaml_request request = { .operation = PV_YAML_REPLACE };
	const pv_yaml_node *node;
	size_t taken;
	int rc = walk(&node, &taken, call);

	if (!node)
		return rc;
	if (taken == call->count) {
		if (pv_yaml_has_value(node, value))
			return PV_OK;
		request.at = node;
		request.value = value;
		return carry_out(call, &request);
	}
	for (size_t i = call->count - 1; i > taken; i--) {
		if (!call->steps[i].key.ptr)
			return fail_absent(call);
		value = wrap(call, PV_YAML_MAPPING, call->steps[i].key, value);
		if (!value)
			return PV_ENOMEM;
	}
	if (!call->steps[taken].key.ptr ||
	    (node->kind != PV_YAML_MAPPING && !is_null(node)))
		return fail_absent(call);
	return add(call, node, call->steps[taken].key, node->count, value);
}

int pv_yaml_set(pv_yaml *doc, const char *path, const char *json, pv_error *err)
{
	struct call call = { .doc = doc, .path = path, .err = err };
	const pv_yaml_node *value = NULL;
	int rc = begin(&call);

	if (rc == PV_OK)
		rc = pv_yaml_read_json(&value, &call.arena, pv_str_of(json), err);
	if (rc == PV_OK)
		rc = set_value(&call, value);
	pv_arena_dispose(&call.arena);
	return rc;
}

int pv_yaml_set_text(pv_yaml *doc, const char *path, const char *text,
		     size_t len, pv_error *err)
{
	struct call call = { .doc = doc, .path = path, .err = err };
	pv_yaml_node value = { .kind = PV_YAML_SCALAR,
			       .type = PV_YAML_STRING,
			       .text = len ? text : "",
			       .len = len };
	int rc;

	if (pv_utf8_valid(value.text, len) < len)
		return pv_fail(err, PV_EINVALID,
			       "the text for \"%.*s\" is not UTF-8", SHOWN, path);
	rc = begin(&call);
	if (rc == PV_OK)
		rc = set_value(&call, &value);
	pv_arena_dispose(&call.arena);
	return rc;
}

/* Inserts at `idx`, or at the end when `idx` is NULL. */
static int insert_value(struct call *call, const size_t *idx, const char *json)
{
	static const pv_str no_key;
	const pv_yaml_node *value = NULL;
	const pv_yaml_node *node = NULL;
	size_t taken = 0;
	int rc = begin(call);

	if (rc == PV_OK)
		rc = pv_yaml_read_json(&value, &call->arena, pv_str_of(json),
				       call->err);
	if (rc == PV_OK)
		rc = walk(&node, &taken, call);
	if (!node)
		return rc;
	if (taken < call->count)
		return fail_absent(call);
	if (node->kind == PV_YAML_ALIAS)
		return pv_fail(call->err, PV_EUNSUPPORTED,
			       "\"%.*s\" is an alias", SHOWN, call->path);
	if (node->kind != PV_YAML_SEQUENCE && !is_null(node))
		return pv_fail(call->err, PV_EINVALID,
			       "\"%.*s\" is not a sequence", SHOWN, call->path);
	if (idx && *idx > node->count)
		return pv_fail(call->err, PV_ENOTFOUND,
			       "\"%.*s\" has only %zu elements", SHOWN,
			       call->path, node->count);
	return add(call, node, no_key, idx ? *idx : node->count, value);
}

int pv_yaml_insert(pv_yaml *doc, const char *path, size_t idx, const char *json,
		   pv_error *err)
{
	struct call call = { .doc = doc, .path = path, .err = err };
	int rc = insert_value(&call, &idx, json);

	pv_arena_dispose(&call.arena);
	return rc;
}

int pv_yaml_append(pv_yaml *doc, const char *path, const char *json, pv_error *err)
{
	struct call call = { .doc = doc, .path = path, .err = err };
	int rc = insert_value(&call, NULL, json);

	pv_arena_dispose(&call.arena);
	return rc;
}

/* Removes a node, or all of its collection but the brackets with the last. */
static int delete_node(struct call *call)
{
	pv_yaml_node empty = { .style = PV_YAML_FLOW };
	pv_yaml_request request = { .operation = PV_YAML_REMOVE };
	const pv_yaml_node *node;
	size_t taken;
	int rc = walk(&node, &taken, call);

	if (!node)
		return rc;
	if (taken < call->count)
		return fail_absent(call);
	if (!node->parent || node->parent->kind == PV_YAML_STREAM)
		return pv_fail(call->err, PV_EUNSUPPORTED,
			       "a whole document cannot be deleted");
	request.at = node->parent;
	if (node->parent->count == 1 && !pv_yaml_has_company(call->doc, node)) {
		empty.kind = node->parent->kind;
		request.operation = PV_YAML_REPLACE;
		request.value = &empty;
	}
	for (const pv_yaml_node *n = request.at->first; n != node; n = n->next)
		request.idx++;
	return carry_out(call, &request);
}

int pv_yaml_delete(pv_yaml *doc, const char *path, pv_error *err)
{
	struct call call = { .doc = doc, .path = path, .err = err };
	int rc = begin(&call);

	if (rc == PV_OK)
		rc = delete_node(&call);
	pv_arena_dispose(&call.arena);
	return rc;
}
