/* SPDX-License-Identifier: MIT
 *
 * What a rule says of what was recorded: one look at the rollups of its window,
 * by prompt.
 */
#include <string.h>

#include "analytics/alert_rule.h"
#include "base/clock.h"
#include "index/rollup.h"
#include "store/worktree/wildmatch.h"

typedef int (*finding_fn)(const pv_alert_finding *finding, void *payload);

static const int64_t second = 1000000;

/* --- when ----------------------------------------------------------------- */

/* The first of the month that a time is in. */
static int64_t month_start(int64_t micros)
{
	char text[PV_TIME_TEXT];
	int64_t out = 0;

	pv_time_format(text, micros);
	memcpy(text + 8, "01T00:00:00Z", sizeof("01T00:00:00Z"));
	(void)pv_time_parse(&out, text, NULL);
	return out;
}

/* The start of the period of a budget that a time is in, UTC. */
static int64_t period_start(const char *period, int64_t now)
{
	const int64_t monday = INT64_C(4) * PV_GRAIN_DAY;
	const int64_t week = INT64_C(7) * PV_GRAIN_DAY;

	if (strcmp(period, "hour") == 0)
		return pv_rollup_bucket(now, PV_GRAIN_HOUR) * second;
	if (strcmp(period, "day") == 0)
		return pv_rollup_bucket(now, PV_GRAIN_DAY) * second;
	if (strcmp(period, "week") == 0)
		return (pv_rollup_bucket(now - monday * second, week) + monday) *
		       second;
	return month_start(now);
}

/* --- figures -------------------------------------------------------------- */

static double share(int64_t part, int64_t all)
{
	return all > 0 ? (double)part / (double)all : 0;
}

static void put_measure(pv_alert_finding *out, const alert_rule *rule,
			const pv_measure *measure)
{
	const double values[] = { measure->mean, measure->p50, measure->p95,
				  measure->p99, measure->total };

	out->n = measure->n;
	out->value = values[rule->figure];
}

static void put_score(pv_alert_finding *out, const alert_rule *rule,
		      const pv_usage *usage)
{
	for (size_t i = 0; i < usage->score_count; i++)
		if (strcmp(usage->scores[i].name, rule->score) == 0) {
			out->n = usage->scores[i].measure.n;
			out->value = usage->scores[i].measure.mean;
		}
}

static void put_figure(pv_alert_finding *out, const alert_rule *rule,
		       const pv_usage *usage)
{
	const char *place = (const char *)usage + rule->offset;

	switch (rule->figure) {
	case ALERT_MEAN:
	case ALERT_P50:
	case ALERT_P95:
	case ALERT_P99:
	case ALERT_TOTAL:
		put_measure(out, rule, (const pv_measure *)(const void *)place);
		break;
	case ALERT_SUCCESS_RATE:
		out->n = usage->judged;
		out->value = share(usage->succeeded, usage->judged);
		break;
	case ALERT_ERROR_RATE:
		out->n = usage->judged;
		out->value =
			share(usage->judged - usage->succeeded, usage->judged);
		break;
	case ALERT_CACHE_RATE:
		out->n = usage->executions;
		out->value = share(usage->cached, usage->executions);
		break;
	case ALERT_EXECUTIONS:
		out->n = usage->executions;
		out->value = (double)usage->executions;
		break;
	case ALERT_SCORE:
		put_score(out, rule, usage);
		break;
	}
}

static int64_t unknown_costs(const pv_usage *usage)
{
	int64_t left = usage->executions - usage->cached - usage->cost_usd.n;

	return left > 0 ? left : 0;
}

/* --- which prompts -------------------------------------------------------- */

static int is_about(const pv_alert *alert, const pv_usage *usage)
{
	if (strcmp(alert->prompt, "*") == 0)
		return usage->key || alert->is_budget;
	return usage->key && pv_wildmatch(alert->prompt, usage->key);
}

static void judge(pv_alert_finding *finding)
{
	finding->state =
		pv_alert_judge(finding->alert, finding->value, finding->n);
}

/* Of each prompt; of one that was not used at all, that. */
static int tell_each(const alert_rule *rule, const pv_usages *usages,
		     const pv_alert_finding *empty, finding_fn fn, void *payload)
{
	int is_pattern = strpbrk(rule->alert.prompt, "*?[\\") != NULL;
	pv_alert_finding none = *empty;
	size_t told = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < pv_usages_count(usages) && rc == PV_OK; i++) {
		const pv_usage *usage = pv_usages_at(usages, i);
		pv_alert_finding finding = *empty;

		if (!is_about(&rule->alert, usage))
			continue;
		finding.prompt = usage->key;
		put_figure(&finding, rule, usage);
		finding.unknown = strcmp(rule->alert.unit, "USD") == 0
					  ? unknown_costs(usage)
					  : 0;
		judge(&finding);
		rc = fn(&finding, payload);
		told++;
	}
	if (told || rc != PV_OK)
		return rc;
	none.state = PV_ALERT_UNKNOWN;
	if (!is_pattern) {
		none.prompt = rule->alert.prompt;
		judge(&none);
	}
	return fn(&none, payload);
}

/* Of all prompts together. */
static int tell_sum(const alert_rule *rule, const pv_usages *usages,
		    const pv_alert_finding *empty, finding_fn fn, void *payload)
{
	pv_alert_finding sum = *empty;

	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);

		if (!is_about(&rule->alert, usage))
			continue;
		sum.value += usage->cost_usd.total;
		sum.n += usage->cost_usd.n;
		sum.unknown += unknown_costs(usage);
	}
	judge(&sum);
	return fn(&sum, payload);
}

int pv_alert_check(pv_executions *index, const pv_alert *alert, int64_t now,
		   int (*fn)(const pv_alert_finding *finding, void *payload),
		   void *payload, pv_error *err)
{
	const alert_rule *rule = (const alert_rule *)(const void *)alert;
	pv_usage_query query = { .by = "prompt_id" };
	pv_alert_finding empty = { .alert = alert };
	pv_usages *usages = NULL;
	int64_t until;
	int rc;

	query.since = alert->is_budget ? period_start(alert->window, now)
				       : now - rule->span;
	rc = pv_usages_read(&usages, index, &query, err);
	if (rc < 0)
		return rc;
	pv_usages_window(usages, &empty.since, &until);
	rc = alert->is_budget ? tell_sum(rule, usages, &empty, fn, payload)
			      : tell_each(rule, usages, &empty, fn, payload);
	pv_usages_free(usages);
	return rc;
}
