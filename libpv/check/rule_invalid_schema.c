/* SPDX-License-Identifier: MIT
 *
 * invalid-schema: what should be a JSON Schema and is none: of the output, of
 * a tool's parameters, of a variable. A file that it refers to is part of it.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/rules.h"
#include "check/shape.h"

/* The place in the file that the schema is in, or in the prompt's own. */
static void put_why(pv_buf *out, const pv_error *why)
{
	const char *message = why->message;

	if (pv_str_has_prefix(message, PV_SHAPE_TOP PV_SHAPE_SELF))
		message += sizeof(PV_SHAPE_TOP PV_SHAPE_SELF) - 1;
	else if (pv_str_has_prefix(message, PV_SHAPE_TOP))
		message += sizeof(PV_SHAPE_TOP) - 1;
	if (why->source[0])
		pv_buf_printf(out, "%s:%d:%d: ", why->source, why->line,
			      why->column);
	pv_buf_puts(out, message);
}

static int report(pv_check_run *run, const pv_yaml_node *node, const char *what,
		  const pv_error *why)
{
	pv_buf text = { 0 };
	int rc;

	if (!why->code || why->code == PV_EUNSUPPORTED)
		return PV_OK;
	put_why(&text, why);
	rc = pv_buf_status(&text, run->err);
	if (rc == PV_OK)
		rc = pv_check_node(run, node, why->hint,
				   "the schema of %s is none: %s", what,
				   pv_buf_text(&text));
	pv_buf_dispose(&text);
	return rc;
}

/*
 * A schema that compiles may still lead back to itself without end, for every
 * value there is; one of each kind shows it.
 */
static int try_kinds(const pv_schema *schema, pv_check_run *run, pv_error *why)
{
	static const char *const kinds[] = { "null", "true", "0",
					     "\"\"", "[]",   "{}" };
	pv_schema_result *result = NULL;
	int rc = pv_schema_result_new(&result, why);

	for (size_t i = 0; i < pv_array_len(kinds) && rc == PV_OK; i++) {
		pv_schema_data *data = NULL;
		int is_valid;

		rc = pv_schema_data_new(&data, kinds[i], strlen(kinds[i]), why);
		if (rc == PV_OK)
			rc = pv_schema_validate(&is_valid, schema, data, result,
						why);
		pv_schema_data_free(data);
	}
	pv_schema_result_free(result);
	return rc == PV_ENOMEM ? pv_fail_nomem(run->err) : PV_OK;
}

static int check(pv_check_run *run, const pv_yaml_node *node, const char *what)
{
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = pv_shape_new(&schema, run, node, &why);

	if (rc == PV_OK && schema)
		rc = try_kinds(schema, run, &why);
	if (rc == PV_OK)
		rc = report(run, node, what, &why);
	pv_schema_free(schema);
	return rc;
}

static int check_variables(pv_check_run *run)
{
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_yaml_node *child = NULL;
	int rc = PV_OK;

	/* A list has names only. */
	if (all && all->kind == PV_YAML_MAPPING)
		child = all->first;
	for (; child && rc == PV_OK; child = child->next) {
		pv_schema *schema = NULL;
		pv_error why = { 0 };

		rc = pv_shape_of_variable(&schema, run, child, 1, &why);
		if (rc == PV_OK && !schema)
			rc = report(run, child, "the variable", &why);
		pv_schema_free(schema);
	}
	return rc;
}

static int run(pv_check_run *run)
{
	int rc = pv_shape_each(run, check);

	return rc < 0 ? rc : check_variables(run);
}

const pv_check_rule pv_rule_invalid_schema = {
	{ .id = "invalid-schema",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "something that should be a JSON Schema and is none",
	  .fix = "correct the keyword named; git pv schema validate tries it" },
	run
};
