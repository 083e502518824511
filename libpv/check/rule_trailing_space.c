/* SPDX-License-Identifier: MIT
 *
 * trailing-space: blanks at the end of a line of a text. Two blanks between
 * two lines of a paragraph are Markdown's line break, and left alone.
 */
#include <string.h>

#include "check/rules.h"
#include "check/trailing.h"

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

size_t pv_trailing_start(pv_str text, size_t start, size_t end)
{
	size_t at = end;

	while (at > start && is_blank(text.ptr[at - 1]))
		at--;
	/* "  \n", or more, before a line that goes on */
	if (at > start && end - at >= 2 &&
	    !memchr(text.ptr + at, '\t', end - at) && end + 1 < text.len &&
	    text.ptr[end + 1] != '\n')
		return end;
	return at;
}

/* The first such line of a text, and how many there are. */
static int check_text(pv_check_run *run, size_t idx)
{
	const pv_message *message = &run->prompt->messages[idx];
	pv_str text = { message->content, message->len };
	size_t first = 0;
	size_t count = 0;

	for (size_t start = 0; start < text.len;) {
		const char *newline =
			memchr(text.ptr + start, '\n', text.len - start);
		size_t end = newline ? (size_t)(newline - text.ptr) : text.len;
		size_t at = pv_trailing_start(text, start, end);

		if (at < end && newline && !count++)
			first = at > start ? at - 1 : start;
		start = end + 1;
	}
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
		  "line break in Markdown are not counted",
	  .fix = "remove them: git pv check --fix" },
	run
};
