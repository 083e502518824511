/* SPDX-License-Identifier: MIT
 *
 * Who approved a prompt in a certain state, in any review.
 */
#ifndef PV_CMD_REVIEW_APPROVALS_H
#define PV_CMD_REVIEW_APPROVALS_H

#include <pv/policy.h>

#include "base/arena.h"
#include "base/str.h"
#include "cli.h"

typedef struct review_approvals {
	pv_arena arena;
	pv_policy_approval *items;
	size_t count;
	size_t cap;
	pv_strlist authors; /* who wrote or put up what they approved */
} review_approvals;

/*
 * Finds the approvals of the state that `subject` is in, its closure. A review
 * for an environment counts for that one only, one that was closed does not,
 * and votes only as far as `policy` counts them.
 * `subject` is lent as long as they are. Dispose of them.
 */
int review_approvals_find(review_approvals *out, pv_cli *cli,
			  const pv_policy *policy, const char *environment,
			  const pv_policy_subject *subject);

void review_approvals_dispose(review_approvals *approvals);

#endif
