/* SPDX-License-Identifier: MIT
 *
 * Binding of macros, of the bodies of {% call %}, and of blocks: each is a
 * function of its own. Blocks see nothing of the scopes around them.
 */
#include "jinja/bind/bind.h"

enum {
	CALLER,
	KWARGS,
	VARARGS,
	SPECIALS
};

static const char *const specials[SPECIALS] = { "caller", "kwargs", "varargs" };
static const char *const references[] = { "self", "super" };

static int param(uint32_t *out, pv_jinja_frame *frame, pv_jinja_binder *b,
		 const char *text)
{
	const pv_jinja_name *name;
	int rc = pv_jinja_intern(&name, b->parser, pv_str_of(text));

	return rc < 0 ? rc : pv_jinja_symbols_param(out, &frame->symbols, name);
}

/* The place of a parameter among the macro's own, or -1. */
static int find_param(const pv_jinja_macro *code, const char *text)
{
	int at = 0;

	for (const pv_jinja_node *node = code->params.first; node;
	     node = node->next, at++)
		if (pv_jinja_str_is(node->u.name.name->text, text))
			return at;
	return -1;
}

/* caller, kwargs and varargs are parameters of a body that mentions them. */
static int add_specials(pv_jinja_frame *frame, pv_jinja_binder *b,
			pv_jinja_macro *code, int line)
{
	unsigned found =
		pv_jinja_undeclared(b->parser, &code->body, specials, SPECIALS);
	int at = find_param(code, specials[CALLER]);
	int rc = PV_OK;

	if (found & 1U << CALLER) {
		code->takes_caller = 1;
		code->has_caller_param = at >= 0;
		if (at < 0)
			rc = param(&code->caller_slot, frame, b,
				   specials[CALLER]);
		else if (code->params.count - (size_t)at > code->defaults.count)
			rc = pv_jinja_assertion_fail(
				b->parser, line,
				"When defining macros or call blocks the "
				"special \"caller\" argument must be omitted "
				"or be given a default.");
	}
	if (rc == PV_OK && (found & 1U << KWARGS) &&
	    find_param(code, specials[KWARGS]) < 0) {
		code->takes_kwargs = 1;
		rc = param(&code->kwargs_slot, frame, b, specials[KWARGS]);
	}
	if (rc == PV_OK && (found & 1U << VARARGS) &&
	    find_param(code, specials[VARARGS]) < 0) {
		code->takes_varargs = 1;
		rc = param(&code->varargs_slot, frame, b, specials[VARARGS]);
	}
	return rc;
}

/* Python refuses two parameters of one name. */
static void check_params(pv_jinja_binder *b, const pv_jinja_macro *code)
{
	for (const pv_jinja_node *node = code->params.first; node;
	     node = node->next)
		for (const pv_jinja_node *other = code->params.first;
		     other != node && !b->python_error; other = other->next)
			if (other->u.name.name == node->u.name.name) {
				b->python_error = "duplicate argument: ";
				b->python_name = node->u.name.name;
				b->python_node = node;
			}
}

/* The call of a call block is given its caller once already. */
static void check_caller(pv_jinja_binder *b, const pv_jinja_node *call)
{
	const pv_jinja_node *arg = NULL;

	if (call && call->u.call.args)
		arg = call->u.call.args->keywords.first;
	for (; arg && !b->python_error; arg = arg->next)
		if (pv_jinja_str_is(arg->key->text, "caller")) {
			b->python_error = "keyword argument repeated: ";
			b->python_name = arg->key;
			b->python_node = arg;
		}
}

static int bind_code(pv_jinja_binder *b, const pv_jinja_frame *outer,
		     pv_jinja_macro *code, const pv_jinja_node *node)
{
	pv_jinja_function own = { 0, outer->symbols.function->level + 1 };
	pv_jinja_frame frame;
	int depth = b->loop_depth;
	int rc;

	pv_jinja_frame_inner(&frame, b, outer, &own);
	frame.checks_child = 0;
	check_params(b, code);
	rc = pv_jinja_symbols_list(&frame.symbols, &code->params);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&frame.symbols, &code->defaults);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&frame.symbols, &code->body);
	if (rc == PV_OK)
		rc = add_specials(&frame, b, code, node->line);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&code->scope, b, &frame);
	pv_jinja_bind_line(b, node);
	if (rc == PV_OK)
		rc = pv_jinja_bind_exprs(b, &frame, code->params.first);
	if (rc == PV_OK)
		rc = pv_jinja_bind_exprs(b, &frame, code->defaults.first);
	b->loop_depth = 0;
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, &frame, &code->body);
	b->loop_depth = depth;
	code->slot_count = own.slot_count;
	return rc;
}

int pv_jinja_bind_macro(pv_jinja_binder *b, const pv_jinja_frame *frame,
			pv_jinja_node *node)
{
	int rc = bind_code(b, frame, node->u.macro.code, node);

	return rc < 0 ? rc : pv_jinja_bind_target(b, frame, node->u.macro.target);
}

int pv_jinja_bind_call_block(pv_jinja_binder *b, const pv_jinja_frame *frame,
			     pv_jinja_node *node)
{
	int rc = bind_code(b, frame, node->u.macro.code, node);

	pv_jinja_bind_line(b, node);
	if (rc == PV_OK && node->u.macro.call)
		rc = pv_jinja_bind_expr(b, frame, node->u.macro.call);
	check_caller(b, node->u.macro.call);
	return rc;
}

int pv_jinja_bind_block(pv_jinja_binder *b, pv_jinja_block *block)
{
	unsigned found =
		pv_jinja_undeclared(b->parser, &block->body, references, 2);
	pv_jinja_function own = { 0 };
	pv_jinja_frame frame;
	int rc = PV_OK;

	pv_jinja_frame_inner(&frame, b, NULL, &own);
	block->takes_self = found & 1U;
	block->takes_super = (found & 2U) != 0;
	if (block->takes_self)
		rc = param(&block->self_slot, &frame, b, references[0]);
	if (rc == PV_OK && block->takes_super)
		rc = param(&block->super_slot, &frame, b, references[1]);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&frame.symbols, &block->body);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&block->scope, b, &frame);
	pv_jinja_bind_line(b, block->node);
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, &frame, &block->body);
	block->slot_count = own.slot_count;
	return rc;
}
