/* SPDX-License-Identifier: MIT
 *
 * See merge_candidate.h.
 */
#include "review/merge_candidate.h"

#include <string.h>

int merge_candidate_make(merge_candidate *out, pv_cli *cli, const pv_oid *ours,
			 const char *our_label, const pv_oid *theirs,
			 const char *their_label)
{
	pv_signature nobody = { .name = (char[]){ "git-pv" },
				.email = (char[]){ "git-pv@localhost" } };
	pv_commit_merge_options how = { .our_label = our_label,
					.their_label = their_label,
					.prompts = cli->settings.prompts_dir,
					.all_or_nothing = 1 };
	pv_lone_commit lone = { .parents = ours,
				.parent_count = 1,
				.message = "candidate\n",
				.who = &nobody };
	int rc;

	memset(out, 0, sizeof(*out));
	rc = pv_commit_merge_new(&out->merge, cli->store, ours, theirs, &how,
				 &cli->err);
	if (rc < 0)
		return rc;
	switch (pv_commit_merge_kind(out->merge)) {
	case PV_COMMITS_UP_TO_DATE:
	case PV_COMMITS_IN_CONFLICT:
		return PV_OK;
	case PV_COMMITS_FAST_FORWARD:
		out->commit = *theirs;
		return PV_OK;
	case PV_COMMITS_MERGED:
		break;
	}
	lone.tree = pv_commit_merge_tree(out->merge);
	return pv_store_commit_lone(&out->commit, cli->store, &lone, &cli->err);
}

void merge_candidate_dispose(merge_candidate *candidate)
{
	pv_commit_merge_free(candidate->merge);
	candidate->merge = NULL;
}
