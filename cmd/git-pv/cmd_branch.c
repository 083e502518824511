/* SPDX-License-Identifier: MIT
 *
 * `git pv branch`: lists branches, makes and deletes them. Where more than the
 * ref comes into it, what a branch follows, other worktrees, what is not
 * merged, that is left to git.
 */
#include <stddef.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "branch_make.h"
#include "branch_name.h"
#include "branch_remove.h"
#include "gitmove.h"

struct branch_options {
	int remove;
	int force;
};

static const cli_option options[] = {
	{ 'd', "delete", CLI_FLAG, offsetof(struct branch_options, remove),
	  NULL, "delete the branch" },
	{ 'f', "force", CLI_FLAG, offsetof(struct branch_options, force), NULL,
	  "with -d: even when it is not merged" },
	{ 0 },
};

const cli_usage cmd_branch_usage = {
	.synopsis = { "git pv branch", "git pv branch NAME [START]",
		      "git pv branch -d [-f] NAME" },
	.examples = { "git pv branch exp/concise",
		      "git pv branch hotfix support/triage/v1.2.0" },
	.options = options,
	.args = "a name",
	.min_args = 0,
	.max_args = 2,
};

/* --- listing -------------------------------------------------------------- */

struct listing {
	pv_cli *cli;
	pv_jsonw w;
	pv_buf current; /* HEAD's branch */
};

static void row_json(struct listing *list, const char *name, int is_current,
		     const pv_commit *tip)
{
	char date[PV_TIME_TEXT];
	pv_jsonw *w = &list->w;

	pv_time_format(date, tip->committer.when * 1000000);
	pv_jsonw_object(w);
	pv_jsonw_member(w, "name", name);
	pv_jsonw_member(w, "commit", tip->oid.hex);
	pv_jsonw_key(w, "current");
	pv_jsonw_bool(w, is_current);
	pv_jsonw_key(w, "default");
	pv_jsonw_bool(w, strcmp(name, list->cli->settings.default_branch) == 0);
	pv_jsonw_member(w, "date", date);
	pv_jsonw_member(w, "subject", tip->subject);
	pv_jsonw_object_end(w);
}

static void row_text(struct listing *list, const char *name, int is_current,
		     const pv_commit *tip)
{
	pv_cli *cli = list->cli;

	cli_printf(cli, "%s %s", is_current ? "*" : " ",
		   cli_color(cli, is_current ? CLI_COLOR_NEW : CLI_COLOR_BOLD));
	cli_line(cli, name);
	cli_printf(cli, "%s %.7s ", cli_color(cli, CLI_COLOR_RESET),
		   tip->oid.hex);
	cli_line(cli, tip->subject);
	cli_puts(cli, "\n");
}

static int row(const char *refname, const pv_oid *oid, void *payload)
{
	struct listing *list = payload;
	pv_cli *cli = list->cli;
	const char *name = refname + strlen("refs/heads/");
	int is_current = strcmp(name, pv_buf_text(&list->current)) == 0;
	pv_commit tip = { 0 };
	int rc;

	rc = pv_store_commit_read(&tip, cli->store, oid, &cli->err);
	/* One that leads nowhere does not hide the others. */
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		cli_warn(cli, "the branch \"%s\" is broken: %s", name,
			 cli->err.message);
		pv_error_clear(&cli->err);
		pv_commit_dispose(&tip);
		return PV_OK;
	}
	if (rc == PV_OK && cli->json)
		row_json(list, name, is_current, &tip);
	else if (rc == PV_OK)
		row_text(list, name, is_current, &tip);
	pv_commit_dispose(&tip);
	return rc;
}

static int list_branches(pv_cli *cli)
{
	struct listing list = { 0 };
	int rc;

	list.cli = cli;
	pv_jsonw_init(&list.w, &cli->out);
	rc = pv_store_head(&list.current, NULL, cli->store, &cli->err);
	if (cli->json)
		pv_jsonw_array(&list.w);
	if (rc == PV_OK)
		rc = pv_store_ref_each(cli->store, "refs/heads/", row, &list,
				       &cli->err);
	if (cli->json)
		pv_jsonw_array_end(&list.w);
	pv_buf_dispose(&list.current);
	return rc;
}

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

static int check_old(pv_cli *cli, const char *name)
{
	pv_error near = { 0 };
	pv_buf ref = { 0 };
	pv_oid oid;
	int rc = pv_branch_check(name, &cli->err);

	pv_buf_printf(&ref, "refs/heads/%s", name);
	if (rc == PV_OK && pv_store_ref(&oid, cli->store, pv_buf_text(&ref),
					NULL) == PV_ENOTFOUND) {
		rc = pv_fail_id(&cli->err, PV_ERR_VERSION_NOT_FOUND,
				"there is no branch \"%s\"", name);
		if (pv_store_resolve(&oid, cli->store, name, &near) < 0 &&
		    near.hint[0])
			pv_error_hint(&cli->err, rc, "%s", near.hint);
		else
			pv_error_hint(&cli->err, rc,
				      "\"git pv branch\" lists them");
	}
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
			   : "-f deletes it all the same, unless it is checked "
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
		rc = check_old(cli, argv[0]);
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
	if (opts.remove && argc != 1)
		return cli_usage_error(cli, "-d needs one branch");
	if (opts.force && !opts.remove)
		return cli_usage_error(cli, "-f goes with -d");
	if (argc == 0)
		return list_branches(cli);
	return change(cli, &opts, argc, argv);
}
