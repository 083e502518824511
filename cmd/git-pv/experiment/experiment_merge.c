/* SPDX-License-Identifier: MIT
 *
 * What becomes of the variants of an experiment that was concluded: those that
 * lost are kept, the one that won is merged as any other commit, and what it
 * has otherwise is committed behind the merge.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/str.h"
#include "experiment/experiment_end.h"
#include "experiment/experiment_variant.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/git.h"

int experiment_end_prompt(experiment_end *end, pv_change *out, pv_buf *path,
			  pv_buf *text)
{
	const pv_experiment *it = end->file.it;
	pv_point head = { PV_AT_COMMIT, { "" } };
	pv_buf old = { 0 };
	pv_cli *cli = end->cli;
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
					   &it->variants[end->winner], &old);
	if (rc == PV_OK)
		rc = pv_strlist_add(&end->ids, it->prompt, &cli->err);
	pv_buf_dispose(&old);
	out->path = pv_buf_text(path);
	out->data = pv_buf_text(text);
	out->len = text->len;
	return rc;
}

int experiment_end_has_sets(const experiment_end *end)
{
	return end->opts->is_merging &&
	       end->file.it->variants[end->winner].set_count;
}

/* --- the losers ------------------------------------------------------------------------ */

int experiment_end_archive(experiment_end *end, size_t variant)
{
	const pv_experiment *it = end->file.it;
	pv_cli *cli = end->cli;
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
		rc = pv_strlist_add(&end->archived, name.ptr, &cli->err);
	else
		cli_warn(cli, "\"%s\" is not archived: %s",
			 it->variants[variant].name, why.message);
	pv_buf_dispose(&name);
	return rc == PV_ENOMEM ? rc : PV_OK;
}

/* --- the merge ----------------------------------------------------------------------------- */

static int build_args(experiment_end *end, const char *message)
{
	const char *const args[] = { "merge",     "--no-edit",    "--no-ff",
				     "--no-stat", "-m",           message,
				     "--",        end->target.hex };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(args) && rc == PV_OK; i++) {
		if (!strcmp(args[i], "--") && end->opts->commit.no_verify)
			rc = git_move_arg(&end->move, end->cli, "--no-verify");
		if (rc == PV_OK)
			rc = git_move_arg(&end->move, end->cli, args[i]);
	}
	return rc;
}

static int write_message(pv_buf *out, const experiment_end *end)
{
	const pv_experiment *it = end->file.it;

	pv_buf_printf(out, "Merge %s, the winner of experiment %s\n\n",
		      it->variants[end->winner].spec, it->id);
	pv_buf_printf(out, "Pv-Experiment: %s\nPv-Step: merge\n", it->id);
	pv_buf_put(out, pv_buf_text(&end->trailers), end->trailers.len);
	return pv_buf_status(out, &end->cli->err);
}

static int run_merge(experiment_end *end)
{
	pv_cli *cli = end->cli;
	pv_buf message = { 0 };
	int rc = write_message(&message, end);

	end->move.target = end->target;
	if (rc == PV_OK)
		rc = build_args(end, pv_buf_text(&message));
	if (rc == PV_OK)
		rc = autorelease_announce_move(&end->done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&end->move, cli);
	pv_buf_dispose(&message);
	if (rc != PV_OK)
		return rc;
	if (git_move_is_done(&end->move)) {
		autorelease_move(&end->done, cli, &end->move.before);
		return PV_OK;
	}
	autorelease_forget(&end->done);
	if (git_move_is_conflict(&end->move))
		return PV_OK;
	return git_move_fail(&end->move, cli,
			     "the experiment is concluded; \"git pv merge\" "
			     "of its winner's commit is still to be done");
}

/* --- a merge that was killed ------------------------------------------------ */

/* What `git ARGS` prints, without the end of the line. */
static int ask_git(pv_buf *out, pv_cli *cli, const char *const *args)
{
	int rc = cli_git(out, cli, args);

	while (rc == PV_OK && out->len && out->ptr[out->len - 1] == '\n')
		pv_buf_truncate(out, out->len - 1);
	return rc;
}

/* 1 when what is staged is what merging the target gives, with no conflict. */
static int is_all_staged(experiment_end *end)
{
	const char *merge[] = { "merge-tree", "--write-tree", "HEAD",
				end->target.hex, NULL };
	static const char *const staged[] = { "write-tree", NULL };
	pv_cli *cli = end->cli;
	pv_buf wanted = { 0 };
	pv_buf got = { 0 };
	int rc = ask_git(&wanted, cli, merge);

	if (rc == PV_OK)
		rc = ask_git(&got, cli, staged);
	/* With conflicts, or a git that knows no merge-tree, nobody can tell. */
	if (rc == PV_OK)
		rc = wanted.len &&
		     strcmp(pv_buf_text(&wanted), pv_buf_text(&got)) == 0;
	else if (rc != PV_ENOMEM) {
		pv_error_clear(&cli->err);
		rc = 0;
	}
	pv_buf_dispose(&wanted);
	pv_buf_dispose(&got);
	return rc;
}

/* Commits what git has staged, as the merge would have. */
static int finish_merge(experiment_end *end)
{
	pv_cli *cli = end->cli;
	pv_buf message = { 0 };
	int rc = write_message(&message, end);
	const char *const args[] = { "commit", "-m", pv_buf_text(&message),
				     "--no-verify" };
	size_t count = pv_array_len(args) - (end->opts->commit.no_verify ? 0 : 1);

	end->move.concludes = 1;
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = git_move_arg(&end->move, cli, args[i]);
	if (rc == PV_OK)
		rc = autorelease_announce_move(&end->done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&end->move, cli);
	pv_buf_dispose(&message);
	if (rc != PV_OK)
		return rc;
	if (!git_move_is_done(&end->move)) {
		autorelease_forget(&end->done);
		return git_move_fail(&end->move, cli,
				     "\"git pv merge --continue\" commits the "
				     "merge of the winner");
	}
	autorelease_move(&end->done, cli, &end->move.before);
	return PV_OK;
}

