/* SPDX-License-Identifier: MIT
 *
 * Jinja expressions, scanned without a syntax tree: operands and operators
 * take turns, brackets match, and each name that stands where an operand is
 * wanted is read. Attributes, filters, tests and the names of keyword
 * arguments stand elsewhere, so they are not taken for variables.
 *
 * The scan accepts every expression Jinja does, and refuses what breaks the
 * turn-taking or the order inside brackets: enough to find typos, not all that
 * a renderer would refuse.
 */
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "base/mem.h"
#include "prompt/scan_expr.h"

enum {
	MAX_COLONS = 2 /* of a slice */
};

typedef int step_fn(struct pv_expr *expr);

static enum pv_word current_word(const struct pv_expr *expr)
{
	if (expr->lexer->token.kind != PV_LEX_NAME)
		return PV_WORD_NONE;
	return pv_jinja_find_word(expr->lexer->token.text);
}

/* --- where an operand is wanted ------------------------------------------ */

/* After an operand, operators are next; `step` switches on this. */
static int operand_read(struct pv_expr *expr, pv_op *bare, int is_string)
{
	expr->bare = bare;
	expr->name_start = SIZE_MAX;
	if (expr->lexer->token.kind == PV_LEX_NAME)
		expr->name_start = expr->lexer->token.offset;
	expr->after_string = is_string;
	expr->is_filtered = 0;
	expr->is_call = 0;
	pv_lex_next(expr->lexer);
	return 1;
}

static int prefix_operator(struct pv_expr *expr)
{
	if (++expr->unary > PV_PROMPT_MAX_NESTING)
		return pv_jinja_too_deep(expr->jinja);
	if (pv_expr_at_base(expr))
		expr->is_compound = 1;
	expr->gap = PV_GAP_OPERATOR;
	pv_lex_next(expr->lexer);
	return PV_OK;
}

static int name_operand(struct pv_expr *expr)
{
	pv_op *load;
	int rc;

	switch (current_word(expr)) {
	case PV_WORD_NONE:
		rc = pv_jinja_add(&load, expr->jinja, PV_OP_LOAD);
		return rc < 0 ? rc : operand_read(expr, load, 0);
	case PV_WORD_LITERAL:
		return operand_read(expr, NULL, 0);
	case PV_WORD_NOT:
		if (expr->is_tight)
			break;
		return prefix_operator(expr);
	case PV_WORD_AND_OR_IN:
	case PV_WORD_ELSE:
	case PV_WORD_IF:
	case PV_WORD_IS:
		break;
	}
	return pv_jinja_expected(expr->jinja, "an expression");
}

/* Another colon of a slice. */
static int slice_colon(struct pv_expr *expr)
{
	if (++pv_expr_group(expr)->colons > MAX_COLONS)
		return pv_jinja_expected(expr->jinja, "\"]\"");
	pv_expr_want_operand(expr, PV_GAP_COLON);
	return PV_OK;
}

/* Whether a bracket may close where an operand could stand. */
static int may_close(const struct pv_expr *expr)
{
	switch (expr->gap) {
	case PV_GAP_OPEN:
		return 1;
	case PV_GAP_COMMA:
		return pv_expr_innermost(expr) != 's';
	case PV_GAP_COLON:
		return pv_expr_innermost(expr) == 's';
	case PV_GAP_OPERATOR:
		break;
	}
	return 0;
}

static int operator_operand(struct pv_expr *expr)
{
	int op = expr->lexer->token.op;
	int is_first = expr->gap == PV_GAP_OPEN || expr->gap == PV_GAP_COMMA;

	if (op == '(' || op == '[' || op == '{')
		return pv_expr_open(expr, (char)op);
	if (op == '-' || op == '+') {
		expr->is_tight = 1;
		return prefix_operator(expr);
	}
	if ((op == '*' || op == PV_OP('*', '*')) && pv_expr_in_call(expr) &&
	    is_first) {
		pv_expr_group(expr)->argument =
			op == '*' ? PV_ARGUMENT_LIST : PV_ARGUMENT_MAP;
		return prefix_operator(expr);
	}
	if (op == ':' && pv_expr_innermost(expr) == 's')
		return slice_colon(expr);
	if (may_close(expr) && pv_expr_close(expr))
		return 1;
	return pv_jinja_expected(expr->jinja, "an expression");
}

