/* SPDX-License-Identifier: MIT
 *
 * token-budget: a prompt whose texts alone, nothing filled in, are too much
 * for its model, or for checks.token-budget.max of pv.yaml. What a model can
 * take say `windows` there, then the file that `prices` names, then our table.
 */
#include "check/prices.h"
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

static const char *text_of(const pv_yaml_node *node)
{
	return node && pv_node_is_text(node) ? pv_yaml_follow(node)->text : "";
}

/* A member of the model; the model alone is its name. */
static const char *model_text(const pv_check_run *run, const char *key)
{
	const pv_yaml_node *model = pv_check_field(run, "model");

	if (model && model->kind == PV_YAML_MAPPING)
		return text_of(pv_yaml_get(model, key));
	return text_of(strcmp(key, "name") == 0 ? model : NULL);
}

/* What a window leaves when the answer has its part. */
static long room_in(const pv_check_run *run, long window)
{
	const pv_yaml_node *model = pv_check_field(run, "model");
	long answer = 0;

	if (model && model->kind == PV_YAML_MAPPING)
		answer = number_of(pv_yaml_get(model, "max_tokens"));
	return window && answer >= window ? 1 : window - answer;
}

/* 0: nobody knows. */
static int find_room(long *out, pv_check_run *run, const char *name)
{
	const pv_yaml_node *windows = pv_check_option(run, "windows");
	const char *why = NULL;
	long window = 0;
	int rc;

	*out = 0;
	if (windows && windows->kind == PV_YAML_MAPPING)
		window = number_of(pv_yaml_get(windows, name));
	if (window) {
		*out = room_in(run, window);
		return PV_OK;
	}
	rc = pv_prices_room(out, &why, run, model_text(run, "provider"), name);
	if (why)
		rc = pv_check_node(run, pv_check_field(run, "model"),
				   "correct checks.token-budget.prices in "
				   "pv.yaml",
				   "the file of prices cannot be read: %s", why);
	window = *out ? 0 : pv_model_window(pv_str_of(name));
	if (window)
		*out = room_in(run, window);
	return rc;
}

static int run(pv_check_run *run)
{
	long max = pv_check_number(run, "max", 0);
	const char *name = model_text(run, "name");
	const pv_yaml_node *node = pv_check_message(run, 0);
	long room = 0;
	size_t tokens = 0;
	int rc = *name ? find_room(&room, run, name) : PV_OK;

	if (rc < 0 || (!max && !room) || !node)
		return rc;
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
	  .fix = "shorten the texts, or set checks.token-budget.max, .windows or "
		 ".prices in pv.yaml" },
	run
};
