/* SPDX-License-Identifier: MIT
 *
 * One object in a file of its own.
 */
#ifndef PV_STORE_LOOSE_OBJECT_H
#define PV_STORE_LOOSE_OBJECT_H

#include "base/str.h"
#include "store/handle.h"

/*
 * Writes an object as git does, unless it is stored already: then it is only
 * touched, so that gc spares it. It is durable once a ref has been moved with
 * pv_ref_move. PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int pv_loose_write(git_oid *out, pv_store *store, git_object_t type,
		   pv_str data, pv_error *err);

#endif
