/* SPDX-License-Identifier: MIT
 *
 * Judging a push, in the repository that is pushed to. New objects are there
 * already, in git's quarantine; refs are as they were. What is refused is
 * printed at once, and all of it: who pushes wants to mend it in one go.
 */
#ifndef PV_CMD_HOOK_H
#define PV_CMD_HOOK_H

#include "review/policy_facts.h"

/* A ref that is to move. */
typedef struct push_update {
	pv_oid old; /* hex "" for none */
	pv_oid new;
	char *ref; /* full name */
} push_update;

typedef struct push {
	pv_cli *cli;
	push_update *updates;
	size_t count;
	size_t cap;
	const char *pusher; /* address, as the server knows it; NULL */
	pv_settings settings;
	pv_oid tip;        /* of the default branch, before; hex "" for none */
	pv_policy *policy; /* as of `tip` */
	const push_update *at; /* the one that is judged */
	size_t refused;
} push;

/* Refuses the update at hand: prints why. */
void push_refuse(push *job, const char *rule, const char *hint,
		 const char *format, ...) PV_PRINTF(4, 5);

/* Says aloud that somebody puts the policy aside. */
void push_tell_override(push *job, const char *actor, const char *reason);

/* Judges an action by a policy, and refuses for each of its reasons. */
int push_judge(push *job, const pv_policy *policy, const pv_policy_facts *facts);

/* The ref as it will be: as the push has it, else as it is. hex "" for none. */
int push_ref(pv_oid *out, push *job, const char *ref);

/* 1 when a commit can be reached by a ref that is there or comes, 0 when not. */
int push_is_reachable(push *job, const pv_oid *commit);

/* 1 when the commit at the update's old value is lost. */
int push_is_forced(push *job);

/* Whether a commit or tag has a signature that git pv verify calls good. */
int push_is_signed(push *job, const pv_oid *object);

/* --- what comes ------------------------------------------------------------- */

/*
 * The commits that the update at hand brings, oldest first, each with its
 * parents behind it: those that `known` has not, which is an id, "--branches"
 * or "--all"; NULL: each.
 */
int push_commits(pv_strlist *out, push *job, const char *known);

/* Calls `fn` for each file of each of these commits that it changes. */
int push_each_file(push *job, const pv_strlist *commits,
		   int (*fn)(const char *commit, const changed_file *file,
			     void *payload),
		   void *payload);

/*
 * Refuses what is in commits that no repository of prompts should take; `tip`
 * is the last of them.
 */
int push_judge_files(push *job, const pv_strlist *commits, const pv_oid *tip);

/* The same for whatever comes by a ref that is no branch. */
int push_judge_brought(push *job);

/* Refuses trailers that say what is not so. */
int push_judge_trailers(push *job, const pv_strlist *commits);

/* --- by kind of ref ---------------------------------------------------------- */

int push_judge_branch(push *job);
int push_judge_deployments(push *job);
int push_judge_tag(push *job);
int push_judge_own(push *job); /* refs/pv/ */

/* The events that the update at hand brings to a review. */
int push_judge_review(push *job);

/* --- what holds of the new tip of a branch ------------------------------------ */

/*
 * Loads what differs from `base`, refuses what does not load, and says in
 * `failed` which groups of checks have found errors.
 */
int push_judge_tip(push *job, const pv_oid *base, pv_strlist *failed);

#endif
