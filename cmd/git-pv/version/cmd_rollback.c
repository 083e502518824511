/* SPDX-License-Identifier: MIT
 *
 * `git pv rollback`. With --env it is rollback_env.c's; else it commits the
 * bytes a prompt had at an older version, as a new version. History is only
 * added to.
 */
#include <limits.h>
#include <stddef.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "ui/interrupt.h"
#include "version/autorelease.h"
#include "version/rollback.h"

static const cli_option options[] = {
	{ 0, "to", CLI_STRING, offsetof(struct rollback_options, to), "VERSION",
	  "the version to bring back, or any revision" },
	{ 'm', "message", CLI_STRING, offsetof(struct rollback_options, message),
	  "MSG", "why; becomes the second paragraph" },
	{ 'e', "env", CLI_STRING, offsetof(struct rollback_options, environment),
	  "E", "bring back what was live in that environment" },
	{ 0, "at", CLI_STRING, offsetof(struct rollback_options, at), "TIME",
	  "with --env: what was live then" },
	{ 0, "override", CLI_STRING, offsetof(struct rollback_options, override),
	  "WHY", "with --env: against the policy, for whom it lets do that" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct rollback_options, dry_run),
	  NULL, "with --env: only say what would be done" },
	{ 0, "push", CLI_FLAG, offsetof(struct rollback_options, push), NULL,
	  "with --env: fetch, roll back, and push it" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct rollback_options, no_verify),
	  NULL, "skip the hooks pre-commit and commit-msg" },
	{ 0 },
};

const cli_usage cmd_rollback_usage = {
	.synopsis = { "git pv rollback [-m MSG] [--no-verify] [--json] "
		      "--to VERSION ID",
		      "git pv rollback -e E [--to VERSION | --at TIME] [-m MSG] "
		      "[--override WHY] [--push] [-n] [--json] ID",
		      "git pv rollback -e E --at TIME [-m MSG] [--override WHY] "
		      "[--push] [-n] [--json]" },
	.examples = { "git pv rollback support/triage --to 1.2.0",
		      "git pv rollback support/triage --env production" },
	.options = options,
	.args = "the id of a prompt",
	.min_args = 0,
	.max_args = 1,
	.ids = CLI_IDS_FIRST,
};

/* A rollback on its way. */
struct job {
	const char *id;
	const struct rollback_options *opts;
	pv_buf path;
	pv_point head;
	pv_spec asked; /* for the old version */
	pv_buf bytes;  /* of that */
	pv_oid blob;
	pv_oid present; /* HEAD's blob; hex "" when it lacks the prompt */
	char *link;     /* where the link leads that is in its place; or NULL */
	pv_buf previous; /* version before */
	pv_buf version;  /* version after */
	pv_buf old;      /* version brought back */
	pv_oid commit;   /* hex "" when there was nothing to do */
	committed made;  /* what the commit has */
	autorelease done;
};

static void job_dispose(struct job *job)
{
	committed_dispose(&job->made);
	pv_spec_dispose(&job->asked);
	pv_buf_dispose(&job->path);
	pv_buf_dispose(&job->bytes);
	pv_free(job->link);
	pv_buf_dispose(&job->previous);
	pv_buf_dispose(&job->version);
	pv_buf_dispose(&job->old);
	autorelease_dispose(&job->done);
}

static int describe(pv_buf *out, const struct job *job, pv_cli *cli,
		    const pv_point *at)
{
	return pv_version_describe(out, cli->store, &cli->settings, job->id, at,
				   &cli->err);
}

/*
 * What was brought back, by the name it was asked for: a later version may
 * have the same bytes.
 */
static int name_old(struct job *job, pv_cli *cli, const pv_spec *spec)
{
	pv_version_list list = { 0 };
	const char *name = spec->version;
	int rc = PV_OK;

	if (!*name)
		rc = pv_version_list_load(&list, cli->store, &cli->settings,
					  job->id, &cli->err);
	for (size_t i = 0; rc == PV_OK && !*name && i < list.count; i++)
		if (!strcmp(list.items[i].commit.hex, spec->at.commit.hex) &&
		    !strcmp(list.items[i].blob.hex, job->blob.hex))
			name = list.items[i].text;
	pv_buf_puts(&job->old, name);
	if (rc == PV_OK && !*name)
		rc = describe(&job->old, job, cli, &spec->at);
	pv_version_list_dispose(&list);
	return rc;
}

