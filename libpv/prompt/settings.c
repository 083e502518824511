/* SPDX-License-Identifier: MIT
 *
 * See settings.h. What is wrong with values the schema says; keys are looked up
 * in its `properties` on the way through both.
 */
#include "prompt/settings.h"

#include <string.h>

#include <pv/schema.h>

#include "base/arena.h"
#include "base/fail.h"
#include "prompt/fallback.h"
#include "prompt/model.h"
#include "yaml/doc.h"

enum {
	MAX_DEPTH = 16 /* of mappings that the schema knows */
};

struct judge {
	pv_report *report;
	const char *file;
	const pv_yaml_node *schema;
	pv_error *err;
};

static int add(struct judge *judge, const pv_yaml_node *node,
	       const pv_finding *about)
{
	pv_finding finding = *about;

	finding.file = judge->file;
	finding.line = node->line;
	finding.column = node->column;
	return pv_report_add(judge->report, &finding, judge->err);
}

/* Where a reference leads; only those to $defs are in our schema. */
static const pv_yaml_node *resolve(const struct judge *judge,
				   const pv_yaml_node *ref)
{
	static const char defs[] = "#/$defs/";
	const pv_yaml_node *all = pv_yaml_get(judge->schema, "$defs");

	if (!ref || !all || strncmp(ref->text, defs, sizeof(defs) - 1) != 0)
		return NULL;
	return pv_yaml_get(all, ref->text + sizeof(defs) - 1);
}

/* --- values --------------------------------------------------------------- */

/*
 * What a pointer of our schema leads to, through its references; it has no
 * escapes. NULL: nowhere.
 */
static const pv_yaml_node *follow(const struct judge *judge, const char *pointer)
{
	const pv_yaml_node *at = judge->schema;

	while (at && *pointer == '/') {
		char part[64];
		size_t len = strcspn(++pointer, "/");

		if (len >= sizeof(part))
			return NULL;
		memcpy(part, pointer, len);
		part[len] = '\0';
		at = pv_yaml_get(at, part);
		if (strcmp(part, "$ref") == 0)
			at = resolve(judge, at);
		pointer += len;
	}
	return at;
}

/* The text of an element, or the key of a member. */
static const char *word_at(size_t idx, const void *list)
{
	const pv_yaml_node *all = list;
	const pv_yaml_node *child = all ? all->first : NULL;

	while (child && idx--)
		child = child->next;
	if (!child)
		return NULL;
	return child->key ? child->key->text : child->text;
}

static int add_value(struct judge *judge, const pv_yaml *doc,
		     const pv_schema_finding *at)
{
	const pv_yaml_node *node =
		pv_yaml_follow_pointer(pv_yaml_root(doc), at->instance_path);
	const pv_yaml_node *value = pv_yaml_follow(node);
	const char *path = strchr(at->schema_path, '#');
	const pv_yaml_node *keyword = follow(judge, path ? path + 1 : "");
	pv_finding finding = { .severity = PV_SEVERITY_ERROR,
			       .rule = "setting",
			       .message = at->message,
			       .hint = "pv.yaml(5) says what it may be" };
	char hint[PV_HINT_SIZE];

	if (strcmp(at->keyword, "enum") == 0 && pv_node_is_text(value))
		finding.hint =
			pv_suggest(hint, (pv_str){ value->text, value->len },
				   word_at, keyword, finding.hint);
	return add(judge, node, &finding);
}

static int judge_values(struct judge *judge, const pv_yaml *doc,
			const pv_schema *schema, pv_schema_result *result)
{
	pv_schema_data *data = NULL;
	pv_buf json = { 0 };
	int valid = 0;
	int rc = pv_yaml_to_json(&json, pv_yaml_root(doc), judge->err);

	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&json), json.len,
					judge->err);
	if (rc == PV_OK)
		rc = pv_schema_validate(&valid, schema, data, result, judge->err);
	for (size_t i = 0; rc == PV_OK && i < pv_schema_result_count(result); i++)
		rc = add_value(judge, doc, pv_schema_result_at(result, i));
	pv_schema_data_free(data);
	pv_buf_dispose(&json);
	return rc;
}

/* --- keys ----------------------------------------------------------------- */

static int add_unknown(struct judge *judge, const pv_yaml_node *child,
		       const pv_yaml_node *properties)
{
	pv_str name = { child->key->text, child->key->len };
	pv_finding finding = { .severity = PV_SEVERITY_WARNING,
			       .rule = "unknown-setting" };
	char hint[PV_HINT_SIZE];
	pv_buf message = { 0 };
	int rc;

	finding.hint = pv_suggest(hint, name, word_at, properties, "");
	if (!*finding.hint)
		return PV_OK;
	pv_buf_printf(&message, "no setting is called \"%.60s\"", name.ptr);
	finding.message = pv_buf_text(&message);
	rc = pv_buf_status(&message, judge->err);
	if (rc == PV_OK)
		rc = add(judge, child->key, &finding);
	pv_buf_dispose(&message);
	return rc;
}

/* A member of a schema; NULL when there is none. */
static const pv_yaml_node *get(const pv_yaml_node *schema, const char *key)
{
	return schema ? pv_yaml_get(schema, key) : NULL;
}

static int judge_keys(struct judge *judge, const pv_yaml_node *node,
		      const pv_yaml_node *schema, int depth)
{
	const pv_yaml_node *properties;
	const pv_yaml_node *others;
	int rc = PV_OK;

	node = pv_yaml_follow(node);
	if (get(schema, "$ref"))
		schema = resolve(judge, get(schema, "$ref"));
	if (!schema || depth == MAX_DEPTH)
		return PV_OK;
	properties = get(schema, "properties");
	others = get(schema, node->kind == PV_YAML_SEQUENCE
				     ? "items"
				     : "additionalProperties");
	for (const pv_yaml_node *child = node->first; child && rc == PV_OK;
	     child = child->next) {
		const pv_yaml_node *known =
			child->key ? get(properties, child->key->text) : others;

		if (!known && child->key && properties &&
		    (!others || !others->count))
			rc = add_unknown(judge, child, properties);
		if (rc == PV_OK && (known || others))
			rc = judge_keys(judge, child, known ? known : others,
					depth + 1);
	}
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

int pv_settings_judge(pv_report *report, const pv_yaml *doc, const char *file,
		      pv_error *err)
{
	const char *text = pv_text_pv_schema_json;
	struct judge judge = { .report = report, .file = file, .err = err };
	pv_schema_result *result = NULL;
	pv_schema *schema = NULL;
	pv_arena arena = { 0 };
	int rc = pv_schema_new(&schema, text, strlen(text), NULL, err);

	if (rc == PV_OK)
		rc = pv_yaml_read_json(&judge.schema, &arena, pv_str_of(text),
				       err);
	if (rc == PV_OK)
		rc = pv_schema_result_new(&result, err);
	if (rc == PV_OK)
		rc = judge_values(&judge, doc, schema, result);
	if (rc == PV_OK)
		rc = judge_keys(&judge, pv_yaml_root(doc), judge.schema, 0);
	if (rc == PV_OK)
		rc = pv_fallback_judge(report, doc, file, err);
	pv_schema_result_free(result);
	pv_arena_dispose(&arena);
	pv_schema_free(schema);
	return rc;
}
