/* SPDX-License-Identifier: MIT
 *
 * What pv.yaml says of metadata, held against those of executions. An execution
 * is not lost for them: what does not fit is told, and refused only by --strict.
 */
#include "history/record.h"

#include <string.h>

#include <pv/yaml.h>

#include "base/fail.h"

enum {
	TOLD_MAX = 20 /* different things that are told */
};

/*
 * Of executions: of all metadata, unless there is one schema for prompts and one
 * for executions. NULL: none.
 */
static const pv_yaml_node *find_schema(const pv_yaml *doc)
{
	const pv_yaml_node *node = NULL;
	const pv_yaml_node *own;

	if (!doc || pv_yaml_find(&node, doc, "metadata_schema", NULL) < 0)
		return NULL;
	node = pv_yaml_resolve(node);
	if (node->kind == PV_YAML_SCALAR && node->type == PV_YAML_NULL)
		return NULL;
	if (node->kind != PV_YAML_MAPPING)
		return node;
	own = pv_yaml_get(node, "executions");
	if (own || pv_yaml_get(node, "prompts"))
		return own ? pv_yaml_resolve(own) : NULL;
	return node;
}

/* A path stands for a reference to it. */
static int put_schema(pv_buf *out, const pv_yaml_node *node, pv_error *err)
{
	pv_jsonw w;

	if (node->kind != PV_YAML_SCALAR || node->type != PV_YAML_STRING)
		return pv_yaml_to_json(out, node, err);
	pv_jsonw_init(&w, out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "$ref", node->text);
	pv_jsonw_object_end(&w);
	return pv_buf_status(out, err);
}

static int compile(record_run *recorder, const pv_yaml_node *node,
		   const pv_point *at)
{
	pv_cli *cli = recorder->cli;
	pv_prompt_tree tree = { cli->store, &cli->settings, *at };
	pv_schema_options opts = { .load = pv_prompt_tree_read, .payload = &tree };
	pv_error why = { 0 };
	pv_buf json = { 0 };
	int rc = put_schema(&json, node, &cli->err);

	if (rc == PV_OK)
		rc = pv_schema_new(&recorder->metadata, pv_buf_text(&json),
				   json.len, &opts, &why);
	if (rc == PV_OK)
		rc = pv_schema_result_new(&recorder->result, &cli->err);
	else if (why.code && rc != PV_ENOMEM) {
		cli_warn(cli, "metadata_schema of pv.yaml is no schema: %s",
			 why.message);
		rc = PV_OK;
	}
	pv_buf_dispose(&json);
	return rc == PV_ENOMEM ? pv_fail_nomem(&cli->err) : rc;
}

int record_metadata_load(record_run *recorder)
{
	const pv_yaml_node *node;
	pv_yaml *doc = NULL;
	pv_point at;
	int rc = tracking_read_file(&doc, &at, recorder->cli);

	node = rc == PV_OK ? find_schema(doc) : NULL;
	if (node)
		rc = compile(recorder, node, &at);
	pv_yaml_free(doc);
	return rc;
}

/* Each thing once; with --strict it is what is wrong with the line. */
static int tell(record_run *recorder, const pv_schema_finding *at)
{
	pv_cli *cli = recorder->cli;
	int rc;

	if (recorder->is_strict) {
		rc = pv_fail(&cli->err, PV_EINVALID, "metadata%s: %.180s",
			     at->instance_path, at->message);
		return pv_error_hint(&cli->err, rc,
				     "pv.yaml says what metadata_schema demands");
	}
	if (recorder->told.count == TOLD_MAX ||
	    pv_strlist_find(&recorder->told, at->message) >= 0)
		return PV_OK;
	if (recorder->line)
		cli_warn(cli, "line %zu: metadata%s: %s", recorder->line,
			 at->instance_path, at->message);
	else
		cli_warn(cli, "metadata%s: %s", at->instance_path, at->message);
	return pv_strlist_add(&recorder->told, at->message, &cli->err);
}

int record_metadata_check(record_run *recorder, const pv_execution *row)
{
	pv_error *err = &recorder->cli->err;
	pv_schema_data *data = NULL;
	pv_buf json = { 0 };
	int valid = 1;
	int rc;

	if (!recorder->metadata || !pv_execution_has(row, "metadata"))
		return PV_OK;
	rc = pv_execution_value(&json, row, "metadata", err);
	if (rc == PV_OK)
		rc = pv_schema_data_new(&data, pv_buf_text(&json), json.len, err);
	if (rc == PV_OK)
		rc = pv_schema_validate(&valid, recorder->metadata, data,
					recorder->result, err);
	if (rc == PV_OK && !valid)
		rc = tell(recorder, pv_schema_result_at(recorder->result, 0));
	pv_schema_data_free(data);
	pv_buf_dispose(&json);
	return rc;
}
