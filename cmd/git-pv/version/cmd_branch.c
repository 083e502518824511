/* SPDX-License-Identifier: MIT
 *
 * `git pv branch`: makes branches and deletes them. Where more than the
 * ref comes into it, what a branch follows, other worktrees, what is not
 * merged, that is left to git.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "repo/gitmove.h"
#include "version/branch_list.h"
#include "version/branch_make.h"
#include "version/branch_name.h"
#include "version/branch_remove.h"

struct branch_options {
	int remove;
	int force;
	int drop; /* both */
};

static const cli_option options[] = {
	{ 'd', "delete", CLI_FLAG, offsetof(struct branch_options, remove),
	  NULL, "delete the branch" },
	{ 'f', "force", CLI_FLAG, offsetof(struct branch_options, force), NULL,
	  "with -d: even when it is not merged" },
	{ 'D', NULL, CLI_FLAG, offsetof(struct branch_options, drop), NULL,
	  "the same as -d -f" },
	{ 0 },
};

const cli_usage cmd_branch_usage = {
	.synopsis = { "git pv branch", "git pv branch NAME [START]",
		      "git pv branch (-d [-f] | -D) NAME" },
	.examples = { "git pv branch exp/concise",
		      "git pv branch hotfix support/triage/v1.2.0" },
	.options = options,
	.args = "a name",
	.min_args = 0,
	.max_args = 2,
};

/* --- making and deleting -------------------------------------------------- */

static int check_new(pv_oid *commit_out, pv_cli *cli, const char *name,
		     const char *start)
{
	pv_buf ref = { 0 };
	pv_oid oid;
	int rc = branch_name_check(cli, name);

	if (rc == PV_OK)
		rc = branch_name_allowed(cli, name);
	pv_buf_printf(&ref, "refs/heads/%s", name);
	if (rc == PV_OK &&
	    pv_store_ref(&oid, cli->store, pv_buf_text(&ref), NULL) == PV_OK) {
		rc = pv_fail(&cli->err, PV_EEXISTS,
			     "there is a branch \"%s\" already", name);
		pv_error_hint(&cli->err, rc, "\"git pv switch %s\" goes there",
			      name);
	}
	if (rc == PV_OK)
		rc = pv_store_resolve(commit_out, cli->store,
				      start ? start : "HEAD", &cli->err);
	pv_buf_dispose(&ref);
	return rc;
}

/* Where a new branch starts; git finds HEAD's branch by its short name. */
static int add_start(git_move *move, pv_cli *cli, const char *start)
{
	pv_buf branch = { 0 };
	int rc;

	if (start)
		return git_move_rev(move, cli, start);
	rc = pv_store_head(&branch, NULL, cli->store, &cli->err);
	if (rc == PV_OK && branch.len && git_move_is_ambiguous(cli, branch.ptr))
		rc = git_move_rev(move, cli, branch.ptr);
	pv_buf_dispose(&branch);
	return rc;
}

static int build(git_move *move, pv_cli *cli, const struct branch_options *opts,
		 int argc, char **argv)
{
	int rc = git_move_arg(move, cli, "branch");

	if (rc == PV_OK && !opts->remove)
		rc = git_move_arg(move, cli, "--no-force");
	else if (rc == PV_OK)
		rc = git_move_arg(move, cli, opts->force ? "-D" : "-d");
	if (rc == PV_OK)
		rc = git_move_arg(move, cli, "--");
	if (rc == PV_OK)
		rc = git_move_arg(move, cli, argv[0]);
	if (rc == PV_OK && !opts->remove)
		rc = add_start(move, cli, argc > 1 ? argv[1] : NULL);
	return rc;
}

static int print(pv_cli *cli, const char *name, int removed)
{
	pv_buf ref = { 0 };
	pv_oid oid = { "" };
	pv_jsonw w;
	int rc = PV_OK;

	pv_buf_printf(&ref, "refs/heads/%s", name);
	if (!removed)
		rc = pv_store_ref(&oid, cli->store, pv_buf_text(&ref), &cli->err);
	pv_buf_dispose(&ref);
	if (rc != PV_OK)
		return rc;
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "name", name);
	pv_jsonw_member(&w, "commit", removed ? NULL : oid.hex);
	pv_jsonw_key(&w, "deleted");
	pv_jsonw_bool(&w, removed);
	pv_jsonw_object_end(&w);
	return PV_OK;
}

/* Git's -D deletes what is not merged, but nothing that is checked out. */
static const char *hint(pv_cli *cli, const struct branch_options *opts,
			const char *name)
{
	pv_buf head = { 0 };
	int is_current;

	if (!opts->remove)
		return "\"git pv branch\" lists the branches";
	is_current = pv_store_head(&head, NULL, cli->store, NULL) == PV_OK &&
		     strcmp(pv_buf_text(&head), name) == 0;
	pv_buf_dispose(&head);
	if (is_current)
		return "\"git pv switch\" to another branch first";
	return opts->force ? "\"git worktree list\" shows where it is checked "
			     "out"
			   : "-D deletes it all the same, unless it is checked "
			     "out";
}

static int run_git(pv_cli *cli, const struct branch_options *opts, int argc,
		   char **argv)
{
	git_move move = { 0 };
	int rc;

	move.is_of_refs = 1;
	rc = build(&move, cli, opts, argc, argv);
	if (rc == PV_OK)
		rc = git_move_run(&move, cli);
	if (rc == PV_OK && move.status != 0)
		rc = git_move_fail(&move, cli, hint(cli, opts, argv[0]));
	git_move_dispose(&move);
	return rc;
}

static int change(pv_cli *cli, const struct branch_options *opts, int argc,
		  char **argv)
{
	const char *start = argc > 1 ? argv[1] : NULL;
	pv_oid commit;
	int rc;

	if (opts->remove)
		rc = branch_name_find(cli, argv[0]);
	else
		rc = check_new(&commit, cli, argv[0], start);
	if (rc == PV_OK && !opts->remove)
		rc = branch_make(cli, argv[0], start, &commit);
	else if (rc == PV_OK)
		rc = branch_remove(cli, argv[0], opts->force);
	if (rc == PV_OK)
		rc = run_git(cli, opts, argc, argv);
	if (rc >= 0 && cli->json)
		rc = print(cli, argv[0], opts->remove);
	return rc < 0 ? rc : PV_OK;
}

int cmd_branch(pv_cli *cli, int argc, char **argv)
{
	struct branch_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	opts.remove |= opts.drop;
	opts.force |= opts.drop;
	if (opts.remove && argc != 1)
		return cli_usage_error(cli, "-d needs one branch");
	if (opts.force && !opts.remove)
		return cli_usage_error(cli, "-f goes with -d");
	if (argc == 0)
		return branch_list(cli);
	return change(cli, &opts, argc, argv);
}
