/* SPDX-License-Identifier: MIT
 *
 * Notes of releases under way, so that a commit whose tags a crash left out
 * is known to the next command that releases. Each command keeps a note
 * (base/note.h) of its own, pv/releasing.* in the common git folder. Its
 * lines are ids, or "move OID" when HEAD's branch was about to be moved from
 * that commit.
 */
#ifndef PV_CMD_RELEASE_NOTE_H
#define PV_CMD_RELEASE_NOTE_H

#include "cli.h"

#include "base/note.h"
#include "base/str.h"

/* Notes of the dead; `{ 0 }` is empty. */
typedef struct release_notes {
	pv_note *items;
	size_t count;
	size_t cap;
} release_notes;

/* Writes a note with the lines of `text`, durably. PV_EIO, PV_ENOMEM. */
int release_note_write(pv_note *out, pv_cli *cli, const pv_buf *text);

/*
 * Takes the notes of the dead and adds their lines to `lines`. Those of the
 * living and what cannot be read are passed over; drafts of the dead are
 * removed. PV_ENOMEM.
 */
int release_notes_take(release_notes *out, pv_strlist *lines, pv_cli *cli,
		       pv_error *err);

/* Removes the notes from the disk. */
void release_notes_remove(release_notes *notes);

void release_notes_dispose(release_notes *notes);

#endif
