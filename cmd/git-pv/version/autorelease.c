/* SPDX-License-Identifier: MIT
 *
 * See autorelease.h. A note (release_note.h) is written before the commit
 * and removed when the tags are there. What one that a crash left names is
 * released before the next change, or with the next release; ids without a
 * difference fall out by themselves.
 */
#include "version/autorelease.h"

#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"

/* Of a branch by its short name; NULL stands for HEAD's. */
static int is_due_on(const char *name, pv_cli *cli, pv_error *err)
{
	pv_buf head = { 0 };
	int rc = PV_OK;

	if (!name) {
		rc = pv_store_head(&head, NULL, cli->store, err);
		name = pv_buf_text(&head);
	}
	if (rc == PV_OK)
		rc = cli->settings.auto_tag &&
		     strcmp(name, cli->settings.default_branch) == 0;
	pv_buf_dispose(&head);
	return rc;
}

int autorelease_is_due(pv_cli *cli, pv_error *err)
{
	return is_due_on(NULL, cli, err);
}

/* --- which prompts -------------------------------------------------------- */

/* Drops the ids that are no prompts at the tip: those get no tag. */
static int keep_present(pv_strlist *out, const pv_strlist *ids, pv_cli *cli,
			pv_error *err)
{
	pv_point tip = { PV_AT_COMMIT, { "" } };
	pv_buf path = { 0 };
	int rc;

	rc = pv_settings_tip(&tip.commit, cli->store, &cli->settings, err);
	for (size_t i = 0; i < ids->count && rc == PV_OK; i++) {
		pv_oid blob;

		pv_buf_clear(&path);
		rc = pv_prompt_path(&path, &cli->settings, ids->items[i], err);
		if (rc == PV_OK)
			rc = pv_store_find(&blob, cli->store, &tip,
					   pv_buf_text(&path), err);
		if (rc == PV_OK)
			rc = pv_strlist_add(out, ids->items[i], err);
		else if (rc == PV_ENOTFOUND || rc == PV_EINVALID)
			rc = PV_OK;
	}
	pv_buf_dispose(&path);
	return rc;
}

static const char move_mark[] = "move ";

/* A move of a branch, prompt by prompt. */
struct move {
	pv_cli *cli;
	pv_map before; /* id to its blob (owned pv_oid) */
	pv_version_index *index;
	pv_point now;
	pv_strlist *out;
	pv_error *err;
};

static int remember(const char *id, const char *path, const pv_oid *blob,
		    void *payload)
{
	struct move *move = payload;
	pv_oid *copy = pv_malloc(sizeof(*copy));
	int rc;

	(void)path;
	if (!copy)
		return pv_fail_nomem(move->err);
	*copy = *blob;
	rc = pv_map_set(&move->before, pv_str_of(id), copy, NULL, move->err);
	if (rc < 0)
		pv_free(copy);
	return rc;
}

static int forget(pv_str key, void *value, void *payload)
{
	(void)key;
	(void)payload;
	pv_free(value);
	return 0;
}

/* Takes a prompt that changed, or whose closure left its version behind. */
static int choose(const char *id, const char *path, const pv_oid *blob,
		  void *payload)
{
	struct move *move = payload;
	const pv_oid *old = pv_map_find(&move->before, pv_str_of(id));
	int rc = 1;

	(void)path;
	if (old && strcmp(old->hex, blob->hex) == 0)
		rc = pv_version_index_is_stale(move->index, id, &move->now,
					       blob, move->err);
	return rc > 0 ? pv_strlist_add(move->out, id, move->err) : rc;
}

/* The prompts to release after the default branch moved from `before`. */
static int moved_ids(pv_strlist *out, pv_cli *cli, const pv_oid *before,
		     pv_error *err)
{
	struct move move = { 0 };
	pv_point old = { PV_AT_COMMIT, *before };
	int rc;

	move.cli = cli;
	move.out = out;
	move.err = err;
	move.now.kind = PV_AT_COMMIT;
	rc = pv_settings_tip(&move.now.commit, cli->store, &cli->settings, err);
	if (rc == PV_OK)
		rc = pv_version_index_load(&move.index, cli->store,
					   &cli->settings, err);
	if (rc == PV_OK && before->hex[0])
		rc = pv_prompt_each(cli->store, &cli->settings, &old, remember,
				    &move, err);
	if (rc == PV_OK)
		rc = pv_prompt_each(cli->store, &cli->settings, &move.now,
				    choose, &move, err);
	pv_map_each(&move.before, forget, NULL);
	pv_map_dispose(&move.before);
	pv_version_index_free(move.index);
	return rc;
}

