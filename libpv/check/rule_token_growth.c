/* SPDX-License-Identifier: MIT
 *
 * token-growth: a prompt that has grown since its last version by more than
 * checks.token-growth.percent of pv.yaml. A few words never count.
 */
#include "base/fail.h"
#include "check/rules.h"
#include "check/window.h"

enum {
	USUAL_PERCENT = 25,
	FEW_TOKENS = 50
};

static int run(pv_check_run *run)
{
	size_t percent = (size_t)pv_check_number(run, "percent", USUAL_PERCENT);
	const pv_yaml_node *node = pv_check_message(run, 0);
	const pv_prompt *last = NULL;
	const char *version = "";
	int rc = pv_check_last(&last, &version, run);
	size_t before;
	size_t now;

	if (rc == PV_ENOTFOUND || !last || !node) {
		pv_error_clear(run->err);
		return rc == PV_ENOTFOUND ? PV_OK : rc;
	}
	before = pv_prompt_weigh(last);
	now = pv_prompt_weigh(run->prompt);
	if (!before || now <= before + FEW_TOKENS ||
	    (now - before) * 100 <= before * percent)
		return PV_OK;
	return pv_check_node(run, node,
			     "each call costs more: shorten it, or raise "
			     "checks.token-growth.percent in pv.yaml",
			     "about %zu tokens, %zu %% more than version %s",
			     now, (now - before) * 100 / before, version);
}

const pv_check_rule pv_rule_token_growth = {
	{ .id = "token-growth",
	  .group = PV_RULE_PERFORMANCE,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a prompt that has grown by more than a quarter since its "
		  "last version",
	  .fix = "shorten the texts, or set checks.token-growth.percent in "
		 "pv.yaml" },
	run
};
