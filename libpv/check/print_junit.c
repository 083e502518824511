/* SPDX-License-Identifier: MIT
 *
 * Findings as a JUnit report: a suite for each file, a case for each finding,
 * one that passes for a file without. Errors are failures; what is less is a
 * case that passes and says so in its output, as the exit status has it, too.
 */
#include <string.h>

#include "base/utf8.h"
#include "check/print.h"

/* Characters that XML 1.0 cannot hold, however they are written. */
static int is_xml(int32_t c)
{
	if (c < 0x20)
		return c == '\t' || c == '\n' || c == '\r';
	return (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
}

static void put_text(pv_buf *out, const char *text)
{
	size_t left = strlen(text);

	while (left) {
		size_t len;
		int32_t c = pv_utf8_decode(text, left, &len);

		if (c < 0 || !is_xml(c))
			pv_buf_puts(out, "\xEF\xBF\xBD");
		else if (c < 0x20 || strchr("<>&\"'", c) != NULL)
			pv_buf_printf(out, "&#%d;", (int)c);
		else
			pv_buf_put(out, text, len);
		text += len;
		left -= len;
	}
}

/* Findings of one file stand together: how many from `idx` on. */
static size_t count_file(const pv_report *report, size_t idx)
{
	const char *file = pv_report_at(report, idx)->file;
	size_t end = idx;

	while (end < pv_report_count(report) &&
	       !strcmp(pv_report_at(report, end)->file, file))
		end++;
	return end - idx;
}

/* Which one it is of those of the same rule at the same place. */
static size_t number_of(const pv_report *report, size_t idx)
{
	const pv_finding *one = pv_report_at(report, idx);
	size_t number = 1;

	for (; idx > 0; idx--) {
		const pv_finding *other = pv_report_at(report, idx - 1);

		if (other->line != one->line ||
		    strcmp(other->file, one->file) != 0)
			break;
		number += other->column == one->column &&
			  !strcmp(other->rule, one->rule);
	}
	return number;
}

/* Names have to differ: readers take equal ones for one test. */
static void put_name(pv_buf *out, const pv_report *report, size_t idx)
{
	const pv_finding *finding = pv_report_at(report, idx);
	size_t number = number_of(report, idx);

	put_text(out, finding->rule);
	if (finding->line)
		pv_buf_printf(out, " at line %d, column %d", finding->line,
			      finding->column);
	if (number > 1)
		pv_buf_printf(out, " (%zu)", number);
}

static void put_finding(pv_buf *out, const pv_report *report, size_t idx)
{
	const pv_finding *finding = pv_report_at(report, idx);
	const char *severity = pv_severity_name(finding->severity);
	int is_failure = finding->severity == PV_SEVERITY_ERROR;

	pv_buf_puts(out, "    <testcase name=\"");
	put_name(out, report, idx);
	pv_buf_puts(out, "\" classname=\"");
	put_text(out, finding->file);
	pv_buf_puts(out, "\">\n      ");
	if (is_failure) {
		pv_buf_printf(out, "<failure type=\"%s\" message=\"", severity);
		put_text(out, finding->message);
		pv_buf_puts(out, "\">");
	} else {
		pv_buf_printf(out, "<system-out>%s: ", severity);
	}
	put_text(out, finding->file);
	pv_buf_printf(out, ":%d:%d: ", finding->line, finding->column);
	put_text(out, finding->message);
	if (*finding->hint) {
		pv_buf_puts(out, "\nhint: ");
		put_text(out, finding->hint);
	}
	pv_buf_puts(out, is_failure ? "</failure>" : "</system-out>");
	pv_buf_puts(out, "\n    </testcase>\n");
}

static void open_suite(pv_buf *out, const char *file, size_t tests,
		       size_t failures)
{
	pv_buf_puts(out, "  <testsuite name=\"");
	put_text(out, file);
	pv_buf_printf(out,
		      "\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		      "skipped=\"0\">\n",
		      tests, failures);
}

static void put_good(pv_buf *out, const char *path)
{
	open_suite(out, path, 1, 0);
	pv_buf_puts(out, "    <testcase name=\"check\" classname=\"");
	put_text(out, path);
	pv_buf_puts(out, "\"/>\n  </testsuite>\n");
}

static size_t put_bad(pv_buf *out, const pv_report *report, size_t idx)
{
	size_t count = count_file(report, idx);
	size_t failures = 0;

	for (size_t i = idx; i < idx + count; i++)
		failures +=
			pv_report_at(report, i)->severity == PV_SEVERITY_ERROR;
	open_suite(out, pv_report_at(report, idx)->file, count, failures);
	for (size_t i = idx; i < idx + count; i++)
		put_finding(out, report, i);
	pv_buf_puts(out, "  </testsuite>\n");
	return idx + count;
}

static int has_findings(const pv_report *report, const char *path)
{
	for (size_t i = 0; i < pv_report_count(report);) {
		if (!strcmp(pv_report_at(report, i)->file, path))
			return 1;
		i += count_file(report, i);
	}
	return 0;
}

int pv_check_print_junit(pv_buf *out, const pv_check_result *result, pv_error *err)
{
	const pv_report *report = result->report;
	size_t count = pv_report_count(report);
	size_t good = 0;

	for (size_t i = 0; i < result->path_count; i++)
		good += !has_findings(report, result->paths[i]);
	pv_buf_puts(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
	pv_buf_printf(out,
		      "<testsuites name=\"git pv check\" tests=\"%zu\" "
		      "failures=\"%zu\" errors=\"0\">\n",
		      count + good,
		      pv_report_count_at(report, PV_SEVERITY_ERROR));
	for (size_t i = 0; i < count;)
		i = put_bad(out, report, i);
	for (size_t i = 0; i < result->path_count; i++)
		if (!has_findings(report, result->paths[i]))
			put_good(out, result->paths[i]);
	pv_buf_puts(out, "</testsuites>\n");
	return pv_buf_status(out, err);
}
