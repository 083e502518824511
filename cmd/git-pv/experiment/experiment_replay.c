/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment replay`: results of a file of executions, without an
 * index and, given the experiment's file, without a repository. What the file
 * had at the end of each day is an earlier look.
 */
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment_results.h"
#include "experiment/experiment_verbs.h"
#include "repo/tracking.h"

static const cli_option options[] = {
	READING_OPTIONS,
	{ 0 },
};

const cli_usage experiment_replay_usage = {
	.synopsis = { "git pv experiment replay ID|FILE.yaml ROWS.jsonl "
		      "[--fixed | --student | --group-sequential | --bayes | "
		      "--sequential] [--pairwise] [--metric NAME]... "
		      "[--by SEGMENT] [--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]" },
	.examples = { "git pv experiment replay tone.yaml rows.jsonl --fixed",
		      "git pv experiment replay tone rows.jsonl --json" },
	.options = options,
	.args = "replay ID|FILE.yaml ROWS.jsonl",
	.min_args = 3,
	.max_args = 3,
};

struct replay {
	pv_cli *cli;
	const char *path;
	const experiment_reading *opts;
	pv_experiment *experiment;
	pv_buf text;
	int64_t now;
	char last_id[64];
	pv_trial *trial;
	size_t others; /* rows of another experiment */
	pv_map seen;   /* ids of rows */
	size_t repeated;
};

/* --- lines ------------------------------------------------------------------- */

static int set_missing(struct replay *it, pv_execution *row, const char *field,
		       const char *value)
{
	if (pv_execution_has(row, field))
		return PV_OK;
	return pv_execution_set(row, field, value, strlen(value), &it->cli->err);
}

/* A row whose id has come before is the same execution, told again. */
static int take_row(struct replay *it, const pv_execution *row)
{
	const char *id = pv_execution_text(row, "id");
	void *before = NULL;
	int rc = pv_map_set(&it->seen, (pv_str){ id, strlen(id) }, it, &before,
			    &it->cli->err);

	if (rc < 0)
		return rc;
	if (before) {
		it->repeated++;
		return PV_OK;
	}
	if (strcmp(id, it->last_id) > 0)
		snprintf(it->last_id, sizeof(it->last_id), "%s", id);
	return pv_trial_add(it->trial, row, &it->cli->err);
}

static int take_line(struct replay *it, pv_str line)
{
	pv_execution *row = NULL;
	const char *experiment;
	int rc = pv_execution_parse(&row, line.ptr, line.len, &it->cli->err);

	/* A row of figures alone will do. */
	if (rc == PV_OK)
		rc = set_missing(it, row, "prompt_id", it->experiment->prompt);
	if (rc == PV_OK)
		rc = pv_execution_complete(row, it->now, &it->cli->err);
	experiment = rc == PV_OK ? pv_execution_text(row, "experiment") : NULL;
	if (experiment && strcmp(experiment, it->experiment->id) != 0)
		it->others++;
	else if (rc == PV_OK)
		rc = take_row(it, row);
	pv_execution_free(row);
	return rc;
}

static int is_blank(pv_str line)
{
	for (size_t i = 0; i < line.len; i++)
		if (!strchr(" \t\r", line.ptr[i]))
			return 0;
	return 1;
}

static int each_line(struct replay *it)
{
	const char *at = pv_buf_text(&it->text);
	const char *end = at + it->text.len;
	int number = 1;
	int rc = PV_OK;

	for (; at < end && rc == PV_OK; number++) {
		const char *stop = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((stop ? stop : end) - at) };

		if (!is_blank(line))
			rc = take_line(it, line);
		if (rc < 0)
			return pv_error_at(&it->cli->err, rc, it->path, number,
					   0);
		at = stop ? stop + 1 : end;
	}
	return rc;
}

/* --- the command -------------------------------------------------------------- */

static int read_trial(struct replay *it)
{
	pv_trial_query query = { .has_looks = 1,
				 .up_to = it->opts->rows_until,
				 .segment = it->opts->segment };
	pv_trial_start *starts = NULL;
	pv_arena arena = { 0 };
	int rc = experiment_starts(&starts, &query.start_count, it->cli,
				   it->experiment);

	query.starts = query.start_count ? starts : NULL;
	if (rc == PV_OK)
		rc = experiment_needs(&query, &arena, it->cli, it->experiment,
				      it->opts);
	if (rc == PV_OK && it->opts->until)
		rc = tracking_time(&query.until, it->cli, "until",
				   it->opts->until);
	if (rc == PV_OK)
		rc = pv_trial_new(&it->trial, &query, &it->cli->err);
	if (rc == PV_OK)
		rc = each_line(it);
	if (rc == PV_OK)
		rc = pv_trial_finish(it->trial, &it->cli->err);
	if (rc == PV_OK && it->others)
		cli_warn(it->cli, "%zu executions are of another experiment",
			 it->others);
	if (rc == PV_OK && it->repeated)
		cli_warn(it->cli,
			 "%zu rows have the id of one before and are not "
			 "counted",
			 it->repeated);
	pv_arena_dispose(&arena);
	pv_free(starts);
	return rc;
}

/* "a/tone.yaml" is the experiment "tone"; what has no such end is an id. */
static int read_experiment(struct replay *it, const char *name)
{
	const char *base = strrchr(name, '/');
	const char *start = base ? base + 1 : name;
	size_t len = strlen(start);
	pv_buf text = { 0 };
	pv_buf id = { 0 };
	int rc;

	if (len <= 5 || strcmp(start + len - 5, ".yaml") != 0) {
		rc = cli_open_store(it->cli);
		return rc < 0 ? rc
			      : experiment_load(&it->experiment, it->cli, name);
	}
	pv_buf_put(&id, start, len - 5);
	rc = pv_buf_status(&id, &it->cli->err);
	if (rc == PV_OK)
		rc = pv_file_read(&text, name, &it->cli->err);
	if (rc == PV_OK)
		rc = pv_experiment_parse(&it->experiment, pv_buf_text(&id),
					 pv_buf_text(&text), text.len,
					 &it->cli->err);
	pv_buf_dispose(&id);
	pv_buf_dispose(&text);
	return rc;
}

static int run(struct replay *it, char **names)
{
	const char *until = it->opts->rows_until;
	pv_results *results = NULL;
	int rc = read_experiment(it, names[0]);

	it->path = names[1];
	it->now = pv_clock_now(NULL);
	if (rc == PV_OK)
		rc = pv_file_read(&it->text, it->path, &it->cli->err);
	if (rc == PV_OK)
		rc = read_trial(it);
	if (!until && it->last_id[0])
		until = it->last_id;
	if (rc == PV_OK)
		rc = experiment_results_of(&results, it->cli, it->experiment,
					   it->opts, it->trial, until);
	if (rc == PV_OK)
		rc = experiment_results_show(it->cli, results, it->opts);
	pv_results_free(results);
	return rc;
}

int experiment_replay(pv_cli *cli, int argc, char **argv)
{
	experiment_reading opts = { 0 };
	struct replay it = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = run(&it, argv + 1);
	pv_trial_free(it.trial);
	pv_experiment_free(it.experiment);
	pv_map_dispose(&it.seen);
	pv_buf_dispose(&it.text);
	cli_list_dispose(&opts.metrics);
	return rc;
}
