/* SPDX-License-Identifier: MIT
 *
 * `git pv merge`: git merges, this command wires the driver, says what became
 * of it field by field, and releases what the merge brought to the default
 * branch.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "merge/bare_merge.h"
#include "repo/git.h"
#include "repo/gitmove.h"
#include "setup/settings_warn.h"
#include "version/autorelease.h"
#include "version/branch_name.h"

enum step {
	STEP_START,
	STEP_ABORT,
	STEP_CONTINUE
};

struct merge_options {
	cli_list messages;
	const char *into;
	int fast_forward; /* enum merge_forward */
	int step;         /* enum step */
	int edit;
	int no_verify;
	int dry_run;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_LIST, offsetof(struct merge_options, messages),
	  "MSG", "the message of the merge commit; repeated: paragraphs" },
	{ 0, "no-ff", CLI_FLAG, offsetof(struct merge_options, fast_forward),
	  NULL, "make a merge commit even for a fast-forward", NULL,
	  MERGE_FORWARD_NEVER },
	{ 0, "ff-only", CLI_FLAG, offsetof(struct merge_options, fast_forward),
	  NULL, "refuse anything but a fast-forward", NULL, MERGE_FORWARD_ONLY },
	{ 0, "into", CLI_STRING, offsetof(struct merge_options, into), "BRANCH",
	  "merge into this branch, without going there" },
	{ 'e', "edit", CLI_FLAG, offsetof(struct merge_options, edit), NULL,
	  "open the message in the editor" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct merge_options, no_verify),
	  NULL, "skip the hooks pre-merge-commit and commit-msg" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct merge_options, dry_run),
	  NULL, "say what would come of it, change nothing" },
	{ 0, "continue", CLI_MODE, offsetof(struct merge_options, step), NULL,
	  "finish a merge whose conflicts are resolved", NULL, STEP_CONTINUE },
	{ 0, "abort", CLI_MODE, offsetof(struct merge_options, step), NULL,
	  "go back to before the merge", NULL, STEP_ABORT },
	{ 0 },
};

const cli_usage cmd_merge_usage = {
	.synopsis = { "git pv merge [--no-ff | --ff-only] [-m MSG] [--dry-run] "
		      "[--into BRANCH] [--json] BRANCH",
		      "git pv merge --continue", "git pv merge --abort" },
	.examples = { "git pv merge exp/concise",
		      "git pv merge --json exp/concise" },
	.options = options,
	.args = "a branch",
	.min_args = 0,
	.max_args = 1,
};

static int start_args(git_move *move, pv_cli *cli,
		      const struct merge_options *opts, const char *name)
{
	int rc;

	rc = git_move_arg(move, cli, opts->edit ? "--edit" : "--no-edit");
	if (rc == PV_OK && opts->fast_forward == MERGE_FORWARD_NEVER)
		rc = git_move_arg(move, cli, "--no-ff");
	if (rc == PV_OK && opts->fast_forward == MERGE_FORWARD_ONLY)
		rc = git_move_arg(move, cli, "--ff-only");
	if (rc == PV_OK && opts->no_verify)
		rc = git_move_arg(move, cli, "--no-verify");
	/* What git counts there is a seventh of its work, and not shown. */
	if (rc == PV_OK && (cli->quiet || cli->json))
		rc = git_move_arg(move, cli, "--no-stat");
	for (size_t i = 0; i < opts->messages.count && rc == PV_OK; i++) {
		rc = git_move_arg(move, cli, "-m");
		if (rc == PV_OK)
			rc = git_move_arg(move, cli,
					  opts->messages.items[i].value);
	}
	if (rc == PV_OK)
		rc = git_move_arg(move, cli, "--");
	return rc == PV_OK ? git_move_rev(move, cli, name) : rc;
}

static int build_args(git_move *move, pv_cli *cli,
		      const struct merge_options *opts, const char *name)
{
	int rc = git_move_arg(move, cli, "merge");

	if (rc != PV_OK)
		return rc;
	move->interactive = opts->edit;
	if (opts->step == STEP_START)
		return start_args(move, cli, opts, name);
	return git_move_arg(move, cli,
			    opts->step == STEP_ABORT ? "--abort" : "--continue");
}

