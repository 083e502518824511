/* SPDX-License-Identifier: MIT
 *
 * A report on many prompts: what is common to its formats.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/page.h"
#include "diff/paint.h"

static void put_title(pv_buf *out, const char *from, const char *to)
{
	if (from)
		pv_paint_safe(out, pv_str_of(from));
	if (from && to)
		pv_buf_puts(out, " → ");
	if (to)
		pv_paint_safe(out, pv_str_of(to));
}

int pv_diff_report_new(pv_diff_report **out, enum pv_diff_report_format format,
		       const char *from, const char *to, pv_error *err)
{
	pv_diff_report *report = pv_calloc(1, sizeof(*report));
	int rc;

	*out = NULL;
	if (!report)
		return pv_fail_nomem(err);
	report->format = format;
	put_title(&report->title, from, to);
	rc = pv_buf_status(&report->title, err);
	if (rc < 0) {
		pv_diff_report_free(report);
		return rc;
	}
	*out = report;
	return PV_OK;
}

static void count_prompt(pv_diff_report *report, const pv_diff *diff)
{
	switch (diff->status) {
	case PV_DIFF_ADDED:
		report->added++;
		break;
	case PV_DIFF_REMOVED:
		report->removed++;
		break;
	case PV_DIFF_MOVED:
		report->moved++;
		break;
	case PV_DIFF_UNCHANGED:
	case PV_DIFF_MODIFIED:
		report->steps[diff->bump]++;
		break;
	}
}

int pv_diff_report_add(pv_diff_report *report, const pv_diff *diff,
		       const char *id, const char *from, const char *to,
		       pv_error *err)
{
	const pv_page_entry entry = { diff, id, from, to };

	report->prompts++;
	count_prompt(report, diff);
	switch (report->format) {
	case PV_DIFF_MARKDOWN:
		return pv_markdown_add(report, &entry, err);
	case PV_DIFF_HTML:
		return pv_html_add(report, &entry, err);
	}
	return PV_OK;
}

void pv_diff_report_number(pv_diff_report *report, size_t first)
{
	report->numbered = first - 1;
}

static void join_counts(pv_diff_report *report, const pv_diff_report *part)
{
	report->prompts += part->prompts;
	report->added += part->added;
	report->removed += part->removed;
	report->moved += part->moved;
	for (int bump = PV_BUMP_NONE; bump <= PV_BUMP_MAJOR; bump++)
		report->steps[bump] += part->steps[bump];
	report->has_cuts |= part->has_cuts;
	report->has_rendered |= part->has_rendered;
}

int pv_diff_report_join(pv_diff_report *report, pv_diff_report *part,
			pv_error *err)
{
	int rc = PV_OK;

	assert(report->format == part->format);
	join_counts(report, part);
	switch (report->format) {
	case PV_DIFF_MARKDOWN:
		rc = pv_markdown_join(report, part, err);
		break;
	case PV_DIFF_HTML:
		rc = pv_html_join(report, part, err);
		break;
	}
	if (rc == PV_OK)
		rc = pv_buf_status(&report->table, err);
	return rc < 0 ? rc : pv_buf_status(&report->details, err);
}

pv_str pv_diff_remark_name(const pv_diff_remark *remark)
{
	pv_str name = pv_str_of(remark->by ? remark->by : "");
	const char *mail = strchr(name.ptr, '<');

	if (mail && mail > name.ptr)
		name.len = (size_t)(mail - name.ptr);
	return pv_str_trim(name);
}

int pv_diff_report_say(pv_diff_report *report, const char *heading,
		       const pv_diff_remark *remarks, size_t count, pv_error *err)
{
	switch (report->format) {
	case PV_DIFF_MARKDOWN:
		return pv_markdown_say(report, heading, remarks, count, err);
	case PV_DIFF_HTML:
		return pv_html_say(report, heading, remarks, count, err);
	}
	return PV_OK;
}

static void put_count(pv_buf *out, size_t count, const char *what, int *is_first)
{
	if (count == 0)
		return;
	pv_buf_printf(out, "%s%zu %s", *is_first ? ": " : ", ", count, what);
	*is_first = 0;
}

void pv_diff_put_summary(pv_buf *out, const pv_diff_report *report)
{
	int is_first = 1;

	if (report->prompts == 0) {
		pv_buf_puts(out, "Nothing differs.");
		return;
	}
	pv_buf_printf(out, "%zu prompt%s", report->prompts,
		      report->prompts == 1 ? " differs" : "s differ");
	put_count(out, report->added, "added", &is_first);
	put_count(out, report->removed, "removed", &is_first);
	put_count(out, report->moved, "moved", &is_first);
	for (int bump = PV_BUMP_MAJOR; bump > PV_BUMP_NONE; bump--)
		put_count(out, report->steps[bump],
			  pv_bump_name((enum pv_bump)bump), &is_first);
	pv_buf_putc(out, '.');
}

int pv_diff_report_print(pv_buf *out, const pv_diff_report *report, pv_error *err)
{
	switch (report->format) {
	case PV_DIFF_MARKDOWN:
		return pv_markdown_print(out, report, err);
	case PV_DIFF_HTML:
		return pv_html_print(out, report, err);
	}
	return PV_OK;
}

void pv_diff_report_free(pv_diff_report *report)
{
	if (!report)
		return;
	pv_buf_dispose(&report->title);
	pv_buf_dispose(&report->lead);
	pv_buf_dispose(&report->table);
	for (size_t i = 0; i < report->piece_count; i++)
		pv_buf_dispose(&report->pieces[i]);
	pv_free(report->pieces);
	pv_buf_dispose(&report->details);
	pv_free(report->sections);
	pv_free(report);
}
