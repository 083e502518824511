/* SPDX-License-Identifier: MIT
 *
 * The bytes of a working-tree file as git would store them, and back.
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

/*
 * Appends what the working tree has where `clean` is stored: the opposite.
 * A filter program may need `clean` as a blob, which is written then.
 */
int pv_filter_smudge(pv_buf *out, pv_store *store, const char *path,
		     pv_str clean, pv_error *err);

/*
 * The same under core.safecrlf, which git judges: PV_EGIT also when the file
 * would not come back as it is.
 */
int pv_filter_clean_safely(pv_buf *out, pv_store *store, const char *path,
			   pv_str raw, pv_error *err);

#endif
