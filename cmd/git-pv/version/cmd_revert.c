/* SPDX-License-Identifier: MIT
 *
 * `git pv revert`: undoes a commit by a new one, with the semantic merge for
 * what was changed since, and releases what that changes.
 */
#include <stddef.h>
#include <stdio.h>

#include "version/sequence.h"

enum {
	MAX_MAINLINE = 32 /* bytes of the option with its number */
};

struct revert_options {
	int mainline; /* 0: not given */
	int step;     /* enum sequence_step */
};

static const cli_option options[] = {
	{ 0, "mainline", CLI_INT, offsetof(struct revert_options, mainline),
	  "N", "of a merge: keep the side of its parent N" },
	{ 0, "continue", CLI_MODE, offsetof(struct revert_options, step), NULL,
	  "finish a revert whose conflicts are resolved", NULL,
	  SEQUENCE_CONTINUE },
	{ 0, "abort", CLI_MODE, offsetof(struct revert_options, step), NULL,
	  "go back to before the revert", NULL, SEQUENCE_ABORT },
	{ 0 },
};

const cli_usage cmd_revert_usage = {
	.synopsis = { "git pv revert [--mainline N] (COMMIT | ID@REV)",
		      "git pv revert --continue", "git pv revert --abort" },
	.examples = { "git pv revert HEAD", "git pv revert support/triage@1.3.0" },
	.options = options,
	.args = "ID@REV or a commit",
	.min_args = 0,
	.max_args = 1,
};

static const sequence_kind revert = {
	.verb = "revert",
	.next = "revert",
	.done = "reverted",
	.state = PV_STATE_REVERT,
	.idle = "no revert is under way",
	.start = "\"git pv revert COMMIT\" starts one",
	.nothing = "nothing to revert",
	.there = "what the commit changed is undone already",
	.left = "the files are as in the last commit; \"git pv revert "
		"--abort\" drops the revert",
	.staged = "the revert is staged, not committed: \"git pv revert "
		  "--continue\" tries again, \"--abort\" drops it",
	.undone = "nothing was changed; once the cause is gone, revert again",
	.not_undone = "the commit is undone in the files and the index: \"git "
		      "reset --merge\" drops that",
	.replayed = "look at \"git diff HEAD\"; \"git pv revert --continue\" "
		    "commits it, \"--abort\" drops it",
	.stuck = "the revert is not finished; \"git status\" says what is in "
		 "the way",
	.refused = "nothing was reverted; \"git status\" says what is in the "
		   "way",
};

static int build(sequence *run, pv_cli *cli, const struct revert_options *opts,
		 const pv_oid *commit)
{
	char mainline[MAX_MAINLINE];
	int rc = sequence_args(run, cli);

	if (rc != PV_OK || run->step != SEQUENCE_START)
		return rc;
	rc = git_move_arg(&run->move, cli, "--no-edit");
	snprintf(mainline, sizeof(mainline), "--mainline=%d", opts->mainline);
	if (rc == PV_OK && opts->mainline)
		rc = git_move_arg(&run->move, cli, mainline);
	return rc == PV_OK ? git_move_arg(&run->move, cli, commit->hex) : rc;
}

static int print_json(pv_cli *cli, const sequence *run, const pv_oid *commit)
{
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	sequence_json(&w, run);
	pv_jsonw_member(&w, "reverted", commit->hex[0] ? commit->hex : NULL);
	rc = sequence_json_end(&w, cli, run);
	pv_jsonw_object_end(&w);
	return rc;
}

static int undo(pv_cli *cli, const struct revert_options *opts, const char *name)
{
	sequence run = { .kind = &revert, .step = opts->step };
	pv_oid commit = { "" };
	int rc = name ? sequence_commit(&commit, cli, name) : PV_OK;

	if (rc == PV_OK)
		rc = build(&run, cli, opts, &commit);
	if (rc == PV_OK)
		rc = sequence_run(&run, cli);
	if (rc == PV_OK)
		rc = cli->json ? print_json(cli, &run, &commit)
			       : sequence_text(cli, &run);
	if (rc == PV_OK)
		rc = sequence_status(&run);
	sequence_dispose(&run);
	return rc;
}

int cmd_revert(pv_cli *cli, int argc, char **argv)
{
	struct revert_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (opts.step == SEQUENCE_START && argc == 0)
		return cli_usage_error(cli, "revert needs a commit");
	if (opts.step != SEQUENCE_START && argc > 0)
		return cli_usage_error(cli, "--continue and --abort take no "
					    "commit");
	return undo(cli, &opts, argc ? argv[0] : NULL);
}
