/* SPDX-License-Identifier: MIT
 *
 * `git pv mv OLD NEW`: gives a prompt, or all below a folder, another id by a
 * commit of its own, whose trailer Pv-Renamed-From says where it came from: its
 * versions, log and blame go on from there. Nothing else is changed; who names
 * the old id is told. What is moved, and what speaks against it, is in moves.c.
 */
#include <stddef.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/experiment_files.h"
#include "prompt/moves.h"
#include "repo/committed.h"
#include "repo/file_commit.h"
#include "repo/mentions.h"
#include "repo/prompts.h"
#include "version/autorelease.h"

struct mv_options {
	const char *message;
	int no_verify;
	int dry_run;
};

static const cli_option options[] = {
	{ 'm', "message", CLI_STRING, offsetof(struct mv_options, message),
	  "MSG", "the commit message, instead of \"Rename OLD to NEW\"" },
	{ 0, "no-verify", CLI_FLAG, offsetof(struct mv_options, no_verify),
	  NULL, "skip the hooks pre-commit and commit-msg" },
	{ 'n', "dry-run", CLI_FLAG, offsetof(struct mv_options, dry_run), NULL,
	  "say what would be moved, and change nothing" },
	{ 0 },
};

const cli_usage cmd_mv_usage = {
	.synopsis = { "git pv mv [-m MSG] [--no-verify] [--dry-run] [--json] OLD "
		      "NEW" },
	.examples = { "git pv mv support/triage support/routing",
		      "git pv mv --dry-run support/ help/" },
	.options = options,
	.args = "the old id, or a folder of ids, and the new one",
	.min_args = 2,
	.max_args = 2,
	.ids = CLI_IDS_FIRST,
};

/* Moves on their way. */
struct job {
	pv_cli *cli;
	const struct mv_options *opts;
	moves moves;
	pv_strlist includers; /* ids that include an old one */
	pv_strlist mentions;  /* other files that name one */
	pv_oid commit;        /* hex "" until made */
	committed made;
	autorelease done;
};

static void job_dispose(struct job *job)
{
	committed_dispose(&job->made);
	moves_dispose(&job->moves);
	pv_strlist_dispose(&job->includers);
	pv_strlist_dispose(&job->mentions);
	autorelease_dispose(&job->done);
}

/* --- who includes it ------------------------------------------------------- */

static int includes_old(const pv_prompt *prompt, const pv_strlist *old_ids)
{
	for (size_t i = 0; i < pv_prompt_include_count(prompt); i++)
		if (pv_strlist_search(old_ids, pv_prompt_include(prompt, i)) >= 0)
			return 1;
	return 0;
}

