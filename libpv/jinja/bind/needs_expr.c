/* SPDX-License-Identifier: MIT
 *
 * Which names an expression reads, and whether it can do without them: a name
 * that the expression asks about, with `is defined` or `default`, may be
 * missing.
 */
#include "jinja/bind/needs_walk.h"

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/bind/symbols.h"

enum {
	FIRST_INCLUSIONS = 8,
	FIRST_SPOTS = 32
};

/* --- one name ------------------------------------------------------------ */

static int is_global(const pv_jinja_name *name)
{
	return pv_jinja_str_is(name->text, "self") ||
	       pv_jinja_global_find(name->text.u.s, name->text.len);
}

pv_jinja_need *pv_jinja_needs_add(pv_jinja_needs_walk *w, pv_str name,
				  size_t offset)
{
	pv_jinja_need *need = pv_arena_calloc(w->arena, sizeof(*need));

	if (!need) {
		w->rc = PV_ENOMEM;
		return NULL;
	}
	need->name = name;
	need->offset = offset;
	need->is_conditional = 1;
	need->is_in_block = 1;
	*w->end = need;
	w->end = &need->next;
	return need;
}

static void add_spot(pv_jinja_needs_walk *w, const pv_jinja_need *need,
		     size_t offset)
{
	pv_jinja_needs *out = w->out;
	size_t cap = out->spot_cap ? out->spot_cap * 2 : FIRST_SPOTS;
	pv_jinja_spot *grown = out->spots;

	if (out->spot_count == out->spot_cap) {
		grown = pv_arena_alloc(w->arena, cap * sizeof(*grown));
		if (!grown) {
			w->rc = PV_ENOMEM;
			return;
		}
		for (size_t i = 0; i < out->spot_count; i++)
			grown[i] = out->spots[i];
		out->spots = grown;
		out->spot_cap = cap;
	}
	grown[out->spot_count].name = need->name;
	grown[out->spot_count++].offset = offset;
}

void pv_jinja_needs_name(pv_jinja_needs_walk *w, const pv_jinja_node *node,
			 int is_guarded)
{
	const pv_jinja_name *name = node->u.name.name;
	pv_jinja_known *known;

	if (!name || w->rc < 0)
		return;
	known = pv_jinja_known_of(w, name);
	if (known->binding == PV_JINJA_BOUND)
		return;
	if (!known->need && !is_global(name))
		known->need = pv_jinja_needs_add(w,
						 (pv_str){ name->text.u.s,
							   name->text.len },
						 node->pos);
	if (!known->need)
		return;
	if (w->opts->has_spots && node->op == PV_JINJA_LOAD)
		add_spot(w, known->need, node->pos);
	if (!w->blocks)
		known->need->is_in_block = 0;
	if (!is_guarded && !known->guards)
		known->need->is_required = 1;
	if (!w->conditions && known->binding == PV_JINJA_UNBOUND)
		known->need->is_conditional = 0;
}

/* --- what asks whether a name is set -------------------------------------- */

static int is_bare(const pv_jinja_node *node)
{
	return node && node->kind == PV_JINJA_N_NAME && node->u.name.name;
}

/* name is defined, name is undefined */
static int asks(const pv_jinja_node *node)
{
	const pv_jinja_name *name = node->u.call.name;

	return node->kind == PV_JINJA_N_TEST && name &&
	       is_bare(node->u.call.object) &&
	       (pv_jinja_str_is(name->text, "defined") ||
		pv_jinja_str_is(name->text, "undefined"));
}

/* value|default(...) */
static int replaces(const pv_jinja_node *node)
{
	const pv_jinja_name *name = node->u.call.name;

	return node->kind == PV_JINJA_N_FILTER && name &&
	       (pv_jinja_str_is(name->text, "default") ||
		pv_jinja_str_is(name->text, "d"));
}

struct guarding {
	pv_jinja_needs_walk *w;
	int by;
};

static void guard_in(const pv_jinja_node *node, void *payload)
{
	const struct guarding *guarding = payload;

	if (asks(node))
		pv_jinja_known_of(guarding->w, node->u.call.object->u.name.name)
			->guards += guarding->by;
	pv_jinja_walk(node, guard_in, payload);
}

