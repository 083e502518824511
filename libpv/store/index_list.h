/* SPDX-License-Identifier: MIT
 *
 * The index as git lists it, for the kinds that libgit2 cannot read.
 */
#ifndef PV_STORE_INDEX_LIST_H
#define PV_STORE_INDEX_LIST_H

#include "store/handle.h"

/* Builds an index in memory from `git ls-files`. PV_EGIT, PV_ENOMEM. */
int pv_index_list(git_index **out, pv_store *store, pv_error *err);

#endif
