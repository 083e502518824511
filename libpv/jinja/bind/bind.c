/* SPDX-License-Identifier: MIT
 *
 * Binding of statements and of the template as a whole.
 */
#include "jinja/bind/bind.h"

void pv_jinja_bind_line(pv_jinja_binder *b, const pv_jinja_node *node)
{
	b->last_line = node->line;
}

void pv_jinja_frame_inner(pv_jinja_frame *out, pv_jinja_binder *b,
			  const pv_jinja_frame *outer,
			  pv_jinja_function *function)
{
	memset(out, 0, sizeof(*out));
	if (!function && outer)
		function = outer->symbols.function;
	pv_jinja_symbols_init(&out->symbols, b->run, function,
			      outer ? &outer->symbols : NULL);
	if (outer)
		out->checks_child = outer->checks_child;
}

/* Notes a name the template takes from its context. */
static int note(pv_jinja_binder *b, const pv_jinja_name *name)
{
	pv_jinja_interned *interned = pv_jinja_interned_find(b->parser, name);
	pv_jinja_template *template = b->template;
	pv_jinja_wanted *wanted;
	int rc;

	if (interned->is_wanted)
		return PV_OK;
	rc = pv_jinja_alloc(&wanted, b->run, sizeof(*wanted));
	if (rc < 0)
		return rc;
	interned->is_wanted = 1;
	wanted->name = name;
	wanted->next = template->wanted;
	template->wanted = wanted;
	return PV_OK;
}

int pv_jinja_frame_scope(pv_jinja_scope *out, pv_jinja_binder *b,
			 const pv_jinja_frame *frame)
{
	int rc = pv_jinja_symbols_scope(out, &frame->symbols);

	for (const pv_jinja_symbol *s = frame->symbols.first; rc == PV_OK && s;
	     s = s->next)
		if (s->action == PV_JINJA_LOAD_RESOLVE)
			rc = note(b, s->name);
	return rc;
}

/* --- statements ---------------------------------------------------------- */

static int bind_print(pv_jinja_binder *b, const pv_jinja_frame *frame,
		      pv_jinja_node *node)
{
	int rc;

	node->escape = b->escape;
	node->flag = PV_JINJA_ALWAYS;
	if (frame->checks_child)
		node->flag =
			b->is_child ? PV_JINJA_NEVER : PV_JINJA_UNLESS_EXTENDED;
	if (node->flag == PV_JINJA_NEVER || node->kind == PV_JINJA_N_DATA)
		return PV_OK;
	rc = pv_jinja_fold(b, node->u.expr);
	if (rc == PV_OK && b->escape == PV_JINJA_ESCAPE_VOLATILE)
		rc = pv_jinja_fold_literals(b, node->u.expr);
	if (rc < 0)
		return rc;
	if (!node->u.expr->is_constant)
		pv_jinja_bind_line(b, node);
	else
		node->escape = b->known_escape;
	return pv_jinja_bind_folded(b, frame, node->u.expr);
}

static int bind_case(pv_jinja_binder *b, const pv_jinja_frame *frame,
		     pv_jinja_node *node)
{
	int rc;

	pv_jinja_bind_line(b, node);
	rc = pv_jinja_bind_expr(b, frame, node->u.cases.test);
	return rc < 0 ? rc : pv_jinja_bind_list(b, frame, &node->u.cases.body);
}

static int bind_if(pv_jinja_binder *b, const pv_jinja_frame *frame,
		   pv_jinja_node *node)
{
	pv_jinja_frame soft = *frame;
	int rc;

	soft.is_root = 0;
	soft.is_soft = 1;
	rc = bind_case(b, &soft, node);
	for (pv_jinja_node *other = node->u.cases.elifs.first;
	     rc == PV_OK && other; other = other->next)
		rc = bind_case(b, &soft, other);
	return rc < 0 ? rc : pv_jinja_bind_list(b, &soft, &node->u.cases.orelse);
}

static int bind_set(pv_jinja_binder *b, const pv_jinja_frame *frame,
		    pv_jinja_node *node)
{
	int rc = pv_jinja_bind_target(b, frame, node->u.set.target);

	pv_jinja_bind_line(b, node);
	return rc < 0 ? rc : pv_jinja_bind_expr(b, frame, node->u.set.value);
}

/* The body of {% set %} or {% filter %}, and the filter it goes through. */
static int bind_captured(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node)
{
	pv_jinja_frame inner;
	int rc;

	pv_jinja_frame_inner(&inner, b, frame, NULL);
	if (node->kind == PV_JINJA_N_SET_BLOCK)
		inner.checks_child = 0;
	rc = pv_jinja_symbols_list(&inner.symbols, &node->u.set.body);
	if (rc == PV_OK && node->u.set.value)
		rc = pv_jinja_symbols_visit(&inner.symbols, node->u.set.value);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&node->u.set.scope, b, &inner);
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, &inner, &node->u.set.body);
	pv_jinja_bind_line(b, node);
	node->escape = b->escape;
	if (rc == PV_OK && node->kind == PV_JINJA_N_SET_BLOCK)
		rc = pv_jinja_bind_target(b, frame, node->u.set.target);
	if (rc == PV_OK && node->u.set.value)
		rc = pv_jinja_bind_expr(b, &inner, node->u.set.value);
	return rc;
}

