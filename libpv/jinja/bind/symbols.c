/* SPDX-License-Identifier: MIT
 *
 * The analysis of one scope: which names it loads and which it sets. What a
 * name begins as follows from what comes first, and from branches: a name
 * that only some branch sets begins as the outer one.
 */
#include "jinja/bind/symbols.h"

enum {
	FEW_SYMBOLS = 8 /* that are looked through one by one */
};

void pv_jinja_symbols_init(pv_jinja_symbols *symbols, pv_jinja_run *run,
			   pv_jinja_function *function,
			   const pv_jinja_symbols *outer)
{
	memset(symbols, 0, sizeof(*symbols));
	symbols->run = run;
	symbols->function = function;
	symbols->outer = outer;
	symbols->end = &symbols->first;
}

/* Where a name is in the table, or would be. */
static pv_jinja_symbol_place *find_place(const pv_jinja_symbols *symbols,
					 const pv_jinja_name *name)
{
	size_t mask = symbols->place_count - 1;
	size_t at = name->hash & mask;

	while (symbols->places[at].symbol &&
	       symbols->places[at].symbol->name != name)
		at = (at + 1) & mask;
	return &symbols->places[at];
}

static pv_jinja_symbol *own(const pv_jinja_symbols *symbols,
			    const pv_jinja_name *name)
{
	pv_jinja_symbol *symbol = symbols->first;

	if (symbols->places)
		return find_place(symbols, name)->symbol;
	while (symbol && symbol->name != name)
		symbol = symbol->next;
	return symbol;
}

/* Makes room in the table for one symbol more. */
static int grow(pv_jinja_symbols *symbols)
{
	size_t count = symbols->place_count ? symbols->place_count * 4
					    : (size_t)FEW_SYMBOLS * 4;
	int rc;

	if (symbols->count < FEW_SYMBOLS ||
	    symbols->count * 2 < symbols->place_count)
		return PV_OK;
	rc = pv_jinja_alloc_array(&symbols->places, symbols->run, count,
				  sizeof(*symbols->places));
	if (rc < 0)
		return rc;
	memset(symbols->places, 0, count * sizeof(*symbols->places));
	symbols->place_count = count;
	for (pv_jinja_symbol *s = symbols->first; s; s = s->next)
		find_place(symbols, s->name)->symbol = s;
	return PV_OK;
}

/* As seen from a function at `level`. */
static int find_from(pv_jinja_slot *out, const pv_jinja_symbols *symbols,
		     const pv_jinja_name *name, uint32_t level)
{
	for (; symbols; symbols = symbols->outer) {
		const pv_jinja_symbol *symbol = own(symbols, name);

		if (!symbol)
			continue;
		out->up = level - symbols->function->level;
		out->index = symbol->index;
		return 1;
	}
	return 0;
}

int pv_jinja_symbols_find(pv_jinja_slot *out, const pv_jinja_symbols *symbols,
			  const pv_jinja_name *name)
{
	return find_from(out, symbols, name, symbols->function->level);
}

int pv_jinja_symbols_is_outside(const pv_jinja_symbols *symbols,
				const pv_jinja_name *name)
{
	for (; symbols; symbols = symbols->outer) {
		const pv_jinja_symbol *symbol = own(symbols, name);

		if (symbol && symbol->action != PV_JINJA_LOAD_ALIAS)
			return symbol->action == PV_JINJA_LOAD_RESOLVE;
	}
	return 0;
}

static int find_outer(pv_jinja_slot *out, const pv_jinja_symbols *symbols,
		      const pv_jinja_name *name)
{
	return find_from(out, symbols->outer, name, symbols->function->level);
}

static int define(pv_jinja_symbol **out, pv_jinja_symbols *symbols,
		  const pv_jinja_name *name, int action)
{
	int rc = grow(symbols);

	if (rc < 0)
		return rc;
	rc = pv_jinja_alloc(out, symbols->run, sizeof(**out));
	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	(*out)->name = name;
	(*out)->action = (uint8_t)action;
	(*out)->index = symbols->function->slot_count++;
	*symbols->end = *out;
	symbols->end = &(*out)->next;
	symbols->count++;
	if (symbols->places)
		find_place(symbols, name)->symbol = *out;
	return PV_OK;
}

static void mark_stored(pv_jinja_symbols *symbols, pv_jinja_symbol *symbol)
{
	if (symbol->is_stored)
		return;
	symbol->is_stored = 1;
	symbol->stored_before = symbols->last_stored;
	symbols->last_stored = symbol;
}

