/* SPDX-License-Identifier: MIT
 *
 * The index as git lists it, for the kinds that index_map.h does not read.
 */
#ifndef PV_STORE_INDEX_LIST_H
#define PV_STORE_INDEX_LIST_H

#include "store/index/index_map.h"

/* Fills an empty map from `git ls-files`. PV_EGIT, PV_ENOMEM. */
int pv_index_list(pv_index_map *out, pv_store *store, pv_error *err);

#endif
