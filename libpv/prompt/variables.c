/* SPDX-License-Identifier: MIT
 *
 * The variables of a prompt: what `variables` declares, in its order, then
 * what the templates use besides. A declared variable with a default is never
 * required; one without `required` is when some template cannot do without.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "jinja/bind/needs.h"
#include "jinja/parse/letters.h"
#include "prompt/model.h"

/* JSON Schema's types and the YAML types a default of each may have. */
struct type_row {
	const char *name;
	enum pv_yaml_kind kind;
	unsigned types; /* of scalars: bits of enum pv_yaml_type */
};

static const struct type_row type_rows[] = {
	{ "any", PV_YAML_STREAM, 0 },
	{ "array", PV_YAML_SEQUENCE, 0 },
	{ "boolean", PV_YAML_SCALAR, 1U << PV_YAML_BOOL },
	{ "integer", PV_YAML_SCALAR, 1U << PV_YAML_INT },
	{ "null", PV_YAML_SCALAR, 1U << PV_YAML_NULL },
	{ "number", PV_YAML_SCALAR, 1U << PV_YAML_INT | 1U << PV_YAML_FLOAT },
	{ "object", PV_YAML_MAPPING, 0 },
	{ "string", PV_YAML_SCALAR, 1U << PV_YAML_STRING },
};

static const char all_types[] = "types are string, number, integer, boolean, "
				"array, object, null and any";

static const char *type_at(size_t idx, const void *list)
{
	(void)list;
	return idx < pv_array_len(type_rows) ? type_rows[idx].name : NULL;
}

static const struct type_row *find_type(pv_str name)
{
	for (size_t i = 0; name.len && i < pv_array_len(type_rows); i++)
		if (type_rows[i].name[0] == *name.ptr &&
		    pv_str_is(name, type_rows[i].name))
			return &type_rows[i];
	return NULL;
}

/* --- names ---------------------------------------------------------------- */

static int is_name_char(char c, int is_first)
{
	if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
	    (unsigned char)c >= 0x80)
		return 1;
	return !is_first && c >= '0' && c <= '9';
}

/* Why no template can use the name, or NULL. */
static const char *name_fault(enum pv_syntax syntax, pv_str name)
{
	if (!name.len)
		return "it is empty";
	for (size_t i = 0; i < name.len; i++)
		if (!is_name_char(name.ptr[i], !i) &&
		    !(name.ptr[i] == '-' && syntax == PV_SYNTAX_MUSTACHE && i))
			return "names are letters, digits and \"_\", and do "
			       "not start with a digit";
	if (syntax == PV_SYNTAX_JINJA2 && !pv_jinja_is_identifier(name))
		return "names are letters, digits and \"_\", and this has a "
		       "symbol or a blank";
	if (syntax == PV_SYNTAX_JINJA2 && pv_jinja_is_word(name))
		return "it is a word of the template language";
	return NULL;
}

/* --- the keys of a declaration -------------------------------------------- */

static int add_type(pv_loader *loader, const pv_yaml_node *node)
{
	pv_variable *variable = loader->variable;
	const char *name;
	int rc = pv_load_text(&name, loader, node, "type");

	if (rc < 0 || !pv_node_is_text(node))
		return rc;
	if (!find_type(pv_str_of(name))) {
		char hint[PV_HINT_SIZE];

		return pv_load_fault(loader, "variable-type", node,
				     pv_suggest(hint, pv_str_of(name), type_at,
						NULL, all_types),
				     "unknown type \"%.40s\"", name);
	}
	if (!*variable->type) {
		variable->type = name;
		return PV_OK;
	}
	return pv_load_join(&variable->type, loader, '|', name);
}

static int load_type(pv_loader *loader, const pv_key *key,
		     const pv_yaml_node *value)
{
	const pv_yaml_node *list = pv_yaml_follow(value);
	int rc = PV_OK;

	(void)key;
	if (list->kind != PV_YAML_SEQUENCE)
		return add_type(loader, value);
	if (list->count > pv_array_len(type_rows))
		return pv_load_fault(loader, "variable-type", value, NULL,
				     "a type is listed twice");
	for (const pv_yaml_node *child = list->first; child && rc == PV_OK;
	     child = child->next)
		rc = add_type(loader, child);
	return rc;
}

