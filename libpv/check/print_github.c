/* SPDX-License-Identifier: MIT
 *
 * Findings as workflow commands of GitHub Actions, which shows them at their
 * lines: "::error file=a.yaml,line=1,col=2,title=rule::message". What would
 * end a line, a value or the list of values is written as %XX, as GitHub's
 * own toolkit does; nothing in a finding can so become a command.
 */
#include <string.h>

#include "check/print.h"

/* Outside of properties a colon and a comma are themselves. */
static void put_escaped(pv_buf *out, const char *text, int is_property)
{
	for (; *text; text++) {
		char c = *text;

		if (c == '%' || c == '\r' || c == '\n' ||
		    (is_property && (c == ':' || c == ',')))
			pv_buf_printf(out, "%%%02X", (unsigned char)c);
		else
			pv_buf_putc(out, c);
	}
}

static const char *command_of(enum pv_severity severity)
{
	switch (severity) {
	case PV_SEVERITY_ERROR:
		return "error";
	case PV_SEVERITY_WARNING:
		return "warning";
	case PV_SEVERITY_NOTE:
		break;
	}
	return "notice";
}

static int put_finding(pv_buf *out, const pv_finding *finding, pv_error *err)
{
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(out, "::%s file=", command_of(finding->severity));
	put_escaped(out, finding->file, 1);
	if (finding->line)
		pv_buf_printf(out, ",line=%d", finding->line);
	if (finding->column)
		pv_buf_printf(out, ",col=%d", finding->column);
	pv_buf_puts(out, ",title=");
	put_escaped(out, finding->rule, 1);
	pv_buf_puts(out, "::");
	pv_check_put_message(&message, finding);
	put_escaped(out, pv_buf_text(&message), 0);
	pv_buf_putc(out, '\n');
	rc = pv_buf_status(&message, err);
	pv_buf_dispose(&message);
	return rc;
}

int pv_check_print_github(pv_buf *out, const pv_check_result *result,
			  pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(result->report) && rc == PV_OK; i++)
		rc = put_finding(out, pv_report_at(result->report, i), err);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
