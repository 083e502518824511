/* SPDX-License-Identifier: MIT
 *
 * Figures in JSON and as people read them; see figures.h.
 */
#include "ui/figures.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"

enum {
	KEY_WIDTH_MAX = 40,
	DIGITS_MAX = 8 /* behind the point of an amount of money */
};

/* --- JSON ----------------------------------------------------------------- */

void figures_real(pv_jsonw *w, const char *key, double value, int is_known)
{
	pv_jsonw_key(w, key);
	if (is_known)
		pv_jsonw_real(w, value);
	else
		pv_jsonw_null(w);
}

static void put_time(pv_jsonw *w, const char *key, int64_t micros)
{
	char text[PV_TIME_TEXT];

	pv_time_format(text, micros);
	pv_jsonw_member(w, key, micros ? text : NULL);
}

void figures_window_json(pv_jsonw *w, const pv_usages *usages)
{
	int64_t since;
	int64_t until;

	pv_usages_window(usages, &since, &until);
	put_time(w, "since", since);
	put_time(w, "until", until);
}

static void put_latency(pv_jsonw *w, const char *key, const pv_measure *measure)
{
	pv_jsonw_key(w, key);
	pv_jsonw_object(w);
	figures_real(w, "mean", measure->mean, measure->n > 0);
	figures_real(w, "p50", measure->p50, measure->n > 0);
	figures_real(w, "p95", measure->p95, measure->n > 0);
	figures_real(w, "p99", measure->p99, measure->n > 0);
	pv_jsonw_object_end(w);
}

static void put_tokens(pv_jsonw *w, const pv_usage *usage)
{
	pv_jsonw_key(w, "tokens");
	pv_jsonw_object(w);
	figures_real(w, "in", usage->tokens_in.total, usage->tokens_in.n > 0);
	figures_real(w, "out", usage->tokens_out.total, usage->tokens_out.n > 0);
	figures_real(w, "total", usage->tokens.total, usage->tokens.n > 0);
	figures_real(w, "per_request", usage->tokens.mean, usage->tokens.n > 0);
	pv_jsonw_object_end(w);
}

static void put_cost(pv_jsonw *w, const pv_usage *usage)
{
	const pv_measure *cost = &usage->cost_usd;

	pv_jsonw_key(w, "cost_usd");
	pv_jsonw_object(w);
	figures_real(w, "total", cost->total, cost->n > 0);
	figures_real(w, "per_request", cost->mean, cost->n > 0);
	figures_real(w, "per_success", usage->cost_per_success,
		     usage->cost_per_success > 0);
	pv_jsonw_object_end(w);
}

static void put_mean(pv_jsonw *w, const char *key, const pv_measure *measure)
{
	pv_jsonw_key(w, key);
	pv_jsonw_object(w);
	figures_real(w, "mean", measure->mean, measure->n > 0);
	pv_jsonw_key(w, "n");
	pv_jsonw_int(w, measure->n);
	pv_jsonw_object_end(w);
}

