/* SPDX-License-Identifier: MIT
 *
 * `git pv mv OLD NEW`: gives a prompt another id by a commit of its own, whose
 * trailer Pv-Renamed-From says where it came from: its versions, log and blame
 * go on from there. Nothing else is changed; who names the old id is told.
 */
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>

#include "autorelease.h"
#include "base/fail.h"
#include "file_commit.h"
#include "mentions.h"
#include "prompts.h"
#include "review.h"

struct mv_options {
	const char *message;
	int no_verify;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_STRING, offsetof(struct mv_options, message),
	  "MSG", "the commit message, instead of \"Rename OLD to NEW\"" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct mv_options, no_verify),
	  NULL, "skip the hooks pre-commit and commit-msg" },
	{ 0 },
};

const cli_usage cmd_mv_usage = {
	.synopsis = { "git pv mv [-m MSG] [--no-verify] [--json] OLD NEW" },
	.examples = { "git pv mv support/triage support/routing" },
	.options = options,
	.args = "the old id and the new one",
	.min_args = 2,
	.max_args = 2,
};

/* A move on its way. */
struct job {
	pv_cli *cli;
	const struct mv_options *opts;
	const char *old_id;
	const char *new_id;
	pv_buf old_path;
	pv_buf new_path;
	pv_buf bytes;
	pv_strlist includers; /* ids that include the old one */
	pv_strlist mentions;  /* other files that name it */
	pv_oid commit;        /* hex "" until made */
	review made;
	autorelease done;
};

static void job_dispose(struct job *job)
{
	review_dispose(&job->made);
	pv_buf_dispose(&job->old_path);
	pv_buf_dispose(&job->new_path);
	pv_buf_dispose(&job->bytes);
	pv_strlist_dispose(&job->includers);
	pv_strlist_dispose(&job->mentions);
	autorelease_dispose(&job->done);
}

/* --- what speaks against it ------------------------------------------------ */

/* Also what git ignores, and a link to nowhere, is in the way. */
static int is_in_the_way(struct job *job)
{
	const char *path = pv_buf_text(&job->new_path);
	pv_point index = { PV_AT_INDEX, { "" } };
	pv_buf full = { 0 };
	struct stat st;
	pv_oid blob;
	int found;

	pv_buf_printf(&full, "%s/%s", pv_store_work_dir(job->cli->store), path);
	found = full.status == PV_OK && lstat(full.ptr, &st) == 0;
	pv_buf_dispose(&full);
	return found || pv_store_find(&blob, job->cli->store, &index, path,
				      NULL) != PV_ENOTFOUND;
}

static int check_new(struct job *job)
{
	pv_error *err = &job->cli->err;
	int rc;

	if (strcmp(job->old_id, job->new_id) == 0)
		return pv_fail(err, PV_EINVALID,
			       "\"%s\" is called that already", job->old_id);
	if (!is_in_the_way(job))
		return PV_OK;
	rc = pv_fail(err, PV_EEXISTS, "\"%s\" exists already",
		     pv_buf_text(&job->new_path));
	return pv_error_hint(err, rc, "choose another id, or remove it first");
}

/* What a sparse checkout leaves out can be read, not moved. */
static int check_checked_out(const struct job *job, const char *path)
{
	pv_cli *cli = job->cli;
	int rc;

	if (file_commit_is_there(cli, path))
		return PV_OK;
	rc = pv_fail(&cli->err, PV_ECONFLICT,
		     "the sparse checkout leaves \"%s\" out", path);
	return pv_error_hint(&cli->err, rc,
			     "\"git sparse-checkout add\" takes its folder in");
}

static int read_old(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_point at = { PV_AT_WORKTREE, { "" } };
	pv_spec spec = { 0 };
	const char *path = pv_buf_text(&job->old_path);
	int rc;

	/* Says what is near when there is no such prompt. */
	rc = pv_spec_resolve(&spec, cli->store, &cli->settings, job->old_id,
			     PV_SPEC_WORKTREE, &cli->err);
	pv_spec_dispose(&spec);
	if (rc == PV_OK)
		rc = file_commit_clean(cli, path);
	if (rc == PV_OK)
		rc = check_checked_out(job, path);
	return rc == PV_OK ? pv_store_read(&job->bytes, NULL, cli->store, &at,
					   path, &cli->err)
			   : rc;
}

/* --- who includes it ------------------------------------------------------- */

static int includes_old(const pv_prompt *prompt, const char *id)
{
	for (size_t i = 0; i < pv_prompt_include_count(prompt); i++)
		if (strcmp(pv_prompt_include(prompt, i), id) == 0)
			return 1;
	return 0;
}

static int note_includer(const char *path, const pv_oid *blob, void *payload)
{
	struct job *job = payload;
	pv_cli *cli = job->cli;
	pv_point at = { PV_AT_WORKTREE, { "" } };
	cli_prompt entry = { 0 };
	pv_buf id = { 0 };
	int rc;

	(void)blob;
	rc = pv_prompt_id(&id, &cli->settings, path, NULL);
	if (rc == PV_OK)
		rc = cli_prompt_read(&entry, cli, &at, id.ptr, path, NULL);
	if (rc == PV_OK && entry.prompt && includes_old(entry.prompt, job->old_id))
		rc = pv_strlist_add(&job->includers, id.ptr, &cli->err);
	/* One that cannot be read is for `check` to complain about. */
	if (rc < 0 && rc != PV_ENOMEM && rc != PV_ECANCELED) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	cli_prompt_dispose(&entry);
	pv_buf_dispose(&id);
	return rc;
}

