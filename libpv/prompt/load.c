/* SPDX-License-Identifier: MIT
 *
 * From the text of a file to a pv_prompt: parse the YAML, load each key by
 * the table below in the order of the file, then what needs all keys to be
 * known: which of `prompt` and `messages` is there, templates, variables.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "prompt/model.h"

enum {
	PROMPT_SIZE = 1024, /* with room for what most prompts need */
	SCRATCH_SIZE = 8192 /* what scanning most prompts needs, on the stack */
};

struct syntax_row {
	const char *name;
	enum pv_syntax syntax;
};

static const struct syntax_row syntaxes[] = {
	{ "jinja2", PV_SYNTAX_JINJA2 },
	{ "fstring", PV_SYNTAX_FSTRING },
	{ "mustache", PV_SYNTAX_MUSTACHE },
	{ "literal", PV_SYNTAX_LITERAL },
};

static const char *syntax_at(size_t idx, const void *list)
{
	(void)list;
	return idx < pv_array_len(syntaxes) ? syntaxes[idx].name : NULL;
}

/* --- small fields --------------------------------------------------------- */

static int load_text(pv_loader *loader, const pv_key *key,
		     const pv_yaml_node *value)
{
	return pv_load_text(&loader->prompt->texts[key->arg], loader, value,
			    key->name);
}

/* `version: 1.10` is not the number 1.1: what is written counts. */
static int load_version(pv_loader *loader, const pv_key *key,
			const pv_yaml_node *value)
{
	const pv_yaml_node *node = pv_yaml_follow(value);

	if (node->kind != PV_YAML_SCALAR ||
	    (node->type != PV_YAML_INT && node->type != PV_YAML_FLOAT))
		return load_text(loader, key, value);
	loader->prompt->texts[key->arg] = node->text;
	return PV_OK;
}

static int load_active(pv_loader *loader, const pv_key *key,
		       const pv_yaml_node *value)
{
	int is_active = 1;
	int rc = pv_load_bool(&is_active, loader, value, key->name);

	loader->prompt->is_inactive = !is_active;
	return rc;
}

static int load_syntax(pv_loader *loader, const pv_key *key,
		       const pv_yaml_node *value)
{
	const char *name;
	char hint[PV_HINT_SIZE];
	int rc = pv_load_text(&name, loader, value, key->name);

	if (rc < 0 || !pv_node_is_text(value))
		return rc;
	for (size_t i = 0; i < pv_array_len(syntaxes); i++) {
		if (strcmp(name, syntaxes[i].name) != 0)
			continue;
		loader->prompt->syntax = syntaxes[i].syntax;
		return PV_OK;
	}
	return pv_load_fault(loader, "syntax", value,
			     pv_suggest(hint, pv_str_of(name), syntax_at, NULL,
					"it is jinja2, fstring, mustache or literal"),
			     "unknown syntax \"%.40s\"", name);
}

static int load_metadata(pv_loader *loader, const pv_key *key,
			 const pv_yaml_node *value)
{
	int is_ok;

	return pv_load_mapping(&is_ok, loader, value, key->name);
}

static int keep_variables(pv_loader *loader, const pv_key *key,
			  const pv_yaml_node *value)
{
	(void)key;
	loader->variables_node = value;
	return PV_OK;
}

/* Sorted by name. */
static const pv_key file_keys[] = {
	{ "active", load_active, 0 },
	{ "category", load_text, PV_TEXT_CATEGORY },
	{ "description", load_text, PV_TEXT_DESCRIPTION },
	{ "goal", load_text, PV_TEXT_GOAL },
	{ "input", pv_load_input, 0 },
	{ "messages", pv_load_messages, 0 },
	{ "metadata", load_metadata, 0 },
	{ "model", pv_load_model, 0 },
	{ "name", load_text, PV_TEXT_NAME },
	{ "output", pv_load_output, 0 },
	{ "owner", load_text, PV_TEXT_OWNER },
	{ "prompt", pv_load_prompt_text, 0 },
	{ "syntax", load_syntax, 0 },
	{ "tags", pv_load_tags, 0 },
	{ "tests", pv_load_tests, 0 },
	{ "tools", pv_load_tools, 0 },
	{ "type", load_text, PV_TEXT_TYPE },
	{ "variables", keep_variables, 0 },
	{ "version", load_version, PV_TEXT_VERSION },
};

static const pv_keys keys = { file_keys, pv_array_len(file_keys), "", 0 };

int pv_is_file_key(pv_str key)
{
	for (size_t i = 0; i < pv_array_len(file_keys); i++)
		if (key.len && file_keys[i].name[0] == key.ptr[0] &&
		    pv_str_is(key, file_keys[i].name))
			return 1;
	return 0;
}

/* --- the whole ------------------------------------------------------------ */

static int check_texts(pv_loader *loader, const pv_yaml_node *root)
{
	if (loader->prompt_node && loader->messages_node)
		return pv_load_fault(loader, "messages", loader->messages_node,
				     "a prompt is one text or a list of "
				     "messages",
				     "both \"prompt\" and \"messages\" are "
				     "there");
	if (!loader->prompt_node && !loader->messages_node)
		return pv_load_fault(loader, "messages", root,
				     "write prompt: | and the text below it",
				     "neither \"prompt\" nor \"messages\" is "
				     "there");
	return PV_OK;
}

