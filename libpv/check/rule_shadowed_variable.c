/* SPDX-License-Identifier: MIT
 *
 * shadowed-variable: a template sets a name that is declared as a variable, so
 * that what the caller gives is lost from there on. A value made of the old
 * one, {% set x = x|trim %}, is no such loss.
 */
#include "check/risks.h"
#include "check/rules.h"

static int is_declared(const pv_check_run *run, pv_str name)
{
	const pv_yaml_node *all = pv_check_field(run, "variables");
	const pv_yaml_node *child = all ? all->first : NULL;

	for (; child; child = child->next) {
		const pv_yaml_node *key =
			pv_yaml_follow(child->key ? child->key : child);

		if (key->text && pv_str_eq(name, (pv_str){ key->text, key->len }))
			return 1;
	}
	return 0;
}

static int found(pv_check_run *run, size_t idx, const pv_jinja_risk *risk)
{
	if (risk->kind != PV_JINJA_RISK_SET || !is_declared(run, risk->name))
		return PV_OK;
	return pv_check_text(run, idx, risk->offset,
			     "give one of them another name",
			     "\"%.*s\" is set here and hides the variable",
			     risk->name.len > 60 ? 60 : (int)risk->name.len,
			     risk->name.ptr);
}

static int run(pv_check_run *run)
{
	/* Most prompts need no look at their templates. */
	return pv_check_field(run, "variables") ? pv_check_risks(run, found)
						: PV_OK;
}

const pv_check_rule pv_rule_shadowed_variable = {
	{ .id = "shadowed-variable",
	  .group = PV_RULE_VARIABLES,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a name that a template sets although it is declared as a "
		  "variable",
	  .fix = "give one of them another name" },
	run
};