static int read_old(struct job *job, pv_cli *cli)
{
	pv_spec *spec = &job->asked;
	pv_buf text = { 0 };
	int rc;

	pv_buf_printf(&text, "%s@%s", job->id, job->opts->to);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = cli_spec_resolve(spec, cli, text.ptr, PV_SPEC_COMMIT);
	if (rc == PV_OK && spec->at.kind != PV_AT_COMMIT)
		rc = pv_fail(&cli->err, PV_EINVALID,
			     "\"%s\" is no committed version", job->opts->to);
	if (rc == PV_OK)
		rc = pv_store_read(&job->bytes, &job->blob, cli->store,
				   &spec->at, spec->path, &cli->err);
	if (rc == PV_OK)
		rc = name_old(job, cli, spec);
	pv_buf_dispose(&text);
	return rc;
}

/* HEAD's state; a prompt that was removed since can be brought back, too. */
static int read_present(struct job *job, pv_cli *cli)
{
	int rc;

	job->head.kind = PV_AT_COMMIT;
	rc = pv_store_head(NULL, &job->head.commit, cli->store, &cli->err);
	if (rc != PV_OK)
		return rc;
	rc = pv_store_find(&job->present, cli->store, &job->head,
			   pv_buf_text(&job->path), &cli->err);
	if (rc == PV_ENOTFOUND) {
		job->present.hex[0] = '\0';
		pv_error_clear(&cli->err);
		return PV_OK;
	}
	return rc == PV_OK ? describe(&job->previous, job, cli, &job->head) : rc;
}

/* Committed by others: a link is no prompt, so one may come back here. */
static int read_link(struct job *job, pv_cli *cli)
{
	char target[PATH_MAX];
	pv_buf path = { 0 };
	ssize_t len;
	int rc;

	pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store),
		      pv_buf_text(&job->path));
	rc = pv_buf_status(&path, &cli->err);
	len = rc == PV_OK ? readlink(path.ptr, target, sizeof(target)) : -1;
	if (len > 0) {
		job->link = pv_strndup(target, (size_t)len);
		rc = job->link ? PV_OK : pv_fail_nomem(&cli->err);
	}
	pv_buf_dispose(&path);
	return rc;
}

static int load(struct job *job, pv_cli *cli)
{
	int rc;

	rc = pv_prompt_path(&job->path, &cli->settings, job->id, &cli->err);
	if (rc == PV_OK)
		rc = file_commit_state(cli);
	if (rc == PV_OK)
		rc = file_commit_clean(cli, pv_buf_text(&job->path));
	if (rc == PV_OK)
		rc = read_old(job, cli);
	if (rc == PV_OK)
		rc = read_present(job, cli);
	if (rc == PV_OK)
		rc = read_link(job, cli);
	return rc;
}

/* Takes what is at the path away, and puts the link there, if any. */
static int replace_by(const char *link, const struct job *job, pv_cli *cli)
{
	pv_buf path = { 0 };
	int rc;

	pv_buf_printf(&path, "%s/%s", pv_store_work_dir(cli->store),
		      pv_buf_text(&job->path));
	rc = pv_buf_status(&path, NULL);
	if (rc == PV_OK)
		unlink(path.ptr);
	if (rc == PV_OK && link && symlink(link, path.ptr) < 0)
		rc = PV_EIO;
	pv_buf_dispose(&path);
	return rc;
}

static int put_back(pv_swap *swap, const struct job *job, pv_cli *cli)
{
	int rc = swap ? pv_swap_undo(swap, NULL) : PV_OK;

	return rc == PV_OK && job->link ? replace_by(job->link, job, cli) : rc;
}

