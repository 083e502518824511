/* SPDX-License-Identifier: MIT
 *
 * example-schema: examples, defaults and test cases that are not what the
 * prompt itself says its variables and its output are.
 */
#include "check/rules.h"
#include "check/shape.h"

/* Holds a value against a schema. */
static int check_value(pv_check_run *run, const pv_schema *schema,
		       const pv_yaml_node *value, const char *what)
{
	const pv_yaml_node *place;
	char message[256];
	int rc;

	if (!schema || !value)
		return PV_OK;
	rc = pv_shape_check(message, &place, schema, run, value);
	if (rc < 0 || !message[0])
		return rc;
	return pv_check_node(run, place, NULL, "%s does not fit: %s", what,
			     message);
}

/* Whether the default has the type is for the loader to say. */
static int check_default(pv_check_run *run, const pv_yaml_node *declaration)
{
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = PV_OK;

	if (pv_yaml_get(declaration, "default"))
		rc = pv_shape_of_variable(&schema, run, declaration, 0, &why);
	if (rc == PV_OK)
		rc = check_value(run, schema, pv_yaml_get(declaration, "default"),
				 "the default");
	pv_schema_free(schema);
	return rc;
}

static int check_examples(pv_check_run *run, const pv_schema *schema,
			  const pv_yaml_node *declaration)
{
	const pv_yaml_node *list = pv_yaml_get(declaration, "examples");
	const pv_yaml_node *child = NULL;
	int rc = check_value(run, schema, pv_yaml_get(declaration, "example"),
			     "the example");

	if (list && pv_yaml_follow(list)->kind == PV_YAML_SEQUENCE)
		child = pv_yaml_follow(list)->first;
	for (; child && rc == PV_OK; child = child->next)
		rc = check_value(run, schema, child, "the example");
	return rc;
}

/* What tests give the variable. */
static int check_tests(pv_check_run *run, const pv_schema *schema,
		       const char *name)
{
	const pv_yaml_node *tests = pv_check_field(run, "tests");
	const pv_yaml_node *test = tests ? tests->first : NULL;
	int rc = PV_OK;

	for (; test && rc == PV_OK; test = test->next) {
		const pv_yaml_node *vars = pv_yaml_get(test, "vars");

		if (vars)
			rc = check_value(run, schema, pv_yaml_get(vars, name),
					 "the value of the test");
	}
	return rc;
}

static int check_variable(pv_check_run *run, const pv_yaml_node *declaration)
{
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = pv_shape_of_variable(&schema, run, declaration, 1, &why);

	if (rc == PV_OK && schema)
		rc = check_examples(run, schema, declaration);
	if (rc == PV_OK && schema)
		rc = check_tests(run, schema, declaration->key->text);
	if (rc == PV_OK)
		rc = check_default(run, declaration);
	pv_schema_free(schema);
	return rc;
}

/* `expected` of a test that is data: text may be in any form. */
static int check_expected(pv_check_run *run, const pv_schema *schema)
{
	const pv_yaml_node *tests = pv_check_field(run, "tests");
	const pv_yaml_node *test = tests ? tests->first : NULL;
	int rc = PV_OK;

	for (; test && rc == PV_OK; test = test->next) {
		const pv_yaml_node *node = pv_yaml_get(test, "expected");

		if (node && !pv_node_is_text(node))
			rc = check_value(run, schema, node,
					 "what the test expects");
	}
	return rc;
}

static int check_output(pv_check_run *run)
{
	const pv_yaml_node *output = pv_check_field(run, "output");
	const pv_yaml_node *node = output ? pv_yaml_get(output, "schema") : NULL;
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = PV_OK;

	if (node && pv_check_field(run, "tests") && !pv_node_is_null(node))
		rc = pv_shape_new(&schema, run, node, &why);
	if (rc == PV_OK && schema)
		rc = check_expected(run, schema);
	pv_schema_free(schema);
	return rc;
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_yaml_node *child = NULL;
	int rc = PV_OK;

	if (all && all->kind == PV_YAML_MAPPING)
		child = all->first;
	for (; child && rc == PV_OK; child = child->next)
		if (pv_yaml_follow(child)->kind == PV_YAML_MAPPING)
			rc = check_variable(run, child);
	return rc < 0 ? rc : check_output(run);
}

const pv_check_rule pv_rule_example_schema = {
	{ .id = "example-schema",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "an example, a default or a test case that is not what the "
		  "prompt says its variables or its output are",
	  .fix = "correct the value, or what is declared" },
	run
};
