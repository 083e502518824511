/* SPDX-License-Identifier: MIT
 *
 * high-temperature: a temperature above 1 is allowed, and seldom meant. What
 * is not allowed at all is for parameter-range to say.
 */
#include "base/decimal.h"
#include "check/rules.h"

static int is_above(const pv_yaml_node *node)
{
	pv_str text = { node->text, node->len };
	pv_decimal value;
	pv_decimal one;

	return pv_decimal_parse(&value, text, NULL) == PV_OK &&
	       pv_decimal_parse(&one, pv_str_of("1"), NULL) == PV_OK &&
	       pv_decimal_cmp(&value, &one) > 0;
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *model = pv_check_field(run, "model");
	const pv_yaml_node *node =
		model ? pv_yaml_get(model, "temperature") : NULL;

	node = node ? pv_yaml_follow(node) : NULL;
	if (!node || node->kind != PV_YAML_SCALAR || !is_above(node))
		return PV_OK;
	return pv_check_node(run, node, "most tasks want 1 or less",
			     "a temperature of %.40s makes answers erratic",
			     node->text);
}

const pv_check_rule pv_rule_high_temperature = {
	{ .id = "high-temperature",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a temperature above 1",
	  .fix = "choose 1 or less, unless answers are to be erratic" },
	run
};
