/* SPDX-License-Identifier: MIT
 *
 * The releases that follow a change: a commit on the default branch gives
 * every prompt it changed a version, a merge into it every prompt whose
 * closure it changed, when `versioning.auto_tag` is on. The change stands
 * whatever becomes of the tags, so a failure is kept beside the result
 * instead of in place of it.
 *
 * A prompt whose tag a crash left out is known by the note written before the
 * commit; the next command that releases makes the tag.
 */
#ifndef PV_CMD_AUTORELEASE_H
#define PV_CMD_AUTORELEASE_H

#include "cli.h"

#include "base/str.h"
#include "version/release_note.h"

/* `{ 0 }` is empty; release it with autorelease_dispose. */
typedef struct autorelease {
	const char *branch;   /* that moves; NULL: HEAD's. Lent. */
	pv_release_list list; /* what got a version */
	int rc; /* PV_OK, or why the rest did not: then `err` says more */
	pv_error err;
	pv_note note; /* while it is not known what becomes of it */
} autorelease;

/*
 * 1 when a commit made now would release: HEAD is on the default branch and
 * auto_tag is on; else 0, or a negative code.
 */
int autorelease_is_due(pv_cli *cli, pv_error *err);

/*
 * Makes the tags that a crash left out, before a branch that is due moves on.
 * PV_ENOMEM; tags that cannot be made are left for later.
 */
int autorelease_settle(pv_cli *cli);

/*
 * Notes which prompts the commit about to be made will release, having
 * settled; nothing when none is due. PV_EIO.
 */
int autorelease_announce(autorelease *out, pv_cli *cli, const pv_strlist *ids);

/* The same before the branch moves: what that brings is seen afterwards. */
int autorelease_announce_move(autorelease *out, pv_cli *cli);

/* Takes the note back after a change that did not come about. */
void autorelease_forget(autorelease *out);

/*
 * After a commit: releases `ids` and what an earlier crash left out, when a
 * release is due. The outcome, failure included, is in `out`.
 */
void autorelease_commit(autorelease *out, pv_cli *cli, const pv_strlist *ids);

/*
 * After the branch moved from `before`: releases what differs between the
 * two, what has a version with another closure, and what an earlier crash
 * left out.
 */
void autorelease_move(autorelease *out, pv_cli *cli, const pv_oid *before);

void autorelease_dispose(autorelease *done);

/* Writes `released` and, after a failure, `release_error`. */
void autorelease_json(pv_jsonw *w, const autorelease *done);

/* One line per version, and the failure as a warning with a hint. */
void autorelease_text(pv_cli *cli, const autorelease *done);

/* The exit status of a change that came about: 1 when tags are missing. */
int autorelease_status(const autorelease *done);

/* The two parts of the above for what `release` itself made. */
void release_list_json(pv_jsonw *w, const pv_release_list *list);
void release_list_text(pv_cli *cli, const pv_release_list *list);

#endif
