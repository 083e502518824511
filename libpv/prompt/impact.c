/* SPDX-License-Identifier: MIT
 *
 * How big a step a version takes, derived from two states of a prompt.
 *
 * A caller fills in variables and reads an output; whatever can make one of
 * these fail is major. A variable that is gone is not: rendering ignores
 * values that no template reads, so the caller still works, and what the
 * model is told has changed as with any edit of the text. Tools are called by
 * the model and answered by the application, so a tool that is gone, or may
 * be called in ways it could not be before, is major, and a new one minor.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/compare.h"
#include "prompt/model.h"

struct impact {
	enum pv_bump bump;
	const pv_prompt *before;
	const pv_prompt *after;
	const pv_impact_options *opts; /* NULL: there are no files to compare */
	const pv_impact_options *includes; /* NULL: nobody knows of any */
	int is_same;                       /* the key, but for such files */
	pv_report *breaking;
	pv_error *err;
};

/* Compares one top-level key; either node may be NULL, but not both. */
typedef int compare_fn(struct impact *impact, const pv_yaml_node *before,
		       const pv_yaml_node *after);

struct rule {
	const char *key;
	enum pv_bump bump; /* of any change, unless `compare` knows better */
	compare_fn *compare;
};

const char *pv_bump_name(enum pv_bump bump)
{
	static const char *const names[] = {
		[PV_BUMP_NONE] = "none",
		[PV_BUMP_PATCH] = "patch",
		[PV_BUMP_MINOR] = "minor",
		[PV_BUMP_MAJOR] = "major",
	};

	return names[bump];
}

/* --- variables ------------------------------------------------------------ */

static const pv_yaml_node *declaration_of(const pv_prompt *prompt,
					  const pv_variable *variable)
{
	const pv_yaml_node *root = pv_yaml_root(prompt->doc);
	const pv_yaml_node *all = pv_yaml_get(root, "variables");
	const pv_yaml_node *node;

	if (!all || !strcmp(variable->source, "inferred"))
		return NULL;
	node = pv_yaml_get(all, variable->name);
	return node && !pv_node_is_null(node) ? node : NULL;
}

static int compare_required(struct impact *impact, const pv_variable *before,
			    const pv_variable *after)
{
	int was_required = before && before->is_required;
	int is_sooner = was_required && before->is_conditional &&
			!after->is_conditional;
	pv_buf path = { 0 };
	int rc;

	if (!before || was_required != after->is_required)
		pv_bump_raise(&impact->bump, PV_BUMP_MINOR);
	if (!after->is_required || (was_required && !is_sooner))
		return PV_OK;
	pv_buf_printf(&path, "variables.%s", after->name);
	rc = pv_buf_status(&path, impact->err);
	if (rc == PV_OK)
		rc = pv_bump_break(&impact->bump, impact->breaking, path.ptr,
				   impact->err,
				   is_sooner ? "variable \"%.80s\" is needed in "
					       "any case now"
				   : before ? "variable \"%.80s\" became required"
					    : "required variable \"%.80s\" was "
					      "added",
				   after->name);
	pv_buf_dispose(&path);
	return rc;
}

/* The variable as something included had it, which told nothing of its type. */
static const pv_variable *find_former(const struct impact *impact,
				      const char *name)
{
	const pv_impact_options *opts = impact->includes;

	return opts ? opts->former(name, opts->payload) : NULL;
}

static int compare_variable(struct impact *impact, const pv_variable *before,
			    const pv_variable *after)
{
	static const char *const skip[] = { "required", NULL };
	pv_schema_pair pair = { NULL, NULL, PV_SCHEMA_TAKES,
				skip, NULL, impact->opts };
	pv_buf path = { 0 };
	const pv_variable *former =
		before ? before : find_former(impact, after->name);
	int rc = compare_required(impact, former, after);

	if (rc < 0 || !former)
		return rc;
	if (before)
		pair.before = declaration_of(impact->before, before);
	pair.after = declaration_of(impact->after, after);
	if (!pair.before && !pair.after)
		return PV_OK;
	pv_buf_printf(&path, "variables.%s", after->name);
	pair.path = pv_buf_text(&path);
	rc = pv_buf_status(&path, impact->err);
	if (rc == PV_OK)
		rc = pv_schema_step(&impact->bump, &pair, impact->breaking,
				    impact->err);
	pv_buf_dispose(&path);
	return rc;
}

