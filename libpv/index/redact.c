/* SPDX-License-Identifier: MIT
 *
 * Texts taken out of executions before anybody keeps them. A rule that cannot
 * be decided takes out too much rather than too little: what matching gives up
 * on is replaced as a whole.
 */
#include "base/fail.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "index/execution.h"
#include "schema/pattern.h"
#include "yaml/doc.h"

static const char usual_replacement[] = "[redacted]";

struct rule {
	pv_pattern *pattern; /* NULL: everything matches */
	pv_str replacement;
	unsigned char fields[PV_FIELD_COUNT];
};

struct pv_redaction {
	struct rule *rules;
	size_t count;
	pv_matcher matcher;
	pv_arena arena;
};

/* --- rules ---------------------------------------------------------------- */

/* Fields that hold what the caller wrote, and that nothing is summed by. */
static int holds_text(const pv_field_row *row)
{
	if (row->place == PV_PLACE_DIM)
		return 0;
	return row->kind == PV_KIND_TEXT || row->kind == PV_KIND_ANY ||
	       row->kind == PV_KIND_OBJECT || row->kind == PV_KIND_TAGS;
}

static int read_fields(struct rule *out, const pv_redaction_rule *rule,
		       size_t number, pv_error *err)
{
	static const enum pv_field usual[] = {
		PV_FIELD_PARAMS,        PV_FIELD_INPUT,    PV_FIELD_RENDERED,
		PV_FIELD_OUTPUT,        PV_FIELD_REQUEST,  PV_FIELD_RESPONSE,
		PV_FIELD_ERROR_MESSAGE, PV_FIELD_FEEDBACK, PV_FIELD_METADATA,
	};

	for (size_t i = 0; !rule->field_count && i < pv_array_len(usual); i++)
		out->fields[usual[i]] = 1;
	for (size_t i = 0; i < rule->field_count; i++) {
		int field = pv_field_find(pv_str_of(rule->fields[i]));

		if (field < 0 || !holds_text(pv_field_at((enum pv_field)field)))
			return pv_fail(err, PV_EINVALID,
				       "redaction rule %zu: \"%.60s\" is no "
				       "field of text",
				       number, rule->fields[i]);
		out->fields[field] = 1;
	}
	return PV_OK;
}

static int read_rule(struct rule *out, pv_redaction *redaction,
		     const pv_redaction_rule *rule, size_t number, pv_error *err)
{
	const char *text =
		rule->replacement ? rule->replacement : usual_replacement;
	pv_error why = { 0 };
	int rc = read_fields(out, rule, number, err);

	if (rc < 0)
		return rc;
	out->replacement.len = strlen(text);
	out->replacement.ptr =
		pv_arena_dup(&redaction->arena, text, out->replacement.len);
	if (!out->replacement.ptr)
		return pv_fail_nomem(err);
	if (!rule->pattern)
		return PV_OK;
	rc = pv_pattern_new_search(&out->pattern, pv_str_of(rule->pattern), &why);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(err);
	return rc < 0 ? pv_fail(err, rc, "redaction rule %zu: %.180s", number,
				why.message)
		      : PV_OK;
}

static int read_rules(pv_redaction *out, const pv_redaction_rule *rules,
		      size_t count, pv_error *err)
{
	int rc = PV_OK;

	out->rules = pv_calloc(count + 1, sizeof(*out->rules));
	if (!out->rules)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		out->count = i + 1;
		rc = read_rule(&out->rules[i], out, &rules[i], i + 1, err);
	}
	return rc;
}

int pv_redaction_new(pv_redaction **out, const pv_redaction_rule *rules,
		     size_t count, pv_error *err)
{
	pv_redaction *redaction = pv_calloc(1, sizeof(*redaction));
	int rc;

	*out = NULL;
	if (!redaction)
		return pv_fail_nomem(err);
	rc = read_rules(redaction, rules, count, err);
	if (rc == PV_OK)
		*out = redaction;
	else
		pv_redaction_free(redaction);
	return rc;
}

void pv_redaction_free(pv_redaction *redaction)
{
	if (!redaction)
		return;
	for (size_t i = 0; i < redaction->count; i++)
		pv_pattern_free(redaction->rules[i].pattern);
	pv_free(redaction->rules);
	pv_matcher_dispose(&redaction->matcher);
	pv_arena_dispose(&redaction->arena);
	pv_free(redaction);
}

/* --- a text --------------------------------------------------------------- */

/* A field on its way through a rule. */
struct pass {
	pv_redaction *redaction;
	const struct rule *rule;
	pv_error *err;
	int hits;
};

/* The byte behind the character at `at`. */
static size_t behind_character(pv_str text, size_t at)
{
	at++;
	while (at < text.len && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
		at++;
	return at;
}

/* Appends the text without what matches; a match of nothing is none. */
static int replace(pv_buf *out, struct pass *pass, pv_str text)
{
	const pv_str *with = &pass->rule->replacement;
	pv_pattern_span span = { 0, 0 };
	size_t done = 0;
	int rc = 1;

	while (rc == 1 && span.end <= text.len) {
		rc = pv_pattern_search(&span, pass->rule->pattern,
				       &pass->redaction->matcher, text,
				       pass->err);
		if (rc == 1 && span.end == span.start) {
			span.end = behind_character(text, span.end);
		} else if (rc == 1) {
			pv_buf_put(out, text.ptr + done, span.start - done);
			pv_buf_put(out, with->ptr, with->len);
			done = span.end;
			pass->hits++;
		}
	}
	if (rc < 0)
		return rc;
	pv_buf_put(out, text.ptr + done, text.len - done);
	return pv_buf_status(out, pass->err);
}

static int redact_text(pv_buf *out, struct pass *pass, pv_str text)
{
	size_t before = out->len;
	int rc = PV_ELIMIT;

	if (pass->rule->pattern)
		rc = replace(out, pass, text);
	if (rc != PV_ELIMIT)
		return rc;
	pv_error_clear(pass->err);
	pv_buf_truncate(out, before);
	pv_buf_put(out, pass->rule->replacement.ptr, pass->rule->replacement.len);
	pass->hits++;
	return pv_buf_status(out, pass->err);
}

/* --- JSON ----------------------------------------------------------------- */

static void put_string(pv_buf *out, const pv_buf *text)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_stringn(&w, pv_buf_text(text), text->len);
}

