/* SPDX-License-Identifier: MIT
 *
 * Locks of the index that nobody gives up, because their owner was killed.
 * Once a commit has moved its branch, the lock file is the index that goes
 * with it, and must not be thrown away. So each commit of ours leaves a note
 * (base/note.h, pv/index-lock.* in the common git folder) before it moves the
 * branch: what the lock and the old index are, and which commit is made. When
 * it dies, whoever wants the lock next does what it would have done. Of other
 * programs' locks only people can tell whether the owner is alive; they are
 * told what the lock holds.
 */
#ifndef PV_STORE_LEFT_LOCK_H
#define PV_STORE_LEFT_LOCK_H

#include "base/note.h"
#include "store/handle.h"

/*
 * Says of the index's lock, complete by now, that it becomes the index once
 * `commit` is on `refname`. PV_EIO, PV_ENOMEM.
 */
int pv_left_lock_announce(pv_note *out, pv_store *store, const char *refname,
			  const git_oid *commit, pv_error *err);

/*
 * For the holder of the index's lock: removes what notes of the dead say of
 * earlier ones. PV_ENOMEM.
 */
int pv_left_lock_forget(pv_store *store, pv_error *err);

/*
 * PV_ELOCKED for a lock file, which may be the index's: then the hint depends
 * on what it holds. `store` may be NULL. PV_ENOMEM.
 */
int pv_left_lock_fail(pv_store *store, const char *path, pv_error *err);

#endif
