/* SPDX-License-Identifier: MIT
 *
 * Binding of expressions: slots of names, functions of filters and tests.
 */
#include "jinja/bind/bind.h"

#include <stdio.h>

static int bind_list(pv_jinja_binder *b, const pv_jinja_frame *frame,
		     pv_jinja_node *node)
{
	int rc = PV_OK;

	for (; rc == PV_OK && node; node = node->next)
		rc = pv_jinja_bind_folded(b, frame, node);
	return rc;
}

static int bind_name(const pv_jinja_frame *frame, pv_jinja_node *node)
{
	/* Analysis has seen every name that is bound. */
	(void)pv_jinja_symbols_find(&node->u.name.slot, &frame->symbols,
				    node->u.name.name);
	if (node->op == PV_JINJA_LOAD)
		node->flag =
			(uint8_t)pv_jinja_symbols_is_outside(&frame->symbols,
							     node->u.name.name);
	return PV_OK;
}

/* Whether the arguments can be handed over in the order they stand. */
static int is_plain(const pv_jinja_native *native, const pv_jinja_args *args)
{
	size_t count = 1;

	if (native->flags & (PV_JINJA_REST | PV_JINJA_KEYWORDS))
		return 0;
	if (args) {
		if (args->keywords.first || args->rest || args->keyword_rest)
			return 0;
		count += args->positional.count;
	}
	return count >= native->least && count <= native->most;
}

/* A name that no filter or test has: now, or when it is used. */
static int bind_native(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node)
{
	pv_jinja_value name = node->u.call.name->text;
	pv_str text = { name.u.s, name.len };
	int is_filter = node->kind == PV_JINJA_N_FILTER;
	pv_jinja_value quoted;

	node->u.call.native = is_filter
				      ? pv_jinja_filter_find(name.u.s, name.len)
				      : pv_jinja_test_find(name.u.s, name.len);
	node->flag = node->u.call.native &&
		     is_plain(node->u.call.native, node->u.call.args);
	if (node->u.call.native || frame->is_soft)
		return PV_OK;
	quoted = pv_jinja_quote(b->parser, text);
	pv_jinja_bind_point(b, node);
	return pv_jinja_assertion_fail(b->parser, node->line, "No %s named %.*s.",
				       is_filter ? "filter" : "test",
				       (int)quoted.len, quoted.u.s);
}

/* Python refuses a keyword argument that is given twice. */
static void check_keywords(pv_jinja_binder *b, const pv_jinja_args *args)
{
	for (const pv_jinja_node *arg = args->keywords.first; arg;
	     arg = arg->next) {
		pv_jinja_interned *interned =
			pv_jinja_interned_find(b->parser, arg->key);

		if (interned->is_keyword && !b->python_error) {
			b->python_error = "keyword argument repeated: ";
			b->python_name = arg->key;
			b->python_node = arg;
		}
		interned->is_keyword = 1;
	}
	for (const pv_jinja_node *arg = args->keywords.first; arg; arg = arg->next)
		pv_jinja_interned_find(b->parser, arg->key)->is_keyword = 0;
}

static int bind_call(pv_jinja_binder *b, const pv_jinja_frame *frame,
		     pv_jinja_node *node)
{
	pv_jinja_args *args = node->u.call.args;
	int rc = PV_OK;

	if (node->kind != PV_JINJA_N_CALL)
		rc = bind_native(b, frame, node);
	if (rc == PV_OK && node->u.call.object)
		rc = pv_jinja_bind_folded(b, frame, node->u.call.object);
	if (rc < 0 || !args)
		return rc;
	check_keywords(b, args);
	rc = bind_list(b, frame, args->positional.first);
	if (rc == PV_OK)
		rc = bind_list(b, frame, args->keywords.first);
	if (rc == PV_OK && args->rest)
		rc = pv_jinja_bind_folded(b, frame, args->rest);
	if (rc == PV_OK && args->keyword_rest)
		rc = pv_jinja_bind_folded(b, frame, args->keyword_rest);
	return rc;
}

