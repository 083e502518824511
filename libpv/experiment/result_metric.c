/* SPDX-License-Identifier: MIT
 *
 * Metrics by their names: what they are of, which figure of it, and which way
 * is better. Names are those of alerts and of git pv performance.
 */
#include <stdio.h>
#include <string.h>

#include <pv/results.h>

#include "base/fail.h"
#include "base/mem.h"

struct source {
	const char *name;
	const char *unit;
	int is_up;
	double quantile; /* where the name says nothing; 0: the mean */
};

static const struct source sources[] = {
	{ "quality", "", 1, 0 },       { "latency", "ms", 0, 0.95 },
	{ "ttft", "ms", 0, 0.95 },     { "tokens", "", 0, 0 },
	{ "tokens_in", "", 0, 0 },     { "tokens_out", "", 0, 0 },
	{ "tokens_cached", "", 1, 0 }, { "cost", "USD", 0, 0 },
	{ "output_chars", "", 0, 0 },
};

/* Ends of names, and the figure they ask for. */
static const struct {
	const char *end;
	enum pv_result_kind kind;
	double quantile;
} figures[] = {
	{ "_mean", PV_RESULT_MEAN, 0 },
	{ "_p50", PV_RESULT_QUANTILE, 0.5 },
	{ "_p90", PV_RESULT_QUANTILE, 0.9 },
	{ "_p95", PV_RESULT_QUANTILE, 0.95 },
	{ "_p99", PV_RESULT_QUANTILE, 0.99 },
	{ "_per_unit", PV_RESULT_PER_UNIT, 0 },
};

static int ends_with(const char *text, size_t len, const char *end)
{
	size_t size = strlen(end);

	return len > size && memcmp(text + len - size, end, size) == 0;
}

static int fail_name(pv_error *err, const char *name)
{
	pv_fail(err, PV_EINVALID, "there is no metric \"%.60s\"", name);
	return pv_error_hint(err, PV_EINVALID,
			     "there are quality, success_rate, error_rate, "
			     "latency_p95, cost, tokens, score.NAME, and "
			     "A_per_B of two, as cost_per_success");
}

/* Shares have no other figures. */
static int read_share(pv_result_metric *out, const char *name)
{
	static const struct {
		const char *name;
		int is_failures;
	} shares[] = { { "success", 0 },
		       { "success_rate", 0 },
		       { "error_rate", 1 } };

	for (size_t i = 0; i < pv_array_len(shares); i++)
		if (strcmp(shares[i].name, name) == 0) {
			out->kind = PV_RESULT_SHARE;
			out->is_failures = shares[i].is_failures;
			out->is_up = !shares[i].is_failures;
			return 1;
		}
	return 0;
}

static int is_score(const char *text, size_t len)
{
	return len > strlen("score.") && memcmp(text, "score.", 6) == 0;
}

static void take_source(pv_result_metric *out, const struct source *source)
{
	out->unit = source->unit;
	out->is_up = source->is_up;
	if (out->kind == PV_RESULT_MEAN && out->quantile == 0 &&
	    source->quantile > 0) {
		out->kind = PV_RESULT_QUANTILE;
		out->quantile = source->quantile;
	}
	if (out->quantile < 0)
		out->quantile = 0;
}

static const struct source *find_source(const char *name, size_t len)
{
	for (size_t i = 0; i < pv_array_len(sources); i++)
		if (strlen(sources[i].name) == len &&
		    memcmp(sources[i].name, name, len) == 0)
			return &sources[i];
	return NULL;
}

/* What is above the line says the unit, and which way is better. */
static int read_ratio(pv_result_metric *out, char source[PV_RESULT_SOURCE],
		      const char *name)
{
	const struct source *over;

	if (!pv_trial_is_ratio(name))
		return 0;
	over = find_source(name, (size_t)(strstr(name, "_per_") - name));
	out->kind = PV_RESULT_RATIO;
	out->is_up = over ? over->is_up : 1;
	out->unit = over ? over->unit : "";
	snprintf(source, PV_RESULT_SOURCE, "%s", name);
	return 1;
}

int pv_result_metric_read(pv_result_metric *out, char source[PV_RESULT_SOURCE],
			  const char *name, pv_error *err)
{
	const struct source *found;
	size_t len = strlen(name);

	memset(out, 0, sizeof(*out));
	out->name = name;
	out->unit = "";
	out->source = source;
	snprintf(source, PV_RESULT_SOURCE, "%s", "success");
	if (read_share(out, name) || read_ratio(out, source, name))
		return PV_OK;
	if (ends_with(name, len, "_ms"))
		len -= strlen("_ms");
	else if (ends_with(name, len, "_usd"))
		len -= strlen("_usd");
	for (size_t i = 0; i < pv_array_len(figures); i++)
		if (ends_with(name, len, figures[i].end)) {
			out->kind = figures[i].kind;
			/* A mean that is asked for stays one. */
			out->quantile = out->kind == PV_RESULT_MEAN
						? -1
						: figures[i].quantile;
			len -= strlen(figures[i].end);
			break;
		}
	if (len >= PV_RESULT_SOURCE)
		return fail_name(err, name);
	snprintf(source, PV_RESULT_SOURCE, "%.*s", (int)len, name);
	found = find_source(name, len);
	if (found) {
		take_source(out, found);
		return PV_OK;
	}
	if (!is_score(name, len))
		return fail_name(err, name);
	out->is_up = 1;
	out->quantile = out->quantile < 0 ? 0 : out->quantile;
	return PV_OK;
}

int pv_result_bins_of(pv_trial_bins *out, const pv_result_metric *metric)
{
	int is_quantile = metric->kind == PV_RESULT_QUANTILE;

	out->metric = metric->source;
	out->in_looks = is_quantile;
	/* What decides is held against ranks, too. */
	return is_quantile || (metric->kind == PV_RESULT_MEAN &&
			       metric->role == PV_RESULT_PRIMARY);
}

const char *pv_result_role_name(enum pv_result_role role)
{
	static const char *const names[] = { "primary", "secondary",
					     "guardrail", "pair", "robustness" };

	return names[role];
}

const char *pv_result_state_name(enum pv_result_state state)
{
	static const char *const names[] = { "empty", "invalid", "not-yet",
					     "held", "winner" };

	return names[state];
}

static void put_ms(pv_buf *out, double value)
{
	double size = value < 0 ? -value : value;

	if (size >= 10000)
		pv_buf_printf(out, "%.1f s", value / 1000);
	else if (size >= 100)
		pv_buf_printf(out, "%.0f ms", value);
	else
		pv_buf_printf(out, "%.3g ms", value);
}

void pv_result_put_value(pv_buf *out, const pv_result_metric *metric, double value)
{
	double size = value < 0 ? -value : value;

	if (metric->kind == PV_RESULT_SHARE)
		pv_buf_printf(out, "%.1f %%", value * 100);
	else if (strcmp(metric->unit, "ms") == 0)
		put_ms(out, value);
	else if (strcmp(metric->unit, "USD") == 0)
		/* A call may cost less than a cent of a cent. */
		pv_buf_printf(out,
			      size < 1e-4 && size >= 1e-6 ? "%s$%.7f" : "%s$%.3g",
			      value < 0 ? "-" : "", size);
	else if (size >= 1000)
		pv_buf_printf(out, "%.0f", value);
	else if (size >= 0.1 || size == 0)
		pv_buf_printf(out, size >= 100 ? "%.1f" : "%.2f", value);
	else
		pv_buf_printf(out, "%.2g", value);
}
