/* SPDX-License-Identifier: MIT
 *
 * The names of what alerts look at: a measure, which of its figures, and the
 * unit, of which only the first has to be there.
 */
#include <string.h>

#include "analytics/alert_rule.h"
#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"

struct measure_name {
	const char *name;
	const char *unit;
	size_t offset;
};

/* Those that begin with another one's name come before it. */
static const struct measure_name measures[] = {
	{ "latency", "ms", offsetof(pv_usage, latency_ms) },
	{ "ttft", "ms", offsetof(pv_usage, ttft_ms) },
	{ "tokens_in", "", offsetof(pv_usage, tokens_in) },
	{ "tokens_out", "", offsetof(pv_usage, tokens_out) },
	{ "tokens", "", offsetof(pv_usage, tokens) },
	{ "output_chars", "", offsetof(pv_usage, output_chars) },
	{ "quality", "", offsetof(pv_usage, quality) },
	{ "cost", "USD", offsetof(pv_usage, cost_usd) },
};

static const char *const figures[] = { "_mean", "_p50", "_p95", "_p99", "_total" };

struct plain_name {
	const char *name;
	const char *unit;
	enum alert_figure figure;
};

static const struct plain_name plain[] = {
	{ "success_rate", "rate", ALERT_SUCCESS_RATE },
	{ "error_rate", "rate", ALERT_ERROR_RATE },
	{ "cache_hit_rate", "rate", ALERT_CACHE_RATE },
	{ "executions", "", ALERT_EXECUTIONS },
};

static const char score_prefix[] = "score.";

/* Takes a suffix off; whether it was there. */
static int take_suffix(pv_str *text, const char *suffix)
{
	size_t len = strlen(suffix);

	if (text->len < len ||
	    memcmp(text->ptr + text->len - len, suffix, len) != 0)
		return 0;
	text->len -= len;
	return 1;
}

static int read_measure(alert_rule *rule)
{
	pv_str name = pv_str_of(rule->alert.metric);
	int is_ms = take_suffix(&name, "_ms");
	int is_usd = !is_ms && take_suffix(&name, "_usd");
	int figure = -1;

	for (size_t i = 0; i < pv_array_len(figures) && figure < 0; i++)
		if (take_suffix(&name, figures[i]))
			figure = (int)i;
	for (size_t i = 0; i < pv_array_len(measures); i++) {
		const struct measure_name *row = &measures[i];

		if (!pv_str_is(name, row->name))
			continue;
		if ((is_ms && strcmp(row->unit, "ms") != 0) ||
		    (is_usd && strcmp(row->unit, "USD") != 0))
			return 0;
		rule->alert.unit = row->unit;
		rule->offset = row->offset;
		rule->figure = ALERT_MEAN;
		if (figure >= 0)
			rule->figure = (enum alert_figure)figure;
		else if (strcmp(row->unit, "USD") == 0)
			rule->figure = ALERT_TOTAL;
		return 1;
	}
	return 0;
}

int pv_alert_metric(alert_rule *rule, pv_error *err)
{
	const char *name = rule->alert.metric;

	rule->alert.unit = "";
	for (size_t i = 0; i < pv_array_len(plain); i++)
		if (strcmp(plain[i].name, name) == 0) {
			rule->alert.unit = plain[i].unit;
			rule->figure = plain[i].figure;
			return PV_OK;
		}
	if (strncmp(name, score_prefix, strlen(score_prefix)) == 0 &&
	    name[strlen(score_prefix)]) {
		rule->score = name + strlen(score_prefix);
		rule->figure = ALERT_SCORE;
		return PV_OK;
	}
	if (read_measure(rule))
		return PV_OK;
	pv_fail(err, PV_EINVALID, "alert \"%.60s\": \"%.60s\" is no metric",
		rule->alert.name, name);
	return pv_error_hint(err, PV_EINVALID,
			     "latency_mean, latency_p95, error_rate, "
			     "success_rate, quality, cost, executions, "
			     "score.NAME, ...");
}
