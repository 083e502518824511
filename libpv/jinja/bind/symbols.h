/* SPDX-License-Identifier: MIT
 *
 * Which names a scope knows, and where they live. Jinja2 decides this per
 * scope, before any code of it runs: a name that is assigned anywhere in a
 * scope is that scope's own, everywhere in it, and begins as what an outer
 * scope or the context has under that name. That is why an assignment in a
 * loop is gone in the next iteration.
 *
 * Slots belong to functions (the template, a block, a macro, a recursive
 * loop): one array of values per call.
 */
#ifndef PV_JINJA_SYMBOLS_H
#define PV_JINJA_SYMBOLS_H

#include "jinja/parse/ast.h"

struct pv_jinja_parser;

/* A function being compiled. */
typedef struct pv_jinja_function {
	uint32_t slot_count;
	uint32_t level; /* functions around it */
} pv_jinja_function;

typedef struct pv_jinja_symbol {
	const pv_jinja_name *name;
	uint32_t index;
	uint8_t action; /* enum pv_jinja_load_action */
	uint8_t is_stored;
	pv_jinja_slot from;
	struct pv_jinja_symbol *next;
	struct pv_jinja_symbol *stored_before; /* when is_stored */
} pv_jinja_symbol;

typedef struct pv_jinja_symbol_place {
	pv_jinja_symbol *symbol; /* or NULL */
} pv_jinja_symbol_place;

typedef struct pv_jinja_symbols {
	pv_jinja_run *run;
	pv_jinja_function *function;
	const struct pv_jinja_symbols *outer;
	pv_jinja_symbol *first;
	pv_jinja_symbol **end;
	pv_jinja_symbol *last_stored; /* most recent first */
	size_t count;
	pv_jinja_symbol_place *places; /* by name, open addressing; NULL for few */
	size_t place_count;            /* a power of two */
} pv_jinja_symbols;

void pv_jinja_symbols_init(pv_jinja_symbols *symbols, pv_jinja_run *run,
			   pv_jinja_function *function,
			   const pv_jinja_symbols *outer);
/* A name set by whoever enters the scope; its slot. PV_ENOMEM. */
int pv_jinja_symbols_param(uint32_t *out, pv_jinja_symbols *symbols,
			   const pv_jinja_name *name);
/* Takes note of what a node uses, without what has scopes of its own. */
int pv_jinja_symbols_visit(pv_jinja_symbols *symbols, const pv_jinja_node *node);
int pv_jinja_symbols_list(pv_jinja_symbols *symbols, const pv_jinja_nodes *nodes);
/* The same for the targets of a loop, which are set by it. */
int pv_jinja_symbols_target(pv_jinja_symbols *symbols,
			    const pv_jinja_node *target);
/* Where a name lives, seen from the scope; 0 when nobody mentioned it. */
int pv_jinja_symbols_find(pv_jinja_slot *out, const pv_jinja_symbols *symbols,
			  const pv_jinja_name *name);
/* Whether it may be the context's there, as far as the scopes tell. */
int pv_jinja_symbols_is_outside(const pv_jinja_symbols *symbols,
				const pv_jinja_name *name);
/* What entering the scope does. */
int pv_jinja_symbols_scope(pv_jinja_scope *out, const pv_jinja_symbols *symbols);
/* All names set in the scope and the scopes around it. */
int pv_jinja_symbols_locals(pv_jinja_locals **out,
			    const pv_jinja_symbols *symbols);

/* --- walking trees ---------------------------------------------------------- */

typedef void pv_jinja_walk_fn(const pv_jinja_node *node, void *payload);

/* Calls `fn` for each child, in Jinja2's order; `fn` goes deeper itself. */
void pv_jinja_walk(const pv_jinja_node *node, pv_jinja_walk_fn *fn,
		   void *payload);
/*
 * Which of some special names (at most 8) a body loads before it sets them: a
 * bit for each. Nested macros count, blocks do not. The parser knows the names
 * of the template.
 */
unsigned pv_jinja_undeclared(struct pv_jinja_parser *parser,
			     const pv_jinja_nodes *body,
			     const char *const *names, size_t count);

#endif
