/* SPDX-License-Identifier: MIT
 *
 * The part of a revision behind its name, for callers whose name is not
 * git's: a version's, say.
 */
#ifndef PV_STORE_RESOLVE_H
#define PV_STORE_RESOLVE_H

#include <pv/store.h>

/*
 * The ancestor of the commit `from` that a suffix ("~2", "^2~1", "") leads
 * to; `rev` is what the user wrote, for messages. Errors as pv_store_resolve.
 */
int pv_resolve_ancestor(pv_oid *out, pv_store *store, const pv_oid *from,
			const char *suffix, const char *rev, pv_error *err);

#endif
