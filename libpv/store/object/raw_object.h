/* SPDX-License-Identifier: MIT
 *
 * Objects as they are stored, from the store's own packs and loose files.
 * libgit2 keeps an object as bytes or parsed, not both, and reads the tip's
 * commit and trees once for each way they are asked for.
 */
#ifndef PV_STORE_RAW_OBJECT_H
#define PV_STORE_RAW_OBJECT_H

#include "store/object/packs.h"

/*
 * Reads an object, lent until the next one is read; it is not hashed. 1, 0
 * when libgit2 has to be asked (it is not here, damaged or very large), or
 * PV_ENOMEM.
 */
int pv_raw_read(pv_packed_object *out, pv_store *store, const git_oid *id,
		pv_error *err);

/* Before the store goes. */
void pv_raw_forget(pv_store *store);

#endif
