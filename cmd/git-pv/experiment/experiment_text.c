/* SPDX-License-Identifier: MIT
 *
 * Results for people, on a terminal of 80 columns: the verdict first, then a
 * table for each metric, and what is to be known of it.
 */
#include "experiment/experiment_results.h"

#include <stdio.h>
#include <string.h>

enum {
	NAME_WIDTH = 12,
	COUNT_WIDTH = 8,
	VALUE_WIDTH = 9,
	INTERVAL_WIDTH = 22,
	P_WIDTH = 8
};

/* --- cells ------------------------------------------------------------------ */

static void put_left(pv_cli *cli, const char *text, int width)
{
	int len = (int)strlen(text);

	cli_line(cli, text);
	cli_printf(cli, "%*s", len < width ? width - len : 0, "");
}

/* What is too long stands apart from the cell before it all the same. */
static void put_right(pv_cli *cli, const char *text, int width)
{
	int len = (int)strlen(text);

	cli_printf(cli, "%*s", len < width ? width - len : 1, "");
	cli_line(cli, text);
}

static void put_value(pv_cli *cli, const pv_result_metric *metric, double value,
		      int is_known)
{
	pv_buf text = { 0 };

	if (is_known)
		pv_result_put_value(&text, metric, value);
	put_right(cli, is_known ? pv_buf_text(&text) : "-", VALUE_WIDTH);
	pv_buf_dispose(&text);
}

static void put_interval(pv_cli *cli, const pv_result_metric *metric,
			 pv_stats_interval interval, int is_known)
{
	pv_buf text = { 0 };

	if (is_known) {
		pv_result_put_value(&text, metric, interval.low);
		pv_buf_puts(&text, " to ");
		pv_result_put_value(&text, metric, interval.high);
	}
	put_right(cli, is_known ? pv_buf_text(&text) : "", INTERVAL_WIDTH);
	pv_buf_dispose(&text);
}

/* "0.004", "<0.001"; of a posterior "97.1 %". */
static void put_p(pv_cli *cli, const pv_result_test *test)
{
	char text[32] = "";

	if (test->has_chance)
		snprintf(text, sizeof(text), "%.1f %%", 100 * test->chance);
	else if (test->has_p && test->p_corrected < 0.001)
		snprintf(text, sizeof(text), "<0.001");
	else if (test->has_p)
		snprintf(text, sizeof(text), "%.3f", test->p_corrected);
	put_right(cli, text, P_WIDTH);
}

/* --- tables ------------------------------------------------------------------ */

static void put_word(pv_cli *cli, const pv_result_test *test)
{
	const char *word = "";
	enum cli_color color = CLI_COLOR_DIM;

	if (test->role == PV_RESULT_GUARDRAIL) {
		word = test->verdict > 0   ? "passes"
		       : test->verdict < 0 ? "fails"
					   : "open";
		color = test->verdict > 0   ? CLI_COLOR_NEW
			: test->verdict < 0 ? CLI_COLOR_ERROR
					    : CLI_COLOR_WARN;
	} else if (test->better) {
		word = test->better > 0 ? "better" : "worse";
		color = test->better > 0 ? CLI_COLOR_NEW : CLI_COLOR_OLD;
	}
	if (*word)
		cli_printf(cli, "  %s%s%s", cli_color(cli, color), word,
			   cli_color(cli, CLI_COLOR_RESET));
}

/* Of the column of names: the longest, and a blank. */
static int name_width(const pv_results *results)
{
	size_t out = NAME_WIDTH;

	for (size_t i = 0; i < results->variant_count; i++)
		if (strlen(results->variants[i].name) >= out)
			out = strlen(results->variants[i].name) + 1;
	return (int)out;
}

static void put_row(pv_cli *cli, const pv_results *results, size_t variant,
		    size_t m)
{
	const pv_result_metric *metric = &results->metrics[m];
	const pv_result_estimate *it = &results->variants[variant].estimates[m];
	const pv_result_test *test = pv_results_test_of(results, variant, m);
	char count[32];

	snprintf(count, sizeof(count), "%lld", (long long)it->n);
	cli_puts(cli, "  ");
	put_left(cli, results->variants[variant].name, name_width(results));
	put_right(cli, count, COUNT_WIDTH);
	put_value(cli, metric, it->value, it->n > 0);
	if (test) {
		put_value(cli, metric, test->difference,
			  test->status != PV_STATS_TOO_FEW);
		put_interval(cli, metric, test->interval, test->has_interval);
		put_p(cli, test);
		put_word(cli, test);
	}
	cli_puts(cli, "\n");
}

/* Of more than two: how likely each is the best of all. */
static void put_best(pv_cli *cli, const pv_results *results, size_t m)
{
	if (!results->variants[0].estimates[m].has_best)
		return;
	cli_puts(cli, "  best of all:");
	for (size_t i = 0; i < results->variant_count; i++) {
		cli_puts(cli, i ? ", " : " ");
		cli_line(cli, results->variants[i].name);
		cli_printf(cli, " %.1f %%",
			   100 * results->variants[i].estimates[m].best);
	}
	cli_puts(cli, "\n");
}

