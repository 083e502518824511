/* SPDX-License-Identifier: MIT
 *
 * `git pv compare`: versions of a prompt (or variants, models, environments)
 * by what they did, each against the first.
 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "history/compare.h"

static const char *const groups[] = { "version", "variant", "model", "env", NULL };
static const char *const group_fields[] = { "version", "variant", "model",
					    "environment" };

static const cli_option options[] = {
	{ 0, "by", CLI_ENUM, FIGURES_OPTION(by), "WHAT",
	  "compare each version (default), variant, model or env", groups },
	FIGURES_FILTERS,
	FIGURES_TIMES("of the last N days"),
	{ 0, "metric", CLI_STRING, FIGURES_OPTION(metric), "NAME",
	  "compare this number only: latency, quality, score.NAME, ..." },
	FIGURES_CACHED,
	{ 0 },
};

const cli_usage cmd_compare_usage = {
	.synopsis = { "git pv compare ID [--by WHAT] [--version V] [--env E] "
		      "[--variant NAME] [--experiment ID] [--model NAME] "
		      "[--provider NAME] [--days N | --since TIME | "
		      "--window SPAN] [--until TIME] [--metric NAME] "
		      "[--include-cached] [--json] [NAME]..." },
	.examples = { "git pv compare support/triage",
		      "git pv compare support/triage --by model --days 30" },
	.options = options,
	.args = "ID and what to compare",
	.min_args = 1,
	.max_args = -1,
	.ids = CLI_IDS_FIRST,
};

/* --- which groups --------------------------------------------------------- */

/* "v1.2.0" is the version 1.2.0. */
static int is_named(const struct comparison *it, const char *name, const char *key)
{
	if (!key)
		return 0;
	if (strcmp(it->by, "version") == 0 && name[0] == 'v' &&
	    name[1] >= '0' && name[1] <= '9')
		name++;
	return strcmp(name, key) == 0;
}

static int add_named(struct comparison *it, const char *name)
{
	pv_cli *cli = it->cli;

	for (size_t i = 0; i < pv_usages_count(it->usages); i++) {
		const pv_usage *usage = pv_usages_at(it->usages, i);

		if (!is_named(it, name, usage->key))
			continue;
		it->groups[it->count++] = usage;
		return PV_OK;
	}
	pv_fail(&cli->err, PV_ENOTFOUND, "nothing is recorded of %s \"%.100s\"",
		it->by, name);
	return pv_error_hint(&cli->err, PV_ENOTFOUND,
			     "\"git pv performance %s --by %s\" lists what is",
			     it->id, it->by);
}

/* Older versions first; what is no version stays where it is. */
static int is_older(const pv_usage *a, const pv_usage *b)
{
	pv_semver x;
	pv_semver y;

	if (!a->key || !b->key || pv_semver_parse(&x, a->key, NULL) < 0 ||
	    pv_semver_parse(&y, b->key, NULL) < 0)
		return 0;
	return pv_semver_cmp(&x, &y) < 0;
}

static void sort_versions(struct comparison *it)
{
	for (size_t i = 1; i < it->count; i++)
		for (size_t j = i;
		     j && is_older(it->groups[j], it->groups[j - 1]); j--) {
			const pv_usage *moved = it->groups[j];

			it->groups[j] = it->groups[j - 1];
			it->groups[j - 1] = moved;
		}
}

static int choose(struct comparison *it, char **names, int count)
{
	size_t all = pv_usages_count(it->usages);
	int rc = PV_OK;

	it->groups = pv_calloc(all + (size_t)count + 1, sizeof(pv_usage *));
	if (!it->groups)
		return pv_fail_nomem(&it->cli->err);
	for (int i = 0; i < count && rc == PV_OK; i++)
		rc = add_named(it, names[i]);
	if (count || rc < 0)
		return rc;
	for (size_t i = 0; i < all; i++)
		if (pv_usages_at(it->usages, i)->key)
			it->groups[it->count++] = pv_usages_at(it->usages, i);
	sort_versions(it);
	return PV_OK;
}

