/* SPDX-License-Identifier: MIT
 *
 * `git pv switch`: goes to another branch, by git's own switch.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "repo/gitmove.h"
#include "version/branch_name.h"

struct switch_options {
	int create;
	int detach;
};

static const cli_option options[] = {
	{ 'c', "create", CLI_FLAG, offsetof(struct switch_options, create),
	  NULL, "make the branch first" },
	{ 0, "detach", CLI_FLAG, offsetof(struct switch_options, detach), NULL,
	  "go to a commit, on no branch" },
	{ 0 },
};

const cli_usage cmd_switch_usage = {
	.synopsis = { "git pv switch [-c] BRANCH [START]",
		      "git pv switch --detach COMMIT" },
	.examples = { "git pv switch main", "git pv switch -c exp/concise" },
	.options = options,
	.args = "a branch",
	.min_args = 1,
	.max_args = 2,
};

/* A name git would only complain about in its own words. */
static int check_names(pv_cli *cli, const struct switch_options *opts, int argc,
		       char **argv)
{
	const char *start = argc > 1 ? argv[1] : NULL;
	pv_oid commit;
	int rc = PV_OK;

	if (opts->create) {
		rc = branch_name_check(cli, argv[0]);
		if (rc == PV_OK)
			rc = branch_name_allowed(cli, argv[0]);
		if (rc == PV_OK && start)
			rc = pv_store_resolve(&commit, cli->store, start,
					      &cli->err);
		return rc;
	}
	/* "-" is the branch before this one. */
	if (strcmp(argv[0], "-") == 0)
		return PV_OK;
	if (!opts->detach)
		rc = pv_branch_check(argv[0], &cli->err);
	return rc;
}

static int build(git_move *move, pv_cli *cli, const struct switch_options *opts,
		 int argc, char **argv)
{
	int rc = git_move_arg(move, cli, "switch");

	if (rc == PV_OK && opts->create)
		rc = git_move_arg(move, cli, "-c");
	if (rc == PV_OK && opts->detach)
		rc = git_move_arg(move, cli, "--detach");
	for (int i = 0; i < argc && rc == PV_OK; i++)
		rc = git_move_arg(move, cli, argv[i]);
	return rc;
}

static int print(pv_cli *cli, const git_move *move, const char *previous,
		 int created)
{
	pv_buf branch = { 0 };
	pv_jsonw w;
	int rc;

	rc = pv_store_head(&branch, NULL, cli->store, &cli->err);
	if (rc == PV_OK) {
		pv_jsonw_init(&w, &cli->out);
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "branch", branch.len ? branch.ptr : NULL);
		pv_jsonw_member(&w, "commit",
				move->after.hex[0] ? move->after.hex : NULL);
		pv_jsonw_member(&w, "previous", *previous ? previous : NULL);
		pv_jsonw_key(&w, "created");
		pv_jsonw_bool(&w, created);
		pv_jsonw_object_end(&w);
	}
	pv_buf_dispose(&branch);
	return rc;
}

/* The commit to switch to, where a name tells. */
static void find_target(git_move *move, pv_cli *cli,
			const struct switch_options *opts, int argc, char **argv)
{
	const char *name = opts->create ? (argc > 1 ? argv[1] : "-") : argv[0];

	if (strcmp(name, "-") == 0 ||
	    pv_store_resolve(&move->target, cli->store, name, NULL) < 0)
		move->target.hex[0] = '\0';
}

/* What git says about a branch that is not there has no names that are near. */
static int fail(git_move *move, pv_cli *cli, const struct switch_options *opts,
		char **argv)
{
	pv_error near = { 0 };

	if (!opts->create && !move->target.hex[0] && strcmp(argv[0], "-") != 0)
		(void)pv_store_resolve(&move->target, cli->store, argv[0], &near);
	/* With --json nobody sees what git has said. */
	if (cli->json && near.code == PV_ENOTFOUND) {
		cli->err = near;
		return near.code;
	}
	return git_move_fail(move, cli,
			     near.hint[0]
				     ? near.hint
				     : "\"git pv branch\" lists the branches, "
				       "\"git status\" what is not committed");
}

static int go(pv_cli *cli, const struct switch_options *opts, int argc,
	      char **argv)
{
	git_move move = { .is_switch = 1 };
	pv_buf previous = { 0 };
	int rc;

	rc = check_names(cli, opts, argc, argv);
	if (rc == PV_OK)
		rc = pv_store_head(&previous, NULL, cli->store, &cli->err);
	if (rc == PV_OK)
		rc = build(&move, cli, opts, argc, argv);
	if (rc == PV_OK) {
		find_target(&move, cli, opts, argc, argv);
		rc = git_move_run(&move, cli);
	}
	if (rc == PV_OK && move.status != 0)
		rc = fail(&move, cli, opts, argv);
	else if (rc == PV_OK)
		cli_made(cli, "the branch is switched all the same");
	if (rc == PV_OK && cli->json)
		rc = print(cli, &move, pv_buf_text(&previous), opts->create);
	git_move_dispose(&move);
	pv_buf_dispose(&previous);
	return rc;
}

int cmd_switch(pv_cli *cli, int argc, char **argv)
{
	struct switch_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (argc > 1 && !opts.create)
		return cli_usage_error(cli, "a start needs -c");
	if (opts.create && opts.detach)
		return cli_usage_error(cli, "-c and --detach exclude each "
					    "other");
	return go(cli, &opts, argc, argv);
}
