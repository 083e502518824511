/* SPDX-License-Identifier: MIT
 *
 * Calculators of git pv stats for one series of values: a quantile, a trend,
 * and charts that say when it has changed.
 */
#include "experiment/stats_kinds.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

/* --- a quantile ----------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const double *x = a;
	const double *y = b;

	return (*x > *y) - (*x < *y);
}

int stats_quantile(stats_call *call)
{
	pv_stats_quantile got = { 0 };
	double *values = NULL;
	size_t count = 0;
	double q;
	double confidence;
	int is_known;
	int rc = stats_number_or(&q, call, "q", 0.5);

	if (rc == PV_OK)
		rc = stats_chance_or(&confidence, call, "confidence", 0.95);
	if (rc == PV_OK)
		rc = stats_numbers(&values, &count, call, "values", 0);
	if (rc == PV_OK) {
		qsort(values, count, sizeof(*values), by_value);
		rc = pv_stats_quantile_of(&got, values, count, q, confidence,
					  call->err);
	}
	pv_free(values);
	if (rc < 0)
		return rc;
	is_known = got.status == PV_STATS_KNOWN;
	stats_put_status(call, got.status);
	stats_put(call, "value", got.value, is_known);
	stats_put_interval(call, "interval", got.interval, is_known);
	stats_put(call, "coverage", got.coverage, is_known);
	return PV_OK;
}

/* --- a trend -------------------------------------------------------------- */

/* Values without an x follow each other at equal distances. */
static int take_points(double **x, double **y, size_t *count_out, stats_call *call)
{
	size_t other = 0;
	int rc = stats_numbers(y, count_out, call, "y", 0);

	if (rc < 0)
		return rc;
	if (pv_json_get(call->in, "x")) {
		rc = stats_numbers(x, &other, call, "x", 0);
		if (rc == PV_OK && other != *count_out)
			rc = pv_fail(call->err, PV_EINVALID,
				     "\"x\" and \"y\" are not as many");
		return rc;
	}
	*x = pv_calloc(*count_out + 1, sizeof(**x));
	if (!*x)
		return pv_fail_nomem(call->err);
	for (size_t i = 0; i < *count_out; i++)
		(*x)[i] = (double)i;
	return PV_OK;
}

static void put_trend(stats_call *call, const pv_stats_trend *trend,
		      const pv_stats_line *line)
{
	int is_known = trend->status == PV_STATS_KNOWN;
	int has_slope = trend->status != PV_STATS_TOO_FEW;
	int has_line = line->status == PV_STATS_KNOWN;

	stats_put_status(call, trend->status);
	stats_put(call, "s", trend->s, is_known);
	stats_put(call, "z", trend->z, is_known);
	stats_put(call, "p", trend->p, is_known);
	stats_put(call, "tau", trend->tau, is_known);
	stats_put(call, "slope", trend->slope, has_slope);
	stats_put(call, "intercept", trend->intercept, has_slope);
	stats_put(call, "line_slope", line->slope,
		  line->status != PV_STATS_TOO_FEW);
	stats_put(call, "line_intercept", line->intercept,
		  line->status != PV_STATS_TOO_FEW);
	stats_put(call, "line_error", line->error, has_line);
	stats_put(call, "line_p", line->p, has_line);
	stats_put(call, "r2", line->r2, has_line);
}

int stats_trend(stats_call *call)
{
	pv_stats_trend trend = { 0 };
	pv_stats_line line = { 0 };
	double *x = NULL;
	double *y = NULL;
	size_t count = 0;
	int rc = take_points(&x, &y, &count, call);

	if (rc == PV_OK)
		rc = pv_stats_trend_of(&trend, x, y, count, call->err);
	if (rc == PV_OK)
		rc = pv_stats_line_of(&line, x, y, count, call->err);
	if (rc == PV_OK)
		put_trend(call, &trend, &line);
	pv_free(x);
	pv_free(y);
	return rc;
}

/* --- a change ------------------------------------------------------------- */

enum chart_kind {
	CUSUM = 0,
	EWMA,
	PAGE_HINKLEY
};

static const char *const charts[] = { "cusum", "ewma", "page-hinkley" };

/* What the charts take besides values, and of which they are. */
static const struct setting {
	const char *key;
	int of; /* a set of charts */
	int is_required;
	int is_positive;
	double fallback;
} settings[] = {
	{ "mean", 1 << CUSUM | 1 << EWMA, 1, 0, 0 },
	{ "sd", 1 << CUSUM | 1 << EWMA, 1, 1, 0 },
	{ "slack", 1 << CUSUM, 0, 0, 0.5 },
	{ "limit", 1 << CUSUM, 0, 1, 5 },
	{ "limit", 1 << PAGE_HINKLEY, 1, 1, 0 },
	{ "weight", 1 << EWMA, 0, 1, 0.2 },
	{ "width", 1 << EWMA, 0, 1, 3 },
	{ "delta", 1 << PAGE_HINKLEY, 0, 0, 0 },
};

struct chart {
	enum chart_kind kind;
	pv_stats_cusum cusum;
	pv_stats_ewma ewma;
	pv_stats_page_hinkley hinkley;
};