static int load_description(pv_loader *loader, const pv_key *key,
			    const pv_yaml_node *value)
{
	return pv_load_text(&loader->variable->description, loader, value,
			    key->name);
}

static int load_required(pv_loader *loader, const pv_key *key,
			 const pv_yaml_node *value)
{
	return pv_load_bool(&loader->stated_required, loader, value, key->name);
}

static int load_default(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	(void)key;
	loader->default_node = value;
	return pv_load_json(&loader->variable->default_json, loader, value);
}

static int load_example(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	(void)key;
	return pv_load_json(&loader->variable->example_json, loader, value);
}

/* JSON Schema's list of them, where ours is not given. */
static int load_examples(pv_loader *loader, const pv_key *key,
			 const pv_yaml_node *value)
{
	const pv_yaml_node *list = pv_yaml_follow(value);

	if (loader->variable->example_json || list->kind != PV_YAML_SEQUENCE ||
	    !list->first)
		return PV_OK;
	return load_example(loader, key, list->first);
}

/* Sorted by name; those without a loader are JSON Schema's and ours to keep. */
static const pv_key variable_keys[] = {
	{ "additionalProperties", NULL, 0 },
	{ "const", NULL, 0 },
	{ "default", load_default, 0 },
	{ "description", load_description, 0 },
	{ "enum", NULL, 0 },
	{ "example", load_example, 0 },
	{ "examples", load_examples, 0 },
	{ "exclusiveMaximum", NULL, 0 },
	{ "exclusiveMinimum", NULL, 0 },
	{ "format", NULL, 0 },
	{ "items", NULL, 0 },
	{ "maxItems", NULL, 0 },
	{ "maxLength", NULL, 0 },
	{ "maximum", NULL, 0 },
	{ "minItems", NULL, 0 },
	{ "minLength", NULL, 0 },
	{ "minimum", NULL, 0 },
	{ "multipleOf", NULL, 0 },
	{ "pattern", NULL, 0 },
	{ "properties", NULL, 0 },
	{ "required", load_required, 0 },
	{ "title", NULL, 0 },
	{ "type", load_type, 0 },
	{ "uniqueItems", NULL, 0 },
};

static int fits_row(const struct type_row *row, const pv_yaml_node *value)
{
	if (row->kind == PV_YAML_STREAM)
		return 1;
	return row->kind == value->kind && (value->kind != PV_YAML_SCALAR ||
					    (row->types >> value->type & 1U));
}

/* Whether a value is of one of the types "a|b|c" names. */
static int fits_type(const char *types, const pv_yaml_node *value)
{
	value = pv_yaml_follow(value);
	while (*types) {
		const char *end = strchr(types, '|');
		size_t len = end ? (size_t)(end - types) : strlen(types);
		const struct type_row *row = find_type((pv_str){ types, len });

		if (row && fits_row(row, value))
			return 1;
		types += len + (end != NULL);
	}
	return 0;
}

/* --- one declaration ------------------------------------------------------ */

/* Doubts about a declaration that is well-formed; `key` is its name. */
static int check_declaration(pv_loader *loader, const pv_yaml_node *key,
			     const pv_scan_name *name)
{
	const pv_variable *variable = loader->variable;
	const pv_scan *scan = &loader->scan;
	const pv_yaml_node *value = loader->default_node;
	int rc = PV_OK;

	if (value && !fits_type(variable->type, value))
		rc = pv_load_note(loader, PV_SEVERITY_WARNING,
				  "variable-default", value, NULL,
				  "the default of \"%.60s\" is %s, its type "
				  "is \"%.60s\"",
				  variable->name, pv_node_kind_name(value),
				  variable->type);
	if (rc == PV_OK && value && loader->stated_required > 0)
		rc = pv_load_note(loader, PV_SEVERITY_WARNING,
				  "variable-default", value,
				  "a variable with a default is not required",
				  "\"%.60s\" is required and has a default",
				  variable->name);
	/* What an include uses is not known here. */
	if (rc == PV_OK && !name->is_variable && !scan->include_count &&
	    !scan->is_dynamic && !loader->has_fault)
		rc = pv_load_note(loader, PV_SEVERITY_NOTE, "unused-variable",
				  key, NULL, "\"%.60s\" is not used",
				  variable->name);
	return rc;
}

