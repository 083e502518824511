/* SPDX-License-Identifier: MIT
 *
 * The variables that the texts of an element leave open. An example in a chat
 * and the question that it is an example of have the same words; that the one
 * has a value where the other has a variable tells them apart.
 */
#ifndef PV_DIFF_HOLES_H
#define PV_DIFF_HOLES_H

#include "diff/similar.h"

/*
 * Sets `rivals[j]` where a candidate that was left without a partner has the
 * variables that one of the pair `mate[j]` and `j` has and the other has not:
 * such a pair is no sure one, however many words they share. PV_ENOMEM.
 */
int pv_holes_mark(unsigned char *rivals, const size_t *mate,
		  const pv_candidates *who, pv_error *err);

#endif