static int bind_with(pv_jinja_binder *b, const pv_jinja_frame *frame,
		     pv_jinja_node *node)
{
	pv_jinja_node *target = node->u.set.target;
	pv_jinja_frame inner;
	int rc = PV_OK;

	pv_jinja_frame_inner(&inner, b, frame, NULL);
	for (pv_jinja_node *at = target; rc == PV_OK && at; at = at->next)
		rc = pv_jinja_symbols_target(&inner.symbols, at);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&inner.symbols, &node->u.set.body);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&node->u.set.scope, b, &inner);
	node->line = b->last_line;
	for (; rc == PV_OK && target; target = target->next)
		rc = pv_jinja_bind_target(b, &inner, target);
	if (rc == PV_OK)
		rc = pv_jinja_bind_exprs(b, frame, node->u.set.value);
	return rc < 0 ? rc : pv_jinja_bind_list(b, &inner, &node->u.set.body);
}

static int constant_escape(const pv_jinja_binder *b, const pv_jinja_node *node)
{
	if (node->kind != PV_JINJA_N_CONST)
		return PV_JINJA_ESCAPE_VOLATILE;
	return pv_jinja_truth(b->run, node->u.value) > 0 ? PV_JINJA_ESCAPE_ON
							 : PV_JINJA_ESCAPE_OFF;
}

static int bind_autoescape(pv_jinja_binder *b, const pv_jinja_frame *frame,
			   pv_jinja_node *node)
{
	uint8_t escape = b->escape;
	uint8_t known = b->known_escape;
	uint8_t is_known;
	pv_jinja_frame inner;
	int rc;

	pv_jinja_frame_inner(&inner, b, frame, NULL);
	rc = pv_jinja_symbols_visit(&inner.symbols, node->u.set.value);
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&inner.symbols, &node->u.set.body);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&node->u.set.scope, b, &inner);
	node->line = b->last_line;
	if (rc == PV_OK)
		rc = pv_jinja_bind_expr(b, &inner, node->u.set.value);
	is_known = (uint8_t)constant_escape(b, node->u.set.value);
	if (b->escape != PV_JINJA_ESCAPE_VOLATILE)
		b->escape = is_known;
	if (is_known != PV_JINJA_ESCAPE_VOLATILE)
		b->known_escape = is_known;
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, &inner, &node->u.set.body);
	b->escape = escape;
	b->known_escape = known;
	return rc;
}

/* --- other templates ----------------------------------------------------- */

static int bind_import(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node)
{
	int rc = PV_OK;

	pv_jinja_bind_line(b, node);
	rc = pv_jinja_bind_expr(b, frame, node->u.import.name);
	for (pv_jinja_node *target = node->u.import.targets.first;
	     rc == PV_OK && target; target = target->next)
		rc = pv_jinja_bind_target(b, frame, target);
	if (rc == PV_OK && node->u.import.with_context)
		rc = pv_jinja_symbols_locals(&node->u.import.locals,
					     &frame->symbols);
	return rc;
}

static int bind_extends(pv_jinja_binder *b, const pv_jinja_frame *frame,
			pv_jinja_node *node)
{
	int rc;

	if (!frame->is_top) {
		pv_jinja_bind_point(b, node);
		return pv_jinja_assertion_fail(
			b->parser, node->line,
			"cannot use extend from a non top-level scope");
	}
	if (b->extends_count > 0)
		node->flag = b->is_child ? PV_JINJA_EXTENDS_NEVER
					 : PV_JINJA_EXTENDS_ONCE;
	if (node->flag == PV_JINJA_EXTENDS_NEVER) {
		node->line = b->last_line;
		b->is_cut = 1;
		return PV_OK;
	}
	pv_jinja_bind_line(b, node);
	rc = pv_jinja_bind_expr(b, frame, node->u.expr);
	if (frame->is_root)
		b->is_child = 1;
	b->extends_count++;
	return rc;
}

static int use_block(pv_jinja_binder *b, const pv_jinja_frame *frame,
		     pv_jinja_node *node)
{
	node->op = PV_JINJA_ALWAYS;
	if (frame->is_top && b->is_child)
		node->op = PV_JINJA_NEVER;
	else if (frame->is_top && b->extends_count > 0)
		node->op = PV_JINJA_UNLESS_EXTENDED;
	if (node->op == PV_JINJA_NEVER)
		return PV_OK;
	pv_jinja_bind_line(b, node);
	if (!(node->flag & PV_JINJA_BLOCK_SCOPED))
		return PV_OK;
	return pv_jinja_symbols_locals(&node->u.block.locals, &frame->symbols);
}

