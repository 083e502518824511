/* SPDX-License-Identifier: MIT
 *
 * invalid-schema: what should be a JSON Schema and is none: of the output, of
 * a tool's parameters, of a variable. A file that it refers to is part of it.
 */
#include "check/rules.h"
#include "check/shape.h"

static int report(pv_check_run *run, const pv_yaml_node *node, const char *what,
		  const pv_error *why)
{
	if (!why->code || why->code == PV_EUNSUPPORTED)
		return PV_OK;
	return pv_check_node(run, node, why->hint,
			     "the schema of %s is none: %s", what, why->message);
}

static int check(pv_check_run *run, const pv_yaml_node *node, const char *what)
{
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = pv_shape_new(&schema, run, node, &why);

	if (rc == PV_OK && !schema)
		rc = report(run, node, what, &why);
	pv_schema_free(schema);
	return rc;
}

static int check_variables(pv_check_run *run)
{
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_yaml_node *child = all ? all->first : NULL;
	int rc = PV_OK;

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
