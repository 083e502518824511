/* SPDX-License-Identifier: MIT
 *
 * Policy: who may do what. `policy:` in pv.yaml says it, together with the
 * `approvals` and `required_checks` of its environments. One function judges:
 * it is given the facts, does no I/O, and says yes or no with its reasons.
 * Whoever asks reads the policy as of the commit that is to be changed, never
 * of the one that wants to get there, so that nobody lets himself in.
 *
 * People are known by their addresses: "Ada <ada@example.com>" and
 * "ada@example.com" are one, whatever the case, and so are the addresses of a
 * .mailmap where it matters whose work something is. In a policy a person is such an
 * address, a pattern of some ("*@example.com", "*"), or a team ("@leads").
 */
#ifndef PV_POLICY_H
#define PV_POLICY_H

#include <pv/buf.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A policy, read; it is not changed any more. */
typedef struct pv_policy pv_policy;

/*
 * Reads the policy of a pv.yaml; NULL or a text without `policy:` is one that
 * allows everything but what no repository may lose. `default_branch` is
 * protected unless the policy says which branches are. What is not understood
 * is an error, never passed over: PV_EINVALID with line and column, PV_ESYNTAX,
 * PV_ELIMIT, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_policy_parse(pv_policy **out, const char *text, size_t len,
			   const char *default_branch, pv_error *err);

/*
 * Has the policy take addresses for one person's that a .mailmap makes one, see
 * gitmailmap(5): for telling who agrees to work of their own, or twice, not for
 * what a person may do. What is no such line is passed over. PV_ENOMEM.
 */
PV_API int pv_policy_add_mailmap(pv_policy *policy, const char *text,
				 size_t len, pv_error *err);

/* Frees a policy; NULL is accepted. */
PV_API void pv_policy_free(pv_policy *policy);

/* Whether a branch, by its short name, is protected. */
PV_API int pv_policy_is_protected(const pv_policy *policy, const char *branch);

/* Whether a tag that is no version may be neither moved nor deleted. */
PV_API int pv_policy_is_tag_protected(const pv_policy *policy, const char *tag);

/* The largest file that may come in, in bytes. */
PV_API int64_t pv_policy_max_file_size(const pv_policy *policy);

enum pv_policy_signed {
	PV_SIGNED_COMMITS = 1 << 0,
	PV_SIGNED_TAGS = 1 << 1,
	PV_SIGNED_DEPLOYMENTS = 1 << 2,
	PV_SIGNED_REVIEWS = 1 << 3 /* their events; else nothing is approved */
};

/* What must be signed: any of the above. */
PV_API unsigned pv_policy_signed(const pv_policy *policy);

/* Whether a person may put the policy aside. */
PV_API int pv_policy_may_override(const pv_policy *policy, const char *person);

/* The check at `idx` that changes of a protected branch must pass, or NULL. */
PV_API const char *pv_policy_check_at(const pv_policy *policy, size_t idx);

/* "ada@example.com" of "Ada <ada@example.com>", its length in `*len_out`. */
PV_API const char *pv_policy_mail(const char *person, size_t *len_out);

/* Whether two are the same person. */
PV_API int pv_policy_is_same(const char *a, const char *b);

/* The same, by the mailmap of a policy, too. */
PV_API int pv_policy_is_person(const pv_policy *policy, const char *a,
			       const char *b);

/* Writes the policy as JSON, as it is in force. PV_ENOMEM. */
PV_API int pv_policy_json(pv_buf *out, const pv_policy *policy, pv_error *err);

/* --- judging ---------------------------------------------------------------- */

enum pv_policy_action {
	PV_POLICY_BRANCH,  /* a branch is made */
	PV_POLICY_MERGE,   /* a branch takes changes, by merge or push */
	PV_POLICY_APPROVE, /* somebody agrees to changes */
	PV_POLICY_RELEASE, /* a version is made */
	PV_POLICY_DEPLOY,
	PV_POLICY_ROLLBACK /* what was live before is made live again */
};

/* "branch", "merge", ...; static. NULL for a number that is no action. */
PV_API const char *pv_policy_action_name(int action);

/* What an action is about: a file. */
typedef struct pv_policy_subject {
	const char *path;
	const char *id;    /* of a prompt; NULL for other files */
	const char *state; /* closure of a prompt, blob of others; NULL: gone */
} pv_policy_subject;

/* Somebody agreed to a file as it was then: to this state, and no other. */
typedef struct pv_policy_approval {
	const char *by;
	const char *path;  /* NULL: whatever has this state */
	const char *state; /* NULL: that it goes */
	int is_own;        /* he put it up, whoever wrote it */
	int is_against;    /* he asks for changes of that state */
} pv_policy_approval;

typedef struct pv_policy_check {
	const char *name; /* or its synonym: "syntax_validation" */
	int is_ok;
} pv_policy_check;

/* All that is known of an action. */
typedef struct pv_policy_facts {
	enum pv_policy_action action;
	const char *actor;
	const char *branch;      /* BRANCH, MERGE: short name */
	const char *environment; /* DEPLOY, ROLLBACK */
	const pv_policy_subject *subjects;
	size_t subject_count;
	const pv_policy_approval *approvals;
	size_t approval_count;
	const char *const *authors; /* of the changes: they cannot approve */
	size_t author_count;
	const pv_policy_check *checks; /* that were run */
	size_t check_count;
	int is_forced;        /* MERGE: commits would be lost */
	int is_removal;       /* MERGE: the branch is deleted */
	int is_unsigned;      /* a signature is not there, or is bad */
	const char *override; /* why the policy is not to count; NULL */
} pv_policy_facts;

typedef struct pv_policy_reason {
	const char *rule; /* "approvals", "deploy", ...; static */
	int is_ok;
	int is_fixed;      /* no override helps */
	char message[256]; /* lower case, one line */
	char hint[256];    /* what to do about it; "" when there is none */
} pv_policy_reason;

typedef struct pv_policy_verdict {
	int is_allowed;
	int is_overridden; /* it is allowed only because of that */
	pv_policy_reason *reasons;
	size_t count;
} pv_policy_verdict;

/*
 * Judges an action. A refusal is PV_OK, too. The same facts give the same
 * verdict. PV_ENOMEM. The caller disposes the verdict.
 */
PV_API int pv_policy_judge(pv_policy_verdict *out, const pv_policy *policy,
			   const pv_policy_facts *facts, pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_policy_verdict_dispose(pv_policy_verdict *verdict);

#ifdef __cplusplus
}
#endif

#endif
