/* SPDX-License-Identifier: MIT
 *
 * See foreign.h. A member keeps its place; what several members become stands
 * where the first of them was.
 */
#include "exchange/foreign.h"

#include <string.h>

#include "base/json_scan.h"
#include "base/mem.h"
#include "exchange/node.h"
#include "prompt/model.h"

/* --- braces --------------------------------------------------------------- */

/* The length of "name}" behind a brace, or 0. */
static size_t field_len(pv_str text)
{
	size_t len = 0;

	for (; len < text.len; len++) {
		char c = text.ptr[len];
		int is_letter = (c >= 'a' && c <= 'z') ||
				(c >= 'A' && c <= 'Z') || c == '_';

		if (!is_letter && !(len && c >= '0' && c <= '9'))
			break;
	}
	return len && len < text.len && text.ptr[len] == '}' ? len + 1 : 0;
}

enum pv_braces pv_braces_of(pv_str text)
{
	enum pv_braces found = PV_BRACES_NONE;

	for (size_t i = 0; i < text.len; i++) {
		pv_str rest = { text.ptr + i + 1, text.len - i - 1 };

		if (text.ptr[i] == '}')
			found = PV_BRACES_OTHER;
		if (text.ptr[i] != '{')
			continue;
		if (rest.len && strchr("{%#", *rest.ptr) && *rest.ptr)
			return PV_BRACES_JINJA;
		if (!field_len(rest))
			found = PV_BRACES_OTHER;
		else if (found == PV_BRACES_NONE)
			found = PV_BRACES_FIELDS;
		i += field_len(rest);
	}
	return found;
}

static enum pv_braces braces_of_node(const pv_yaml_node *node)
{
	if (!node || !pv_node_is_text(node))
		return PV_BRACES_NONE;
	node = pv_yaml_follow(node);
	return pv_braces_of((pv_str){ node->text, node->len });
}

enum pv_braces pv_braces_of_texts(const pv_yaml_node *file)
{
	const pv_yaml_node *list = pv_yaml_get(file, "messages");
	enum pv_braces found = braces_of_node(pv_yaml_get(file, "prompt"));

	list = list ? pv_yaml_follow(list) : NULL;
	if (!list || list->kind != PV_YAML_SEQUENCE)
		return found;
	for (const pv_yaml_node *it = list->first; it; it = it->next) {
		enum pv_braces one = braces_of_node(pv_yaml_get(it, "content"));

		if (one == PV_BRACES_NONE)
			continue;
		if (found != PV_BRACES_NONE && found != one)
			return PV_BRACES_OTHER;
		found = one;
	}
	return found;
}

/* --- values --------------------------------------------------------------- */

int pv_foreign_bool(int *out, const pv_yaml_node *node)
{
	static const char *const words[2][3] = { { "false", "no", "0" },
						 { "true", "yes", "1" } };

	if (node->kind != PV_YAML_SCALAR || node->type == PV_YAML_NULL ||
	    strlen(node->text) != node->len)
		return 0;
	for (int is = 0; is < 2; is++)
		for (size_t i = 0; i < pv_array_len(words[is]); i++)
			if (!pv_str_casecmp(node->text, words[is][i])) {
				*out = is;
				return 1;
			}
	return 0;
}

/* Whether it is a number, or a text that has one; sets what it is as one. */
static int as_number(pv_yaml_node *out, const pv_yaml_node *node)
{
	int is_int = 1;

	*out = *node;
	if (node->kind != PV_YAML_SCALAR)
		return 0;
	if (node->type == PV_YAML_STRING) {
		pv_json_scan scan = { node->text, node->len, 0, NULL };

		if (!node->len || pv_json_scan_number(&scan, &is_int) != node->len)
			return 0;
		out->type = is_int ? PV_YAML_INT : PV_YAML_FLOAT;
	}
	return out->type == PV_YAML_INT || out->type == PV_YAML_FLOAT;
}

/* A member that is there and not null, or NULL. */
static const pv_yaml_node *get(const pv_yaml_node *record, const char *key)
{
	const pv_yaml_node *node = pv_yaml_get(record, key);

	return node && !pv_node_is_null(node) ? node : NULL;
}

static const pv_yaml_node *get_text(const pv_yaml_node *record, const char *key)
{
	const pv_yaml_node *node = get(record, key);

	return node && pv_node_is_text(node) ? node : NULL;
}

