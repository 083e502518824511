/* SPDX-License-Identifier: MIT
 *
 * Which approvals count, as the policy sees it that a review is up to: its
 * branch's, else the default one's.
 */
#ifndef PV_CMD_REVIEW_COUNTS_H
#define PV_CMD_REVIEW_COUNTS_H

#include <pv/policy.h>
#include <pv/review.h>

#include "cli.h"

#include "base/str.h"

struct review_policy;

/* Policies by branch, each read once: `{ .cli = cli }` at first. */
typedef struct review_policies {
	pv_cli *cli;
	struct review_policy *items;
	size_t count;
	size_t cap;
} review_policies;

void review_policies_dispose(review_policies *policies);

/*
 * Takes `is_counted` back from approvals that the policy does not count, and
 * settles the state. `why` gets a reason for each vote, "" where there is none;
 * it may be NULL. Where the policy cannot be read, all is as it was.
 */
int review_settle(review_policies *policies, pv_review *review, pv_strlist *why);

/* What has to be known of a review to count its approvals anew. */
typedef struct review_claims {
	pv_strlist approvers; /* for each two: "Name <mail>", its event's id */
	pv_strlist authors;
	pv_strlist prompts;
} review_claims;

/* Finds it; nothing for a review that nobody approved. */
int review_claims_find(review_claims *out, pv_cli *cli, const pv_review *review);
void review_claims_dispose(review_claims *claims);

struct review_row;

/* How many approvals of a row count. */
int review_row_approvals(int64_t *out, review_policies *policies,
			 const struct review_row *row);

/*
 * Says when the policy will not count that who runs the command approves of
 * these prompts, and why.
 */
int review_tell_uncounted(pv_cli *cli, const pv_review *review,
			  const pv_review_subjects *subjects);

#endif
