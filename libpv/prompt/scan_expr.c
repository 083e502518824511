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
#include "prompt/scan_tree.h"

/* Why an operand is wanted; some reasons allow a closing bracket instead. */
enum gap {
	GAP_OPERATOR,
	GAP_OPEN, /* behind an opening bracket */
	GAP_COMMA,
	GAP_COLON
};

/* What an argument of a call is, and which kinds must not be before it. */
enum argument {
	ARGUMENT_PLAIN,
	ARGUMENT_NAMED, /* name=value */
	ARGUMENT_LIST,  /* *list */
	ARGUMENT_MAP    /* **mapping */
};

static const unsigned not_before[] = {
	[ARGUMENT_PLAIN] =
		1U << ARGUMENT_NAMED | 1U << ARGUMENT_LIST | 1U << ARGUMENT_MAP,
	[ARGUMENT_NAMED] = 1U << ARGUMENT_MAP,
	[ARGUMENT_LIST] = 1U << ARGUMENT_LIST | 1U << ARGUMENT_MAP,
	[ARGUMENT_MAP] = 1U << ARGUMENT_MAP,
};

/* An open bracket, or the expression itself. */
struct group {
	unsigned ternaries; /* `if`s that wait for their `else` */
	unsigned seen;      /* kinds of the arguments before this one */
	enum argument argument;
	int colons;   /* in this member or slice */
	size_t start; /* of this element */
};

struct expr {
	pv_jinja *jinja;
	pv_lexer *lexer;
	unsigned stops;
	int base; /* depth of brackets where the expression started */
	enum gap gap;
	int unary;        /* prefix operators in a row */
	int after_string; /* neighbouring strings are one */
	int is_done;
	int is_filtered;   /* behind a filter or a test: no attributes */
	int only_filters;  /* nothing else may follow at the base */
	int is_call;       /* what was read last is a call */
	int is_compound;   /* there are operators at the base */
	size_t name_start; /* of the operand just read, when it is one name */
	pv_op *bare;       /* the same when that is a variable */
	struct group groups[PV_PROMPT_MAX_NESTING + 1]; /* by depth */
};

enum {
	MAX_COLONS = 2 /* of a slice */
};

typedef int step_fn(struct expr *expr);

static enum pv_word current_word(const struct expr *expr)
{
	if (expr->lexer->token.kind != PV_LEX_NAME)
		return PV_WORD_NONE;
	return pv_jinja_find_word(expr->lexer->token.text);
}

static int is_operator(const struct expr *expr, int op)
{
	const pv_lex_token *token = &expr->lexer->token;

	return token->kind == PV_LEX_OPERATOR && token->op == op;
}

static int at_base(const struct expr *expr)
{
	return expr->lexer->depth == expr->base;
}

static struct group *current_group(struct expr *expr)
{
	return &expr->groups[expr->lexer->depth];
}

/*
 * The innermost bracket: '(' 'c'all '[' 's'ubscript '{', or 'C' for the
 * arguments of a filter or a test; 0 at the base.
 */
static char innermost(const struct expr *expr)
{
	if (at_base(expr))
		return 0;
	return expr->lexer->brackets[expr->lexer->depth - 1];
}

static int in_call(const struct expr *expr)
{
	char kind = innermost(expr);

	return kind == 'c' || kind == 'C';
}

static void want_operand(struct expr *expr, enum gap gap)
{
	if (at_base(expr))
		expr->is_compound = 1;
	expr->gap = gap;
	expr->unary = 0;
	expr->bare = NULL;
	expr->after_string = 0;
	pv_lex_next(expr->lexer);
}

static int open_bracket(struct expr *expr, char kind)
{
	pv_lexer *lexer = expr->lexer;

	if (lexer->depth == PV_PROMPT_MAX_NESTING)
		return pv_jinja_too_deep(expr->jinja);
	lexer->brackets[lexer->depth++] = kind;
	memset(current_group(expr), 0, sizeof(struct group));
	want_operand(expr, GAP_OPEN);
	current_group(expr)->start = lexer->token.offset;
	return PV_OK;
}

static const char *closing_of(char kind)
{
	if (kind == '[' || kind == 's')
		return "]";
	return kind == '{' ? "}" : ")";
}

/* Checks the element that ends here. */
static int end_element(struct expr *expr)
{
	struct group *group = current_group(expr);

	if (innermost(expr) == '{' && !group->colons)
		return pv_jinja_expected(expr->jinja, "\":\"");
	if (!in_call(expr))
		return PV_OK;
	if (group->seen & not_before[group->argument]) {
		pv_scan_fault_at(expr->jinja->scan, group->start,
				 "an argument stands in the wrong place: plain "
				 "ones, name=value, **mapping");
		return PV_ESYNTAX;
	}
	group->seen |= 1U << group->argument;
	return PV_OK;
}