static void put_metric(pv_cli *cli, const pv_results *results, size_t m)
{
	const pv_result_metric *metric = &results->metrics[m];

	cli_printf(cli, "%s", cli_color(cli, CLI_COLOR_BOLD));
	cli_line(cli, metric->name);
	cli_printf(cli, "%s, %s is better", cli_color(cli, CLI_COLOR_RESET),
		   metric->is_up ? "more" : "less");
	if (metric->role != PV_RESULT_PRIMARY)
		cli_printf(cli, " (%s)", pv_result_role_name(metric->role));
	cli_printf(cli, "%s\n  %-*s%*s%*s%*s%*s%*s%s\n",
		   cli_color(cli, CLI_COLOR_DIM), name_width(results),
		   "variant", COUNT_WIDTH, "n", VALUE_WIDTH, "estimate",
		   VALUE_WIDTH, "change", INTERVAL_WIDTH, "interval", P_WIDTH,
		   results->method == PV_METHOD_BAYES ? "chance" : "p",
		   cli_color(cli, CLI_COLOR_RESET));
	put_row(cli, results, results->control, m);
	for (size_t i = 0; i < results->variant_count; i++)
		if (i != results->control)
			put_row(cli, results, i, m);
	if (results->variant_count > 2)
		put_best(cli, results, m);
	cli_puts(cli, "\n");
}

static void put_pairs(pv_cli *cli, const pv_results *results)
{
	for (size_t i = 0; i < results->test_count; i++) {
		const pv_result_test *test = &results->tests[i];
		const pv_result_metric *metric = &results->metrics[test->metric];

		if (test->role != PV_RESULT_PAIR)
			continue;
		cli_puts(cli, "  ");
		cli_line(cli, results->variants[test->b].name);
		cli_puts(cli, " against ");
		cli_line(cli, results->variants[test->a].name);
		cli_puts(cli, ", ");
		cli_line(cli, metric->name);
		put_value(cli, metric, test->difference,
			  test->status != PV_STATS_TOO_FEW);
		put_interval(cli, metric, test->interval, test->has_interval);
		put_p(cli, test);
		put_word(cli, test);
		cli_puts(cli, "\n");
	}
}

/* --- the verdict ----------------------------------------------------------------- */

static enum cli_color color_of(const pv_results *results)
{
	switch (results->state) {
	case PV_RESULT_WINNER:
		return CLI_COLOR_NEW;
	case PV_RESULT_INVALID:
		return CLI_COLOR_ERROR;
	case PV_RESULT_HELD:
		return CLI_COLOR_WARN;
	case PV_RESULT_EMPTY:
	case PV_RESULT_NOT_YET:
		break;
	}
	return CLI_COLOR_BOLD;
}

/* A sentence, broken at blanks. */
static void put_wrapped(pv_cli *cli, const char *text, int width)
{
	int at = 0;

	while (*text) {
		size_t len = strcspn(text, " ");

		if (at && at + 1 + (int)len > width) {
			cli_puts(cli, "\n");
			at = 0;
		}
		if (at)
			cli_puts(cli, " ");
		cli_text(cli, text, len);
		at += (int)len + (at > 0);
		text += len;
		text += strspn(text, " ");
	}
	cli_puts(cli, "\n");
}

static void put_head(pv_cli *cli, const pv_results *results)
{
	cli_printf(cli, "%s", cli_color(cli, color_of(results)));
	put_wrapped(cli, results->reason, 80);
	cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
	cli_line(cli, results->name ? results->name : results->id);
	cli_printf(cli, ", %s: %lld executions",
		   pv_experiment_status_name(results->status),
		   (long long)results->executions);
	cli_printf(cli, "; read as %s, alpha %.3g\n\n",
		   pv_experiment_method_name(results->method), results->alpha);
}

static void put_notes(pv_cli *cli, const pv_results *results)
{
	const pv_stats_srm_result *srm = &results->splits[0].srm;

	if (!srm->is_mismatch && srm->status == PV_STATS_KNOWN && srm->df > 0)
		cli_printf(cli, "split as planned (p = %.3f)\n", srm->p);
	for (size_t i = 0; i < results->warning_count; i++) {
		pv_buf text = { 0 };

		pv_buf_printf(&text, "note: %s", results->warnings[i]);
		cli_printf(cli, "%s", cli_color(cli, CLI_COLOR_WARN));
		put_wrapped(cli, pv_buf_text(&text), 80);
		cli_printf(cli, "%s", cli_color(cli, CLI_COLOR_RESET));
		pv_buf_dispose(&text);
	}
}

/* In one line, whatever a record has. */
static void put_segment(pv_cli *cli, const char *name)
{
	pv_buf safe = { 0 };

	if (name)
		cli_escape(&safe, name, strlen(name), "");
	cli_line(cli, name ? pv_buf_text(&safe) : "(none)");
	pv_buf_dispose(&safe);
}

void experiment_results_text(pv_cli *cli, const pv_results *results)
{
	put_head(cli, results);
	if (results->executions)
		for (size_t m = 0; m < results->metric_count; m++)
			put_metric(cli, results, m);
	put_pairs(cli, results);
	put_notes(cli, results);
	for (size_t i = 0; i < results->segment_count; i++) {
		cli_printf(cli, "\n%ssegment ", cli_color(cli, CLI_COLOR_META));
		put_segment(cli, results->segments[i]->segment);
		cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
		for (size_t m = 0; m < results->metric_count; m++)
			put_metric(cli, results->segments[i], m);
	}
}
