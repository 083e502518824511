/* SPDX-License-Identifier: MIT
 *
 * Which executions the figures are of; see figures.h.
 */
#include "ui/figures.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "history/known.h"
#include "repo/named.h"

static const int64_t day_us = INT64_C(86400000000);

/* --- the query ------------------------------------------------------------ */

static int read_window(pv_usage_query *out, pv_cli *cli,
		       const figures_options *opts)
{
	int given = (opts->since != NULL) + (opts->window != NULL) +
		    (opts->days >= 0);
	int rc = PV_OK;

	if (given > 1)
		return cli_usage_error(cli, "--since, --window and --days "
					    "exclude each other");
	if (opts->since)
		rc = tracking_time(&out->since, cli, "since", opts->since);
	if (opts->window)
		rc = tracking_time(&out->since, cli, "window", opts->window);
	if (opts->days >= 0)
		out->since = pv_clock_now(NULL) - opts->days * day_us;
	if (rc == PV_OK && opts->until)
		rc = tracking_time(&out->until, cli, "until", opts->until);
	return rc;
}

int figures_query_read(figures_query *out, pv_cli *cli,
		       const figures_options *opts, const char *prompt)
{
	static const char *const fields[] = { "version",  "environment",
					      "variant",  "experiment",
					      "model",    "provider",
					      "prompt_id" };
	const cli_list *given = &opts->matches;
	size_t count = 0;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	out->matches = pv_calloc(given->count + 1, sizeof(*out->matches));
	if (!out->matches)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < given->count && rc == PV_OK; i++) {
		const char *value = given->items[i].value;

		if (given->items[i].which == FIGURES_PROMPT)
			rc = figures_known(cli, &value);
		out->matches[count].field = fields[given->items[i].which];
		out->matches[count++].value = value;
	}
	if (rc != PV_OK)
		return rc;
	if (prompt) {
		out->matches[count].field = "prompt_id";
		out->matches[count++].value = prompt;
	}
	out->query.matches = out->matches;
	out->query.match_count = count;
	out->query.include_cached = opts->include_cached;
	rc = known_matches(cli, out->matches, count);
	return rc < 0 ? rc : read_window(&out->query, cli, opts);
}

/* --- reading -------------------------------------------------------------- */

/* The figures of an index without rows, which is kept in memory. */
static int read_nothing(pv_usages **out, pv_cli *cli, const pv_usage_query *query)
{
	const pv_executions_options opts = { .path = ":memory:" };
	pv_executions *index = NULL;
	int rc = pv_executions_open(&index, &opts, &cli->err);

	if (rc == PV_OK)
		rc = pv_usages_read(out, index, query, &cli->err);
	pv_executions_free(index);
	return rc;
}

int figures_read(pv_usages **out, pv_cli *cli, const pv_usage_query *query,
		 const char *prompt)
{
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	*out = NULL;
	if (rc == PV_OK) {
		rc = pv_usages_read(out, index, query, &cli->err);
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = read_nothing(out, cli, query);
	}
	pv_executions_free(index);
	if (rc == PV_OK && prompt && !pv_usages_total(*out)->executions)
		rc = figures_known(cli, &prompt);
	if (rc < 0) {
		pv_usages_free(*out);
		*out = NULL;
	}
	return rc;
}

int figures_use(pv_usages **out, pv_cli *cli, const char *prompt)
{
	const pv_executions_match match = { "prompt_id", prompt,
					    PV_EXECUTIONS_IS };
	const pv_usage_query query = { .matches = &match,
				       .match_count = prompt != NULL,
				       .by = "prompt_id" };
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	*out = NULL;
	if (rc == PV_OK) {
		rc = pv_usages_read(out, index, &query, &cli->err);
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = read_nothing(out, cli, &query);
	}
	pv_executions_free(index);
	if (rc == PV_OK || rc == PV_ENOMEM)
		return rc;
	cli_warn(cli, "how often prompts were used is not known: %s",
		 cli->err.message);
	pv_error_clear(&cli->err);
	return PV_OK;
}

int figures_known(pv_cli *cli, const char **prompt)
{
	pv_usages *usages = NULL;
	pv_error what;
	int rc = cli->store ? named_spec(cli, prompt) : PV_OK;

	if (rc == PV_OK && cli->store)
		rc = named_known(cli, *prompt);
	if (rc != PV_ENOTFOUND)
		return rc;
	/* One that is gone is known by what it did. */
	what = cli->err;
	pv_error_clear(&cli->err);
	rc = figures_use(&usages, cli, *prompt);
	if (rc == PV_OK && !(usages && pv_usages_total(usages)->executions)) {
		cli->err = what;
		rc = PV_ENOTFOUND;
	}
	pv_usages_free(usages);
	return rc;
}

const pv_usage *figures_use_of(const pv_usages *usages, const char *prompt)
{
	for (size_t i = 0; usages && i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);

		if (usage->key && strcmp(usage->key, prompt) == 0)
			return usage;
	}
	return NULL;
}