/* Goes behind the comma in front of the next element. */
static void next_element(struct expr *expr)
{
	struct group *group = current_group(expr);

	want_operand(expr, GAP_COMMA);
	group->argument = ARGUMENT_PLAIN;
	group->colons = 0;
	group->start = expr->lexer->token.offset;
}

/* Returns 1 when the token closes the innermost bracket. */
static int close_bracket(struct expr *expr)
{
	char kind = innermost(expr);

	if (!kind || !is_operator(expr, closing_of(kind)[0]))
		return 0;
	expr->lexer->depth--;
	pv_lex_next(expr->lexer);
	expr->bare = NULL;
	expr->name_start = SIZE_MAX;
	expr->after_string = 0;
	expr->is_filtered = kind == 'C';
	expr->is_call = kind == 'c';
	return 1;
}

/* The same behind the last element; a fault when that is not complete. */
static int close_filled_bracket(struct expr *expr)
{
	char kind = innermost(expr);
	int rc = PV_OK;

	if (kind && is_operator(expr, closing_of(kind)[0]))
		rc = end_element(expr);
	return rc < 0 ? rc : close_bracket(expr);
}

/* --- where an operand is wanted ------------------------------------------ */

/* After an operand, operators are next; `step` switches on this. */
static int operand_read(struct expr *expr, pv_op *bare, int is_string)
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

static int prefix_operator(struct expr *expr)
{
	if (++expr->unary > PV_PROMPT_MAX_NESTING)
		return pv_jinja_too_deep(expr->jinja);
	if (at_base(expr))
		expr->is_compound = 1;
	expr->gap = GAP_OPERATOR;
	pv_lex_next(expr->lexer);
	return PV_OK;
}

static int name_operand(struct expr *expr)
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
static int slice_colon(struct expr *expr)
{
	if (++current_group(expr)->colons > MAX_COLONS)
		return pv_jinja_expected(expr->jinja, "\"]\"");
	want_operand(expr, GAP_COLON);
	return PV_OK;
}

/* Whether a bracket may close where an operand could stand. */
static int may_close(const struct expr *expr)
{
	switch (expr->gap) {
	case GAP_OPEN:
		return 1;
	case GAP_COMMA:
		return innermost(expr) != 's';
	case GAP_COLON:
		return innermost(expr) == 's';
	case GAP_OPERATOR:
		break;
	}
	return 0;
}

static int operator_operand(struct expr *expr)
{
	int op = expr->lexer->token.op;
	int is_first = expr->gap == GAP_OPEN || expr->gap == GAP_COMMA;

	if (op == '(' || op == '[' || op == '{')
		return open_bracket(expr, (char)op);
	if (op == '-' || op == '+')
		return prefix_operator(expr);
	if ((op == '*' || op == PV_OP('*', '*')) && in_call(expr) && is_first) {
		current_group(expr)->argument =
			op == '*' ? ARGUMENT_LIST : ARGUMENT_MAP;
		return prefix_operator(expr);
	}
	if (op == ':' && innermost(expr) == 's')
		return slice_colon(expr);
	if (may_close(expr) && close_bracket(expr))
		return 1;
	return pv_jinja_expected(expr->jinja, "an expression");
}

