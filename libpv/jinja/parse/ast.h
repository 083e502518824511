/* SPDX-License-Identifier: MIT
 *
 * Templates as trees. Nodes are made by the parser, completed by scope.c
 * (slots of names, what scopes load, what is dropped) and constant from then
 * on; all live in the template's arena. Lists of nodes are linked by `next`.
 *
 * `line` is the line Jinja2 gives the node, which is not always the one it
 * begins on; `pos` is a byte offset, for the column.
 */
#ifndef PV_JINJA_AST_H
#define PV_JINJA_AST_H

#include "base/str.h"
#include "jinja/engine.h"
#include "jinja/run/call.h"

/* clang-format off: one column of ids */
enum pv_jinja_node_kind {
	/* expressions */
	PV_JINJA_N_CONST,
	PV_JINJA_N_NAME,
	PV_JINJA_N_TUPLE,
	PV_JINJA_N_LIST,
	PV_JINJA_N_DICT,
	PV_JINJA_N_CONDEXPR,
	PV_JINJA_N_OR,
	PV_JINJA_N_AND,
	PV_JINJA_N_NOT,
	PV_JINJA_N_COMPARE,
	PV_JINJA_N_BINARY,
	PV_JINJA_N_CONCAT,
	PV_JINJA_N_NEG,
	PV_JINJA_N_POS,
	PV_JINJA_N_GETATTR,
	PV_JINJA_N_GETITEM,
	PV_JINJA_N_SLICE,
	PV_JINJA_N_CALL,
	PV_JINJA_N_FILTER,
	PV_JINJA_N_TEST,
	PV_JINJA_N_NSREF,     /* target: ns.attr */
	PV_JINJA_N_TRANSLATE, /* gettext of constants, % variables */
	/* statements */
	PV_JINJA_N_DATA,
	PV_JINJA_N_PRINT, /* {{ }}, and each expression of {% print %} */
	PV_JINJA_N_FOR,
	PV_JINJA_N_IF,
	PV_JINJA_N_SET,
	PV_JINJA_N_SET_BLOCK,
	PV_JINJA_N_MACRO,
	PV_JINJA_N_CALL_BLOCK,
	PV_JINJA_N_FILTER_BLOCK,
	PV_JINJA_N_WITH,
	PV_JINJA_N_BLOCK,
	PV_JINJA_N_EXTENDS,
	PV_JINJA_N_INCLUDE,
	PV_JINJA_N_IMPORT,
	PV_JINJA_N_FROM,
	PV_JINJA_N_AUTOESCAPE,
	PV_JINJA_N_EXPR, /* {% do %} */
	PV_JINJA_N_BREAK,
	PV_JINJA_N_CONTINUE
};
/* clang-format on */

/* How a name is used. */
enum pv_jinja_name_use {
	PV_JINJA_LOAD,
	PV_JINJA_STORE,
	PV_JINJA_PARAM
};

/* What a scope does with a slot when it is entered. */
enum pv_jinja_load_action {
	PV_JINJA_LOAD_PARAM,   /* nothing: set by who enters */
	PV_JINJA_LOAD_RESOLVE, /* look the name up in the context */
	PV_JINJA_LOAD_ALIAS,   /* copy the slot of an outer scope */
	PV_JINJA_LOAD_MISSING
};

/* Where a variable lives: functions outward, and its slot there. */
typedef struct pv_jinja_slot {
	uint32_t up;
	uint32_t index;
} pv_jinja_slot;

typedef struct pv_jinja_load {
	const pv_jinja_name *name;
	uint32_t index;     /* of the slot in the current function */
	uint8_t action;     /* enum pv_jinja_load_action */
	pv_jinja_slot from; /* of an alias */
} pv_jinja_load;

/* A name that templates included or imported here can see. */
typedef struct pv_jinja_visible {
	const pv_jinja_name *name;
	pv_jinja_slot slot;
} pv_jinja_visible;

/* What entering a scope does. */
typedef struct pv_jinja_scope {
	pv_jinja_load *loads;
	uint32_t load_count;
} pv_jinja_scope;

