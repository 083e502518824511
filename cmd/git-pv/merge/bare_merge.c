/* SPDX-License-Identifier: MIT
 *
 * See bare_merge.h. The branch is moved once, from where it was when the
 * merge began, so that what somebody else puts there meanwhile is not lost: who
 * was slower merges anew.
 */
#include "merge/bare_merge.h"

#include <string.h>

#include <pv/git.h>
#include <pv/merge.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/conflict.h"
#include "setup/settings_warn.h"
#include "version/autorelease.h"

enum {
	MAX_ATTEMPTS = 200 /* each lost to a merge that was made */
};

/* A merge under way. */
struct bare {
	pv_cli *cli;
	const bare_merge_options *opts;
	const pv_oid *target;
	pv_buf branch; /* full name, or "HEAD" when it is detached */
	pv_oid before;
	pv_oid after;
	const char *result; /* as CONTRACTS calls it */
	pv_commit_merge *merge;
	autorelease done;
};

/* --- what is merged ------------------------------------------------------ */

static int find_head(struct bare *it)
{
	pv_cli *cli = it->cli;
	pv_buf name = { 0 };
	int rc = pv_store_head(&name, &it->before, cli->store, &cli->err);

	if (rc == PV_OK && !it->before.hex[0])
		rc = pv_fail(&cli->err, PV_ENOTFOUND,
			     "branch \"%s\" has no commit yet",
			     pv_buf_text(&name));
	if (name.len)
		pv_buf_printf(&it->branch, "refs/heads/%s", name.ptr);
	else
		pv_buf_puts(&it->branch, "HEAD");
	pv_buf_dispose(&name);
	return rc;
}

