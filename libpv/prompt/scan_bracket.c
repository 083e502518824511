/* SPDX-License-Identifier: MIT
 *
 * What stands inside the brackets of a Jinja expression: arguments in their
 * order, members with a colon, and which bracket closes which.
 */
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "prompt/scan_expr.h"

/* Kinds of arguments that must not stand before one of a kind. */
static const unsigned not_before[] = {
	[PV_ARGUMENT_PLAIN] = 1U << PV_ARGUMENT_NAMED | 1U << PV_ARGUMENT_LIST |
			      1U << PV_ARGUMENT_MAP,
	[PV_ARGUMENT_NAMED] = 1U << PV_ARGUMENT_MAP,
	[PV_ARGUMENT_LIST] = 1U << PV_ARGUMENT_LIST | 1U << PV_ARGUMENT_MAP,
	[PV_ARGUMENT_MAP] = 1U << PV_ARGUMENT_MAP,
};

void pv_expr_want_operand(struct pv_expr *expr, enum pv_gap gap)
{
	if (pv_expr_at_base(expr))
		expr->is_compound = 1;
	if (gap == PV_GAP_COMMA || gap == PV_GAP_COLON)
		pv_expr_group(expr)->may_else = 0;
	expr->gap = gap;
	expr->unary = 0;
	expr->is_tight = 0;
	expr->bare = NULL;
	expr->after_string = 0;
	pv_lex_next(expr->lexer);
}

int pv_expr_open(struct pv_expr *expr, char kind)
{
	pv_lexer *lexer = expr->lexer;

	if (lexer->depth == PV_PROMPT_MAX_NESTING)
		return pv_jinja_too_deep(expr->jinja);
	lexer->brackets[lexer->depth++] = kind;
	memset(pv_expr_group(expr), 0, sizeof(struct pv_group));
	pv_expr_want_operand(expr, PV_GAP_OPEN);
	pv_expr_group(expr)->start = lexer->token.offset;
	return PV_OK;
}

const char *pv_expr_closing(char kind)
{
	if (kind == '[' || kind == 's')
		return "]";
	return kind == '{' ? "}" : ")";
}

int pv_expr_end_element(struct pv_expr *expr)
{
	struct pv_group *group = pv_expr_group(expr);

	if (pv_expr_innermost(expr) == '{' && !group->colons)
		return pv_jinja_expected(expr->jinja, "\":\"");
	if (!pv_expr_in_call(expr))
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

void pv_expr_next_element(struct pv_expr *expr)
{
	struct pv_group *group = pv_expr_group(expr);

	pv_expr_want_operand(expr, PV_GAP_COMMA);
	group->argument = PV_ARGUMENT_PLAIN;
	group->colons = 0;
	group->start = expr->lexer->token.offset;
}

int pv_expr_name_argument(struct pv_expr *expr, pv_scan_name *name)
{
	struct pv_group *group = pv_expr_group(expr);
	pv_scan *scan = expr->jinja->scan;
	struct pv_named *named;

	if (!group->list)
		group->list = ++scan->lists;
	if (name->list == group->list)
		return pv_jinja_fault(expr->jinja, group->start,
				      "there is another argument of that name");
	named = pv_arena_calloc(scan->arena, sizeof(*named));
	if (!named)
		return pv_fail_nomem(expr->jinja->err);
	named->name = name;
	named->list = name->list;
	named->next = group->named;
	group->named = named;
	name->list = group->list;
	return PV_OK;
}

/* The call around this one goes on with the names it had. */
static void forget_names(struct pv_expr *expr)
{
	expr->has_caller = 0;
	for (struct pv_named *named = pv_expr_group(expr)->named; named;
	     named = named->next) {
		named->name->list = named->list;
		if (pv_str_is(named->name->text, "caller"))
			expr->has_caller = 1;
	}
}

int pv_expr_close(struct pv_expr *expr)
{
	char kind = pv_expr_innermost(expr);

	if (!kind || !pv_expr_at_operator(expr, pv_expr_closing(kind)[0]))
		return 0;
	forget_names(expr);
	expr->lexer->depth--;
	pv_lex_next(expr->lexer);
	expr->bare = NULL;
	expr->name_start = SIZE_MAX;
	expr->after_string = 0;
	expr->is_filtered = kind == 'C';
	expr->is_call = kind == 'c';
	return 1;
}

int pv_expr_close_filled(struct pv_expr *expr)
{
	char kind = pv_expr_innermost(expr);
	int rc = PV_OK;

	if (kind && pv_expr_at_operator(expr, pv_expr_closing(kind)[0]))
		rc = pv_expr_end_element(expr);
	return rc < 0 ? rc : pv_expr_close(expr);
}
