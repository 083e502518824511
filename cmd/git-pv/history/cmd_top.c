/* SPDX-License-Identifier: MIT
 *
 * `git pv top`: the prompts that were used most, cost most, fail most or are
 * slowest.
 */
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "ui/figures.h"

enum {
	LIMIT = 10
};

enum order {
	BY_USAGE,
	BY_COST,
	BY_TOKENS,
	BY_ERRORS,
	BY_LATENCY,
	BY_QUALITY
};

static const char *const orders[] = { "usage",   "cost",    "tokens", "errors",
				      "latency", "quality", NULL };

static const cli_option options[] = {
	{ 0, "by", CLI_ENUM, FIGURES_OPTION(by), "WHAT",
	  "by usage (default), cost, tokens, errors, latency or quality", orders },
	{ 'n', "limit", CLI_INT, FIGURES_OPTION(limit), "N", "at most N; 10" },
	{ 0, "env", CLI_LIST, FIGURES_OPTION(matches), "E",
	  "only this environment", NULL, FIGURES_ENVIRONMENT },
	{ 0, "model", CLI_LIST, FIGURES_OPTION(matches), "NAME",
	  "only this model", NULL, FIGURES_MODEL },
	FIGURES_TIMES("of the last N days"),
	{ 0 },
};

const cli_usage cmd_top_usage = {
	.synopsis = { "git pv top [--by WHAT] [-n N] [--env E] [--model NAME] "
		      "[--days N | --since TIME | --window SPAN] "
		      "[--until TIME] [--json]" },
	.examples = { "git pv top --by cost --days 30", "git pv top -n 3" },
	.options = options,
};

/* --- order ---------------------------------------------------------------- */

struct place {
	const pv_usage *usage;
	double weight; /* the greater come first */
};

/* What is not known comes last, which is less than anything that is. */
static double weight_of(const pv_usage *usage, enum order order)
{
	switch (order) {
	case BY_USAGE:
		return (double)usage->executions;
	case BY_COST:
		return usage->cost_usd.n ? usage->cost_usd.total : -1;
	case BY_TOKENS:
		return usage->tokens.n ? usage->tokens.total : -1;
	case BY_ERRORS:
		return (double)(usage->judged - usage->succeeded);
	case BY_LATENCY:
		return usage->latency_ms.n ? usage->latency_ms.p95 : -1;
	case BY_QUALITY:
		return usage->quality.n ? usage->quality.mean : -1;
	}
	return 0;
}

static int by_weight(const void *a, const void *b)
{
	const struct place *x = a;
	const struct place *y = b;

	if (x->weight != y->weight)
		return x->weight > y->weight ? -1 : 1;
	return strcmp(x->usage->key, y->usage->key);
}

/* Prompts alone: what was recorded without one has no place. */
static int take_places(struct place **out, size_t *count_out, pv_cli *cli,
		       const pv_usages *usages, enum order order)
{
	size_t count = 0;

	*out = pv_calloc(pv_usages_count(usages) + 1, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);

		if (!usage->key)
			continue;
		(*out)[count].usage = usage;
		(*out)[count++].weight = weight_of(usage, order);
	}
	qsort(*out, count, sizeof(**out), by_weight);
	*count_out = count;
	return PV_OK;
}

/* --- printing ------------------------------------------------------------- */

static void print_json(pv_cli *cli, const struct place *places, size_t count)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_array(&w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "id", places[i].usage->key);
		figures_members(&w, places[i].usage);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
}

static void print_row(pv_cli *cli, const pv_usage *usage, int width)
{
	char text[6][FIGURES_TEXT];

	figures_count(text[0], usage->executions);
	figures_usd(text[1], usage->cost_usd.total, usage->cost_usd.n > 0);
	figures_count(text[2], (int64_t)usage->tokens.total);
	figures_count(text[3], usage->judged - usage->succeeded);
	figures_ms(text[4], usage->latency_ms.p95, usage->latency_ms.n > 0);
	figures_value(text[5], &(figures_metric){ .name = "", .unit = "" },
		      usage->quality.mean, usage->quality.n > 0);
	cli_line(cli, usage->key);
	cli_printf(cli, "%*s", width - (int)strlen(usage->key), "");
	for (int i = 0; i < 6; i++)
		figures_cell(cli, text[i], 10);
	cli_puts(cli, "\n");
}

static void print(pv_cli *cli, const pv_usages *usages,
		  const struct place *places, size_t count)
{
	static const char *const heads[] = { "executions", "cost", "tokens",
					     "errors",     "p95",  "quality" };
	int width = figures_key_width(usages, "prompt");

	cli_printf(cli, "%s%-*s", cli_color(cli, CLI_COLOR_BOLD), width,
		   "prompt");
	for (int i = 0; i < 6; i++)
		figures_cell(cli, heads[i], 10);
	cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
	for (size_t i = 0; i < count; i++)
		print_row(cli, places[i].usage, width);
}

/* --- the command ---------------------------------------------------------- */

static int run(pv_cli *cli, const figures_options *opts)
{
	enum order order = (enum order)(opts->by ? opts->by - 1 : BY_USAGE);
	struct place *places = NULL;
	pv_usages *usages = NULL;
	size_t count = 0;
	figures_query asked;
	int rc = figures_query_read(&asked, cli, opts, NULL);

	asked.query.by = "prompt_id";
	if (rc == PV_OK)
		rc = figures_read(&usages, cli, &asked.query, NULL);
	if (rc == PV_OK)
		rc = take_places(&places, &count, cli, usages, order);
	count = count > (size_t)opts->limit ? (size_t)opts->limit : count;
	if (rc == PV_OK && cli->json)
		print_json(cli, places, count);
	else if (rc == PV_OK && count)
		print(cli, usages, places, count);
	else if (rc == PV_OK)
		figures_hint(cli, NULL);
	pv_free(places);
	pv_usages_free(usages);
	pv_free(asked.matches);
	return rc;
}

int cmd_top(pv_cli *cli, int argc, char **argv)
{
	figures_options opts = { .days = -1, .limit = LIMIT };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(cli, &opts);
	cli_list_dispose(&opts.matches);
	return rc;
}
