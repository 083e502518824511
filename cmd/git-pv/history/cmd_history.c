/* SPDX-License-Identifier: MIT
 *
 * `git pv history`: what was recorded, listed, shown, exported, rated and
 * tagged. Lists are read and printed row by row. Filters and changes are in
 * files of their own; see history_verbs.h.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "history/history_print.h"
#include "history/history_verbs.h"

enum {
	LIST_LIMIT = 50
};

struct history_options {
	history_filter filter;
	history_change change;
	history_export_options export;
	int is_newest;
	int is_dry_run;
	int texts_only;
	int is_rerender;
	int is_strict;
};

/* In the order of enum history_format. */
static const char *const formats[] = { "jsonl", "json", "csv", NULL };

#define OFFSET(name) offsetof(struct history_options, name)
#define FILTER(long_name, arg, help, which)                            \
 {                                                                     \
  0, long_name, CLI_LIST, OFFSET(filter.given), arg, help, NULL, which \
 }

static const cli_option options[] = {
	FILTER("prompt", "ID", "only this prompt", HISTORY_PROMPT),
	FILTER("version", "V", "only this version", HISTORY_VERSION),
	FILTER("model", "NAME", "only this model", HISTORY_MODEL),
	FILTER("env", "E", "only this environment", HISTORY_ENV),
	FILTER("tag", "TAG", "only with this tag", HISTORY_TAG),
	FILTER("status", "S", "only with this status", HISTORY_STATUS),
	FILTER("success", "BOOL", "only what went well, or did not",
	       HISTORY_SUCCESS),
	{ 0, "since", CLI_STRING, OFFSET(filter.since), "TIME",
	  "from then on: 24h, 7d, 2026-11-20" },
	{ 0, "until", CLI_STRING, OFFSET(filter.until), "TIME", "before then" },
	{ 0, "days", CLI_INT, OFFSET(filter.days), "N", "of the last N days" },
	FILTER("min", "NAME=N", "a number is not less", HISTORY_MIN),
	FILTER("max", "NAME=N", "a number is not more", HISTORY_MAX),
	FILTER("metadata", "KEY=VALUE", "only with this in metadata",
	       HISTORY_METADATA),
	{ 'n', "limit", CLI_INT, OFFSET(filter.limit), "N",
	  "at most N; 0 for all; 50 for list, 20 for search" },
	{ 0, "after", CLI_STRING, OFFSET(filter.after), "ID",
	  "go on behind this one" },
	{ 0, "format", CLI_ENUM, OFFSET(export.format), "F",
	  "of export: jsonl, json or csv", formats },
	{ 'o', "output", CLI_STRING, OFFSET(export.output), "FILE",
	  "export: to a file; %Y, %m, %d, %H, %M and %S are the time" },
	{ 0, "incremental", CLI_STRING, OFFSET(export.state), "STATEFILE",
	  "export: only what came since the last time" },
	{ 0, "quality", CLI_STRING, OFFSET(change.quality), "N",
	  "rate it: 1 to 10" },
	{ 0, "feedback", CLI_STRING, OFFSET(change.feedback), "TEXT",
	  "rate it: what is to be said" },
	{ 0, "score", CLI_LIST, OFFSET(change.scores), "NAME=N",
	  "rate it: a number; may be repeated" },
	{ 0, "remove", CLI_LIST, OFFSET(change.removed), "TAG",
	  "tag: take it off" },
	{ 0, "rerender", CLI_FLAG, OFFSET(is_rerender), NULL,
	  "show: prove the stored prompt from commit and input" },
	{ 0, "strict", CLI_FLAG, OFFSET(is_strict), NULL,
	  "import: all of it, or nothing" },
	{ 0, "newest", CLI_FLAG, OFFSET(is_newest), NULL,
	  "search: the last recorded first, not the best" },
	{ 0, "texts", CLI_FLAG, OFFSET(texts_only), NULL,
	  "prune: only their texts" },
	{ 0, "dry-run", CLI_FLAG, OFFSET(is_dry_run), NULL,
	  "prune, delete: only count" },
	FILTER("variant", "NAME", "only this variant", HISTORY_VARIANT),
	FILTER("experiment", "ID", "only this experiment", HISTORY_EXPERIMENT),
	FILTER("session", "ID", "only this session", HISTORY_SESSION),
	FILTER("unit", "ID", "only this unit", HISTORY_UNIT),
	FILTER("provider", "NAME", "only this provider", HISTORY_PROVIDER),
	FILTER("framework", "NAME", "only this framework", HISTORY_FRAMEWORK),
	FILTER("template", "NAME", "only this template", HISTORY_TEMPLATE),
	FILTER("dataset", "NAME", "only this data set", HISTORY_DATASET),
	FILTER("batch", "ID", "only this batch", HISTORY_BATCH),
	FILTER("parent", "ID", "only what goes on from this one", HISTORY_PARENT),
	FILTER("error-type", "NAME", "only this kind of error",
	       HISTORY_ERROR_TYPE),
	FILTER("source", "S", "only from there", HISTORY_SOURCE),
	{ 0 },
};

