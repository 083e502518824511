/* SPDX-License-Identifier: MIT
 *
 * The state of scanning one Jinja expression, shared by scan_expr.c, which
 * takes turns between operands and operators, and scan_bracket.c, which knows
 * what may stand inside brackets.
 */
#ifndef PV_PROMPT_SCAN_EXPR_H
#define PV_PROMPT_SCAN_EXPR_H

#include "prompt/scan_tree.h"

/* Why an operand is wanted; some reasons allow a closing bracket instead. */
enum pv_gap {
	PV_GAP_OPERATOR,
	PV_GAP_OPEN, /* behind an opening bracket */
	PV_GAP_COMMA,
	PV_GAP_COLON
};

/* What an argument of a call is. */
enum pv_argument {
	PV_ARGUMENT_PLAIN,
	PV_ARGUMENT_NAMED, /* name=value */
	PV_ARGUMENT_LIST,  /* *list */
	PV_ARGUMENT_MAP    /* **mapping */
};

/* The name of an argument, while the call is open. */
struct pv_named {
	pv_scan_name *name;
	unsigned list; /* the name was given in before */
	struct pv_named *next;
};

/* An open bracket, or the expression itself. */
struct pv_group {
	int may_else;  /* an `if` stands before, its `else` may follow */
	unsigned seen; /* kinds of the arguments before this one */
	enum pv_argument argument;
	int colons;    /* in this member or slice */
	size_t start;  /* of this element */
	unsigned list; /* number of the call's arguments, once one is named */
	struct pv_named *named;
};

struct pv_expr {
	pv_jinja *jinja;
	pv_lexer *lexer;
	unsigned stops;
	int base; /* depth of brackets where the expression started */
	enum pv_gap gap;
	int unary;        /* prefix operators in a row */
	int is_tight;     /* no `not` may start the operand: behind a "+" */
	int after_string; /* neighbouring strings are one */
	int is_done;
	int is_filtered;   /* behind a filter or a test: no attributes */
	int only_filters;  /* nothing else may follow at the base */
	int is_call;       /* what was read last is a call */
	int has_caller;    /* which gives the argument `caller` */
	int is_compound;   /* there are operators at the base */
	size_t name_start; /* of the operand just read, when it is one name */
	pv_op *bare;       /* the same when that is a variable */
	struct pv_group groups[PV_PROMPT_MAX_NESTING + 1]; /* by depth */
};

static inline int pv_expr_at_operator(const struct pv_expr *expr, int op)
{
	const pv_lex_token *token = &expr->lexer->token;

	return token->kind == PV_LEX_OPERATOR && token->op == op;
}

static inline int pv_expr_at_base(const struct pv_expr *expr)
{
	return expr->lexer->depth == expr->base;
}

static inline struct pv_group *pv_expr_group(struct pv_expr *expr)
{
	return &expr->groups[expr->lexer->depth];
}

/*
 * The innermost bracket: '(' 'c'all '[' 's'ubscript '{', or 'C' for the
 * arguments of a filter or a test; 0 at the base.
 */
static inline char pv_expr_innermost(const struct pv_expr *expr)
{
	if (pv_expr_at_base(expr))
		return 0;
	return expr->lexer->brackets[expr->lexer->depth - 1];
}

static inline int pv_expr_in_call(const struct pv_expr *expr)
{
	char kind = pv_expr_innermost(expr);

	return kind == 'c' || kind == 'C';
}

/* Goes behind an operator: the next operand is wanted for that reason. */
void pv_expr_want_operand(struct pv_expr *expr, enum pv_gap gap);
/* Goes behind an opening bracket. PV_ESYNTAX when it is one too many. */
int pv_expr_open(struct pv_expr *expr, char kind);
/* The bracket that closes one of that kind. */
const char *pv_expr_closing(char kind);
/* Checks the element that ends here. PV_ESYNTAX. */
int pv_expr_end_element(struct pv_expr *expr);
/* Goes behind the comma in front of the next element. */
void pv_expr_next_element(struct pv_expr *expr);
/*
 * Notes the name of an argument. PV_ESYNTAX when the call has one of that name
 * already; PV_ENOMEM.
 */
int pv_expr_name_argument(struct pv_expr *expr, pv_scan_name *name);
/* Returns 1 when the token closes the innermost bracket. */
int pv_expr_close(struct pv_expr *expr);
/* The same behind the last element; PV_ESYNTAX when that is not complete. */
int pv_expr_close_filled(struct pv_expr *expr);

#endif
