/* SPDX-License-Identifier: MIT
 *
 * unsupported-schema: a JSON Schema of a draft that git-pv does not know, so
 * that nothing is checked by it.
 */
#include "check/rules.h"
#include "check/shape.h"

static int check(pv_check_run *run, const pv_yaml_node *node, const char *what)
{
	pv_schema *schema = NULL;
	pv_error why = { 0 };
	int rc = pv_shape_new(&schema, run, node, &why);

	if (rc == PV_OK && !schema && why.code == PV_EUNSUPPORTED)
		rc = pv_check_node(run, node,
				   "drafts 2020-12, 2019-09 and 7 are known",
				   "the schema of %s is not checked: %s", what,
				   why.message);
	pv_schema_free(schema);
	return rc;
}

static int run(pv_check_run *run)
{
	return pv_shape_each(run, check);
}

const pv_check_rule pv_rule_unsupported_schema = {
	{ .id = "unsupported-schema",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a JSON Schema of a draft that git-pv does not know",
	  .fix = "write it for draft 2020-12, 2019-09 or 7" },
	run
};