/* An includer may be moved, too. */
static int add_includer(struct job *job, const char *id)
{
	pv_buf now = { 0 };
	int rc = moves_follow(&now, &job->moves, id);

	if (rc == PV_OK)
		rc = pv_strlist_add(&job->includers, now.ptr, &job->cli->err);
	pv_buf_dispose(&now);
	return rc;
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
	if (rc == PV_OK && entry.prompt &&
	    includes_old(entry.prompt, &job->moves.old_ids))
		rc = add_includer(job, id.ptr);
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

static int load(struct job *job, char **names)
{
	int rc = moves_plan(&job->moves, names[0], names[1]);

	if (rc == PV_OK)
		rc = find_includers(job);
	return rc == PV_OK ? mentions_find(&job->mentions, job->cli,
					   &job->moves.old_ids)
			   : rc;
}

/* --- the move -------------------------------------------------------------- */

/* What a name is called in the message and to the user. */
static const char *end_of(const struct job *job)
{
	return job->moves.is_folder ? "/" : "";
}

static int write_message(pv_buf *out, const struct job *job)
{
	const char *old_name = pv_buf_text(&job->moves.old_name);
	const char *new_name = pv_buf_text(&job->moves.new_name);
	const char *end = end_of(job);

	if (job->opts->message)
		pv_buf_printf(out, "%s\n", job->opts->message);
	else
		pv_buf_printf(out, "Rename %s%s to %s%s\n", old_name, end,
			      new_name, end);
	pv_buf_printf(out, "\nPv-Renamed-From: %s%s\n", old_name, end);
	if (job->moves.is_folder)
		pv_buf_printf(out, "Pv-Renamed-To: %s/\n", new_name);
	return pv_buf_status(out, &job->cli->err);
}

static int commit_files(struct job *job, const char *message)
{
	const moves *all = &job->moves;
	pv_change *changes = pv_calloc(2 * all->count, sizeof(*changes));
	pv_commit_options opts = { 0 };
	int rc;

	if (!changes)
		return pv_fail_nomem(&job->cli->err);
	for (size_t i = 0; i < all->count; i++) {
		const move *item = &all->items[i];

		changes[2 * i].path = pv_buf_text(&item->old_path);
		changes[2 * i + 1] = (pv_change){ pv_buf_text(&item->new_path),
						  pv_buf_text(&item->bytes),
						  item->bytes.len };
	}
	opts.message = message;
	opts.no_verify = job->opts->no_verify;
	committed_options(&opts, &job->made);
	rc = file_commit(&job->commit, job->cli, changes, 2 * all->count, &opts);
	pv_free(changes);
	return rc;
}

static int add_new_ids(pv_strlist *out, const struct job *job)
{
	const moves *all = &job->moves;
	int rc = PV_OK;

	for (size_t i = 0; i < all->count && rc == PV_OK; i++)
		rc = pv_strlist_add(out, pv_buf_text(&all->items[i].new_id),
				    &job->cli->err);
	return rc;
}

static int move_all(struct job *job)
{
	pv_cli *cli = job->cli;
	pv_strlist ids = { 0 };
	pv_buf message = { 0 };
	int rc = write_message(&message, job);

	if (rc == PV_OK)
		rc = add_new_ids(&ids, job);
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
	const moves *all = &job->moves;
	pv_jsonw w;

	pv_jsonw_init(&w, &job->cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", pv_buf_text(&all->new_name));
	pv_jsonw_member(&w, "renamed_from", pv_buf_text(&all->old_name));
	pv_jsonw_member(&w, "commit",
			job->commit.hex[0] ? job->commit.hex : NULL);
	pv_jsonw_key(&w, "dry_run");
	pv_jsonw_bool(&w, job->opts->dry_run);
	pv_jsonw_key(&w, "moved");
	pv_jsonw_array(&w);
	for (size_t i = 0; i < all->count; i++) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "id", pv_buf_text(&all->items[i].new_id));
		pv_jsonw_member(&w, "renamed_from",
				pv_buf_text(&all->items[i].old_id));
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_array_end(&w);
	pv_jsonw_list(&w, "included_by", &job->includers);
	pv_jsonw_list(&w, "mentioned_in", &job->mentions);
	autorelease_json(&w, &job->done);
	pv_jsonw_object_end(&w);
}

static void print_moves(struct job *job)
{
	const moves *all = &job->moves;

	for (size_t i = 0; i < all->count; i++)
		cli_printf(job->cli, "%s -> %s\n",
			   pv_buf_text(&all->items[i].old_id),
			   pv_buf_text(&all->items[i].new_id));
}

static void print_text(struct job *job)
{
	pv_cli *cli = job->cli;
	const char *end = end_of(job);

	if (job->opts->dry_run) {
		print_moves(job);
		cli_note(cli, "nothing was moved: --dry-run");
		return;
	}
	cli_printf(cli, "[%.7s] %s%s is now %s%s\n", job->commit.hex,
		   pv_buf_text(&job->moves.old_name), end,
		   pv_buf_text(&job->moves.new_name), end);
	if (job->moves.is_folder)
		print_moves(job);
	autorelease_text(cli, &job->done);
}

static void warn_list(const struct job *job, const pv_strlist *list,
		      const char *const what[2])
{
	pv_cli *cli = job->cli;
	const char *name = pv_buf_text(&job->moves.old_name);

	if (!list->count)
		return;
	if (job->moves.is_folder)
		cli_warn(cli, "%zu %s still old ids below \"%s/\":", list->count,
			 what[list->count > 1], name);
	else
		cli_warn(cli, "%zu %s still the old id \"%s\":", list->count,
			 what[list->count > 1], name);
	for (size_t i = 0; i < list->count; i++)
		cli_warn(cli, "  %s", list->items[i]);
}

/*
 * What has begun is pinned to commits that have the old id, and goes on; what
 * has not needs it renamed where its variants are.
 */
static int hint_experiment(const experiment_file *file, const char *id,
			   const pv_error *err, void *payload)
{
	const struct job *job = payload;
	pv_cli *cli = job->cli;
	const pv_experiment *it = file ? file->it : NULL;
	pv_buf now = { 0 };
	int rc;

	(void)err;
	if (!it || it->status == PV_EXPERIMENT_CONCLUDED ||
	    pv_strlist_search(&job->moves.old_ids, it->prompt) < 0)
		return PV_OK;
	rc = moves_follow(&now, &job->moves, it->prompt);
	if (rc == PV_OK && it->epoch_count)
		cli_hint(cli,
			 "experiment \"%s\" goes on with the commits it is "
			 "pinned to: leave its file; what wins is merged into "
			 "\"%s\"",
			 id, pv_buf_text(&now));
	else if (rc == PV_OK)
		cli_hint(cli,
			 "experiment \"%s\" can start when its file and the "
			 "branches of its variants say \"%s\"",
			 id, pv_buf_text(&now));
	pv_buf_dispose(&now);
	return rc;
}

static int warn_who_names_it(struct job *job)
{
	static const char *const include[] = { "prompt includes",
					       "prompts include" };
	static const char *const name[] = { "file names", "files name" };

	warn_list(job, &job->includers, include);
	if (job->includers.count && job->moves.is_folder)
		cli_hint(job->cli,
			 "\"git pv edit ID\" opens one to name those "
			 "below \"%s/\" instead",
			 pv_buf_text(&job->moves.new_name));
	else if (job->includers.count)
		cli_hint(job->cli,
			 "\"git pv edit ID\" opens one to say \"%s\" "
			 "instead",
			 pv_buf_text(&job->moves.new_name));
	warn_list(job, &job->mentions, name);
	return job->mentions.count
		       ? experiment_each(job->cli, hint_experiment, job)
		       : PV_OK;
}

int cmd_mv(pv_cli *cli, int argc, char **argv)
{
	struct mv_options opts = { 0 };
	struct job job = { .cli = cli, .opts = &opts, .moves = { .cli = cli } };
	int rc;

	rc = cli_start(cli, &opts, &argc, argv);
	if (rc != PV_OK)
		return rc;
	job.made.cli = cli;
	rc = load(&job, argv);
	if (rc == PV_OK && !opts.dry_run) {
		rc = cli_made_fail(cli, move_all(&job), &job.commit);
		if (rc == PV_OK)
			cli_made(cli, "the commit %.7s is made all the same",
				 job.commit.hex);
	}
	if (rc == PV_OK && cli->json)
		print_json(&job);
	else if (rc == PV_OK)
		print_text(&job);
	if (rc == PV_OK)
		rc = warn_who_names_it(&job);
	if (rc == PV_OK)
		rc = autorelease_status(&job.done);
	job_dispose(&job);
	return rc;
}