/* --- releasing ------------------------------------------------------------ */

static int release_ids(autorelease *out, pv_cli *cli, const pv_strlist *ids)
{
	pv_release_options opts = { 0 };
	pv_release_list more = { 0 };
	pv_strlist present = { 0 };
	int rc = keep_present(&present, ids, cli, &out->err);
	int appended;

	pv_strlist_sort(&present);
	pv_strlist_unique(&present);
	opts.ids = (const char *const *)present.items;
	opts.id_count = present.count;
	if (rc == PV_OK && present.count) {
		rc = pv_release_run(&more, cli->store, &cli->settings, &opts,
				    &out->err);
		appended = pv_release_list_append(&out->list, &more, &out->err);
		rc = appended < 0 ? appended : rc;
	}
	pv_strlist_dispose(&present);
	return rc;
}

/*
 * Whether a release is due after the change, by what pv.yaml says now. The
 * change may have altered it, so the settings are read again.
 */
static int is_due_now(autorelease *out, pv_cli *cli)
{
	int rc = pv_settings_load(&cli->settings, cli->store, &out->err);

	return rc == PV_OK ? is_due_on(out->branch, cli, &out->err) : rc;
}

/* Adds what a line of a note stands for. */
static int add_line(pv_strlist *ids, pv_cli *cli, const char *line, pv_error *err)
{
	pv_oid before = { "" };
	pv_commit commit = { 0 };
	int rc;

	if (!pv_str_has_prefix(line, move_mark))
		return pv_strlist_add(ids, line, err);
	snprintf(before.hex, sizeof(before.hex), "%s", line + strlen(move_mark));
	/* The move may have been taken back, and collected since. */
	rc = pv_store_commit_read(&commit, cli->store, &before, NULL);
	if (rc == PV_OK)
		rc = moved_ids(ids, cli, &before, err);
	else if (rc != PV_ENOMEM)
		rc = PV_OK;
	pv_commit_dispose(&commit);
	return rc;
}

/* Releases the ids and what the notes of the dead name. */
static int release_noted(autorelease *out, pv_cli *cli, pv_strlist *ids)
{
	release_notes notes = { 0 };
	pv_strlist lines = { 0 };
	int rc = release_notes_take(&notes, &lines, cli, &out->err);

	for (size_t i = 0; rc == PV_OK && i < lines.count; i++)
		rc = add_line(ids, cli, lines.items[i], &out->err);
	if (rc == PV_OK)
		rc = release_ids(out, cli, ids);
	if (rc == PV_OK) {
		pv_note_remove(&out->note);
		release_notes_remove(&notes);
	}
	release_notes_dispose(&notes);
	pv_strlist_dispose(&lines);
	return rc;
}

void autorelease_commit(autorelease *out, pv_cli *cli, const pv_strlist *ids)
{
	pv_strlist all = { 0 };
	int rc = is_due_now(out, cli);

	if (rc == 0)
		pv_note_remove(&out->note);
	if (rc <= 0)
		goto out;
	rc = PV_OK;
	for (size_t i = 0; i < ids->count && rc == PV_OK; i++)
		rc = pv_strlist_add(&all, ids->items[i], &out->err);
	if (rc == PV_OK)
		rc = release_noted(out, cli, &all);
out:
	out->rc = rc;
	pv_strlist_dispose(&all);
}

void autorelease_move(autorelease *out, pv_cli *cli, const pv_oid *before)
{
	pv_strlist ids = { 0 };
	int rc = is_due_now(out, cli);

	if (rc == 0)
		pv_note_remove(&out->note);
	if (rc > 0) {
		rc = moved_ids(&ids, cli, before, &out->err);
		if (rc == PV_OK)
			rc = release_noted(out, cli, &ids);
	}
	out->rc = rc;
	pv_strlist_dispose(&ids);
}

void autorelease_dispose(autorelease *done)
{
	pv_release_list_dispose(&done->list);
	pv_note_dispose(&done->note);
}

/* --- the note of a release under way -------------------------------------- */

/*
 * Completes what the dead left, before the branch moves on: what they
 * committed would be no longer the state of its prompt, and get no version.
 * Tags that cannot be made now stay noted. 1, or negative.
 */
static int settle(autorelease *out, pv_cli *cli)
{
	pv_strlist none = { 0 };
	int rc = release_noted(out, cli, &none);

	pv_strlist_dispose(&none);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(&cli->err);
	pv_error_clear(&out->err);
	return 1;
}

