/* SPDX-License-Identifier: MIT
 *
 * missing-include: an include of a prompt that is not there. Whether it loads
 * is for its own check to say.
 */
#include <stdio.h>

#include "base/fail.h"
#include "check/check.h"
#include "check/included.h"
#include "check/rules.h"

static int check_include(pv_check_run *run, const char *id)
{
	const pv_prompt *included;
	char message[PV_ID_MAX + 64];
	int rc = pv_check_load(&included, run, id);

	if (rc != PV_ENOTFOUND)
		return rc;
	pv_error_clear(run->err);
	(void)snprintf(message, sizeof(message),
		       "there is no prompt \"%.200s\" to include", id);
	return pv_check_include(run, id, "git pv list shows the ids", message);
}

static int run(pv_check_run *run)
{
	const pv_prompt *prompt = run->prompt;
	int rc = PV_OK;

	if (!run->check->source.load)
		return PV_OK; /* nobody knows */
	for (size_t i = 0; i < prompt->include_count && rc == PV_OK; i++)
		rc = check_include(run, prompt->includes[i]);
	return rc;
}

const pv_check_rule pv_rule_missing_include = {
	{ .id = "missing-include",
	  .group = PV_RULE_VARIABLES,
	  .severity = PV_SEVERITY_ERROR,
	  .what = "an include of a prompt that does not exist",
	  .fix = "correct the id, or commit the prompt it names as well" },
	run
};
