/* SPDX-License-Identifier: MIT
 *
 * Listing refs whose ids matter to few.
 */
#ifndef PV_STORE_REF_LIST_H
#define PV_STORE_REF_LIST_H

#include <pv/store.h>

/*
 * As pv_store_ref_each, but refs that are files of their own are not read:
 * their `oid` is "", and one that leads nowhere is listed as well.
 */
int pv_ref_each_name(pv_store *store, const char *prefix,
		     int (*fn)(const char *refname, const pv_oid *oid,
			       void *payload),
		     void *payload, pv_error *err);

#endif
