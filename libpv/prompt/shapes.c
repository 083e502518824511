/* SPDX-License-Identifier: MIT
 *
 * The parts of a prompt file that are looked at for their shape only: tags,
 * model, output, tools and tests. What they mean is for those who use them.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"

/* --- tags ----------------------------------------------------------------- */

int pv_load_tags(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	pv_prompt *prompt = loader->prompt;
	const pv_yaml_node *list = pv_yaml_follow(value);
	int is_ok;
	int rc = pv_load_list(&is_ok, loader, value, key->name);

	if (rc < 0 || !is_ok || !list->count)
		return rc;
	prompt->tags =
		pv_arena_alloc(&prompt->arena, list->count * sizeof(char *));
	if (!prompt->tags)
		return pv_fail_nomem(loader->err);
	for (const pv_yaml_node *child = list->first; child && rc == PV_OK;
	     child = child->next) {
		const char *tag;

		rc = pv_load_text(&tag, loader, child, "tags[]");
		if (*tag)
			prompt->tags[prompt->tag_count++] = tag;
	}
	return rc;
}

/* --- model ---------------------------------------------------------------- */

static int check_text(pv_loader *loader, const pv_key *key,
		      const pv_yaml_node *value)
{
	const char *text;

	return pv_load_text(&text, loader, value, key->name);
}

/* `arg` is 1 where only whole numbers will do. */
static int check_number(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	const pv_yaml_node *node = pv_yaml_follow(value);

	if (pv_node_is_null(node))
		return PV_OK;
	if (node->kind == PV_YAML_SCALAR &&
	    (node->type == PV_YAML_INT ||
	     (node->type == PV_YAML_FLOAT && !key->arg)))
		return PV_OK;
	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_FLOAT)
		return pv_load_fault(loader, "type", value,
				     "write digits alone: 1000",
				     "\"%s\" must be a whole number, not %.40s",
				     key->name, node->text);
	return pv_load_fault(loader, "type", value, NULL,
			     "\"%s\" must be a %snumber, not %s", key->name,
			     key->arg ? "whole " : "", pv_node_kind_name(value));
}

static int check_texts(pv_loader *loader, const pv_key *key,
		       const pv_yaml_node *value)
{
	const pv_yaml_node *list = pv_yaml_follow(value);
	int rc = PV_OK;

	if (list->kind != PV_YAML_SEQUENCE)
		return check_text(loader, key, value);
	for (const pv_yaml_node *child = list->first; child && rc == PV_OK;
	     child = child->next)
		rc = check_text(loader, key, child);
	return rc;
}

/*
 * Sorted by name; a model may have other parameters, of which those that look
 * like a misspelt one of ours stand here.
 */
static const pv_key model_keys[] = {
	{ "frequency_penalty", check_number, 0 },
	{ "max_tokens", check_number, 1 },
	{ "min_p", check_number, 0 },
	{ "min_tokens", NULL, 0 },
	{ "name", check_text, 0 },
	{ "presence_penalty", check_number, 0 },
	{ "provider", check_text, 0 },
	{ "seed", check_number, 1 },
	{ "stop", check_texts, 0 },
	{ "temperature", check_number, 0 },
	{ "top_a", NULL, 0 },
	{ "top_k", check_number, 1 },
	{ "top_p", check_number, 0 },
};

static const pv_keys model_rule = { model_keys, pv_array_len(model_keys),
				    "model", 1 };

static const char *text_or_empty(const pv_yaml_node *node)
{
	return node && pv_node_is_text(node) ? pv_yaml_follow(node)->text : "";
}

static int set_model(pv_loader *loader, const pv_yaml_node *value)
{
	const char **model = &loader->prompt->model;
	const char *provider = text_or_empty(pv_yaml_get(value, "provider"));
	const char *name = text_or_empty(pv_yaml_get(value, "name"));

	*model = *provider ? provider : name;
	if (!*provider || !*name)
		return PV_OK;
	return pv_load_join(model, loader, '/', name);
}

int pv_load_model(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	int is_ok;
	int rc;

	if (pv_node_is_text(value)) /* `model: name` */
		return pv_load_text(&loader->prompt->model, loader, value,
				    key->name);
	rc = pv_load_mapping(&is_ok, loader, value, key->name);
	if (rc < 0 || !is_ok)
		return rc;
	rc = pv_load_keys(loader, value, &model_rule);
	return rc < 0 ? rc : set_model(loader, value);
}

/* --- output --------------------------------------------------------------- */

static int check_bool(pv_loader *loader, const pv_key *key,
		      const pv_yaml_node *value)
{
	int is_set;

	return pv_load_bool(&is_set, loader, value, key->name);
}

static int check_schema(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	const pv_yaml_node *node = pv_yaml_follow(value);

	if (node->kind == PV_YAML_MAPPING)
		return pv_load_schema_refs(loader, node);
	if (node->kind == PV_YAML_SCALAR &&
	    (node->type == PV_YAML_BOOL || node->type == PV_YAML_NULL))
		return PV_OK;
	return pv_load_fault(loader, "type", value,
			     "refer to a file with {$ref: schemas/name.json}",
			     "\"%s\" must be a mapping, not %s", key->name,
			     pv_node_kind_name(value));
}

