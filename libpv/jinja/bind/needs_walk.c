/* SPDX-License-Identifier: MIT
 *
 * Which names come from outside, by Jinja2's rules of scope: a name belongs to
 * the innermost scope that sets it; a scope sees what its parents set, all of
 * it, since a parent is gone through before what is inside it; a name set only
 * in some branch of an `if` may still come from outside.
 *
 * Each list of statements is gone through twice: for the names of the scope it
 * is in, in order, then for the scopes inside.
 */
#include "jinja/bind/needs_walk.h"

#include "base/fail.h"
#include "base/mem.h"

static void names_in(pv_jinja_needs_walk *w, const pv_jinja_node *node);
static void scopes_in(pv_jinja_needs_walk *w, const pv_jinja_node *node);

/* --- bindings -------------------------------------------------------------- */

static void bind(pv_jinja_needs_walk *w, const pv_jinja_name *name, int binding)
{
	pv_jinja_known *known;

	if (!name || w->rc < 0)
		return;
	w->rc = pv_array_reserve(&w->log, &w->cap, w->count + 1, sizeof(*w->log));
	if (w->rc < 0)
		return;
	known = pv_jinja_known_of(w, name);
	w->log[w->count].name = name;
	w->log[w->count++].binding = known->binding;
	known->binding = (uint8_t)binding;
}

static void undo(pv_jinja_needs_walk *w, size_t mark)
{
	while (w->count > mark) {
		const pv_jinja_rebinding *last = &w->log[--w->count];

		pv_jinja_known_of(w, last->name)->binding = last->binding;
	}
}

/* Binds the names of a target; ns.name is an attribute of what is read. */
static void bind_target(pv_jinja_needs_walk *w, const pv_jinja_node *target)
{
	if (!target)
		return;
	if (target->kind == PV_JINJA_N_NSREF) {
		pv_jinja_needs_name(w, target, 0);
	} else if (target->kind == PV_JINJA_N_NAME) {
		bind(w, target->u.name.name, PV_JINJA_BOUND);
	} else {
		for (const pv_jinja_node *item = target->u.items.first; item;
		     item = item->next)
			bind_target(w, item);
	}
}

static void bind_targets(pv_jinja_needs_walk *w, const pv_jinja_node *target)
{
	for (; target; target = target->next)
		bind_target(w, target);
}

/* --- branches -------------------------------------------------------------- */

/* Whether a name is set is asked in the tests of an `if`, for all its arms. */
static void guard_arms(pv_jinja_needs_walk *w, const pv_jinja_node *node, int by)
{
	pv_jinja_needs_guard(w, node->u.cases.test, by);
	for (const pv_jinja_node *other = node->u.cases.elifs.first; other;
	     other = other->next)
		pv_jinja_needs_guard(w, other->u.cases.test, by);
}

/* A name set in a branch is set only perhaps where the branches meet. */
static void meet_target(pv_jinja_needs_walk *w, const pv_jinja_node *target)
{
	if (!target)
		return;
	if (target->kind == PV_JINJA_N_TUPLE) {
		for (const pv_jinja_node *item = target->u.items.first; item;
		     item = item->next)
			meet_target(w, item);
		return;
	}
	if (target->kind != PV_JINJA_N_NAME || !target->u.name.name ||
	    pv_jinja_known_of(w, target->u.name.name)->binding != PV_JINJA_UNBOUND)
		return;
	pv_jinja_needs_name(w, target, 1);
	bind(w, target->u.name.name, PV_JINJA_BOUND_MAYBE);
}

static void meet_arms(pv_jinja_needs_walk *w, const pv_jinja_node *node);

/* Names set in a list itself, the branches in it included. */
static void meet(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	for (; node && w->rc >= 0; node = node->next) {
		switch (node->kind) {
		case PV_JINJA_N_SET:
		case PV_JINJA_N_SET_BLOCK:
			meet_target(w, node->u.set.target);
			break;
		case PV_JINJA_N_MACRO:
			meet_target(w, node->u.macro.target);
			break;
		case PV_JINJA_N_IMPORT:
		case PV_JINJA_N_FROM:
			for (const pv_jinja_node *target =
				     node->u.import.targets.first;
			     target; target = target->next)
				meet_target(w, target);
			break;
		case PV_JINJA_N_IF:
			meet_arms(w, node);
			break;
		default:
			break;
		}
	}
}

static void meet_arms(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	meet(w, node->u.cases.body.first);
	for (const pv_jinja_node *other = node->u.cases.elifs.first; other;
	     other = other->next)
		meet(w, other->u.cases.body.first);
	meet(w, node->u.cases.orelse.first);
}

/* What each of the arms read so far sets. */
struct common {
	const pv_jinja_name **names; /* NULL before the first arm */
	size_t count;
};

static int is_bound(const pv_jinja_needs_walk *w, const pv_jinja_name *name)
{
	return pv_jinja_known_of(w, name)->binding == PV_JINJA_BOUND;
}

