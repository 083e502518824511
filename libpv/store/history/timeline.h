/* SPDX-License-Identifier: MIT
 *
 * What was the tip of a branch at a time, as the history along first parents
 * says, whose times need not ascend.
 */
#ifndef PV_STORE_TIMELINE_H
#define PV_STORE_TIMELINE_H

#include <pv/store.h>

/*
 * The last commit from the first one to `tip` along first parents for which
 * neither its committer's time nor that of one before it is later than `when`,
 * in seconds since the epoch; hex "" when the first one is later. What was
 * looked up is kept under `name` beside git. PV_ENOTFOUND, PV_EGIT, PV_ENOMEM.
 */
int pv_timeline_find(pv_oid *out, pv_store *store, const pv_oid *tip,
		     int64_t when, const char *name, pv_error *err);

#endif
