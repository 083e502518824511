/* SPDX-License-Identifier: MIT
 *
 * How the loader reports what it finds, and reads nodes that must be of a
 * certain type. Every finding has the place of the node it is about.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"

enum {
	MESSAGE_SIZE = 256
};

int pv_load_note_at(pv_loader *loader, const pv_finding *finding)
{
	pv_finding full = *finding;

	full.file = loader->file;
	return pv_report_add(loader->report, &full, loader->err);
}

static int add(pv_loader *loader, const pv_finding *finding,
	       const pv_yaml_node *node, const char *format, va_list args)
	PV_PRINTF(4, 0);

static int add(pv_loader *loader, const pv_finding *finding,
	       const pv_yaml_node *node, const char *format, va_list args)
{
	char message[MESSAGE_SIZE];
	pv_finding full = *finding;

	(void)vsnprintf(message, sizeof(message), format, args);
	full.message = message;
	full.line = node->line;
	full.column = node->column;
	if (!full.hint)
		full.hint = "";
	return pv_load_note_at(loader, &full);
}

int pv_load_note(pv_loader *loader, enum pv_severity severity, const char *rule,
		 const pv_yaml_node *node, const char *hint, const char *format,
		 ...)
{
	pv_finding finding = { .severity = severity, .rule = rule, .hint = hint };
	va_list args;
	int rc;

	if (!loader->report)
		return PV_OK;
	va_start(args, format);
	rc = add(loader, &finding, node, format, args);
	va_end(args);
	return rc;
}

int pv_load_fault(pv_loader *loader, const char *rule, const pv_yaml_node *node,
		  const char *hint, const char *format, ...)
{
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = rule,
			       .hint = hint };
	char message[MESSAGE_SIZE];
	va_list args;
	int rc;

	va_start(args, format);
	(void)vsnprintf(message, sizeof(message), format, args);
	va_end(args);
	if (!loader->first.code) {
		rc = pv_fail_id(&loader->first, PV_ERR_VALIDATION, "%s", message);
		rc = pv_error_at(&loader->first, rc, loader->file, node->line,
				 node->column);
		(void)pv_error_hint(&loader->first, rc, "%s", hint ? hint : "");
	}
	va_start(args, format);
	rc = add(loader, &finding, node, format, args);
	va_end(args);
	return rc;
}

/* --- what nodes are ------------------------------------------------------- */

int pv_node_is(const pv_yaml_node *node, const char *text)
{
	node = pv_yaml_follow(node);
	return node->kind == PV_YAML_SCALAR &&
	       pv_str_is((pv_str){ node->text, node->len }, text);
}

const char *pv_node_kind_name(const pv_yaml_node *node)
{
	static const char *const types[] = {
		[PV_YAML_STRING] = "text",        [PV_YAML_NULL] = "nothing",
		[PV_YAML_BOOL] = "true or false", [PV_YAML_INT] = "a number",
		[PV_YAML_FLOAT] = "a number",
	};

	node = pv_yaml_follow(node);
	switch (node->kind) {
	case PV_YAML_SCALAR:
		return types[node->type];
	case PV_YAML_SEQUENCE:
		return "a list";
	case PV_YAML_STREAM:
	case PV_YAML_MAPPING:
	case PV_YAML_ALIAS:
		break;
	}
	return "a mapping";
}

/* What usually went wrong when `node` is not the text it should be. */
static const char *text_hint(const pv_yaml_node *node)
{
	node = pv_yaml_follow(node);
	if (node->kind == PV_YAML_MAPPING && node->style == PV_YAML_FLOW)
		return "unquoted {{ name }} parses as a flow mapping: put the "
		       "text in quotes or write it as a block behind \"|\"";
	if (node->kind == PV_YAML_SCALAR && node->type != PV_YAML_NULL)
		return "put it in quotes";
	return NULL;
}

/* --- nodes that must be of a type ----------------------------------------- */

int pv_load_text(const char **out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what)
{
	const pv_yaml_node *value = pv_yaml_follow(node);

	*out = "";
	if (pv_node_is_null(value))
		return PV_OK;
	if (!pv_node_is_text(value))
		return pv_load_fault(loader, "type", node, text_hint(node),
				     "\"%s\" must be text, not %s", what,
				     pv_node_kind_name(node));
	/* Only an escape can make one. */
	if (value->style == PV_YAML_DOUBLE_QUOTED &&
	    memchr(value->text, 0, value->len))
		return pv_load_fault(loader, "nul-byte", node, NULL,
				     "\"%s\" contains a NUL byte", what);
	*out = value->text;
	return PV_OK;
}

int pv_load_mapping(int *is_ok_out, pv_loader *loader, const pv_yaml_node *node,
		    const char *what)
{
	*is_ok_out = pv_yaml_follow(node)->kind == PV_YAML_MAPPING;
	if (*is_ok_out || pv_node_is_null(node))
		return PV_OK;
	return pv_load_fault(loader, "type", node, NULL,
			     "\"%s\" must be a mapping, not %s", what,
			     pv_node_kind_name(node));
}

int pv_load_list(int *is_ok_out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what)
{
	*is_ok_out = pv_yaml_follow(node)->kind == PV_YAML_SEQUENCE;
	if (*is_ok_out || pv_node_is_null(node))
		return PV_OK;
	return pv_load_fault(loader, "type", node,
			     pv_node_is_text(node) ? "write [value, ...]" : NULL,
			     "\"%s\" must be a list, not %s", what,
			     pv_node_kind_name(node));
}

