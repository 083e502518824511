/* SPDX-License-Identifier: MIT
 *
 * See stray_keys.h. File and schema are gone through together; of a choice the
 * first that is of the file's kind, mapping or list, is taken.
 */
#include "prompt/stray_keys.h"

#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "prompt/model.h"
#include "yaml/doc.h"

enum {
	MAX_DEPTH = 16, /* of what the schema knows */
	LEAST = 3       /* bytes of a word that stands for a longer one */
};

struct search {
	const pv_yaml_node *schema;
	pv_stray_key_fn *fn;
	void *payload;
};

/* --- the schema ------------------------------------------------------------ */

static const pv_yaml_node *get(const pv_yaml_node *schema, const char *key)
{
	return schema ? pv_yaml_get(schema, key) : NULL;
}

/* Where a reference leads; only those to $defs are in our schemas. */
static const pv_yaml_node *follow(const struct search *search,
				  const pv_yaml_node *schema)
{
	static const char defs[] = "#/$defs/";
	const pv_yaml_node *ref = get(schema, "$ref");

	if (!ref)
		return schema;
	if (strncmp(ref->text, defs, sizeof(defs) - 1) != 0)
		return NULL;
	return get(get(search->schema, "$defs"), ref->text + sizeof(defs) - 1);
}

/* The part of a schema that is about nodes of this kind; NULL: none is. */
static const pv_yaml_node *part_for(const struct search *search,
				    const pv_yaml_node *schema,
				    const pv_yaml_node *node)
{
	const char *key = node->kind == PV_YAML_SEQUENCE ? "items" : "properties";
	const pv_yaml_node *choices;

	schema = follow(search, schema);
	choices = get(schema, "anyOf");
	if (!choices)
		return schema;
	for (const pv_yaml_node *it = choices->first; it; it = it->next) {
		const pv_yaml_node *part = follow(search, it);

		if (get(part, key) || (node->kind == PV_YAML_MAPPING &&
				       get(part, "additionalProperties")))
			return part;
	}
	return NULL;
}

/* --- what may be meant ------------------------------------------------------ */

static const char *name_at(size_t idx, const void *list)
{
	const pv_yaml_node *child = ((const pv_yaml_node *)list)->first;

	while (child && idx--)
		child = child->next;
	return child ? child->key->text : NULL;
}

/* "min_sample" is short for "minimum_sample": word for word. */
static int is_short_for(const char *text, const char *name)
{
	for (;;) {
		size_t len = strcspn(text, "_-");
		size_t whole = strcspn(name, "_");

		if (len < LEAST || len > whole || strncmp(text, name, len) != 0)
			return 0;
		text += len;
		name += whole;
		if (!*text || !*name)
			return !*text && !*name;
		text++;
		name++;
	}
}

static const char *suggest(char out[PV_HINT_SIZE], pv_str text,
			   const pv_yaml_node *properties)
{
	const char *name;

	pv_suggest(out, text, name_at, properties, "");
	for (size_t i = 0; !*out && (name = name_at(i, properties)); i++)
		if (is_short_for(text.ptr, name))
			(void)snprintf(out, PV_HINT_SIZE,
				       "did you mean \"%s\"?", name);
	return out;
}

static int tell(const struct search *search, const pv_yaml_node *child,
		const pv_yaml_node *parent, const pv_yaml_node *properties)
{
	const pv_yaml_node *name = pv_yaml_follow(child->key);
	const char *where = parent->key ? pv_yaml_follow(parent->key)->text : "";
	pv_stray_key stray = { .key = child->key };
	char hint[PV_HINT_SIZE];

	if (strncmp(name->text, "x-", 2) == 0)
		return PV_OK;
	(void)snprintf(stray.message, sizeof(stray.message),
		       "unknown key \"%.60s\"%s%.60s%s", name->text,
		       *where ? " in \"" : "", where, *where ? "\"" : "");
	stray.hint = suggest(hint, (pv_str){ name->text, name->len }, properties);
	stray.is_near = *stray.hint != '\0';
	if (!stray.is_near)
		stray.hint = "it is kept as it is";
	return search->fn(&stray, search->payload);
}

/* --- both ------------------------------------------------------------------ */

static int search_in(const struct search *search, const pv_yaml_node *node,
		     const pv_yaml_node *schema, int depth)
{
	const pv_yaml_node *parent = node;
	const pv_yaml_node *properties;
	const pv_yaml_node *others;
	int rc = PV_OK;

	node = pv_yaml_follow(node);
	schema = part_for(search, schema, node);
	if (!schema || depth == MAX_DEPTH)
		return PV_OK;
	properties = get(schema, "properties");
	others = get(schema, node->kind == PV_YAML_SEQUENCE
				     ? "items"
				     : "additionalProperties");
	for (const pv_yaml_node *child = node->first; child && rc == PV_OK;
	     child = child->next) {
		const pv_yaml_node *known =
			child->key ? get(properties,
					 pv_yaml_follow(child->key)->text)
				   : NULL;

		known = known ? known : others;
		if (!known && child->key && properties)
			rc = tell(search, child, parent, properties);
		if (rc == PV_OK && known)
			rc = search_in(search, child, known, depth + 1);
	}
	return rc;
}

int pv_stray_keys_each(const pv_yaml_node *root, const char *schema,
		       pv_stray_key_fn *fn, void *payload, pv_error *err)
{
	struct search search = { .fn = fn, .payload = payload };
	pv_arena arena = { 0 };
	int rc = pv_yaml_read_json(&search.schema, &arena, pv_str_of(schema),
				   err);

	if (rc == PV_OK)
		rc = search_in(&search, root, search.schema, 0);
	pv_arena_dispose(&arena);
	return rc;
}
