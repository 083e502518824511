/* SPDX-License-Identifier: MIT
 *
 * Children of nodes, in the order in which Jinja2 visits them; on which it
 * depends which use of a special name comes first.
 */
#include "jinja/bind/symbols.h"
#include "jinja/parse/parser.h"

struct walk {
	pv_jinja_walk_fn *fn;
	void *payload;
};

static void one(const struct walk *w, const pv_jinja_node *node)
{
	if (node)
		w->fn(node, w->payload);
}

static void all(const struct walk *w, const pv_jinja_node *node)
{
	for (; node; node = node->next)
		w->fn(node, w->payload);
}

static void walk_call(const struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_args *args = node->u.call.args;

	one(w, node->u.call.object);
	if (!args)
		return;
	all(w, args->positional.first);
	all(w, args->keywords.first);
	one(w, args->rest);
	one(w, args->keyword_rest);
}

static void walk_macro(const struct walk *w, const pv_jinja_node *node)
{
	const pv_jinja_macro *code = node->u.macro.code;

	one(w, node->u.macro.call);
	all(w, code->params.first);
	all(w, code->defaults.first);
	all(w, code->body.first);
}

static void walk_loop(const struct walk *w, const pv_jinja_node *node)
{
	one(w, node->u.loop.target);
	one(w, node->u.loop.iter);
	all(w, node->u.loop.body.first);
	all(w, node->u.loop.orelse.first);
	one(w, node->u.loop.filter);
}

static void walk_cases(const struct walk *w, const pv_jinja_node *node)
{
	one(w, node->u.cases.test);
	all(w, node->u.cases.body.first);
	all(w, node->u.cases.elifs.first);
	all(w, node->u.cases.orelse.first);
}

static void walk_set(const struct walk *w, const pv_jinja_node *node)
{
	if (node->kind == PV_JINJA_N_FILTER_BLOCK) {
		all(w, node->u.set.body.first);
		one(w, node->u.set.value);
		return;
	}
	all(w, node->u.set.target);
	all(w, node->u.set.value);
	all(w, node->u.set.body.first);
}

static void walk_statement(const struct walk *w, const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_FOR:
		walk_loop(w, node);
		break;
	case PV_JINJA_N_IF:
		walk_cases(w, node);
		break;
	case PV_JINJA_N_SET:
	case PV_JINJA_N_SET_BLOCK:
	case PV_JINJA_N_WITH:
	case PV_JINJA_N_AUTOESCAPE:
	case PV_JINJA_N_FILTER_BLOCK:
		walk_set(w, node);
		break;
	case PV_JINJA_N_MACRO:
	case PV_JINJA_N_CALL_BLOCK:
		walk_macro(w, node);
		break;
	case PV_JINJA_N_BLOCK:
		all(w, node->u.block.code->body.first);
		break;
	case PV_JINJA_N_INCLUDE:
	case PV_JINJA_N_IMPORT:
	case PV_JINJA_N_FROM:
		one(w, node->u.import.name);
		break;
	case PV_JINJA_N_PRINT:
	case PV_JINJA_N_EXPR:
	case PV_JINJA_N_EXTENDS:
		one(w, node->u.expr);
		break;
	default:
		break;
	}
}

static void walk_access(const struct walk *w, const pv_jinja_node *node)
{
	if (node->kind == PV_JINJA_N_SLICE) {
		for (size_t i = 0; i < 3; i++)
			one(w, node->u.slice.bounds[i]);
		return;
	}
	one(w, node->u.access.object);
	one(w, node->u.access.key);
}

void pv_jinja_walk(const pv_jinja_node *node, pv_jinja_walk_fn *fn, void *payload)
{
	struct walk w = { fn, payload };

	switch (node->kind) {
	case PV_JINJA_N_TUPLE:
	case PV_JINJA_N_LIST:
	case PV_JINJA_N_DICT:
	case PV_JINJA_N_CONCAT:
		all(&w, node->u.items.first);
		break;
	case PV_JINJA_N_CONDEXPR:
		one(&w, node->u.cond.test);
		one(&w, node->u.cond.yes);
		one(&w, node->u.cond.no);
		break;
	case PV_JINJA_N_OR:
	case PV_JINJA_N_AND:
	case PV_JINJA_N_NOT:
	case PV_JINJA_N_COMPARE:
	case PV_JINJA_N_BINARY:
	case PV_JINJA_N_NEG:
	case PV_JINJA_N_POS:
		one(&w, node->u.binary.left);
		one(&w, node->u.binary.right);
		all(&w, node->u.binary.operands.first);
		break;
	case PV_JINJA_N_GETATTR:
	case PV_JINJA_N_GETITEM:
	case PV_JINJA_N_SLICE:
		walk_access(&w, node);
		break;
	case PV_JINJA_N_CALL:
	case PV_JINJA_N_FILTER:
	case PV_JINJA_N_TEST:
		walk_call(&w, node);
		break;
	case PV_JINJA_N_TRANSLATE:
		one(&w, node->u.translate.count);
		all(&w, node->u.translate.variables.first);
		break;
	default:
		walk_statement(&w, node);
		break;
	}
}

/* --- special names ------------------------------------------------------- */

struct seek {
	const char *const *names;
	size_t count;
	unsigned hidden; /* set before any use */
	unsigned found;
};

static void seek_in(const pv_jinja_node *node, void *payload)
{
	struct seek *seek = payload;

	if (node->kind == PV_JINJA_N_BLOCK)
		return;
	if (node->kind != PV_JINJA_N_NAME) {
		pv_jinja_walk(node, seek_in, payload);
		return;
	}
	for (size_t i = 0; i < seek->count; i++) {
		if (!pv_jinja_str_is(node->u.name.name->text, seek->names[i]))
			continue;
		if (node->op != PV_JINJA_LOAD)
			seek->hidden |= 1U << i;
		else if (!(seek->hidden & 1U << i))
			seek->found |= 1U << i;
	}
}

/* Whether the template has any of the names at all; mostly it has none. */
static int has_any(pv_jinja_parser *parser, const char *const *names, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pv_jinja_find_name(parser, pv_str_of(names[i])))
			return 1;
	return 0;
}

unsigned pv_jinja_undeclared(pv_jinja_parser *parser, const pv_jinja_nodes *body,
			     const char *const *names, size_t count)
{
	struct seek seek = { .names = names, .count = count };

	if (!has_any(parser, names, count))
		return 0;
	for (const pv_jinja_node *node = body->first; node; node = node->next)
		seek_in(node, &seek);
	return seek.found;
}