void pv_jinja_needs_guard(pv_jinja_needs_walk *w, const pv_jinja_node *node,
			  int by)
{
	struct guarding guarding = { w, by };

	if (node && node->kind != PV_JINJA_N_NAME)
		guard_in(node, &guarding);
}

/* --- expressions ----------------------------------------------------------- */

static void read_in(const pv_jinja_node *node, void *payload);

static void read_one(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	if (node)
		read_in(node, w);
}

/* yes if test else no: of three, two are read. */
static void read_choice(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	w->conditions++;
	read_one(w, node->u.cond.yes);
	w->conditions--;
	read_one(w, node->u.cond.test);
	w->conditions++;
	read_one(w, node->u.cond.no);
	w->conditions--;
}

/* left and right, left or right */
static void read_both(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	read_one(w, node->u.binary.left);
	w->conditions++;
	read_one(w, node->u.binary.right);
	w->conditions--;
}

/* value|default(other): the other is asked for when there is no value. */
static void read_default(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	const pv_jinja_node *object = node->u.call.object;
	pv_jinja_node rest = *node;

	if (is_bare(object))
		pv_jinja_needs_name(w, object, 1);
	else
		read_one(w, object);
	rest.u.call.object = NULL;
	w->conditions++;
	pv_jinja_walk(&rest, read_in, w);
	w->conditions--;
}

static void read_in(const pv_jinja_node *node, void *payload)
{
	pv_jinja_needs_walk *w = payload;

	switch (node->kind) {
	case PV_JINJA_N_NAME:
	case PV_JINJA_N_NSREF:
		pv_jinja_needs_name(w, node, 0);
		break;
	case PV_JINJA_N_CONDEXPR:
		read_choice(w, node);
		break;
	case PV_JINJA_N_AND:
	case PV_JINJA_N_OR:
		read_both(w, node);
		break;
	default:
		if (replaces(node))
			read_default(w, node);
		else
			pv_jinja_walk(node, read_in, payload);
	}
}

void pv_jinja_needs_expr(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	if (!node || w->rc < 0)
		return;
	pv_jinja_needs_guard(w, node, 1);
	read_in(node, w);
	pv_jinja_needs_guard(w, node, -1);
}

void pv_jinja_needs_exprs(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	for (; node; node = node->next)
		pv_jinja_needs_expr(w, node);
}

/* --- names of templates ---------------------------------------------------- */

static int is_text(const pv_jinja_node *node)
{
	return node && node->kind == PV_JINJA_N_CONST &&
	       node->u.value.type == PV_JINJA_STR;
}

static void add_inclusion(pv_jinja_needs_walk *w, const pv_jinja_node *node)
{
	pv_jinja_needs *out = w->out;
	size_t cap =
		out->inclusion_cap ? out->inclusion_cap * 2 : FIRST_INCLUSIONS;
	pv_jinja_inclusion *grown;

	if (out->inclusion_count == out->inclusion_cap) {
		grown = pv_arena_alloc(w->arena, cap * sizeof(*grown));
		if (!grown) {
			w->rc = PV_ENOMEM;
			return;
		}
		for (size_t i = 0; i < out->inclusion_count; i++)
			grown[i] = out->inclusions[i];
		out->inclusions = grown;
		out->inclusion_cap = cap;
	}
	grown = &out->inclusions[out->inclusion_count++];
	grown->name.ptr = node->u.value.u.s;
	grown->name.len = node->u.value.len;
	grown->offset = node->pos;
}

/* Whether it is a list of texts. */
static int is_list_of_texts(const pv_jinja_node *node)
{
	const pv_jinja_node *item;

	if (node->kind != PV_JINJA_N_LIST && node->kind != PV_JINJA_N_TUPLE)
		return 0;
	item = node->u.items.first;
	while (is_text(item))
		item = item->next;
	return !item && node->u.items.first;
}

void pv_jinja_needs_include(pv_jinja_needs_walk *w, const pv_jinja_node *name)
{
	if (!name || w->rc < 0)
		return;
	if (is_text(name)) {
		add_inclusion(w, name);
	} else if (is_list_of_texts(name)) {
		for (const pv_jinja_node *item = name->u.items.first;
		     item && w->rc >= 0; item = item->next)
			add_inclusion(w, item);
	} else {
		/* Known when it is rendered. */
		pv_jinja_needs_expr(w, name);
		w->out->is_dynamic = 1;
	}
}
