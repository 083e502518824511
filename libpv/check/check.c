/* SPDX-License-Identifier: MIT
 *
 * Runs the rules over a prompt: all of them add to a raw report, from which
 * the findings go to the caller's in the order of the file, with the level
 * their rule has for that path.
 */
#include "check/check.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "check/redact.h"
#include "check/rules.h"

int pv_check_new(pv_check **out, const pv_check_options *opts, pv_error *err)
{
	static const pv_check_options none = { 0 };
	pv_check *check = pv_calloc(1, sizeof(*check));
	int rc = PV_OK;

	*out = NULL;
	if (!opts)
		opts = &none;
	if (!check)
		return pv_fail_nomem(err);
	check->source = opts->source;
	check->groups = opts->groups;
	check->levels = pv_malloc(pv_check_rule_count());
	if (!check->levels)
		rc = pv_fail_nomem(err);
	if (rc == PV_OK)
		rc = pv_check_config_read(&check->config, opts->settings,
					  opts->settings_len, err);
	if (rc < 0)
		pv_check_free(check);
	else
		*out = check;
	return rc;
}

void pv_check_free(pv_check *check)
{
	if (!check)
		return;
	pv_check_config_dispose(&check->config);
	pv_map_dispose(&check->names);
	pv_prices_dispose(&check->prices);
	pv_free(check->levels);
	pv_free(check);
}

/* --- sorting and sifting --------------------------------------------------- */

static int compare_findings(const void *a, const void *b)
{
	const pv_finding *left = *(const pv_finding *const *)a;
	const pv_finding *right = *(const pv_finding *const *)b;

	if (left->line != right->line)
		return left->line < right->line ? -1 : 1;
	if (left->column != right->column)
		return left->column < right->column ? -1 : 1;
	return left < right ? -1 : left > right; /* of one array */
}

/* What is no rule is nobody's group. */
static int is_wanted(const pv_check *check, const pv_rule *rule)
{
	return !check->groups || !rule || check->groups & 1U << rule->group;
}

/*
 * An error that keeps a prompt from loading is one, whatever is wanted; what is
 * no prompt has none of that kind.
 */
static int level_of(const pv_check *check, const pv_finding *finding,
		    int is_loaded)
{
	size_t idx = pv_check_rule_index(finding->rule);

	if (idx == SIZE_MAX ||
	    (!is_loaded && finding->severity == PV_SEVERITY_ERROR &&
	     !pv_rule_at(idx)->is_beside))
		return PV_LEVEL_OWN;
	return check->levels[idx];
}

/*
 * That a prompt cannot be rendered follows from other errors, such as an
 * include of what is not there; then those say more.
 */
static int is_consequence(const pv_report *raw, const pv_finding *finding)
{
	if (strcmp(finding->rule, "renders") != 0)
		return 0;
	for (size_t i = 0; i < pv_report_count(raw); i++) {
		const pv_finding *other = pv_report_at(raw, i);
		const pv_rule *rule = pv_rule_find(other->rule);

		if (rule && other->severity == PV_SEVERITY_ERROR &&
		    (rule->group <= PV_RULE_VARIABLES ||
		     strcmp(other->rule, "invalid-schema") == 0) &&
		    strcmp(other->rule, finding->rule) != 0)
			return 1;
	}
	return 0;
}

/* Adds a finding, without the secrets that it quotes. */
static int add_redacted(pv_report *report, const pv_check_subject *subject,
			const pv_finding *finding, const pv_spots *secrets,
			pv_error *err)
{
	pv_str text = { subject->text, subject->len };
	pv_finding redacted = *finding;
	pv_buf message = { 0 };
	pv_buf hint = { 0 };
	int rc = pv_redact(&message, finding->message, text, secrets, err);

	if (rc == PV_OK)
		rc = pv_redact(&hint, finding->hint, text, secrets, err);
	redacted.message = pv_buf_text(&message);
	redacted.hint = pv_buf_text(&hint);
	if (rc == PV_OK)
		rc = pv_report_add(report, &redacted, err);
	pv_buf_dispose(&message);
	pv_buf_dispose(&hint);
	return rc;
}

static int sift(pv_report *report, const pv_check *check,
		const pv_check_subject *subject, const pv_finding *finding,
		const pv_spots *secrets, pv_error *err)
{
	int level = level_of(check, finding, subject->prompt != NULL);
	pv_finding sifted = *finding;

	if (level == PV_LEVEL_OFF || pv_silences_cover(&check->silences, finding))
		return PV_OK;
	if (level != PV_LEVEL_OWN)
		sifted.severity = (enum pv_severity)level;
	return add_redacted(report, subject, &sifted, secrets, err);
}

/* Moves what was found, by line, into the report. */
static int hand_over(pv_report *report, const pv_check *check,
		     const pv_check_subject *subject, const pv_report *raw,
		     pv_error *err)
{
	size_t count = pv_report_count(raw);
	const pv_str text = { subject->text, subject->text ? subject->len : 0 };
	const pv_finding **order;
	pv_spots secrets = { 0 };
	int rc = PV_OK;

	if (!count)
		return PV_OK;
	order = pv_malloc(count * sizeof(pv_finding *));
	if (!order)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		order[i] = pv_report_at(raw, i);
	qsort(order, count, sizeof(pv_finding *), compare_findings);
	rc = pv_find_secrets(&secrets, text, err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		if (is_wanted(check, pv_rule_find(order[i]->rule)) &&
		    !is_consequence(raw, order[i]))
			rc = sift(report, check, subject, order[i], &secrets,
				  err);
	pv_spots_dispose(&secrets);
	pv_free(order);
	return rc;
}

/* --- running --------------------------------------------------------------- */

static int run_rules(pv_report *raw, pv_check *check,
		     const pv_check_subject *subject, pv_error *err)
{
	pv_check_run run = { .check = check,
			     .subject = subject,
			     .prompt = subject->prompt,
			     .report = raw,
			     .err = err };
	const pv_check_rule *rule;
	int rc;

	run.rule = &pv_rule_ignore_comment.about;
	rc = pv_silences_read(&check->silences, &run);
	for (size_t i = 0; rc == PV_OK; i++) {
		rule = pv_check_rule_at(i);
		if (!rule)
			break;
		if (!rule->run || check->levels[i] == PV_LEVEL_OFF ||
		    !is_wanted(check, &rule->about))
			continue;
		run.rule = &rule->about;
		rc = rule->run(&run);
	}
	return rc;
}

int pv_check_prompt(pv_report *report, pv_check *check,
		    const pv_check_subject *subject, pv_error *err)
{
	size_t before = subject->found ? pv_report_count(subject->found) : 0;
	pv_report *raw = NULL;
	int rc = pv_report_new(&raw, err);

	pv_check_config_levels(check->levels, &check->config, subject->path);
	for (size_t i = 0; i < before && rc == PV_OK; i++)
		rc = pv_report_add(raw, pv_report_at(subject->found, i), err);
	if (rc == PV_OK && subject->prompt)
		rc = run_rules(raw, check, subject, err);
	if (rc == PV_OK)
		rc = hand_over(report, check, subject, raw, err);
	pv_silences_dispose(&check->silences);
	pv_report_free(raw);
	return rc;
}
