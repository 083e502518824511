/* SPDX-License-Identifier: MIT
 *
 * `git pv revert`: undoes a commit by a new one, with the semantic merge for
 * what was changed since, and releases what that changes.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include <pv/git.h>

#include "autorelease.h"
#include "base/fail.h"
#include "gitmove.h"

enum {
	MAX_MAINLINE = 32 /* bytes of the option with its number */
};

enum step {
	STEP_START,
	STEP_ABORT,
	STEP_CONTINUE
};

struct revert_options {
	int mainline; /* 0: not given */
	int step;     /* enum step */
};

static const cli_option options[] = {
	{ 0, "mainline", CLI_INT, offsetof(struct revert_options, mainline),
	  "N", "of a merge: keep the side of its parent N" },
	{ 0, "continue", CLI_MODE, offsetof(struct revert_options, step), NULL,
	  "finish a revert whose conflicts are resolved", NULL, STEP_CONTINUE },
	{ 0, "abort", CLI_MODE, offsetof(struct revert_options, step), NULL,
	  "go back to before the revert", NULL, STEP_ABORT },
	{ 0 },
};

const cli_usage cmd_revert_usage = {
	.synopsis = { "git pv revert [--mainline N] (COMMIT | ID@REV)",
		      "git pv revert --continue", "git pv revert --abort" },
	.examples = { "git pv revert HEAD", "git pv revert support/triage@1.3.0" },
	.options = options,
	.args = "a commit",
	.min_args = 0,
	.max_args = 1,
};

/* The commit to undo: of a version, or as git names it. */
static int resolve(pv_oid *out, pv_cli *cli, const char *name)
{
	pv_spec spec = { 0 };
	int rc;

	if (!strchr(name, '@') || name[0] == '@')
		return pv_store_resolve(out, cli->store, name, &cli->err);
	rc = pv_spec_resolve(&spec, cli->store, &cli->settings, name,
			     PV_SPEC_COMMIT, &cli->err);
	if (rc == PV_OK && spec.at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID, "\"%s\" is no commit", name);
	if (rc == PV_OK)
		*out = spec.at.commit;
	pv_spec_dispose(&spec);
	return rc;
}

static int build(git_move *move, pv_cli *cli, const struct revert_options *opts,
		 const pv_oid *commit)
{
	char mainline[MAX_MAINLINE];
	int rc = git_move_arg(move, cli, "revert");

	if (rc != PV_OK)
		return rc;
	if (opts->step != STEP_START)
		return git_move_arg(move, cli,
				    opts->step == STEP_ABORT ? "--abort"
							     : "--continue");
	rc = git_move_arg(move, cli, "--no-edit");
	snprintf(mainline, sizeof(mainline), "--mainline=%d", opts->mainline);
	if (rc == PV_OK && opts->mainline)
		rc = git_move_arg(move, cli, mainline);
	return rc == PV_OK ? git_move_arg(move, cli, commit->hex) : rc;
}

static int print_json(pv_cli *cli, const git_move *move, const char *result,
		      const pv_oid *reverted, const autorelease *done)
{
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "result", result);
	pv_jsonw_member(&w, "commit", move->after.hex);
	pv_jsonw_member(&w, "reverted", reverted->hex[0] ? reverted->hex : NULL);
	autorelease_json(&w, done);
	rc = git_move_conflicts_json(&w, cli);
	pv_jsonw_object_end(&w);
	return rc;
}

static int report(pv_cli *cli, const git_move *move,
		  const struct revert_options *opts, const pv_oid *reverted,
		  autorelease *done)
{
	int is_conflict = git_move_is_conflict(move);
	const char *result = is_conflict ? "conflict" : "reverted";
	int rc = PV_OK;

	if (opts->step == STEP_ABORT)
		result = "aborted";
	else if (!is_conflict)
		autorelease_move(done, cli, &move->before);
	if (cli->json)
		rc = print_json(cli, move, result, reverted, done);
	else if (is_conflict)
		rc = git_move_conflicts_text(cli, "revert");
	else
		autorelease_text(cli, done);
	if (rc == PV_OK)
		rc = is_conflict ? 1 : autorelease_status(done);
	return rc;
}

