/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment results`: what an experiment says, from the index.
 */
#include "experiment/experiment_results.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "experiment/experiment_verbs.h"
#include "repo/tracking.h"

static const cli_option options[] = {
	READING_OPTIONS,
	{ 0 },
};

const cli_usage experiment_results_usage = {
	.synopsis = { "git pv experiment results ID [--fixed | --student | "
		      "--group-sequential | --bayes | --sequential] "
		      "[--pairwise] [--metric NAME]... [--by SEGMENT] "
		      "[--by-execution] [--until TIME] [--rows-until ID] "
		      "[--markdown] [--svg FILE] [--html FILE] [--json]" },
	.examples = { "git pv experiment results tone",
		      "git pv experiment results tone --markdown" },
	.options = options,
	.args = "results ID",
	.min_args = 2,
	.max_args = 2,
};

/* --- its data ------------------------------------------------------------------- */

/* Everything that a computation borrows. */
struct asked {
	pv_result_data *looks;
	pv_result_data all;
	const pv_trial_arm **arms; /* of all looks, one behind the other */
	const char **names;
	pv_result_query query;
};

/* The arms of a look, behind those of the looks before. */
static void take_look(struct asked *it, size_t *at, const pv_trial *trial,
		      size_t look)
{
	pv_result_data *out = &it->looks[look];
	const pv_trial_arm *arm;

	out->arms = it->arms + *at;
	while ((arm = pv_trial_look_at(trial, look, out->count)) != NULL) {
		it->arms[(*at)++] = arm;
		out->count++;
	}
}

static int gather(struct asked *it, pv_cli *cli, const pv_trial *trial,
		  const char *rows_until)
{
	size_t looks = trial ? pv_trial_look_count(trial) : 0;
	size_t arms = trial ? pv_trial_count(trial) : 0;
	size_t at = 0;

	/* A look has no arm that all has not. */
	it->looks = pv_calloc(looks + 1, sizeof(*it->looks));
	it->arms = pv_calloc((looks + 1) * arms + 1, sizeof(pv_trial_arm *));
	if (!it->looks || !it->arms)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < looks; i++)
		take_look(it, &at, trial, i);
	it->all.arms = it->arms + at;
	it->all.count = arms;
	it->all.others = trial ? pv_trial_others(trial) : 0;
	it->all.early = trial ? pv_trial_early(trial) : 0;
	for (size_t i = 0; i < arms; i++)
		it->arms[at++] = pv_trial_at(trial, i);
	it->query.looks = it->looks;
	it->query.look_count = looks;
	it->query.rows_until = rows_until;
	return PV_OK;
}

static int read_query(struct asked *it, pv_cli *cli,
		      const experiment_reading *opts)
{
	pv_result_query *out = &it->query;

	it->names = pv_calloc(opts->metrics.count + 1, sizeof(*it->names));
	if (!it->names)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < opts->metrics.count; i++)
		it->names[i] = opts->metrics.items[i].value;
	out->secondaries = it->names;
	out->secondary_count = opts->metrics.count;
	out->has_method = opts->method > 0;
	out->is_student = opts->method == READING_STUDENT;
	if (out->is_student)
		out->method = PV_METHOD_FIXED;
	else if (opts->method > 0)
		out->method = (enum pv_experiment_method)(opts->method - 1);
	out->is_pairwise = opts->is_pairwise;
	out->by_execution = opts->by_execution;
	out->by_segment = opts->segment != NULL;
	return PV_OK;
}

int experiment_results_of(pv_results **out, pv_cli *cli,
			  const pv_experiment *experiment,
			  const experiment_reading *opts, const pv_trial *trial,
			  const char *rows_until)
{
	struct asked it = { 0 };
	int rc = gather(&it, cli, trial, rows_until);

	*out = NULL;
	if (rc == PV_OK)
		rc = read_query(&it, cli, opts);
	if (rc == PV_OK)
		rc = pv_results_compute(out, experiment, &it.all, &it.query,
					&cli->err);
	pv_free(it.looks);
	pv_free(it.arms);
	pv_free(it.names);
	return rc;
}

/* What metrics need, in the making. */
struct needs {
	pv_cli *cli;
	pv_arena *arena;
	const char **ratios;
	size_t ratio_count;
	pv_trial_bins *bins;
	size_t bins_count;
};

static int add_need(struct needs *it, const char *name, enum pv_result_role role)
{
	char *source = pv_arena_alloc(it->arena, PV_RESULT_SOURCE);
	pv_result_metric metric;
	int rc;

	if (!source)
		return pv_fail_nomem(&it->cli->err);
	rc = pv_result_metric_read(&metric, source, name, &it->cli->err);
	if (rc < 0)
		return rc;
	metric.role = role;
	if (metric.kind == PV_RESULT_RATIO)
		it->ratios[it->ratio_count++] = name;
	it->bins_count += pv_result_bins_of(&it->bins[it->bins_count], &metric);
	return PV_OK;
}

static int add_needs(struct needs *it, const pv_experiment *experiment,
		     const experiment_reading *opts)
{
	int rc = PV_OK;

	for (size_t i = 0; i < experiment->primary_count && rc == PV_OK; i++)
		rc = add_need(it, experiment->primaries[i].name,
			      PV_RESULT_PRIMARY);
	for (size_t i = 0; i < experiment->guardrail_count && rc == PV_OK; i++)
		rc = add_need(it, experiment->guardrails[i].name,
			      PV_RESULT_GUARDRAIL);
	for (size_t i = 0; i < opts->metrics.count && rc == PV_OK; i++)
		rc = add_need(it, opts->metrics.items[i].value,
			      PV_RESULT_SECONDARY);
	return rc;
}

/* When its epochs began; one alone is that of all rows, but for a warm-up. */
static int take_epochs(pv_trial_query *query, pv_arena *arena, pv_cli *cli,
		       const pv_experiment *experiment)
{
	int is_told = experiment->epoch_count > 1 || experiment->warm_up > 0;
	size_t count = is_told ? experiment->epoch_count : 0;
	pv_trial_start *epochs =
		pv_arena_calloc(arena, (count + 1) * sizeof(*epochs));

	if (!epochs)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < count; i++) {
		epochs[i].epoch = experiment->epochs[i].number;
		epochs[i].since = experiment->epochs[i].at;
	}
	query->epochs = epochs;
	query->epoch_count = count;
	return PV_OK;
}

int experiment_needs(pv_trial_query *query, pv_arena *arena, pv_cli *cli,
		     const pv_experiment *experiment,
		     const experiment_reading *opts)
{
	size_t most = experiment->primary_count + experiment->guardrail_count +
		      opts->metrics.count + 1;
	struct needs it = { .cli = cli, .arena = arena };
	int rc;

	it.ratios = pv_arena_calloc(arena, most * sizeof(*it.ratios));
	it.bins = pv_arena_calloc(arena, most * sizeof(*it.bins));
	if (!it.ratios || !it.bins)
		return pv_fail_nomem(&cli->err);
	rc = add_needs(&it, experiment, opts);
	query->ratios = it.ratios;
	query->ratio_count = it.ratio_count;
	query->bins = it.bins;
	query->bins_count = it.bins_count;
	query->prompt = experiment->prompt;
	return rc == PV_OK ? take_epochs(query, arena, cli, experiment) : rc;
}

int experiment_starts(pv_trial_start **out, size_t *count_out, pv_cli *cli,
		      const pv_experiment *experiment)
{
	size_t first = experiment->first_epoch; /* others are not looked at */

	*count_out =
		experiment->warm_up > 0 ? experiment->epoch_count - first : 0;
	*out = pv_calloc(*count_out + 1, sizeof(**out));
	if (!*out)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < *count_out; i++) {
		const pv_experiment_epoch *epoch = &experiment->epochs[first + i];

		(*out)[i].epoch = epoch->number;
		(*out)[i].since = epoch->at + experiment->warm_up;
	}
	return PV_OK;
}

static int keep_id(const pv_execution *row, void *payload)
{
	pv_buf *out = payload;

	pv_buf_puts(out, pv_execution_text(row, "id"));
	return PV_OK;
}

/* The execution with the greatest id of an experiment before a time. */
static int find_last(pv_buf *out, pv_cli *cli, pv_executions *index,
		     const pv_trial_query *asked)
{
	const pv_executions_match match = { .field = "experiment",
					    .value = asked->experiment };
	const pv_executions_query query = { .matches = &match,
					    .match_count = 1,
					    .until = asked->until,
					    .limit = 1,
					    .by_id = 1 };

	if (asked->up_to) {
		pv_buf_puts(out, asked->up_to);
		return PV_OK;
	}
	return pv_executions_list(index, &query, keep_id, out, &cli->err);
}

/* Without an index what is asked has to make sense all the same. */
static int read_nothing(pv_trial **out, const pv_trial_query *query, pv_error *err)
{
	int rc = pv_trial_new(out, query, err);

	return rc == PV_OK ? pv_trial_finish(*out, err) : rc;
}

static int read_index(pv_results **out, pv_cli *cli,
		      const pv_experiment *experiment,
		      const experiment_reading *opts, pv_executions *index)
{
	pv_trial_query query = { .experiment = experiment->id,
				 .has_looks = 1,
				 .up_to = opts->rows_until,
				 .segment = opts->segment };
	pv_trial_start *starts = NULL;
	pv_arena arena = { 0 };
	pv_trial *trial = NULL;
	pv_buf row = { 0 };
	int rc = PV_OK;

	if (opts->until)
		rc = tracking_time(&query.until, cli, "until", opts->until);
	if (rc == PV_OK)
		rc = experiment_starts(&starts, &query.start_count, cli,
				       experiment);
	query.starts = query.start_count ? starts : NULL;
	if (rc == PV_OK)
		rc = experiment_needs(&query, &arena, cli, experiment, opts);
	if (rc == PV_OK)
		rc = index ? pv_trial_read(&trial, index, &query, &cli->err)
			   : read_nothing(&trial, &query, &cli->err);
	if (rc == PV_OK && index)
		rc = find_last(&row, cli, index, &query);
	if (rc == PV_OK)
		rc = experiment_results_of(out, cli, experiment, opts, trial,
					   row.len ? pv_buf_text(&row) : NULL);
	pv_buf_dispose(&row);
	pv_trial_free(trial);
	pv_arena_dispose(&arena);
	pv_free(starts);
	return rc;
}

int experiment_results_read(pv_results **out, pv_cli *cli,
			    const pv_experiment *experiment,
			    const experiment_reading *opts)
{
	static const experiment_reading all;
	pv_executions *index = NULL;
	int rc = tracking_open(&index, cli, 1);

	*out = NULL;
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK)
		rc = read_index(out, cli, experiment, opts ? opts : &all, index);
	pv_executions_free(index);
	return rc;
}

/* --- showing ---------------------------------------------------------------------- */

typedef int write_fn(pv_buf *out, const pv_results *results, pv_error *err);

static int write_file(pv_cli *cli, const pv_results *results, write_fn *fn,
		      const char *path)
{
	pv_buf text = { 0 };
	int rc;

	if (!path)
		return PV_OK;
	rc = fn(&text, results, &cli->err);
	if (rc == PV_OK)
		rc = pv_file_output(path, pv_buf_text(&text), text.len,
				    &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

int experiment_results_show(pv_cli *cli, const pv_results *results,
			    const experiment_reading *opts)
{
	int rc = write_file(cli, results, pv_results_svg, opts->svg);

	if (rc == PV_OK)
		rc = write_file(cli, results, pv_results_html, opts->html);
	if (rc == PV_OK && cli->json)
		rc = pv_results_json(&cli->out, results, &cli->err);
	else if (rc == PV_OK && opts->is_markdown)
		rc = pv_results_markdown(&cli->out, results, &cli->err);
	else if (rc == PV_OK)
		experiment_results_text(cli, results);
	return rc < 0 ? rc : results->state != PV_RESULT_WINNER;
}

/* Whether it is to be read otherwise than it was when it was kept. */
static int is_reading_anew(const experiment_reading *opts)
{
	return opts->method || opts->is_pairwise || opts->by_execution ||
	       opts->metrics.count || opts->segment || opts->until ||
	       opts->rows_until;
}

/*
 * Of one that has ended what was kept is shown. Read otherwise, it is made of
 * the rows up to those that were known then.
 */
static int read_ended(pv_results **out, pv_cli *cli,
		      const experiment_file *file, experiment_reading *opts)
{
	pv_results *kept = NULL;
	int rc = experiment_results_kept(&kept, cli, file, 0);
	int64_t before = kept ? kept->executions : 0;
	int is_anew = is_reading_anew(opts);
	int is_as_then = kept && is_anew && !opts->until && !opts->rows_until;

	if (rc == PV_OK && is_as_then)
		opts->rows_until = kept->rows_until;
	if (rc == PV_OK)
		rc = experiment_results_read(out, cli, file->it, opts);
	if (rc == PV_OK && is_as_then && (*out)->executions > before)
		cli_note(cli,
			 "%lld executions of before the end were recorded behind "
			 "it, and are counted here",
			 (long long)((*out)->executions - before));
	if (rc == PV_OK && kept && !is_anew) {
		int64_t now = (*out)->executions;

		pv_results_free(*out);
		rc = experiment_results_kept(out, cli, file, now);
	}
	pv_results_free(kept);
	return rc;
}

int experiment_results(pv_cli *cli, int argc, char **argv)
{
	experiment_reading opts = { 0 };
	experiment_file file = { { 0 } };
	pv_results *results = NULL;
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = experiment_file_read(&file, cli, argv[1]);
	if (rc == PV_OK)
		rc = read_ended(&results, cli, &file, &opts);
	if (rc == PV_OK && !results->is_kept)
		results->status =
			pv_experiment_status_at(file.it, pv_clock_now(NULL));
	if (rc == PV_OK)
		rc = experiment_results_show(cli, results, &opts);
	pv_results_free(results);
	experiment_file_dispose(&file);
	cli_list_dispose(&opts.metrics);
	return rc;
}
