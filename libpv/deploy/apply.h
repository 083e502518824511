/* SPDX-License-Identifier: MIT
 *
 * One change of an environment, by compare-and-swap: what is to be live is
 * planned on what the branch has, and planned anew when others were faster, so
 * that no deployment is lost and the branch stays one line of commits.
 */
#ifndef PV_DEPLOY_APPLY_H
#define PV_DEPLOY_APPLY_H

#include "deploy/entry.h"
#include "deploy/env_file.h"

/* What the branch has, for a plan. */
typedef struct pv_deploy_view {
	const char *environment;
	pv_oid tip;   /* hex "" before the first deployment */
	pv_oid local; /* what the branch here holds */
	pv_env_file file;
} pv_deploy_view;

/* What is to be live: by `id`; one without a commit is to go. */
typedef struct pv_deploy_plan {
	pv_deployment *items; /* owned */
	size_t count;
	size_t cap;
} pv_deploy_plan;

/* Adds an item; at, by and reason are not looked at. PV_ENOMEM. */
int pv_deploy_plan_add(pv_deploy_plan *plan, const pv_new_entry *item,
		       pv_error *err);

enum pv_deploy_kind {
	PV_DO_DEPLOY,
	PV_DO_ROLLBACK,
	PV_DO_CREATE, /* an environment without prompts */
	PV_DO_DELETE  /* its file */
};

typedef struct pv_deploy_change {
	const char *environment;
	enum pv_deploy_kind kind;
	const char *reason;   /* NULL: none */
	const char *checks;   /* NULL: none */
	const char *promoted; /* the environment it comes from, or NULL */
	const char *override; /* why the policy did not count; NULL: it did */
	const char *refname; /* gets the commit; NULL: the branch, which moves */
	int canary;          /* for the message; -1: all */
	int dry_run;
	int (*plan)(pv_deploy_plan *out, pv_store *store,
		    const pv_deploy_view *view, void *payload, pv_error *err);
	void *payload;
} pv_deploy_change;

/*
 * Makes the change by one commit, or none when it changes nothing. Errors as
 * pv_deploy_run, and those of the plan. The caller disposes `*out`.
 */
int pv_deploy_apply(pv_deploy_result *out, pv_store *store,
		    const pv_deploy_change *change, pv_error *err);

#endif