static int refuse_nothing(pv_cli *cli, const struct revert_options *opts)
{
	int rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND, "nothing to revert");

	return pv_error_hint(&cli->err, rc, "%s",
			     opts->step == STEP_START
				     ? "what the commit changed is undone already"
				     : "the files are as in the last commit; "
				       "\"git pv revert --abort\" drops the "
				       "revert");
}

/*
 * Git leaves a revert whose commit fails staged, and forgets that it reverts.
 * It starts with a clean index only, so what is staged is all its own.
 */
static int put_back(git_move *move, pv_cli *cli)
{
	static const char *const reset[] = { "reset", "-q", "--merge", NULL };
	pv_git_options opts = { 0 };
	pv_buf talk = { 0 };
	int status = 0;
	int rc;

	opts.errors = &talk;
	rc = pv_git_run(NULL, &status, cli->store, reset, &opts, &cli->err);
	pv_buf_dispose(&talk);
	if (rc < 0)
		return rc;
	return git_move_refuse(move, cli,
			       status ? "the commit is undone in the files and "
					"the index: \"git reset --merge\" drops "
					"that"
				      : "nothing was changed; once the cause is "
					"gone, revert again");
}

/* What a revert that git refused has left behind. */
static int refused(git_move *move, pv_cli *cli, const struct revert_options *opts)
{
	if (move->is_empty && opts->step != STEP_ABORT)
		return refuse_nothing(cli, opts);
	if (opts->step == STEP_CONTINUE && move->is_due)
		return git_move_refuse(move, cli,
				       "the revert is staged, not committed: "
				       "\"git pv revert --continue\" tries "
				       "again, \"--abort\" drops it");
	if (opts->step != STEP_START)
		return git_move_fail(move, cli,
				     "the revert is not finished; \"git "
				     "status\" says what is in the way");
	if (move->is_prepared)
		return put_back(move, cli);
	return git_move_fail(move, cli,
			     "nothing was reverted; \"git status\" says what "
			     "is in the way");
}

static int check_state(pv_cli *cli, const struct revert_options *opts)
{
	int reverting = pv_store_state(cli->store) == PV_STATE_REVERT;
	int rc;

	if (opts->step == STEP_START || reverting)
		return PV_OK;
	rc = pv_fail(&cli->err, PV_EINVALID, "no revert is under way");
	return pv_error_hint(&cli->err, rc,
			     "\"git pv revert COMMIT\" starts one");
}

static int revert(pv_cli *cli, const struct revert_options *opts, const char *name)
{
	git_move move = { 0 };
	autorelease done = { 0 };
	pv_oid commit = { "" };
	int rc;

	rc = check_state(cli, opts);
	if (rc == PV_OK && name)
		rc = resolve(&commit, cli, name);
	if (rc == PV_OK && opts->step == STEP_CONTINUE)
		rc = git_move_check_staged(cli);
	if (rc == PV_OK)
		rc = build(&move, cli, opts, &commit);
	if (rc == PV_OK && opts->step != STEP_ABORT)
		rc = autorelease_announce_move(&done, cli);
	if (rc == PV_OK)
		rc = git_move_run(&move, cli);
	if (rc == PV_OK && strcmp(move.before.hex, move.after.hex) == 0)
		autorelease_forget(&done);
	if (rc == PV_OK && move.status != 0 && !git_move_is_conflict(&move))
		rc = refused(&move, cli, opts);
	else if (rc == PV_OK)
		rc = report(cli, &move, opts, &commit, &done);
	autorelease_dispose(&done);
	git_move_dispose(&move);
	return rc;
}

int cmd_revert(pv_cli *cli, int argc, char **argv)
{
	struct revert_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (opts.step == STEP_START && argc == 0)
		return cli_usage_error(cli, "revert needs a commit");
	if (opts.step != STEP_START && argc > 0)
		return cli_usage_error(cli, "--continue and --abort take no "
					    "commit");
	return revert(cli, &opts, argc ? argv[0] : NULL);
}
