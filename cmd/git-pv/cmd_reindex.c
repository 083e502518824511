/* SPDX-License-Identifier: MIT
 *
 * `git pv reindex`: makes the rows that are derived from git anew.
 */
#include "git_rows.h"
#include "progress.h"

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
	.examples = { "git pv reindex" },
	.options = options,
};

struct bar {
	pv_cli *cli;
	progress progress;
	int is_started;
};

static void step(size_t done, size_t total, void *payload)
{
	struct bar *bar = payload;

	if (!bar->is_started)
		progress_start(&bar->progress, bar->cli, "Indexing commits",
			       total);
	bar->is_started = 1;
	progress_step(&bar->progress, done);
}

static void print_json(pv_cli *cli, const pv_git_rows_report *report)
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
	pv_jsonw_object_end(&w);
}

int cmd_reindex(pv_cli *cli, int argc, char **argv)
{
	struct reindex_options opts = { 0 };
	struct bar bar = { .cli = cli };
	pv_git_rows_refresh how = { .wait_ms = WAIT_MS,
				    .progress = step,
				    .payload = &bar };
	pv_git_rows_report report;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = git_rows_lend(cli);
	if (rc < 0 || rc == CLI_DONE)
		return rc;
	how.is_rebuild = !opts.only_new;
	rc = pv_git_rows_update(&report, cli->git_rows, &how, &cli->err);
	if (bar.is_started)
		progress_end(&bar.progress);
	if (rc < 0)
		return rc;
	if (cli->json)
		print_json(cli, &report);
	else
		cli_note(cli, "%zu commits, %zu files, %zu changes\n",
			 report.commits, report.paths, report.changes);
	return PV_OK;
}
