/* SPDX-License-Identifier: MIT
 *
 * `git pv experiment stop` and `conclude`: the ends of an experiment. What it
 * says by then is committed with it, and the trailers of that commit and of the
 * merge (experiment_merge.c) tell from what it was decided: the same figures
 * come out of the index with --rows-until.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_end.h"
#include "experiment/experiment_results.h"
#include "experiment/experiment_variant.h"
#include "experiment/experiment_verbs.h"
#include "merge/merge_check.h"
#include "repo/file_commit.h"
#include "repo/git.h"

static const cli_option options[] = {
	{ 0, "winner", CLI_STRING, offsetof(experiment_conclude_options, winner),
	  "VARIANT", "take this one, whatever the results say" },
	{ 0, "merge", CLI_FLAG, offsetof(experiment_conclude_options, is_merging),
	  NULL, "merge the winner's commit into this branch" },
	{ 0, "tip", CLI_FLAG, offsetof(experiment_conclude_options, is_tip),
	  NULL, "merge what its branch has by now, not what was compared" },
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
	.examples = { "git pv experiment stop tone",
		      "git pv experiment stop tone -m \"Too few users\"" },
	.options = stop_options,
	.args = "stop ID",
	.min_args = 2,
	.max_args = 2,
};

const cli_usage experiment_conclude_usage = {
	.synopsis = { "git pv experiment conclude ID [--winner VARIANT] "
		      "[--merge [--tip]] [-m MSG] [--no-verify] [--json]" },
	.examples = { "git pv experiment conclude tone --merge",
		      "git pv experiment conclude tone --winner concise -m \"Shorter\"" },
	.options = options,
	.args = "conclude ID",
	.min_args = 2,
	.max_args = 2,
};

/* --- what it says ------------------------------------------------------------- */

/* Once it is concluded, that is what it said then. */
static int read_results(experiment_end *end)
{
	int rc = PV_OK;

	if (end->is_again)
		rc = experiment_results_kept(&end->results, end->cli,
					     &end->file, 0);
	return rc < 0 || end->results
		       ? rc
		       : experiment_results_read(&end->results, end->cli,
						 end->file.it, NULL);
}

