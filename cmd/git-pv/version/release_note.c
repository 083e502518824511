/* SPDX-License-Identifier: MIT
 *
 * See release_note.h. A note is written durably, for the commit that follows
 * it is.
 */
#include "version/release_note.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

static const char note_name[] = "releasing";

static int folder_path(pv_buf *out, const pv_cli *cli, pv_error *err)
{
	pv_buf_printf(out, "%s/pv", pv_store_common_dir(cli->store));
	return pv_buf_status(out, err);
}

int release_note_write(pv_note *out, pv_cli *cli, const pv_buf *text)
{
	pv_note_text note = { NULL, note_name, text, 1 };
	pv_buf folder = { 0 };
	int rc = folder_path(&folder, cli, &cli->err);

	note.folder = pv_buf_text(&folder);
	if (rc == PV_OK)
		rc = pv_note_write(out, &note, &cli->err);
	if (rc == PV_OK) {
		pv_store_share(cli->store, note.folder);
		pv_store_share(cli->store, out->path);
	}
	pv_buf_dispose(&folder);
	return rc;
}

/* --- those of others ------------------------------------------------------ */

static int read_lines(pv_strlist *out, const pv_note *note, pv_error *err)
{
	pv_buf text = { 0 };
	const char *at;
	int rc = pv_note_read(&text, note, NULL);

	rc = rc == PV_ENOMEM ? pv_fail_nomem(err) : PV_OK;
	for (at = pv_buf_text(&text); rc == PV_OK && *at;) {
		size_t len = strcspn(at, "\n");

		if (len)
			rc = pv_strlist_addn(out, at, len, err);
		at += len + (at[len] == '\n');
	}
	pv_buf_dispose(&text);
	return rc;
}

static int take(release_notes *notes, pv_strlist *lines, const char *path,
		pv_error *err)
{
	pv_note note = { 0 };
	int rc;

	if (pv_array_reserve(&notes->items, &notes->cap, notes->count + 1,
			     sizeof(note)) < 0)
		return pv_fail_nomem(err);
	rc = pv_note_hold(&note, path, err);
	if (rc <= 0)
		return rc;
	notes->items[notes->count++] = note;
	return read_lines(lines, &note, err);
}

int release_notes_take(release_notes *out, pv_strlist *lines, pv_cli *cli,
		       pv_error *err)
{
	pv_strlist paths = { 0 };
	pv_buf folder = { 0 };
	int rc = folder_path(&folder, cli, err);

	if (rc == PV_OK)
		rc = pv_note_sweep(folder.ptr, err);
	if (rc == PV_OK)
		rc = pv_note_list(&paths, folder.ptr, note_name, err);
	for (size_t i = 0; rc == PV_OK && i < paths.count; i++)
		rc = take(out, lines, paths.items[i], err);
	pv_strlist_dispose(&paths);
	pv_buf_dispose(&folder);
	return rc;
}

void release_notes_remove(release_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		pv_note_remove(&notes->items[i]);
}

void release_notes_dispose(release_notes *notes)
{
	for (size_t i = 0; i < notes->count; i++)
		pv_note_dispose(&notes->items[i]);
	pv_free(notes->items);
	memset(notes, 0, sizeof(*notes));
}
