/* SPDX-License-Identifier: MIT
 *
 * What was said of a change, in the report on it: of all of it first, of each
 * prompt behind its changes, and at last of what does not differ.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/diff_run.h"

static int is_chosen(const diff_talk *talk, size_t idx, enum diff_told which,
		     const char *id)
{
	const char *prompt = talk->prompts[idx];

	if (talk->is_told[idx])
		return 0;
	switch (which) {
	case DIFF_OF_ALL:
		return !prompt;
	case DIFF_OF_ONE:
		return prompt && !strcmp(prompt, id);
	case DIFF_OF_OTHERS:
		break;
	}
	return 1;
}

static const char *heading_of(const diff_talk *talk, enum diff_told which)
{
	switch (which) {
	case DIFF_OF_ALL:
		return talk->heading;
	case DIFF_OF_ONE:
		return "Comments";
	case DIFF_OF_OTHERS:
		break;
	}
	return "Comments on what does not differ any more";
}

int diff_tell(diff_run *run, enum diff_told which, const char *id)
{
	diff_talk *talk = run->talk;
	pv_error *err = &run->cli->err;
	pv_diff_remark *chosen;
	size_t count = 0;
	int rc = PV_OK;

	if (!talk || !run->report)
		return PV_OK;
	chosen = pv_calloc(talk->count + 1, sizeof(*chosen));
	if (!chosen)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < talk->count; i++)
		if (is_chosen(talk, i, which, id)) {
			chosen[count++] = talk->remarks[i];
			talk->is_told[i] = 1;
		}
	if (count || which == DIFF_OF_ALL)
		rc = pv_diff_report_say(run->report, heading_of(talk, which),
					chosen, count, err);
	pv_free(chosen);
	return rc;
}
