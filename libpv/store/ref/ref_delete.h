/* SPDX-License-Identifier: MIT
 *
 * Deleting a branch that is a file of its own, with its log.
 */
#ifndef PV_STORE_REF_DELETE_H
#define PV_STORE_REF_DELETE_H

#include "store/handle.h"

/*
 * Deletes the branch `refname` while it holds `expected`: 1 when that was
 * done, 0 when it is git's, because packed-refs would have to be rewritten,
 * HEAD is on it, or a hook wants to know. PV_ECONFLICT when it holds
 * something else, PV_ELOCKED, PV_EIO.
 */
int pv_ref_delete(pv_store *store, const char *refname, const pv_oid *expected,
		  pv_error *err);

#endif
