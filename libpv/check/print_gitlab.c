/* SPDX-License-Identifier: MIT
 *
 * Findings as GitLab's code quality report: an array of the fields that
 * GitLab reads of Code Climate's format. It matches a finding with the one of
 * another commit by the fingerprint.
 */
#include "check/print.h"

static const char *severity_of(enum pv_severity severity)
{
	switch (severity) {
	case PV_SEVERITY_ERROR:
		return "critical";
	case PV_SEVERITY_WARNING:
		return "minor";
	case PV_SEVERITY_NOTE:
		break;
	}
	return "info";
}

static void put_finding(pv_jsonw *w, const pv_report *report, size_t idx)
{
	const pv_finding *finding = pv_report_at(report, idx);
	char fingerprint[PV_SHA256_HEX];

	pv_check_fingerprint(fingerprint, report, idx);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "description", finding->message);
	pv_jsonw_member(w, "check_name", finding->rule);
	pv_jsonw_member(w, "fingerprint", fingerprint);
	pv_jsonw_member(w, "severity", severity_of(finding->severity));
	pv_jsonw_key(w, "location");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "path", finding->file);
	pv_jsonw_key(w, "lines");
	pv_jsonw_object(w);
	pv_jsonw_key(w, "begin");
	pv_jsonw_int(w, finding->line ? finding->line : 1);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
	pv_jsonw_object_end(w);
}

int pv_check_print_gitlab(pv_buf *out, const pv_check_result *result,
			  pv_error *err)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_report_count(result->report); i++)
		put_finding(&w, result->report, i);
	pv_jsonw_array_end(&w);
	pv_buf_putc(out, '\n');
	return pv_buf_status(out, err);
}
