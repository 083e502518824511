/* SPDX-License-Identifier: MIT
 *
 * metadata-schema: metadata that are not as pv.yaml wants those of every
 * prompt: metadata_schema, a schema or the path of a file with one; or such for
 * `prompts` and for `executions`, of which git pv record knows the latter.
 */
#include "base/fail.h"
#include "check/rules.h"
#include "check/shape.h"

/* A path stands for {$ref: path}. */
static int compile(pv_schema **out, pv_check_run *run, const pv_yaml_node *node,
		   pv_error *why)
{
	pv_yaml *doc = NULL;
	pv_buf text = { 0 };
	int rc;

	if (!pv_node_is_text(node))
		return pv_shape_new(out, run, node, why);
	*out = NULL;
	pv_buf_puts(&text, "$ref: \"");
	pv_buf_put(&text, node->text, node->len);
	pv_buf_puts(&text, "\"\n");
	rc = pv_buf_status(&text, run->err);
	if (rc == PV_OK)
		rc = pv_yaml_parse(&doc, text.ptr, text.len, NULL, why);
	if (rc == PV_OK)
		rc = pv_shape_new(out, run, pv_yaml_root(doc), why);
	else if (rc == PV_ENOMEM)
		rc = pv_fail_nomem(run->err);
	else
		rc = PV_OK; /* `why` says it */
	pv_yaml_free(doc);
	pv_buf_dispose(&text);
	return rc;
}

static int check(pv_check_run *run, const pv_schema *schema)
{
	const pv_yaml_node *metadata = pv_check_field(run, "metadata");
	const pv_yaml_node *place = metadata;
	pv_yaml *empty = NULL;
	char message[256];
	int rc = PV_OK;

	/* None are as good as empty ones. */
	if (!metadata || pv_node_is_null(metadata))
		rc = pv_yaml_parse(&empty, "{}", 2, NULL, run->err);
	if (rc == PV_OK)
		rc = pv_shape_check(message, &place, schema, run,
				    empty ? pv_yaml_root(empty) : metadata);
	if (rc == PV_OK && message[0])
		rc = pv_check_node(run,
				   empty ? pv_yaml_root(run->prompt->doc) : place,
				   "pv.yaml says what metadata_schema demands",
				   "the metadata do not fit: %s", message);
	pv_yaml_free(empty);
	return rc;
}

/* NULL: prompts may have any. */
static const pv_yaml_node *find_schema(const pv_yaml_node *settings)
{
	const pv_yaml_node *node =
		settings ? pv_yaml_get(settings, "metadata_schema") : NULL;
	const pv_yaml_node *own;

	if (!node || pv_yaml_follow(node)->kind != PV_YAML_MAPPING)
		return node;
	own = pv_yaml_get(node, "prompts");
	return own || pv_yaml_get(node, "executions") ? own : node;
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *node = find_schema(pv_check_settings(run));
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc;

	if (!node || pv_node_is_null(node))
		return PV_OK;
	rc = compile(&schema, run, pv_yaml_follow(node), &why);
	if (rc == PV_OK && schema)
		rc = check(run, schema);
	else if (rc == PV_OK && why.code)
		rc = pv_check_node(run, pv_yaml_root(run->prompt->doc),
				   "correct metadata_schema in pv.yaml",
				   "metadata_schema of pv.yaml is no schema: %s",
				   why.message);
	pv_schema_free(schema);
	return rc;
}

const pv_check_rule pv_rule_metadata_schema = {
	{ .id = "metadata-schema",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "metadata that do not fit metadata_schema of pv.yaml",
	  .fix = "correct the metadata, or the schema in pv.yaml" },
	run
};
