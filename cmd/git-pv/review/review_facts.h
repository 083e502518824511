/* SPDX-License-Identifier: MIT
 *
 * What the policy is told of a review: the files that a merge would change,
 * each in the state it would have, and who agreed to which state.
 */
#ifndef PV_CMD_REVIEW_FACTS_H
#define PV_CMD_REVIEW_FACTS_H

#include "review/policy_facts.h"
#include "review/review_checks.h"

/* `{ .cli = cli }` at first. */
typedef struct review_facts {
	pv_cli *cli;
	pv_review_subjects subjects; /* prompts, as they would be */
	review_checks checks;
	policy_facts found;
	pv_policy *policy; /* as of the branch, before */
	pv_buf actor;
} review_facts;

/*
 * Gathers the facts of a merge of `review` that takes its branch from `before`
 * to `candidate`, and has the policy in force at `before` judge them. Dispose
 * of both.
 */
int review_facts_judge(pv_policy_verdict *out, review_facts *facts,
		       const pv_review *review, const pv_oid *before,
		       const pv_oid *candidate, const char *override);

void review_facts_dispose(review_facts *facts);

#endif
