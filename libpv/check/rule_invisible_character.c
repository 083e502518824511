/* SPDX-License-Identifier: MIT
 *
 * invisible-character: what a reviewer cannot see and a model reads, or what
 * makes a line read other than it is. The whole file is looked at, and once
 * more what quoted texts have as escapes.
 */
#include "check/rules.h"
#include "check/spot.h"

static const char hint[] = "remove it; git pv show --json shows it as an escape";

static int check_escaped(pv_check_run *run, size_t idx)
{
	const pv_yaml_node *node = pv_check_message(run, idx);
	pv_spots spots = { 0 };
	int rc;

	if (!node || node->style != PV_YAML_DOUBLE_QUOTED)
		return PV_OK;
	/* What is not escaped was found in the file. */
	if (!memchr(run->subject->text + node->start, '\\',
		    node->end - node->start))
		return PV_OK;
	rc = pv_find_invisible(&spots, (pv_str){ node->text, node->len },
			       run->err);
	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		rc = pv_check_text(run, idx, spots.items[i].start, hint,
				   "%s in the text", spots.items[i].what);
	pv_spots_dispose(&spots);
	return rc;
}

static int run(pv_check_run *run)
{
	pv_str text = { run->subject->text, run->subject->len };
	pv_spots spots = { 0 };
	int rc = pv_find_invisible(&spots, text, run->err);

	for (size_t i = 0; i < spots.count && rc == PV_OK; i++)
		rc = pv_check_byte(run, spots.items[i].start, hint,
				   "%s in the file", spots.items[i].what);
	for (size_t i = 0;
	     i < run->prompt->message_count && rc == PV_OK && !spots.count; i++)
		rc = check_escaped(run, i);
	pv_spots_dispose(&spots);
	return rc;
}

const pv_check_rule pv_rule_invisible_character = {
	{ .id = "invisible-character",
	  .group = PV_RULE_SECURITY,
	  .severity = PV_SEVERITY_WARNING,
	  .what = "a character without width, one that changes the direction "
		  "of text, or a tag character, where no script or emoji "
		  "needs it",
	  .fix = "remove it, or write what it stands for" },
	run
};
