/* SPDX-License-Identifier: MIT
 *
 * Notes: files that say what a process has under way, for whoever comes after
 * it if it dies. The owner holds its note locked as long as it lives, and the
 * system drops that lock when it ends in whatever way: a note that can be
 * locked is of somebody who died. On a file system without locks none can be,
 * and all notes are left alone.
 */
#ifndef PV_BASE_NOTE_H
#define PV_BASE_NOTE_H

#include <pv/buf.h>

#include "base/str.h"

/* A note that is held; `{ 0 }` is none. */
typedef struct pv_note {
	char *path;
	int fd;
} pv_note;

/* What is written: the note's name gets a suffix that no other has. */
typedef struct pv_note_text {
	const char *folder; /* made when it is missing */
	const char *name;
	const pv_buf *text;
	int is_durable; /* it survives the power going off */
} pv_note_text;

/*
 * Writes a note and holds it. It gets its name once it is complete and
 * locked. PV_EIO, PV_ENOMEM.
 */
int pv_note_write(pv_note *out, const pv_note_text *note, pv_error *err);

/*
 * Replaces the file `path`, on the folder's file system, by the text. Until it
 * is complete it is a draft, which is swept when its owner dies; `name` is not
 * used. PV_EIO, PV_ENOMEM.
 */
int pv_note_put(const char *path, const pv_note_text *note, pv_error *err);

/*
 * Adds the paths of the notes in `folder` that are called `name`, with a
 * suffix or without, sorted. PV_ENOMEM.
 */
int pv_note_list(pv_strlist *out, const char *folder, const char *name,
		 pv_error *err);

/* 1 when the note was of the dead, and is held now; 0 when not. PV_ENOMEM. */
int pv_note_hold(pv_note *out, const char *path, pv_error *err);

/* Appends what a note says. PV_EIO, PV_ENOMEM. */
int pv_note_read(pv_buf *out, const pv_note *note, pv_error *err);

/* Removes the note from the disk, if it is there. */
void pv_note_remove(pv_note *note);

/* Lets go of the note: if it is still there, the next one may hold it. */
void pv_note_dispose(pv_note *note);

/* The name of what is a note one day, unless its owner dies before. */
extern const char pv_note_draft[];

/* Removes the drafts of the dead. PV_ENOMEM. */
int pv_note_sweep(const char *folder, pv_error *err);

#endif
