/* SPDX-License-Identifier: MIT
 *
 * The bytes of a working-tree file as git would store them.
 */
#ifndef PV_STORE_FILTER_H
#define PV_STORE_FILTER_H

#include "base/str.h"
#include "store/handle.h"

/*
 * Appends `raw` after the clean conversion of `path`: line ends, $Id$, other
 * encodings and filter programs, as attributes and configuration say.
 * PV_EGIT, PV_ENOMEM, PV_ELIMIT.
 */
int pv_filter_clean(pv_buf *out, pv_store *store, const char *path, pv_str raw,
		    pv_error *err);

#endif