static int bind_condition(pv_jinja_binder *b, const pv_jinja_frame *frame,
			  pv_jinja_node *node)
{
	pv_jinja_frame soft = *frame;
	int rc;

	soft.is_soft = 1;
	rc = pv_jinja_bind_folded(b, &soft, node->u.cond.yes);
	if (rc == PV_OK)
		rc = pv_jinja_bind_folded(b, &soft, node->u.cond.test);
	if (rc == PV_OK && node->u.cond.no)
		rc = pv_jinja_bind_folded(b, &soft, node->u.cond.no);
	return rc;
}

static int bind_slice(pv_jinja_binder *b, const pv_jinja_frame *frame,
		      pv_jinja_node *node)
{
	int rc = PV_OK;

	for (size_t i = 0; rc == PV_OK && i < 3; i++)
		if (node->u.slice.bounds[i])
			rc = pv_jinja_bind_folded(b, frame,
						  node->u.slice.bounds[i]);
	return rc;
}

static int bind_operands(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node)
{
	pv_jinja_node *operand = node->u.binary.operands.first;
	int rc = pv_jinja_bind_folded(b, frame, node->u.binary.left);

	if (rc == PV_OK && node->u.binary.right)
		rc = pv_jinja_bind_folded(b, frame, node->u.binary.right);
	for (; rc == PV_OK && operand; operand = operand->next)
		rc = pv_jinja_bind_folded(b, frame, operand->u.binary.left);
	return rc;
}

static int bind_access(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node)
{
	int rc = pv_jinja_bind_folded(b, frame, node->u.access.object);

	if (rc == PV_OK && node->u.access.key)
		rc = pv_jinja_bind_folded(b, frame, node->u.access.key);
	return rc;
}

int pv_jinja_bind_folded(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node)
{
	int rc;

	if (!node->is_constant)
		node->escape = b->escape;
	switch (node->kind) {
	case PV_JINJA_N_NAME:
	case PV_JINJA_N_NSREF:
		return bind_name(frame, node);
	case PV_JINJA_N_TUPLE:
	case PV_JINJA_N_LIST:
	case PV_JINJA_N_DICT:
	case PV_JINJA_N_CONCAT:
		return bind_list(b, frame, node->u.items.first);
	case PV_JINJA_N_CONDEXPR:
		return bind_condition(b, frame, node);
	case PV_JINJA_N_OR:
	case PV_JINJA_N_AND:
	case PV_JINJA_N_NOT:
	case PV_JINJA_N_COMPARE:
	case PV_JINJA_N_BINARY:
	case PV_JINJA_N_NEG:
	case PV_JINJA_N_POS:
		return bind_operands(b, frame, node);
	case PV_JINJA_N_GETATTR:
	case PV_JINJA_N_GETITEM:
		return bind_access(b, frame, node);
	case PV_JINJA_N_SLICE:
		return bind_slice(b, frame, node);
	case PV_JINJA_N_CALL:
	case PV_JINJA_N_FILTER:
	case PV_JINJA_N_TEST:
		return bind_call(b, frame, node);
	case PV_JINJA_N_TRANSLATE:
		rc = node->u.translate.count
			     ? pv_jinja_bind_folded(b, frame,
						    node->u.translate.count)
			     : PV_OK;
		return rc < 0 ? rc
			      : bind_list(b, frame,
					  node->u.translate.variables.first);
	default:
		return PV_OK;
	}
}

int pv_jinja_bind_expr(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node)
{
	int rc = pv_jinja_fold(b, node);

	return rc < 0 ? rc : pv_jinja_bind_folded(b, frame, node);
}

int pv_jinja_bind_exprs(pv_jinja_binder *b, const pv_jinja_frame *frame,
			pv_jinja_node *node)
{
	int rc = PV_OK;

	for (; rc == PV_OK && node; node = node->next)
		rc = pv_jinja_bind_expr(b, frame, node);
	return rc;
}

int pv_jinja_bind_target(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node)
{
	int rc = PV_OK;

	if (node->kind == PV_JINJA_N_TUPLE) {
		for (pv_jinja_node *item = node->u.items.first;
		     rc == PV_OK && item; item = item->next)
			rc = pv_jinja_bind_target(b, frame, item);
		return rc;
	}
	if (node->kind == PV_JINJA_N_NAME)
		node->flag = frame->is_top;
	else
		node->line = b->last_line;
	return bind_name(frame, node);
}