/* Whether the merge under way is that of the winner. */
static int is_ours(experiment_end *end)
{
	static const char *const args[] = { "rev-parse", "-q", "--verify",
					    "MERGE_HEAD", NULL };
	pv_buf head = { 0 };
	int rc = ask_git(&head, end->cli, args);

	rc = rc == PV_OK && strcmp(pv_buf_text(&head), end->target.hex) == 0;
	pv_error_clear(&end->cli->err);
	pv_buf_dispose(&head);
	return rc;
}

int experiment_end_resume(experiment_end *end)
{
	static const char *const quit[] = { "merge", "--quit", NULL };
	pv_cli *cli = end->cli;
	int rc;

	if (pv_store_state(cli->store) == PV_STATE_NONE)
		return PV_OK;
	if (pv_store_state(cli->store) != PV_STATE_MERGE || !is_ours(end))
		return file_commit_state(cli);
	/* It was committed, and what says that it is under way was left. */
	if (!end->is_needed)
		return cli_git(NULL, cli, quit);
	rc = is_all_staged(end);
	if (rc > 0) {
		end->is_resumed = 1;
		return PV_OK;
	}
	if (rc < 0)
		return rc;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "the merge of the winner is under way, and is not ready to "
		     "be committed");
	return pv_error_hint(&cli->err, rc,
			     "settle its conflicts, then \"git pv merge "
			     "--continue\"; or \"git merge --abort\" and "
			     "conclude again");
}

/* What the winner has otherwise, on top of the merge. */
static int commit_sets(experiment_end *end)
{
	pv_cli *cli = end->cli;
	pv_change change;
	pv_commit_options opts = { .no_verify = end->opts->commit.no_verify };
	committed seen = { .cli = cli };
	pv_buf message = { 0 };
	pv_buf path = { 0 };
	pv_buf text = { 0 };
	pv_oid commit;
	int rc = experiment_end_prompt(end, &change, &path, &text);

	pv_buf_printf(&message, "Set what %s has otherwise\n\n",
		      end->file.it->variants[end->winner].name);
	pv_buf_printf(&message, "Pv-Experiment: %s\nPv-Step: merge\n",
		      end->file.it->id);
	pv_buf_put(&message, pv_buf_text(&end->trailers), end->trailers.len);
	if (rc == PV_OK)
		rc = pv_buf_status(&message, &cli->err);
	opts.message = pv_buf_text(&message);
	committed_options(&opts, &seen);
	if (rc == PV_OK)
		rc = experiment_files_commit(&commit, cli, &change, 1, &opts);
	end->is_set = rc == PV_OK;
	if (rc == PV_OK) {
		end->move.after = commit;
		autorelease_commit(&end->done, cli, &end->ids);
	}
	committed_dispose(&seen);
	pv_buf_dispose(&message);
	pv_buf_dispose(&path);
	pv_buf_dispose(&text);
	return rc;
}

/* 1 when a commit of this experiment, no merge, has changed the prompt. */
static int were_set(experiment_end *end)
{
	pv_cli *cli = end->cli;
	const char *id = end->file.it->id;
	pv_buf path = { 0 };
	pv_buf ids = { 0 };
	char *save = NULL;
	int rc = pv_prompt_path(&path, &cli->settings, end->file.it->prompt,
				&cli->err);

	if (rc == PV_OK) {
		const char *args[] = {
			"--literal-pathspecs",
			"log",
			"--no-merges",
			"--no-show-signature",
			"--format=%(trailers:key=Pv-Experiment,valueonly)",
			"HEAD",
			"--",
			pv_buf_text(&path),
			NULL
		};

		rc = cli_git(&ids, cli, args);
	}
	for (char *line = rc == PV_OK && ids.len ? strtok_r(ids.ptr, "\n", &save)
						 : NULL;
	     line && rc == PV_OK; line = strtok_r(NULL, "\n", &save))
		rc = strcmp(line, id) == 0;
	pv_buf_dispose(&path);
	pv_buf_dispose(&ids);
	return rc;
}

/* A merge that stopped at a conflict was ended by others, without the fields. */
static int make_up_sets(experiment_end *end)
{
	pv_cli *cli = end->cli;
	int rc = were_set(end);

	if (rc != 0)
		return rc < 0 ? rc : PV_OK;
	rc = pv_strlist_add(&end->ids, end->file.it->prompt, &cli->err);
	if (rc == PV_OK)
		rc = autorelease_announce(&end->done, cli, &end->ids);
	if (rc != PV_OK)
		return rc;
	rc = commit_sets(end);
	if (!end->is_set)
		autorelease_forget(&end->done);
	/* The prompt has them all the same. */
	if (rc == PV_ENOTFOUND)
		pv_error_clear(&cli->err);
	return rc == PV_ENOTFOUND ? PV_OK : rc;
}

int experiment_end_merge(experiment_end *end)
{
	int rc;

	if (!end->is_needed)
		return end->is_again && experiment_end_has_sets(end)
			       ? make_up_sets(end)
			       : PV_OK;
	rc = end->is_resumed ? finish_merge(end) : run_merge(end);
	return rc == PV_OK && experiment_end_has_sets(end) &&
			       git_move_is_done(&end->move)
		       ? commit_sets(end)
		       : rc;
}
