/* SPDX-License-Identifier: MIT
 *
 * trailing-space: blanks at the end of a line of a text, but for those that
 * mean something there.
 */
#include "check/rules.h"
#include "check/trailing.h"

/* The first such line of a text, and how many there are. */
static int check_text(pv_check_run *run, size_t idx)
{
	const pv_message *message = &run->prompt->messages[idx];
	pv_str text = { message->content, message->len };
	size_t first = 0;
	size_t count = 0;
	size_t start;
	size_t end;
	pv_trailing it;

	pv_trailing_start(&it, text, run->prompt->syntax);
	while (pv_trailing_next(&start, &end, &it))
		if (!count++)
			first = start && text.ptr[start - 1] != '\n' ? start - 1
								     : start;
	if (!count)
		return PV_OK;
	return pv_check_text(run, idx, first, "git pv check --fix removes them",
			     "%zu line%s of the text end%s in blanks", count,
			     count == 1 ? "" : "s", count == 1 ? "s" : "");
}

static int run(pv_check_run *run)
{
	int rc = PV_OK;

	for (size_t i = 0; i < run->prompt->message_count && rc == PV_OK; i++)
		rc = check_text(run, i);
	return rc;
}

const pv_check_rule pv_rule_trailing_space = {
	{ .id = "trailing-space",
	  .group = PV_RULE_STYLE,
	  .severity = PV_SEVERITY_NOTE,
	  .what = "blanks at the end of a line of a text; the two that are a "
		  "line break in Markdown are not counted, nor those in "
		  "strings and raw blocks of a template",
	  .fix = "remove them: git pv check --fix" },
	run
};
