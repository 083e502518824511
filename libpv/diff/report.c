/* SPDX-License-Identifier: MIT
 *
 * A report on many prompts: what is common to its formats.
 */
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

int pv_diff_report_add(pv_diff_report *report, const pv_diff *diff,
		       const char *id, const char *from, const char *to,
		       pv_error *err)
{
	const pv_page_entry entry = { diff, id, from, to };

	report->prompts++;
	switch (report->format) {
	case PV_DIFF_MARKDOWN:
		return pv_markdown_add(report, &entry, err);
	case PV_DIFF_HTML:
		return pv_html_add(report, &entry, err);
	}
	return PV_OK;
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
	pv_buf_dispose(&report->table);
	pv_buf_dispose(&report->details);
	pv_free(report);
}