static int add(struct chart *it, double x)
{
	switch (it->kind) {
	case CUSUM:
		return pv_stats_cusum_add(&it->cusum, x);
	case EWMA:
		return pv_stats_ewma_add(&it->ewma, x);
	case PAGE_HINKLEY:
		return pv_stats_page_hinkley_add(&it->hinkley, x);
	}
	return PV_STATS_QUIET;
}

/* A chart passes over what is beyond its numbers, which nobody would see. */
static int is_in_range(const struct chart *it, double x)
{
	switch (it->kind) {
	case CUSUM:
		return isfinite((x - it->cusum.mean) / it->cusum.sd -
				it->cusum.slack);
	case EWMA:
		return isfinite(x - it->ewma.mean) &&
		       isfinite(it->ewma.width * it->ewma.sd);
	case PAGE_HINKLEY:
		break;
	}
	return isfinite(x) && isfinite(it->hinkley.delta);
}

/* The values, each of which the chart can take. */
static int take_values(double **out, size_t *count_out, stats_call *call,
		       const struct chart *chart)
{
	int rc = stats_numbers(out, count_out, call, "values", 0);

	if (rc == PV_OK && !*count_out)
		rc = pv_fail(call->err, PV_EINVALID, "\"values\" is empty");
	for (size_t i = 0; i < *count_out && rc == PV_OK; i++)
		if (!is_in_range(chart, (*out)[i]))
			rc = pv_fail(call->err, PV_EINVALID,
				     "element %zu of \"values\" is out of range "
				     "with these settings",
				     i);
	return rc;
}

static int take_setting(double *out, stats_call *call,
			const struct setting *setting)
{
	int rc = setting->is_required
			 ? stats_number(out, call, call->in, setting->key)
			 : stats_number_or(out, call, setting->key,
					   setting->fallback);

	if (rc == PV_OK && setting->is_positive && !(*out > 0))
		rc = pv_fail(call->err, PV_EINVALID, "\"%s\" is not above 0",
			     setting->key);
	return rc;
}

/* A setting of another chart must not be taken for one that matters. */
static int check_settings(stats_call *call, enum chart_kind kind)
{
	for (size_t i = 0; i < pv_array_len(settings); i++) {
		const char *key = settings[i].key;
		int is_mine = 0;

		for (size_t k = 0; k < pv_array_len(settings); k++)
			is_mine |= !strcmp(settings[k].key, key) &&
				   settings[k].of & 1 << kind;
		if (!is_mine && pv_json_get(call->in, key))
			return pv_fail(call->err, PV_EINVALID,
				       "\"%s\" is not for %s", key, charts[kind]);
	}
	return PV_OK;
}

static int take_chart(struct chart *out, stats_call *call)
{
	double got[pv_array_len(settings)] = { 0 };
	int kind = CUSUM;
	int rc = stats_choice(&kind, call, "method", charts,
			      pv_array_len(charts));

	if (rc == PV_OK)
		rc = check_settings(call, (enum chart_kind)kind);
	for (size_t i = 0; i < pv_array_len(settings) && rc == PV_OK; i++)
		if (settings[i].of & 1 << kind)
			rc = take_setting(&got[i], call, &settings[i]);
	out->kind = (enum chart_kind)kind;
	out->cusum = (pv_stats_cusum){
		.mean = got[0], .sd = got[1], .slack = got[2], .limit = got[3]
	};
	out->hinkley =
		(pv_stats_page_hinkley){ .limit = got[4], .delta = got[7] };
	out->ewma = (pv_stats_ewma){
		.mean = got[0], .sd = got[1], .weight = got[5], .width = got[6]
	};
	if (rc == PV_OK && out->ewma.weight > 1)
		rc = pv_fail(call->err, PV_EINVALID, "\"weight\" is above 1");
	return rc;
}

static void put_place(stats_call *call, const char *key, size_t at, size_t count)
{
	pv_jsonw_key(call->out, key);
	if (at < count)
		pv_jsonw_int(call->out, (int64_t)at);
	else
		pv_jsonw_null(call->out);
}

static void put_chart(stats_call *call, const struct chart *it)
{
	int is_ewma = it->kind == EWMA;
	int is_cusum = it->kind == CUSUM;

	stats_put(call, "up", is_cusum ? it->cusum.up : it->hinkley.up, !is_ewma);
	stats_put(call, "down", is_cusum ? it->cusum.down : it->hinkley.down,
		  !is_ewma);
	stats_put(call, "value", it->ewma.mean + it->ewma.off, is_ewma);
	stats_put(call, "limit",
		  is_ewma    ? it->ewma.limit
		  : is_cusum ? it->cusum.limit
			     : it->hinkley.limit,
		  1);
}

int stats_change(stats_call *call)
{
	struct chart chart = { 0 };
	double *values = NULL;
	size_t count = 0;
	size_t up;
	size_t down;
	int rc = take_chart(&chart, call);

	if (rc == PV_OK)
		rc = take_values(&values, &count, call, &chart);
	up = count;
	down = count;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		int alarm = add(&chart, values[i]);

		if (alarm & PV_STATS_UP && up == count)
			up = i;
		if (alarm & PV_STATS_DOWN && down == count)
			down = i;
	}
	pv_free(values);
	if (rc < 0)
		return rc;
	pv_jsonw_member(call->out, "method", charts[chart.kind]);
	put_place(call, "up_at", up, count);
	put_place(call, "down_at", down, count);
	put_chart(call, &chart);
	return PV_OK;
}