static int find_named(struct bare *it)
{
	pv_cli *cli = it->cli;
	int rc;

	pv_buf_printf(&it->branch, "refs/heads/%s", it->opts->into);
	rc = pv_buf_status(&it->branch, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref(&it->before, cli->store, it->branch.ptr,
				  &cli->err);
	return rc;
}

static int find_branch(struct bare *it)
{
	pv_cli *cli = it->cli;
	int rc;

	pv_buf_clear(&it->branch);
	rc = it->opts->into ? find_named(it) : find_head(it);
	if (rc == PV_OK)
		rc = pv_buf_status(&it->branch, &cli->err);
	if (rc == PV_OK && !it->opts->is_dry)
		rc = pv_branch_check_free(cli->store, it->branch.ptr, &cli->err);
	return rc;
}

static enum merge_forward configured_forward(pv_cli *cli)
{
	enum merge_forward how = MERGE_FORWARD_AS_SET;
	pv_buf value = { 0 };

	if (cli_config(&value, cli, "merge.ff")) {
		if (strcmp(pv_buf_text(&value), "only") == 0)
			how = MERGE_FORWARD_ONLY;
		else if (!pv_store_config_bool(cli->store, "merge.ff", 1))
			how = MERGE_FORWARD_NEVER;
	}
	pv_buf_dispose(&value);
	return how;
}

/* --- the message --------------------------------------------------------- */

static int has_ref(pv_cli *cli, const char *folder, const char *name)
{
	pv_buf ref = { 0 };
	pv_oid oid;
	int found;

	pv_buf_printf(&ref, "refs/%s/%s", folder, name);
	found = pv_store_ref(&oid, cli->store, pv_buf_text(&ref), NULL) == PV_OK;
	pv_buf_dispose(&ref);
	return found;
}

/* What git calls that which is merged. */
static const char *kind_of(pv_cli *cli, const char *name)
{
	if (has_ref(cli, "heads", name))
		return "branch";
	if (has_ref(cli, "tags", name))
		return "tag";
	return has_ref(cli, "remotes", name) ? "remote-tracking branch"
					     : "commit";
}

/* Git's own message for a merge. */
static int usual_message(pv_buf *out, const struct bare *it)
{
	const char *args[] = { "fmt-merge-msg", NULL, NULL, NULL };
	pv_cli *cli = it->cli;
	pv_git_options opts = { 0 };
	pv_buf line = { 0 };
	int status = 0;
	int rc;

	if (it->opts->into) {
		args[1] = "--into-name";
		args[2] = it->opts->into;
	}
	pv_buf_printf(&line, "%s\t\t%s '%s'\n", it->target->hex,
		      kind_of(cli, it->opts->name), it->opts->name);
	rc = pv_buf_status(&line, &cli->err);
	opts.input = line.ptr;
	opts.input_len = line.len;
	if (rc == PV_OK)
		rc = pv_git_run(out, &status, cli->store, args, &opts, &cli->err);
	if (rc == PV_OK && status)
		rc = pv_fail(&cli->err, PV_EGIT,
			     "git fmt-merge-msg exits with status %d", status);
	pv_buf_dispose(&line);
	return rc;
}

static int make_message(pv_buf *out, const struct bare *it)
{
	const cli_list *given = it->opts->messages;

	if (!given->count)
		return usual_message(out, it);
	for (size_t i = 0; i < given->count; i++)
		pv_buf_printf(out, "%s%s\n", i ? "\n" : "",
			      given->items[i].value);
	return pv_buf_status(out, &it->cli->err);
}

/* --- moving the branch --------------------------------------------------- */

static int refuse_merge(struct bare *it)
{
	pv_fail(&it->cli->err, PV_EGIT, "\"%s\" is not ahead of %s",
		it->opts->name, it->opts->into ? it->opts->into : "this branch");
	return pv_error_hint(&it->cli->err, PV_EGIT,
			     "nothing was merged; without --ff-only a merge "
			     "commit is made");
}

static int commit(struct bare *it)
{
	pv_cli *cli = it->cli;
	pv_merge_commit merge = { .refname = pv_buf_text(&it->branch),
				  .tree = *pv_commit_merge_tree(it->merge),
				  .ours = it->before,
				  .theirs = *it->target };
	pv_commit_options opts = { 0 };
	pv_buf message = { 0 };
	pv_buf reflog = { 0 };
	int rc = make_message(&message, it);

	pv_buf_printf(&reflog, "merge %s: Merge made in memory.", it->opts->name);
	if (rc == PV_OK)
		rc = pv_buf_status(&reflog, &cli->err);
	merge.reflog = reflog.ptr;
	opts.message = pv_buf_text(&message);
	if (rc == PV_OK)
		rc = pv_store_commit_merge(&it->after, cli->store, &merge,
					   &opts, &cli->err);
	pv_buf_dispose(&message);
	pv_buf_dispose(&reflog);
	return rc;
}

static int forward(struct bare *it)
{
	pv_cli *cli = it->cli;
	pv_buf reflog = { 0 };
	int rc;

	pv_buf_printf(&reflog, "merge %s: Fast-forward", it->opts->name);
	rc = pv_buf_status(&reflog, &cli->err);
	if (rc == PV_OK)
		rc = pv_store_ref_update(cli->store, pv_buf_text(&it->branch),
					 it->target, &it->before, reflog.ptr,
					 &cli->err);
	if (rc == PV_OK)
		it->after = *it->target;
	pv_buf_dispose(&reflog);
	return rc;
}

/* Moves the branch under a note, so that a crash leaves no version out. */
static int move(struct bare *it, int (*how)(struct bare *it))
{
	int rc;

	if (it->opts->is_dry)
		return PV_OK;
	rc = autorelease_announce_move(&it->done, it->cli);
	if (rc == PV_OK)
		rc = how(it);
	if (rc < 0) {
		autorelease_forget(&it->done);
		return rc;
	}
	settings_warn_merged(it->cli, &it->before, &it->after);
	autorelease_move(&it->done, it->cli, &it->before);
	return PV_OK;
}

static int settle(struct bare *it)
{
	enum merge_forward how = it->opts->forward;

	if (how == MERGE_FORWARD_AS_SET)
		how = configured_forward(it->cli);
	it->after = it->before;
	switch (pv_commit_merge_kind(it->merge)) {
	case PV_COMMITS_UP_TO_DATE:
		it->result = "up-to-date";
		return PV_OK;
	case PV_COMMITS_FAST_FORWARD:
		if (how == MERGE_FORWARD_NEVER)
			break;
		it->result = "fast-forward";
		return move(it, forward);
	case PV_COMMITS_MERGED:
		break;
	case PV_COMMITS_IN_CONFLICT:
		it->result = "conflict";
		return how == MERGE_FORWARD_ONLY ? refuse_merge(it) : PV_OK;
	}
	if (how == MERGE_FORWARD_ONLY)
		return refuse_merge(it);
	it->result = "merged";
	return move(it, commit);
}

/* --- what became of it --------------------------------------------------- */

static int is_conflict(const struct bare *it)
{
	return pv_commit_merge_kind(it->merge) == PV_COMMITS_IN_CONFLICT;
}

/* What the merge has decided although both sides had changed it. */
static void tell_notes(const struct bare *it)
{
	size_t count = pv_commit_merge_note_count(it->merge);

	for (size_t i = 0; i < count; i++) {
		const pv_commit_merge_note *note =
			pv_commit_merge_note_at(it->merge, i);

		cli_note(it->cli, "%s: %s: %s is higher than %s and stands",
			 note->file, note->note.path, note->note.taken_json,
			 note->note.dropped_json);
	}
}

static pv_oid blob_of(const pv_merge_file_at *at)
{
	static const pv_oid none = { "" };

	return (at->mode & 0170000) == 0160000 ? none : at->blob;
}

/* Calls `fn` for each field in conflict. */
static int each_conflict(const struct bare *it,
			 int (*fn)(const conflict_row *row, void *payload),
			 void *payload)
{
	size_t count = pv_commit_merge_count(it->merge);
	pv_conflict *paths = pv_calloc(count + 1, sizeof(*paths));
	int rc;

	if (!paths)
		return pv_fail_nomem(&it->cli->err);
	for (size_t i = 0; i < count; i++) {
		const pv_merge_path *path = pv_commit_merge_at(it->merge, i);

		paths[i].path = path->path;
		paths[i].base = blob_of(&path->base);
		paths[i].ours = blob_of(&path->ours);
		paths[i].theirs = blob_of(&path->theirs);
	}
	rc = conflict_each_of(it->cli, paths, count, fn, payload);
	pv_free(paths);
	return rc;
}

static int print_json(const struct bare *it)
{
	pv_cli *cli = it->cli;
	pv_jsonw w;
	int rc = PV_OK;

	pv_jsonw_init(&w, &cli->out);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "result", it->result);
	pv_jsonw_member(&w, "commit", it->after.hex);
	if (it->opts->is_dry) {
		pv_jsonw_key(&w, "dry_run");
		pv_jsonw_bool(&w, 1);
	}
	autorelease_json(&w, &it->done);
	pv_jsonw_key(&w, "conflicts");
	pv_jsonw_array(&w);
	if (is_conflict(it))
		rc = each_conflict(it, conflict_row_put, &w);
	pv_jsonw_array_end(&w);
	pv_jsonw_object_end(&w);
	return rc;
}

