/* SPDX-License-Identifier: MIT
 *
 * `git pv cherry-pick`: makes the changes of commits once more on this branch,
 * with the semantic merge for what is different here, and releases what that
 * changes.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "repo/git.h"
#include "version/pick_field.h"
#include "version/sequence.h"

enum {
	MAX_MAINLINE = 32 /* bytes of the option with its number */
};

struct pick_options {
	cli_list fields;
	int mainline; /* 0: not given */
	int step;     /* enum sequence_step */
	int no_commit;
	int no_verify;
	int say_whence;
};

static const cli_option options[] = {
	{ 'f', "field", CLI_LIST, offsetof(struct pick_options, fields),
	  "FIELD", "take only this field of one prompt; may be repeated" },
	{ 'x', NULL, CLI_FLAG, offsetof(struct pick_options, say_whence), NULL,
	  "add a line to the message that names the commit" },
	{ 'n', "no-commit", CLI_FLAG, offsetof(struct pick_options, no_commit),
	  NULL, "change the files and the index, make no commit" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct pick_options, no_verify),
	  NULL, "with --field: skip the hooks pre-commit and commit-msg" },
	{ 'm', "mainline", CLI_INT, offsetof(struct pick_options, mainline),
	  "N", "of a merge: what changed against its parent N" },
	{ 0, "continue", CLI_MODE, offsetof(struct pick_options, step), NULL,
	  "go on when the conflicts are resolved", NULL, SEQUENCE_CONTINUE },
	{ 0, "skip", CLI_MODE, offsetof(struct pick_options, step), NULL,
	  "pass over the commit in conflict", NULL, SEQUENCE_SKIP },
	{ 0, "abort", CLI_MODE, offsetof(struct pick_options, step), NULL,
	  "go back to before the first of them", NULL, SEQUENCE_ABORT },
	{ 0 },
};

const cli_usage cmd_cherry_pick_usage = {
	.synopsis = { "git pv cherry-pick [-x] [-n] [-m N] [--json] "
		      "(COMMIT | ID@REV | A..B)...",
		      "git pv cherry-pick --field FIELD... [-n] [-m N] "
		      "[--json] COMMIT [ID]",
		      "git pv cherry-pick --continue",
		      "git pv cherry-pick --skip", "git pv cherry-pick --abort" },
	.examples = { "git pv cherry-pick --field model.temperature "
		      "exp/concise",
		      "git pv cherry-pick exp/concise" },
	.options = options,
	.args = "ID@REV or commits",
	.min_args = 0,
	.max_args = -1,
};

static const sequence_kind picking = {
	.verb = "cherry-pick",
	.next = "cherry-pick",
	.done = "picked",
	.state = PV_STATE_CHERRY_PICK,
	.idle = "no cherry-pick is under way",
	.start = "\"git pv cherry-pick COMMIT\" starts one",
	.nothing = "nothing to pick",
	.there = "what the commit changed is there already",
	.left = "the files are as in the last commit; \"git pv cherry-pick "
		"--skip\" passes over this one",
	.staged = "the change is staged, not committed: \"git pv cherry-pick "
		  "--continue\" tries again, \"--abort\" drops it",
	.undone = "nothing was changed; once the cause is gone, pick again",
	.not_undone = "the change is in the files and the index: \"git reset "
		      "--merge\" drops that",
	.replayed = "look at \"git diff HEAD\"; \"git pv cherry-pick --continue\" "
		    "commits it, \"--abort\" drops it",
	.stuck = "the cherry-pick is not finished; \"git status\" says what is "
		 "in the way",
	.refused = "nothing was picked; \"git status\" says what is in the way",
};

/* Without a commit nothing is under way afterwards. */
static const sequence_kind applying = {
	.verb = "cherry-pick",
	.done = "applied",
	.state = PV_STATE_CHERRY_PICK,
	.nothing = "nothing to pick",
	.there = "what the commit changed is there already",
	.undone = "nothing was changed; once the cause is gone, pick again",
	.stuck = "\"git status\" says what is in the way",
	.refused = "nothing was picked; \"git status\" says what is in the way",
};

/* --- arguments ----------------------------------------------------------- */

static int resolve(pv_oid *out, pv_cli *cli, const char *name, size_t len)
{
	pv_buf text = { 0 };
	int rc;

	pv_buf_put(&text, len ? name : "HEAD", len ? len : strlen("HEAD"));
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = sequence_commit(out, cli, text.ptr);
	pv_buf_dispose(&text);
	return rc;
}

/* The commits of A..B, the oldest one first, as git walks them. */
static int add_range(pv_strlist *out, pv_cli *cli, const pv_oid *from,
		     const pv_oid *to)
{
	const char *args[] = { "rev-list", "--reverse", NULL, NULL };
	char range[sizeof(from->hex) + sizeof(to->hex) + 2];
	pv_buf ids = { 0 };
	int rc;

	snprintf(range, sizeof(range), "%s..%s", from->hex, to->hex);
	args[2] = range;
	rc = cli_git(&ids, cli, args);
	for (const char *id = pv_buf_text(&ids); rc == PV_OK && *id;) {
		size_t len = strcspn(id, "\n");

		rc = pv_strlist_addn(out, id, len, &cli->err);
		id += len + (id[len] == '\n');
	}
	pv_buf_dispose(&ids);
	return rc;
}