/* What the results are once the experiment has ended. */
static int write_results(experiment_end *end, enum pv_experiment_status status)
{
	pv_results *results = end->results;
	pv_cli *cli = end->cli;
	int rc;

	results->status = status;
	if (status == PV_EXPERIMENT_CONCLUDED)
		results->winner = results->variants[end->winner].name;
	rc = pv_results_json(&end->results_json, results, &cli->err);
	pv_buf_putc(&end->results_json, '\n');
	if (rc == PV_OK)
		rc = experiment_results_path(&end->results_path, cli,
					     end->file.it->id);
	return rc == PV_OK ? pv_buf_status(&end->results_json, &cli->err) : rc;
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

static int put_trailers(experiment_end *end, const char *winner)
{
	const pv_experiment *it = end->file.it;
	const pv_results *results = end->results;
	pv_buf *out = &end->trailers;

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
	return pv_buf_status(out, &end->cli->err);
}

/* --- the commit of the end ------------------------------------------------------- */

static int commit_end(experiment_end *end, enum pv_experiment_status status)
{
	pv_change others[2] = { { NULL, NULL, 0 } };
	int is_end = status == PV_EXPERIMENT_CONCLUDED;
	experiment_step step = { .how = &end->opts->commit,
				 .verb = is_end ? "conclude" : "stop",
				 .subject = is_end ? "Conclude experiment"
						   : "Stop experiment",
				 .trailers = &end->trailers,
				 .others = others,
				 .other_count = 1 };
	pv_cli *cli = end->cli;
	pv_buf text = { 0 };
	pv_buf prompt_path = { 0 };
	pv_buf prompt = { 0 };
	int rc = pv_experiment_end(&text, end->file.it, status,
				   pv_clock_now(NULL), &cli->err);

	if (rc == PV_OK)
		rc = write_results(end, status);
	others[0].path = pv_buf_text(&end->results_path);
	others[0].data = pv_buf_text(&end->results_json);
	others[0].len = end->results_json.len;
	if (rc == PV_OK && experiment_end_has_sets(end) && !end->is_needed) {
		rc = experiment_end_prompt(end, &others[1], &prompt_path,
					   &prompt);
		step.other_count = 2;
	}
	if (rc == PV_OK && end->ids.count)
		rc = autorelease_announce(&end->done, cli, &end->ids);
	if (rc == PV_OK)
		rc = experiment_commit(&end->commit, cli, &end->file, &text,
				       &step);
	if (end->ids.count && rc == PV_OK)
		autorelease_commit(&end->done, cli, &end->ids);
	else if (end->ids.count && !end->commit.hex[0])
		autorelease_forget(&end->done);
	pv_buf_dispose(&text);
	pv_buf_dispose(&prompt_path);
	pv_buf_dispose(&prompt);
	return rc;
}

static void dispose(experiment_end *end)
{
	autorelease_dispose(&end->done);
	git_move_dispose(&end->move);
	pv_strlist_dispose(&end->ids);
	pv_strlist_dispose(&end->archived);
	pv_buf_dispose(&end->trailers);
	pv_buf_dispose(&end->results_path);
	pv_buf_dispose(&end->results_json);
	pv_results_free(end->results);
	experiment_file_dispose(&end->file);
}

int experiment_stop(pv_cli *cli, int argc, char **argv)
{
	experiment_conclude_options opts = { { 0 } };
	experiment_end end = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	rc = experiment_file_take(&end.file, cli, argv[1]);
	if (rc == PV_OK)
		rc = read_results(&end);
	if (rc == PV_OK)
		rc = put_trailers(&end, NULL);
	if (rc == PV_OK)
		rc = commit_end(&end, PV_EXPERIMENT_STOPPED);
	if (rc == PV_OK)
		rc = experiment_print(cli, &end.file, &end.commit);
	dispose(&end);
	return rc;
}

/* --- who wins ----------------------------------------------------------------------- */

/* With the names that there are. */
static int fail_variant(pv_cli *cli, const pv_experiment *it, const char *name)
{
	const char *names[PV_VARIANTS_MAX + 1] = { NULL };
	int rc;

	for (size_t i = 0; i < it->variant_count; i++)
		names[i] = it->variants[i].name;
	rc = pv_fail(&cli->err, PV_EINVALID,
		     "\"%.64s\" is no variant of \"%.64s\"", name, it->id);
	(void)cli_hint_near(cli, rc, name, names, "git pv experiment show ID");
	return rc;
}

/* What has ended for good is not decided again. */
static int check_open(experiment_end *end)
{
	const pv_experiment *it = end->file.it;
	pv_cli *cli = end->cli;
	int rc;

	if (it->status != PV_EXPERIMENT_CONCLUDED || end->opts->is_merging)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "experiment \"%.64s\" is concluded already", it->id);
	return pv_error_hint(&cli->err, rc,
			     "\"git pv experiment results %.40s\" says with "
			     "whom; \"conclude %.40s --merge\" merges it",
			     it->id, it->id);
}

static int choose(experiment_end *end)
{
	const pv_experiment *it = end->file.it;
	const char *name =
		end->opts->winner ? end->opts->winner : end->results->winner;
	pv_cli *cli = end->cli;
	long winner = name ? pv_experiment_variant_find(it, name) : -1;
	int rc;

	if (winner >= 0) {
		end->winner = (size_t)winner;
		return PV_OK;
	}
	if (name)
		return fail_variant(cli, it, name);
	rc = pv_fail(&cli->err, PV_EPOLICY,
		     "experiment \"%.64s\" has no winner: %.160s", it->id,
		     end->results->reason);
	return pv_error_hint(&cli->err, rc,
			     "\"--winner NAME\" takes one all the same; "
			     "\"git pv experiment results %.40s\" says more",
			     it->id);
}

