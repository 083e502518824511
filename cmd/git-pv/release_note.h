/* SPDX-License-Identifier: MIT
 *
 * Notes of releases under way, so that a commit whose tags a crash left out
 * is known to the next command that releases. Each command keeps a note of
 * its own, the file pv/releasing.XXXXXX in the common git folder, and holds
 * it locked as long as it lives: a note that can be locked is of somebody
 * who died. Its lines are ids, or "move OID" when HEAD's branch was about to
 * be moved from that commit.
 */
#ifndef PV_CMD_RELEASE_NOTE_H
#define PV_CMD_RELEASE_NOTE_H

#include "cli.h"

#include "base/str.h"

/* A note that this process holds; `{ 0 }` is none. */
typedef struct release_note {
	char *path;
	int fd;
} release_note;

/* Notes of the dead; `{ 0 }` is empty. */
typedef struct release_notes {
	release_note *items;
	size_t count;
	size_t cap;
} release_notes;

/* Writes a note with the lines of `text`, durably. PV_EIO, PV_ENOMEM. */
int release_note_write(release_note *out, pv_cli *cli, const pv_buf *text);

/* Removes the note from the disk, if it is there. */
void release_note_remove(release_note *note);

/* Lets go of the note: if it is still there, the next command finds it. */
void release_note_dispose(release_note *note);

/*
 * Takes the notes of the dead and adds their lines to `lines`. `own`, those
 * of the living and what cannot be read are passed over. PV_ENOMEM.
 */
int release_notes_take(release_notes *out, pv_strlist *lines,
		       const release_note *own, pv_cli *cli, pv_error *err);

/* Removes the notes from the disk. */
void release_notes_remove(release_notes *notes);

void release_notes_dispose(release_notes *notes);

#endif