/* 1 when an operand was read, 0 to go on wanting one, negative on a fault. */
static int step_operand(struct pv_expr *expr)
{
	switch (expr->lexer->token.kind) {
	case PV_LEX_NAME:
		return name_operand(expr);
	case PV_LEX_NUMBER:
		return operand_read(expr, NULL, 0);
	case PV_LEX_STRING:
		return operand_read(expr, NULL, 1);
	case PV_LEX_OPERATOR:
		return operator_operand(expr);
	case PV_LEX_END:
		if (expr->gap == PV_GAP_COMMA && pv_expr_at_base(expr)) {
			expr->is_done = 1; /* a tuple with a trailing comma */
			return 1;
		}
		break;
	case PV_LEX_EOF:
	case PV_LEX_BAD:
		break;
	}
	return pv_jinja_expected(expr->jinja, "an expression");
}

/* --- behind an operand ---------------------------------------------------- */

/* A name with dots, of a filter or a test; the next token is current then. */
static int dotted_name(struct pv_expr *expr, pv_str *out, const char *what)
{
	if (expr->lexer->token.kind != PV_LEX_NAME)
		return pv_jinja_expected(expr->jinja, what);
	*out = expr->lexer->token.text;
	pv_lex_next(expr->lexer);
	while (pv_expr_at_operator(expr, '.')) {
		pv_lex_next(expr->lexer);
		if (expr->lexer->token.kind != PV_LEX_NAME)
			return pv_jinja_expected(expr->jinja, what);
		out->len = 0;
		pv_lex_next(expr->lexer);
	}
	return PV_OK;
}

/* Behind the name of a filter or a test. */
static void leave_operand(struct pv_expr *expr)
{
	expr->bare = NULL;
	expr->name_start = SIZE_MAX;
	expr->after_string = 0;
	expr->is_filtered = 1;
	expr->is_call = 0;
}

static int step_filter(struct pv_expr *expr)
{
	pv_str name = { 0 };
	int rc;

	pv_lex_next(expr->lexer);
	rc = dotted_name(expr, &name, "the name of a filter");
	if (rc < 0)
		return rc;
	if (expr->bare && (pv_str_is(name, "default") || pv_str_is(name, "d")))
		expr->bare->is_guarded = 1;
	leave_operand(expr);
	return 1;
}

/* What follows a filter or a test is no part of an operand. */
static int end_expression(struct pv_expr *expr)
{
	expr->is_done = 1;
	return 1;
}

static int step_attribute(struct pv_expr *expr)
{
	if (expr->is_filtered)
		return end_expression(expr);
	pv_lex_next(expr->lexer);
	if (expr->lexer->token.kind != PV_LEX_NAME &&
	    expr->lexer->token.kind != PV_LEX_NUMBER)
		return pv_jinja_expected(expr->jinja, "the name of an attribute");
	operand_read(expr, NULL, 0);
	expr->name_start = SIZE_MAX;
	return 1;
}

static int is_at_in(const struct pv_expr *expr)
{
	return pv_jinja_at_word(expr->jinja, "in");
}

/* One that binds its operands before `not` does. */
static int tight_operator(struct pv_expr *expr)
{
	pv_expr_want_operand(expr, PV_GAP_OPERATOR);
	expr->is_tight = 1;
	return 0;
}

static int note_test(struct pv_expr *expr)
{
	pv_op *test;
	pv_op *bare = expr->bare;

	bare->is_guarded = 1;
	return pv_jinja_add_to(&test, expr->jinja, &expr->jinja->tested,
			       PV_OP_TEST, bare->name);
}

