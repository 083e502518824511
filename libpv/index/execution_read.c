/* SPDX-License-Identifier: MIT
 *
 * JSON into an execution: what each kind of field may be, and what it becomes
 * inside. Numbers are read from their digits, never through a double.
 */
#include <stdio.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/utf8.h"
#include "index/execution.h"
#include "yaml/doc.h"

static int fail_field(pv_error *err, const pv_field_row *row, const char *what)
{
	return pv_fail(err, PV_EINVALID, "\"%s\" %s", row->name, what);
}

static int is_type(const pv_yaml_node *node, enum pv_yaml_type type)
{
	return node->kind == PV_YAML_SCALAR && node->type == type;
}

static int is_null(const pv_yaml_node *node)
{
	return is_type(node, PV_YAML_NULL);
}

static int is_number(const pv_yaml_node *node)
{
	return is_type(node, PV_YAML_INT) || is_type(node, PV_YAML_FLOAT);
}

/* --- texts ---------------------------------------------------------------- */

static int take_text(pv_execution *row, enum pv_field field,
		     const pv_yaml_node *node, pv_error *err)
{
	const pv_field_row *rule = pv_field_at(field);
	pv_str text = { node->text, node->len };

	if (!is_type(node, PV_YAML_STRING))
		return fail_field(err, rule, "must be text");
	if ((int64_t)text.len > rule->max)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is longer than %lld bytes", rule->name,
			       (long long)rule->max);
	if (rule->min && !text.len)
		return fail_field(err, rule, "must not be empty");
	if (rule->kind == PV_KIND_TEXT && memchr(text.ptr, 0, text.len))
		return fail_field(err, rule, "contains a NUL byte");
	return pv_execution_copy(row, field, text, err);
}

static int take_oid(pv_execution *row, enum pv_field field,
		    const pv_yaml_node *node, pv_error *err)
{
	pv_str text = { node->text, node->len };

	if (!is_type(node, PV_YAML_STRING) || text.len != 40 ||
	    strspn(text.ptr, "0123456789abcdef") != 40)
		return fail_field(err, pv_field_at(field),
				  "must be 40 hex digits in lower case");
	return pv_execution_copy(row, field, text, err);
}

static int take_id(pv_execution *row, enum pv_field field,
		   const pv_yaml_node *node, pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	char text[PV_UUID_TEXT];
	pv_str given = { node->text, node->len };

	if (!is_type(node, PV_YAML_STRING) || pv_uuid_parse(bytes, given) < 0)
		return pv_error_hint(err,
				     fail_field(err, pv_field_at(field),
						"must be a UUID of version 7"),
				     "leave it out and one is made; keep an id "
				     "of your own in \"metadata\"");
	pv_uuid_format(text, bytes);
	return pv_execution_copy(row, field, pv_str_of(text), err);
}

/* --- numbers -------------------------------------------------------------- */

static int fail_range(pv_error *err, const pv_field_row *rule)
{
	pv_buf text = { 0 };
	int rc;

	pv_scaled_write(&text, rule->min, rule->scale);
	pv_buf_puts(&text, " to ");
	pv_scaled_write(&text, rule->max, rule->scale);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = pv_fail(err, PV_EINVALID, "\"%s\" must be from %s",
			     rule->name, text.ptr);
	pv_buf_dispose(&text);
	return rc;
}

static int take_number(pv_execution *row, enum pv_field field,
		       const pv_yaml_node *node, pv_error *err)
{
	const pv_field_row *rule = pv_field_at(field);
	pv_str text = { node->text, node->len };
	int64_t value = 0;
	int is_exact = 0;
	int rc;

	if (!is_number(node))
		return fail_field(err, rule, "must be a number");
	rc = pv_scaled_parse(&value, &is_exact, text, rule->scale);
	if (rc == PV_EINVALID)
		return fail_field(err, rule, "must be a number");
	if (rc < 0 || value < rule->min || value > rule->max)
		return fail_range(err, rule);
	if (rule->is_whole && !is_exact)
		return fail_field(err, rule, "must be a whole number");
	pv_execution_put_number(row, field, value);
	return PV_OK;
}

