/* SPDX-License-Identifier: MIT
 *
 * Recursive descent, one function per rule of Jinja2's grammar, which stands
 * above it. The functions take tokens exactly when Jinja2 does: so the first
 * error is its first error, on the same line.
 *
 * Here is what the files of the parser share; pv_jinja_parse is the door.
 */
#ifndef PV_JINJA_PARSER_H
#define PV_JINJA_PARSER_H

#include "jinja/parse/ast.h"
#include "jinja/parse/lexer.h"

enum {
	PV_JINJA_MAX_NESTING = 200, /* of tags, and of brackets and the like */
	PV_JINJA_MAX_DEPTH = 1000,  /* of an expression's tree */
	PV_JINJA_MAX_ENDS = 3
};

/* The tags one of which ends a body; unused ones are NO_WORD. */
typedef struct pv_jinja_ends {
	uint8_t words[PV_JINJA_MAX_ENDS];
} pv_jinja_ends;

typedef struct pv_jinja_interned {
	const pv_jinja_name *name; /* or NULL */
	uint8_t is_wanted;         /* listed in the template's `wanted` */
	uint8_t is_block;          /* a block has it */
	uint8_t is_keyword;        /* an argument of the call looked at */
	uint8_t is_translated;     /* a variable of the {% trans %} looked at */
} pv_jinja_interned;

typedef struct pv_jinja_parser {
	pv_jinja_run *run;
	const pv_jinja_environment *env;
	pv_jinja_lexer lexer;
	pv_jinja_token current;
	pv_jinja_token pushed; /* the one after it, when looked at */
	int has_pushed;
	int nesting;
	size_t tag_count;
	size_t end_count;
	pv_jinja_interned *names; /* open addressing */
	size_t name_count;
	size_t name_cap;
	int has_extends; /* such a tag was read */
	int quote_rc;    /* why a message could not be made, or PV_OK */
	int is_analysis; /* the tree is not going to run */
	int is_placed;   /* the place of the failure is known: */
	int fail_line;
	uint32_t fail_pos;
	/* From here on nothing has to be zeroed. */
	pv_str tags[PV_JINJA_MAX_NESTING + 1];        /* open ones */
	pv_jinja_ends ends[PV_JINJA_MAX_NESTING + 1]; /* what is looked for */
} pv_jinja_parser;

/* The body of a template. On failure the parser's fail_* say where. */
int pv_jinja_parse(pv_jinja_nodes *out, pv_jinja_parser *parser);

/* --- tokens (parser.c) ----------------------------------------------------- */

int pv_jinja_advance(pv_jinja_parser *p);
/* Sees to `pushed`. */
int pv_jinja_look(pv_jinja_parser *p);
/* Takes a token of the type, or fails; `out` (may be NULL) gets it. */
int pv_jinja_want(pv_jinja_parser *p, int type, pv_jinja_token *out);
int pv_jinja_want_word(pv_jinja_parser *p, int word);
/* 1 and takes it if the token is there, else 0. */
int pv_jinja_skip(pv_jinja_parser *p, int type);
int pv_jinja_skip_name(pv_jinja_parser *p, int word);

static inline int pv_jinja_is_word_token(const pv_jinja_token *token, int word)
{
	return token->type == PV_JINJA_T_NAME && token->word == word;
}

static inline int pv_jinja_at_word(const pv_jinja_parser *p, int word)
{
	return pv_jinja_is_word_token(&p->current, word);
}

/* How a message calls a token, quoted. */
pv_jinja_value pv_jinja_describe(pv_jinja_parser *p, const pv_jinja_token *token);
pv_jinja_value pv_jinja_quote(pv_jinja_parser *p, pv_str text);

/* --- failing (parser.c) ---------------------------------------------------- */

/* A TemplateSyntaxError on a line; `line` 0 is the current token's. */
int pv_jinja_parse_fail(pv_jinja_parser *p, int line, const char *format, ...)
	PV_PRINTF(3, 4);
int pv_jinja_assertion_fail(pv_jinja_parser *p, int line, const char *format,
			    ...) PV_PRINTF(3, 4);
/* One level deeper in tags or brackets; leave with nesting--. PV_ELIMIT. */
int pv_jinja_nest(pv_jinja_parser *p);

/* --- nodes (parser_node.c) ------------------------------------------------- */

int pv_jinja_node_new(pv_jinja_node **out, pv_jinja_parser *p, int kind,
		      const pv_jinja_token *at);
void pv_jinja_nodes_add(pv_jinja_nodes *nodes, pv_jinja_node *node);
/* `node` is at least one deeper than `child` (or NULL). PV_ELIMIT. */
int pv_jinja_node_over(pv_jinja_parser *p, pv_jinja_node *node,
		       const pv_jinja_node *child);
