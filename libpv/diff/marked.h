/* SPDX-License-Identifier: MIT
 *
 * A file with conflict markers as plain lines, so that `git diff` of a merge
 * compares it with what it shows of either side.
 */
#ifndef PV_DIFF_MARKED_H
#define PV_DIFF_MARKED_H

#include <pv/buf.h>

#include "base/str.h"

/* Appends a text as plain lines, each ended by a newline. */
typedef int pv_flatten_fn(pv_buf *out, const char *text, size_t len,
			  pv_error *err);

/*
 * Appends what both sides have, and between markers what differs. PV_ESYNTAX
 * when there are no markers, or nothing would be between them; errors of
 * `flatten`, PV_ENOMEM, PV_ELIMIT.
 */
int pv_marked_flatten(pv_buf *out, pv_str text, pv_flatten_fn *flatten,
		      pv_error *err);

#endif
