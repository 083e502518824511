/* SPDX-License-Identifier: MIT
 *
 * missing-tests: see its row.
 */
#include "check/rules.h"

static int run(pv_check_run *run)
{
	const pv_yaml_node *node = pv_check_field(run, "tests");

	if (node && !pv_node_is_null(node) && node->count)
		return PV_OK;
	return pv_check_node(run, pv_yaml_root(run->prompt->doc),
			     "add tests: [{name: ..., vars: {...}, assert: [...]}]",
			     "the prompt has no tests");
}

const pv_check_rule pv_rule_missing_tests = {
	{ .id = "missing-tests",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a prompt without tests",
	  .fix = "add tests: with the variables of one case at least" },
	run
};
