/* SPDX-License-Identifier: MIT
 *
 * unbounded-loop: a loop over a variable, as long as the caller's list is.
 * A slice, a {% break %} or maxItems in the declaration limits it.
 */
#include "check/risks.h"
#include "check/rules.h"

static int is_limited(const pv_check_run *run, pv_str name)
{
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_yaml_node *child = all ? all->first : NULL;

	for (; child; child = child->next)
		if (child->key && pv_str_eq(name, (pv_str){ child->key->text,
							    child->key->len }))
			return pv_yaml_get(child, "maxItems") ||
			       pv_yaml_get(child, "maximum") ||
			       pv_yaml_get(child, "maxLength");
	return 0;
}

static int found(pv_check_run *run, size_t idx, const pv_jinja_risk *risk)
{
	if (risk->kind != PV_JINJA_RISK_LOOP || is_limited(run, risk->name))
		return PV_OK;
	return pv_check_text(run, idx, risk->offset,
			     "declare maxItems, or take a slice: name[:20]",
			     "the loop over \"%.*s\" has no limit",
			     risk->name.len > 60 ? 60 : (int)risk->name.len,
			     risk->name.ptr);
}

static int run(pv_check_run *run)
{
	return pv_check_risks(run, found);
}

const pv_check_rule pv_rule_unbounded_loop = {
	{ .id = "unbounded-loop",
	  .group = PV_RULE_PERFORMANCE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "a loop over a variable without a limit",
	  .fix = "declare maxItems, or take a slice: name[:20]" },
	run
};