int pv_load_bool(int *out, pv_loader *loader, const pv_yaml_node *node,
		 const char *what)
{
	const pv_yaml_node *value = pv_yaml_follow(node);

	if (pv_node_is_null(value))
		return PV_OK;
	if (value->kind != PV_YAML_SCALAR || value->type != PV_YAML_BOOL)
		return pv_load_fault(loader, "type", node, "write true or false",
				     "\"%s\" must be true or false, not %s",
				     what, pv_node_kind_name(node));
	*out = value->text[0] == 't' || value->text[0] == 'T';
	return PV_OK;
}

int pv_load_join(const char **text, pv_loader *loader, char separator,
		 const char *more)
{
	size_t len = strlen(*text);
	size_t more_len = strlen(more);
	char *joined = pv_arena_alloc(&loader->prompt->arena, len + more_len + 2);

	if (!joined)
		return pv_fail_nomem(loader->err);
	memcpy(joined, *text, len);
	joined[len] = separator;
	memcpy(joined + len + 1, more, more_len);
	joined[len + 1 + more_len] = '\0';
	*text = joined;
	return PV_OK;
}

/* --- keys ----------------------------------------------------------------- */

static const char *key_at(size_t idx, const void *list)
{
	const pv_keys *keys = list;

	return idx < keys->count ? keys->rows[idx].name : NULL;
}

/* Halves the sorted rows up to the first one with the letter of the key. */
static const pv_key *find_key(const pv_keys *keys, const char *text)
{
	const pv_key *row = keys->rows;
	const pv_key *end = row + keys->count;

	for (size_t left = keys->count; left;) {
		size_t half = left / 2;

		if (row[half].name[0] < *text) {
			row += half + 1;
			left -= half + 1;
		} else {
			left = half;
		}
	}
	for (; row < end && row->name[0] == *text; row++)
		if (!strcmp(row->name, text))
			return row;
	return NULL;
}

/* What other formats call the things a prompt file has. */
static const char *const foreign_keys[][2] = {
	{ "content", "did you mean \"prompt\"?" },
	{ "id", "the id is the path of the file below prompts/" },
	{ "inputs", "did you mean \"variables\"?" },
	{ "parameters", "did you mean \"variables\" or \"model\"?" },
	{ "response_format", "did you mean \"output\"?" },
	{ "system", "write it as a message: messages: [{role: system, ...}]" },
	{ "template", "did you mean \"prompt\"?" },
	{ "text", "did you mean \"prompt\"?" },
	{ "vars", "did you mean \"variables\"?" },
};

/* Keywords of schemas, which stand one level deeper. */
static int is_schema_key(pv_str text, const char *where)
{
	static const char *const names[] = { "$ref", "items", "properties",
					     "required", "type" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (pv_str_is(text, names[i]))
			return strcmp(where, "output") == 0;
	return 0;
}

static const char *key_hint(char out[PV_HINT_SIZE], pv_str text,
			    const pv_keys *keys)
{
	int is_top = !*keys->where;

	for (size_t i = 0; is_top && i < pv_array_len(foreign_keys); i++)
		if (pv_str_is(text, foreign_keys[i][0]))
			return foreign_keys[i][1];
	if (is_schema_key(text, keys->where))
		return "write the schema below \"schema\"";
	return pv_suggest(out, text, key_at, keys,
			  keys->is_open ? "" : "it is kept as it is");
}

static int unknown_key(pv_loader *loader, const pv_yaml_node *key,
		       const pv_keys *keys)
{
	const pv_yaml_node *name = pv_yaml_follow(key);
	const char *where = keys->where;
	pv_str text = { name->text, name->len };
	char room[PV_HINT_SIZE];
	const char *hint;

	if (!loader->report)
		return PV_OK;
	hint = key_hint(room, text, keys);
	if (!*hint)
		return PV_OK;
	return pv_load_note(loader, PV_SEVERITY_WARNING, "unknown-key", key,
			    hint, "unknown key \"%.*s\"%s%s%s",
			    text.len > 60 ? 60 : (int)text.len, text.ptr,
			    *where ? " in \"" : "", where, *where ? "\"" : "");
}

int pv_load_keys(pv_loader *loader, const pv_yaml_node *mapping,
		 const pv_keys *keys)
{
	const pv_yaml_node *value = pv_yaml_follow(mapping)->first;
	int rc = PV_OK;

	for (; value && rc == PV_OK; value = value->next) {
		/* No key has a NUL in it, and an alias has its target's text. */
		const pv_key *row = find_key(keys, value->key->text);

		if (row && row->load)
			rc = row->load(loader, row, value);
		else if (!row)
			rc = unknown_key(loader, value->key, keys);
	}
	return rc;
}

int pv_load_json(const char **out, pv_loader *loader, const pv_yaml_node *value)
{
	pv_buf json = { 0 };
	int rc = pv_yaml_to_json(&json, value, loader->err);

	if (rc == PV_OK) {
		*out = pv_arena_dup(&loader->prompt->arena, json.ptr, json.len);
		if (!*out)
			rc = pv_fail_nomem(loader->err);
	} else {
		(void)pv_error_at(loader->err, rc, "", value->line,
				  value->column);
	}
	pv_buf_dispose(&json);
	return rc;
}