static const char *where_to_settle(const struct bare *it)
{
	if (pv_store_is_bare(it->cli->store))
		return "nothing was changed; merge in a clone, where \"git pv "
		       "resolve\" settles conflicts, and push";
	return "nothing was changed; \"git pv switch\" to the branch and merge "
	       "there, where \"git pv resolve\" settles conflicts";
}

static int print_conflicts(const struct bare *it)
{
	pv_cli *cli = it->cli;
	int rc = each_conflict(it, conflict_row_text, cli);

	if (rc == PV_OK && !pv_commit_merge_count(it->merge))
		cli_puts(cli, "conflict: it cannot be told where the files of "
			      "a renamed folder go\n");
	if (rc == PV_OK)
		rc = cli_flush(cli);
	cli_hint(cli, "%s",
		 it->opts->is_dry ? "nothing was changed: --dry-run"
				  : where_to_settle(it));
	return rc;
}

static int print_text(const struct bare *it)
{
	pv_cli *cli = it->cli;

	tell_notes(it);
	if (is_conflict(it))
		return print_conflicts(it);
	cli_puts(cli, it->result);
	cli_puts(cli, "\n");
	autorelease_text(cli, &it->done);
	if (it->opts->is_dry)
		cli_note(cli, "nothing was merged: --dry-run");
	return PV_OK;
}

static int attempt(struct bare *it, const pv_commit_merge_options *how)
{
	pv_cli *cli = it->cli;
	int rc = find_branch(it);

	pv_commit_merge_free(it->merge);
	it->merge = NULL;
	if (rc == PV_OK)
		rc = pv_commit_merge_new(&it->merge, cli->store, &it->before,
					 it->target, how, &cli->err);
	return rc == PV_OK ? settle(it) : rc;
}

/* Whether the branch is elsewhere since the merge began. */
static int is_overtaken(const struct bare *it)
{
	pv_oid now = { "" };
	int rc = it->opts->into
			 ? pv_store_ref(&now, it->cli->store,
					pv_buf_text(&it->branch), NULL)
			 : pv_store_head(NULL, &now, it->cli->store, NULL);

	return rc == PV_OK && strcmp(now.hex, it->before.hex) != 0;
}

int bare_merge(pv_cli *cli, const pv_oid *target, const bare_merge_options *opts)
{
	struct bare it = { .cli = cli,
			   .opts = opts,
			   .target = target,
			   .done.branch = opts->into };
	pv_commit_merge_options how = { .our_label = "HEAD",
					.their_label = opts->name,
					.prompts = cli->settings.prompts_dir,
					.dry_run = opts->is_dry,
					.all_or_nothing = 1 };
	int rc;
	int lost = 0;

	do {
		pv_error_clear(&cli->err);
		rc = attempt(&it, &how);
	} while (rc == PV_ECONFLICT && is_overtaken(&it) && ++lost < MAX_ATTEMPTS);
	if (lost == MAX_ATTEMPTS)
		pv_error_hint(&cli->err, rc,
			      "nothing was merged; others are at it: try again");
	if (rc == PV_OK)
		rc = cli->json ? print_json(&it) : print_text(&it);
	if (rc == PV_OK)
		rc = is_conflict(&it) ? 1 : autorelease_status(&it.done);
	autorelease_dispose(&it.done);
	pv_commit_merge_free(it.merge);
	pv_buf_dispose(&it.branch);
	return rc;
}
