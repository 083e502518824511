/* SPDX-License-Identifier: MIT
 *
 * The JSON Schemas of a prompt's interface, compiled with the files of the
 * same commit that they refer to. Paths count from the top of the repository,
 * name no file of git's, and cannot leave it.
 */
#include <string.h>

#include <pv/version.h>

#include "base/fail.h"
#include "base/str.h"
#include "prompt/model.h"
#include "yaml/doc.h"

enum {
	FILE_MAX = 16 << 20 /* bytes of one schema */
};

static int is_yaml_name(const char *name)
{
	return pv_str_has_suffix(name, ".yaml") ||
	       pv_str_has_suffix(name, ".yml");
}

/* Whether it is a path of which no part is empty or begins with a dot. */
static int is_path(const char *uri)
{
	return *uri && *uri != '/' && *uri != '.' && !strchr(uri, ':') &&
	       !strstr(uri, "//") && !strstr(uri, "/.");
}

int pv_prompt_tree_read(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	const pv_prompt_tree *tree = payload;
	pv_buf text = { .max = FILE_MAX };
	int rc;

	if (!is_path(uri))
		return PV_ENOTFOUND;
	rc = pv_store_read(&text, NULL, tree->store, &tree->at, uri, err);
	if (rc == PV_OK && is_yaml_name(uri))
		rc = pv_yaml_text_json(out, &text, err);
	else if (rc == PV_OK)
		pv_buf_put(out, text.ptr, text.len);
	pv_buf_dispose(&text);
	if (rc == PV_ESYNTAX && err && !err->source[0])
		return pv_error_at(err, rc, uri, err->line, err->column);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* Names what the schema is of, where the failure does not. */
static int in_prompt(pv_error *err, int rc, const pv_yaml_node *at)
{
	if (rc < 0 && err && !err->source[0])
		return pv_error_at(err, rc, "", at->line, 0);
	return rc;
}

/* Where the schema of a field stands; NULL: nowhere. */
static const pv_yaml_node *schema_in(const pv_yaml_node *of, const char *field)
{
	if (!of)
		return NULL;
	return strcmp(field, "input") == 0 ? pv_input_schema(of)
					   : pv_yaml_get(of, "schema");
}

int pv_prompt_tree_schema(pv_schema **out, const pv_prompt_tree *tree,
			  const pv_prompt *prompt, const char *field,
			  pv_error *err)
{
	pv_prompt_tree copy = *tree;
	pv_schema_options opts = { .assert_formats = 1,
				   .load = pv_prompt_tree_read,
				   .payload = &copy };
	const pv_yaml_node *of = pv_yaml_get(pv_yaml_root(prompt->doc), field);
	const pv_yaml_node *schema = schema_in(of, field);
	pv_buf json = { 0 };
	int rc;

	if (!schema || pv_node_is_null(schema))
		return pv_fail(err, PV_ENOTFOUND,
			       "the prompt's %.40s has no "
			       "schema",
			       field);
	rc = pv_yaml_to_json(&json, schema, err);
	if (rc == PV_OK)
		rc = in_prompt(err,
			       pv_schema_new(out, pv_buf_text(&json), json.len,
					     &opts, err),
			       schema);
	pv_buf_dispose(&json);
	return rc;
}
