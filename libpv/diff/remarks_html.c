/* SPDX-License-Identifier: MIT
 *
 * What was said of a change, in a page: who, when, of what, the sentence as it
 * is now, and what it was where that differs. People's words are text with
 * lines, and nothing else.
 */
#include <string.h>

#include "base/fail.h"
#include "diff/html.h"
#include "diff/page.h"

enum {
	MAX_DEPTH = 3 /* answers below are as far in as this */
};

static void put_about(pv_buf *out, const pv_diff_remark *remark)
{
	if (remark->field || remark->line)
		pv_buf_puts(out, " on ");
	if (remark->field)
		pv_html_code(out, pv_str_of(remark->field));
	if (remark->line)
		pv_buf_printf(out, "%sline %d", remark->field ? ", " : "",
			      remark->line);
}

static void put_head(pv_buf *out, const pv_diff_remark *remark)
{
	pv_buf_puts(out, "<p><strong>");
	pv_html_text(out, pv_diff_remark_name(remark));
	pv_buf_puts(out, "</strong> ");
	pv_html_text(out, pv_str_of(remark->what));
	put_about(out, remark);
	if (remark->at) {
		pv_buf_puts(out, " <span class=note>");
		pv_html_text(out, pv_str_of(remark->at));
		pv_buf_puts(out, "</span>");
	}
	if (remark->flags & PV_REMARK_RESOLVED)
		pv_buf_puts(out, " <span class=step>resolved</span>");
	if (remark->flags & PV_REMARK_GONE)
		pv_buf_puts(out, " <span class=\"step major\">outdated</span>");
	pv_buf_puts(out, "</p>\n");
}

/* Words that went are struck, and said to have gone. */
static void put_quote(pv_buf *out, const char *label, char op, const char *text)
{
	pv_buf_puts(out, "<blockquote>");
	if (label)
		pv_buf_printf(out, "<span class=note>%s</span> ", label);
	pv_buf_puts(out, op == '-' ? "<del>" : "");
	pv_html_lines(out, pv_str_of(text));
	pv_buf_puts(out, op == '-' ? "</del>" : "");
	pv_buf_puts(out, "</blockquote>\n");
}

static void put_quotes(pv_buf *out, const pv_diff_remark *remark)
{
	int is_gone = (remark->flags & PV_REMARK_GONE) != 0;

	if (remark->now)
		put_quote(out, NULL, '=', remark->now);
	if (!remark->quote)
		return;
	if (is_gone)
		put_quote(out, "not there any more:", '-', remark->quote);
	else if (!remark->now)
		put_quote(out, NULL, '=', remark->quote);
	else if (strcmp(remark->now, remark->quote) != 0)
		put_quote(out, "it was:", '-', remark->quote);
}

static void put_remark(pv_buf *out, const pv_diff_remark *remark)
{
	int depth = remark->depth < MAX_DEPTH ? remark->depth : MAX_DEPTH;

	pv_buf_printf(out, "<article class=d%d>\n", depth);
	put_head(out, remark);
	put_quotes(out, remark);
	if (remark->text) {
		pv_buf_puts(out, "<p class=words>");
		pv_html_lines(out, pv_str_of(remark->text));
		pv_buf_puts(out, "</p>\n");
	}
	pv_buf_puts(out, "</article>\n");
}

int pv_html_say(pv_diff_report *report, const char *heading,
		const pv_diff_remark *remarks, size_t count, pv_error *err)
{
	int is_lead = report->prompts == 0;
	pv_buf *out = is_lead ? &report->lead : &report->details;
	const char *level = is_lead ? "h2" : "h3";

	pv_buf_printf(out, "<div class=said>\n<%s>", level);
	pv_html_text(out, pv_str_of(heading));
	pv_buf_printf(out, "</%s>\n", level);
	for (size_t i = 0; i < count; i++)
		put_remark(out, &remarks[i]);
	pv_buf_puts(out, "</div>\n");
	return pv_buf_status(out, err);
}
