/* SPDX-License-Identifier: MIT
 *
 * See value.h. Whatever is more than the words the user typed must be so as a
 * whole and leave no doubt: "|" begins a block in YAML and "&a" is an anchor,
 * but here both are texts.
 */
#include "ui/value.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"
#include "base/json.h"

/* JSON of a text. */
static int string_json(pv_buf *out, const char *text, size_t len, pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, text, len);
	return pv_buf_status(out, err);
}

/* Whether a value is JSON: YAML's reader knows no surrogate pairs. */
static int is_json(const char *value, size_t len)
{
	pv_buf yaml = { 0 };
	int rc;

	if (!strchr("{[\"", *value))
		return 0;
	rc = pv_yaml_from_json(&yaml, value, len, NULL);
	pv_buf_dispose(&yaml);
	return rc == PV_OK;
}

/* Whether a parsed value is more than the words the user typed. */
static int is_typed(const pv_yaml_node *node, size_t len)
{
	if (node->start != 0 || node->end != len)
		return 0;
	if (node->kind != PV_YAML_SCALAR)
		return node->style == PV_YAML_FLOW;
	if (node->style == PV_YAML_PLAIN)
		return node->type != PV_YAML_STRING;
	return node->style == PV_YAML_SINGLE_QUOTED ||
	       node->style == PV_YAML_DOUBLE_QUOTED;
}

/* An infinity or no number, at the node or below; NULL when there is none. */
static const pv_yaml_node *find_special(const pv_yaml_node *node)
{
	const pv_yaml_node *found = NULL;

	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_FLOAT &&
	    node->text[node->len - 1] > '9')
		return node;
	for (node = node->first; node && !found; node = node->next)
		found = find_special(node);
	return found;
}

static int typed_json(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	const pv_yaml_node *special = find_special(node);
	int rc;

	if (!special)
		return pv_yaml_to_json(out, node, err);
	rc = pv_fail(err, PV_EINVALID,
		     "\"%.40s\" is a number JSON does not have", special->text);
	return pv_error_hint(err, rc, "write '\"%.40s\"' to set it as text",
			     special->text);
}

int value_json(pv_buf *out, const char *value, pv_error *err)
{
	pv_yaml *doc = NULL;
	size_t len = strlen(value);
	int rc;

	if (len && is_json(value, len)) {
		pv_buf_put(out, value, len);
		return pv_buf_status(out, err);
	}
	if (!len || strchr(value, '\n') ||
	    pv_yaml_parse(&doc, value, len, NULL, NULL) < 0 ||
	    !is_typed(pv_yaml_root(doc), len))
		rc = string_json(out, value, len, err);
	else
		rc = typed_json(out, pv_yaml_root(doc), err);
	pv_yaml_free(doc);
	return rc;
}

void value_from_file(pv_buf *text)
{
	size_t start =
		text->len >= 3 && !memcmp(text->ptr, "\xEF\xBB\xBF", 3) ? 3 : 0;
	size_t len = 0;

	for (size_t i = start; i < text->len; i++) {
		int is_crlf = text->ptr[i] == '\r' && i + 1 < text->len &&
			      text->ptr[i + 1] == '\n';

		if (!is_crlf)
			text->ptr[len++] = text->ptr[i];
	}
	if (text->len)
		pv_buf_truncate(text, len);
}