static int take_time(pv_execution *row, enum pv_field field,
		     const pv_yaml_node *node, pv_error *err)
{
	const pv_field_row *rule = pv_field_at(field);
	int64_t micros = 0;
	pv_error why = { 0 };

	if (!is_type(node, PV_YAML_STRING) || strlen(node->text) != node->len)
		return fail_field(err, rule, "must be an RFC 3339 time");
	if (pv_time_parse(&micros, node->text, &why) < 0)
		return pv_fail(err, PV_EINVALID, "\"%s\": %.200s", rule->name,
			       why.message);
	/* Year 10000 has no RFC 3339 text, whatever the offset says. */
	if (micros < 0 || micros >= INT64_C(253402300800000000))
		return fail_field(err, rule, "must be in the years 1970 to 9999");
	pv_execution_put_number(row, field, micros);
	return PV_OK;
}

static int take_bool(pv_execution *row, enum pv_field field,
		     const pv_yaml_node *node, pv_error *err)
{
	if (!is_type(node, PV_YAML_BOOL))
		return fail_field(err, pv_field_at(field),
				  "must be true or false");
	pv_execution_put_number(row, field, node->text[0] == 't');
	return PV_OK;
}

static int take_choice(pv_execution *row, enum pv_field field,
		       const pv_yaml_node *node, pv_error *err)
{
	const pv_field_row *rule = pv_field_at(field);
	char names[160] = "";
	size_t len = 0;

	for (int i = 0; rule->choices[i]; i++) {
		if (is_type(node, PV_YAML_STRING) &&
		    strcmp(node->text, rule->choices[i]) == 0 &&
		    strlen(node->text) == node->len) {
			pv_execution_put_number(row, field, i + 1);
			return PV_OK;
		}
		len += (size_t)snprintf(names + len, sizeof(names) - len,
					"%s%s", i ? ", " : "", rule->choices[i]);
	}
	return pv_fail(err, PV_EINVALID, "\"%s\" must be one of %s", rule->name,
		       names);
}

/* --- JSON ----------------------------------------------------------------- */

static int take_json(pv_execution *row, enum pv_field field,
		     const pv_yaml_node *node, pv_error *err)
{
	pv_buf text = { 0 };
	int rc = pv_yaml_to_json(&text, node, err);

	if (rc == PV_OK && (int64_t)text.len > pv_field_at(field)->max)
		rc = fail_field(err, pv_field_at(field), "is too long");
	if (rc == PV_OK) {
		pv_str json = { text.ptr, text.len };

		rc = pv_execution_copy(row, field, json, err);
	}
	row->values[field].is_json = 1;
	pv_buf_dispose(&text);
	return rc;
}

static int take_any(pv_execution *row, enum pv_field field,
		    const pv_yaml_node *node, pv_error *err)
{
	if (!is_type(node, PV_YAML_STRING))
		return take_json(row, field, node, err);
	row->values[field].is_json = 0;
	return take_text(row, field, node, err);
}

static int take_object(pv_execution *row, enum pv_field field,
		       const pv_yaml_node *node, pv_error *err)
{
	if (node->kind != PV_YAML_MAPPING)
		return fail_field(err, pv_field_at(field), "must be an object");
	return take_json(row, field, node, err);
}

static int take_scores(pv_execution *row, enum pv_field field,
		       const pv_yaml_node *node, pv_error *err)
{
	if (node->kind != PV_YAML_MAPPING)
		return fail_field(err, pv_field_at(field), "must be an object");
	for (const pv_yaml_node *at = node->first; at; at = at->next)
		if (!is_number(at))
			return pv_fail(err, PV_EINVALID,
				       "the score \"%.100s\" must be a number",
				       at->key->text);
	return take_json(row, field, node, err);
}