/* What is to be merged, and whether HEAD has it already. */
static int find_target(experiment_end *end)
{
	pv_cli *cli = end->cli;
	const pv_experiment *it = end->file.it;
	pv_oid head;
	int rc = PV_OK;

	(void)snprintf(end->target.hex, sizeof(end->target.hex), "%s",
		       it->variants[end->winner].commit);
	if (end->opts->is_tip)
		rc = experiment_variant_tip(&end->target, cli, it, end->winner);
	if (rc == PV_OK)
		rc = pv_store_head(NULL, &head, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_is_ancestor(cli->store, &end->target, &head,
					  &cli->err);
	end->is_needed = rc == 0;
	if (end->is_again && rc >= 0)
		end->commit = head;
	return rc < 0 ? rc : PV_OK;
}

/* --- printing --------------------------------------------------------------------------------- */

static const char *result_of(const experiment_end *end)
{
	if (!end->opts->is_merging)
		return NULL;
	if (!end->is_needed)
		return end->is_again && end->is_set ? "merged" : "up-to-date";
	return git_move_is_conflict(&end->move) ? "conflict" : "merged";
}

static int print_json(experiment_end *end)
{
	const char *merged = end->move.after.hex;
	pv_cli *cli = end->cli;
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", end->file.it->id);
	pv_jsonw_member(&w, "status", "concluded");
	pv_jsonw_member(&w, "winner", end->file.it->variants[end->winner].name);
	pv_jsonw_member(&w, "reason", end->results->reason);
	pv_jsonw_member(&w, "rows_until", end->results->rows_until);
	pv_jsonw_member(&w, "result", result_of(end));
	pv_jsonw_member(&w, "commit", *merged ? merged : end->commit.hex);
	pv_jsonw_key(&w, "archived");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < end->archived.count; i++)
		pv_jsonw_string(&w, end->archived.items[i]);
	pv_jsonw_array_end(&w);
	autorelease_json(&w, &end->done);
	rc = git_move_conflicts_json(&w, cli);
	pv_jsonw_object_end(&w);
	return rc;
}

static int print(experiment_end *end)
{
	pv_cli *cli = end->cli;
	int is_conflict = end->is_needed && git_move_is_conflict(&end->move);
	int rc = PV_OK;

	if (cli->json)
		rc = print_json(end);
	else if (is_conflict)
		rc = git_move_conflicts_text(cli, "merge");
	else {
		cli_printf(cli, "winner      %s\n",
			   end->file.it->variants[end->winner].name);
		cli_line(cli, end->results->reason);
		cli_puts(cli, "\n");
		autorelease_text(cli, &end->done);
	}
	if (rc != PV_OK)
		return rc;
	return is_conflict ? 1 : autorelease_status(&end->done);
}

/* --- the verb ----------------------------------------------------------------------------------- */

/* What would stop the merge stops it before anything is concluded. */
static int check_merge(experiment_end *end)
{
	pv_cli *cli = end->cli;
	pv_buf path = { 0 };
	int rc = merge_check(cli, &end->target);

	if (rc == PV_OK && experiment_end_has_sets(end)) {
		rc = pv_prompt_path(&path, &cli->settings, end->file.it->prompt,
				    &cli->err);
		if (rc == PV_OK)
			rc = file_commit_clean(cli, pv_buf_text(&path));
	}
	pv_buf_dispose(&path);
	return rc;
}

static int take_winner(experiment_end *end, const char *name)
{
	pv_cli *cli = end->cli;
	const pv_experiment *it = end->file.it;
	long winner = pv_experiment_variant_find(it, name);

	if (winner < 0 ||
	    (end->opts->winner && strcmp(end->opts->winner, name) != 0))
		return pv_fail(&cli->err, PV_ECONFLICT,
			       "experiment \"%.64s\" was concluded with \"%.64s\"",
			       it->id, name);
	end->winner = (size_t)winner;
	return PV_OK;
}

