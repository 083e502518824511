/* SPDX-License-Identifier: MIT
 *
 * The findings of `git pv check` as text, as JSON, or as one of the formats
 * of other programs, which the library writes.
 */
#include "check/check.h"

#include "base/fail.h"

/* Specs of environments that have fallbacks, and which of these answered. */
static void put_fallbacks(pv_jsonw *w, const pv_strlist *answered)
{
	pv_jsonw_key(w, "fallbacks");
	pv_jsonw_array(w);
	for (size_t i = 0; i + 1 < answered->count; i += 2) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "spec", answered->items[i]);
		pv_jsonw_member(w, "resolved_from", answered->items[i + 1]);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void print_json(const struct check *check)
{
	const pv_report *report = check->report;
	pv_cli *cli = check->cli;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "ok");
	pv_jsonw_bool(&w, !pv_report_count_at(report, PV_SEVERITY_ERROR));
	pv_jsonw_key(&w, "findings");
	cli_findings_json(&w, report);
	if (check->answered.count)
		put_fallbacks(&w, &check->answered);
	pv_jsonw_object_end(&w);
}

/* "1 error, 0 warnings", and the notes when there are any. */
static void note_counts(const struct check *check)
{
	const pv_report *report = check->report;
	size_t errors = pv_report_count_at(report, PV_SEVERITY_ERROR);
	size_t doubts = pv_report_count_at(report, PV_SEVERITY_WARNING) - errors;
	size_t notes = pv_report_count(report) - errors - doubts;

	if (notes)
		cli_note(check->cli, "%zu error%s, %zu warning%s, %zu note%s%s",
			 errors, errors == 1 ? "" : "s", doubts,
			 doubts == 1 ? "" : "s", notes, notes == 1 ? "" : "s",
			 check->shows_notes ? "" : ", which --notes shows");
	else
		cli_note(check->cli, "%zu error%s, %zu warning%s", errors,
			 errors == 1 ? "" : "s", doubts, doubts == 1 ? "" : "s");
}

static void print_text(const struct check *check)
{
	for (size_t i = 0; i < pv_report_count(check->report); i++) {
		const pv_finding *finding = pv_report_at(check->report, i);

		if (finding->severity != PV_SEVERITY_NOTE || check->shows_notes)
			cli_finding_text(check->cli, finding);
	}
	note_counts(check);
}

int check_print(const struct check *check, enum check_format format)
{
	const pv_check_result result = {
		.report = check->report,
		.paths = (const char *const *)check->checked.items,
		.path_count = check->checked.count,
	};
	pv_buf *out = &check->cli->out;
	pv_error *err = &check->cli->err;

	if (check->is_fixing)
		cli_note(check->cli, "%s %zu value%s in %zu file%s",
			 check->is_dry ? "would mend" : "mended",
			 check->fixed_values, check->fixed_values == 1 ? "" : "s",
			 check->fixed_files, check->fixed_files == 1 ? "" : "s");
	if (check->is_dry)
		return PV_OK;
	switch (format) {
	case CHECK_TEXT:
		print_text(check);
		return PV_OK;
	case CHECK_JSON:
		print_json(check);
		return PV_OK;
	case CHECK_GITHUB:
		return pv_check_print_github(out, &result, err);
	case CHECK_SARIF:
		return pv_check_print_sarif(out, &result, err);
	case CHECK_JUNIT:
		return pv_check_print_junit(out, &result, err);
	case CHECK_GITLAB:
		return pv_check_print_gitlab(out, &result, err);
	}
	return PV_OK;
}
