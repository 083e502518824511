/* SPDX-License-Identifier: MIT
 *
 * Completes a parsed tree so that it can run: names get their slots, filters
 * and tests their functions, statements know whether they print and whether
 * autoescape is on. It goes through the tree as Jinja2's code generator does,
 * so what that refuses is refused here, in the same order.
 *
 * Lines too are the generator's: code that it writes without saying for which
 * line reports the line of the code before it (`last_line`).
 */
#ifndef PV_JINJA_BIND_H
#define PV_JINJA_BIND_H

#include "jinja/bind/symbols.h"
#include "jinja/parse/parser.h"

typedef struct pv_jinja_folder pv_jinja_folder;

typedef struct pv_jinja_binder {
	pv_jinja_run *run;
	pv_jinja_parser *parser; /* for names, and to say where it failed */
	pv_jinja_template *template;
	int last_line;
	uint8_t escape;           /* enum pv_jinja_escape, here */
	uint8_t known_escape;     /* the last that was known: ON or OFF */
	uint8_t is_child;         /* an {% extends %} is certain to have run */
	uint8_t is_cut;           /* the rest of the body is never reached */
	int extends_count;        /* so far */
	int loop_depth;           /* in this function */
	const char *python_error; /* what Python refuses at the end */
	const pv_jinja_name *python_name;
	const pv_jinja_node *python_node; /* where */
	pv_jinja_folder *folder; /* made when there is something to compute */
} pv_jinja_binder;

/* A scope being bound, and what Jinja2 knows of the place. */
typedef struct pv_jinja_frame {
	pv_jinja_symbols symbols;
	uint8_t is_top;       /* assignments go to the context */
	uint8_t is_root;      /* and not below an {% if %} */
	uint8_t is_soft;      /* unknown filters fail only when used */
	uint8_t checks_child; /* prints nothing in a child template */
} pv_jinja_frame;

/*
 * The two halves of compiling (template.c): a tree, complete only when this is
 * PV_OK; then what the names in it stand for. On failure the parser's fail_*
 * say where.
 */
int pv_jinja_template_parse(pv_jinja_template *template,
			    pv_jinja_parser *parser, pv_str source);
int pv_jinja_template_bind(pv_jinja_template *template, pv_jinja_parser *parser);

/* Binds the template's body; its blocks were listed. */
int pv_jinja_bind(pv_jinja_binder *b);

int pv_jinja_bind_list(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_nodes *nodes);
/* An expression; folds it first. */
int pv_jinja_bind_expr(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node);
/* One that was folded. */
int pv_jinja_bind_folded(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node);
/* A chain of expressions. */
int pv_jinja_bind_exprs(pv_jinja_binder *b, const pv_jinja_frame *frame,
			pv_jinja_node *node);
/* A target: its names, and whether the context gets them. */
int pv_jinja_bind_target(pv_jinja_binder *b, const pv_jinja_frame *frame,
			 pv_jinja_node *node);
/* A scope inside of `outer`, of the same function unless given another. */
void pv_jinja_frame_inner(pv_jinja_frame *out, pv_jinja_binder *b,
			  const pv_jinja_frame *outer,
			  pv_jinja_function *function);
/* What entering it does; notes the names it takes from the context. */
int pv_jinja_frame_scope(pv_jinja_scope *out, pv_jinja_binder *b,
			 const pv_jinja_frame *frame);
/* Points at the node before a failure. */
static inline void pv_jinja_bind_point(pv_jinja_binder *b,
				       const pv_jinja_node *node)
{
	b->parser->current.pos = node->pos;
}
/* Code that says for which line it is. */
void pv_jinja_bind_line(pv_jinja_binder *b, const pv_jinja_node *node);

/* fold.c: computes what is constant in an expression, where it stands. */
int pv_jinja_fold(pv_jinja_binder *b, pv_jinja_node *node);
void pv_jinja_fold_end(pv_jinja_binder *b);
/* The same for what is printed where autoescape is not known: only what is
 * made of literals. */
int pv_jinja_fold_literals(pv_jinja_binder *b, pv_jinja_node *node);

/* bind_loop.c, bind_macro.c */
int pv_jinja_bind_loop(pv_jinja_binder *b, const pv_jinja_frame *frame,
		       pv_jinja_node *node);
int pv_jinja_bind_macro(pv_jinja_binder *b, const pv_jinja_frame *frame,
			pv_jinja_node *node);
int pv_jinja_bind_call_block(pv_jinja_binder *b, const pv_jinja_frame *frame,
			     pv_jinja_node *node);
int pv_jinja_bind_block(pv_jinja_binder *b, pv_jinja_block *block);

#endif