/* Whether the token starts the one argument a test takes without brackets. */
static int starts_test_argument(const struct pv_expr *expr)
{
	switch (expr->lexer->token.kind) {
	case PV_LEX_NUMBER:
	case PV_LEX_STRING:
		return 1;
	case PV_LEX_OPERATOR:
		return pv_expr_at_operator(expr, '[') ||
		       pv_expr_at_operator(expr, '{');
	case PV_LEX_NAME:
		return current_word(expr) == PV_WORD_NONE ||
		       current_word(expr) == PV_WORD_LITERAL;
	case PV_LEX_EOF:
	case PV_LEX_END:
	case PV_LEX_BAD:
		break;
	}
	return 0;
}

static int step_test(struct pv_expr *expr)
{
	pv_str name = { 0 };
	int rc;

	pv_lex_next(expr->lexer);
	if (current_word(expr) == PV_WORD_NOT)
		pv_lex_next(expr->lexer);
	rc = dotted_name(expr, &name, "the name of a test");
	if (rc < 0)
		return rc;
	if (expr->bare &&
	    (pv_str_is(name, "defined") || pv_str_is(name, "undefined")))
		rc = note_test(expr);
	leave_operand(expr);
	expr->gap = PV_GAP_OPERATOR;
	if (rc < 0)
		return rc;
	/* Jinja takes these for an argument. */
	if (current_word(expr) == PV_WORD_IF ||
	    current_word(expr) == PV_WORD_IS || is_at_in(expr))
		return pv_jinja_expected(expr->jinja, "\"and\" or \"or\"");
	return !starts_test_argument(expr);
}

static int step_word(struct pv_expr *expr)
{
	int *may_else = &pv_expr_group(expr)->may_else;

	if (expr->only_filters && pv_expr_at_base(expr))
		return end_expression(expr);
	switch (current_word(expr)) {
	case PV_WORD_AND_OR_IN:
		if (is_at_in(expr))
			return tight_operator(expr);
		pv_expr_want_operand(expr, PV_GAP_OPERATOR);
		return 0;
	case PV_WORD_NOT:
		pv_lex_next(expr->lexer);
		if (!is_at_in(expr))
			return pv_jinja_expected(expr->jinja, "\"in\"");
		return tight_operator(expr);
	case PV_WORD_IS:
		return step_test(expr);
	case PV_WORD_IF:
		if (pv_expr_at_base(expr) && (expr->stops & PV_STOP_IF))
			break;
		*may_else = 1;
		pv_expr_want_operand(expr, PV_GAP_OPERATOR);
		return 0;
	case PV_WORD_ELSE:
		if (!*may_else)
			break;
		*may_else = 0;
		pv_expr_want_operand(expr, PV_GAP_OPERATOR);
		return 0;
	case PV_WORD_NONE:
	case PV_WORD_LITERAL:
		break;
	}
	expr->is_done = 1;
	return 1;
}

/* `f(name=value)`: what was taken for a variable is an argument's name. */
static int step_assign(struct pv_expr *expr)
{
	struct pv_group *group = pv_expr_group(expr);
	int rc = PV_OK;

	if (!pv_expr_in_call(expr) || group->argument != PV_ARGUMENT_PLAIN ||
	    expr->name_start != group->start)
		return end_expression(expr);
	if (expr->bare) {
		rc = pv_expr_name_argument(expr, expr->bare->name);
		expr->bare->name = NULL;
	}
	if (rc < 0)
		return rc;
	group->argument = PV_ARGUMENT_NAMED;
	pv_expr_want_operand(expr, PV_GAP_OPERATOR);
	return 0;
}

