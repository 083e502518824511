/* SPDX-License-Identifier: MIT
 *
 * A commit of pv/deployments that a push brings, while it is judged.
 */
#ifndef PV_CMD_HOOK_DEPLOYMENT_H
#define PV_CMD_HOOK_DEPLOYMENT_H

#include <pv/deploy.h>

#include "review/hook.h"
#include "review/hook_claims.h"

enum {
	NAME_MAX_LEN = 64
};

/* A commit and the environment that it changes. */
typedef struct deployment {
	push *job;
	pv_commit commit;
	char name[NAME_MAX_LEN + 1];
	pv_environment before;
	pv_environment after;
	claims said;
	const char *reverts; /* a commit, or NULL */
	int is_rollback;
	int is_removal; /* of the environment */
	size_t refused; /* of the push, before this commit */
} deployment;

/* Refuses the commit for what it does. */
void deployment_wrong(deployment *it, const char *what);

/* Whether two texts are the same; NULL is only itself. */
int deployment_is_text_same(const char *a, const char *b);

/* Whether two entries go live with the same bytes; with all that they say. */
int deployment_is_state_same(const pv_deployment *a, const pv_deployment *b);
int deployment_is_entry_same(const pv_deployment *a, const pv_deployment *b);

/* Refuses entries that are not what the trailers say, or cannot be. */
int deployment_judge_entries(deployment *it);

/* Refuses a file that is large by what it has beside its entries. */
int deployment_judge_size(deployment *it, const char *file);

#endif
