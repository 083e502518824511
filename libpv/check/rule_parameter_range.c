/* SPDX-License-Identifier: MIT
 *
 * parameter-range: a parameter of the model that no provider takes.
 */
#include "base/decimal.h"
#include "base/mem.h"
#include "check/rules.h"

struct range {
	const char *name;
	const char *least;
	const char *most; /* NULL: no end */
};

static const struct range ranges[] = {
	{ "frequency_penalty", "-2", "2" },
	{ "max_completion_tokens", "1", NULL },
	{ "max_output_tokens", "1", NULL },
	{ "max_tokens", "1", NULL },
	{ "min_p", "0", "1" },
	{ "presence_penalty", "-2", "2" },
	{ "temperature", "0", "2" },
	{ "top_k", "1", NULL },
	{ "top_p", "0", "1" },
};

/* -1 and 1 as strcmp; 0 also for what is no decimal. */
static int compare(const pv_yaml_node *node, const char *bound)
{
	pv_str text = { node->text, node->len };
	pv_decimal value;
	pv_decimal other;

	if (!bound || pv_decimal_parse(&value, text, NULL) < 0 ||
	    pv_decimal_parse(&other, pv_str_of(bound), NULL) < 0)
		return 0;
	return pv_decimal_cmp(&value, &other);
}

static int check(pv_check_run *run, const struct range *range,
		 const pv_yaml_node *node)
{
	if (node->kind != PV_YAML_SCALAR ||
	    (node->type != PV_YAML_INT && node->type != PV_YAML_FLOAT))
		return PV_OK;
	if (compare(node, range->least) >= 0 && compare(node, range->most) <= 0)
		return PV_OK;
	if (range->most)
		return pv_check_node(run, node, NULL,
				     "%s is %.40s, and must be from %s to %s",
				     range->name, node->text, range->least,
				     range->most);
	return pv_check_node(run, node, NULL,
			     "%s is %.40s, and must be at least %s",
			     range->name, node->text, range->least);
}

static int run(pv_check_run *run)
{
	const pv_yaml_node *model = pv_check_field(run, "model");
	int rc = PV_OK;

	if (!model || model->kind != PV_YAML_MAPPING)
		return PV_OK;
	for (size_t i = 0; i < pv_array_len(ranges) && rc == PV_OK; i++) {
		const pv_yaml_node *node = pv_yaml_get(model, ranges[i].name);

		if (node)
			rc = check(run, &ranges[i], pv_yaml_follow(node));
	}
	return rc;
}

const pv_check_rule pv_rule_parameter_range = {
	{ .id = "parameter-range",
	  .group = PV_RULE_SYNTAX,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "a parameter of the model beyond what providers take, such "
		  "as a temperature above 2",
	  .fix = "choose a value of its range: temperature 0-2, top_p 0-1, "
		 "top_k and max_tokens at least 1" },
	run
};
