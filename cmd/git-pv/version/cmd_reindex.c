/* SPDX-License-Identifier: MIT
 *
 * `git pv reindex`: makes the rows that are derived from git anew.
 */
#include <pv/search.h>

#include "repo/git_rows.h"
#include "ui/progress.h"

enum {
	WAIT_MS = 20000
};

struct reindex_options {
	int only_new;
};

static const cli_option options[] = {
	{ 0, "only-new", CLI_FLAG, offsetof(struct reindex_options, only_new),
	  NULL, "keep what there is and add new commits" },
	{ 0 },
};

const cli_usage cmd_reindex_usage = {
	.synopsis = { "git pv reindex [--only-new] [-q] [--json]" },
	.examples = { "git pv reindex", "git pv reindex --only-new" },
	.options = options,
};

struct bar {
	pv_cli *cli;
	progress progress;
	int is_started;
	int is_texts; /* the second half */
};

static void step(size_t done, size_t total, void *payload)
{
	struct bar *bar = payload;

	if (!bar->is_started)
		progress_start(&bar->progress, bar->cli,
			       bar->is_texts ? "Indexing versions"
					     : "Indexing commits",
			       total);
	bar->is_started = 1;
	progress_step(&bar->progress, done);
}

static void print_json(pv_cli *cli, const pv_git_rows_report *report, size_t texts)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "added");
	pv_jsonw_int(&w, (int64_t)report->added);
	pv_jsonw_key(&w, "commits");
	pv_jsonw_int(&w, (int64_t)report->commits);
	pv_jsonw_key(&w, "paths");
	pv_jsonw_int(&w, (int64_t)report->paths);
	pv_jsonw_key(&w, "changes");
	pv_jsonw_int(&w, (int64_t)report->changes);
	pv_jsonw_key(&w, "texts");
	pv_jsonw_int(&w, (int64_t)texts);
	pv_jsonw_object_end(&w);
}

static void end_bar(struct bar *bar)
{
	if (bar->is_started)
		progress_end(&bar->progress);
	bar->is_started = 0;
}

static int reindex(pv_git_rows_report *report, size_t *texts_out, pv_cli *cli,
		   int only_new)
{
	struct bar bar = { .cli = cli };
	const pv_git_rows_refresh how = { .is_rebuild = !only_new,
					  .wait_ms = WAIT_MS,
					  .progress = step,
					  .payload = &bar };
	int rc = pv_git_rows_update(report, cli->git_rows, &how, &cli->err);

	end_bar(&bar);
	bar.is_texts = 1;
	if (rc == PV_OK)
		rc = pv_git_rows_add_texts(texts_out, cli->git_rows, cli->store,
					   &cli->settings, &how, &cli->err);
	end_bar(&bar);
	return rc;
}

int cmd_reindex(pv_cli *cli, int argc, char **argv)
{
	struct reindex_options opts = { 0 };
	pv_git_rows_report report;
	size_t texts = 0;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = git_rows_lend(cli);
	if (rc < 0 || rc == CLI_DONE)
		return rc;
	rc = reindex(&report, &texts, cli, opts.only_new);
	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(cli, &report, texts);
	else
		cli_note(cli,
			 "%zu commits, %zu files, %zu changes, %zu texts of "
			 "versions\n",
			 report.commits, report.paths, report.changes, texts);
	return PV_OK;
}