/* Begins the entry loader->variable; `*out` is NULL when it has no name. */
static int begin_declaration(pv_scan_name **out, pv_loader *loader,
			     const pv_yaml_node *at)
{
	const pv_yaml_node *key = pv_yaml_follow(at);
	pv_variable *variable = loader->variable;
	pv_str text = { key->text, key->len };
	const char *fault = name_fault(loader->prompt->syntax, text);
	pv_scan_name *name;
	int rc;

	*out = NULL;
	if (fault)
		return pv_load_fault(loader, "variable-name", at, fault,
				     "\"%.60s\" cannot name a variable",
				     key->text);
	rc = pv_scan_intern(&name, &loader->scan, text, loader->err);
	if (rc < 0)
		return pv_error_at(loader->err, rc, "", at->line, at->column);
	if (name->declared)
		return pv_load_fault(loader, "variable-name", at, NULL,
				     "\"%.60s\" is listed twice", key->text);
	name->declared = variable;
	variable->name = key->text;
	variable->type = "";
	variable->description = "";
	variable->source = name->is_variable ? "both" : "declared";
	variable->line = at->line;
	variable->is_conditional =
		name->is_variable && !(name->use & PV_SCAN_CERTAIN);
	loader->default_node = NULL;
	loader->stated_required = -1;
	*out = name;
	return PV_OK;
}

static int end_declaration(pv_loader *loader, const pv_yaml_node *key,
			   const pv_scan_name *name)
{
	pv_variable *variable = loader->variable;

	if (!*variable->type)
		variable->type = "any";
	if (loader->stated_required >= 0)
		variable->is_required = loader->stated_required;
	else
		variable->is_required = (name->use & PV_SCAN_REQUIRED) != 0;
	if (variable->default_json)
		variable->is_required = 0;
	return check_declaration(loader, key, name);
}

static int load_declaration(pv_loader *loader, const pv_yaml_node *node)
{
	const char *text = pv_yaml_follow(node->key)->text;
	const pv_keys keys = { variable_keys, pv_array_len(variable_keys), text,
			       0 };
	pv_scan_name *name;
	int is_ok;
	int rc = begin_declaration(&name, loader, node->key);

	if (rc < 0 || !name)
		return rc;
	rc = pv_load_mapping(&is_ok, loader, node, text);
	if (rc == PV_OK && is_ok)
		rc = pv_load_keys(loader, node, &keys);
	if (rc == PV_OK && is_ok)
		rc = pv_load_schema_refs(loader, node);
	return rc < 0 ? rc : end_declaration(loader, node->key, name);
}

/* An element of a list, which tells the name and nothing else. */
static int load_listed(pv_loader *loader, const pv_yaml_node *node)
{
	pv_scan_name *name;
	int rc;

	if (!pv_node_is_text(node))
		return pv_load_fault(loader, "variable-name", node,
				     "write name: {type: string} for more than "
				     "a name, as a mapping",
				     "a list of variables has their names, not "
				     "%s",
				     pv_node_kind_name(node));
	rc = begin_declaration(&name, loader, node);
	return rc < 0 || !name ? rc : end_declaration(loader, node, name);
}

static int load_declarations(pv_loader *loader, const pv_yaml_node *all)
{
	int is_list = all->kind == PV_YAML_SEQUENCE;
	pv_prompt *prompt = loader->prompt;
	int rc = PV_OK;

	for (const pv_yaml_node *child = all->first; child && rc == PV_OK;
	     child = child->next) {
		loader->variable = &prompt->variables[prompt->variable_count];
		rc = is_list ? load_listed(loader, child)
			     : load_declaration(loader, child);
		/* A name that is none has no entry. */
		if (loader->variable->name)
			prompt->variable_count++;
	}
	return rc;
}

/* --- what the templates use -------------------------------------------- */

/* A variable and where it is first used. */
struct spot {
	int message;
	size_t offset;
	pv_variable *variable;
};

static int compare_spots(const void *a, const void *b)
{
	const struct spot *left = a;
	const struct spot *right = b;

	if (left->message != right->message)
		return left->message < right->message ? -1 : 1;
	return (left->offset > right->offset) - (left->offset < right->offset);
}

static int is_sorted(const struct spot *spots, size_t count)
{
	for (size_t i = 1; i < count; i++)
		if (compare_spots(&spots[i - 1], &spots[i]) > 0)
			return 0;
	return 1;
}

