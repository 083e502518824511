/* SPDX-License-Identifier: MIT
 *
 * The declaration of a variable as the JSON Schema of its values: it is one,
 * but for the keys that are for people or mean something else there.
 */
#include <string.h>

#include "base/mem.h"
#include "prompt/model.h"

/* Keys that are for people, or mean something else in a declaration. */
static int is_kept(const pv_yaml_node *child, int is_typed)
{
	static const char *const dropped[] = { "default",  "description",
					       "example",  "examples",
					       "required", "title" };

	for (size_t i = 0; i < pv_array_len(dropped); i++)
		if (!strcmp(child->key->text, dropped[i]))
			return 0;
	return is_typed || strcmp(child->key->text, "type") != 0;
}

/* A type that lists "any" demands nothing. */
static int is_any(const pv_yaml_node *type)
{
	const pv_yaml_node *node = pv_yaml_follow(type);

	if (node->kind != PV_YAML_SEQUENCE)
		return pv_node_is(node, "any") || pv_node_is_null(node);
	for (node = node->first; node; node = node->next)
		if (pv_node_is(node, "any"))
			return 1;
	return 0;
}

/* Appends the members that count; how many there are. */
static int put_members(pv_buf *json, const pv_yaml_node *declaration,
		       int is_typed, pv_error *err)
{
	const pv_yaml_node *child = pv_yaml_follow(declaration)->first;
	int count = 0;

	for (; child; child = child->next) {
		int rc;

		if (!is_kept(child, is_typed) ||
		    (!strcmp(child->key->text, "type") && is_any(child)))
			continue;
		pv_buf_puts(json, count++ ? ",\"" : "{\"");
		pv_buf_put(json, child->key->text, child->key->len);
		pv_buf_puts(json, "\":");
		rc = pv_yaml_to_json(json, child, err);
		if (rc < 0)
			return rc;
	}
	pv_buf_puts(json, count ? "}" : "");
	return count;
}

/* Keys with signs that JSON escapes are no keywords. */
static int has_plain_keys(const pv_yaml_node *declaration)
{
	const pv_yaml_node *child = pv_yaml_follow(declaration)->first;

	for (; child; child = child->next)
		for (const char *at = child->key->text; *at; at++)
			if (*at == '"' || *at == '\\' || (unsigned char)*at < ' ')
				return 0;
	return 1;
}

int pv_declared_schema(pv_buf *out, const pv_yaml_node *declaration,
		       int is_typed, pv_error *err)
{
	if (pv_yaml_follow(declaration)->kind != PV_YAML_MAPPING ||
	    !has_plain_keys(declaration))
		return 0;
	return put_members(out, declaration, is_typed, err);
}
