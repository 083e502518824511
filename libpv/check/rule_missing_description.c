/* SPDX-License-Identifier: MIT
 *
 * missing-description: see its row.
 */
#include "check/rules.h"

static int run(pv_check_run *run)
{
	const pv_yaml_node *node = pv_check_field(run, "description");

	if (node && !pv_node_is_null(node) && (node->len || node->first))
		return PV_OK;
	return pv_check_node(run, pv_yaml_root(run->prompt->doc),
			     "add description: and one sentence on what it does",
			     "the prompt has no description");
}

const pv_check_rule pv_rule_missing_description = {
	{ .id = "missing-description",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a prompt without a description",
	  .fix = "write one sentence on what it does" },
	run
};