/* --- all of them --------------------------------------------------------- */

static int bind_control(pv_jinja_binder *b, const pv_jinja_node *node)
{
	pv_jinja_bind_line(b, node);
	if (b->loop_depth > 0 || b->python_error)
		return PV_OK;
	b->python_node = node;
	b->python_error = node->kind == PV_JINJA_N_BREAK
				  ? "'break' outside loop"
				  : "'continue' not properly in loop";
	return PV_OK;
}

static int bind_statement(pv_jinja_binder *b, const pv_jinja_frame *frame,
			  pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_DATA:
	case PV_JINJA_N_PRINT:
		return bind_print(b, frame, node);
	case PV_JINJA_N_FOR:
		return pv_jinja_bind_loop(b, frame, node);
	case PV_JINJA_N_IF:
		return bind_if(b, frame, node);
	case PV_JINJA_N_SET:
		return bind_set(b, frame, node);
	case PV_JINJA_N_SET_BLOCK:
	case PV_JINJA_N_FILTER_BLOCK:
		return bind_captured(b, frame, node);
	case PV_JINJA_N_MACRO:
		return pv_jinja_bind_macro(b, frame, node);
	case PV_JINJA_N_CALL_BLOCK:
		return pv_jinja_bind_call_block(b, frame, node);
	case PV_JINJA_N_WITH:
		return bind_with(b, frame, node);
	case PV_JINJA_N_BLOCK:
		return use_block(b, frame, node);
	case PV_JINJA_N_EXTENDS:
		return bind_extends(b, frame, node);
	case PV_JINJA_N_INCLUDE:
	case PV_JINJA_N_IMPORT:
	case PV_JINJA_N_FROM:
		return bind_import(b, frame, node);
	case PV_JINJA_N_AUTOESCAPE:
		return bind_autoescape(b, frame, node);
	case PV_JINJA_N_EXPR:
		pv_jinja_bind_line(b, node);
		return pv_jinja_bind_expr(b, frame, node->u.expr);
	default:
		return bind_control(b, node);
	}
}

int pv_jinja_bind_list(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_nodes *nodes)
{
	int rc = PV_OK;

	for (pv_jinja_node *node = nodes->first; rc == PV_OK && node;
	     node = node->next) {
		rc = bind_statement(b, frame, node);
		if (!b->is_cut)
			continue;
		node->next = NULL;
		b->is_cut = 0;
		break;
	}
	return rc;
}

/* Python would not compile it: a SyntaxError, after all else was fine. */
static int refuse(pv_jinja_binder *b)
{
	const pv_jinja_name *name = b->python_name;

	if (!b->python_error)
		return PV_OK;
	b->parser->is_placed = 1;
	b->parser->fail_line = b->python_node->line;
	b->parser->fail_pos = b->python_node->pos;
	return pv_jinja_raise(b->run, PV_JINJA_SYNTAX_ERROR, "%s%.*s",
			      b->python_error, name ? (int)name->text.len : 0,
			      name ? name->text.u.s : "");
}

int pv_jinja_bind(pv_jinja_binder *b)
{
	static const char *const self[] = { "self" };
	pv_jinja_template *template = b->template;
	pv_jinja_block *root = &template->root;
	pv_jinja_function own = { 0 };
	const pv_jinja_name *name;
	pv_jinja_frame frame;
	int rc = PV_OK;

	b->last_line = 1;
	b->escape = template->env->is_escaping ? PV_JINJA_ESCAPE_ON
					       : PV_JINJA_ESCAPE_OFF;
	b->known_escape = b->escape;
	pv_jinja_frame_inner(&frame, b, NULL, &own);
	frame.is_top = 1;
	frame.is_root = 1;
	frame.checks_child = template->has_extends;
	root->takes_self =
		(uint8_t)pv_jinja_undeclared(b->parser, &root->body, self, 1);
	if (root->takes_self) {
		rc = pv_jinja_intern(&name, b->parser, pv_str_of("self"));
		if (rc == PV_OK)
			rc = pv_jinja_symbols_param(&root->self_slot,
						    &frame.symbols, name);
	}
	if (rc == PV_OK)
		rc = pv_jinja_symbols_list(&frame.symbols, &root->body);
	if (rc == PV_OK)
		rc = pv_jinja_frame_scope(&root->scope, b, &frame);
	if (rc == PV_OK)
		rc = pv_jinja_bind_list(b, &frame, &root->body);
	root->slot_count = own.slot_count;
	for (pv_jinja_block *block = template->blocks; rc == PV_OK && block;
	     block = block->next)
		rc = pv_jinja_bind_block(b, block);
	return rc < 0 ? rc : refuse(b);
}