/* The one copy of a name. */
int pv_jinja_intern(const pv_jinja_name **out, pv_jinja_parser *p, pv_str text);
/* The same, or NULL when the template does not have it. */
const pv_jinja_name *pv_jinja_find_name(pv_jinja_parser *p, pv_str text);
/* What is known of a name that was interned. */
pv_jinja_interned *pv_jinja_interned_find(pv_jinja_parser *p,
					  const pv_jinja_name *name);
int pv_jinja_name_node(pv_jinja_node **out, pv_jinja_parser *p,
		       const pv_jinja_token *token, int use);
int pv_jinja_text_node(pv_jinja_node **out, pv_jinja_parser *p,
		       const pv_jinja_token *at, pv_str text);

/* --- expressions (parser_expr.c, parser_unary.c, parser_call.c) ------------ */

enum pv_jinja_tuple_flag {
	PV_JINJA_TUPLE_SIMPLE = 1,      /* names and literals only */
	PV_JINJA_TUPLE_NO_COND = 2,     /* no x if y */
	PV_JINJA_TUPLE_PARENTHESES = 4, /* stands in them: may be empty */
	PV_JINJA_TUPLE_NAMESPACE = 8    /* ns.attr is a target */
};

int pv_jinja_parse_expression(pv_jinja_node **out, pv_jinja_parser *p);
int pv_jinja_parse_or(pv_jinja_node **out, pv_jinja_parser *p);
int pv_jinja_parse_tuple(pv_jinja_node **out, pv_jinja_parser *p, unsigned flags);
int pv_jinja_parse_unary(pv_jinja_node **out, pv_jinja_parser *p,
			 int with_filter);
int pv_jinja_parse_primary(pv_jinja_node **out, pv_jinja_parser *p,
			   unsigned flags);
int pv_jinja_parse_postfix(pv_jinja_node **node, pv_jinja_parser *p);
int pv_jinja_parse_filters(pv_jinja_node **node, pv_jinja_parser *p);
/* | name(args) ..., or without the first bar; `*node` may be NULL. */
int pv_jinja_parse_filter(pv_jinja_node **node, pv_jinja_parser *p,
			  int is_inline);
int pv_jinja_parse_call(pv_jinja_node **node, pv_jinja_parser *p);
int pv_jinja_parse_test(pv_jinja_node **node, pv_jinja_parser *p);
int pv_jinja_parse_args(pv_jinja_args **out, pv_jinja_parser *p);
int pv_jinja_parse_subscript(pv_jinja_node **node, pv_jinja_parser *p);

/* --- statements ------------------------------------------------------------ */

/* A tag, at its name. */
int pv_jinja_parse_statement(pv_jinja_nodes *out, pv_jinja_parser *p);
/* What stands between tags, until one of `ends` (all NO_WORD: the end). */
int pv_jinja_parse_body(pv_jinja_nodes *out, pv_jinja_parser *p,
			pv_jinja_ends ends);
/* The same from the end of the tag on, with a check for the template's end. */
int pv_jinja_parse_statements(pv_jinja_nodes *out, pv_jinja_parser *p,
			      pv_jinja_ends ends);
/* The same, and takes the tag that ends it. */
int pv_jinja_parse_until(pv_jinja_nodes *out, pv_jinja_parser *p, int word);
/* Flags of parse_tuple; STORE or PARAM. */
int pv_jinja_parse_target(pv_jinja_node **out, pv_jinja_parser *p,
			  unsigned flags, int use);
int pv_jinja_parse_name_target(pv_jinja_node **out, pv_jinja_parser *p, int use);
int pv_jinja_unknown_tag(pv_jinja_parser *p, const pv_jinja_token *token);

typedef int pv_jinja_tag_fn(pv_jinja_nodes *out, pv_jinja_parser *p);

/* parser_tags.c */
pv_jinja_tag_fn pv_jinja_parse_for;
pv_jinja_tag_fn pv_jinja_parse_if;
pv_jinja_tag_fn pv_jinja_parse_set;
pv_jinja_tag_fn pv_jinja_parse_with;
pv_jinja_tag_fn pv_jinja_parse_autoescape;
pv_jinja_tag_fn pv_jinja_parse_print;
pv_jinja_tag_fn pv_jinja_parse_do;
pv_jinja_tag_fn pv_jinja_parse_loop_control;
/* parser_macro.c */
pv_jinja_tag_fn pv_jinja_parse_macro;
pv_jinja_tag_fn pv_jinja_parse_call_block;
pv_jinja_tag_fn pv_jinja_parse_filter_block;
pv_jinja_tag_fn pv_jinja_parse_generation;
/* parser_import.c */
pv_jinja_tag_fn pv_jinja_parse_block;
pv_jinja_tag_fn pv_jinja_parse_extends;
pv_jinja_tag_fn pv_jinja_parse_include;
pv_jinja_tag_fn pv_jinja_parse_import;
pv_jinja_tag_fn pv_jinja_parse_from;
/* parser_trans.c */
pv_jinja_tag_fn pv_jinja_parse_trans;

#endif
