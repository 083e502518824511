/* SPDX-License-Identifier: MIT
 *
 * Refs as files of their own, under their locks.
 */
#ifndef PV_STORE_REF_FILE_H
#define PV_STORE_REF_FILE_H

#include "store/ref_move.h"

/* What a ref holds; neither flag: it does not exist. */
typedef struct pv_ref_value {
	int is_direct;
	int is_symbolic;
	git_oid id;
	pv_buf target; /* of a symbolic one */
} pv_ref_value;

/*
 * Reads one ref without following it, packed ones included. PV_EIO, PV_EGIT
 * for what is no ref, PV_ENOMEM. Dispose of `out->target` in any case.
 */
int pv_ref_file_read(pv_ref_value *out, pv_store *store, const char *refname,
		     pv_error *err);

/*
 * Moves a ref as pv_ref_move does, without a hook and with `message` as it
 * goes into the reflog: 1, or 0 when something else than a file is in the
 * way, which git has to sort out. Errors of pv_ref_move.
 */
int pv_ref_file_move(pv_store *store, const pv_ref_change *change,
		     const char *message, pv_error *err);

#endif