/* Keeps the includes that are ids; the others become findings. */
static int load_includes(pv_loader *loader)
{
	pv_prompt *prompt = loader->prompt;
	pv_scan *scan = &loader->scan;
	int rc = PV_OK;

	prompt->is_dynamic = scan->is_dynamic;
	if (!scan->include_count)
		return PV_OK;
	prompt->includes = pv_arena_alloc(&prompt->arena,
					  scan->include_count * sizeof(char *));
	if (!prompt->includes)
		return pv_fail_nomem(loader->err);
	for (const pv_scan_include *include = scan->first_include;
	     include && rc == PV_OK; include = include->next)
		rc = pv_load_include(loader, include);
	return rc;
}

static int load_root(pv_loader *loader)
{
	const pv_yaml_node *root = pv_yaml_root(loader->prompt->doc);
	int rc;

	if (pv_node_is_null(root))
		return pv_load_fault(loader, "type", root,
				     "write prompt: | and the text below it",
				     "the file is empty");
	if (root->kind != PV_YAML_MAPPING)
		return pv_load_fault(loader, "type", root, NULL,
				     "a prompt file must be a mapping, not %s",
				     pv_node_kind_name(root));
	rc = pv_load_keys(loader, root, &keys);
	if (rc == PV_OK)
		rc = check_texts(loader, root);
	if (rc == PV_OK)
		rc = pv_load_templates(loader);
	if (rc == PV_OK)
		rc = load_includes(loader);
	if (rc == PV_OK)
		rc = pv_load_variables(loader);
	return rc;
}

static int new_prompt(pv_prompt **out, pv_yaml *doc, pv_error *err)
{
	pv_prompt *prompt = pv_malloc(PROMPT_SIZE);

	*out = prompt;
	if (!prompt)
		return pv_fail_nomem(err);
	memset(prompt, 0, sizeof(*prompt));
	prompt->arena.next = prompt->room;
	prompt->arena.left = PROMPT_SIZE - offsetof(pv_prompt, room);
	prompt->doc = doc;
	prompt->model = "";
	for (size_t i = 0; i < PV_TEXT_COUNT; i++)
		prompt->texts[i] = "";
	return PV_OK;
}

/* Makes the error a finding; returns `code`, or why there is no finding. */
static int report_failure(pv_loader *loader, int code)
{
	const pv_error error = *loader->err;
	pv_finding finding = {
		PV_SEVERITY_ERROR, code == PV_ELIMIT ? "limit" : "yaml-syntax",
		loader->file,      error.line,
		error.column,      error.message,
		error.hint
	};
	int rc = pv_report_add(loader->report, &finding, loader->err);

	return rc < 0 ? rc : code;
}

static int parse_yaml(pv_yaml **out, pv_str text, pv_loader *loader)
{
	static const pv_yaml_options strict = { .max_size = PV_PROMPT_MAX_SIZE };
	pv_error *err = loader->err;
	int rc = pv_yaml_parse(out, text.ptr, text.len, &strict, err);

	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	(void)pv_error_at(err, rc, loader->file, err->line, err->column);
	pv_load_explain(err, text);
	return report_failure(loader, rc);
}

/* Whatever goes beyond a limit without a place of its own is the file. */
static int report_limit(pv_loader *loader)
{
	const pv_yaml_node *root = pv_yaml_root(loader->prompt->doc);
	pv_error *err = loader->err;
	int line = err->line ? err->line : root->line;
	int column = err->line ? err->column : root->column;

	return report_failure(loader, pv_error_at(err, PV_ELIMIT, loader->file,
						  line, column));
}

/* Loads what was parsed; the document belongs to the prompt, or is freed. */
static int load_document(pv_prompt **out, pv_loader *loader, pv_yaml *doc)
{
	alignas(max_align_t) char room[SCRATCH_SIZE];
	pv_arena scratch = { NULL, room, sizeof(room), 0 };
	int rc = new_prompt(&loader->prompt, doc, loader->err);

	if (rc < 0) {
		pv_yaml_free(doc);
		return rc;
	}
	pv_scan_init(&loader->scan, &scratch);
	loader->scan.is_checked = loader->report != NULL;
	rc = load_root(loader);
	if (rc == PV_OK && loader->first.code) {
		rc = loader->first.code;
		*loader->err = loader->first;
	} else if (rc == PV_ELIMIT) {
		rc = report_limit(loader);
	}
	if (rc < 0)
		pv_prompt_free(loader->prompt);
	else
		*out = loader->prompt;
	pv_arena_dispose(&scratch);
	return rc;
}

int pv_prompt_parse(pv_prompt **out, const char *text, size_t len,
		    const pv_prompt_options *opts, pv_report *report,
		    pv_error *err)
{
	pv_str bytes = { text, len };
	pv_error failure = { 0 };
	pv_loader loader;
	pv_yaml *doc;
	int rc;

	*out = NULL;
	memset(&loader, 0, sizeof(loader));
	loader.file = opts && opts->file ? opts->file : "";
	loader.report = report;
	loader.err = &failure;
	rc = parse_yaml(&doc, bytes, &loader);
	if (rc == PV_OK)
		rc = load_document(out, &loader, doc);
	if (rc < 0 && err)
		*err = failure;
	return rc;
}

void pv_prompt_free(pv_prompt *prompt)
{
	if (!prompt)
		return;
	pv_yaml_free(prompt->doc);
	pv_arena_dispose(&prompt->arena);
	pv_free(prompt);
}
