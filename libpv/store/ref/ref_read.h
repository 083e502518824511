/* SPDX-License-Identifier: MIT
 *
 * Reading one ref: its file, else its line in packed-refs.
 */
#ifndef PV_STORE_REF_READ_H
#define PV_STORE_REF_READ_H

#include "store/handle.h"

/* What a ref holds; neither flag: it does not exist. */
typedef struct pv_ref_value {
	int is_direct;
	int is_symbolic;
	git_oid id;
	pv_buf target; /* of a symbolic one */
} pv_ref_value;

/* The folder a ref's file lies below: each working tree has some of its own. */
const char *pv_ref_dir(const pv_store *store, const char *refname);

/*
 * Reads one ref without following it. The name must be that of a ref. PV_EIO,
 * PV_EGIT for what is no ref, PV_ENOMEM. Dispose of `out->target` in any case.
 */
int pv_ref_read(pv_ref_value *out, pv_store *store, const char *refname,
		pv_error *err);

/*
 * The id that a ref leads to, through symbolic ones: 1, 0 when there is none.
 * PV_EINVALID for a name that no ref can have, and as pv_ref_read.
 */
int pv_ref_find(git_oid *out, pv_store *store, const char *refname,
		pv_error *err);

#endif
