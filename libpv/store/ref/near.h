/* SPDX-License-Identifier: MIT
 *
 * Refs whose names are like one that was not found, for hints.
 */
#ifndef PV_STORE_NEAR_H
#define PV_STORE_NEAR_H

#include <pv/buf.h>
#include <pv/store.h>

/* Appends up to three names, quoted and separated by commas, nearest first. */
void pv_near_refs(pv_buf *out, pv_store *store, const char *name);

#endif