/* The first of the members, ending in NULL, that is a text; NULL for none. */
static const pv_yaml_node *first_text(const pv_yaml_node *record,
				      const char *const *keys)
{
	const pv_yaml_node *node = NULL;

	for (; *keys && !node; keys++)
		node = get_text(record, *keys);
	return node;
}

/* --- the translation ------------------------------------------------------ */

struct translation {
	const pv_yaml_node *record;
	pv_growing out;
	pv_arena *arena;
	pv_error *err;
	const pv_yaml_node *text; /* the prompt, or what the user says; NULL */
	const pv_yaml_node *system; /* what the system says, or NULL */
	const pv_yaml_node *model;  /* by whatever name, or NULL */
	int is_chat;                /* these become messages */
	int has_texts;              /* they are written */
	int has_syntax;             /* it need not be guessed, or is written */
};

/* Finds the texts; the record's own `prompt` and `messages` come first. */
static void find_texts(struct translation *it)
{
	static const char *const plain[] = { "prompt", "template", "content",
					     "text", NULL };
	static const char *const user[] = { "user_prompt_template",
					    "user_prompt", NULL };
	const pv_yaml_node *record = it->record;

	if (get(record, "messages"))
		return;
	it->system = get_text(record, "system_prompt");
	if (it->system && !it->system->len)
		it->system = NULL;
	it->text = get(record, "prompt") ? NULL : first_text(record, user);
	it->is_chat = it->system || it->text;
	if (!it->text)
		it->text = first_text(record, plain);
}

/* The name of a number, or of the provider, below `model`; NULL for others. */
static const char *parameter_of(const pv_yaml_node *member)
{
	static const char *const names[][2] = {
		{ "temperature", "temperature" },
		{ "token_limit", "max_tokens" },
		{ "max_tokens", "max_tokens" },
		{ "top_p", "top_p" },
		{ "top_k", "top_k" },
		{ "frequency_penalty", "frequency_penalty" },
		{ "presence_penalty", "presence_penalty" },
		{ "provider", "provider" },
	};

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (pv_node_is(member->key, names[i][0]))
			return names[i][1];
	return NULL;
}

/* Whether a member goes below `model`, where `*out` is what it is. */
static int is_parameter(pv_yaml_node *out, const struct translation *it,
			const pv_yaml_node *member)
{
	const char *name = parameter_of(member);
	const pv_yaml_node *model = it->model;

	*out = *member;
	if (!name)
		return 0;
	if (model && model->kind != PV_YAML_MAPPING && !pv_node_is_text(model))
		return 0;
	if (model && pv_yaml_get(model, name))
		return 0;
	/* Of two names for one thing the first that is there counts. */
	for (const pv_yaml_node *before = it->record->first; before != member;
	     before = before->next)
		if (parameter_of(before) && !strcmp(parameter_of(before), name) &&
		    !pv_node_is_null(before))
			return 0;
	return strcmp(name, "provider") ? as_number(out, member)
					: pv_node_is_text(member);
}

static int has_parameters(const struct translation *it)
{
	pv_yaml_node value;

	for (const pv_yaml_node *member = it->record->first; member;
	     member = member->next)
		if (is_parameter(&value, it, member))
			return 1;
	return 0;
}

static int put_model(struct translation *it)
{
	const pv_yaml_node *model = it->model;
	pv_growing out;
	pv_yaml_node value;
	int rc;

	if (!has_parameters(it))
		return model ? pv_growing_put(&it->out, "model", model, it->err)
			     : PV_OK;
	rc = pv_growing_init(&out, it->arena, PV_YAML_MAPPING, it->err);
	if (rc == PV_OK && model && model->kind != PV_YAML_MAPPING)
		rc = pv_growing_put(&out, "name", model, it->err);
	else if (model)
		for (const pv_yaml_node *child = model->first;
		     child && rc == PV_OK; child = child->next)
			rc = pv_growing_add(&out, child, it->err);
	for (const pv_yaml_node *member = it->record->first;
	     member && rc == PV_OK; member = member->next)
		if (is_parameter(&value, it, member))
			rc = pv_growing_put(&out, parameter_of(member), &value,
					    it->err);
	return rc == PV_OK ? pv_growing_put(&it->out, "model", out.node, it->err)
			   : rc;
}

static int put_message(pv_growing *list, const char *role,
		       const pv_yaml_node *text, pv_error *err)
{
	pv_growing message;
	int rc;

	if (!text)
		return PV_OK;
	rc = pv_growing_init(&message, list->arena, PV_YAML_MAPPING, err);
	if (rc == PV_OK)
		rc = pv_growing_put_text(&message, "role", PV_YAML_STRING,
					 pv_str_of(role), err);
	if (rc == PV_OK)
		rc = pv_growing_put(&message, "content", text, err);
	return rc == PV_OK ? pv_growing_add(list, message.node, err) : rc;
}

