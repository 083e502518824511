/* SPDX-License-Identifier: MIT
 *
 * The facts that a policy is asked about, read from the repository: what
 * changes between two commits, in which state, who wrote it, who agreed.
 */
#ifndef PV_CMD_POLICY_FACTS_H
#define PV_CMD_POLICY_FACTS_H

#include <pv/policy.h>
#include <pv/review.h>

#include "cli.h"

#include "base/str.h"

/*
 * The policy that a commit has, hex "" for none. PV_EINVALID, PV_ESYNTAX for
 * one that cannot be read. The caller frees it.
 */
int policy_load(pv_policy **out, pv_cli *cli, const pv_oid *commit);

/* `{ .cli = cli }` at first; release it with policy_facts_dispose. */
typedef struct policy_facts {
	pv_cli *cli;
	pv_policy_subject *subjects;
	size_t count;
	size_t cap;
	pv_policy_approval *approvals;
	size_t approval_count;
	size_t approval_cap;
	pv_strlist authors;
	pv_strlist texts; /* that the others lend */
} policy_facts;

/* A file that a commit has otherwise than its first parent. */
typedef struct changed_file {
	const char *path;
	unsigned mode; /* as git has it; 0: gone */
	pv_oid blob;
	char status; /* A, M, D or T */
} changed_file;

/* Calls `fn` for each file that differs between two commits; hex "": none. */
int policy_each_between(pv_cli *cli, const pv_oid *from, const pv_oid *to,
			int (*fn)(const char *commit, const changed_file *file,
				  void *payload),
			void *payload);

/* The same from what `git diff-tree -z --raw` has said. */
int policy_each_raw(pv_cli *cli, const pv_buf *text,
		    int (*fn)(const char *commit, const changed_file *file,
			      void *payload),
		    void *payload);

/* Adds all files that differ, in the state that `to` has them. */
int policy_add_subjects(policy_facts *to, const pv_oid *from, const pv_oid *at);

/* Adds one, in the state that a commit has it; `state` hex "" when it is gone. */
int policy_add_subject(policy_facts *to, const char *path, const pv_oid *blob,
		       const pv_oid *commit);

/* The same of one whose state is known; NULL: it is gone. `id` NULL: no prompt. */
int policy_add_known(policy_facts *to, const char *path, const char *id,
		     const char *state);

/* Adds who wrote commits: "ID PARENT...", one a line; merges are nobody's. */
int policy_add_authors(policy_facts *to, const pv_strlist *commits);

/*
 * 1 when the policy counts a vote, 0 when not: it was brought in from another
 * program, or reviews must be signed, and this one has no signature that git pv
 * verify calls good.
 */
int policy_counts(pv_cli *cli, const pv_policy *policy,
		  const pv_review_event *vote);

/* Adds whoever approved of a subject as it is, in any review, and counts. */
int policy_add_approvals(policy_facts *to, const pv_policy *policy);

/*
 * Adds whoever approves of a subject as it is in this review, or asks for
 * changes while it is open; `current_only`
 * leaves out those who have not seen the head that is to be reviewed now, and
 * `policy` those that it does not count.
 */
int policy_add_votes(policy_facts *to, const pv_policy *policy,
		     const pv_review *review, int current_only);

/* Makes them the facts of a question; they are lent. */
void policy_facts_put(pv_policy_facts *out, const policy_facts *facts);

void policy_facts_dispose(policy_facts *facts);

#endif