/* Sorted by name. */
static const pv_key output_keys[] = {
	{ "description", check_text, 0 }, { "format", check_text, 0 },
	{ "name", check_text, 0 },        { "schema", check_schema, 0 },
	{ "strict", check_bool, 0 },
};

static const pv_keys output = { output_keys, pv_array_len(output_keys),
				"output", 0 };

int pv_load_output(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	int is_ok;
	int rc = pv_load_mapping(&is_ok, loader, value, key->name);

	if (rc < 0 || !is_ok)
		return rc;
	return pv_load_keys(loader, value, &output);
}

/* --- input ---------------------------------------------------------------- */

const pv_yaml_node *pv_input_schema(const pv_yaml_node *input)
{
	const pv_yaml_node *node = pv_yaml_follow(input);
	const pv_yaml_node *schema = pv_yaml_get(input, "schema");

	return schema && node->count == 1 ? schema : node;
}

int pv_load_input(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	int is_ok;
	int rc = pv_load_mapping(&is_ok, loader, value, key->name);

	if (rc < 0 || !is_ok)
		return rc;
	return check_schema(loader, key, pv_input_schema(value));
}

/* --- tools and tests ------------------------------------------------------ */

/* Calls `load` for each element of a list of mappings. */
static int load_records(pv_loader *loader, const pv_yaml_node *value,
			const char *what,
			int (*load)(pv_loader *loader, const pv_yaml_node *record))
{
	int is_ok;
	int rc = pv_load_list(&is_ok, loader, value, what);

	if (rc < 0 || !is_ok)
		return rc;
	for (const pv_yaml_node *child = pv_yaml_follow(value)->first;
	     child && rc == PV_OK; child = child->next) {
		if (pv_yaml_follow(child)->kind == PV_YAML_MAPPING)
			rc = load(loader, child);
		else
			rc = pv_load_fault(loader, "type", child, NULL,
					   "each element of \"%s\" must be a "
					   "mapping, not %s",
					   what, pv_node_kind_name(child));
	}
	return rc;
}

/* What a provider brings along, {type: web_search}, has no name of ours. */
static int is_built_in(const pv_yaml_node *record)
{
	const pv_yaml_node *type = pv_yaml_get(record, "type");

	return type && pv_node_is_text(type) &&
	       strcmp(pv_yaml_follow(type)->text, "function") != 0 &&
	       !pv_yaml_get(record, "function") &&
	       !pv_yaml_get(record, "parameters");
}

/* Both {type: function, function: {...}} and the inner mapping alone. */
static int load_tool(pv_loader *loader, const pv_yaml_node *record)
{
	const pv_yaml_node *function = pv_yaml_get(record, "function");
	const pv_yaml_node *parameters;
	const pv_yaml_node *name;

	if (!function)
		function = record;
	name = pv_yaml_get(function, "name");
	if (!name && is_built_in(record))
		return PV_OK;
	if (!name || !pv_node_is_text(name))
		return pv_load_fault(loader, "tool", record,
				     "write {type: function, function: {name: "
				     "..., parameters: {...}}}",
				     "a tool has no name");
	parameters = pv_yaml_get(function, "parameters");
	return parameters ? pv_load_schema_refs(loader, parameters) : PV_OK;
}

int pv_load_tools(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	return load_records(loader, value, key->name, load_tool);
}

static int check_mapping(pv_loader *loader, const pv_key *key,
			 const pv_yaml_node *value)
{
	int is_ok;

	return pv_load_mapping(&is_ok, loader, value, key->name);
}

/* Sorted by name; an assertion may have other keys. */
static const pv_key assertion_keys[] = {
	{ "threshold", NULL, 0 },
	{ "type", NULL, 0 },
	{ "value", NULL, 0 },
	{ "weight", NULL, 0 },
};

static const pv_keys assertion = { assertion_keys, pv_array_len(assertion_keys),
				   "assert", 1 };

static int load_assertion(pv_loader *loader, const pv_yaml_node *record)
{
	const pv_yaml_node *type = pv_yaml_get(record, "type");

	if (type && pv_node_is_text(type))
		return pv_load_keys(loader, record, &assertion);
	return pv_load_fault(loader, "assert", type ? type : record,
			     "write {type: contains, value: ...}",
			     "an assertion has no type");
}

static int check_assertions(pv_loader *loader, const pv_key *key,
			    const pv_yaml_node *value)
{
	return load_records(loader, value, key->name, load_assertion);
}

/* Sorted by name; a test may have other keys. */
static const pv_key test_keys[] = {
	{ "assert", check_assertions, 0 },
	{ "description", check_text, 0 },
	{ "name", check_text, 0 },
	{ "vars", check_mapping, 0 },
};

static const pv_keys test = { test_keys, pv_array_len(test_keys), "tests", 1 };

static int load_test(pv_loader *loader, const pv_yaml_node *record)
{
	return pv_load_keys(loader, record, &test);
}

int pv_load_tests(pv_loader *loader, const pv_key *key, const pv_yaml_node *value)
{
	return load_records(loader, value, key->name, load_test);
}