typedef struct pv_jinja_locals {
	pv_jinja_visible *items;
	size_t count;
} pv_jinja_locals;

typedef struct pv_jinja_node pv_jinja_node;

/* A list of nodes linked by `next`. */
typedef struct pv_jinja_nodes {
	pv_jinja_node *first;
	pv_jinja_node *last;
	size_t count;
} pv_jinja_nodes;

/* The arguments of calls, filters and tests. */
typedef struct pv_jinja_args {
	pv_jinja_nodes positional;
	pv_jinja_nodes keywords;     /* each with its `key` */
	pv_jinja_node *rest;         /* *args */
	pv_jinja_node *keyword_rest; /* **kwargs */
} pv_jinja_args;

/* The code of a macro or of the body of {% call %}. */
typedef struct pv_jinja_macro {
	const pv_jinja_name *name; /* NULL of call blocks */
	pv_jinja_nodes params;     /* NAMEs */
	pv_jinja_nodes defaults;   /* of the last params */
	pv_jinja_nodes body;
	pv_jinja_scope scope;
	uint32_t slot_count;
	uint32_t caller_slot; /* valid when the flag is set, here and below */
	uint32_t kwargs_slot;
	uint32_t varargs_slot;
	uint8_t takes_caller;
	uint8_t has_caller_param; /* and it is among the params */
	uint8_t takes_kwargs;
	uint8_t takes_varargs;
} pv_jinja_macro;

struct pv_jinja_node {
	uint8_t kind;        /* enum pv_jinja_node_kind */
	uint8_t op;          /* operator, comparison, use of a name */
	uint8_t escape;      /* enum pv_jinja_escape */
	uint8_t flag;        /* see the members below */
	uint16_t depth;      /* of the expression below */
	uint8_t is_constant; /* its value is known before it runs */
	int line;
	uint32_t pos;
	pv_jinja_node *next;
	const pv_jinja_name *key; /* of a keyword argument, operand's none */
	union {
		pv_jinja_value value; /* CONST; DATA: what is printed */
		struct {
			const pv_jinja_name *name;
			pv_jinja_slot slot;
			uint8_t is_lazy; /* resolved when first used */
			const pv_jinja_name *attr; /* NSREF */
		} name; /* flag: of a load, that it may be the context's */
		pv_jinja_nodes items; /* TUPLE, LIST, CONCAT; DICT: k, v, ... */
		struct {
			pv_jinja_node *test;
			pv_jinja_node *yes;
			pv_jinja_node *no; /* or NULL */
		} cond;
		struct {
			pv_jinja_node *left; /* NOT, NEG, POS, COMPARE too */
			pv_jinja_node *right;
			pv_jinja_nodes operands; /* COMPARE */
		} binary;
		struct {
			pv_jinja_node *object;
			const pv_jinja_name *name; /* GETATTR */
			pv_jinja_node *key;        /* GETITEM */
		} access;
		struct {
			pv_jinja_node *bounds[3]; /* or NULL */
		} slice;
		struct {
			pv_jinja_node *object;     /* NULL: text of the block */
			const pv_jinja_name *name; /* FILTER, TEST */
			const pv_jinja_native *native; /* NULL: unknown */
			pv_jinja_args *args;           /* NULL: none at all */
		} call; /* flag: of FILTER and TEST, that the arguments stand
			 * in the order of the parameters */
		struct {
			pv_jinja_value singular;
			pv_jinja_value plural;    /* MISSING: none */
			pv_jinja_value context;   /* MISSING: none */
			pv_jinja_node *count;     /* plural's */
			pv_jinja_nodes variables; /* each with its `key` */
		} translate;         /* flag: newstyle, which always formats */
		pv_jinja_node *expr; /* PRINT, EXPR, EXTENDS, */
		struct {
			pv_jinja_node *target;
			pv_jinja_node *iter;
			pv_jinja_node *filter;
			pv_jinja_nodes body;
			pv_jinja_nodes orelse;
			struct pv_jinja_for_scopes *scopes;
		} loop; /* FOR; flag: recursive */
		struct {
			pv_jinja_node *test;
			pv_jinja_nodes body;
			pv_jinja_nodes elifs; /* IFs */
			pv_jinja_nodes orelse;
		} cases; /* IF */
		struct {
			pv_jinja_node *target; /* WITH: targets, linked */
			pv_jinja_node *value;  /* WITH: values, linked */
			pv_jinja_nodes body;
			pv_jinja_scope scope;
		} set; /* SET, SET_BLOCK (value: filter), WITH, AUTOESCAPE,
			* FILTER_BLOCK (value: filter) */
		struct {
			pv_jinja_macro *code;
			pv_jinja_node *call;   /* CALL_BLOCK */
			pv_jinja_node *target; /* MACRO: its NAME */
		} macro;
		struct {
			const pv_jinja_name *name;
			struct pv_jinja_block *code;
			pv_jinja_locals *locals; /* scoped blocks */
		} block; /* flag: enum pv_jinja_block_flag */
		struct {
			pv_jinja_node *name;     /* of the template */
			pv_jinja_nodes targets;  /* NAMEs; FROM: key is the
						 * name there */
			pv_jinja_locals *locals; /* with context */
			uint8_t with_context;
			uint8_t ignores_missing;
		} import; /* INCLUDE, IMPORT, FROM */
	} u;
};

