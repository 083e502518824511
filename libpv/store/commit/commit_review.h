/* SPDX-License-Identifier: MIT
 *
 * Showing a commit to its caller before it is made.
 */
#ifndef PV_STORE_COMMIT_REVIEW_H
#define PV_STORE_COMMIT_REVIEW_H

#include "store/commit/commit_scan.h"

/*
 * Calls `opts->review`, if any, with the edits of the scan; what differs from
 * the tree `before` (NULL: nothing does), a hook staged. The callback's
 * failure, PV_EGIT, PV_ENOMEM.
 */
int pv_commit_review(const pv_commit_scan *scan, const git_oid *before,
		     git_odb *odb, const pv_commit_options *opts, pv_error *err);

#endif