int pv_jinja_symbols_param(uint32_t *out, pv_jinja_symbols *symbols,
			   const pv_jinja_name *name)
{
	pv_jinja_symbol *symbol = own(symbols, name);
	int rc = PV_OK;

	if (!symbol)
		rc = define(&symbol, symbols, name, PV_JINJA_LOAD_PARAM);
	if (rc < 0)
		return rc;
	symbol->action = PV_JINJA_LOAD_PARAM;
	mark_stored(symbols, symbol);
	if (out)
		*out = symbol->index;
	return PV_OK;
}

static int load(pv_jinja_symbols *symbols, const pv_jinja_name *name)
{
	pv_jinja_symbol *symbol;
	pv_jinja_slot slot;

	if (pv_jinja_symbols_find(&slot, symbols, name))
		return PV_OK;
	return define(&symbol, symbols, name, PV_JINJA_LOAD_RESOLVE);
}

/* What a name that is set here begins as. */
static void set_origin(const pv_jinja_symbols *symbols, pv_jinja_symbol *symbol,
		       int otherwise)
{
	symbol->action = find_outer(&symbol->from, symbols, symbol->name)
				 ? PV_JINJA_LOAD_ALIAS
				 : (uint8_t)otherwise;
}

static int store(pv_jinja_symbols *symbols, const pv_jinja_name *name)
{
	pv_jinja_symbol *symbol = own(symbols, name);
	int rc;

	if (!symbol) {
		rc = define(&symbol, symbols, name, PV_JINJA_LOAD_MISSING);
		if (rc < 0)
			return rc;
		set_origin(symbols, symbol, PV_JINJA_LOAD_MISSING);
	}
	mark_stored(symbols, symbol);
	return PV_OK;
}

/* --- visiting ------------------------------------------------------------ */

struct visit {
	pv_jinja_symbols *symbols;
	int rc;
};

static void visit(const pv_jinja_node *node, void *payload)
{
	struct visit *v = payload;

	if (v->rc == PV_OK)
		v->rc = pv_jinja_symbols_visit(v->symbols, node);
}

static int visit_children(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	struct visit v = { symbols, PV_OK };

	pv_jinja_walk(node, visit, &v);
	return v.rc;
}

static int visit_linked(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	int rc = PV_OK;

	for (; rc == PV_OK && node; node = node->next)
		rc = pv_jinja_symbols_visit(symbols, node);
	return rc;
}

int pv_jinja_symbols_list(pv_jinja_symbols *symbols, const pv_jinja_nodes *nodes)
{
	return visit_linked(symbols, nodes->first);
}

/* Names that were not set before but are after: by some branch. */
static int visit_branches(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	const pv_jinja_symbol *before = symbols->last_stored;
	int rc = visit_children(symbols, node);

	for (pv_jinja_symbol *s = symbols->last_stored; s != before;
	     s = s->stored_before)
		set_origin(symbols, s, PV_JINJA_LOAD_RESOLVE);
	return rc;
}

static int visit_name(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	const pv_jinja_name *name = node->u.name.name;

	if (node->op == PV_JINJA_PARAM)
		return pv_jinja_symbols_param(NULL, symbols, name);
	if (node->op == PV_JINJA_STORE && node->kind == PV_JINJA_N_NAME)
		return store(symbols, name);
	return load(symbols, name);
}

static int visit_targets(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	int rc = visit_children(symbols, node);

	for (const pv_jinja_node *target = node->u.import.targets.first;
	     rc == PV_OK && target; target = target->next)
		rc = store(symbols, target->u.name.name);
	return rc;
}

static int visit_assignment(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	int rc = pv_jinja_symbols_visit(symbols, node->u.set.value);

	return rc < 0 ? rc : pv_jinja_symbols_visit(symbols, node->u.set.target);
}

