/* SPDX-License-Identifier: MIT
 *
 * See gitmove.h: running git and judging what became of it.
 */
#include "repo/gitmove.h"

#include <string.h>

#include <pv/git.h>

#include "base/fail.h"
#include "base/file.h"
#include "base/mem.h"
#include "repo/git.h"
#include "repo/half_moved.h"
#include "repo/hooked.h"
#include "repo/selection.h"
#include "setup/merge_attributes.h"
#include "setup/wiring.h"
#include "ui/interrupt.h"

int git_move_arg(git_move *move, pv_cli *cli, const char *arg)
{
	return pv_strlist_add(&move->args, arg, &cli->err);
}

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

int git_move_is_ambiguous(pv_cli *cli, const char *name)
{
	return has_ref(cli, "heads", name) && has_ref(cli, "tags", name);
}

int git_move_rev(git_move *move, pv_cli *cli, const char *name)
{
	pv_buf full = { 0 };
	int rc;

	if (!git_move_is_ambiguous(cli, name))
		return git_move_arg(move, cli, name);
	pv_buf_printf(&full, "heads/%s", name);
	rc = pv_buf_status(&full, &cli->err);
	if (rc == PV_OK)
		rc = git_move_arg(move, cli, full.ptr);
	pv_buf_dispose(&full);
	return rc;
}