static int commit_file(struct job *job, pv_cli *cli, const char *message)
{
	pv_change change = { pv_buf_text(&job->path), pv_buf_text(&job->bytes),
			     job->bytes.len };
	pv_commit_options opts = { 0 };
	pv_swap *swap = NULL;
	int rc;

	opts.message = message;
	committed_options(&opts, &job->made);
	opts.no_verify = job->opts->no_verify;
	interrupt_hold();
	if (job->link)
		replace_by(NULL, job, cli);
	rc = pv_store_swap_files(&swap, cli->store, &change, 1, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_commit_paths(&job->commit, cli->store,
					   &change.path, 1, &opts, &cli->err);
	/* A commit that was refused leaves the file as it was. */
	if (rc < 0 && !job->commit.hex[0] && put_back(swap, job, cli) < 0)
		cli_warn(cli, "\"%s\" could not be put back", change.path);
	pv_swap_free(swap);
	return rc;
}

static int commit(struct job *job, pv_cli *cli)
{
	pv_strlist ids = { 0 };
	pv_buf message = { 0 };
	int rc;

	pv_buf_printf(&message, "Roll back %s to %s\n", job->id,
		      pv_buf_text(&job->old));
	if (job->opts->message)
		pv_buf_printf(&message, "\n%s\n", job->opts->message);
	rc = pv_buf_status(&message, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(&ids, job->id, &cli->err);
	if (rc == PV_OK)
		rc = autorelease_announce(&job->done, cli, &ids);
	if (rc != PV_OK)
		goto out;
	rc = commit_file(job, cli, message.ptr);
	if (rc == PV_OK)
		autorelease_commit(&job->done, cli, &job->made.ids);
	else if (!job->commit.hex[0])
		autorelease_forget(&job->done);
	if (rc == PV_OK)
		job->head.commit = job->commit;
out:
	pv_strlist_dispose(&ids);
	pv_buf_dispose(&message);
	return rc;
}

static void print_json(pv_cli *cli, const struct job *job, const pv_commit *head)
{
	char at[PV_TIME_TEXT];
	pv_jsonw w;

	pv_time_format(at, head->committer.when * 1000000);
	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_key(&w, "success");
	pv_jsonw_bool(&w, 1);
	pv_jsonw_member(&w, "deployment_id", NULL);
	pv_jsonw_member(&w, "id", job->id);
	pv_jsonw_member(&w, "version", pv_buf_text(&job->version));
	pv_jsonw_member(&w, "commit", head->oid.hex);
	pv_jsonw_member(&w, "blob", job->blob.hex);
	pv_jsonw_member(&w, "environment", NULL);
	pv_jsonw_member(&w, "previous",
			job->previous.len ? job->previous.ptr : NULL);
	pv_jsonw_member(&w, "rolled_back_to", pv_buf_text(&job->old));
	cli_fallback_json(&w, &job->asked);
	pv_jsonw_member(&w, "actor", head->committer.name);
	pv_jsonw_member(&w, "at", at);
	pv_jsonw_key(&w, "changed");
	pv_jsonw_bool(&w, job->commit.hex[0] != '\0');
	pv_jsonw_key(&w, "checks");
	pv_jsonw_raw(&w, "[]", 2);
	autorelease_json(&w, &job->done);
	pv_jsonw_object_end(&w);
}

static void print_text(pv_cli *cli, const struct job *job, const pv_commit *head)
{
	if (!job->commit.hex[0]) {
		cli_printf(cli, "%s is at %s already\n", job->id,
			   pv_buf_text(&job->old));
		return;
	}
	cli_printf(cli, "[%.7s] ", head->oid.hex);
	cli_line(cli, head->subject);
	cli_puts(cli, "\n");
	autorelease_text(cli, &job->done);
}

static int print(pv_cli *cli, struct job *job)
{
	pv_commit head = { 0 };
	int rc;

	if (job->commit.hex[0])
		cli_made(cli, "the commit %.7s is made all the same",
			 job->commit.hex);
	rc = pv_store_commit_read(&head, cli->store, &job->head.commit,
				  &cli->err);
	if (rc == PV_OK)
		rc = describe(&job->version, job, cli, &job->head);
	if (rc == PV_OK && cli->json)
		print_json(cli, job, &head);
	else if (rc == PV_OK)
		print_text(cli, job, &head);
	pv_commit_dispose(&head);
	return rc == PV_OK ? autorelease_status(&job->done) : rc;
}

/* An environment is rolled back without a working tree. */
static void need_less(pv_cli *cli, int argc, char **argv)
{
	for (int i = 0; i < argc; i++) {
		if (!strcmp(argv[i], "--"))
			return;
		if (strncmp(argv[i], "-e", 2) != 0 &&
		    !pv_str_has_prefix(argv[i], "--env"))
			continue;
		cli_verb_usage(cli, &cmd_rollback_usage);
		cli->verb.needs &= ~(unsigned)CLI_WORKTREE;
		return;
	}
}

/* Commits the bytes of an older version. */
static int bring_back(pv_cli *cli, const struct rollback_options *opts,
		      const char *id)
{
	struct job job = { .id = id, .opts = opts };
	int rc;

	job.made.cli = cli;
	rc = load(&job, cli);
	if (rc == PV_OK && strcmp(job.blob.hex, job.present.hex) != 0)
		rc = commit(&job, cli);
	if (rc == PV_OK)
		rc = print(cli, &job);
	job_dispose(&job);
	return rc;
}

int cmd_rollback(pv_cli *cli, int argc, char **argv)
{
	struct rollback_options opts = { 0 };
	int rc;

	need_less(cli, argc, argv);
	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	if (opts.environment)
		return rollback_environment(cli, &opts, argc ? argv[0] : NULL);
	if (opts.at || opts.dry_run || opts.override || opts.push)
		return cli_usage_error(cli, "--at, --dry-run, --override and "
					    "--push need --env");
	if (!argc)
		return cli_usage_error(cli, "rollback needs the id of a prompt");
	if (!opts.to)
		return cli_usage_error(cli, "rollback needs --to VERSION");
	return bring_back(cli, &opts, argv[0]);
}
