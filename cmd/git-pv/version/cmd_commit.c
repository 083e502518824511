/* SPDX-License-Identifier: MIT
 *
 * `git pv commit`: commits changed prompts and what belongs to them, and on
 * the default branch gives each changed prompt its next version.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "repo/committed.h"
#include "repo/hooked.h"
#include "repo/moved_folder.h"
#include "repo/prompts_place.h"
#include "repo/selection.h"
#include "ui/interrupt.h"
#include "ui/message.h"
#include "version/autorelease.h"
#include "version/commit_check.h"

struct commit_options {
	cli_list messages;
	const char *file;
	const char *author;
	const char *date;
	int staged;
	int all;
	int no_verify;
	int allow_empty;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_LIST, offsetof(struct commit_options, messages),
	  "MSG", "the message; repeated: paragraphs" },
	{ 'F', "file", CLI_STRING, offsetof(struct commit_options, file),
	  "FILE", "read the message from FILE, \"-\" for standard input" },
	{ 0, "staged", CLI_FLAG, offsetof(struct commit_options, staged), NULL,
	  "commit exactly what is staged" },
	{ 'a', "all", CLI_FLAG, offsetof(struct commit_options, all), NULL,
	  "every changed prompt, which is what no ID means" },
	{ 'n', "no-verify", CLI_FLAG, offsetof(struct commit_options, no_verify),
	  NULL, "skip the checks of syntax, pre-commit and commit-msg" },
	{ 0, "author", CLI_STRING, offsetof(struct commit_options, author),
	  "AUTHOR", "another author: \"Name <mail>\"" },
	{ 0, "date", CLI_STRING, offsetof(struct commit_options, date), "DATE",
	  "another author date" },
	{ 0, "allow-empty", CLI_FLAG, offsetof(struct commit_options, allow_empty),
	  NULL, "commit even when nothing changed" },
	{ 0 },
};

const cli_usage cmd_commit_usage = {
	.synopsis = { "git pv commit [-m MSG | -F FILE] [-a | --staged] [-n] "
		      "[--json] [ID...]" },
	.examples = { "git pv commit -m \"Ask for one reason only\"",
		      "git pv commit -m \"Calmer tone\" support/reply" },
	.options = options,
	.args = "ids of prompts",
	.min_args = 0,
	.max_args = -1,
	.ids = CLI_IDS_ALL,
};

/* A commit on its way. */
struct job {
	const struct commit_options *opts;
	int whole_index; /* --staged, or a merge is being finished */
	int is_named;    /* ids were given */
	int is_root;
	selection chosen;
	committed made; /* what became of that */
	message message;
	pv_buf branch;
	pv_oid commit;
	autorelease done;
};

static int check_state(struct job *job, pv_cli *cli, int id_count)
{
	enum pv_store_state state = pv_store_state(cli->store);
	int rc = PV_OK;

	if (job->opts->all && (job->opts->staged || id_count)) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "--all is every changed prompt, not %s",
			     id_count ? "single ones" : "what is staged");
		return pv_error_hint(&cli->err, rc, "leave one of them out");
	}
	job->whole_index = job->opts->staged || state == PV_STATE_MERGE;
	if (job->whole_index && id_count) {
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "a merge and --staged commit the whole index, "
			     "not single prompts");
		return pv_error_hint(&cli->err, rc, "leave the ids out");
	}
	if (state == PV_STATE_NONE || state == PV_STATE_MERGE)
		return rc;
	rc = pv_fail(&cli->err, PV_EUNSUPPORTED,
		     "a revert, cherry-pick or rebase is under way");
	if (state == PV_STATE_REVERT || state == PV_STATE_CHERRY_PICK)
		return pv_error_hint(&cli->err, rc,
				     "\"git pv %s --continue\" finishes it",
				     state == PV_STATE_REVERT ? "revert"
							      : "cherry-pick");
	return pv_error_hint(&cli->err, rc,
			     "finish it with git's --continue, then \"git pv "
			     "release\"");
}

static int refuse_nothing(pv_cli *cli, int id_count)
{
	int rc = prompts_place_check(cli);

	if (rc < 0)
		return rc;
	rc = pv_fail_id(&cli->err, PV_ERR_NOT_FOUND, "nothing to commit");

	return pv_error_hint(&cli->err, rc,
			     id_count ? "these prompts are as in the last "
					"commit"
				      : "no prompt differs from the last "
					"commit");
}

static int prepare(struct job *job, pv_cli *cli, int argc, char **argv)
{
	message_source source = { 0 };
	int merging = pv_store_state(cli->store) == PV_STATE_MERGE;
	pv_oid head;
	int rc;

	rc = pv_store_head(&job->branch, &head, cli->store, &cli->err);
	job->is_root = rc == PV_OK && !head.hex[0];
	if (rc == PV_OK)
		rc = selection_load(&job->chosen, cli, argv, (size_t)argc,
				    job->whole_index);
	if (rc == PV_OK && !job->chosen.paths.count && !merging &&
	    !job->opts->allow_empty)
		rc = refuse_nothing(cli, argc);
	if (rc == PV_OK)
		rc = selection_check(&job->chosen, cli);
	if (rc == PV_OK && !job->opts->no_verify)
		rc = commit_check(&job->chosen, cli);
	if (rc == PV_OK && !merging)
		rc = moved_folder_check(&job->chosen, cli);
	source.paragraphs = &job->opts->messages;
	source.file = job->opts->file;
	source.chosen = &job->chosen;
	if (rc == PV_OK)
		rc = message_gather(&job->message, cli, &source);
	return rc;
}

