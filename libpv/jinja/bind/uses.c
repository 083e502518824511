/* SPDX-License-Identifier: MIT
 *
 * See uses.h. Both walk the whole tree; blocks are part of it.
 */
#include "jinja/bind/uses.h"

#include "base/utf8.h"
#include "jinja/bind/symbols.h"
#include "jinja/parse/ast.h"

/* --- names ---------------------------------------------------------------- */

struct names {
	const pv_jinja_template *template;
	int (*fn)(const pv_jinja_use *use, void *payload);
	void *payload;
	int rc;
	/* The last place: the next one is near it. */
	size_t at;
	int line;
	int column;
};

static void tell(struct names *names, const pv_jinja_node *node)
{
	pv_jinja_value text = node->u.name.name->text;
	const char *source = names->template->source.ptr;
	pv_jinja_use use = { .name = { text.u.s, text.len } };

	use.is_stored = node->op != PV_JINJA_LOAD;
	if (!use.is_stored && !node->flag)
		return;
	pv_utf8_move(source, names->at, node->pos, &names->line, &names->column);
	names->at = node->pos;
	use.line = names->line;
	use.column = names->column;
	names->rc = names->fn(&use, names->payload);
}

static void visit_name(const pv_jinja_node *node, void *payload)
{
	struct names *names = payload;
	const pv_jinja_node *target = NULL;

	if (names->rc)
		return;
	if (node->kind == PV_JINJA_N_NAME)
		tell(names, node);
	if (node->kind == PV_JINJA_N_MACRO)
		target = node->u.macro.target;
	if (node->kind == PV_JINJA_N_IMPORT || node->kind == PV_JINJA_N_FROM)
		target = node->u.import.targets.first;
	for (; target && !names->rc; target = target->next)
		if (target->kind == PV_JINJA_N_NAME)
			tell(names, target);
	pv_jinja_walk(node, visit_name, payload);
}

int pv_jinja_template_uses(const pv_jinja_template *template,
			   int (*fn)(const pv_jinja_use *use, void *payload),
			   void *payload)
{
	struct names names = { .template = template,
			       .fn = fn,
			       .payload = payload,
			       .line = 1,
			       .column = 1 };

	for (const pv_jinja_node *node = template->root.body.first; node;
	     node = node->next)
		visit_name(node, &names);
	return names.rc;
}

/* --- templates ------------------------------------------------------------ */

struct references {
	int (*fn)(const pv_jinja_reference *reference, void *payload);
	void *payload;
	int rc;
};

static void refer(struct references *refs, pv_jinja_reference *reference,
		  pv_jinja_value name)
{
	reference->name.ptr = NULL;
	reference->name.len = 0;
	if (pv_jinja_is_str(name)) {
		reference->name.ptr = name.u.s;
		reference->name.len = name.len;
	}
	if (!refs->rc)
		refs->rc = refs->fn(reference, refs->payload);
}

static pv_jinja_value constant(const pv_jinja_node *node)
{
	return node->kind == PV_JINJA_N_CONST ? node->u.value
					      : pv_jinja_missing();
}

/* A name, or a list of them, folded into one value or not. */
static void refer_all(struct references *refs, pv_jinja_reference *reference,
		      const pv_jinja_node *name)
{
	int is_display =
		name->kind == PV_JINJA_N_LIST || name->kind == PV_JINJA_N_TUPLE;
	pv_jinja_value value = constant(name);
	int is_list = value.type == PV_JINJA_LIST || value.type == PV_JINJA_TUPLE;

	for (size_t i = 0; is_list && i < value.u.list->count; i++)
		refer(refs, reference, value.u.list->items[i]);
	if (is_display)
		name = name->u.items.first;
	for (; is_display && name; name = name->next)
		refer(refs, reference, constant(name));
	if (!is_list && !is_display)
		refer(refs, reference, value);
}

static void visit_reference(const pv_jinja_node *node, void *payload)
{
	struct references *refs = payload;
	pv_jinja_reference reference = { .sees_context = 1 };

	if (refs->rc)
		return;
	if (node->kind == PV_JINJA_N_EXTENDS)
		refer_all(refs, &reference, node->u.expr);
	if (node->kind == PV_JINJA_N_INCLUDE ||
	    node->kind == PV_JINJA_N_IMPORT || node->kind == PV_JINJA_N_FROM) {
		reference.sees_context = node->u.import.with_context;
		refer_all(refs, &reference, node->u.import.name);
	}
	pv_jinja_walk(node, visit_reference, payload);
}

int pv_jinja_template_references(const pv_jinja_template *template,
				 int (*fn)(const pv_jinja_reference *reference,
					   void *payload),
				 void *payload)
{
	struct references refs = { fn, payload, 0 };

	for (const pv_jinja_node *node = template->root.body.first; node;
	     node = node->next)
		visit_reference(node, &refs);
	return refs.rc;
}
