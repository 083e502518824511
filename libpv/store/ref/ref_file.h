/* SPDX-License-Identifier: MIT
 *
 * Refs as files of their own, under their locks.
 */
#ifndef PV_STORE_REF_FILE_H
#define PV_STORE_REF_FILE_H

#include "store/ref/ref_move.h"

/*
 * Moves a ref as pv_ref_move does, without a hook and with `message` as it
 * goes into the reflog: 1, or 0 when something else than a file is in the
 * way, which git has to sort out. Errors of pv_ref_move.
 */
int pv_ref_file_move(pv_store *store, const pv_ref_change *change,
		     const char *message, pv_error *err);

#endif