#undef FILTER
#undef OFFSET

const cli_usage cmd_history_usage = {
	.synopsis = { "git pv history list [--FILTER VALUE]... [-n N] "
		      "[--after ID] [--json]",
		      "git pv history search WORDS... [--FILTER VALUE]... "
		      "[-n N] [--newest] [--json]",
		      "git pv history show ID [--rerender] [--json]",
		      "git pv history show --session ID [--FILTER VALUE]... "
		      "[--json]",
		      "git pv history stats [--FILTER VALUE]... [--json]",
		      "git pv history export [--format F] [--output FILE] "
		      "[--incremental STATEFILE] [--FILTER VALUE]...",
		      "git pv history import FILE... [--strict] [--json]",
		      "git pv history rate ID [--quality N] [--feedback TEXT] "
		      "[--score NAME=N]... [--json]",
		      "git pv history tag ID|--FILTER VALUE... "
		      "[--remove TAG]... [--json] [TAG]...",
		      "git pv history prune [--texts] [--FILTER VALUE]... "
		      "[--dry-run] [--json]",
		      "git pv history delete --session ID|--FILTER VALUE... "
		      "[--dry-run] [--json]" },
	.examples = { "git pv history list --prompt support/triage --since 7d",
		      "git pv history export --format csv > executions.csv",
		      "git pv history export --output "
		      "'backups/history_%Y%m%d.jsonl' --incremental "
		      "backups/state" },
	.options = options,
	.args = "list, search, show, stats, export, import, rate, tag, prune or "
		"delete",
	.max_args = -1,
};

/* --- lists ---------------------------------------------------------------- */

/* A list on its way out. */
struct listing {
	pv_cli *cli;
	size_t count;
	char last[64]; /* id of the newest printed row */
};

static int print_row(const pv_execution *row, void *payload)
{
	struct listing *it = payload;
	pv_cli *cli = it->cli;

	if (cli->json && it->count)
		cli_puts(cli, ",");
	it->count++;
	snprintf(it->last, sizeof(it->last), "%s", pv_execution_text(row, "id"));
	return cli->json ? history_print_json(cli, row)
			 : history_print_line(cli, row);
}

/* Without an index there is nothing to list, which is no failure. */
static int list_rows(struct listing *it, const pv_executions_query *query)
{
	pv_cli *cli = it->cli;
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	if (rc == PV_OK) {
		rc = pv_executions_list(index, query, print_row, it, &cli->err);
	} else if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		cli_hint(cli, "nothing is recorded yet; \"git pv record\" does");
		rc = PV_OK;
	}
	pv_executions_free(index);
	return rc;
}

static int list(pv_cli *cli, const history_filter *filter)
{
	struct listing it = { .cli = cli };
	history_query query;
	int rc = history_query_read(&query, cli, filter, LIST_LIMIT);

	if (cli->json)
		cli_puts(cli, "[");
	if (rc == PV_OK)
		rc = list_rows(&it, &query.query);
	if (cli->json)
		cli_puts(cli, "]");
	if (rc == PV_OK && !cli->json && it.count && it.count == query.query.limit)
		cli_hint(cli, "\"--after %s\" shows older ones", it.last);
	history_query_dispose(&query);
	return rc;
}

/* --- one row -------------------------------------------------------------- */

