/* SPDX-License-Identifier: MIT
 *
 * Moving one ref under its lock, with the committer in the reflog.
 */
#ifndef PV_STORE_REF_MOVE_H
#define PV_STORE_REF_MOVE_H

#include "store/handle.h"

/* A move of a ref; NULL `expected`: the ref must not exist yet. */
typedef struct pv_ref_change {
	const char *refname; /* "HEAD" only when it is detached */
	const git_oid *target;
	const git_oid *expected;
	const pv_signature *who; /* for the reflog */
	const char *message;     /* made one line here */
} pv_ref_change;

/*
 * Does it in one step; a lock held by somebody else is waited for briefly.
 * What the store has written is durable before, and the move afterwards.
 * A symbolic branch moves the one it leads to, and all of them get the reflog;
 * a reference-transaction hook is run: both through git. PV_ECONFLICT when the
 * ref holds something else, PV_EEXISTS when its name clashes with another
 * ref, PV_ELOCKED, PV_EGIT.
 */
int pv_ref_move(pv_store *store, const pv_ref_change *change, pv_error *err);

/*
 * Why git did not move a ref that should have held `expected` ("": nothing);
 * `talk` is what it said, as far as that is known. PV_ECONFLICT when it holds
 * something else, the failure of reading it, PV_ELOCKED, and what
 * pv_git_obstacle finds; PV_OK, `err` untouched, for none of these.
 */
int pv_ref_obstacle(pv_store *store, const char *refname, const char *expected,
		    const char *talk, pv_error *err);

#endif