static int take_tags(pv_execution *row, enum pv_field field,
		     const pv_yaml_node *node, pv_error *err)
{
	pv_strlist tags = { 0 };
	pv_buf json = { 0 };
	pv_jsonw w;
	int rc = PV_OK;

	if (node->kind != PV_YAML_SEQUENCE)
		return fail_field(err, pv_field_at(field),
				  "must be a list of texts");
	for (const pv_yaml_node *at = node->first; at && rc == PV_OK;
	     at = at->next) {
		if (!is_type(at, PV_YAML_STRING) || !at->len || at->len > 200 ||
		    strlen(at->text) != at->len)
			rc = fail_field(err, pv_field_at(field),
					"must be texts of 1 to 200 bytes");
		else
			rc = pv_strlist_add(&tags, at->text, err);
	}
	pv_strlist_sort(&tags);
	pv_strlist_unique(&tags);
	pv_jsonw_init(&w, &json);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < tags.count; i++)
		pv_jsonw_string(&w, tags.items[i]);
	pv_jsonw_array_end(&w);
	if (rc == PV_OK)
		rc = pv_buf_status(&json, err);
	if (rc == PV_OK && !tags.count)
		row->values[field].is_set = 0;
	else if (rc == PV_OK)
		rc = pv_execution_copy(row, field,
				       (pv_str){ json.ptr, json.len }, err);
	pv_buf_dispose(&json);
	pv_strlist_dispose(&tags);
	return rc;
}

static int take(pv_execution *row, enum pv_field field,
		const pv_yaml_node *node, pv_error *err)
{
	pv_execution_touch(row);
	row->values[field].is_given = 1;
	if (is_null(node)) {
		row->values[field].is_set = 0;
		return PV_OK;
	}
	switch (pv_field_at(field)->kind) {
	case PV_KIND_ID:
		return take_id(row, field, node, err);
	case PV_KIND_TIME:
		return take_time(row, field, node, err);
	case PV_KIND_TEXT:
		return take_text(row, field, node, err);
	case PV_KIND_OID:
		return take_oid(row, field, node, err);
	case PV_KIND_ANY:
		return take_any(row, field, node, err);
	case PV_KIND_OBJECT:
		return take_object(row, field, node, err);
	case PV_KIND_SCORES:
		return take_scores(row, field, node, err);
	case PV_KIND_TAGS:
		return take_tags(row, field, node, err);
	case PV_KIND_NUMBER:
		return take_number(row, field, node, err);
	case PV_KIND_BOOL:
		return take_bool(row, field, node, err);
	case PV_KIND_CHOICE:
		return take_choice(row, field, node, err);
	}
	return PV_OK;
}

/* --- unknown keys --------------------------------------------------------- */

/* Appends `"key":value` to the inside of an object. */
static int put_unknown(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	pv_jsonw w;

	if (out->len > 1)
		pv_buf_putc(out, ',');
	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, node->key->text, node->key->len);
	pv_buf_putc(out, ':');
	return pv_yaml_to_json(out, node, err);
}

static int keep_one(pv_execution *row, pv_buf *out, const pv_yaml_node *node,
		    const pv_yaml_node *metadata, pv_error *err)
{
	pv_str key = { node->key->text, node->key->len };
	int rc;

	if (metadata && pv_yaml_member(metadata, key))
		return pv_fail(err, PV_EINVALID,
			       "\"%.100s\" is no field, and is in \"metadata\", "
			       "too",
			       key.ptr);
	rc = pv_strlist_addn(&row->unknown, key.ptr, key.len, err);
	return rc == PV_OK ? put_unknown(out, node, err) : rc;
}

