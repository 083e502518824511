/* SPDX-License-Identifier: MIT
 *
 * See shape.h.
 */
#include "check/shape.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "check/check.h"
#include "prompt/model.h"
#include "yaml/doc.h"

/* What relative references are relative to: the top of the repository. */
static const char top[] = PV_SHAPE_TOP;

struct source {
	pv_check_run *run;
	int is_unknown; /* nobody here can read files */
};

/* A file of YAML comes as JSON. */
static int read_file(pv_buf *out, pv_check_run *run, const char *path)
{
	pv_buf text = { 0 };
	int rc;

	if (!pv_str_has_suffix(path, ".yaml") && !pv_str_has_suffix(path, ".yml"))
		return pv_check_read(out, run, path);
	rc = pv_check_read(&text, run, path);
	if (rc == PV_OK)
		rc = pv_yaml_text_json(out, &text, run->err);
	pv_buf_dispose(&text);
	if (rc == PV_ESYNTAX)
		return pv_error_at(run->err, rc, path, run->err->line,
				   run->err->column);
	return rc;
}

static int load(pv_buf *out, const char *uri, void *payload, pv_error *err)
{
	struct source *source = payload;
	pv_check_run run = *source->run;

	run.err = err;
	if (strncmp(uri, top, sizeof(top) - 1) != 0)
		return pv_fail(err, PV_ENOTFOUND, "nothing is fetched");
	if (!run.check->source.read) {
		source->is_unknown = 1;
		return pv_fail(err, PV_ENOTFOUND, "no files here");
	}
	return read_file(out, &run, uri + sizeof(top) - 1);
}

static int compile(pv_schema **out, pv_check_run *run, const pv_buf *json,
		   pv_error *why)
{
	struct source source = { run, 0 };
	pv_schema_options opts = { .uri = PV_SHAPE_TOP PV_SHAPE_SELF,
				   .load = load,
				   .payload = &source };
	int rc = pv_schema_new(out, pv_buf_text(json), json->len, &opts, why);

	if (rc == PV_ENOMEM || why->code == PV_ENOMEM)
		return pv_fail_nomem(run->err);
	if (rc < 0)
		*out = NULL;
	if (source.is_unknown)
		pv_error_clear(why);
	return PV_OK;
}

int pv_shape_new(pv_schema **out, pv_check_run *run, const pv_yaml_node *node,
		 pv_error *why)
{
	pv_buf json = { 0 };
	int rc;

	*out = NULL;
	pv_error_clear(why);
	rc = pv_yaml_to_json(&json, node, why);
	if (rc == PV_OK)
		rc = compile(out, run, &json, why);
	else if (rc == PV_ENOMEM)
		rc = pv_fail_nomem(run->err);
	else
		rc = PV_OK;
	pv_buf_dispose(&json);
	return rc;
}

/* --- variables ------------------------------------------------------------ */

int pv_shape_of_variable(pv_schema **out, pv_check_run *run,
			 const pv_yaml_node *declaration, int is_typed,
			 pv_error *why)
{
	pv_buf json = { 0 };
	int rc;

	*out = NULL;
	pv_error_clear(why);
	rc = pv_declared_schema(&json, declaration, is_typed, why);
	if (rc > 0)
		rc = compile(out, run, &json, why);
	else if (rc == PV_ENOMEM)
		rc = pv_fail_nomem(run->err);
	else
		rc = PV_OK;
	pv_buf_dispose(&json);
	return rc;
}

/* --- values --------------------------------------------------------------- */

static void describe(char message[256], const pv_yaml_node **place_out,
		     const pv_schema_result *result, const pv_yaml_node *value)
{
	const pv_schema_finding *first;

	if (!pv_schema_result_count(result))
		return;
	first = pv_schema_result_at(result, 0);
	(void)snprintf(message, 256, "%s", first->message);
	if (place_out)
		*place_out = pv_yaml_follow_pointer(value, first->instance_path);
}

int pv_shape_check(char message[256], const pv_yaml_node **place_out,
		   const pv_schema *schema, pv_check_run *run,
		   const pv_yaml_node *value)
{
	pv_schema_result *result = NULL;
	pv_schema_data *data = NULL;
	pv_buf json = { 0 };
	pv_error why = { 0 };
	int valid = 1;
	int rc;

	message[0] = '\0';
	if (place_out)
		*place_out = value;
	rc = pv_yaml_to_json(&json, value, &why);
	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&json), json.len,
					&why);
	if (rc == PV_OK)
		rc = pv_schema_result_new(&result, &why);
	if (rc == PV_OK)
		rc = pv_schema_validate(&valid, schema, data, result, &why);
	if (rc == PV_OK && !valid)
		describe(message, place_out, result, value);
	pv_schema_result_free(result);
	pv_schema_data_free(data);
	pv_buf_dispose(&json);
	return rc == PV_ENOMEM ? pv_fail_nomem(run->err) : PV_OK;
}

/* --- where they are ------------------------------------------------------- */

const pv_yaml_node *pv_tool_function(const pv_yaml_node *tool)
{
	const pv_yaml_node *function = pv_yaml_get(tool, "function");

	return pv_yaml_follow(function ? function : tool);
}

int pv_shape_each(pv_check_run *run,
		  int (*fn)(pv_check_run *run, const pv_yaml_node *schema,
			    const char *what))
{
	const pv_yaml_node *output = pv_check_field(run, "output");
	const pv_yaml_node *tools = pv_check_field(run, "tools");
	const pv_yaml_node *tool = tools ? tools->first : NULL;
	const pv_yaml_node *input = pv_check_field(run, "input");
	const pv_yaml_node *schema = input ? pv_input_schema(input) : NULL;
	int rc = PV_OK;

	if (schema && !pv_node_is_null(schema))
		rc = fn(run, schema, "the input");
	schema = output ? pv_yaml_get(output, "schema") : NULL;
	if (schema && !pv_node_is_null(schema) && rc == PV_OK)
		rc = fn(run, schema, "the output");
	for (; tool && rc == PV_OK; tool = tool->next) {
		schema = pv_yaml_get(pv_tool_function(tool), "parameters");
		if (schema && !pv_node_is_null(schema))
			rc = fn(run, schema, "the parameters");
	}
	return rc;
}
