/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment stop` and `conclude`: the ends of an experiment. What it
 * says by then is committed with it; the winner is merged as it was pinned, and
 * the trailers of both commits tell from what it was decided: the same figures
 * come out of the index with --rows-until.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "autorelease.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment_files.h"
#include "experiment_results.h"
#include "experiment_variant.h"
#include "experiment_verbs.h"
#include "file_commit.h"
#include "git.h"
#include "gitmove.h"
#include "merge_check.h"
#include "review.h"

struct conclude_options {
	experiment_commit_options commit;
	const char *winner;
	int is_merging;
	int is_tip;
};

static const cli_option options[] = {
	{ 0, "winner", CLI_STRING, offsetof(struct conclude_options, winner),
	  "VARIANT", "take this one, whatever the results say" },
	{ 0, "merge", CLI_FLAG, offsetof(struct conclude_options, is_merging),
	  NULL, "merge the winner's commit into this branch" },
	{ 0, "tip", CLI_FLAG, offsetof(struct conclude_options, is_tip), NULL,
	  "merge what its branch has by now, not what was compared" },
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

static const cli_option stop_options[] = {
	EXPERIMENT_COMMIT_OPTIONS,
	{ 0 },
};

const cli_usage experiment_stop_usage = {
	.synopsis = { "git pv experiment stop ID [-m MSG] [--no-verify] "
		      "[--json]" },
	.examples = { "git pv experiment stop tone" },
	.options = stop_options,
	.args = "stop ID",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage experiment_conclude_usage = {
	.synopsis = { "git pv experiment conclude ID [--winner VARIANT] "
		      "[--merge [--tip]] [-m MSG] [--no-verify] [--json]" },
	.examples = { "git pv experiment conclude tone --merge" },
	.options = options,
	.args = "conclude ID",
	.min_args = 2,
	.max_args = 2,
};

/* An experiment on its way to the end. */
struct job {
	pv_cli *cli;
	const struct conclude_options *opts;
	experiment_file file;
	pv_results *results;
	pv_buf trailers;
	pv_buf results_path;
	pv_buf results_json;
	size_t winner;
	pv_oid target; /* what is merged */
	int is_needed; /* it is not in HEAD yet */
	int is_again;  /* concluded before: what is left is the merge */
	pv_oid commit;
	pv_strlist archived;
	git_move move;
	autorelease done;
	pv_strlist ids; /* of prompts that a commit here changes */
};

/* --- what it says ------------------------------------------------------------- */

static int read_results(struct job *job)
{
	return experiment_results_read(&job->results, job->cli, job->file.it,
				       NULL);
}

/* What the results are once the experiment has ended. */
static int write_results(struct job *job, enum pv_experiment_status status)
{
	pv_results *results = job->results;
	pv_cli *cli = job->cli;
	int rc;

	results->status = status;
	if (status == PV_EXPERIMENT_CONCLUDED)
		results->winner = results->variants[job->winner].name;
	rc = pv_results_json(&job->results_json, results, &cli->err);
	pv_buf_putc(&job->results_json, '\n');
	pv_buf_printf(&job->results_path, "experiments/%s.results.json",
		      job->file.it->id);
	if (rc == PV_OK)
		rc = pv_buf_status(&job->results_json, &cli->err);
	return rc == PV_OK ? pv_buf_status(&job->results_path, &cli->err) : rc;
}

/* In the shortest form that reads back, whatever the locale. */
static void put_real(pv_buf *out, double value)
{
	pv_jsonw w;

	pv_jsonw_init(&w, out);
	pv_jsonw_real(&w, value);
}

static void put_test(pv_buf *out, const pv_results *results,
		     const pv_result_test *test)
{
	const char *metric = results->metrics[test->metric].name;
	const char *variant = results->variants[test->b].name;

	pv_buf_printf(out, "Pv-Estimate: %s %s ", metric, variant);
	put_real(out, test->difference);
	if (test->has_interval) {
		pv_buf_printf(out, "\nPv-Interval: %s %s ", metric, variant);
		put_real(out, test->interval.low);
		pv_buf_putc(out, ' ');
		put_real(out, test->interval.high);
	}
	if (test->has_p) {
		pv_buf_printf(out, "\nPv-P: %s %s ", metric, variant);
		put_real(out, test->p_corrected);
	}
	pv_buf_printf(out, "\nPv-Method: %s %s %s\n", metric, variant,
		      test->method);
}

static int put_trailers(struct job *job, const char *winner)
{
	const pv_experiment *it = job->file.it;
	const pv_results *results = job->results;
	pv_buf *out = &job->trailers;

	if (winner)
		pv_buf_printf(out, "Pv-Winner: %s\n", winner);
	if (results->rows_until)
		pv_buf_printf(out, "Pv-Rows-Until: %s\n", results->rows_until);
	for (size_t i = 0; i < it->variant_count; i++)
		pv_buf_printf(out, "Pv-Variant: %s %s\n", it->variants[i].name,
			      it->variants[i].commit);
	for (size_t i = 0; i < results->variant_count; i++)
		pv_buf_printf(out, "Pv-N: %s %" PRId64 "\n",
			      results->variants[i].name, results->variants[i].n);
	for (size_t i = 0; i < results->test_count; i++)
		if (results->tests[i].role == PV_RESULT_PRIMARY &&
		    results->tests[i].status == PV_STATS_KNOWN)
			put_test(out, results, &results->tests[i]);
	return pv_buf_status(out, &job->cli->err);
}

/* --- the commit of the end ------------------------------------------------------- */

/* The prompt with the fields of the winner, where no merge brings another. */
static int add_prompt(struct job *job, pv_change *out, pv_buf *path, pv_buf *text)
{
	const pv_experiment *it = job->file.it;
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_buf old = { 0 };
	pv_cli *cli = job->cli;
	int rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);

	if (rc == PV_OK)
		rc = pv_prompt_path(path, &cli->settings, it->prompt, &cli->err);
	if (rc == PV_OK)
		rc = file_commit_clean(cli, pv_buf_text(path));
	if (rc == PV_OK)
		rc = pv_store_read(&old, NULL, cli->store, &head,
				   pv_buf_text(path), &cli->err);
	if (rc == PV_OK)
		rc = experiment_apply_sets(text, cli,
					   &it->variants[job->winner], &old);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->ids, it->prompt, &cli->err);
	pv_buf_dispose(&old);
	out->path = pv_buf_text(path);
	out->data = pv_buf_text(text);
	out->len = text->len;
	return rc;
}

static int has_sets(const struct job *job)
{
	return job->opts->is_merging &&
	       job->file.it->variants[job->winner].set_count;
}

static int commit_end(struct job *job, enum pv_experiment_status status)
{
	pv_change others[2] = { { NULL, NULL, 0 } };
	int is_end = status == PV_EXPERIMENT_CONCLUDED;
	experiment_step step = { .how = &job->opts->commit,
				 .verb = is_end ? "conclude" : "stop",
				 .subject = is_end ? "Conclude experiment"
						   : "Stop experiment",
				 .trailers = &job->trailers,
				 .others = others,
				 .other_count = 1 };
	pv_cli *cli = job->cli;
	pv_buf text = { 0 };
	pv_buf prompt_path = { 0 };
	pv_buf prompt = { 0 };
	int rc = pv_experiment_end(&text, job->file.it, status,
				   pv_clock_now(NULL), &cli->err);

	if (rc == PV_OK)
		rc = write_results(job, status);
	others[0].path = pv_buf_text(&job->results_path);
	others[0].data = pv_buf_text(&job->results_json);
	others[0].len = job->results_json.len;
	if (rc == PV_OK && has_sets(job) && !job->is_needed) {
		rc = add_prompt(job, &others[1], &prompt_path, &prompt);
		step.other_count = 2;
	}
	if (rc == PV_OK && job->ids.count)
		rc = autorelease_announce(&job->done, cli, &job->ids);
	if (rc == PV_OK)
		rc = experiment_commit(&job->commit, cli, &job->file, &text,
				       &step);
	if (job->ids.count && rc == PV_OK)
		autorelease_commit(&job->done, cli, &job->ids);
	else if (job->ids.count && !job->commit.hex[0])
		autorelease_forget(&job->done);
	pv_buf_dispose(&text);
	pv_buf_dispose(&prompt_path);
	pv_buf_dispose(&prompt);
	return rc;
}

static void dispose(struct job *job)
{
	autorelease_dispose(&job->done);
	git_move_dispose(&job->move);
	pv_strlist_dispose(&job->ids);
	pv_strlist_dispose(&job->archived);
	pv_buf_dispose(&job->trailers);
	pv_buf_dispose(&job->results_path);
	pv_buf_dispose(&job->results_json);
	pv_results_free(job->results);
	experiment_file_dispose(&job->file);
}

int experiment_stop(pv_cli *cli, int argc, char **argv)
{
	struct conclude_options opts = { { 0 } };
	struct job job = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = experiment_file_take(&job.file, cli, argv[1]);
	if (rc == PV_OK)
		rc = read_results(&job);
	if (rc == PV_OK)
		rc = put_trailers(&job, NULL);
	if (rc == PV_OK)
		rc = commit_end(&job, PV_EXPERIMENT_STOPPED);
	if (rc == PV_OK)
		rc = experiment_print(cli, &job.file, &job.commit);
	dispose(&job);
	return rc;
}

/* --- who wins ----------------------------------------------------------------------- */

static int choose(struct job *job)
{
	const pv_experiment *it = job->file.it;
	const char *name =
		job->opts->winner ? job->opts->winner : job->results->winner;
	pv_cli *cli = job->cli;
	long winner = name ? pv_experiment_variant_find(it, name) : -1;
	int rc;

	if (winner >= 0) {
		job->winner = (size_t)winner;
		return PV_OK;
	}
	if (name)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%.64s\" is no variant of \"%.64s\"", name,
			     it->id);
	else
		rc = pv_fail(&cli->err, PV_EPOLICY,
			     "experiment \"%.64s\" has no winner: %.160s",
			     it->id, job->results->reason);
	return pv_error_hint(&cli->err, rc,
			     "\"--winner NAME\" takes one all the same; "
			     "\"git pv experiment results %.40s\" says more",
			     it->id);
}

/* What is to be merged, and whether HEAD has it already. */
static int find_target(struct job *job)
{
	pv_cli *cli = job->cli;
	const pv_experiment *it = job->file.it;
	pv_oid head;
	int rc = PV_OK;

	(void)snprintf(job->target.hex, sizeof(job->target.hex), "%s",
		       it->variants[job->winner].commit);
	if (job->opts->is_tip)
		rc = experiment_variant_tip(&job->target, cli, it, job->winner);
	if (rc == PV_OK)
		rc = pv_store_head(NULL, &head, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_is_ancestor(cli->store, &job->target, &head,
					  &cli->err);
	job->is_needed = rc == 0;
	if (job->is_again && rc >= 0)
		job->commit = head;
	return rc < 0 ? rc : PV_OK;
}

/* --- the losers ------------------------------------------------------------------------ */

/* A name that git does not take costs a warning: the commit is kept anyhow. */
static int archive(struct job *job, size_t variant)
{
	const pv_experiment *it = job->file.it;
	pv_cli *cli = job->cli;
	pv_oid target = { "" };
	pv_oid now = { "" };
	pv_error why = { 0 };
	pv_buf name = { 0 };
	int rc;

	pv_buf_printf(&name, "refs/pv/archive/%s/%s", it->id,
		      it->variants[variant].name);
	rc = pv_buf_status(&name, &cli->err);
	if (rc != PV_OK)
		return rc;
	(void)snprintf(target.hex, sizeof(target.hex), "%s",
		       it->variants[variant].commit);
	if (pv_store_ref(&now, cli->store, name.ptr, NULL) != PV_OK)
		now.hex[0] = '\0';
	rc = pv_store_ref_update(cli->store, name.ptr, &target, &now,
				 "experiment conclude", &why);
	if (rc == PV_OK)
		rc = pv_strlist_add(&job->archived, name.ptr, &cli->err);
	else
		cli_warn(cli, "\"%s\" is not archived: %s",
			 it->variants[variant].name, why.message);
	pv_buf_dispose(&name);
	return rc == PV_ENOMEM ? rc : PV_OK;
}

/* --- the merge ----------------------------------------------------------------------------- */

static int build_args(struct job *job, const char *message)
{
	const char *const args[] = { "merge",     "--no-edit",    "--no-ff",
				     "--no-stat", "-m",           message,
				     "--",        job->target.hex };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(args) && rc == PV_OK; i++) {
		if (!strcmp(args[i], "--") && job->opts->commit.no_verify)
			rc = git_move_arg(&job->move, job->cli, "--no-verify");
		if (rc == PV_OK)
			rc = git_move_arg(&job->move, job->cli, args[i]);
	}
	return rc;
}

static int write_message(pv_buf *out, const struct job *job)
{
	const pv_experiment *it = job->file.it;

	pv_buf_printf(out, "Merge %s, the winner of experiment %s\n\n",
		      it->variants[job->winner].spec, it->id);
	pv_buf_printf(out, "Pv-Experiment: %s\nPv-Step: merge\n", it->id);
	pv_buf_put(out, pv_buf_text(&job->trailers), job->trailers.len);
	return pv_buf_status(out, &job->cli->err);
}

static int run_merge(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_buf message = { 0 };
	int rc = write_message(&message, job);

	job->move.target = job->target;
	if (rc == PV_OK)
		rc = build_args(job, pv_buf_text(&message));
	if (rc == PV_OK)
		rc = autorelease_announce_move(&job->done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&job->move, cli);
	pv_buf_dispose(&message);
	if (rc != PV_OK)
		return rc;
	if (git_move_is_done(&job->move)) {
		autorelease_move(&job->done, cli, &job->move.before);
		return PV_OK;
	}
	autorelease_forget(&job->done);
	if (git_move_is_conflict(&job->move))
		return PV_OK;
	return git_move_fail(&job->move, cli,
			     "the experiment is concluded; \"git pv merge\" "
			     "of its winner's commit is still to be done");
}

/* What the winner has otherwise, on top of the merge. */
static int commit_sets(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_change change;
	pv_commit_options opts = { .no_verify = job->opts->commit.no_verify };
	review seen = { .cli = cli };
	pv_buf message = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_oid commit;
	int rc = add_prompt(job, &change, &path, &text);

	pv_buf_printf(&message, "Set what %s has otherwise\n\n",
		      job->file.it->variants[job->winner].name);
	pv_buf_printf(&message, "Pv-Experiment: %s\nPv-Step: merge\n",
		      job->file.it->id);
	pv_buf_put(&message, pv_buf_text(&job->trailers), job->trailers.len);
	if (rc == PV_OK)
		rc = pv_buf_status(&message, &cli->err);
	opts.message = pv_buf_text(&message);
	review_options(&opts, &seen);
	if (rc == PV_OK)
		rc = file_commit(&commit, cli, &change, 1, &opts);
	if (rc == PV_OK) {
		job->move.after = commit;
		autorelease_commit(&job->done, cli, &job->ids);
	}
	review_dispose(&seen);
	pv_buf_dispose(&message);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

/* --- printing --------------------------------------------------------------------------------- */

static const char *result_of(const struct job *job)
{
	if (!job->opts->is_merging)
		return NULL;
	if (!job->is_needed)
		return "up-to-date";
	return git_move_is_conflict(&job->move) ? "conflict" : "merged";
}

static int print_json(struct job *job)
{
	const char *merged = job->move.after.hex;
	pv_cli *cli = job->cli;
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", job->file.it->id);
	pv_jsonw_member(&w, "status", "concluded");
	pv_jsonw_member(&w, "winner", job->file.it->variants[job->winner].name);
	pv_jsonw_member(&w, "reason", job->results->reason);
	pv_jsonw_member(&w, "rows_until", job->results->rows_until);
	pv_jsonw_member(&w, "result", result_of(job));
	pv_jsonw_member(&w, "commit", *merged ? merged : job->commit.hex);
	pv_jsonw_key(&w, "archived");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->archived.count; i++)
		pv_jsonw_string(&w, job->archived.items[i]);
	pv_jsonw_array_end(&w);
	autorelease_json(&w, &job->done);
	rc = git_move_conflicts_json(&w, cli);
	pv_jsonw_object_end(&w);
	return rc;
}

static int print(struct job *job)
{
	pv_cli *cli = job->cli;
	int is_conflict = job->is_needed && git_move_is_conflict(&job->move);
	int rc = PV_OK;

	if (cli->json)
		rc = print_json(job);
	else if (is_conflict)
		rc = git_move_conflicts_text(cli, "merge");
	else {
		cli_printf(cli, "winner      %s\n",
			   job->file.it->variants[job->winner].name);
		cli_line(cli, job->results->reason);
		cli_puts(cli, "\n");
		autorelease_text(cli, &job->done);
	}
	if (rc != PV_OK)
		return rc;
	return is_conflict ? 1 : autorelease_status(&job->done);
}

/* --- the verb ----------------------------------------------------------------------------------- */

/* What would stop the merge stops it before anything is concluded. */
static int check_merge(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_buf path = { 0 };
	int rc = merge_check(cli, &job->target);

	if (rc == PV_OK && has_sets(job)) {
		rc = pv_prompt_path(&path, &cli->settings, job->file.it->prompt,
				    &cli->err);
		if (rc == PV_OK)
			rc = file_commit_clean(cli, pv_buf_text(&path));
	}
	pv_buf_dispose(&path);
	return rc;
}

static int take_winner(struct job *job, const char *name)
{
	pv_cli *cli = job->cli;
	const pv_experiment *it = job->file.it;
	long winner = pv_experiment_variant_find(it, name);

	if (winner < 0 ||
	    (job->opts->winner && strcmp(job->opts->winner, name) != 0))
		return pv_fail(&cli->err, PV_ECONFLICT,
			       "experiment \"%.64s\" was concluded with \"%.64s\"",
			       it->id, name);
	job->winner = (size_t)winner;
	return PV_OK;
}

/* The trailers of the end, but those that say which step it was. */
static int take_trailers(struct job *job, char *text)
{
	static const char *const own[] = { "Pv-Experiment:", "Pv-Step:",
					   "Pv-Epoch:" };
	static const char winner[] = "Pv-Winner: ";
	char *save = NULL;
	int rc = PV_ENOTFOUND;

	for (char *line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		int is_own = strncmp(line, "Pv-", 3) != 0;

		for (size_t i = 0; i < pv_array_len(own); i++)
			is_own |= pv_str_has_prefix(line, own[i]);
		if (is_own)
			continue;
		pv_buf_printf(&job->trailers, "%s\n", line);
		if (!pv_str_has_prefix(line, winner))
			continue;
		rc = take_winner(job, line + strlen(winner));
		if (rc != PV_OK)
			return rc;
	}
	return rc == PV_OK ? pv_buf_status(&job->trailers, &job->cli->err) : rc;
}

/*
 * What was decided when it was concluded, for a merge that was given up or
 * never came about since the command was killed.
 */
static int recall(struct job *job)
{
	pv_cli *cli = job->cli;
	const char *args[] = { "log",
			       "-1",
			       "--no-show-signature",
			       "--grep=^Pv-Step: conclude$",
			       "--format=%(trailers:only,unfold)",
			       "HEAD",
			       "--",
			       pv_buf_text(&job->file.path),
			       NULL };
	pv_buf text = { 0 };
	int rc = file_commit_state(cli);

	if (rc == PV_OK)
		rc = file_commit_clean(cli, pv_buf_text(&job->file.path));
	if (rc == PV_OK)
		rc = cli_git(&text, cli, args);
	if (rc == PV_OK)
		rc = take_trailers(job, text.len ? text.ptr : (char[]){ "" });
	if (rc == PV_ENOTFOUND)
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "no commit here concludes experiment \"%.64s\"",
			     job->file.it->id);
	pv_buf_dispose(&text);
	return rc;
}

static int decide(struct job *job)
{
	int rc;

	if (job->is_again)
		return recall(job);
	rc = choose(job);
	return rc == PV_OK
		       ? put_trailers(job,
				      job->file.it->variants[job->winner].name)
		       : rc;
}

static int prepare(struct job *job, const char *id)
{
	pv_cli *cli = job->cli;
	int rc = experiment_file_take(&job->file, cli, id);

	if (rc == PV_OK && job->opts->is_merging && pv_store_is_bare(cli->store)) {
		rc = pv_fail(&cli->err, PV_EUNSUPPORTED,
			     "--merge needs a working tree");
		(void)pv_error_hint(&cli->err, rc,
				    "conclude without it, then \"git pv merge\" "
				    "the winner's commit");
	}
	if (rc == PV_OK && !job->file.it->epoch_count)
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "experiment \"%.64s\" never began", id);
	if (rc == PV_OK)
		rc = read_results(job);
	job->is_again = rc == PV_OK && job->opts->is_merging &&
			job->file.it->status == PV_EXPERIMENT_CONCLUDED;
	if (rc == PV_OK)
		rc = decide(job);
	if (rc == PV_OK && job->opts->is_merging)
		rc = find_target(job);
	if (rc == PV_OK && job->is_needed)
		rc = check_merge(job);
	return rc;
}

static int conclude(struct job *job)
{
	int rc = job->is_again ? PV_OK : commit_end(job, PV_EXPERIMENT_CONCLUDED);

	for (size_t i = 0; i < job->file.it->variant_count && rc == PV_OK; i++)
		if (i != job->winner)
			rc = archive(job, i);
	if (rc == PV_OK && job->opts->is_merging && job->is_needed)
		rc = run_merge(job);
	if (rc == PV_OK && job->is_needed && has_sets(job) &&
	    git_move_is_done(&job->move))
		rc = commit_sets(job);
	return rc == PV_OK ? print(job) : rc;
}

int experiment_conclude(pv_cli *cli, int argc, char **argv)
{
	struct conclude_options opts = { { 0 } };
	struct job job = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (opts.is_tip && !opts.is_merging)
		return cli_usage_error(cli, "--tip goes with --merge");
	rc = prepare(&job, argv[1]);
	if (rc == PV_OK)
		rc = conclude(&job);
	dispose(&job);
	return rc;
}