/* Names the first arm sets, whose changes begin at `mark`. */
static void begin_common(pv_jinja_needs_walk *w, struct common *common,
			 size_t mark)
{
	common->names =
		pv_arena_alloc(w->arena, (w->count - mark + 1) *
						 sizeof(const pv_jinja_name *));
	if (!common->names) {
		w->rc = PV_ENOMEM;
		return;
	}
	for (size_t i = mark; i < w->count; i++)
		if (w->log[i].binding != PV_JINJA_BOUND &&
		    is_bound(w, w->log[i].name))
			common->names[common->count++] = w->log[i].name;
}

static void keep_common(const pv_jinja_needs_walk *w, struct common *common)
{
	size_t kept = 0;

	for (size_t i = 0; i < common->count; i++)
		if (is_bound(w, common->names[i]))
			common->names[kept++] = common->names[i];
	common->count = kept;
}

/* An arm: the test that leads to it, unless it is the first, and its body. */
static void read_arm(pv_jinja_needs_walk *w, struct common *common,
		     const pv_jinja_node *test, const pv_jinja_nodes *body)
{
	size_t mark = w->count;

	pv_jinja_needs_expr(w, test);
	names_in(w, body->first);
	if (common->names)
		keep_common(w, common);
	else if (w->rc >= 0)
		begin_common(w, common, mark);
	undo(w, mark);
}

/* What all arms set is set behind them; without an `else` one sets nothing. */
static void read_if(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	struct common common = { 0 };

	pv_jinja_needs_expr(w, node->u.cases.test);
	guard_arms(w, node, 1);
	w->conditions++;
	read_arm(w, &common, NULL, &node->u.cases.body);
	for (const pv_jinja_node *other = node->u.cases.elifs.first; other;
	     other = other->next)
		read_arm(w, &common, other->u.cases.test, &other->u.cases.body);
	read_arm(w, &common, NULL, &node->u.cases.orelse);
	guard_arms(w, node, -1);
	for (size_t i = 0; i < common.count; i++)
		bind(w, common.names[i], PV_JINJA_BOUND);
	meet_arms(w, node);
	w->conditions--;
}

/* --- scopes ---------------------------------------------------------------- */

/* Begins a scope; returns what end_scope needs. */
static size_t begin_scope(pv_jinja_needs_walk *w)
{
	if (w->depth++ == 1)
		w->top = w->count;
	return w->count;
}

static void end_scope(pv_jinja_needs_walk *w, size_t mark)
{
	undo(w, mark);
	w->depth--;
}

/* What a scope holds besides the names it gives: its body. */
static void read_body(pv_jinja_needs_walk *w, const pv_jinja_nodes *body)
{
	names_in(w, body->first);
	scopes_in(w, body->first);
}

static void read_scope(pv_jinja_needs_walk *w, const pv_jinja_nodes *body)
{
	size_t mark = begin_scope(w);

	read_body(w, body);
	end_scope(w, mark);
}

/* The condition chooses what is looped over, so it sees no `loop`. */
static void read_loop(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	size_t mark = begin_scope(w);

	w->conditions++;
	bind_target(w, node->u.loop.target);
	pv_jinja_needs_expr(w, node->u.loop.filter);
	bind(w, w->words[PV_JINJA_GIVES_LOOP], PV_JINJA_BOUND);
	read_body(w, &node->u.loop.body);
	end_scope(w, mark);
	read_scope(w, &node->u.loop.orelse);
	w->conditions--;
}

/* A default may read any of the parameters. */
static void read_macro(pv_jinja_needs_walk *w, const pv_jinja_macro *code)
{
	size_t mark = begin_scope(w);

	w->conditions++;
	w->captures++;
	bind_targets(w, code->params.first);
	pv_jinja_needs_exprs(w, code->defaults.first);
	bind(w, w->words[PV_JINJA_GIVES_CALLER], PV_JINJA_BOUND);
	bind(w, w->words[PV_JINJA_GIVES_KWARGS], PV_JINJA_BOUND);
	bind(w, w->words[PV_JINJA_GIVES_VARARGS], PV_JINJA_BOUND);
	read_body(w, &code->body);
	w->captures--;
	w->conditions--;
	end_scope(w, mark);
}

/* {% set %} and {% filter %} with bodies, {% with %}, {% autoescape %} */
static void read_set_scope(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	size_t mark = begin_scope(w);

	if (node->kind == PV_JINJA_N_WITH)
		bind_targets(w, node->u.set.target);
	if (node->kind == PV_JINJA_N_AUTOESCAPE)
		pv_jinja_needs_expr(w, node->u.set.value);
	w->captures += node->kind == PV_JINJA_N_SET_BLOCK;
	read_body(w, &node->u.set.body);
	w->captures -= node->kind == PV_JINJA_N_SET_BLOCK;
	if (node->kind == PV_JINJA_N_SET_BLOCK)
		pv_jinja_needs_expr(w, node->u.set.value);
	end_scope(w, mark);
}