/* The name CONTRACTS has for what happened to HEAD. */
static const char *result_name(const git_move *move, const pv_oid *target)
{
	if (git_move_is_conflict(move))
		return "conflict";
	if (strcmp(move->before.hex, move->after.hex) == 0)
		return "up-to-date";
	if (strcmp(move->after.hex, target->hex) == 0)
		return "fast-forward";
	return "merged";
}

static int print_json(pv_cli *cli, const git_move *move, const char *result,
		      const autorelease *done)
{
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "result", result);
	pv_jsonw_member(&w, "commit", move->after.hex);
	autorelease_json(&w, done);
	rc = git_move_conflicts_json(&w, cli);
	pv_jsonw_object_end(&w);
	return rc;
}

/* Releases what the merge brought; one that stopped will be committed. */
static int report(pv_cli *cli, const git_move *move, const pv_oid *target,
		  autorelease *done)
{
	static const pv_strlist none;
	const char *result = result_name(move, target);
	int rc = PV_OK;

	if (git_move_is_done(move))
		settings_warn_merged(cli, &move->before, &move->after);
	if (git_move_is_done(move))
		autorelease_move(done, cli, &move->before);
	else if (!git_move_is_conflict(move))
		autorelease_commit(done, cli, &none);
	if (cli->json)
		rc = print_json(cli, move, result, done);
	else if (git_move_is_conflict(move))
		rc = git_move_conflicts_text(cli, "merge");
	else
		autorelease_text(cli, done);
	if (rc == PV_OK)
		rc = git_move_is_conflict(move) ? 1 : autorelease_status(done);
	return rc;
}

/* After --abort there is nothing to say but where HEAD is. */
static int report_abort(pv_cli *cli, const git_move *move)
{
	pv_jsonw w;

	if (!cli->json)
		return PV_OK;
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "result", "aborted");
	pv_jsonw_member(&w, "commit", move->after.hex);
	pv_jsonw_key(&w, "released");
	pv_jsonw_raw(&w, "[]", 2);
	pv_jsonw_key(&w, "conflicts");
	pv_jsonw_raw(&w, "[]", 2);
	pv_jsonw_object_end(&w);
	return PV_OK;
}

/* Ends a merge of which nothing is staged: committed, it would undo theirs. */
static int give_up(git_move *move, pv_cli *cli)
{
	static const char *const end[] = { "merge", "--abort", NULL };
	int status = cli_git_status(NULL, cli, end);

	if (status < 0)
		return status;
	return git_move_fail(move, cli,
			     status ? "nothing was merged; \"git merge "
				      "--abort\" drops what is left of it"
				    : "nothing was merged; once the cause is "
				      "gone, merge again");
}

/* What a merge that git refused has left behind. */
static int refused(git_move *move, pv_cli *cli, const struct merge_options *opts)
{
	if (move->is_unwritten)
		return give_up(move, cli);
	if (move->is_replayed)
		return git_move_refuse(move, cli,
				       "look at \"git diff HEAD\"; \"git pv "
				       "merge --continue\" commits it, "
				       "\"--abort\" drops it");
	if (move->is_prepared || (opts->step == STEP_CONTINUE && move->is_due))
		return git_move_refuse(move, cli,
				       "the merge is staged, not committed: "
				       "\"git pv merge --continue\" tries "
				       "again, \"--abort\" drops it");
	if (opts->step != STEP_START)
		return git_move_fail(move, cli,
				     "the merge is still under way; \"git "
				     "status\" says what is in the way");
	return git_move_fail(move, cli,
			     "nothing was merged; \"git status\" says what is "
			     "in the way");
}

static int check_state(pv_cli *cli, const struct merge_options *opts)
{
	int merging = pv_store_state(cli->store) == PV_STATE_MERGE;

	if (opts->step == STEP_START && merging) {
		pv_fail(&cli->err, PV_ECONFLICT, "a merge is under way");
		return pv_error_hint(&cli->err, PV_ECONFLICT,
				     "finish it with \"git pv merge "
				     "--continue\" or drop it with "
				     "\"--abort\"");
	}
	if (opts->step != STEP_START && !merging) {
		pv_fail(&cli->err, PV_EINVALID, "no merge is under way");
		return pv_error_hint(&cli->err, PV_EINVALID,
				     "\"git pv merge BRANCH\" starts one");
	}
	return PV_OK;
}

