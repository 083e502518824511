/* SPDX-License-Identifier: MIT
 *
 * Commits whose parents are not those that they name: the boundary of a
 * shallow clone has none, `info/grafts` gives others.
 */
#ifndef PV_STORE_GRAFT_H
#define PV_STORE_GRAFT_H

#include "base/arena.h"
#include "base/map.h"
#include "store/handle.h"

typedef struct pv_graft {
	git_oid *parents;
	size_t count;
} pv_graft;

/*
 * Fills a map from raw ids to pv_graft, which are in the arena. A line that
 * is no graft is passed over. PV_EIO, PV_ENOMEM.
 */
int pv_grafts_load(pv_map *out, pv_arena *arena, pv_store *store, pv_error *err);

#endif
