/* SPDX-License-Identifier: MIT
 *
 * Whether what was put together of two templates is one: it can be compiled
 * when both sides can, and no block of it begins on one side and ends on the
 * other.
 */
#ifndef PV_MERGE_STATEMENTS_H
#define PV_MERGE_STATEMENTS_H

#include "merge/pieces.h"

/*
 * Sets `*fits_out` to 0 when the text is no template any more. Where some of
 * it is in conflict it has to be one with either side's half. PV_ENOMEM.
 */
int pv_statements_fit(int *fits_out, const pv_str sides[PV_SIDES],
		      const pv_pieces *pieces, pv_error *err);

/* Whether a word is a tag that is no expression: "{% if x %}", "{{#x}}". */
int pv_statements_is_one(pv_str word);

#endif
