/* SPDX-License-Identifier: MIT
 *
 * The frame of a report that is a page: head, overview, and what lets a reader
 * choose between the views of texts, which needs the style only. The policy in
 * the head allows that one style, by its hash, and nothing else: not even what
 * came into the page by a mistake of ours could run or call home.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/html.h"
#include "diff/page.h"

enum {
	FOLDED_ROWS = 100, /* an overview with more prompts is folded */
	HEAD_BYTES = 16384 /* of the page beside its prompts: the style, mostly */
};

static void put_choice(pv_buf *out, const char *id, const char *label,
		       const char *state)
{
	pv_buf_printf(out,
		      "<label><input type=radio name=view id=%s%s> %s</label>\n",
		      id, state, label);
}

static void put_header(pv_buf *out, const pv_diff_report *report, pv_str title)
{
	pv_buf_puts(out, "<a class=skip href=\"#changes\">"
			 "Skip to the changes</a>\n<header>\n<h1>Prompts");
	if (title.len > 0) {
		pv_buf_putc(out, ' ');
		pv_html_code(out, title);
	}
	pv_buf_puts(out, "</h1>\n");
	pv_buf_puts(out, "<p>");
	pv_diff_put_summary(out, report);
	pv_buf_puts(out, "</p>\n");
	if (report->prompts > 0) {
		pv_buf_puts(out, "<fieldset class=views>"
				 "<legend>How texts are shown</legend>\n");
		put_choice(out, "inline", "inline", " checked");
		put_choice(out, "side", "side by side", "");
		if (report->has_rendered)
			put_choice(out, "rendered", "rendered as Markdown", "");
		pv_buf_puts(out, "</fieldset>\n");
	}
	pv_buf_puts(out, "</header>\n");
}

static void put_overview(pv_buf *out, const pv_diff_report *report)
{
	int folds = report->prompts > FOLDED_ROWS;

	if (report->prompts < 2)
		return;
	pv_buf_puts(out, "<nav aria-labelledby=prompts>\n"
			 "<h2 id=prompts>Prompts</h2>\n");
	if (folds)
		pv_buf_printf(out, "<details><summary>All %zu</summary>\n",
			      report->prompts);
	pv_buf_puts(out, "<table class=stack><thead><tr>"
			 "<th scope=col>Prompt</th><th scope=col>Change</th>"
			 "<th scope=col>Interface</th>"
			 "<th scope=col class=many>Fields</th>"
			 "<th scope=col class=many>Estimated tokens</th>"
			 "</tr></thead>\n<tbody>\n");
	pv_buf_put(out, report->table.ptr, report->table.len);
	pv_buf_puts(out, "</tbody></table>\n");
	pv_buf_puts(out, folds ? "</details>\n</nav>\n" : "</nav>\n");
}

static void put_footer(pv_buf *out, const pv_diff_report *report)
{
	if (report->prompts == 0)
		return;
	pv_buf_puts(out, "<footer class=note>\n");
	if (report->has_cuts)
		pv_buf_puts(out, "<p>Long texts are shown in part; "
				 "<code>git pv diff</code> shows them whole."
				 "</p>\n");
	pv_buf_puts(out, "<p>Counts of tokens are estimates, made without any "
			 "tokenizer.</p>\n</footer>\n");
}

static void add_piece(pv_diff_report *report, pv_buf *details)
{
	const pv_buf empty = { 0 };

	report->pieces[report->piece_count++] = *details;
	*details = empty;
}

int pv_html_join(pv_diff_report *report, pv_diff_report *part, pv_error *err)
{
	size_t count = report->piece_count + part->piece_count + 2;

	int rc = pv_buf_status(&part->details, err);

	if (rc < 0)
		return rc;
	if (pv_array_reserve(&report->pieces, &report->piece_cap, count,
			     sizeof(*report->pieces)) < 0)
		return pv_fail_nomem(err);
	pv_buf_put(&report->table, part->table.ptr, part->table.len);
	if (report->details.len > 0)
		add_piece(report, &report->details);
	for (size_t i = 0; i < part->piece_count; i++)
		add_piece(report, &part->pieces[i]);
	part->piece_count = 0;
	add_piece(report, &part->details);
	return pv_buf_status(&report->table, err);
}

int pv_html_print(pv_buf *out, const pv_diff_report *report, pv_error *err)
{
	pv_str title = { pv_buf_text(&report->title), report->title.len };
	size_t total = report->lead.len + report->table.len +
		       report->details.len + HEAD_BYTES;

	for (size_t i = 0; i < report->piece_count; i++)
		total += report->pieces[i].len;
	/* All is large: growing step by step would copy it again. */
	pv_buf_reserve(out, total);
	pv_html_head(out, "Prompts", title, pv_diff_page_css);
	put_header(out, report, title);
	pv_buf_put(out, report->lead.ptr, report->lead.len);
	put_overview(out, report);
	pv_buf_puts(out, "<main id=changes tabindex=-1>\n");
	for (size_t i = 0; i < report->piece_count; i++)
		pv_buf_put(out, report->pieces[i].ptr, report->pieces[i].len);
	pv_buf_put(out, report->details.ptr, report->details.len);
	pv_buf_puts(out, "</main>\n");
	put_footer(out, report);
	pv_buf_puts(out, "</body>\n</html>\n");
	return pv_buf_status(out, err);
}