/* Whether each line of the text is one of the file below the first. */
static int is_line_by_line(const pv_loader *loader, const pv_yaml_node *node)
{
	const char *file = pv_yaml_text(loader->prompt->doc, NULL);

	/* NEL breaks a line of YAML, but not one of the file. */
	return node->style == PV_YAML_LITERAL &&
	       !memchr(file + node->start, 0xC2, node->end - node->start);
}

static void count_lines(struct spot *spots, size_t count, const pv_yaml_node *node)
{
	size_t offset = 0;
	int line = node->line + 1;

	for (size_t i = 0; i < count; i++) {
		for (; offset < spots[i].offset; offset++)
			line += node->text[offset] == '\n';
		spots[i].variable->used_line = line;
	}
}

/* Sets the lines of all spots in one walk over each template. */
static void set_lines(pv_loader *loader, struct spot *spots, size_t count)
{
	size_t end;

	if (!is_sorted(spots, count))
		qsort(spots, count, sizeof(*spots), compare_spots);
	for (size_t i = 0; i < count; i = end) {
		size_t message = (size_t)spots[i].message;
		int column;

		for (end = i; end < count; end++)
			if (spots[end].message != spots[i].message)
				break;
		if (is_line_by_line(loader, loader->contents[message])) {
			count_lines(spots + i, end - i,
				    loader->contents[message]);
			continue;
		}
		for (size_t j = i; j < end; j++)
			pv_load_place(loader, message, spots[j].offset,
				      &spots[j].variable->used_line, &column);
	}
}

/* A variable that no declaration describes. */
static int add_inferred(pv_variable **out, pv_loader *loader,
			const pv_scan_name *name)
{
	pv_prompt *prompt = loader->prompt;
	pv_variable *variable = &prompt->variables[prompt->variable_count++];

	*out = variable;
	variable->name =
		pv_arena_dup(&prompt->arena, name->text.ptr, name->text.len);
	if (!variable->name)
		return pv_fail_nomem(loader->err);
	variable->type = "any";
	variable->description = "";
	variable->source = "inferred";
	variable->is_required = (name->use & PV_SCAN_REQUIRED) != 0;
	variable->is_conditional = !(name->use & PV_SCAN_CERTAIN);
	return PV_OK;
}

static int load_used(pv_loader *loader)
{
	const pv_prompt *prompt = loader->prompt;
	size_t count = 0;
	struct spot *spots;

	spots = pv_arena_alloc(loader->scan.arena,
			       loader->scan.variable_count * sizeof(*spots));
	if (!spots)
		return pv_fail_nomem(loader->err);
	for (const pv_scan_name *name = loader->scan.first; name;
	     name = name->next) {
		pv_variable *variable = name->declared;
		int rc = PV_OK;

		if (!variable)
			rc = add_inferred(&variable, loader, name);
		if (rc < 0)
			return rc;
		spots[count].message = name->message;
		spots[count].offset = name->offset;
		spots[count++].variable = variable;
	}
	set_lines(loader, spots, count);
	for (size_t i = 0; i < prompt->variable_count; i++)
		if (!prompt->variables[i].line)
			prompt->variables[i].line =
				prompt->variables[i].used_line;
	return PV_OK;
}

int pv_load_variables(pv_loader *loader)
{
	pv_prompt *prompt = loader->prompt;
	const pv_yaml_node *declared = loader->variables_node;
	size_t count = loader->scan.variable_count;
	int is_ok = 0;
	int rc = PV_OK;

	if (declared)
		is_ok = pv_yaml_follow(declared)->kind == PV_YAML_SEQUENCE;
	if (declared && !is_ok)
		rc = pv_load_mapping(&is_ok, loader, declared, "variables");
	if (rc < 0)
		return rc;
	declared = is_ok ? pv_yaml_follow(declared) : NULL;
	if (declared)
		count += declared->count;
	if (!count)
		return PV_OK;
	prompt->variables =
		pv_arena_calloc(&prompt->arena, count * sizeof(pv_variable));
	if (!prompt->variables)
		return pv_fail_nomem(loader->err);
	if (declared)
		rc = load_declarations(loader, declared);
	return rc < 0 ? rc : load_used(loader);
}
