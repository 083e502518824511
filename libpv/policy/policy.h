/* SPDX-License-Identifier: MIT
 *
 * What a policy is made of. Lists of people are kept as they are written:
 * addresses, patterns and teams in lower case.
 */
#ifndef PV_POLICY_POLICY_H
#define PV_POLICY_POLICY_H

#include <pv/policy.h>

#include "base/arena.h"
#include "base/str.h"

/* A list of people, patterns or names that the policy has. */
typedef struct pv_policy_list {
	const char **items;
	size_t count;
	int is_given; /* also an empty one says something: nobody */
} pv_policy_list;

/* A list that is for something: a team, the deployers of an environment. */
typedef struct pv_policy_named {
	const char *name;
	pv_policy_list list;
} pv_policy_named;

/* Who has to agree to files, as in an OWNERS file: the last rule counts. */
typedef struct pv_policy_owner {
	const char *pattern;
	pv_policy_list approvers;
	int approvals; /* -1: as elsewhere */
} pv_policy_owner;

typedef struct pv_policy_environment {
	const char *name;
	int approvals;
	pv_policy_list checks;
} pv_policy_environment;

/* Two addresses of a person, as a mailmap has them. */
typedef struct pv_policy_alias {
	const char *proper;
	const char *other;
} pv_policy_alias;

struct pv_policy {
	pv_arena arena;
	const char *default_branch;
	pv_policy_list branches;
	pv_policy_list protected_branches;
	pv_policy_list protected_tags;
	pv_policy_list checks;
	pv_policy_list approvers;
	pv_policy_list release;
	pv_policy_list override;
	pv_policy_named *teams;
	size_t team_count;
	pv_policy_named *deploy;
	size_t deploy_count;
	pv_policy_owner *owners;
	size_t owner_count;
	pv_policy_environment *environments;
	size_t environment_count;
	pv_policy_alias *aliases; /* not of the arena */
	size_t alias_count;
	size_t alias_cap;
	int approvals;
	int self_approval;
	unsigned is_signed;
	int64_t max_file_size;
};

enum {
	PV_POLICY_SIGNED = 4 /* bits of enum pv_policy_signed */
};

/* What each of these bits is called. */
const char *pv_policy_signed_name(size_t bit);

/* 1 when the person is one of the list, by address, pattern or team. */
int pv_policy_has(const pv_policy *policy, const pv_policy_list *list,
		  const char *person);

/* 1 when a name fits one of the patterns. */
int pv_policy_fits(const pv_policy_list *patterns, const char *name);

/* The name that a check goes by: "syntax" of "syntax_validation". */
const char *pv_policy_check_name(const char *name);

#endif