void figures_hint(pv_cli *cli, const char *prompt)
{
	pv_usages *all = NULL;
	int is_used;

	(void)figures_use(&all, cli, prompt);
	is_used = all && pv_usages_total(all)->executions;
	pv_usages_free(all);
	pv_error_clear(&cli->err);
	cli_note(cli, "nothing %sis recorded%s%s", is_used ? "that fits " : "",
		 prompt ? " of " : "", prompt ? prompt : "");
	if (is_used)
		return;
	cli_hint(cli,
		 "\"git pv record --prompt %s --latency-ms 850 --success true "
		 "--quality 8\" records an execution",
		 prompt ? prompt : "ID");
}

void figures_hint_metric(pv_cli *cli, const char *prompt,
			 const figures_metric *metric)
{
	cli_note(cli, "no execution of %s in that time has \"%s\"", prompt,
		 metric->name);
}

/* --- metrics -------------------------------------------------------------- */

struct metric_row {
	figures_metric metric;
	size_t offset; /* of its measure in a usage */
};

#define ROW(name, unit, less, field)                     \
 {                                                       \
  { name, unit, less, 0, "" }, offsetof(pv_usage, field) \
 }

static const struct metric_row metric_rows[] = {
	ROW("latency", "ms", 1, latency_ms),
	ROW("ttft", "ms", 1, ttft_ms),
	ROW("tokens", "tokens", 1, tokens),
	ROW("tokens_in", "tokens", 1, tokens_in),
	ROW("tokens_out", "tokens", 1, tokens_out),
	ROW("cost", "USD", 1, cost_usd),
	ROW("output_chars", "characters", 0, output_chars),
	ROW("quality", "points", 0, quality),
};

#undef ROW

static const char score_prefix[] = "score.";

const char *figures_unit(const figures_metric *metric)
{
	return metric->unit ? metric->unit : metric->own_unit;
}

/* What was recorded before a score was declared is summed up now. */
static void take_in(pv_cli *cli, const score_rules *rules)
{
	pv_executions *index = NULL;
	pv_error why = { 0 };
	int rc = tracking_open(&index, cli, 1);

	pv_executions_free(index);
	index = NULL;
	if (rc == PV_OK)
		rc = tracking_open(&index, cli, 0);
	/* Who may not write reads what there is. */
	if (rc == PV_OK)
		(void)score_rules_declare(rules, index, &why);
	pv_error_clear(&cli->err);
	pv_executions_free(index);
}

static int find_score(figures_metric *out, pv_cli *cli, const char *name)
{
	const score_rule *rule;
	score_rules rules = { 0 };
	int rc = score_rules_load(&rules, cli);

	out->name = name;
	if (rc < 0)
		return rc;
	rule = score_rules_find(&rules, name + strlen(score_prefix));
	if (rule) {
		out->less_is_better = rule->less_is_better;
		snprintf(out->own_unit, sizeof(out->own_unit), "%s", rule->unit);
		take_in(cli, &rules);
	} else {
		cli_note(cli,
			 "tracking.metrics of pv.yaml does not declare \"%.60s\"",
			 name + strlen(score_prefix));
	}
	score_rules_dispose(&rules);
	return PV_OK;
}

int figures_metric_find(figures_metric *out, pv_cli *cli, const char *name)
{
	static const figures_metric success = { .name = "success",
						.unit = "",
						.is_rate = 1 };

	memset(out, 0, sizeof(*out));
	if (strcmp(name, "success") == 0) {
		*out = success;
		return PV_OK;
	}
	if (strncmp(name, score_prefix, strlen(score_prefix)) == 0 &&
	    name[strlen(score_prefix)])
		return find_score(out, cli, name);
	for (size_t i = 0; i < pv_array_len(metric_rows); i++)
		if (strcmp(metric_rows[i].metric.name, name) == 0) {
			*out = metric_rows[i].metric;
			return PV_OK;
		}
	return cli_usage_error(cli,
			       "--metric is one of latency, ttft, tokens, "
			       "tokens_in, tokens_out, cost, output_chars, "
			       "quality, success, score.NAME, not \"%.60s\"",
			       name);
}

static pv_measure success_of(const pv_usage *usage)
{
	pv_measure out = { .n = usage->judged };
	double n = (double)usage->judged;

	if (!usage->judged)
		return out;
	out.total = (double)usage->succeeded;
	out.mean = out.total / n;
	out.variance =
		usage->judged > 1 ? out.mean * (1 - out.mean) * n / (n - 1) : 0;
	return out;
}

pv_measure figures_metric_of(const figures_metric *metric, const pv_usage *usage)
{
	static const pv_measure unknown = { 0 };
	size_t prefix = strlen(score_prefix);

	if (metric->is_rate)
		return success_of(usage);
	for (size_t i = 0; i < pv_array_len(metric_rows); i++)
		if (strcmp(metric_rows[i].metric.name, metric->name) == 0)
			return *(const pv_measure
					 *)(const void *)((const char *)usage +
							  metric_rows[i].offset);
	for (size_t i = 0; i < usage->score_count; i++)
		if (strcmp(usage->scores[i].name, metric->name + prefix) == 0)
			return usage->scores[i].measure;
	return unknown;
}
