/* SPDX-License-Identifier: MIT
 *
 * missing-goal: see its row.
 */
#include "check/rules.h"

static int run(pv_check_run *run)
{
	const pv_yaml_node *node = pv_check_field(run, "goal");

	if (node && !pv_node_is_null(node) && (node->len || node->first))
		return PV_OK;
	return pv_check_node(run, pv_yaml_root(run->prompt->doc),
			     "add goal: and what it is to achieve",
			     "the prompt has no goal");
}

const pv_check_rule pv_rule_missing_goal = {
	{ .id = "missing-goal",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a prompt without a goal, so that nobody can tell whether it meets it",
	  .fix = "write what it is to achieve, best with a figure" },
	run
};
