/* SPDX-License-Identifier: MIT
 *
 * max-tokens: a model with parameters but no limit to its answer.
 */
#include "base/mem.h"
#include "check/rules.h"

static int run(pv_check_run *run)
{
	static const char *const names[] = { "max_tokens",
					     "max_completion_tokens",
					     "max_output_tokens", "num_predict" };
	const pv_yaml_node *model = pv_check_field(run, "model");

	if (!model || model->kind != PV_YAML_MAPPING || !model->count)
		return PV_OK;
	for (size_t i = 0; i < pv_array_len(names); i++)
		if (pv_yaml_get(model, names[i]))
			return PV_OK;
	return pv_check_node(run, model, "add max_tokens: 1000",
			     "nothing limits the answer of the model");
}

const pv_check_rule pv_rule_max_tokens = {
	{ .id = "max-tokens",
	  .group = PV_RULE_PERFORMANCE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a model without max_tokens, whose answers may be of any "
		  "length",
	  .fix = "add max_tokens to the model" },
	run
};
