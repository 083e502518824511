/* SPDX-License-Identifier: MIT
 *
 * "Did you mean": what to say about a review that is not there.
 */
#ifndef PV_REVIEW_NEAR_H
#define PV_REVIEW_NEAR_H

#include <pv/review.h>

/*
 * Fails with PV_ENOTFOUND, id "review-not-found", for what was asked for, with
 * reviews whose ids begin almost so in the hint, or those of a branch or prompt
 * that is called so.
 */
int pv_fail_review(pv_error *err, pv_store *store, const char *asked);

#endif
