/* SPDX-License-Identifier: MIT
 *
 * Whether a repository that was found, not named, may be used: its
 * configuration can run programs, so it has to belong to the user or be
 * listed in safe.directory. libgit2's own check is not used because 1.5 does
 * not know `safe.directory = *`; this one follows git's rules.
 */
#ifndef PV_STORE_TRUST_H
#define PV_STORE_TRUST_H

#include "store/discover.h"
#include "store/handle.h"

/*
 * Call it while store->config has its protected levels only. PV_EAUTH with
 * the command that adds the repository to the safe ones as the hint.
 */
int pv_trust_check(const pv_store *store, const pv_place *place, pv_error *err);

#endif
