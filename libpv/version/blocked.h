/* SPDX-License-Identifier: MIT
 *
 * Prompts whose version cannot be made because a ref has the name of a folder
 * of its tag, or is below the tag's name. They are left out of a release, so
 * that the others have theirs.
 */
#ifndef PV_VERSION_BLOCKED_H
#define PV_VERSION_BLOCKED_H

#include <pv/version.h>

#include "base/str.h"

/* `{ 0 }` is empty; release it with pv_blocked_dispose. */
typedef struct pv_blocked {
	pv_strlist ids;
	pv_strlist tags; /* the obstacles, each once, without "refs/tags/" */
} pv_blocked;

/*
 * Notes the prompt when something is in the way of its tag: 1 then, else 0.
 * PV_EIO, PV_ENOMEM.
 */
int pv_blocked_note(pv_blocked *to, pv_store *store, const char *id,
		    const char *refname, pv_error *err);

/* Whether a prompt was noted. */
int pv_blocked_has(const pv_blocked *all, const char *id);

/* PV_EEXISTS, naming prompts and obstacles, when any was noted; else PV_OK. */
int pv_blocked_status(const pv_blocked *all, pv_error *err);

void pv_blocked_dispose(pv_blocked *all);

#endif
