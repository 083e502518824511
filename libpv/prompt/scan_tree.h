/* SPDX-License-Identifier: MIT
 *
 * What a scanned Jinja template comes to: in order, the names it reads and
 * sets, inside the branches and scopes where it does so. The tree is built
 * by scan_tags.c and scan_expr.c, and resolved by scan_scope.c.
 */
#ifndef PV_PROMPT_SCAN_TREE_H
#define PV_PROMPT_SCAN_TREE_H

#include "prompt/scan.h"
#include "prompt/scan_lex.h"

enum pv_op_kind {
	PV_OP_LOAD,  /* a name is read */
	PV_OP_STORE, /* a name is set in the enclosing scope */
	PV_OP_BIND,  /* a name belongs to the scope: a loop target */
	PV_OP_TEST,  /* in PV_OP_IF: its condition asks whether a name is set */
	PV_OP_IF,    /* children: tests, then one branch per arm */
	PV_OP_BRANCH,
	PV_OP_SCOPE, /* names set inside are not seen outside */
	PV_OP_BLOCK  /* the same; sees what the template has set so far */
};

typedef struct pv_op pv_op;

typedef struct pv_op_list {
	pv_op *first;
	pv_op *last;
} pv_op_list;

struct pv_op {
	enum pv_op_kind kind;
	int is_guarded; /* of a load: a missing value does no harm here */
	int is_scoped;  /* of a block: sees the names of scopes around it */
	pv_scan_name *name;
	size_t offset;
	pv_op *next;
	pv_op_list children;
};

/* An open block. */
typedef struct pv_block {
	const char *tag;   /* "for"; what ends it is "end" and this */
	pv_str name;       /* of a block */
	pv_op_list *outer; /* the list that goes on behind it */
	pv_op *op;         /* the PV_OP_IF or the scope */
	int in_else;
	size_t offset;
	size_t body; /* where a required block's starts; 0 for others */
} pv_block;

/* The state of scanning one Jinja template. */
typedef struct pv_jinja {
	pv_scan *scan;
	pv_error *err;
	pv_lexer lexer;
	pv_op_list root;
	pv_op_list *list;  /* where ops are added now */
	pv_op_list tested; /* tests in the expression read last */
	int is_call;       /* that expression is a call, and no more, */
	int has_caller;    /* with an argument `caller` */
	int is_child;      /* the template extends another */
	int block_count;
	pv_block blocks[PV_PROMPT_MAX_BLOCKS];
} pv_jinja;

/* Adds an op about the current token, a name. PV_ELIMIT, PV_ENOMEM. */
int pv_jinja_add(pv_op **out, pv_jinja *jinja, enum pv_op_kind kind);
/* The same on a list of the caller's choice. */
int pv_jinja_add_to(pv_op **out, pv_jinja *jinja, pv_op_list *list,
		    enum pv_op_kind kind, pv_scan_name *name);
/* Moves the ops of a list to the end of another. */
void pv_jinja_append(pv_op_list *to, const pv_op_list *from);
/*
 * Keeps the fault that `expected` should stand where the current token does;
 * returns PV_ESYNTAX.
 */
int pv_jinja_expected(pv_jinja *jinja, const char *expected);
/* The same for a bracket or an operator too deep; returns PV_ESYNTAX. */
int pv_jinja_too_deep(pv_jinja *jinja);

/* Where an expression ends although it could go on. */
enum pv_expr_stop {
	PV_STOP_NONE = 0,
	PV_STOP_COMMA = 1,
	PV_STOP_IF = 2 /* `for x in y if z`, `if x` */
};

/*
 * Scans an expression from the current token on; loads go to the current
 * list. PV_ESYNTAX for a fault (already kept), PV_ELIMIT, PV_ENOMEM.
 */
int pv_jinja_expr(pv_jinja *jinja, unsigned stops);
/* The same for what follows an operand: filters, calls, operators. */
int pv_jinja_expr_rest(pv_jinja *jinja, unsigned stops);

/* Words that are no variables, by what they do in an expression. */
enum pv_word {
	PV_WORD_NONE, /* a variable */
	PV_WORD_AND_OR_IN,
	PV_WORD_ELSE,
	PV_WORD_IF,
	PV_WORD_IS,
	PV_WORD_LITERAL,
	PV_WORD_NOT
};

enum pv_word pv_jinja_find_word(pv_str text);
/* Whether a name is a word of expressions: "and", "true", ... */
int pv_jinja_is_word(pv_str name);

/* Whether the current token is that name or operator. */
int pv_jinja_at_word(const pv_jinja *jinja, const char *word);
int pv_jinja_at_operator(const pv_jinja *jinja, int op);
/* The same; if so, goes on behind it. */
int pv_jinja_skip_word(pv_jinja *jinja, const char *word);
int pv_jinja_skip_operator(pv_jinja *jinja, int op);
/* Adds an op about the name that must stand here and goes on behind it. */
int pv_jinja_take_name(pv_jinja *jinja, enum pv_op_kind kind);
/* Binds a name that the language itself gives to a scope. */
int pv_jinja_bind_word(pv_jinja *jinja, const char *word);
/* Behind the comment at `offset`, or the length of the text. */
size_t pv_jinja_comment(pv_str text, size_t offset);
/* Keeps a fault at a place and returns PV_ESYNTAX. */
int pv_jinja_fault(pv_jinja *jinja, size_t offset, const char *what);

/*
 * Scans a statement from its name on, up to the end of the tag. Failures as
 * those of pv_jinja_expr.
 */
int pv_jinja_statement(pv_jinja *jinja);

/* Opens a block in a scope of its own. PV_ESYNTAX, PV_ENOMEM. */
int pv_jinja_push_scope(pv_jinja *jinja, const char *tag);

/* The statements that define and call macros; failures as above. */
int pv_jinja_scan_macro(pv_jinja *jinja);
int pv_jinja_scan_call(pv_jinja *jinja);

/* The statements that refer to other templates; failures as above. */
int pv_jinja_scan_include(pv_jinja *jinja);
int pv_jinja_scan_extends(pv_jinja *jinja);
int pv_jinja_scan_import(pv_jinja *jinja);
int pv_jinja_scan_from(pv_jinja *jinja);

/* Reports the variables of the finished tree to the scan. PV_ENOMEM. */
int pv_jinja_resolve(pv_jinja *jinja);

#endif
