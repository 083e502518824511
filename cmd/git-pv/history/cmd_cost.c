/* SPDX-License-Identifier: MIT
 *
 * `git pv cost`: what executions cost, in all and by what they share. A cost
 * that is not known is counted, never taken for 0.
 */
#include <string.h>

#include "base/mem.h"
#include "ui/figures.h"

static const char *const groups[] = { "prompt", "version", "model", "env",
				      "day",    "week",    NULL };
static const char *const group_fields[] = { "prompt_id",   "version", "model",
					    "environment", "day",     "week" };

static const cli_option options[] = {
	{ 0, "by", CLI_ENUM, FIGURES_OPTION(by), "WHAT",
	  "one row for each prompt (default), version, model, env, day or week",
	  groups },
	FIGURES_MATCH("prompt", "ID", "only this prompt", FIGURES_PROMPT),
	FIGURES_MATCH("version", "V", "only this version", FIGURES_VERSION),
	FIGURES_MATCH("model", "NAME", "only this model", FIGURES_MODEL),
	FIGURES_MATCH("env", "E", "only this environment", FIGURES_ENVIRONMENT),
	FIGURES_TIMES("of the last N days"),
	{ 0 },
};

const cli_usage cmd_cost_usage = {
	.synopsis = { "git pv cost [--by WHAT] [--prompt ID] [--version V] "
		      "[--model NAME] [--env E] [--days N | --since TIME | "
		      "--window SPAN] [--until TIME] [--json]" },
	.examples = { "git pv cost --days 30 --by model",
		      "git pv cost --prompt support/triage --by day" },
	.options = options,
};

/* Executions that cost something which nobody knows. */
static int64_t unknown_of(const pv_usage *usage)
{
	int64_t left = usage->executions - usage->cached - usage->cost_usd.n;

	return left > 0 ? left : 0;
}

/* --- JSON ----------------------------------------------------------------- */

static void put_members(pv_jsonw *w, const pv_usage *usage)
{
	const pv_measure *cost = &usage->cost_usd;

	pv_jsonw_key(w, "executions");
	pv_jsonw_int(w, usage->executions);
	pv_jsonw_key(w, "unknown");
	pv_jsonw_int(w, unknown_of(usage));
	pv_jsonw_key(w, "cost_usd");
	pv_jsonw_object(w);
	figures_real(w, "total", cost->total, cost->n > 0);
	figures_real(w, "per_request", cost->mean, cost->n > 0);
	figures_real(w, "per_success", usage->cost_per_success,
		     usage->cost_per_success > 0);
	pv_jsonw_object_end(w);
}

static void print_json(pv_cli *cli, const pv_usages *usages, const char *by)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	figures_window_json(&w, usages);
	put_members(&w, pv_usages_total(usages));
	pv_jsonw_key(&w, "by");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);

		pv_jsonw_object(&w);
		pv_jsonw_member(&w, by, usage->key);
		put_members(&w, usage);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
}

/* --- for people ----------------------------------------------------------- */

static void print_row(pv_cli *cli, const pv_usage *usage, const char *name,
		      int width)
{
	const pv_measure *cost = &usage->cost_usd;
	char text[5][FIGURES_TEXT];

	figures_count(text[0], usage->executions);
	figures_usd(text[1], cost->total, cost->n > 0);
	figures_usd(text[2], cost->mean, cost->n > 0);
	figures_usd(text[3], usage->cost_per_success,
		    usage->cost_per_success > 0);
	figures_count(text[4], unknown_of(usage));
	cli_line(cli, name);
	cli_printf(cli, "%*s", width - (int)strlen(name), "");
	for (int i = 0; i < 5; i++)
		figures_cell(cli, text[i], 11);
	cli_puts(cli, "\n");
}

static void print(pv_cli *cli, const pv_usages *usages, const char *by)
{
	static const char *const heads[] = { "executions", "cost", "request",
					     "success", "unknown" };
	int width = figures_key_width(usages, by);

	cli_printf(cli, "%s%-*s", cli_color(cli, CLI_COLOR_BOLD), width, by);
	for (int i = 0; i < 5; i++)
		figures_cell(cli, heads[i], 11);
	cli_printf(cli, "%s\n", cli_color(cli, CLI_COLOR_RESET));
	for (size_t i = 0; i < pv_usages_count(usages); i++) {
		const pv_usage *usage = pv_usages_at(usages, i);

		print_row(cli, usage, usage->key ? usage->key : "-", width);
	}
	print_row(cli, pv_usages_total(usages), "all", width);
	if (!unknown_of(pv_usages_total(usages)))
		return;
	cli_note(cli, "the cost of %lld executions is not known",
		 (long long)unknown_of(pv_usages_total(usages)));
	cli_hint(cli, "with a list of prices as tracking.prices of pv.yaml, "
		      "\"git pv record\" makes it of tokens");
}

/* --- the command ---------------------------------------------------------- */

static int run(pv_cli *cli, const figures_options *opts)
{
	int by = opts->by ? opts->by - 1 : 0;
	pv_usages *usages = NULL;
	figures_query asked;
	int rc = figures_query_read(&asked, cli, opts, NULL);

	asked.query.by = group_fields[by];
	if (rc == PV_OK)
		rc = figures_read(&usages, cli, &asked.query, NULL);
	if (rc == PV_OK && cli->json)
		print_json(cli, usages, groups[by]);
	else if (rc == PV_OK && pv_usages_total(usages)->executions)
		print(cli, usages, groups[by]);
	else if (rc == PV_OK)
		figures_hint(cli, NULL);
	pv_usages_free(usages);
	pv_free(asked.matches);
	return rc;
}

int cmd_cost(pv_cli *cli, int argc, char **argv)
{
	figures_options opts = { .days = -1 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(cli, &opts);
	cli_list_dispose(&opts.matches);
	return rc;
}
