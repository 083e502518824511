/* SPDX-License-Identifier: MIT
 *
 * The status of a working tree in which there is nothing to judge: every file
 * below the folders is tracked, and the index is of the plain kind.
 */
#ifndef PV_STORE_QUICK_STATUS_H
#define PV_STORE_QUICK_STATUS_H

#include "base/arena.h"
#include "store/handle.h"

/* What differs, in byte order of the paths. */
typedef struct pv_status_list {
	pv_status_entry *entries;
	size_t count;
	size_t cap;
	pv_arena texts;
} pv_status_list;

/*
 * Lists what pv_store_status tells of the files below `prefixes`: 1, or 0
 * when git has to be asked. PV_EGIT, PV_EIO, PV_ENOMEM. Dispose of the list
 * in any case.
 */
int pv_quick_status(pv_status_list *out, pv_store *store,
		    const char *const *prefixes, size_t count, pv_error *err);
void pv_status_list_dispose(pv_status_list *list);

#endif