/* --- comparing ------------------------------------------------------------ */

static const char *const usual[] = { "success", "quality", "latency", "cost",
				     "tokens" };

static int add_metric(struct comparison *it, const char *name)
{
	if (it->metric_count == COMPARE_METRICS_MAX)
		return PV_OK;
	return figures_metric_find(&it->metrics[it->metric_count++], it->cli,
				   name);
}

static int list_metrics(struct comparison *it, const char *only)
{
	int rc = PV_OK;

	if (only)
		return add_metric(it, only);
	for (size_t i = 0; i < pv_array_len(usual) && rc == PV_OK; i++)
		rc = add_metric(it, usual[i]);
	return rc;
}

static void contrast(struct finding *out, const figures_metric *metric,
		     const pv_usage *from, const pv_usage *to)
{
	pv_measure a = figures_metric_of(metric, from);
	pv_measure b = figures_metric_of(metric, to);
	double sign = metric->less_is_better ? -1 : 1;

	out->metric = metric;
	out->from = from;
	out->to = to;
	out->is_enough = a.n >= COMPARE_LEAST && b.n >= COMPARE_LEAST;
	out->is_from_short = a.n < COMPARE_LEAST && b.n >= COMPARE_LEAST;
	out->found = metric->is_rate ? pv_contrast_rates(from, to, 0.95)
				     : pv_contrast_means(&a, &b, 0.95);
	if (!out->found.is_known) {
		out->found.from = a.mean;
		out->found.to = b.mean;
	}
	out->has_values = a.n > 0 && b.n > 0;
	out->is_significant = out->found.is_known && out->is_enough &&
			      (out->found.low > 0 || out->found.high < 0) &&
			      out->found.p >= 0 && out->found.p < 0.05;
	if (out->is_significant)
		out->better = sign * out->found.difference > 0 ? 1 : -1;
}

static int contrast_all(struct comparison *it)
{
	size_t pairs = it->count > 1 ? it->count - 1 : 0;

	it->findings =
		pv_calloc(pairs * it->metric_count + 1, sizeof(*it->findings));
	if (!it->findings)
		return pv_fail_nomem(&it->cli->err);
	for (size_t i = 1; i <= pairs; i++)
		for (size_t m = 0; m < it->metric_count; m++)
			contrast(&it->findings[it->finding_count++],
				 &it->metrics[m], it->groups[0], it->groups[i]);
	return PV_OK;
}

/* --- the command ---------------------------------------------------------- */

static int run(struct comparison *it, const figures_options *opts, char **names,
	       int count)
{
	pv_cli *cli = it->cli;
	figures_query asked;
	int by = opts->by ? opts->by - 1 : 0;
	int rc = figures_query_read(&asked, cli, opts, it->id);

	it->by = groups[by];
	asked.query.by = group_fields[by];
	if (rc == PV_OK)
		rc = list_metrics(it, opts->metric);
	if (rc == PV_OK)
		rc = figures_read(&it->usages, cli, &asked.query, it->id);
	if (rc == PV_OK)
		rc = choose(it, names, count);
	if (rc == PV_OK)
		rc = contrast_all(it);
	if (rc == PV_OK)
		rc = cli->json ? compare_print_json(it) : compare_print(it);
	pv_free(asked.matches);
	return rc;
}

int cmd_compare(pv_cli *cli, int argc, char **argv)
{
	figures_options opts = { .days = -1 };
	struct comparison it = { .cli = cli };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK) {
		it.id = argv[0];
		rc = run(&it, &opts, argv + 1, argc - 1);
	}
	pv_usages_free(it.usages);
	pv_free(it.groups);
	pv_free(it.findings);
	cli_list_dispose(&opts.matches);
	return rc;
}