int pv_jinja_symbols_visit(pv_jinja_symbols *symbols, const pv_jinja_node *node)
{
	switch (node->kind) {
	case PV_JINJA_N_NAME:
	case PV_JINJA_N_NSREF:
		return visit_name(symbols, node);
	case PV_JINJA_N_IF:
		return visit_branches(symbols, node);
	case PV_JINJA_N_MACRO:
		return store(symbols, node->u.macro.target->u.name.name);
	case PV_JINJA_N_IMPORT:
	case PV_JINJA_N_FROM:
		return visit_targets(symbols, node);
	case PV_JINJA_N_SET:
		return visit_assignment(symbols, node);
	case PV_JINJA_N_SET_BLOCK:
		return pv_jinja_symbols_visit(symbols, node->u.set.target);
	case PV_JINJA_N_FOR:
		return pv_jinja_symbols_visit(symbols, node->u.loop.iter);
	case PV_JINJA_N_CALL_BLOCK:
		return node->u.macro.call
			       ? pv_jinja_symbols_visit(symbols,
							node->u.macro.call)
			       : PV_OK;
	case PV_JINJA_N_FILTER_BLOCK:
		return pv_jinja_symbols_visit(symbols, node->u.set.value);
	case PV_JINJA_N_WITH:
		return visit_linked(symbols, node->u.set.value);
	case PV_JINJA_N_AUTOESCAPE:
	case PV_JINJA_N_BLOCK:
		return PV_OK;
	default:
		return visit_children(symbols, node);
	}
}

int pv_jinja_symbols_target(pv_jinja_symbols *symbols, const pv_jinja_node *target)
{
	int rc = PV_OK;

	if (target->kind == PV_JINJA_N_NAME)
		return pv_jinja_symbols_param(NULL, symbols, target->u.name.name);
	for (const pv_jinja_node *item = target->u.items.first;
	     rc == PV_OK && item; item = item->next)
		rc = pv_jinja_symbols_target(symbols, item);
	return rc;
}

/* --- results ------------------------------------------------------------- */

/*
 * A name that is only looked up, never set, has nothing to load: its slot is
 * filled when it is first used, as nothing can change what it stands for.
 */
static int needs_load(const pv_jinja_symbol *symbol)
{
	return symbol->action == PV_JINJA_LOAD_ALIAS ||
	       symbol->action == PV_JINJA_LOAD_MISSING ||
	       (symbol->action == PV_JINJA_LOAD_RESOLVE && symbol->is_stored);
}

int pv_jinja_symbols_scope(pv_jinja_scope *out, const pv_jinja_symbols *symbols)
{
	uint32_t count = 0;
	pv_jinja_load *next;
	int rc;

	for (const pv_jinja_symbol *s = symbols->first; s; s = s->next)
		count += (uint32_t)needs_load(s);
	out->load_count = count;
	if (count == 0)
		return PV_OK;
	rc = pv_jinja_alloc_array(&out->loads, symbols->run, count,
				  sizeof(*out->loads));
	if (rc < 0)
		return rc;
	next = out->loads;
	for (const pv_jinja_symbol *s = symbols->first; s; s = s->next) {
		if (!needs_load(s))
			continue;
		memset(next, 0, sizeof(*next));
		next->name = s->name;
		next->index = s->index;
		next->action = s->action;
		next->from = s->from;
		next++;
	}
	return PV_OK;
}

/* Whether a scope within `at` has the name, too. */
static int is_hidden(const pv_jinja_symbols *inner, const pv_jinja_symbols *at,
		     const pv_jinja_name *name)
{
	const pv_jinja_symbol *symbol;

	for (; inner != at; inner = inner->outer) {
		symbol = own(inner, name);
		if (symbol && symbol->is_stored)
			return 1;
	}
	return 0;
}

int pv_jinja_symbols_locals(pv_jinja_locals **out, const pv_jinja_symbols *symbols)
{
	size_t count = 0;
	int rc = pv_jinja_alloc(out, symbols->run, sizeof(**out));

	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	for (const pv_jinja_symbols *at = symbols; at; at = at->outer)
		for (const pv_jinja_symbol *s = at->first; s; s = s->next)
			count += s->is_stored;
	if (count == 0)
		return PV_OK;
	rc = pv_jinja_alloc_array(&(*out)->items, symbols->run, count,
				  sizeof(*(*out)->items));
	if (rc < 0)
		return rc;
	for (const pv_jinja_symbols *at = symbols; at; at = at->outer)
		for (const pv_jinja_symbol *s = at->first; s; s = s->next) {
			pv_jinja_visible *item = &(*out)->items[(*out)->count];

			if (!s->is_stored || is_hidden(symbols, at, s->name))
				continue;
			item->name = s->name;
			(void)pv_jinja_symbols_find(&item->slot, symbols,
						    s->name);
			(*out)->count++;
		}
	return PV_OK;
}