static int find_includers(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_point at = { PV_AT_WORKTREE, { "" } };

	return pv_store_each(cli->store, &at, cli->settings.prompts_dir,
			     note_includer, job, &cli->err);
}

static int load(struct job *job)
{
	pv_cli *cli = job->cli;
	int rc;

	rc = pv_id_check(job->old_id, &cli->err);
	if (rc == PV_OK)
		rc = pv_id_check(job->new_id, &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&job->old_path, &cli->settings, job->old_id,
				    &cli->err);
	if (rc == PV_OK)
		rc = pv_prompt_path(&job->new_path, &cli->settings, job->new_id,
				    &cli->err);
	if (rc == PV_OK)
		rc = file_commit_state(cli);
	if (rc == PV_OK)
		rc = read_old(job);
	if (rc == PV_OK)
		rc = check_new(job);
	if (rc == PV_OK)
		rc = find_includers(job);
	return rc == PV_OK ? mentions_find(&job->mentions, cli, job->old_id) : rc;
}

/* --- the move -------------------------------------------------------------- */

static int write_message(pv_buf *out, const struct job *job)
{
	if (job->opts->message)
		pv_buf_printf(out, "%s\n", job->opts->message);
	else
		pv_buf_printf(out, "Rename %s to %s\n", job->old_id, job->new_id);
	pv_buf_printf(out, "\nPv-Renamed-From: %s\n", job->old_id);
	return pv_buf_status(out, &job->cli->err);
}

static int commit_files(struct job *job, const char *message)
{
	const pv_change changes[] = { { pv_buf_text(&job->old_path), NULL, 0 },
				      { pv_buf_text(&job->new_path),
					pv_buf_text(&job->bytes),
					job->bytes.len } };
	pv_commit_options opts = { 0 };

	opts.message = message;
	opts.no_verify = job->opts->no_verify;
	review_options(&opts, &job->made);
	return file_commit(&job->commit, job->cli, changes, 2, &opts);
}

static int move(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_strlist ids = { 0 };
	pv_buf message = { 0 };
	int rc = write_message(&message, job);

	if (rc == PV_OK)
		rc = pv_strlist_add(&ids, job->new_id, &cli->err);
	if (rc == PV_OK)
		rc = autorelease_announce(&job->done, cli, &ids);
	if (rc != PV_OK)
		goto out;
	rc = commit_files(job, message.ptr);
	if (rc == PV_OK)
		autorelease_commit(&job->done, cli, &job->made.ids);
	else if (!job->commit.hex[0])
		autorelease_forget(&job->done);
out:
	pv_strlist_dispose(&ids);
	pv_buf_dispose(&message);
	return rc;
}

/* --- what became of it ----------------------------------------------------- */

static void print_json(struct job *job)
{
	pv_jsonw w;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", job->new_id);
	pv_jsonw_member(&w, "renamed_from", job->old_id);
	pv_jsonw_member(&w, "commit", job->commit.hex);
	pv_jsonw_key(&w, "included_by");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->includers.count; i++)
		pv_jsonw_string(&w, job->includers.items[i]);
	pv_jsonw_array_end(&w);
	pv_jsonw_key(&w, "mentioned_in");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < job->mentions.count; i++)
		pv_jsonw_string(&w, job->mentions.items[i]);
	pv_jsonw_array_end(&w);
	autorelease_json(&w, &job->done);
	pv_jsonw_object_end(&w);
}

static void print_text(struct job *job)
{
	pv_cli *cli = job->cli;

	cli_printf(cli, "[%.7s] %s is now %s\n", job->commit.hex, job->old_id,
		   job->new_id);
	autorelease_text(cli, &job->done);
}

static void warn_includers(const struct job *job)
{
	pv_cli *cli = job->cli;

	if (!job->includers.count)
		return;
	cli_warn(cli, "%zu %s still the old id \"%s\":", job->includers.count,
		 job->includers.count == 1 ? "prompt includes" : "prompts include",
		 job->old_id);
	for (size_t i = 0; i < job->includers.count; i++)
		cli_warn(cli, "  %s", job->includers.items[i]);
	cli_hint(cli, "\"git pv edit ID\" opens one to say \"%s\" instead",
		 job->new_id);
}

static void warn_mentions(const struct job *job)
{
	pv_cli *cli = job->cli;

	if (!job->mentions.count)
		return;
	cli_warn(cli, "%zu %s still the old id \"%s\":", job->mentions.count,
		 job->mentions.count == 1 ? "file names" : "files name",
		 job->old_id);
	for (size_t i = 0; i < job->mentions.count; i++)
		cli_warn(cli, "  %s", job->mentions.items[i]);
}

int cmd_mv(pv_cli *cli, int argc, char **argv)
{
	struct mv_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	job.old_id = argv[0];
	job.new_id = argv[1];
	job.made.cli = cli;
	rc = load(&job);
	if (rc == PV_OK)
		rc = move(&job);
	if (rc == PV_OK)
		cli_made(cli, "the commit %.7s is made all the same",
			 job.commit.hex);
	if (rc == PV_OK && cli->json)
		print_json(&job);
	else if (rc == PV_OK)
		print_text(&job);
	if (rc == PV_OK) {
		warn_includers(&job);
		warn_mentions(&job);
		rc = autorelease_status(&job.done);
	}
	job_dispose(&job);
	return rc;
}