/* Takes back for a while what the scopes below the template's own have set. */
static void hide_scopes(pv_jinja_needs_walk *w)
{
	size_t top = w->depth > 1 ? w->top : w->count;

	for (size_t i = w->count; i > top && w->rc >= 0; i--)
		bind(w, w->log[i - 1].name, w->log[i - 1].binding);
}

/*
 * A block is a function that gets what the template has set up to there, not
 * what the loops around it have, unless it says so.
 */
static void read_block(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	size_t outer = w->count;
	size_t mark;

	if (!(node->flag & PV_JINJA_BLOCK_SCOPED))
		hide_scopes(w);
	mark = begin_scope(w);
	w->blocks++;
	w->captures++;
	bind(w, w->words[PV_JINJA_GIVES_SUPER], PV_JINJA_BOUND);
	read_body(w, &node->u.block.code->body);
	w->captures--;
	w->blocks--;
	end_scope(w, mark);
	undo(w, outer);
}

/* --- statements ------------------------------------------------------------ */

static void read_import(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	pv_jinja_needs_include(w, node->u.import.name);
	if (node->u.import.with_context)
		pv_jinja_needs_included(w, node->u.import.name,
					node->u.import.ignores_missing);
	bind_targets(w, node->u.import.targets.first);
}

/* What one statement means for the scope it is in. */
static void names_of(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_PRINT:
		if (w->captures || !w->silencer || node->pos < w->silencer->pos)
			pv_jinja_needs_expr(w, node->u.expr);
		break;
	case PV_JINJA_N_EXPR:
		pv_jinja_needs_expr(w, node->u.expr);
		break;
	case PV_JINJA_N_FOR:
		pv_jinja_needs_expr(w, node->u.loop.iter);
		break;
	case PV_JINJA_N_IF:
		read_if(w, node);
		break;
	case PV_JINJA_N_SET:
		pv_jinja_needs_expr(w, node->u.set.value);
		bind_target(w, node->u.set.target);
		break;
	case PV_JINJA_N_SET_BLOCK:
		bind_target(w, node->u.set.target);
		break;
	case PV_JINJA_N_FILTER_BLOCK:
		pv_jinja_needs_expr(w, node->u.set.value);
		break;
	case PV_JINJA_N_WITH:
		pv_jinja_needs_exprs(w, node->u.set.value);
		break;
	case PV_JINJA_N_MACRO:
		bind_target(w, node->u.macro.target);
		break;
	case PV_JINJA_N_CALL_BLOCK:
		pv_jinja_needs_expr(w, node->u.macro.call);
		break;
	case PV_JINJA_N_BLOCK:
		if (!w->is_child)
			read_block(w, node);
		break;
	case PV_JINJA_N_EXTENDS:
		pv_jinja_needs_include(w, node->u.expr);
		pv_jinja_needs_extends(w, node->u.expr);
		if (w->depth == 1 && !w->conditions && !w->silencer)
			w->silencer = node;
		break;
	case PV_JINJA_N_INCLUDE:
	case PV_JINJA_N_IMPORT:
	case PV_JINJA_N_FROM:
		read_import(w, node);
		break;
	default:
		break;
	}
}

static void names_in(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	for (; node && w->rc >= 0; node = node->next)
		names_of(w, node);
}

static void scopes_of_if(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	guard_arms(w, node, 1);
	w->conditions++;
	scopes_in(w, node->u.cases.body.first);
	for (const pv_jinja_node *other = node->u.cases.elifs.first; other;
	     other = other->next)
		scopes_in(w, other->u.cases.body.first);
	scopes_in(w, node->u.cases.orelse.first);
	w->conditions--;
	guard_arms(w, node, -1);
}

/* The scopes a statement opens. */
static void scopes_of(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_FOR:
		read_loop(w, node);
		break;
	case PV_JINJA_N_IF:
		scopes_of_if(w, node);
		break;
	case PV_JINJA_N_MACRO:
	case PV_JINJA_N_CALL_BLOCK:
		read_macro(w, node->u.macro.code);
		break;
	case PV_JINJA_N_SET_BLOCK:
	case PV_JINJA_N_FILTER_BLOCK:
	case PV_JINJA_N_WITH:
	case PV_JINJA_N_AUTOESCAPE:
		read_set_scope(w, node);
		break;
	case PV_JINJA_N_BLOCK:
		if (w->is_child)
			read_block(w, node);
		break;
	default:
		break;
	}
}

static void scopes_in(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	for (; node && w->rc >= 0; node = node->next)
		scopes_of(w, node);
}

void pv_jinja_needs_template(pv_jinja_needs_walk *w, const pv_jinja_nodes *body)
{
	size_t mark = begin_scope(w);

	read_body(w, body);
	pv_jinja_needs_parents(w);
	end_scope(w, mark);
}
