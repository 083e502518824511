/* SPDX-License-Identifier: MIT
 *
 * The text of a commit or tag on its way into the object: git's clean-up,
 * commit.cleanup and the comment character included.
 */
#ifndef PV_STORE_MESSAGE_H
#define PV_STORE_MESSAGE_H

#include "store/handle.h"

enum pv_cleanup {
	PV_CLEANUP_NONE,    /* bytes as given */
	PV_CLEANUP_SPACE,   /* blanks at line ends, runs of empty lines */
	PV_CLEANUP_STRIP,   /* comment lines too */
	PV_CLEANUP_CHOSEN,  /* as STRIP, of a message that no editor showed */
	PV_CLEANUP_SCISSORS /* as SPACE, and what follows a scissors line */
};

/*
 * What `git commit` would do: commit.cleanup, else comments go only when the
 * message went through an editor. PV_EINVALID for a mode git lacks.
 */
int pv_message_mode(enum pv_cleanup *out, pv_store *store,
		    const pv_commit_options *opts, pv_error *err);

/* Appends `text` cleaned up. PV_ENOMEM. */
int pv_message_clean(pv_buf *out, pv_store *store, const char *text,
		     enum pv_cleanup mode, pv_error *err);

/*
 * Whether a cleaned message says anything besides sign-offs, and more than
 * the proposal (may be NULL) it was made from. PV_EINVALID.
 */
int pv_message_check(pv_store *store, const char *text, enum pv_cleanup mode,
		     const char *proposal, pv_error *err);

/*
 * Brings a message into UTF-8 as `git commit` does: bytes that are not valid
 * are taken for Latin-1. Returns 1 when any was.
 */
int pv_message_to_utf8(pv_buf *out, const char *text);

#endif