static int print_one(pv_cli *cli, const struct history_options *opts,
		     pv_executions *index, const char *id)
{
	pv_execution *row = NULL;
	int rc = pv_executions_get(&row, index, id, &cli->err);

	if (rc == PV_OK && opts->is_rerender)
		rc = history_rerender(cli, row);
	else if (rc == PV_OK)
		rc = cli->json ? history_print_json(cli, row)
			       : history_print_whole(cli, row);
	pv_execution_free(row);
	return rc;
}

/* The one with the id, or, without, the chain that filters choose. */
static int show(pv_cli *cli, const struct history_options *opts, const char *id)
{
	pv_executions *index = NULL;
	history_query query;
	int rc = history_query_read(&query, cli, &opts->filter, 0);

	if (rc == PV_OK)
		rc = tracking_open(&index, cli, 1);
	if (rc == PV_OK && id)
		rc = print_one(cli, opts, index, id);
	else if (rc == PV_OK)
		rc = history_session(cli, index, &query.query);
	pv_executions_free(index);
	history_query_dispose(&query);
	return rc;
}

static int check_show(pv_cli *cli, const struct history_options *opts, int argc)
{
	int is_session = history_filter_has(&opts->filter, HISTORY_SESSION);

	if (argc == 1 && is_session && !opts->is_rerender)
		return PV_OK;
	if (argc == 2 && !history_filter_is_given(&opts->filter))
		return PV_OK;
	return cli_usage_error(cli, "show needs one id, or --session and none");
}

/* --- the command -------------------------------------------------------- */

static int is_one_of(const char *what, const char *const *names)
{
	for (; *names; names++)
		if (strcmp(what, *names) == 0)
			return 1;
	return 0;
}

static int run_one(pv_cli *cli, struct history_options *opts, int argc,
		   char **argv)
{
	int rc;

	if (strcmp(argv[0], "show") == 0) {
		rc = check_show(cli, opts, argc);
		return rc == PV_OK ? show(cli, opts, argc > 1 ? argv[1] : NULL)
				   : rc;
	}
	if (argc != 2)
		return cli_usage_error(cli, "rate needs one id");
	return history_rate(cli, &opts->change, argv[1]);
}

static int run(pv_cli *cli, struct history_options *opts, int argc, char **argv)
{
	static const char *const verbs[] = { "list",   "search", "show",
					     "stats",  "export", "import",
					     "rate",   "tag",    "prune",
					     "delete", NULL };
	static const char *const lists[] = { "list",  "stats",  "export",
					     "prune", "delete", NULL };
	static const char *const ones[] = { "show", "rate", NULL };
	const char *what = argc ? argv[0] : "list";

	if (is_one_of(what, lists) && argc > 1)
		return cli_usage_error(cli,
				       "%s takes no operands; --prompt ID "
				       "chooses a prompt",
				       what);
	if (strcmp(what, "list") == 0)
		return list(cli, &opts->filter);
	if (strcmp(what, "stats") == 0)
		return history_stats(cli, &opts->filter);
	if (strcmp(what, "export") == 0)
		return history_export(cli, &opts->filter, &opts->export);
	if (strcmp(what, "prune") == 0)
		return history_prune(cli, &opts->filter, opts->is_dry_run,
				     opts->texts_only);
	if (strcmp(what, "delete") == 0)
		return history_delete(cli, &opts->filter, opts->is_dry_run);
	if (is_one_of(what, ones))
		return run_one(cli, opts, argc, argv);
	if (strcmp(what, "tag") == 0)
		return history_tag(cli, &opts->change, &opts->filter, argc - 1,
				   argv + 1);
	if (strcmp(what, "import") == 0)
		return argc > 1 ? history_import(cli, opts->is_strict, argc - 1,
						 argv + 1)
				: cli_usage_error(cli, "import needs files");
	if (strcmp(what, "search") == 0)
		return history_search(cli, &opts->filter, opts->is_newest,
				      argc - 1, argv + 1);
	return cli_fail_verb(cli, what, verbs);
}

int cmd_history(pv_cli *cli, int argc, char **argv)
{
	struct history_options opts = { .filter = { .days = -1, .limit = -1 } };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(cli, &opts, argc, argv);
	cli_list_dispose(&opts.filter.given);
	cli_list_dispose(&opts.change.scores);
	cli_list_dispose(&opts.change.removed);
	return rc;
}
