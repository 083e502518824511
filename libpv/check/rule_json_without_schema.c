/* SPDX-License-Identifier: MIT
 *
 * json-without-schema: an output that is JSON of a shape nobody knows.
 */
#include "base/str.h"
#include "check/rules.h"

static int run(pv_check_run *run)
{
	const pv_yaml_node *output = pv_check_field(run, "output");
	const pv_yaml_node *format =
		output ? pv_yaml_get(output, "format") : NULL;
	const pv_yaml_node *schema;

	if (!format || !pv_node_is_text(format) ||
	    !pv_str_has_prefix(pv_yaml_follow(format)->text, "json"))
		return PV_OK;
	schema = pv_yaml_get(output, "schema");
	if (schema && !pv_node_is_null(schema))
		return PV_OK;
	return pv_check_node(run, format, "add schema: {type: object, ...}",
			     "the output is JSON, but no schema says of what "
			     "shape");
}

const pv_check_rule pv_rule_json_without_schema = {
	{ .id = "json-without-schema",
	  .group = PV_RULE_SCHEMA,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "an output in the format json without a schema",
	  .fix = "add schema: {type: object, ...} beside the format" },
	run
};
