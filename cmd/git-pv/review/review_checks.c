/* SPDX-License-Identifier: MIT
 *
 * See review_checks.h.
 */
#include "review/review_checks.h"

#include <string.h>

#include "check/check.h"

static const struct {
	const char *name;
	enum pv_rule_group group;
} groups[REVIEW_CHECKS] = {
	{ "syntax", PV_RULE_SYNTAX },
	{ "variables", PV_RULE_VARIABLES },
	{ "schema", PV_RULE_SCHEMA },
	{ "security", PV_RULE_SECURITY },
	{ "performance", PV_RULE_PERFORMANCE },
};

/* Hands the findings of a group to its check. */
static int take(review_check *check, enum pv_rule_group group,
		const pv_report *report, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pv_report_count(report) && rc == PV_OK; i++) {
		const pv_finding *finding = pv_report_at(report, i);
		const pv_rule *rule = pv_rule_find(finding->rule);

		if ((rule ? rule->group : PV_RULE_SYNTAX) != group)
			continue;
		if (finding->severity == PV_SEVERITY_ERROR)
			check->is_ok = 0;
		rc = pv_report_add(check->findings, finding, err);
	}
	return rc;
}

static int run(struct check *check, const pv_review_subjects *subjects,
	       const pv_point *settings)
{
	pv_cli *cli = check->cli;
	pv_buf path = { 0 };
	int rc = check_begin(check, settings);

	for (size_t i = 0; i < subjects->count && rc == PV_OK; i++) {
		const pv_review_subject *subject = &subjects->items[i];

		if (!subject->blob.hex[0])
			continue;
		pv_buf_clear(&path);
		rc = pv_prompt_path(&path, &cli->settings, subject->id,
				    &cli->err);
		if (rc == PV_OK)
			rc = check_prompt(check, subject->id, pv_buf_text(&path));
	}
	pv_buf_dispose(&path);
	return rc;
}

int review_checks_run(review_checks *out, pv_cli *cli,
		      const pv_review_subjects *subjects, const pv_oid *head,
		      const pv_oid *settings)
{
	struct check check = { .cli = cli };
	pv_point from = { PV_AT_COMMIT, *settings };
	pv_settings saved = cli->settings;
	int rc;

	memset(out, 0, sizeof(*out));
	check.at.kind = PV_AT_COMMIT;
	check.at.commit = *head;
	rc = pv_settings_at(&cli->settings, cli->store, &check.at, &cli->err);
	if (rc == PV_OK)
		rc = run(&check, subjects, &from);
	for (size_t i = 0; i < REVIEW_CHECKS && rc == PV_OK; i++) {
		out->items[i].name = groups[i].name;
		out->items[i].is_ok = 1;
		rc = pv_report_new(&out->items[i].findings, &cli->err);
		if (rc == PV_OK)
			rc = take(&out->items[i], groups[i].group, check.report,
				  &cli->err);
	}
	check_end(&check);
	cli->settings = saved;
	return rc;
}

void review_checks_json(pv_jsonw *w, const review_checks *checks)
{
	pv_jsonw_key(w, "checks");
	pv_jsonw_array(w);
	for (size_t i = 0; i < REVIEW_CHECKS; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "name", checks->items[i].name);
		pv_jsonw_key(w, "ok");
		pv_jsonw_bool(w, checks->items[i].is_ok);
		pv_jsonw_key(w, "findings");
		cli_findings_json(w, checks->items[i].findings);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

void review_checks_text(pv_cli *cli, const review_checks *checks)
{
	cli_puts(cli, "checks: ");
	for (size_t i = 0; i < REVIEW_CHECKS; i++)
		cli_printf(cli, "%s%s %s", i ? ", " : "", checks->items[i].name,
			   checks->items[i].is_ok ? "ok" : "fails");
	cli_puts(cli, "\n");
	for (size_t i = 0; i < REVIEW_CHECKS; i++) {
		const pv_report *found = checks->items[i].findings;

		for (size_t k = 0; k < pv_report_count(found); k++)
			if (pv_report_at(found, k)->severity == PV_SEVERITY_ERROR)
				cli_finding_text(cli, pv_report_at(found, k));
	}
}

void review_checks_dispose(review_checks *checks)
{
	for (size_t i = 0; i < REVIEW_CHECKS; i++)
		pv_report_free(checks->items[i].findings);
	memset(checks, 0, sizeof(*checks));
}
