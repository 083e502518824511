/* SPDX-License-Identifier: MIT
 *
 * secret: keys and tokens, wherever in the file. What they are is said, they
 * themselves are not: findings end up in logs.
 */
#include "check/rules.h"
#include "check/spot.h"

static int run(pv_check_run *run)
{
	pv_str text = { run->subject->text, run->subject->len };
	pv_spots spots = { 0 };
	int rc = pv_find_secrets(&spots, text, run->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		rc = pv_check_byte(run, spots.items[i].start,
				   "revoke it, it is in the history already "
				   "if this was committed; pass it in from the "
				   "environment",
				   "%s stands in the file", spots.items[i].what);
	pv_spots_dispose(&spots);
	return rc;
}

const pv_check_rule pv_rule_secret = {
	{ .id = "secret",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "a key or token of a known service, or something as "
		  "irregular behind a name such as api_key",
	  .fix = "revoke it, and pass it in from the environment" },
	run
};