/* 1 when an operand was read, 0 to go on wanting one, negative on a fault. */
static int step_operand(struct expr *expr)
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
		if (expr->gap == GAP_COMMA && at_base(expr)) {
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
static int dotted_name(struct expr *expr, pv_str *out, const char *what)
{
	if (expr->lexer->token.kind != PV_LEX_NAME)
		return pv_jinja_expected(expr->jinja, what);
	*out = expr->lexer->token.text;
	pv_lex_next(expr->lexer);
	while (is_operator(expr, '.')) {
		pv_lex_next(expr->lexer);
		if (expr->lexer->token.kind != PV_LEX_NAME)
			return pv_jinja_expected(expr->jinja, what);
		out->len = 0;
		pv_lex_next(expr->lexer);
	}
	return PV_OK;
}

/* Behind the name of a filter or a test. */
static void leave_operand(struct expr *expr)
{
	expr->bare = NULL;
	expr->name_start = SIZE_MAX;
	expr->after_string = 0;
	expr->is_filtered = 1;
	expr->is_call = 0;
}

static int step_filter(struct expr *expr)
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
static int end_expression(struct expr *expr)
{
	expr->is_done = 1;
	return 1;
}

static int step_attribute(struct expr *expr)
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

static int note_test(struct expr *expr)
{
	pv_op *test;
	pv_op *bare = expr->bare;

	bare->is_guarded = 1;
	return pv_jinja_add_to(&test, expr->jinja, &expr->jinja->tested,
			       PV_OP_TEST, bare->name);
}

/* Whether the token starts the one argument a test takes without brackets. */
static int starts_test_argument(const struct expr *expr)
{
	switch (expr->lexer->token.kind) {
	case PV_LEX_NUMBER:
	case PV_LEX_STRING:
		return 1;
	case PV_LEX_OPERATOR:
		return is_operator(expr, '[') || is_operator(expr, '{');
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

static int step_test(struct expr *expr)
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
	expr->gap = GAP_OPERATOR;
	if (rc < 0)
		return rc;
	/* Jinja takes these for an argument. */
	if (current_word(expr) == PV_WORD_IF || current_word(expr) == PV_WORD_IS)
		return pv_jinja_expected(expr->jinja, "\"and\" or \"or\"");
	return !starts_test_argument(expr);
}

static int step_word(struct expr *expr)
{
	unsigned *ternaries = &current_group(expr)->ternaries;

	if (expr->only_filters && at_base(expr))
		return end_expression(expr);
	switch (current_word(expr)) {
	case PV_WORD_AND_OR_IN:
		want_operand(expr, GAP_OPERATOR);
		return 0;
	case PV_WORD_NOT:
		pv_lex_next(expr->lexer);
		if (!pv_str_is(expr->lexer->token.text, "in"))
			return pv_jinja_expected(expr->jinja, "\"in\"");
		want_operand(expr, GAP_OPERATOR);
		return 0;
	case PV_WORD_IS:
		return step_test(expr);
	case PV_WORD_IF:
		if (at_base(expr) && (expr->stops & PV_STOP_IF))
			break;
		++*ternaries;
		want_operand(expr, GAP_OPERATOR);
		return 0;
	case PV_WORD_ELSE:
		if (!*ternaries)
			break;
		--*ternaries;
		want_operand(expr, GAP_OPERATOR);
		return 0;
	case PV_WORD_NONE:
	case PV_WORD_LITERAL:
		break;
	}
	expr->is_done = 1;
	return 1;
}

/* `f(name=value)`: what was taken for a variable is an argument's name. */
static int step_assign(struct expr *expr)
{
	struct group *group = current_group(expr);

	if (!in_call(expr) || group->argument != ARGUMENT_PLAIN ||
	    expr->name_start != group->start)
		return end_expression(expr);
	if (expr->bare)
		expr->bare->name = NULL;
	group->argument = ARGUMENT_NAMED;
	want_operand(expr, GAP_OPERATOR);
	return 0;
}

static int step_separator(struct expr *expr)
{
	char kind = innermost(expr);
	int rc;

	if (is_operator(expr, ',') && kind) {
		rc = end_element(expr);
		if (rc < 0)
			return rc;
		next_element(expr);
		return 0;
	}
	if (is_operator(expr, ',') && !(expr->stops & PV_STOP_COMMA) &&
	    !expr->only_filters) {
		want_operand(expr, GAP_COMMA);
		return 0;
	}
	if (is_operator(expr, ':') && kind == 's')
		return slice_colon(expr);
	if (is_operator(expr, ':') && kind == '{' &&
	    !current_group(expr)->colons++) {
		want_operand(expr, GAP_COLON);
		return 0;
	}
	return end_expression(expr);
}

static int step_operator(struct expr *expr)
{
	int rc;

	switch (expr->lexer->token.op) {
	case '.':
		return step_attribute(expr);
	case '|':
		return step_filter(expr);
	case '(':
		return open_bracket(expr, expr->is_filtered ? 'C' : 'c');
	case '[':
		if (expr->is_filtered)
			break;
		return open_bracket(expr, 's');
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
		rc = close_filled_bracket(expr);
		if (rc)
			return rc;
		break;
	default: /* all that is left takes two operands */
		if (expr->only_filters && at_base(expr))
			break;
		want_operand(expr, GAP_OPERATOR);
		return 0;
	}
	return end_expression(expr);
}

/* 1 to stay behind an operand, 0 when one is wanted, negative on a fault. */
static int step_behind(struct expr *expr)
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
	struct expr expr;
	pv_op *before = jinja->list->last;

	/* The other groups are set when their brackets open. */
	memset(&expr, 0, offsetof(struct expr, groups));
	expr.jinja = jinja;
	expr.lexer = &jinja->lexer;
	expr.stops = stops;
	expr.base = expr.lexer->depth;
	expr.name_start = SIZE_MAX;
	expr.only_filters = step == step_behind;
	expr.is_filtered = expr.only_filters;
	memset(&expr.groups[expr.base], 0, sizeof(struct group));
	memset(&jinja->tested, 0, sizeof(jinja->tested));
	while (!expr.is_done) {
		int rc = step(&expr);

		if (rc < 0)
			return rc;
		step = rc ? step_behind : step_operand;
	}
	if (!at_base(&expr))
		return pv_jinja_expected(jinja, closing_of(innermost(&expr)));
	jinja->is_call = expr.is_call && !expr.is_compound;
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