/* Variables of `prompt` by name. */
static int index_variables(pv_map *out, const pv_prompt *prompt, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < prompt->variable_count && rc == PV_OK; i++) {
		pv_variable *variable = &prompt->variables[i];

		rc = pv_map_set(out, pv_str_of(variable->name), variable, NULL,
				err);
	}
	return rc;
}

static int compare_variables(struct impact *impact)
{
	const pv_prompt *after = impact->after;
	pv_map before = { 0 };
	int rc = index_variables(&before, impact->before, impact->err);
	size_t kept = 0;

	for (size_t i = 0; i < after->variable_count && rc == PV_OK; i++) {
		const pv_variable *variable = &after->variables[i];
		const pv_variable *old =
			pv_map_find(&before, pv_str_of(variable->name));

		kept += old != NULL;
		rc = compare_variable(impact, old, variable);
	}
	if (kept < impact->before->variable_count)
		pv_bump_raise(&impact->bump, PV_BUMP_MINOR);
	pv_map_dispose(&before);
	return rc;
}

/* --- messages ------------------------------------------------------------- */

/* What does not parse is never rendered again. */
static int compare_templates(struct impact *impact)
{
	if (!impact->after->has_fault || impact->before->has_fault)
		return PV_OK;
	return pv_bump_break(&impact->bump, impact->breaking,
			     impact->after->is_text ? "prompt" : "messages",
			     impact->err, "a template does not parse any more");
}

/* Ids align messages in diffs and merges; models do not see them. */
static int compare_messages(struct impact *impact, const pv_yaml_node *before,
			    const pv_yaml_node *after)
{
	static const char *const keys[] = { "role", "content", "name",
					    "tool_calls", "tool_call_id" };
	int is_same =
		before && after &&
		pv_yaml_resolve(before)->count == pv_yaml_resolve(after)->count;
	int rc = PV_OK;

	if (!is_same) {
		pv_bump_raise(&impact->bump, PV_BUMP_MINOR);
		return PV_OK;
	}
	before = pv_yaml_resolve(before)->first;
	after = pv_yaml_resolve(after)->first;
	for (; before && rc == PV_OK; before = before->next, after = after->next)
		for (size_t i = 0;
		     i < pv_array_len(keys) && is_same && rc == PV_OK; i++)
			rc = pv_node_same(&is_same, pv_yaml_get(before, keys[i]),
					  pv_yaml_get(after, keys[i]),
					  impact->err);
	pv_bump_raise(&impact->bump, is_same ? PV_BUMP_PATCH : PV_BUMP_MINOR);
	return rc;
}

/* --- output --------------------------------------------------------------- */

static const pv_yaml_node *member(const pv_yaml_node *mapping, const char *key)
{
	const pv_yaml_node *value = mapping ? pv_yaml_get(mapping, key) : NULL;

	return value && !pv_node_is_null(value) ? value : NULL;
}

static const char *format_of(const pv_yaml_node *output)
{
	const pv_yaml_node *format = member(output, "format");

	return format ? pv_yaml_resolve(format)->text : "text";
}

/* What callers may pass, all variables together. */
static int compare_input(struct impact *impact, const pv_yaml_node *before,
			 const pv_yaml_node *after)
{
	const pv_yaml_node *one = after ? after : before;
	pv_schema_pair pair = { before ? pv_input_schema(before) : NULL,
				after ? pv_input_schema(after) : NULL,
				PV_SCHEMA_TAKES,
				NULL,
				"input",
				impact->opts };

	if (!one)
		return PV_OK;
	if (pv_input_schema(one) != pv_yaml_follow(one))
		pair.path = "input.schema";
	return pv_schema_step(&impact->bump, &pair, impact->breaking,
			      impact->err);
}