static int put_scalar(pv_buf *out, struct pass *pass, const pv_yaml_node *node)
{
	pv_buf text = { 0 };
	int hits = pass->hits;
	int rc = PV_OK;

	if (node->type != PV_YAML_NULL)
		rc = redact_text(&text, pass, (pv_str){ node->text, node->len });
	if (rc == PV_OK && node->type != PV_YAML_STRING && hits == pass->hits)
		rc = pv_yaml_to_json(out, node, pass->err);
	else if (rc == PV_OK)
		put_string(out, &text);
	pv_buf_dispose(&text);
	return rc;
}

/* The names that an object has so far. */
struct names {
	pv_map taken;
	size_t again; /* how often one was taken already */
};

static pv_str str_of(const pv_buf *text)
{
	return (pv_str){ pv_buf_text(text), text->len };
}

/* The name of a member; one that became like another's gets a number. */
static int put_name(pv_buf *out, struct pass *pass, struct names *names,
		    const pv_yaml_node *key)
{
	pv_buf name = { 0 };
	size_t len;
	int rc = redact_text(&name, pass, (pv_str){ key->text, key->len });

	len = name.len;
	while (rc == PV_OK && pv_map_find(&names->taken, str_of(&name))) {
		pv_buf_truncate(&name, len);
		pv_buf_printf(&name, " %zu", ++names->again);
		rc = pv_buf_status(&name, pass->err);
	}
	if (rc == PV_OK)
		rc = pv_map_set(&names->taken, str_of(&name), names, NULL,
				pass->err);
	if (rc == PV_OK) {
		put_string(out, &name);
		pv_buf_putc(out, ':');
	}
	pv_buf_dispose(&name);
	return rc;
}

/* As deep as what was read, which is PV_YAML_MAX_DEPTH at most. */
static int put_node(pv_buf *out, struct pass *pass, const pv_yaml_node *node)
{
	int is_mapping = node->kind == PV_YAML_MAPPING;
	struct names names = { { 0 }, 0 };
	int rc = PV_OK;

	if (node->kind == PV_YAML_SCALAR)
		return put_scalar(out, pass, node);
	pv_buf_putc(out, is_mapping ? '{' : '[');
	for (const pv_yaml_node *at = node->first; at && rc == PV_OK;
	     at = at->next) {
		if (at != node->first)
			pv_buf_putc(out, ',');
		if (is_mapping)
			rc = put_name(out, pass, &names, at->key);
		if (rc == PV_OK)
			rc = put_node(out, pass, at);
	}
	pv_buf_putc(out, is_mapping ? '}' : ']');
	pv_map_dispose(&names.taken);
	return rc;
}

static int redact_json(pv_buf *out, struct pass *pass, pv_str json)
{
	const pv_yaml_node *root;
	pv_arena arena = { 0 };
	int rc = pv_yaml_read_json(&root, &arena, json, pass->err);

	if (rc == PV_OK && !pass->rule->pattern && root->kind == PV_YAML_MAPPING) {
		pv_buf_puts(out, "{}");
		pass->hits++;
	} else if (rc == PV_OK) {
		rc = put_node(out, pass, root);
	}
	pv_arena_dispose(&arena);
	return rc == PV_OK ? pv_buf_status(out, pass->err) : rc;
}

/* --- a record ------------------------------------------------------------- */

static int is_json(const pv_field_row *row, const pv_value *value)
{
	return row->kind == PV_KIND_OBJECT || row->kind == PV_KIND_TAGS ||
	       (row->kind == PV_KIND_ANY && value->is_json);
}

/* What is left of a name may be nothing; then there is none. */
static int put_back(pv_execution *row, const pv_field_row *rule,
		    const pv_buf *text, int as_json, pv_error *err)
{
	if (as_json)
		return pv_execution_set_json(row, rule->name, text->ptr,
					     text->len, err);
	if (!text->len && rule->min)
		return pv_execution_set_json(row, rule->name, "null", 4, err);
	return pv_execution_set(row, rule->name, pv_buf_text(text), text->len,
				err);
}

static int redact_field(pv_execution *row, struct pass *pass, enum pv_field field)
{
	const pv_field_row *rule = pv_field_at(field);
	const pv_value *value = &row->values[field];
	pv_str text = { value->text, value->len };
	pv_buf out = { 0 };
	int as_json = is_json(rule, value);
	int rc;

	pass->hits = 0;
	rc = as_json ? redact_json(&out, pass, text)
		     : redact_text(&out, pass, text);
	if (rc == PV_OK && pass->hits)
		rc = put_back(row, rule, &out, as_json, pass->err);
	pv_buf_dispose(&out);
	return rc;
}

int pv_execution_redact(pv_execution *row, pv_redaction *redaction, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < redaction->count && rc == PV_OK; i++) {
		struct pass pass = { redaction, &redaction->rules[i], err, 0 };

		for (int field = 0; field < PV_FIELD_COUNT && rc == PV_OK; field++)
			if (pass.rule->fields[field] && row->values[field].is_set)
				rc = redact_field(row, &pass,
						  (enum pv_field)field);
	}
	return rc;
}