static int step_separator(struct pv_expr *expr)
{
	char kind = pv_expr_innermost(expr);
	int rc;

	if (pv_expr_at_operator(expr, ',') && kind) {
		rc = pv_expr_end_element(expr);
		if (rc < 0)
			return rc;
		pv_expr_next_element(expr);
		return 0;
	}
	if (pv_expr_at_operator(expr, ',') && !(expr->stops & PV_STOP_COMMA) &&
	    !expr->only_filters) {
		pv_expr_want_operand(expr, PV_GAP_COMMA);
		return 0;
	}
	if (pv_expr_at_operator(expr, ':') && kind == 's')
		return slice_colon(expr);
	if (pv_expr_at_operator(expr, ':') && kind == '{' &&
	    !pv_expr_group(expr)->colons++) {
		pv_expr_want_operand(expr, PV_GAP_COLON);
		return 0;
	}
	return end_expression(expr);
}

static int step_operator(struct pv_expr *expr)
{
	int rc;

	switch (expr->lexer->token.op) {
	case '.':
		return step_attribute(expr);
	case '|':
		return step_filter(expr);
	case '(':
		return pv_expr_open(expr, expr->is_filtered ? 'C' : 'c');
	case '[':
		if (expr->is_filtered)
			break;
		return pv_expr_open(expr, 's');
	case '=':
		return step_assign(expr);
	case ',':
	case ':':
		return step_separator(expr);
	case '{':
		break;
	case ')':
	case ']':
	case '}':
		rc = pv_expr_close_filled(expr);
		if (rc)
			return rc;
		break;
	default: /* all that is left takes two operands */
		if (expr->only_filters && pv_expr_at_base(expr))
			break;
		return tight_operator(expr);
	}
	return end_expression(expr);
}

/* 1 to stay behind an operand, 0 when one is wanted, negative on a fault. */
static int step_behind(struct pv_expr *expr)
{
	switch (expr->lexer->token.kind) {
	case PV_LEX_NAME:
		return step_word(expr);
	case PV_LEX_OPERATOR:
		return step_operator(expr);
	case PV_LEX_STRING:
		if (expr->after_string)
			return operand_read(expr, NULL, 1);
		break;
	case PV_LEX_EOF:
	case PV_LEX_END:
	case PV_LEX_NUMBER:
	case PV_LEX_BAD:
		break;
	}
	expr->is_done = 1;
	return 1;
}

/* --- the whole ------------------------------------------------------------ */

/* A name the expression tests is guarded wherever the expression reads it. */
static void guard_tested(pv_jinja *jinja, pv_op *load)
{
	unsigned number = ++jinja->scan->expressions;

	for (pv_op *test = jinja->tested.first; test; test = test->next)
		test->name->tested = number;
	for (; load; load = load->next)
		if (load->name && load->name->tested == number)
			load->is_guarded = 1;
}

static int scan(pv_jinja *jinja, unsigned stops, step_fn *step)
{
	struct pv_expr expr;
	pv_op *before = jinja->list->last;

	/* The other groups are set when their brackets open. */
	memset(&expr, 0, offsetof(struct pv_expr, groups));
	expr.jinja = jinja;
	expr.lexer = &jinja->lexer;
	expr.stops = stops;
	expr.base = expr.lexer->depth;
	expr.name_start = SIZE_MAX;
	expr.only_filters = step == step_behind;
	expr.is_filtered = expr.only_filters;
	memset(&expr.groups[expr.base], 0, sizeof(struct pv_group));
	memset(&jinja->tested, 0, sizeof(jinja->tested));
	while (!expr.is_done) {
		int rc = step(&expr);

		if (rc < 0)
			return rc;
		step = rc ? step_behind : step_operand;
	}
	if (!pv_expr_at_base(&expr))
		return pv_jinja_expected(jinja, pv_expr_closing(pv_expr_innermost(
							&expr)));
	jinja->is_call = expr.is_call && !expr.is_compound;
	jinja->has_caller = expr.has_caller;
	if (jinja->tested.first)
		guard_tested(jinja, before ? before->next : jinja->list->first);
	return PV_OK;
}

int pv_jinja_expr(pv_jinja *jinja, unsigned stops)
{
	return scan(jinja, stops, step_operand);
}

int pv_jinja_expr_rest(pv_jinja *jinja, unsigned stops)
{
	return scan(jinja, stops, step_behind);
}