static void put_errors(pv_jsonw *w, const pv_usage *usage)
{
	pv_jsonw_key(w, "errors");
	pv_jsonw_array(w);
	for (size_t i = 0; i < usage->error_count; i++) {
		pv_jsonw_object(w);
		pv_jsonw_member(w, "type", usage->errors[i].type);
		pv_jsonw_key(w, "count");
		pv_jsonw_int(w, usage->errors[i].count);
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

static void put_rates(pv_jsonw *w, const pv_usage *usage)
{
	double judged = (double)usage->judged;
	double rate = usage->judged ? (double)usage->succeeded / judged : 0;

	pv_jsonw_key(w, "executions");
	pv_jsonw_int(w, usage->executions);
	figures_real(w, "success_rate", rate, usage->judged > 0);
	pv_jsonw_key(w, "success_interval");
	if (usage->judged) {
		pv_jsonw_array(w);
		pv_jsonw_real(w, usage->success_low);
		pv_jsonw_real(w, usage->success_high);
		pv_jsonw_array_end(w);
	} else {
		pv_jsonw_null(w);
	}
	figures_real(w, "error_rate",
		     usage->judged ? (judged - (double)usage->succeeded) / judged
				   : 0,
		     usage->judged > 0);
}

void figures_use_members(pv_jsonw *w, const pv_usages *usages, const char *prompt)
{
	static const pv_usage none = { 0 };
	const pv_usage *usage = figures_use_of(usages, prompt);

	usage = usage ? usage : &none;
	pv_jsonw_key(w, "usage_count");
	if (usages)
		pv_jsonw_int(w, usage->executions);
	else
		pv_jsonw_null(w);
	put_time(w, "last_used_at", usage->last_used);
	figures_real(w, "success_rate",
		     usage->judged
			     ? (double)usage->succeeded / (double)usage->judged
			     : 0,
		     usage->judged > 0);
}

void figures_members(pv_jsonw *w, const pv_usage *usage)
{
	put_rates(w, usage);
	put_latency(w, "latency_ms", &usage->latency_ms);
	put_latency(w, "ttft_ms", &usage->ttft_ms);
	put_tokens(w, usage);
	figures_real(w, "output_chars", usage->output_chars.mean,
		     usage->output_chars.n > 0);
	put_cost(w, usage);
	put_mean(w, "quality", &usage->quality);
	pv_jsonw_key(w, "scores");
	pv_jsonw_object(w);
	for (size_t i = 0; i < usage->score_count; i++)
		put_mean(w, usage->scores[i].name, &usage->scores[i].measure);
	pv_jsonw_object_end(w);
	figures_real(w, "cache_hit_rate",
		     usage->executions
			     ? (double)usage->cached / (double)usage->executions
			     : 0,
		     usage->executions > 0);
	put_errors(w, usage);
	put_time(w, "last_used_at", usage->last_used);
}

/* --- for people ----------------------------------------------------------- */

static void unknown(char out[FIGURES_TEXT])
{
	snprintf(out, FIGURES_TEXT, "-");
}

void figures_ms(char out[FIGURES_TEXT], double value, int is_known)
{
	if (!is_known)
		unknown(out);
	else if (fabs(value) >= 1000)
		snprintf(out, FIGURES_TEXT, "%.2f s", value / 1000);
	else
		snprintf(out, FIGURES_TEXT, "%.*f ms", fabs(value) < 10 ? 1 : 0,
			 value);
}

void figures_usd(char out[FIGURES_TEXT], double value, int is_known)
{
	double size = fabs(value);
	double limit = 1;
	int digits = 2;

	if (!is_known) {
		unknown(out);
		return;
	}
	while (digits < DIGITS_MAX && size > 0 && size < limit) {
		digits++;
		limit /= 10;
	}
	snprintf(out, FIGURES_TEXT, "%s$%.*f", value < 0 ? "-" : "", digits,
		 size);
}

void figures_rate(char out[FIGURES_TEXT], double value, int is_known)
{
	if (!is_known)
		unknown(out);
	else
		snprintf(out, FIGURES_TEXT, "%.1f %%", value * 100);
}

void figures_count(char out[FIGURES_TEXT], int64_t value)
{
	char digits[32];
	size_t len;
	size_t at = 0;

	snprintf(digits, sizeof(digits), "%lld", (long long)value);
	len = strlen(digits);
	for (size_t i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0 && digits[i - 1] != '-')
			out[at++] = ',';
		out[at++] = digits[i];
	}
	out[at] = '\0';
}

void figures_value(char out[FIGURES_TEXT], const figures_metric *metric,
		   double value, int is_known)
{
	const char *unit = figures_unit(metric);

	if (!is_known)
		unknown(out);
	else if (metric->is_rate)
		figures_rate(out, value, 1);
	else if (strcmp(unit, "ms") == 0)
		figures_ms(out, value, 1);
	else if (strcmp(unit, "USD") == 0)
		figures_usd(out, value, 1);
	else if (fabs(value) >= 1000 && fabs(value) < 1e15)
		figures_count(out, (int64_t)llround(value));
	else
		snprintf(out, FIGURES_TEXT, "%.3g%s%s", value,
			 *metric->own_unit ? " " : "", metric->own_unit);
}

int figures_key_width(const pv_usages *usages, const char *name)
{
	size_t width = strlen(name);

	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const char *key = pv_usages_at(usages, i)->key;
		size_t len = key ? strlen(key) : 1;

		width = len > width ? len : width;
	}
	return (int)(width > KEY_WIDTH_MAX ? KEY_WIDTH_MAX : width);
}

void figures_cell(pv_cli *cli, const char *text, int width)
{
	cli_printf(cli, "  %*s", width, text);
}
