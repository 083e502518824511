/* SPDX-License-Identifier: MIT
 *
 * The state of looking for what a template needs, shared by needs_walk.c,
 * which knows scopes and statements, and needs_expr.c, which knows
 * expressions. The tree may be one whose parsing stopped somewhere: what is
 * not there is NULL.
 */
#ifndef PV_JINJA_NEEDS_WALK_H
#define PV_JINJA_NEEDS_WALK_H

#include "base/map.h"
#include "jinja/bind/needs.h"
#include "jinja/parse/ast.h"
#include "jinja/parse/parser.h"

/* What is known about a name at one point of the template. */
enum pv_jinja_binding {
	PV_JINJA_UNBOUND,     /* reading it takes it from outside */
	PV_JINJA_BOUND_MAYBE, /* set on some way here */
	PV_JINJA_BOUND
};

/* Of a name, by its index. */
typedef struct pv_jinja_known {
	pv_jinja_need *need;
	uint8_t binding; /* enum pv_jinja_binding */
	int guards;      /* expressions and branches around that test whether
			  * it is set */
} pv_jinja_known;

/* A binding to restore when the scope or branch is left. */
typedef struct pv_jinja_rebinding {
	const pv_jinja_name *name;
	uint8_t binding;
} pv_jinja_rebinding;

/* Names the language itself gives to some scopes. */
enum pv_jinja_given {
	PV_JINJA_GIVES_CALLER,
	PV_JINJA_GIVES_KWARGS,
	PV_JINJA_GIVES_LOOP,
	PV_JINJA_GIVES_SUPER,
	PV_JINJA_GIVES_VARARGS,
	PV_JINJA_GIVEN_COUNT
};

/* An `extends`: the parent comes after all else. */
typedef struct pv_jinja_parent {
	const pv_jinja_node *name;
	int conditions;
	struct pv_jinja_parent *next;
} pv_jinja_parent;

typedef struct pv_jinja_needs_walk {
	pv_jinja_needs *out;
	pv_jinja_need **end;
	pv_arena *arena;
	pv_jinja_known *known;
	const pv_jinja_name *words[PV_JINJA_GIVEN_COUNT]; /* NULL: not there */
	pv_jinja_rebinding *log;
	size_t count;
	size_t cap;
	const pv_jinja_needs_options *opts;
	pv_map foreign; /* needs by names that only included templates read */
	pv_jinja_parser *parser;
	pv_jinja_parent *parents;
	int blocks;                    /* around this point */
	int is_child;                  /* its blocks run when all else has */
	const pv_jinja_node *silencer; /* an `extends` behind which nothing that
					* is not captured is printed; or NULL */
	int captures;                  /* around this point */
	int depth;      /* open scopes, the template's own included */
	size_t top;     /* changes the template's own scope has made */
	int conditions; /* around this point */
	int rc;         /* the first failure; nothing is done after it */
} pv_jinja_needs_walk;

static inline pv_jinja_known *pv_jinja_known_of(const pv_jinja_needs_walk *w,
						const pv_jinja_name *name)
{
	return &w->known[name->index];
}

/* Goes through a template's body. */
void pv_jinja_needs_template(pv_jinja_needs_walk *w, const pv_jinja_nodes *body);
/* The names read by an expression, or by a chain of them; NULL is none. */
void pv_jinja_needs_expr(pv_jinja_needs_walk *w, const pv_jinja_node *node);
void pv_jinja_needs_exprs(pv_jinja_needs_walk *w, const pv_jinja_node *node);
/* A name is read, or is one that may come from outside. */
void pv_jinja_needs_name(pv_jinja_needs_walk *w, const pv_jinja_node *node,
			 int is_guarded);
/* Adds `by` to the guards of the names an expression tests. */
void pv_jinja_needs_guard(pv_jinja_needs_walk *w, const pv_jinja_node *node,
			  int by);
/* The templates named by the expression of an include or the like. */
void pv_jinja_needs_include(pv_jinja_needs_walk *w, const pv_jinja_node *name);
/* What that template needs is needed here; `is_optional`: it may be missing. */
void pv_jinja_needs_included(pv_jinja_needs_walk *w, const pv_jinja_node *name,
			     int is_optional);
/* Keeps an `extends`, whose parent runs when all else has. */
void pv_jinja_needs_extends(pv_jinja_needs_walk *w, const pv_jinja_node *name);
/* What the parents kept need. */
void pv_jinja_needs_parents(pv_jinja_needs_walk *w);
/* Adds a need that nothing is known about. NULL without memory. */
pv_jinja_need *pv_jinja_needs_add(pv_jinja_needs_walk *w, pv_str name,
				  size_t offset);

#endif