static int compare_output(struct impact *impact, const pv_yaml_node *before,
			  const pv_yaml_node *after)
{
	pv_schema_pair pair = {
		member(before, "schema"), member(after, "schema"),
		PV_SCHEMA_GIVES,          NULL,
		"output.schema",          impact->opts
	};
	const char *old_format = format_of(before);
	const char *new_format = format_of(after);
	int rc = PV_OK;

	if (!impact->is_same)
		pv_bump_raise(&impact->bump, PV_BUMP_MINOR);
	if (strcmp(old_format, new_format) != 0)
		rc = pv_bump_break(&impact->bump, impact->breaking,
				   "output.format", impact->err,
				   "the format changed from \"%.60s\" to "
				   "\"%.60s\"",
				   old_format, new_format);
	if (rc == PV_OK && pair.before && !pair.after)
		return pv_bump_break(&impact->bump, impact->breaking,
				     "output.schema", impact->err,
				     "the schema was removed");
	if (rc < 0 || (!pair.before && !pair.after))
		return rc;
	return pv_schema_step(&impact->bump, &pair, impact->breaking,
			      impact->err);
}

/* --- tools ---------------------------------------------------------------- */

static const pv_yaml_node *function_of(const pv_yaml_node *tool)
{
	const pv_yaml_node *function = pv_yaml_get(tool, "function");

	return function ? function : tool;
}

static pv_str tool_name(const pv_yaml_node *tool)
{
	const pv_yaml_node *name = member(function_of(tool), "name");
	pv_str text = { "", 0 };

	if (name) {
		text.ptr = pv_yaml_resolve(name)->text;
		text.len = pv_yaml_resolve(name)->len;
	}
	return text;
}

static int index_tools(pv_map *out, const pv_yaml_node *tools, pv_error *err)
{
	int rc = PV_OK;

	if (!tools)
		return PV_OK;
	for (const pv_yaml_node *tool = pv_yaml_resolve(tools)->first;
	     tool && rc == PV_OK; tool = tool->next)
		rc = pv_map_set(out, tool_name(tool), (void *)(uintptr_t)tool,
				NULL, err);
	return rc;
}

/* What the model may pass to a tool that stayed. */
static int compare_parameters(struct impact *impact, const pv_yaml_node *before,
			      const pv_yaml_node *after)
{
	pv_schema_pair pair = { member(function_of(before), "parameters"),
				member(function_of(after), "parameters"),
				PV_SCHEMA_GIVES,
				NULL,
				NULL,
				impact->opts };
	pv_buf path = { 0 };
	int rc;

	if (!pair.before && !pair.after)
		return PV_OK;
	rc = pv_yaml_path(&path, function_of(after), impact->err);
	pv_buf_puts(&path, ".parameters");
	if (rc == PV_OK)
		rc = pv_buf_status(&path, impact->err);
	pair.path = pv_buf_text(&path);
	if (rc == PV_OK)
		rc = pv_schema_step(&impact->bump, &pair, impact->breaking,
				    impact->err);
	pv_buf_dispose(&path);
	return rc;
}

static int compare_tool(struct impact *impact, const pv_yaml_node *before,
			const pv_yaml_node *after)
{
	pv_str name = tool_name(before);
	pv_buf path = { 0 };
	int rc;

	if (after)
		return compare_parameters(impact, before, after);
	rc = pv_yaml_path(&path, before, impact->err);
	if (rc == PV_OK)
		rc = pv_bump_break(&impact->bump, impact->breaking,
				   pv_buf_text(&path), impact->err,
				   "tool \"%.*s\" was removed",
				   name.len > 60 ? 60 : (int)name.len, name.ptr);
	pv_buf_dispose(&path);
	return rc;
}