static int merge(pv_cli *cli, const struct merge_options *opts, const char *name)
{
	git_move move = { 0 };
	autorelease done = { 0 };
	pv_oid target = { "" };
	int is_done;
	int rc;

	rc = check_state(cli, opts);
	if (rc == PV_OK && name)
		rc = pv_store_resolve(&target, cli->store, name, &cli->err);
	move.target = target;
	move.concludes = opts->step == STEP_CONTINUE;
	if (rc == PV_OK && opts->step == STEP_CONTINUE)
		rc = git_move_check_staged(cli);
	if (rc == PV_OK)
		rc = build_args(&move, cli, opts, name);
	if (rc == PV_OK && opts->step != STEP_ABORT)
		rc = autorelease_announce_move(&done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&move, cli);
	if (rc != PV_OK)
		goto out;
	is_done = git_move_is_done(&move);
	if (move.status != 0 && !is_done)
		autorelease_forget(&done);
	if (is_done)
		cli_made(cli, "HEAD is at %.7s all the same", move.after.hex);
	if (move.status != 0 && !is_done && !git_move_is_conflict(&move))
		rc = refused(&move, cli, opts);
	else if (opts->step == STEP_ABORT)
		rc = report_abort(cli, &move);
	else
		rc = git_move_end(&move, cli, report(cli, &move, &target, &done));
out:
	autorelease_dispose(&done);
	git_move_dispose(&move);
	return rc;
}

/* Without a working tree, or without touching it. */
static int merge_in_memory(pv_cli *cli, const struct merge_options *opts,
			   const char *name)
{
	bare_merge_options how = { .name = name,
				   .into = opts->into,
				   .messages = &opts->messages,
				   .forward =
					   (enum merge_forward)opts->fast_forward,
				   .is_dry = opts->dry_run };
	pv_oid target;
	int rc;

	if (opts->edit)
		return cli_usage_error(cli,
				       opts->into
					       ? "--edit and --into exclude another"
					       : "--edit needs a working tree");
	rc = pv_store_resolve(&target, cli->store, name, &cli->err);
	return rc == PV_OK ? bare_merge(cli, &target, &how) : rc;
}

/* A branch that is checked out here is merged into as ever. */
static int settle_into(pv_cli *cli, struct merge_options *opts)
{
	pv_buf head = { 0 };
	int rc = branch_name_find(cli, opts->into);

	if (rc == PV_OK)
		rc = pv_store_head(&head, NULL, cli->store, &cli->err);
	if (rc == PV_OK && strcmp(pv_buf_text(&head), opts->into) == 0)
		opts->into = NULL;
	pv_buf_dispose(&head);
	return rc;
}

static int is_in_memory(const pv_cli *cli, const struct merge_options *opts)
{
	return opts->dry_run || opts->into || pv_store_is_bare(cli->store);
}

int cmd_merge(pv_cli *cli, int argc, char **argv)
{
	struct merge_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc == PV_OK && opts.step == STEP_START && argc == 0)
		rc = cli_usage_error(cli, "merge needs a branch");
	else if (rc == PV_OK && opts.step != STEP_START && argc > 0)
		rc = cli_usage_error(cli, "--continue and --abort take no "
					  "branch");
	else if (rc == PV_OK && opts.step != STEP_START && opts.dry_run)
		rc = cli_usage_error(cli, "--dry-run needs a branch");
	else if (rc == PV_OK && opts.step != STEP_START && opts.into)
		rc = cli_usage_error(cli, "--into needs a branch to merge");
	if (rc == PV_OK && opts.into)
		rc = settle_into(cli, &opts);
	if (rc == PV_OK && argc && is_in_memory(cli, &opts))
		rc = merge_in_memory(cli, &opts, argv[0]);
	else if (rc == PV_OK)
		rc = merge(cli, &opts, argc ? argv[0] : NULL);
	cli_list_dispose(&opts.messages);
	return rc;
}