/* What is said and released is what the commit has, not what was chosen. */
static void take_made(struct job *job)
{
	const pv_strlist paths = job->chosen.paths;
	const pv_strlist ids = job->chosen.ids;

	if (!job->made.is_done)
		return;
	job->chosen.paths = job->made.paths;
	job->chosen.ids = job->made.ids;
	job->made.paths = paths;
	job->made.ids = ids;
}

/* The branch that moved: hooks may have switched, before and after that. */
static int take_branch(struct job *job, pv_cli *cli, const pv_buf *refname)
{
	static const char heads[] = "refs/heads/";

	pv_buf_clear(&job->branch);
	if (!refname->len)
		return pv_store_head(&job->branch, NULL, cli->store, &cli->err);
	if (strncmp(refname->ptr, heads, strlen(heads)) == 0)
		pv_buf_puts(&job->branch, refname->ptr + strlen(heads));
	return pv_buf_status(&job->branch, &cli->err);
}

static int commit(struct job *job, pv_cli *cli)
{
	const pv_strlist *paths = &job->chosen.paths;
	pv_commit_options opts = { 0 };
	pv_buf staged = { 0 };
	pv_buf refname = { 0 };
	int rc;

	message_options(&opts, &job->message);
	committed_options(&opts, &job->made);
	opts.no_verify = job->opts->no_verify;
	opts.refname = &refname;
	opts.untrack = !job->is_named;
	opts.allow_empty = job->opts->allow_empty;
	opts.author = job->opts->author;
	opts.date = job->opts->date;
	interrupt_hold();
	rc = autorelease_announce(&job->done, cli, &job->chosen.ids);
	if (rc != PV_OK)
		goto out;
	if (pv_store_state(cli->store) != PV_STATE_NONE)
		rc = hooked_note(&staged, cli);
	if (rc < 0)
		goto out;
	if (job->whole_index)
		rc = pv_store_commit_staged(&job->commit, cli->store, &opts,
					    &cli->err);
	else
		rc = pv_store_commit_paths(&job->commit, cli->store,
					   (const char *const *)paths->items,
					   paths->count, &opts, &cli->err);
	take_made(job);
	if (rc == PV_OK)
		rc = take_branch(job, cli, &refname);
	if (rc == PV_OK && !job->made.is_done)
		rc = hooked_tell(&staged, cli);
	if (rc == PV_OK)
		autorelease_commit(&job->done, cli, &job->chosen.ids);
out:
	if (rc < 0 && !job->commit.hex[0])
		autorelease_forget(&job->done);
	pv_buf_dispose(&staged);
	pv_buf_dispose(&refname);
	return rc;
}

static void print_json(pv_cli *cli, const struct job *job, const pv_commit *commit)
{
	const pv_strlist *paths = &job->chosen.paths;
	pv_jsonw w;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "commit", commit->oid.hex);
	pv_jsonw_member(&w, "branch", job->branch.len ? job->branch.ptr : NULL);
	pv_jsonw_member(&w, "subject", commit->subject);
	pv_jsonw_list(&w, "files", paths);
	autorelease_json(&w, &job->done);
	pv_jsonw_object_end(&w);
}

static void print_text(pv_cli *cli, const struct job *job, const pv_commit *commit)
{
	size_t count = job->chosen.paths.count;

	cli_printf(cli, "[%s%s %.7s] ",
		   job->branch.len ? job->branch.ptr : "detached HEAD",
		   job->is_root ? " (root-commit)" : "", commit->oid.hex);
	cli_line(cli, commit->subject);
	cli_printf(cli, "\n %zu file%s changed\n", count, count == 1 ? "" : "s");
	autorelease_text(cli, &job->done);
}

static int print(pv_cli *cli, const struct job *job)
{
	pv_commit made = { 0 };
	int rc;

	cli_made(cli, "the commit %.7s is made all the same", job->commit.hex);
	rc = pv_store_commit_read(&made, cli->store, &job->commit, &cli->err);
	if (rc == PV_OK && cli->json)
		print_json(cli, job, &made);
	else if (rc == PV_OK)
		print_text(cli, job, &made);
	pv_commit_dispose(&made);
	if (rc == PV_OK)
		rc = pv_buf_status(&cli->out, &cli->err);
	if (rc < 0)
		pv_error_hint(&cli->err, rc, "%s", cli->made);
	return rc == PV_OK ? autorelease_status(&job->done) : rc;
}

static int run(pv_cli *cli, const struct commit_options *opts, int argc,
	       char **argv)
{
	struct job job = { 0 };
	int rc;

	job.opts = opts;
	job.is_named = argc > 0;
	job.made.cli = cli;
	rc = check_state(&job, cli, argc);
	if (rc == PV_OK)
		rc = prepare(&job, cli, argc, argv);
	if (rc == PV_OK)
		rc = cli_made_fail(cli, commit(&job, cli), &job.commit);
	if (rc == PV_OK)
		rc = print(cli, &job);
	selection_dispose(&job.chosen);
	committed_dispose(&job.made);
	message_dispose(&job.message);
	pv_buf_dispose(&job.branch);
	autorelease_dispose(&job.done);
	return rc;
}

int cmd_commit(pv_cli *cli, int argc, char **argv)
{
	struct commit_options opts = { 0 };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc == PV_OK && opts.messages.count && opts.file)
		rc = cli_usage_error(cli, "-m and -F exclude each other");
	else if (rc == PV_OK)
		rc = run(cli, &opts, argc, argv);
	cli_list_dispose(&opts.messages);
	return rc;
}
