/* SPDX-License-Identifier: MIT
 *
 * A step of an experiment writes files and commits them. Killed between the
 * two it leaves files that nobody wrote: a note in the git directory says which
 * these are, and what was there before, and the next step puts that back. What
 * is neither the one nor the other was changed since, and stays.
 */
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "base/note.h"
#include "experiment/experiment_files.h"
#include "repo/file_commit.h"

static const char note_name[] = "experiment";
static const char nothing[] = "-";

static int folder_path(pv_buf *out, pv_cli *cli)
{
	pv_buf_printf(out, "%s/pv", pv_store_git_dir(cli->store));
	return pv_buf_status(out, &cli->err);
}

/* The blob that HEAD has at a path, and its text; "" and nothing for none. */
static int read_head(pv_buf *text, pv_oid *blob, pv_cli *cli, const char *path)
{
	pv_point head = { PV_AT_COMMIT, { "" } };
	int rc = pv_store_head(NULL, &head.commit, cli->store, &cli->err);

	blob->hex[0] = '\0';
	if (rc < 0 || !head.commit.hex[0])
		return rc;
	rc = pv_store_read(text, blob, cli->store, &head, path, &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		blob->hex[0] = '\0';
		rc = PV_OK;
	}
	return rc;
}

/* --- before ---------------------------------------------------------------- */

static int put_line(pv_buf *out, pv_cli *cli, const pv_change *change)
{
	pv_buf old = { 0 };
	pv_oid before;
	pv_oid after;
	int rc = read_head(&old, &before, cli, change->path);

	if (rc == PV_OK)
		rc = pv_store_hash(&after, change->data, change->len, &cli->err);
	if (rc == PV_OK)
		pv_buf_printf(out, "%s %s %s\n",
			      before.hex[0] ? before.hex : nothing, after.hex,
			      change->path);
	pv_buf_dispose(&old);
	return rc;
}

static int write_note(pv_note *out, pv_cli *cli, const pv_change *changes,
		      size_t count)
{
	pv_buf folder = { 0 };
	pv_buf text = { 0 };
	pv_note_text note = { NULL, note_name, &text, 0 };
	int rc = folder_path(&folder, cli);

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = put_line(&text, cli, &changes[i]);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, &cli->err);
	note.folder = pv_buf_text(&folder);
	if (rc == PV_OK)
		rc = pv_note_write(out, &note, &cli->err);
	if (rc == PV_OK) {
		pv_store_share(cli->store, note.folder);
		pv_store_share(cli->store, out->path);
	}
	pv_buf_dispose(&folder);
	pv_buf_dispose(&text);
	return rc;
}

int experiment_files_commit(pv_oid *out, pv_cli *cli, const pv_change *changes,
			    size_t count, const pv_commit_options *opts)
{
	pv_note note = { 0 };
	int rc;

	out->hex[0] = '\0';
	rc = write_note(&note, cli, changes, count);
	if (rc == PV_OK)
		rc = file_commit(out, cli, changes, count, opts);
	pv_note_remove(&note);
	pv_note_dispose(&note);
	return rc;
}

/* --- and after ------------------------------------------------------------- */

/* Writes what HEAD has over what the killed one wrote. */
static int put_back(pv_cli *cli, const char *path, const char *before,
		    const char *after)
{
	pv_point here = { .kind = PV_AT_WORKTREE };
	pv_change change = { .path = path };
	pv_buf text = { 0 };
	pv_buf old = { 0 };
	pv_oid blob = { "" };
	pv_oid head;
	int rc = read_head(&old, &head, cli, path);

	if (rc == PV_OK)
		rc = pv_store_read(&text, &blob, cli->store, &here, path,
				   &cli->err);
	if (rc == PV_ENOTFOUND) {
		pv_error_clear(&cli->err);
		rc = PV_OK;
	}
	if (rc == PV_OK && strcmp(blob.hex, after) == 0 &&
	    strcmp(head.hex[0] ? head.hex : nothing, before) == 0) {
		change.data = head.hex[0] ? pv_buf_text(&old) : NULL;
		change.len = old.len;
		rc = pv_store_write_files(cli->store, &change, 1, &cli->err);
	}
	pv_buf_dispose(&text);
	pv_buf_dispose(&old);
	return rc;
}

static int take_line(pv_cli *cli, char *line)
{
	char before[64];
	char after[64];
	int used = 0;

	if (sscanf(line, "%63s %63s %n", before, after, &used) != 2 || !used ||
	    !line[used])
		return PV_OK;
	return put_back(cli, line + used, before, after);
}

static int take_note(pv_cli *cli, pv_note *note)
{
	pv_buf text = { 0 };
	char *save = NULL;
	int rc = pv_note_read(&text, note, &cli->err);

	for (char *line = rc == PV_OK && text.len
				  ? strtok_r(text.ptr, "\n", &save)
				  : NULL;
	     line && rc == PV_OK; line = strtok_r(NULL, "\n", &save))
		rc = take_line(cli, line);
	if (rc == PV_OK)
		pv_note_remove(note);
	pv_buf_dispose(&text);
	return rc;
}

int experiment_files_recover(pv_cli *cli)
{
	pv_strlist paths = { 0 };
	pv_buf folder = { 0 };
	int rc;

	if (pv_store_is_bare(cli->store) ||
	    pv_store_state(cli->store) != PV_STATE_NONE)
		return PV_OK;
	rc = folder_path(&folder, cli);
	if (rc == PV_OK)
		rc = pv_note_list(&paths, pv_buf_text(&folder), note_name,
				  &cli->err);
	for (size_t i = 0; i < paths.count && rc == PV_OK; i++) {
		pv_note note = { 0 };

		rc = pv_note_hold(&note, paths.items[i], &cli->err);
		if (rc > 0)
			rc = take_note(cli, &note);
		pv_note_dispose(&note);
	}
	pv_strlist_dispose(&paths);
	pv_buf_dispose(&folder);
	return rc;
}
