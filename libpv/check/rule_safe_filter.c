/* SPDX-License-Identifier: MIT
 *
 * safe-filter: |safe on what the caller gives. It says that the value needs no
 * escaping, which nobody can promise for a variable.
 */
#include "check/risks.h"
#include "check/rules.h"

static int found(pv_check_run *run, size_t idx, const pv_jinja_risk *risk)
{
	if (risk->kind != PV_JINJA_RISK_SAFE)
		return PV_OK;
	return pv_check_text(run, idx, risk->offset,
			     "drop \"|safe\": texts of prompts are not escaped",
			     "the variable \"%.*s\" is marked as safe",
			     risk->name.len > 60 ? 60 : (int)risk->name.len,
			     risk->name.ptr);
}

static int run(pv_check_run *run)
{
	return pv_check_risks(run, found);
}

const pv_check_rule pv_rule_safe_filter = {
	{ .id = "safe-filter",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "\"|safe\" on a variable",
	  .fix = "drop the filter, or escape the value with |e or |tojson" },
	run
};
