/* SPDX-License-Identifier: MIT
 *
 * What git does around a commit besides making it: operations under way, and
 * the housekeeping afterwards.
 */
#ifndef PV_STORE_COMMIT_FINISH_H
#define PV_STORE_COMMIT_FINISH_H

#include "store/handle.h"

/* 1 while a merge, cherry-pick or revert waits for its commit. */
int pv_commit_is_pending(const pv_store *store);

/*
 * Concludes it by `git commit`: the whole index, all parents, and whatever
 * else git keeps for it (merged tags, rerere, autostash, the sequencer).
 * PV_ECONFLICT while something is unmerged, PV_EPOLICY when git refuses.
 */
int pv_commit_conclude(pv_oid *out, pv_store *store,
		       const pv_commit_options *opts, pv_error *err);

/* Forgets the messages that were kept for this commit. */
void pv_commit_forget(const pv_store *store);

/*
 * Runs post-commit, and maintenance when loose objects have piled up. The
 * commit is made: nothing here can fail it.
 */
void pv_commit_epilogue(pv_store *store, const char *const *env);

#endif