/* The trailers of the end, but those that say which step it was. */
static int take_trailers(experiment_end *end, char *text)
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
		pv_buf_printf(&end->trailers, "%s\n", line);
		if (!pv_str_has_prefix(line, winner))
			continue;
		rc = take_winner(end, line + strlen(winner));
		if (rc != PV_OK)
			return rc;
	}
	return rc == PV_OK ? pv_buf_status(&end->trailers, &end->cli->err) : rc;
}

/*
 * What was decided when it was concluded, for a merge that was given up or
 * never came about since the command was killed.
 */
static int recall(experiment_end *end)
{
	pv_cli *cli = end->cli;
	const char *args[] = { "log",
			       "-1",
			       "--no-show-signature",
			       "--grep=^Pv-Step: conclude$",
			       "--format=%(trailers:only,unfold)",
			       "HEAD",
			       "--",
			       pv_buf_text(&end->file.path),
			       NULL };
	pv_buf text = { 0 };
	int rc = file_commit_clean(cli, pv_buf_text(&end->file.path));

	if (rc == PV_OK)
		rc = cli_git(&text, cli, args);
	if (rc == PV_OK)
		rc = take_trailers(end, text.len ? text.ptr : (char[]){ "" });
	if (rc == PV_ENOTFOUND)
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "no commit here concludes experiment \"%.64s\"",
			     end->file.it->id);
	pv_buf_dispose(&text);
	return rc;
}

static int decide(experiment_end *end)
{
	int rc;

	if (end->is_again)
		return recall(end);
	rc = choose(end);
	return rc == PV_OK
		       ? put_trailers(end,
				      end->file.it->variants[end->winner].name)
		       : rc;
}

static int prepare(experiment_end *end, const char *id)
{
	pv_cli *cli = end->cli;
	int rc = experiment_file_take(&end->file, cli, id);

	if (rc == PV_OK && end->opts->is_merging && pv_store_is_bare(cli->store)) {
		rc = pv_fail(&cli->err, PV_EUNSUPPORTED,
			     "--merge needs a working tree");
		(void)pv_error_hint(&cli->err, rc,
				    "conclude without it, then \"git pv merge\" "
				    "the winner's commit");
	}
	if (rc == PV_OK)
		rc = check_open(end);
	if (rc == PV_OK && !end->file.it->epoch_count)
		rc = pv_fail(&cli->err, PV_ECONFLICT,
			     "experiment \"%.64s\" never began", id);
	end->is_again = rc == PV_OK && end->opts->is_merging &&
			end->file.it->status == PV_EXPERIMENT_CONCLUDED;
	if (rc == PV_OK)
		rc = read_results(end);
	if (rc == PV_OK)
		rc = decide(end);
	if (rc == PV_OK && end->opts->is_merging)
		rc = find_target(end);
	if (rc == PV_OK && end->is_again)
		rc = experiment_end_resume(end);
	if (rc == PV_OK && end->is_needed && !end->is_resumed)
		rc = check_merge(end);
	return rc;
}

static int conclude(experiment_end *end)
{
	int rc = end->is_again ? PV_OK : commit_end(end, PV_EXPERIMENT_CONCLUDED);

	for (size_t i = 0; i < end->file.it->variant_count && rc == PV_OK; i++)
		if (i != end->winner)
			rc = experiment_end_archive(end, i);
	if (rc == PV_OK && end->opts->is_merging)
		rc = experiment_end_merge(end);
	return rc == PV_OK ? print(end) : rc;
}

int experiment_conclude(pv_cli *cli, int argc, char **argv)
{
	experiment_conclude_options opts = { { 0 } };
	experiment_end end = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	if (opts.is_tip && !opts.is_merging)
		return cli_usage_error(cli, "--tip goes with --merge");
	rc = prepare(&end, argv[1]);
	if (rc == PV_OK)
		rc = conclude(&end);
	dispose(&end);
	return rc;
}
