/* SPDX-License-Identifier: MIT
 *
 * The status of a working tree in which there is nothing to judge: every file
 * below the folders is tracked, and the index is of the plain kind.
 */
#ifndef PV_STORE_QUICK_STATUS_H
#define PV_STORE_QUICK_STATUS_H

#include "store/handle.h"

/*
 * Calls `fn` as pv_store_status does, for files below `prefixes`. PV_OK and
 * `*answered_out` 1; 0 when git has to be asked, in which case `fn` was not
 * called. Else what `fn` returned, PV_EGIT, PV_EIO, PV_ENOMEM.
 */
int pv_quick_status(int *answered_out, pv_store *store,
		    const char *const *prefixes, size_t count,
		    int (*fn)(const pv_status_entry *entry, void *payload),
		    void *payload, pv_error *err);

#endif
