/* SPDX-License-Identifier: MIT
 *
 * What would come of a merge, as a commit that no ref has: approvals are of
 * states that there would be, so the policy judges those.
 */
#ifndef PV_CMD_MERGE_CANDIDATE_H
#define PV_CMD_MERGE_CANDIDATE_H

#include <pv/merge.h>

#include "cli.h"

typedef struct merge_candidate {
	pv_commit_merge *merge;
	pv_oid commit; /* hex "": nothing to merge, or a conflict */
} merge_candidate;

/* Merges `theirs` into `ours` in memory; the labels are for conflicts. */
int merge_candidate_make(merge_candidate *out, pv_cli *cli, const pv_oid *ours,
			 const char *our_label, const pv_oid *theirs,
			 const char *their_label);

void merge_candidate_dispose(merge_candidate *candidate);

#endif
