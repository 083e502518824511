/* SPDX-License-Identifier: MIT
 *
 * What templates need that are included, imported with context, or extended:
 * the same names, unless they are set where that happens. Somebody else knows
 * those templates, and what each of them needs from outside.
 */
#include "jinja/bind/needs_walk.h"

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/bind/symbols.h"

/* How an included template is reached. */
struct way {
	size_t offset; /* of its name */
	int is_optional;
	int is_parent; /* its blocks may be replaced */
};

/* The need of a name that this template itself does not mention. */
static pv_jinja_need *foreign_need(pv_jinja_needs_walk *w, pv_str name,
				   size_t offset)
{
	pv_jinja_need *need = pv_map_find(&w->foreign, name);

	if (need)
		return need;
	need = pv_jinja_needs_add(w, name, offset);
	if (need)
		w->rc = pv_map_set(&w->foreign, name, need, NULL, NULL);
	return need;
}

static void read_need(pv_jinja_needs_walk *w, const pv_jinja_need *from,
		      const struct way *way)
{
	const pv_jinja_name *name = pv_jinja_find_name(w->parser, from->name);
	pv_jinja_known *known = name ? pv_jinja_known_of(w, name) : NULL;
	pv_jinja_need *need = known ? known->need : NULL;

	if (known && known->binding == PV_JINJA_BOUND)
		return;
	if (!known)
		need = foreign_need(w, from->name, way->offset);
	else if (!need)
		need = known->need =
			pv_jinja_needs_add(w, from->name, way->offset);
	if (!need)
		return;
	if (from->is_required && !(known && known->guards))
		need->is_required = 1;
	if (!from->is_in_block && !w->blocks)
		need->is_in_block = 0;
	if (!from->is_conditional && !w->conditions && !way->is_optional &&
	    !(way->is_parent && from->is_in_block) &&
	    !(known && known->binding == PV_JINJA_BOUND_MAYBE))
		need->is_conditional = 0;
}

/* 1, or 0 when there is none of that name. */
static int read_template(pv_jinja_needs_walk *w, const pv_jinja_node *node,
			 struct way *way)
{
	pv_str name = { node->u.value.u.s, node->u.value.len };
	const pv_jinja_need *need = NULL;
	int rc = w->opts->included(&need, name, w->opts->payload);

	if (rc == PV_ENOTFOUND)
		return 0;
	if (rc < 0)
		w->rc = rc;
	way->offset = node->pos;
	for (; need && w->rc >= 0; need = need->next)
		read_need(w, need, way);
	return 1;
}

static int is_text(const pv_jinja_node *node)
{
	return node && node->kind == PV_JINJA_N_CONST &&
	       node->u.value.type == PV_JINJA_STR;
}

/* Of a list the first that is there counts. */
static void read_templates(pv_jinja_needs_walk *w, const pv_jinja_node *name,
			   struct way *way)
{
	if (!name || w->rc < 0 || !w->opts->included)
		return;
	if (is_text(name)) {
		(void)read_template(w, name, way);
		return;
	}
	if (name->kind != PV_JINJA_N_LIST && name->kind != PV_JINJA_N_TUPLE)
		return;
	name = name->u.items.first;
	way->is_optional |= name && name->next;
	for (; is_text(name) && w->rc >= 0; name = name->next)
		if (read_template(w, name, way))
			break;
}

void pv_jinja_needs_included(pv_jinja_needs_walk *w, const pv_jinja_node *name,
			     int is_optional)
{
	struct way way = { .is_optional = is_optional };

	read_templates(w, name, &way);
}

void pv_jinja_needs_extends(pv_jinja_needs_walk *w, const pv_jinja_node *name)
{
	pv_jinja_parent *parent;

	if (!name || w->rc < 0 || !w->opts->included)
		return;
	parent = pv_arena_alloc(w->arena, sizeof(*parent));
	if (!parent) {
		w->rc = PV_ENOMEM;
		return;
	}
	parent->name = name;
	parent->conditions = w->conditions;
	parent->next = w->parents;
	w->parents = parent;
}

void pv_jinja_needs_parents(pv_jinja_needs_walk *w)
{
	struct way way = { .is_parent = 1 };

	for (const pv_jinja_parent *parent = w->parents; parent;
	     parent = parent->next) {
		w->conditions = parent->conditions;
		read_templates(w, parent->name, &way);
	}
	w->conditions = 0;
}
