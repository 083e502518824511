/* SPDX-License-Identifier: MIT
 *
 * token-budget: a prompt whose texts alone, nothing filled in, are too much
 * for its model, or for checks.token-budget.max of pv.yaml. Windows of other
 * models than the known ones are in `windows` there.
 */
#include "check/rules.h"
#include "check/window.h"

static long number_of(const pv_yaml_node *node)
{
	unsigned number;

	node = node ? pv_yaml_follow(node) : NULL;
	if (!node || node->kind != PV_YAML_SCALAR || node->type != PV_YAML_INT ||
	    pv_str_to_uint(&number, (pv_str){ node->text, node->len },
			   100000000) < 0)
		return 0;
	return (long)number;
}

/* The name as it is in the file, without the provider. */
static const char *model_name(const pv_check_run *run)
{
	const pv_yaml_node *model = pv_check_field(run, "model");
	const pv_yaml_node *name = model && model->kind == PV_YAML_MAPPING
					   ? pv_yaml_get(model, "name")
					   : model;

	return name && pv_node_is_text(name) ? pv_yaml_follow(name)->text : "";
}

/* What the window leaves when the answer has its part. */
static long room_of(const pv_check_run *run, const char *name)
{
	const pv_yaml_node *windows = pv_check_option(run, "windows");
	const pv_yaml_node *model = pv_check_field(run, "model");
	long window = 0;
	long answer = 0;

	if (windows && windows->kind == PV_YAML_MAPPING)
		window = number_of(pv_yaml_get(windows, name));
	if (!window)
		window = pv_model_window(pv_str_of(name));
	if (model && model->kind == PV_YAML_MAPPING)
		answer = number_of(pv_yaml_get(model, "max_tokens"));
	if (!window)
		return 0;
	return answer < window ? window - answer : 1;
}

static int run(pv_check_run *run)
{
	long max = pv_check_number(run, "max", 0);
	const char *name = model_name(run);
	long room = *name ? room_of(run, name) : 0;
	const pv_yaml_node *node = pv_check_message(run, 0);
	size_t tokens = 0;
	int rc;

	if ((!max && !room) || !node)
		return PV_OK;
	rc = pv_check_weigh(&tokens, run);
	if (rc < 0)
		return rc;
	if (max && tokens > (size_t)max)
		return pv_check_node(run, node,
				     "shorten it, or raise "
				     "checks.token-budget.max in pv.yaml",
				     "about %zu tokens, %ld are allowed",
				     tokens, max);
	if (room && tokens > (size_t)room)
		return pv_check_node(run, node,
				     "shorten it, or choose another model",
				     "about %zu tokens, \"%.60s\" has room for "
				     "%ld",
				     tokens, name, room);
	return PV_OK;
}

const pv_check_rule pv_rule_token_budget = {
	{ .id = "token-budget",
	  .group = PV_RULE_PERFORMANCE,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "texts with more tokens, as estimated, than the window of "
		  "the model has room for, or than pv.yaml allows",
	  .fix = "shorten the texts, or set checks.token-budget.max or .windows "
		 "in pv.yaml" },
	run
};
