/* SPDX-License-Identifier: MIT
 *
 * Making nodes: memory from the template's arena, names interned, so that
 * each has its hash once. A tree's depth is bounded where it grows.
 */
#include "jinja/parse/parser.h"

#include "base/mem.h"
#include "jinja/value/unicode.h"

enum {
	FIRST_NAMES = 64
};

int pv_jinja_node_new(pv_jinja_node **out, pv_jinja_parser *p, int kind,
		      const pv_jinja_token *at)
{
	int rc = pv_jinja_alloc(out, p->run, sizeof(**out));

	if (rc < 0)
		return rc;
	memset(*out, 0, sizeof(**out));
	(*out)->kind = (uint8_t)kind;
	(*out)->line = at->line;
	(*out)->pos = at->pos;
	return PV_OK;
}

void pv_jinja_nodes_add(pv_jinja_nodes *nodes, pv_jinja_node *node)
{
	if (!nodes->last)
		nodes->first = node;
	else
		nodes->last->next = node;
	nodes->last = node;
	nodes->count++;
}

int pv_jinja_node_over(pv_jinja_parser *p, pv_jinja_node *node,
		       const pv_jinja_node *child)
{
	if (!child || child->depth < node->depth)
		return PV_OK;
	if (child->depth >= PV_JINJA_MAX_DEPTH)
		return pv_jinja_limit(p->run, PV_JINJA_MAX_DEPTH,
				      "levels of an expression");
	node->depth = (uint16_t)(child->depth + 1);
	return PV_OK;
}

/* --- names --------------------------------------------------------------- */

static pv_jinja_interned *name_place(pv_jinja_parser *p, pv_str text,
				     uint64_t hash)
{
	size_t mask = p->name_cap - 1;
	size_t at = hash & mask;

	while (p->names[at].name) {
		const pv_jinja_name *name = p->names[at].name;

		if (name->hash == hash && name->text.len == text.len &&
		    !memcmp(name->text.u.s, text.ptr, text.len))
			break;
		at = (at + 1) & mask;
	}
	return &p->names[at];
}

static int grow_names(pv_jinja_parser *p)
{
	const pv_jinja_interned *old = p->names;
	size_t old_cap = p->name_cap;
	size_t cap = old_cap ? old_cap * 4 : FIRST_NAMES;
	int rc = pv_jinja_alloc_array(&p->names, p->run, cap, sizeof(*p->names));

	if (rc < 0)
		return rc;
	memset(p->names, 0, cap * sizeof(*p->names));
	p->name_cap = cap;
	for (size_t i = 0; i < old_cap; i++) {
		const pv_jinja_name *name = old[i].name;
		pv_str text;

		if (!name)
			continue;
		text.ptr = name->text.u.s;
		text.len = name->text.len;
		*name_place(p, text, name->hash) = old[i];
	}
	return PV_OK;
}

static void init_name(pv_jinja_name *name, const pv_jinja_parser *p,
		      pv_str text, uint64_t hash)
{
	int flags = pv_jinja_is_ascii(text.ptr, text.len) ? PV_JINJA_ASCII : 0;

	if (!p->is_analysis) {
		pv_jinja_name_init(name, text.ptr, text.len, flags);
		return;
	}
	/* Nobody is going to ask which types have such a method. */
	name->text = pv_jinja_str(text.ptr, text.len, flags);
	name->hash = hash;
	name->owners = 0;
	name->is_guarded = 1;
	name->of_str = NULL;
	name->of_dict = NULL;
}

int pv_jinja_intern(const pv_jinja_name **out, pv_jinja_parser *p, pv_str text)
{
	uint64_t hash = pv_jinja_hash_text(text.ptr, text.len);
	pv_jinja_interned *place;
	pv_jinja_name *name;
	int rc = PV_OK;

	if (p->name_count * 2 >= p->name_cap)
		rc = grow_names(p);
	if (rc < 0)
		return rc;
	place = name_place(p, text, hash);
	if (!place->name) {
		rc = pv_jinja_alloc(&name, p->run, sizeof(*name));
		if (rc < 0)
			return rc;
		init_name(name, p, text, hash);
		name->index = (uint32_t)p->name_count++;
		place->name = name;
	}
	*out = place->name;
	return PV_OK;
}

const pv_jinja_name *pv_jinja_find_name(pv_jinja_parser *p, pv_str text)
{
	if (!p->name_cap)
		return NULL;
	return name_place(p, text, pv_jinja_hash_text(text.ptr, text.len))->name;
}

pv_jinja_interned *pv_jinja_interned_find(pv_jinja_parser *p,
					  const pv_jinja_name *name)
{
	pv_str text = { name->text.u.s, name->text.len };

	return name_place(p, text, name->hash);
}

/* --- leaves -------------------------------------------------------------- */

int pv_jinja_name_node(pv_jinja_node **out, pv_jinja_parser *p,
		       const pv_jinja_token *token, int use)
{
	int rc = pv_jinja_node_new(out, p, PV_JINJA_N_NAME, token);

	if (rc < 0)
		return rc;
	(*out)->op = (uint8_t)use;
	return pv_jinja_intern(&(*out)->u.name.name, p, token->text);
}

int pv_jinja_text_node(pv_jinja_node **out, pv_jinja_parser *p,
		       const pv_jinja_token *at, pv_str text)
{
	int rc = pv_jinja_node_new(out, p, PV_JINJA_N_CONST, at);

	if (rc == PV_OK)
		(*out)->u.value =
			pv_jinja_str(text.ptr, text.len,
				     pv_jinja_is_ascii(text.ptr, text.len)
					     ? PV_JINJA_ASCII
					     : 0);
	return rc;
}