/* Adds "-c key=value" for a setting of the driver that is not made yet. */
static int wire(pv_strlist *out, pv_cli *cli, const cli_setting *setting)
{
	pv_buf text = { 0 };
	int rc = PV_OK;

	if (cli_config(&text, cli, setting->key))
		goto out;
	pv_buf_printf(&text, "%s=%s", setting->key, setting->value);
	rc = pv_buf_status(&text, &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(out, "-c", &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(out, text.ptr, &cli->err);
out:
	pv_buf_dispose(&text);
	return rc;
}

/* Adds "-c key=value" by which prompts without attributes are ours to merge. */
static int wire_attributes(pv_strlist *out, pv_note *file, pv_cli *cli)
{
	pv_buf text = { 0 };
	int rc = merge_attributes(&text, file, cli);

	if (rc == PV_OK)
		rc = pv_strlist_add(out, "-c", &cli->err);
	if (rc == PV_OK)
		rc = pv_strlist_add(out, text.ptr, &cli->err);
	pv_buf_dispose(&text);
	return rc;
}

/* The whole command line: wiring, then the arguments. */
static int command_line(pv_strlist *out, pv_note *attributes,
			const git_move *move, pv_cli *cli)
{
	const cli_setting *setting = cli_driver_settings();
	int rc = PV_OK;

	for (; setting->key && rc == PV_OK; setting++)
		if (pv_str_has_prefix(setting->key, "merge."))
			rc = wire(out, cli, setting);
	if (rc == PV_OK && !move->is_of_refs)
		rc = wire_attributes(out, attributes, cli);
	for (size_t i = 0; i < move->args.count && rc == PV_OK; i++)
		rc = pv_strlist_add(out, move->args.items[i], &cli->err);
	return rc;
}

static int run(git_move *move, pv_cli *cli, const pv_strlist *line)
{
	static const char *const no_editor[] = { "GIT_EDITOR=:", NULL };
	const char **args = pv_calloc(line->count + 1, sizeof(*args));
	pv_git_options opts = { 0 };
	pv_buf output = { 0 };
	int rc;

	if (!args)
		return pv_fail_nomem(&cli->err);
	for (size_t i = 0; i < line->count; i++)
		args[i] = line->items[i];
	if (!move->interactive) {
		opts.env = no_editor;
		interrupt_hold();
	}
	if (cli->json || cli->quiet)
		opts.errors = &move->talk;
	rc = cli_flush(cli);
	if (rc == PV_OK)
		rc = pv_git_run(opts.errors ? &output : NULL, &move->status,
				cli->store, args, &opts, &cli->err);
	if (rc == PV_ECANCELED)
		pv_error_hint(&cli->err, rc,
			      "git was stopped in the middle: \"git status\" "
			      "shows what it left, \"git reset --merge\" drops "
			      "it");
	pv_buf_dispose(&output);
	pv_free(args);
	return rc;
}

static int count_unmerged(const pv_conflict *conflict, void *payload)
{
	size_t *count = payload;

	(void)conflict;
	++*count;
	return 0;
}

/* Where HEAD is, and how many paths are in conflict. */
static int look(pv_oid *head_out, size_t *unmerged_out, pv_cli *cli)
{
	int rc = pv_store_head(NULL, head_out, cli->store, &cli->err);

	if (rc != PV_OK)
		return rc;
	return pv_store_conflict_each(cli->store, count_unmerged, unmerged_out,
				      &cli->err);
}

/* Appends what git has written down as the message, if it has. */
static int read_message(pv_buf *out, const pv_cli *cli)
{
	pv_buf path = { 0 };
	int found;

	pv_buf_printf(&path, "%s/MERGE_MSG", pv_store_git_dir(cli->store));
	found = path.status == PV_OK && pv_file_exists(path.ptr);
	if (found && out)
		pv_file_read(out, path.ptr, NULL);
	pv_buf_dispose(&path);
	return found;
}

/* Git writes the message down once the index holds what it will commit. */
static int has_message(const pv_cli *cli)
{
	return read_message(NULL, cli);
}

/*
 * Whether rerere has staged what was recorded: the list of conflicts was
 * written before that, and stays in the message.
 */
static int is_replayed(pv_cli *cli)
{
	pv_buf message = { 0 };
	int found = pv_store_config_bool(cli->store, "rerere.autoUpdate", 0) &&
		    read_message(&message, cli) &&
		    strstr(pv_buf_text(&message), " Conflicts:\n");

	pv_buf_dispose(&message);
	return found;
}

static int find_staged(const pv_status_entry *entry, void *payload)
{
	(void)payload;
	return entry->staged != ' ' && entry->staged != '?';
}

static int has_staged(pv_cli *cli)
{
	return pv_store_status(cli->store, NULL, 0, find_staged, NULL, NULL) == 1;
}

/* Whether a commit is due: a merge is one even when it changes no file. */
static int is_due(pv_cli *cli)
{
	return pv_store_state(cli->store) == PV_STATE_MERGE || has_staged(cli);
}

/* Whether the merge under way leaves HEAD's files as they are. */
static int changes_nothing(pv_cli *cli)
{
	static const char *const merge[] = { "merge-tree", "--write-tree",
					     "HEAD", "MERGE_HEAD", NULL };
	static const char *const head[] = { "rev-parse", "HEAD^{tree}", NULL };
	pv_buf merged = { 0 };
	pv_buf present = { 0 };
	int status = cli_git_status(&merged, cli, merge);
	int is_same;

	/* One that conflicts is none of those; an old git cannot tell. */
	is_same = status != 1 &&
		  (status != 0 || cli_git_status(&present, cli, head) != 0 ||
		   strcmp(pv_buf_text(&merged), pv_buf_text(&present)) == 0);
	pv_buf_dispose(&merged);
	pv_buf_dispose(&present);
	return is_same;
}

/*
 * Git goes on after an index that it could not write, and leaves a merge that
 * would be committed with our files only.
 */
static int is_unwritten(pv_cli *cli)
{
	return pv_store_state(cli->store) == PV_STATE_MERGE &&
	       !has_staged(cli) && !changes_nothing(cli);
}

int git_move_run(git_move *move, pv_cli *cli)
{
	int had_message = has_message(cli);
	pv_strlist line = { 0 };
	pv_buf staged = { 0 };
	pv_note attributes = { 0 };
	int rc;

	rc = move->is_of_refs
		     ? PV_OK
		     : pv_git_wait(cli->store, !move->is_switch, &cli->err);
	if (rc == PV_OK)
		rc = look(&move->before, &move->was_unmerged, cli);
	if (rc == PV_OK)
		rc = command_line(&line, &attributes, move, cli);
	if (rc == PV_OK && move->concludes)
		rc = hooked_note(&staged, cli);
	if (rc == PV_OK && !move->is_of_refs)
		rc = half_moved_note(&move->dirty, cli);
	if (rc == PV_OK)
		rc = run(move, cli, &line);
	pv_note_remove(&attributes);
	pv_note_dispose(&attributes);
	if (rc == PV_OK && move->status == 0)
		cli_made(cli, "the %s is made all the same", move->args.items[0]);
	if (rc == PV_OK)
		rc = look(&move->after, &move->unmerged, cli);
	move->is_due = rc == PV_OK && move->status != 0 && !move->unmerged &&
		       has_message(cli) && is_due(cli);
	move->is_prepared = move->is_due && !had_message;
	move->is_replayed = rc == PV_OK && move->status != 0 &&
			    !move->unmerged && !had_message && is_replayed(cli);
	if (move->is_prepared && !move->is_replayed && is_unwritten(cli)) {
		move->is_prepared = 0;
		move->is_unwritten = 1;
	}
	move->is_empty = rc == PV_OK && move->status == 1 && !move->unmerged &&
			 has_message(cli) && !is_due(cli) &&
			 strcmp(move->before.hex, move->after.hex) == 0;
	if (rc == PV_OK && git_move_is_done(move))
		rc = hooked_tell(&staged, cli);
	pv_strlist_dispose(&line);
	pv_buf_dispose(&staged);
	return rc;
}

int git_move_is_conflict(const git_move *move)
{
	return move->status != 0 && move->unmerged && !move->was_unmerged;
}

int git_move_check_staged(pv_cli *cli)
{
	selection staged = { 0 };
	int rc = selection_load(&staged, cli, NULL, 0, 1);

	if (rc == PV_OK)
		rc = selection_check(&staged, cli);
	selection_dispose(&staged);
	return rc;
}

/* Git's first line without its prefix, its list of paths behind it. */
static void summarize(pv_buf *out, const char *talk)
{
	static const char *const prefixes[] = { "error: ", "fatal: ",
						"warning: ", "hint: " };
	pv_str text = pv_str_trim(pv_str_of(talk));

	for (size_t i = 0; i < pv_array_len(prefixes); i++) {
		size_t len = strlen(prefixes[i]);

		if (text.len > len && memcmp(text.ptr, prefixes[i], len) == 0) {
			text.ptr += len;
			text.len -= len;
		}
	}
	for (size_t i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '\n' && i + 1 < text.len && text.ptr[i + 1] != '\t')
			break;
		if (c == '\n')
			pv_buf_putc(out, ' ');
		else if (c != '\t')
			pv_buf_putc(out, c);
	}
}

/* How to undo half a move; nothing where that cannot be found out either. */
static void find_cure(pv_buf *cure, const git_move *move, pv_cli *cli)
{
	if (git_move_is_done(move) || move->is_of_refs ||
	    half_moved_cure(cure, cli, &move->dirty, &move->target) == PV_OK)
		return;
	pv_buf_dispose(cure);
	pv_error_clear(&cli->err);
}

int git_move_fail(const git_move *move, pv_cli *cli, const char *hint)
{
	const char *verb = move->args.items[0];
	pv_buf words = { 0 };
	pv_buf cure = { 0 };
	int rc;

	find_cure(&cure, move, cli);
	if (cure.len)
		hint = cure.ptr;
	rc = pv_git_obstacle(cli->store, pv_buf_text(&move->talk), &cli->err);
	if (rc < 0) {
		if (cure.len)
			pv_error_hint(&cli->err, rc, "%s", hint);
		goto out;
	}
	summarize(&words, pv_buf_text(&move->talk));
	if (words.len)
		rc = pv_fail(&cli->err, PV_EGIT, "git %s: %s", verb, words.ptr);
	else
		rc = pv_fail(&cli->err, PV_EGIT, "git %s exits with status %d",
			     verb, move->status);
	rc = pv_error_hint(&cli->err, rc, "%s", hint);
out:
	pv_buf_dispose(&words);
	pv_buf_dispose(&cure);
	return rc;
}

static int refuse_replayed(pv_cli *cli, const char *hint)
{
	int rc = pv_fail(&cli->err, PV_ECONFLICT,
			 "all conflicts are settled as recorded by rerere, and "
			 "staged");

	return pv_error_hint(&cli->err, rc, "%s", hint);
}

int git_move_refuse(git_move *move, pv_cli *cli, const char *hint)
{
	const char *talk = pv_buf_text(&move->talk);
	pv_buf words = { 0 };
	int rc;

	if (move->is_replayed)
		return refuse_replayed(cli, hint);
	rc = git_move_fail(move, cli, hint);

	/* Git dies of all else: a signature that fails, a missing identity. */
	if (rc != PV_EGIT || move->status != 1)
		return rc;
	summarize(&words, talk);
	if (words.len) {
		cli_note(cli, "%s", talk);
		rc = pv_fail(&cli->err, PV_EPOLICY,
			     "git refused the commit: %s", pv_buf_text(&words));
	} else {
		rc = pv_fail(&cli->err, PV_EPOLICY,
			     "git refused the commit (exit status %d)",
			     move->status);
	}
	pv_buf_dispose(&words);
	return pv_error_hint(&cli->err, rc, "%s", hint);
}

int git_move_is_done(const git_move *move)
{
	return strcmp(move->before.hex, move->after.hex) != 0;
}

int git_move_end(const git_move *move, pv_cli *cli, int rc)
{
	if (rc != PV_OK || !move->status || cli->json || !git_move_is_done(move))
		return rc;
	return git_move_fail(move, cli, cli->made);
}

void git_move_dispose(git_move *move)
{
	pv_strlist_dispose(&move->args);
	pv_strlist_dispose(&move->dirty);
	pv_buf_dispose(&move->talk);
}