static int compare_tools(struct impact *impact, const pv_yaml_node *before,
			 const pv_yaml_node *after)
{
	pv_map new_ones = { 0 };
	int rc = index_tools(&new_ones, after, impact->err);

	if (!impact->is_same)
		pv_bump_raise(&impact->bump, PV_BUMP_MINOR);
	if (before)
		before = pv_yaml_resolve(before)->first;
	for (; before && rc == PV_OK; before = before->next)
		rc = compare_tool(impact, before,
				  pv_map_find(&new_ones, tool_name(before)));
	pv_map_dispose(&new_ones);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

/*
 * Keys that are not here are minor: `prompt`, `model` and `syntax`, and what a
 * prompt file does not know, since it may mean something to somebody.
 */
static const struct rule rules[] = {
	{ "active", PV_BUMP_PATCH, NULL },
	{ "category", PV_BUMP_PATCH, NULL },
	{ "description", PV_BUMP_PATCH, NULL },
	{ "goal", PV_BUMP_PATCH, NULL },
	{ "input", PV_BUMP_PATCH, compare_input },
	{ "messages", PV_BUMP_PATCH, compare_messages },
	{ "metadata", PV_BUMP_PATCH, NULL },
	{ "name", PV_BUMP_PATCH, NULL },
	{ "output", PV_BUMP_PATCH, compare_output },
	{ "owner", PV_BUMP_PATCH, NULL },
	{ "tags", PV_BUMP_PATCH, NULL },
	{ "tests", PV_BUMP_PATCH, NULL },
	{ "tools", PV_BUMP_PATCH, compare_tools },
	{ "type", PV_BUMP_PATCH, NULL },
	{ "variables", PV_BUMP_PATCH, NULL }, /* compare_variables has them */
	{ "version", PV_BUMP_PATCH, NULL },
};

static const struct rule *rule_of(const pv_yaml_node *key)
{
	for (size_t i = 0; i < pv_array_len(rules); i++)
		if (pv_node_is(key, rules[i].key))
			return &rules[i];
	return NULL;
}

static int compare_key(struct impact *impact, const pv_yaml_node *key,
		       const pv_yaml_node *before, const pv_yaml_node *after)
{
	const struct rule *rule = rule_of(key);
	int rc = pv_node_same(&impact->is_same, before, after, impact->err);

	if (rc < 0 || (impact->is_same && (!impact->opts || !rule)))
		return rc;
	if (!impact->is_same)
		pv_bump_raise(&impact->bump, rule ? rule->bump : PV_BUMP_MINOR);
	/* A list of messages that is the same refers to no schema. */
	if (!rule || !rule->compare ||
	    (impact->is_same && rule->compare == compare_messages))
		return PV_OK;
	if (before && pv_node_is_null(before))
		before = NULL;
	if (after && pv_node_is_null(after))
		after = NULL;
	return before || after ? rule->compare(impact, before, after) : PV_OK;
}

static int compare_keys(struct impact *impact)
{
	const pv_yaml_node *before = pv_yaml_root(impact->before->doc);
	const pv_yaml_node *after = pv_yaml_root(impact->after->doc);
	pv_finder old_keys;
	pv_finder new_keys;
	int rc = pv_finder_init(&old_keys, before, impact->err);

	if (pv_finder_init(&new_keys, after, impact->err) < 0)
		rc = PV_ENOMEM;
	for (const pv_yaml_node *child = after->first; child && rc == PV_OK;
	     child = child->next)
		rc = compare_key(impact, child->key,
				 pv_finder_find(&old_keys, child->key), child);
	for (const pv_yaml_node *child = before->first; child && rc == PV_OK;
	     child = child->next)
		if (!pv_finder_find(&new_keys, child->key))
			rc = compare_key(impact, child->key, child, NULL);
	pv_finder_dispose(&old_keys);
	pv_finder_dispose(&new_keys);
	return rc;
}

static int is_same_text(const pv_prompt *before, const pv_prompt *after)
{
	pv_str old_text;
	pv_str new_text;

	old_text.ptr = pv_yaml_text(before->doc, &old_text.len);
	new_text.ptr = pv_yaml_text(after->doc, &new_text.len);
	return pv_str_eq(old_text, new_text);
}

int pv_prompt_impact(enum pv_bump *out, const pv_prompt *before,
		     const pv_prompt *after, pv_report *breaking, pv_error *err)
{
	return pv_prompt_impact_with(out, before, after, NULL, breaking, err);
}

int pv_prompt_impact_with(enum pv_bump *out, const pv_prompt *before,
			  const pv_prompt *after, const pv_impact_options *opts,
			  pv_report *breaking, pv_error *err)
{
	struct impact impact = {
		.before = before, .after = after, .breaking = breaking, .err = err
	};
	int rc;

	*out = PV_BUMP_NONE;
	if (opts && opts->load &&
	    (before->schema_ref_count || after->schema_ref_count))
		impact.opts = opts;
	if (opts && opts->former)
		impact.includes = opts;
	if (is_same_text(before, after) && !impact.opts)
		return PV_OK;
	if (!is_same_text(before, after))
		impact.bump = PV_BUMP_PATCH;
	rc = compare_templates(&impact);
	if (rc == PV_OK)
		rc = compare_variables(&impact);
	if (rc == PV_OK)
		rc = compare_keys(&impact);
	*out = impact.bump;
	return rc;
}
