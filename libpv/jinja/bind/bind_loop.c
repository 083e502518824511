/* SPDX-License-Identifier: MIT
 *
 * Binding of loops. A loop has up to three scopes: of its body, of the filter
 * in its head and of its else; a recursive one is a function of its own.
 */
#include "jinja/bind/bind.h"

static const char *const loop_word[] = { "loop" };

/* --- what the loop needs -------------------------------------------------- */

struct look {
	int has_scoped_block;
	const pv_jinja_node *store; /* an assignment to `loop` */
};

static void look_into(const pv_jinja_node *node, void *payload)
{
	struct look *look = payload;

	if (node->kind == PV_JINJA_N_BLOCK && (node->flag & PV_JINJA_BLOCK_SCOPED))
		look->has_scoped_block = 1;
	if (node->kind == PV_JINJA_N_NAME && node->op == PV_JINJA_STORE &&
	    !look->store && pv_jinja_str_is(node->u.name.name->text, "loop"))
		look->store = node;
	pv_jinja_walk(node, look_into, payload);
}

/* The target once more, for the scope of the filter. */
static int copy_target(pv_jinja_node **out, pv_jinja_binder *b,
		       const pv_jinja_node *target)
{
	int rc = pv_jinja_alloc(out, b->run, sizeof(**out));

	if (rc < 0)
		return rc;
	**out = *target;
	(*out)->next = NULL;
	if (target->kind != PV_JINJA_N_TUPLE)
		return PV_OK;
	memset(&(*out)->u.items, 0, sizeof((*out)->u.items));
	for (const pv_jinja_node *item = target->u.items.first;
	     rc == PV_OK && item; item = item->next) {
		pv_jinja_node *copy;

		rc = copy_target(&copy, b, item);
		if (rc == PV_OK)
			pv_jinja_nodes_add(&(*out)->u.items, copy);
	}
	return rc;
}

/* --- its scopes ----------------------------------------------------------- */

static int bind_filter(pv_jinja_binder *b, const pv_jinja_frame *outer,
		       pv_jinja_node *node, pv_jinja_function *function)
{
	pv_jinja_for_scopes *scopes = node->u.loop.scopes;
	pv_jinja_frame frame;
	int rc;

	if (!node->u.loop.filter)
		return PV_OK;
	pv_jinja_frame_inner(&frame, b, outer, function);
	rc = pv_jinja_symbols_target(&frame.symbols, node->u.loop.target);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_visit(&frame.symbols, node->u.loop.filter);
	if (rc == PV_OK)
		rc = copy_target(&scopes->filter_target, b, node->u.loop.target);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&scopes->filter, b, &frame);
	if (rc == PV_OK)
		rc = pv_jinja_bind_target(b, &frame, scopes->filter_target);
	pv_jinja_bind_line(b, node->u.loop.filter);
	if (rc == PV_OK)
		rc = pv_jinja_bind_expr(b, &frame, node->u.loop.filter);
	return rc;
}

/* Finds out what the body uses; `loop` is a parameter of it if it does. */
static int open_body(pv_jinja_frame *frame, pv_jinja_binder *b,
		     pv_jinja_node *node, const struct look *look)
{
	pv_jinja_for_scopes *scopes = node->u.loop.scopes;
	const pv_jinja_name *name;
	int rc = PV_OK;

	scopes->has_loop =
		node->flag || look->has_scoped_block ||
		pv_jinja_undeclared(b->parser, &node->u.loop.body, loop_word, 1);
	if (scopes->has_loop) {
		rc = pv_jinja_intern(&name, b->parser, pv_str_of("loop"));
		if (rc == PV_OK)
			rc = pv_jinja_symbols_param(&scopes->loop_slot,
						    &frame->symbols, name);
	}
	if (rc == PV_OK)
		rc = pv_jinja_symbols_target(&frame->symbols,
					     node->u.loop.target);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&frame->symbols, &node->u.loop.body);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&scopes->body, b, frame);
	return rc;
}

static int bind_else(pv_jinja_binder *b, const pv_jinja_frame *outer,
		     pv_jinja_node *node, pv_jinja_function *function)
{
	pv_jinja_frame frame;
	int rc;

	if (!node->u.loop.orelse.first)
		return PV_OK;
	pv_jinja_frame_inner(&frame, b, outer, function);
	rc = pv_jinja_symbols_list(&frame.symbols, &node->u.loop.orelse);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&node->u.loop.scopes->orelse, b,
					  &frame);
	return rc < 0 ? rc : pv_jinja_bind_list(b, &frame, &node->u.loop.orelse);
}

static int bind_body(pv_jinja_binder *b, const pv_jinja_frame *body,
		     const pv_jinja_frame *outer, pv_jinja_node *node)
{
	int depth = b->loop_depth;
	int rc;

	pv_jinja_bind_line(b, node);
	rc = pv_jinja_bind_target(b, body, node->u.loop.target);
	if (rc == PV_OK)
		rc = pv_jinja_bind_expr(b, outer, node->u.loop.iter);
	b->loop_depth = node->flag ? 1 : depth + 1;
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, body, &node->u.loop.body);
	b->loop_depth = node->flag ? 0 : depth;
	return rc;
}

int pv_jinja_bind_loop(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node)
{
	pv_jinja_function own = { 0, frame->symbols.function->level + 1 };
	pv_jinja_function *function = node->flag ? &own : frame->symbols.function;
	pv_jinja_frame body;
	struct look look = { 0 };
	int depth = b->loop_depth;
	int rc = pv_jinja_alloc(&node->u.loop.scopes, b->run,
				sizeof(*node->u.loop.scopes));

	if (rc < 0)
		return rc;
	memset(node->u.loop.scopes, 0, sizeof(*node->u.loop.scopes));
	node->escape = b->escape;
	look_into(node, &look);
	pv_jinja_frame_inner(&body, b, frame, function);
	rc = open_body(&body, b, node, &look);
	if (rc == PV_OK)
		rc = bind_filter(b, frame, node, function);
	if (rc == PV_OK && look.store) {
		pv_jinja_bind_point(b, look.store);
		return pv_jinja_assertion_fail(b->parser, look.store->line,
					       "Can't assign to special loop variable in for-loop "
					       "target");
	}
	if (rc == PV_OK)
		rc = bind_body(b, &body, frame, node);
	if (rc == PV_OK)
		rc = bind_else(b, frame, node, function);
	b->loop_depth = depth;
	if (node->flag)
		pv_jinja_bind_line(b, node);
	node->u.loop.scopes->slot_count = own.slot_count;
	return rc;
}
