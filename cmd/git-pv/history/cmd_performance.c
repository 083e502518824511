/* SPDX-License-Identifier: MIT
 *
 * `git pv performance`: how a prompt did, from the rollups of the index.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "ui/figures.h"

static const char *const groups[] = { "version",    "model", "env",  "variant",
				      "day",        "hour",  "week", "provider",
				      "experiment", NULL };
/* The same as the library calls them. */
static const char *const group_fields[] = {
	"version", "model", "environment", "variant",   "day",
	"hour",    "week",  "provider",    "experiment"
};

static const cli_option options[] = {
	FIGURES_FILTERS,
	FIGURES_TIMES("of the last N days"),
	{ 0, "by", CLI_ENUM, FIGURES_OPTION(by), "WHAT",
	  "one row for each version, model, env, variant, experiment, provider, "
	  "day, hour or week",
	  groups },
	{ 0, "metric", CLI_STRING, FIGURES_OPTION(metric), "NAME",
	  "show this number: latency, cost, quality, score.NAME, ..." },
	FIGURES_CACHED,
	{ 0 },
};

const cli_usage cmd_performance_usage = {
	.synopsis = { "git pv performance ID [--version V] [--env E] "
		      "[--variant NAME] [--experiment ID] [--model NAME] "
		      "[--provider NAME] [--days N | --since TIME | "
		      "--window SPAN] [--until TIME] [--by WHAT] "
		      "[--metric NAME] [--include-cached] [--json]" },
	.examples = { "git pv performance support/triage --days 30",
		      "git pv performance support/triage --by version" },
	.options = options,
	.args = "ID",
	.min_args = 1,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* A run: what is asked for and found. */
struct run {
	pv_cli *cli;
	const char *id;
	const char *by; /* as the user says it; NULL */
	figures_metric metric;
	pv_usages *usages;
	pv_usages *plain; /* without a cache, to be shown beside; or NULL */
};

/* --- JSON ----------------------------------------------------------------- */

static void put_metric(pv_jsonw *w, const figures_metric *metric,
		       const pv_usage *usage)
{
	pv_measure measure = figures_metric_of(metric, usage);
	int is_known = measure.n > 0;
	int has_quantiles = is_known && !metric->is_rate;

	pv_jsonw_key(w, "metric");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", metric->name);
	pv_jsonw_key(w, "n");
	pv_jsonw_int(w, measure.n);
	figures_real(w, "mean", measure.mean, is_known);
	figures_real(w, "variance", measure.variance, measure.n > 1);
	figures_real(w, "total", measure.total, is_known);
	figures_real(w, "p50", measure.p50, has_quantiles);
	figures_real(w, "p95", measure.p95, has_quantiles);
	figures_real(w, "p99", measure.p99, has_quantiles);
	pv_jsonw_object_end(w);
}

static void put_members(pv_jsonw *w, const struct run *run, const pv_usage *usage)
{
	figures_members(w, usage);
	if (run->metric.name)
		put_metric(w, &run->metric, usage);
}

static void print_json(const struct run *run)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &run->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", run->id);
	figures_window_json(&w, run->usages);
	put_members(&w, run, pv_usages_total(run->usages));
	if (run->plain) {
		pv_jsonw_key(&w, "without_cache");
		pv_jsonw_object(&w);
		put_members(&w, run, pv_usages_total(run->plain));
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_key(&w, "by");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_usages_count(run->usages); i++) {
		const pv_usage *usage = pv_usages_at(run->usages, i);

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, run->by, usage->key);
		put_members(&w, run, usage);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

/* --- for people ----------------------------------------------------------- */

/* Stands in front of figures of executions that no cache answered. */
static const char without_cache[] = "without cache";

static void put_line(pv_cli *cli, const char *name, const char *text)
{
	cli_printf(cli, "%-14s %s\n", name, text);
}

/* One line; `name` stands in front. */
static void put_measure_as(pv_cli *cli, const char *name,
			   const figures_metric *metric, const pv_usage *usage)
{
	pv_measure measure = figures_metric_of(metric, usage);
	double values[4] = { measure.mean, measure.p50, measure.p95, measure.p99 };
	static const char *const names[] = { "mean", "p50", "p95", "p99" };
	char text[4][FIGURES_TEXT];

	if (!measure.n)
		return;
	cli_printf(cli, "%-14s", name);
	for (int i = 0; i < (metric->is_rate ? 1 : 4); i++) {
		figures_value(text[i], metric, values[i], 1);
		cli_printf(cli, "%s%s %s", i ? ", " : " ", names[i], text[i]);
	}
	cli_printf(cli, " (%lld)\n", (long long)measure.n);
}

static void put_measure(const struct run *run, const figures_metric *metric,
			const pv_usage *usage)
{
	const pv_usage *plain = run->plain ? pv_usages_total(run->plain) : usage;

	put_measure_as(run->cli, metric->name, metric, usage);
	if (figures_metric_of(metric, plain).n !=
	    figures_metric_of(metric, usage).n)
		put_measure_as(run->cli, without_cache, metric, plain);
}

static void put_success(pv_cli *cli, const pv_usage *usage)
{
	char text[3][FIGURES_TEXT];

	if (!usage->judged)
		return;
	figures_rate(text[0], (double)usage->succeeded / (double)usage->judged,
		     1);
	figures_rate(text[1], usage->success_low, 1);
	figures_rate(text[2], usage->success_high, 1);
	cli_printf(cli, "%-14s %s (95 %% between %s and %s)\n", "success",
		   text[0], text[1], text[2]);
	figures_rate(text[0],
		     (double)(usage->judged - usage->succeeded) /
			     (double)usage->judged,
		     1);
	put_line(cli, "error rate", text[0]);
}

static void put_money(pv_cli *cli, const char *name, const pv_usage *usage)
{
	const pv_measure *cost = &usage->cost_usd;
	int64_t unknown = usage->executions - usage->cached - cost->n;
	char text[3][FIGURES_TEXT];

	if (!cost->n)
		return;
	figures_usd(text[0], cost->total, 1);
	figures_usd(text[1], cost->mean, 1);
	figures_usd(text[2], usage->cost_per_success,
		    usage->cost_per_success > 0);
	cli_printf(cli, "%-14s %s, %s per request, %s per success\n", name,
		   text[0], text[1], text[2]);
	if (unknown > 0)
		cli_printf(cli, "%-14s the cost of %lld is not known\n", "",
			   (long long)unknown);
}

static void put_tokens(pv_cli *cli, const char *name, const pv_usage *usage)
{
	char text[3][FIGURES_TEXT];

	if (!usage->tokens.n)
		return;
	figures_count(text[0], (int64_t)usage->tokens.total);
	figures_count(text[1], (int64_t)usage->tokens_in.total);
	figures_count(text[2], (int64_t)usage->tokens_out.total);
	cli_printf(cli, "%-14s %s", name, text[0]);
	if (usage->tokens_in.n || usage->tokens_out.n)
		cli_printf(cli, " (%s in, %s out)",
			   usage->tokens_in.n ? text[1] : "unknown",
			   usage->tokens_out.n ? text[2] : "unknown");
	cli_printf(cli, ", %.0f per request\n", usage->tokens.mean);
}

static void put_errors(pv_cli *cli, const pv_usage *usage)
{
	for (size_t i = 0; i < usage->error_count; i++) {
		cli_printf(cli, "%-14s %lld ", i ? "" : "errors",
			   (long long)usage->errors[i].count);
		cli_line(cli, usage->errors[i].type);
		cli_puts(cli, "\n");
	}
}

static void put_scores(pv_cli *cli, const pv_usage *usage)
{
	for (size_t i = 0; i < usage->score_count; i++) {
		cli_puts(cli, "score.");
		cli_line(cli, usage->scores[i].name);
		cli_printf(cli, "  mean %.3g (%lld)\n",
			   usage->scores[i].measure.mean,
			   (long long)usage->scores[i].measure.n);
	}
}

static void print_whole(const struct run *run, const pv_usage *usage)
{
	static const figures_metric shown[] = {
		{ .name = "latency", .unit = "ms", .less_is_better = 1 },
		{ .name = "ttft", .unit = "ms", .less_is_better = 1 },
		{ .name = "output_chars", .unit = "" },
		{ .name = "quality", .unit = "" }
	};
	const pv_usage *plain = run->plain ? pv_usages_total(run->plain) : usage;
	pv_cli *cli = run->cli;
	char text[FIGURES_TEXT];
	char when[PV_TIME_TEXT];

	figures_count(text, usage->executions);
	put_line(cli, "executions", text);
	if (usage->cached)
		cli_printf(cli, "%-14s %lld from a cache\n", "",
			   (long long)usage->cached);
	put_success(cli, usage);
	for (size_t i = 0; i < 2; i++)
		put_measure(run, &shown[i], usage);
	put_tokens(cli, "tokens", usage);
	if (plain->tokens.n != usage->tokens.n)
		put_tokens(cli, without_cache, plain);
	put_measure(run, &shown[2], usage);
	put_money(cli, "cost", usage);
	if (plain->cost_usd.n != usage->cost_usd.n)
		put_money(cli, without_cache, plain);
	put_measure(run, &shown[3], usage);
	put_scores(cli, usage);
	put_errors(cli, usage);
	pv_time_format(when, usage->last_used);
	put_line(cli, "last used", when);
}

static void print_row(const struct run *run, const pv_usage *usage, int width)
{
	pv_cli *cli = run->cli;
	const pv_measure *latency = &usage->latency_ms;
	char text[7][FIGURES_TEXT];

	figures_count(text[0], usage->executions);
	figures_rate(text[1],
		     usage->judged
			     ? (double)usage->succeeded / (double)usage->judged
			     : 0,
		     usage->judged > 0);
	figures_ms(text[2], latency->p50, latency->n > 0);
	figures_ms(text[3], latency->p95, latency->n > 0);
	figures_usd(text[4], usage->cost_usd.mean, usage->cost_usd.n > 0);
	snprintf(text[5], FIGURES_TEXT, usage->quality.n ? "%.2f" : "-",
		 usage->quality.mean);
	cli_line(cli, usage->key ? usage->key : "-");
	cli_printf(cli, "%*s",
		   width - (int)strlen(usage->key ? usage->key : "-"), "");
	for (int i = 0; i < 6; i++)
		figures_cell(cli, text[i], i ? 9 : 10);
	if (run->metric.name) {
		pv_measure measure = figures_metric_of(&run->metric, usage);

		figures_value(text[6], &run->metric, measure.mean, measure.n > 0);
		figures_cell(cli, text[6], 9);
	}
	cli_puts(cli, "\n");
}

static void print_table(const struct run *run)
{
	static const char *const heads[] = { "executions", "success", "p50",
					     "p95",        "cost",    "quality" };
	pv_cli *cli = run->cli;
	int width = figures_key_width(run->usages, run->by);

	cli_puts(cli, cli_color(cli, CLI_COLOR_BOLD));
	cli_printf(cli, "%-*s", width, run->by);
	for (int i = 0; i < 6; i++)
		figures_cell(cli, heads[i], i ? 9 : 10);
	if (run->metric.name)
		figures_cell(cli, run->metric.name, 9);
	cli_puts(cli, cli_color(cli, CLI_COLOR_RESET));
	cli_puts(cli, "\n");
	for (size_t i = 0; i < pv_usages_count(run->usages); i++)
		print_row(run, pv_usages_at(run->usages, i), width);
}

static void print(const struct run *run)
{
	const pv_usage *total = pv_usages_total(run->usages);

	if (!total->executions)
		figures_hint(run->cli, run->id);
	else if (run->metric.name && !figures_metric_of(&run->metric, total).n)
		figures_hint_metric(run->cli, run->id, &run->metric);
	else if (run->by)
		print_table(run);
	else if (run->metric.name)
		put_measure(run, &run->metric, total);
	else
		print_whole(run, total);
}

/* --- the command ---------------------------------------------------------- */

/* What a cache answered is seen best beside what it did not. */
static int read_plain(struct run *run, const pv_usage_query *with)
{
	pv_usage_query query = *with;

	query.include_cached = 0;
	if (!pv_usages_total(run->usages)->cached)
		return PV_OK;
	return figures_read(&run->plain, run->cli, &query, run->id);
}

static int perform(pv_cli *cli, const figures_options *opts, const char *id)
{
	struct run run = { .cli = cli, .id = id };
	figures_query asked;
	int rc = figures_query_read(&asked, cli, opts, id);

	if (opts->by) {
		run.by = groups[opts->by - 1];
		asked.query.by = group_fields[opts->by - 1];
	}
	if (rc == PV_OK && opts->metric)
		rc = figures_metric_find(&run.metric, cli, opts->metric);
	if (rc == PV_OK)
		rc = figures_read(&run.usages, cli, &asked.query, id);
	if (rc == PV_OK && opts->include_cached && !opts->by)
		rc = read_plain(&run, &asked.query);
	if (rc == PV_OK && cli->json)
		print_json(&run);
	else if (rc == PV_OK)
		print(&run);
	pv_usages_free(run.usages);
	pv_usages_free(run.plain);
	pv_free(asked.matches);
	return rc;
}

int cmd_performance(pv_cli *cli, int argc, char **argv)
{
	figures_options opts = { .days = -1 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = perform(cli, &opts, argv[0]);
	cli_list_dispose(&opts.matches);
	return rc;
}