static int put_texts(struct translation *it)
{
	pv_growing list;
	int rc;

	if (it->has_texts)
		return PV_OK;
	it->has_texts = 1;
	if (!it->is_chat)
		return pv_growing_put(&it->out, "prompt", it->text, it->err);
	rc = pv_growing_init(&list, it->arena, PV_YAML_SEQUENCE, it->err);
	if (rc == PV_OK)
		rc = put_message(&list, "system", it->system, it->err);
	if (rc == PV_OK)
		rc = put_message(&list, "user", it->text, it->err);
	return rc == PV_OK
		       ? pv_growing_put(&it->out, "messages", list.node, it->err)
		       : rc;
}

/* In front of the texts it is about. */
static int put_syntax(struct translation *it)
{
	enum pv_braces text = braces_of_node(it->text);
	enum pv_braces system = braces_of_node(it->system);

	if (it->has_syntax)
		return PV_OK;
	it->has_syntax = 1;
	if (it->text || it->system) {
		if (text == PV_BRACES_NONE)
			text = system;
		if (system != PV_BRACES_NONE && system != text)
			text = PV_BRACES_OTHER;
	} else {
		text = pv_braces_of_texts(it->record);
	}
	if (text != PV_BRACES_FIELDS)
		return PV_OK;
	return pv_growing_put_text(&it->out, "syntax", PV_YAML_STRING,
				   pv_str_of("fstring"), it->err);
}

/* 1 when a member of another name was written under ours. */
static int put_renamed(struct translation *it, const pv_yaml_node *member)
{
	static const char *const words[] = { "false", "true" };
	int is_active;
	int rc;

	if (pv_node_is(member->key, "prompt_type") && pv_node_is_text(member) &&
	    !pv_yaml_get(it->record, "type")) {
		rc = pv_growing_put(&it->out, "type", member, it->err);
		return rc < 0 ? rc : 1;
	}
	if (!pv_node_is(member->key, "is_active") ||
	    pv_yaml_get(it->record, "active") ||
	    !pv_foreign_bool(&is_active, member))
		return 0;
	rc = pv_growing_put_text(&it->out, "active", PV_YAML_BOOL,
				 pv_str_of(words[is_active]), it->err);
	return rc < 0 ? rc : 1;
}

static int is_text_member(const struct translation *it, const pv_yaml_node *member)
{
	return member == it->text || member == it->system;
}

static int put_member(struct translation *it, const pv_yaml_node *member)
{
	pv_yaml_node value;
	int rc = PV_OK;

	if (is_text_member(it, member) || pv_node_is(member->key, "prompt") ||
	    pv_node_is(member->key, "messages"))
		rc = put_syntax(it);
	if (rc < 0)
		return rc;
	if (is_text_member(it, member))
		return put_texts(it);
	if (member == it->model ||
	    (!it->model && pv_node_is(member->key, "model") && has_parameters(it)))
		return put_model(it);
	if (is_parameter(&value, it, member))
		return PV_OK;
	/* Null where other words said it. */
	if (it->text && pv_node_is_null(member) &&
	    (pv_node_is(member->key, "prompt") ||
	     pv_node_is(member->key, "messages")))
		return PV_OK;
	rc = put_renamed(it, member);
	if (rc != 0)
		return rc < 0 ? rc : PV_OK;
	return pv_growing_add(&it->out, member, it->err);
}

int pv_foreign_translate(const pv_yaml_node **out, const pv_yaml_node *record,
			 pv_arena *arena, pv_error *err)
{
	struct translation it = { .record = record, .arena = arena, .err = err };
	int rc = pv_growing_init(&it.out, arena, PV_YAML_MAPPING, err);

	find_texts(&it);
	it.model = get(record, "model");
	if (!it.model && !pv_yaml_get(record, "model"))
		it.model = get_text(record, "model_name");
	it.has_syntax = pv_yaml_get(record, "syntax") != NULL;
	for (const pv_yaml_node *child = record->first; child && rc == PV_OK;
	     child = child->next)
		rc = put_member(&it, child);
	if (rc == PV_OK && !it.model && !pv_yaml_get(record, "model"))
		rc = put_model(&it);
	*out = it.out.node;
	return rc;
}
