/* SPDX-License-Identifier: MIT
 *
 * Putting a new pack among the others. It is indexed, and every object in it
 * checked, in a folder of its own, whose name makes git's own gc remove what a
 * crash leaves of it.
 */
#ifndef PV_STORE_PACK_WRITE_H
#define PV_STORE_PACK_WRITE_H

#include "base/str.h"
#include "store/handle.h"

/*
 * Writes `count` entries, without header and trailer, as a pack. The caller
 * refreshes `odb`. PV_EGIT, PV_EIO, PV_ENOMEM.
 */
int pv_pack_write(pv_store *store, git_odb *odb, pv_str entries, uint32_t count,
		  pv_error *err);

#endif