/* Puts the members that are no fields into metadata, behind what it has. */
static int keep_unknown(pv_execution *row, const pv_yaml_node *root, pv_error *err)
{
	const pv_value *metadata = &row->values[PV_FIELD_METADATA];
	const pv_yaml_node *given = pv_yaml_get(root, "metadata");
	pv_buf out = { 0 };
	int rc = PV_OK;

	row->given = *metadata;
	if (given && given->kind != PV_YAML_MAPPING)
		given = NULL;
	if (metadata->is_set)
		pv_buf_put(&out, metadata->text, metadata->len - 1);
	else
		pv_buf_putc(&out, '{');
	for (const pv_yaml_node *at = root->first; at && rc == PV_OK;
	     at = at->next)
		if (pv_field_find((pv_str){ at->key->text, at->key->len }) < 0)
			rc = keep_one(row, &out, at, given, err);
	pv_buf_putc(&out, '}');
	if (rc == PV_OK)
		rc = pv_buf_status(&out, err);
	if (rc == PV_OK)
		rc = pv_execution_copy(row, PV_FIELD_METADATA,
				       (pv_str){ out.ptr, out.len }, err);
	pv_buf_dispose(&out);
	return rc;
}

static int take_members(pv_execution *row, const pv_yaml_node *root, pv_error *err)
{
	int has_unknown = 0;
	int rc = PV_OK;

	if (root->kind != PV_YAML_MAPPING)
		return pv_fail(err, PV_EINVALID, "a record must be an object");
	for (const pv_yaml_node *at = root->first; at && rc == PV_OK;
	     at = at->next) {
		int field =
			pv_field_find((pv_str){ at->key->text, at->key->len });

		if (field < 0)
			has_unknown = 1;
		else
			rc = take(row, (enum pv_field)field, at, err);
	}
	if (rc == PV_OK && has_unknown)
		rc = keep_unknown(row, root, err);
	return rc;
}

int pv_execution_parse(pv_execution **out, const char *json, size_t len,
		       pv_error *err)
{
	const pv_yaml_node *root;
	pv_arena arena = { 0 };
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	*out = NULL;
	if (rc < 0)
		return rc;
	rc = pv_yaml_read_json(&root, &arena, (pv_str){ json, len }, err);
	if (rc == PV_OK)
		rc = take_members(row, root, err);
	pv_arena_dispose(&arena);
	if (rc == PV_OK)
		*out = row;
	else
		pv_execution_free(row);
	return rc;
}

/* --- one field ------------------------------------------------------------ */

static int find_field(enum pv_field *out, const char *name, pv_error *err)
{
	int field = pv_field_find(pv_str_of(name));

	if (field < 0)
		return pv_fail(err, PV_ENOTFOUND,
			       "an execution has no field \"%.100s\"", name);
	*out = (enum pv_field)field;
	return PV_OK;
}

int pv_execution_set_json(pv_execution *row, const char *field,
			  const char *json, size_t len, pv_error *err)
{
	const pv_yaml_node *root;
	pv_arena arena = { 0 };
	enum pv_field at = PV_FIELD_COUNT;
	int rc = find_field(&at, field, err);

	if (rc == PV_OK)
		rc = pv_yaml_read_json(&root, &arena, (pv_str){ json, len }, err);
	if (rc == PV_OK)
		rc = take(row, at, root, err);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_execution_set(pv_execution *row, const char *field, const char *text,
		     size_t len, pv_error *err)
{
	enum pv_field at = PV_FIELD_COUNT;
	pv_yaml_node node = { .kind = PV_YAML_SCALAR, .text = text, .len = len };
	int rc = find_field(&at, field, err);

	if (rc < 0)
		return rc;
	if (pv_utf8_valid(text, len) < len)
		return fail_field(err, pv_field_at(at), "is not UTF-8");
	switch (pv_field_at(at)->kind) {
	case PV_KIND_NUMBER:
		node.type = PV_YAML_FLOAT;
		break;
	case PV_KIND_BOOL:
		if (pv_str_is((pv_str){ text, len }, "true") ||
		    pv_str_is((pv_str){ text, len }, "false"))
			node.type = PV_YAML_BOOL;
		break;
	case PV_KIND_OBJECT:
	case PV_KIND_SCORES:
	case PV_KIND_TAGS:
		return pv_execution_set_json(row, field, text, len, err);
	case PV_KIND_ID:
	case PV_KIND_TIME:
	case PV_KIND_TEXT:
	case PV_KIND_OID:
	case PV_KIND_ANY:
	case PV_KIND_CHOICE:
		break;
	}
	return take(row, at, &node, err);
}