/* A commit or a range, as full ids: names never reach git. */
static int add_commits(pv_strlist *out, pv_cli *cli, const char *name)
{
	const char *dots = strstr(name, "..");
	size_t len = dots ? (size_t)(dots - name) : strlen(name);
	pv_oid from = { "" };
	pv_oid to = { "" };
	int rc;

	if (dots && dots[2] == '.')
		return cli_usage_error(cli,
				       "\"%s\": \"...\" is no range of commits",
				       name);
	rc = resolve(&from, cli, name, len);
	if (rc != PV_OK || !dots)
		return rc == PV_OK ? pv_strlist_add(out, from.hex, &cli->err)
				   : rc;
	rc = resolve(&to, cli, dots + 2, strlen(dots + 2));
	return rc == PV_OK ? add_range(out, cli, &from, &to) : rc;
}

static int read_commits(pv_strlist *out, pv_cli *cli, int argc, char **argv)
{
	int rc = PV_OK;

	for (int i = 0; i < argc && rc == PV_OK; i++)
		rc = add_commits(out, cli, argv[i]);
	if (rc != PV_OK || argc == 0 || out->count > 0)
		return rc;
	rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND, "%s", picking.nothing);
	return pv_error_hint(&cli->err, rc, "there is no commit in \"%.100s\"",
			     argv[0]);
}

static int build(sequence *run, pv_cli *cli, const struct pick_options *opts,
		 const pv_strlist *commits)
{
	char mainline[MAX_MAINLINE];
	int rc = sequence_args(run, cli);

	snprintf(mainline, sizeof(mainline), "--mainline=%d", opts->mainline);
	if (rc == PV_OK && opts->mainline)
		rc = git_move_arg(&run->move, cli, mainline);
	if (rc == PV_OK && opts->say_whence)
		rc = git_move_arg(&run->move, cli, "-x");
	if (rc == PV_OK && opts->no_commit)
		rc = git_move_arg(&run->move, cli, "--no-commit");
	for (size_t i = 0; i < commits->count && rc == PV_OK; i++)
		rc = git_move_arg(&run->move, cli, commits->items[i]);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

static int print_json(pv_cli *cli, const sequence *run, const pv_strlist *commits)
{
	pv_jsonw w;
	int rc;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	sequence_json(&w, run);
	pv_jsonw_list(&w, "picked", commits);
	rc = sequence_json_end(&w, cli, run);
	pv_jsonw_object_end(&w);
	return rc;
}

static int pick(pv_cli *cli, const struct pick_options *opts, int argc,
		char **argv)
{
	sequence run = { .kind = opts->no_commit ? &applying : &picking,
			 .step = opts->step };
	pv_strlist commits = { 0 };
	int rc = read_commits(&commits, cli, argc, argv);

	run.is_long = commits.count > 1;
	if (rc == PV_OK)
		rc = build(&run, cli, opts, &commits);
	if (rc == PV_OK)
		rc = sequence_run(&run, cli);
	if (rc == PV_OK)
		rc = cli->json ? print_json(cli, &run, &commits)
			       : sequence_text(cli, &run);
	if (rc == PV_OK)
		rc = sequence_status(&run);
	pv_strlist_dispose(&commits);
	sequence_dispose(&run);
	return rc;
}

static int pick_fields(pv_cli *cli, const struct pick_options *opts, int argc,
		       char **argv)
{
	const pick_field_options request = { opts->fields, opts->mainline,
					     opts->no_commit, opts->no_verify };

	if (opts->step != SEQUENCE_START)
		return cli_usage_error(cli, "--field starts a cherry-pick");
	if (argc < 1 || argc > 2)
		return cli_usage_error(cli, "--field goes with a commit, and "
					    "the id of a prompt at most");
	return pick_field(cli, &request, argv[0], argc > 1 ? argv[1] : NULL);
}

static int start(pv_cli *cli, const struct pick_options *opts, int argc,
		 char **argv)
{
	if (opts->fields.count > 0)
		return pick_fields(cli, opts, argc, argv);
	if (opts->step == SEQUENCE_START && argc == 0)
		return cli_usage_error(cli, "cherry-pick needs a commit");
	if (opts->step != SEQUENCE_START && argc > 0)
		return cli_usage_error(cli, "--continue, --skip and --abort "
					    "take no commit");
	return pick(cli, opts, argc, argv);
}

int cmd_cherry_pick(pv_cli *cli, int argc, char **argv)
{
	struct pick_options opts = { 0 };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc == PV_OK)
		rc = start(cli, &opts, argc, argv);
	cli_list_dispose(&opts.fields);
	return rc;
}
