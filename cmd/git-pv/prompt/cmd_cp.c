/* SPDX-License-Identifier: MIT
 *
 * `git pv cp ID[@REV] NEW`: a prompt that begins as a copy of another, byte for
 * byte, by a commit of its own. Its versions begin anew; the trailer
 * Pv-Copied-From says whose text it was.
 */
#include <stddef.h>
#include <string.h>

#include "base/fail.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/prompts.h"
#include "version/autorelease.h"

struct cp_options {
	const char *message;
	int no_verify;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_STRING, offsetof(struct cp_options, message),
	  "MSG", "the commit message, instead of \"Copy ID to NEW\"" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct cp_options, no_verify),
	  NULL, "skip the hooks pre-commit and commit-msg" },
	{ 0 },
};

const cli_usage cmd_cp_usage = {
	.synopsis = { "git pv cp [-m MSG] [--no-verify] [--json] ID[@REV] NEW" },
	.examples = { "git pv cp support/triage support/urgent",
		      "git pv cp support/triage@1.2 legacy/triage" },
	.options = options,
	.args = "ID[@REV] and the id of the copy",
	.min_args = 2,
	.max_args = 2,
	.ids = CLI_IDS_FIRST,
};

/* A copy on its way. */
struct job {
	pv_cli *cli;
	const struct cp_options *opts;
	const char *id; /* the new one */
	pv_spec from;
	pv_buf origin; /* "support/triage@1.2.0": version, else commit */
	pv_buf path;
	pv_buf bytes;
	pv_oid blob;
	pv_oid commit; /* hex "" until made */
	committed made;
	autorelease done;
};

static void job_dispose(struct job *job)
{
	pv_spec_dispose(&job->from);
	pv_buf_dispose(&job->origin);
	pv_buf_dispose(&job->path);
	pv_buf_dispose(&job->bytes);
	committed_dispose(&job->made);
	autorelease_dispose(&job->done);
}

/* What is copied is in a commit, so that the trailer can name it. */
static int find_source(struct job *job, const char *name)
{
	pv_spec *from = &job->from;
	pv_cli *cli = job->cli;
	int rc = cli_spec_resolve(from, cli, name, PV_SPEC_WORKTREE);

	if (rc < 0 || from->at.kind == PV_AT_COMMIT)
		return rc;
	rc = file_commit_clean(cli, from->path);
	from->at.kind = PV_AT_COMMIT;
	return rc == PV_OK ? pv_store_head(NULL, &from->at.commit, cli->store,
					   &cli->err)
			   : rc;
}

static int name_source(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_buf version = { 0 };
	int rc = cli_prompt_version(&version, cli, &job->from);

	/* A version that is only derived ends in "+g<commit>". */
	if (rc == PV_OK && (!version.len || strchr(version.ptr, '+')))
		pv_buf_printf(&job->origin, "%s@%s", job->from.id,
			      job->from.at.commit.hex);
	else
		pv_buf_printf(&job->origin, "%s@%s", job->from.id,
			      pv_buf_text(&version));
	pv_buf_dispose(&version);
	return rc == PV_OK ? pv_buf_status(&job->origin, &cli->err) : rc;
}

static int load(struct job *job, const char *name)
{
	pv_cli *cli = job->cli;
	int rc = pv_prompt_path(&job->path, &cli->settings, job->id, &cli->err);

	if (rc == PV_OK)
		rc = file_commit_state(cli);
	if (rc == PV_OK)
		rc = find_source(job, name);
	if (rc == PV_OK)
		rc = file_commit_free(cli, job->path.ptr);
	if (rc == PV_OK)
		rc = pv_store_read(&job->bytes, &job->blob, cli->store,
				   &job->from.at, job->from.path, &cli->err);
	return rc == PV_OK ? name_source(job) : rc;
}

static int commit_file(struct job *job)
{
	pv_change change = { pv_buf_text(&job->path), pv_buf_text(&job->bytes),
			     job->bytes.len };
	pv_commit_options opts = { 0 };
	pv_buf message = { 0 };
	int rc;

	if (job->opts->message)
		pv_buf_printf(&message, "%s\n", job->opts->message);
	else
		pv_buf_printf(&message, "Copy %s to %s\n", job->from.label,
			      job->id);
	pv_buf_printf(&message, "\nPv-Copied-From: %s\n",
		      pv_buf_text(&job->origin));
	rc = pv_buf_status(&message, &job->cli->err);
	opts.message = message.ptr;
	opts.no_verify = job->opts->no_verify;
	committed_options(&opts, &job->made);
	if (rc == PV_OK)
		rc = file_commit(&job->commit, job->cli, &change, 1, &opts);
	pv_buf_dispose(&message);
	return rc;
}

static int copy(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_strlist ids = { 0 };
	int rc = pv_strlist_add(&ids, job->id, &cli->err);

	if (rc == PV_OK)
		rc = autorelease_announce(&job->done, cli, &ids);
	if (rc == PV_OK) {
		rc = commit_file(job);
		if (rc == PV_OK)
			autorelease_commit(&job->done, cli, &job->made.ids);
		else if (!job->commit.hex[0])
			autorelease_forget(&job->done);
	}
	pv_strlist_dispose(&ids);
	return rc;
}

static void print(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_jsonw w;

	if (!cli->json) {
		cli_printf(cli, "[%.7s] %s is a copy of %s\n", job->commit.hex,
			   job->id, pv_buf_text(&job->origin));
		autorelease_text(cli, &job->done);
		return;
	}
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", job->id);
	pv_jsonw_member(&w, "path", pv_buf_text(&job->path));
	pv_jsonw_member(&w, "copied_from", pv_buf_text(&job->origin));
	pv_jsonw_member(&w, "blob", job->blob.hex);
	pv_jsonw_member(&w, "commit", job->commit.hex);
	cli_fallback_json(&w, &job->from);
	autorelease_json(&w, &job->done);
	pv_jsonw_object_end(&w);
}

int cmd_cp(pv_cli *cli, int argc, char **argv)
{
	struct cp_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts };
	int rc = cli_start(cli, &opts, &argc, argv);

	if (rc != PV_OK)
		return rc;
	job.id = argv[1];
	job.made.cli = cli;
	rc = load(&job, argv[0]);
	if (rc == PV_OK)
		rc = cli_made_fail(cli, copy(&job), &job.commit);
	if (rc == PV_OK) {
		cli_made(cli, "the commit %.7s is made all the same",
			 job.commit.hex);
		print(&job);
		rc = autorelease_status(&job.done);
	}
	job_dispose(&job);
	return rc;
}