int autorelease_settle(pv_cli *cli)
{
	autorelease done = { 0 };
	int rc = autorelease_is_due(cli, &cli->err);

	if (rc > 0)
		rc = settle(&done, cli);
	autorelease_dispose(&done);
	return rc < 0 ? rc : PV_OK;
}

int autorelease_announce(autorelease *out, pv_cli *cli, const pv_strlist *ids)
{
	pv_buf text = { 0 };
	int rc = autorelease_is_due(cli, &cli->err);

	if (rc > 0)
		rc = settle(out, cli);
	if (rc <= 0 || !ids->count)
		return rc < 0 ? rc : PV_OK;
	for (size_t i = 0; i < ids->count; i++)
		pv_buf_printf(&text, "%s\n", ids->items[i]);
	rc = release_note_write(&out->note, cli, &text);
	pv_buf_dispose(&text);
	return rc;
}

/* Where the branch is before it moves; hex "" when it has no commit. */
static int find_tip(pv_oid *out, const autorelease *done, pv_cli *cli)
{
	pv_buf ref = { 0 };
	int rc;

	if (!done->branch)
		return pv_store_head(NULL, out, cli->store, &cli->err);
	pv_buf_printf(&ref, "refs/heads/%s", done->branch);
	rc = pv_store_ref(out, cli->store, pv_buf_text(&ref), &cli->err);
	pv_buf_dispose(&ref);
	return rc;
}

int autorelease_announce_move(autorelease *out, pv_cli *cli)
{
	pv_buf text = { 0 };
	pv_oid tip;
	int rc = is_due_on(out->branch, cli, &cli->err);

	if (rc > 0)
		rc = settle(out, cli);
	if (rc <= 0)
		return rc;
	rc = find_tip(&tip, out, cli);
	if (rc != PV_OK || !tip.hex[0])
		return rc;
	pv_buf_printf(&text, "%s%s\n", move_mark, tip.hex);
	rc = release_note_write(&out->note, cli, &text);
	pv_buf_dispose(&text);
	return rc;
}

void autorelease_forget(autorelease *out)
{
	pv_note_remove(&out->note);
	pv_note_dispose(&out->note);
}

/* --- saying so ------------------------------------------------------------ */

void release_list_json(pv_jsonw *w, const pv_release_list *list)
{
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++) {
		const pv_release *item = &list->items[i];

		pv_jsonw_object(w);
		pv_jsonw_member(w, "id", item->id);
		pv_jsonw_member(w, "version", item->version);
		pv_jsonw_member(w, "previous",
				*item->previous ? item->previous : NULL);
		pv_jsonw_member(w, "tag", item->tag);
		pv_jsonw_member(w, "commit", item->commit.hex);
		pv_jsonw_member(w, "bump", pv_bump_name(item->bump));
		pv_jsonw_object_end(w);
	}
	pv_jsonw_array_end(w);
}

void release_list_text(pv_cli *cli, const pv_release_list *list)
{
	for (size_t i = 0; i < list->count; i++) {
		const pv_release *item = &list->items[i];

		cli_printf(cli, "%s %s%s%s (%s)\n", item->id,
			   cli_color(cli, CLI_COLOR_NEW), item->version,
			   cli_color(cli, CLI_COLOR_RESET),
			   *item->previous ? pv_bump_name(item->bump) : "first");
	}
}

static const char *hint_of(const autorelease *done)
{
	return *done->err.hint ? done->err.hint
			       : "\"git pv release\" makes the versions";
}

void autorelease_json(pv_jsonw *w, const autorelease *done)
{
	pv_jsonw_key(w, "released");
	release_list_json(w, &done->list);
	if (done->rc >= 0)
		return;
	pv_jsonw_key(w, "release_error");
	pv_jsonw_object(w);
	pv_jsonw_member(w, "code", pv_error_table(done->err.id)->name);
	pv_jsonw_member(w, "message", done->err.message);
	pv_jsonw_member(w, "hint", hint_of(done));
	pv_jsonw_object_end(w);
}

void autorelease_text(pv_cli *cli, const autorelease *done)
{
	release_list_text(cli, &done->list);
	if (done->rc >= 0)
		return;
	cli_flush(cli);
	cli_warn(cli, "committed, but not released: %s", done->err.message);
	cli_hint(cli, "%s", hint_of(done));
}

int autorelease_status(const autorelease *done)
{
	return done->rc < 0;
}