/* Whether autoescape is known where a node stands. */
enum pv_jinja_escape {
	PV_JINJA_ESCAPE_OFF,
	PV_JINJA_ESCAPE_ON,
	PV_JINJA_ESCAPE_VOLATILE
};

enum pv_jinja_block_flag {
	PV_JINJA_BLOCK_SCOPED = 1,
	PV_JINJA_BLOCK_REQUIRED = 2
};

/* Of EXTENDS: another one may have run before. */
enum pv_jinja_extends_flag {
	PV_JINJA_EXTENDS_FIRST,
	PV_JINJA_EXTENDS_ONCE, /* unless one has */
	PV_JINJA_EXTENDS_NEVER /* one has */
};

/* Of statements at the top of a template with {% extends %}. */
enum pv_jinja_when {
	PV_JINJA_ALWAYS,
	PV_JINJA_UNLESS_EXTENDED, /* looked at when it runs */
	PV_JINJA_NEVER
};

/* Scopes of a loop. */
typedef struct pv_jinja_for_scopes {
	pv_jinja_scope body;
	pv_jinja_scope filter;
	pv_jinja_scope orelse;
	pv_jinja_node *filter_target; /* the target, in the filter's scope */
	uint32_t loop_slot;           /* when has_loop */
	uint32_t slot_count;          /* recursive: a function of its own */
	uint8_t has_loop;             /* the body mentions `loop` */
} pv_jinja_for_scopes;

/* A block's code, a function of its own. */
typedef struct pv_jinja_block {
	const pv_jinja_name *name;
	pv_jinja_node *node;
	pv_jinja_nodes body;
	pv_jinja_scope scope;
	uint32_t slot_count;
	uint32_t self_slot; /* when takes_self */
	uint32_t super_slot;
	uint8_t takes_self;
	uint8_t takes_super;
	struct pv_jinja_block *next;
	const struct pv_jinja_template *template;
} pv_jinja_block;

/* A name that a template takes from its context, not found in itself. */
typedef struct pv_jinja_wanted {
	const pv_jinja_name *name;
	struct pv_jinja_wanted *next;
} pv_jinja_wanted;

/* A compiled template: immutable, shared by threads. */
struct pv_jinja_template {
	pv_arena arena;
	const pv_jinja_environment *env;
	const char *name; /* NULL: a string without a name */
	pv_str source;    /* with \n line breaks */
	pv_jinja_block root;
	pv_jinja_block *blocks; /* in order of appearance */
	pv_jinja_wanted *wanted;
	uint8_t has_extends;
};

#endif
