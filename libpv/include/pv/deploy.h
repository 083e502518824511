/* SPDX-License-Identifier: MIT
 *
 * Deployments: which version of each prompt is live in an environment. An
 * environment is the file <name>.yaml on the branch pv/deployments, which has
 * no commit in common with others and is written without a working tree. A
 * deployment is a commit there, so `git log pv/deployments` is the history.
 */
#ifndef PV_DEPLOY_H
#define PV_DEPLOY_H

#include <pv/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is live of one prompt. Texts are NULL where the file has none. */
typedef struct pv_deployment {
	char *id;
	char *version; /* NULL for a state that has no tag */
	pv_oid commit;
	pv_oid blob;
	char *at; /* as the file has it: RFC 3339 */
	char *by;
	char *reason;
	char *rolled_back_from; /* the version that was taken back for it */
	int canary;             /* per cent of the traffic; -1 when not said */
	char *resolved_from; /* the fallback it is live in; NULL: no fallback */
} pv_deployment;

/* An environment at one time. */
typedef struct pv_environment {
	pv_oid tip;           /* the commit it was read from; hex "" for none */
	pv_deployment *items; /* by id */
	size_t count;
} pv_environment;

/*
 * Reads an environment as it is now, or as the commit `at` of the branch has
 * it (NULL: now, which is the branch here or at origin, whichever contains the
 * other). PV_ENOTFOUND (id "environment-not-found"), PV_ECONFLICT when the two
 * have diverged, PV_EINVALID for a malformed name or entry, PV_ESYNTAX. The
 * caller disposes it.
 */
PV_API int pv_environment_load(pv_environment *out, pv_store *store,
			       const char *name, const pv_oid *at, pv_error *err);

/*
 * Reads an environment as it is now, with what its fallbacks have of prompts
 * that are not deployed there, not active, or not here (pv_fallbacks_load). An
 * environment without a file is empty, so its fallbacks are all there is.
 * `tip` is that of the branch. Errors as above, and of pv_fallbacks_load. The
 * caller disposes it.
 */
PV_API int pv_environment_resolve(pv_environment *out, pv_store *store,
				  const pv_settings *settings, const char *name,
				  pv_error *err);

/* What is live of a prompt; NULL when nothing is. Lent. */
PV_API const pv_deployment *pv_environment_find(const pv_environment *environment,
						const char *id);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_environment_dispose(pv_environment *environment);

/* What is not as it was when something was deployed. */
enum pv_drift {
	PV_DRIFT_MISSING = 1 << 0, /* its bytes are not here */
	PV_DRIFT_MOVED = 1 << 1,   /* its version's tag is gone, or elsewhere */
	PV_DRIFT_INACTIVE = 1 << 2,   /* there, or on the default branch now */
	PV_DRIFT_SUPERSEDED = 1 << 3, /* there is a higher version */
	PV_DRIFT_COUNT = 4
};

/* "missing", "tag-moved", "inactive", "superseded"; static. NULL: no flag. */
PV_API const char *pv_drift_name(unsigned flag);

/*
 * Finds what of enum pv_drift is true of something that is live: flags, 0 for
 * none. Pre-releases supersede only pre-releases. `index` has all versions of
 * that repository. PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_deployment_drift(unsigned *out, pv_version_index *index,
			       const pv_deployment *live, pv_error *err);

/*
 * Calls `fn` for each environment that has a file now, by name, until it
 * returns non-zero, which becomes the result. PV_ECONFLICT as above.
 */
PV_API int pv_environment_each(pv_store *store,
			       int (*fn)(const char *name, void *payload),
			       void *payload, pv_error *err);

/* One prompt to deploy. */
typedef struct pv_deploy_item {
	const char *id;
	const char *version; /* NULL for a state that has no tag */
	pv_oid commit;
	pv_oid blob;
} pv_deploy_item;

typedef struct pv_deploy_request {
	const char *environment;
	const pv_deploy_item *items; /* no id twice */
	size_t count;
	const char *reason; /* NULL: none; UTF-8 */
	int canary;         /* per cent of the traffic; -1: all of it */
	const char *checks; /* "syntax=ok security=ok", for the trailers */
	const char *promoted_from; /* an environment, for the trailers; or NULL */
	const char *override; /* why the policy did not count; NULL: it did */
	/*
	 * A new ref that gets the commit: the branch stays where it is, until
	 * whoever calls moves it. NULL: the branch moves.
	 */
	const char *refname;
	int dry_run; /* only say what would be done */
} pv_deploy_request;

/* What became of it. */
typedef struct pv_deploy_result {
	pv_oid commit;      /* on pv/deployments; hex "" when none was made */
	pv_deployment *now; /* each item: id, version, commit (hex "" for one that
			       is not live any more), blob, canary and
			       rolled_back_from */
	pv_deployment *was; /* what was live of each item; `id` NULL: nothing */
	int *is_changed;    /* for each item: 0 when it was live already */
	size_t count;
	char *actor;
	int64_t when;       /* seconds since the epoch */
	int is_checked_out; /* a working tree has the branch: it is behind */
} pv_deploy_result;

/*
 * Makes all items live, by one commit, which names them in its trailers
 * Pv-Action, Pv-Environment, Pv-Prompt, Pv-Version, Pv-Commit, Pv-Blob,
 * Pv-Actor, Pv-Reason, Pv-Checks and Pv-Override. What is live already is left as it is;
 * when all of it is, there is no commit. When others deploy at the same time
 * it is done again on top of theirs. Nothing is asked about the items: whoever
 * calls has checked them. PV_EINVALID for a malformed name, an id that comes
 * twice and a file that is no environment, PV_ECONFLICT when the branch here
 * and at origin have diverged, PV_ELOCKED, PV_EIO, PV_EGIT. The caller
 * disposes the result.
 */
PV_API int pv_deploy_run(pv_deploy_result *out, pv_store *store,
			 const pv_deploy_request *request, pv_error *err);

typedef struct pv_rollback_request {
	const char *environment;
	const char *id;           /* NULL: all prompts; then `at` is given */
	const pv_deploy_item *to; /* that version, which need not have been live */
	const pv_oid *at;         /* as that commit of pv/deployments has it */
	const char *reason;       /* NULL: none; UTF-8 */
	const char *checks;       /* these three as in pv_deploy_request */
	const char *override;
	const char *refname;
	int dry_run;
} pv_rollback_request;

/*
 * Makes live what was live before, by a new commit like that of
 * pv_deploy_run, with the trailer Pv-Rolled-Back-From. Without `to` and `at` it
 * is what was live of the prompt last, apart from what it was rolled back from
 * since. With `at` and no prompt the whole environment is as it was then: what
 * was not live then is not any more. PV_ENOTFOUND (id "version-not-found")
 * when there is nothing to go back to, and for an environment that was not
 * there; else errors as pv_deploy_run. The caller disposes the result.
 */
PV_API int pv_rollback_run(pv_deploy_result *out, pv_store *store,
			   const pv_rollback_request *request, pv_error *err);

/*
 * Makes an environment without prompts, or drops one with all that is live
 * there, by a commit. Without one there was nothing to do. Errors as
 * pv_deploy_run. The caller disposes the result.
 */
PV_API int pv_environment_create(pv_deploy_result *out, pv_store *store,
				 const char *name, const char *reason,
				 pv_error *err);
PV_API int pv_environment_delete(pv_deploy_result *out, pv_store *store,
				 const char *name, const char *reason,
				 pv_error *err);

typedef struct pv_reapply_request {
	const pv_oid *ours;
	const pv_oid *theirs; /* hex "": nothing */
	const char *refname;  /* a new ref, which holds the result */
	/*
	 * A deployment of a version whose tag names another commit by now, as
	 * after pv_version_remint, goes by the name that its commit has.
	 */
	int renames;
} pv_reapply_request;

/*
 * Makes the commits of `ours` that `theirs` does not have anew on top of it,
 * entry by entry, with their authors and messages; what `theirs` has already
 * needs no commit. `*out` is the new tip, which the ref holds; it is `theirs`,
 * and there is no ref, when nothing was left. The caller moves the branch. After
 * a failure the ref may hold a part. PV_ECONFLICT when a commit is a merge,
 * changes more than entries of a file that others changed, or deletes one;
 * PV_ESYNTAX, PV_EINVALID, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_environment_reapply(pv_oid *out, pv_store *store,
				  const pv_reapply_request *request,
				  pv_error *err);

/* --- history ------------------------------------------------------------------ */

enum pv_deploy_action {
	PV_ACTION_DEPLOY,
	PV_ACTION_ROLLBACK, /* also by git revert */
	PV_ACTION_REMOVE
};

enum pv_deploy_status {
	PV_STATUS_LIVE,
	PV_STATUS_SUPERSEDED,
	PV_STATUS_ROLLED_BACK /* it was taken back */
};

/* What became of one prompt in one commit; everything is lent. */
typedef struct pv_deploy_event {
	const char *environment;
	const char *id;
	pv_oid commit; /* on pv/deployments */
	int64_t when;  /* its committer's time, seconds since the epoch */
	const char *actor;
	const char *reason;       /* NULL: none */
	const char *checks;       /* as in pv_deploy_request; "" for none */
	const pv_deployment *now; /* `id` NULL: it is not live any more */
	const pv_deployment *was; /* `id` NULL: it was not live before */
	enum pv_deploy_action action;
	enum pv_deploy_status status; /* of what was made live */
} pv_deploy_event;

typedef struct pv_history_range {
	const char *environment;
	const char *id; /* NULL: all prompts */
	pv_oid tip;     /* a commit of the branch; hex "": it is read now */
} pv_history_range;

/*
 * Calls `fn` with what became of prompts in an environment, newest first,
 * along first parents, until it returns non-zero, which becomes the result.
 * The files say what happened, whoever wrote them; what the trailers of a
 * commit say only spares looking into those that concern other prompts, and
 * is checked against the next ones. PV_ESYNTAX, PV_EINVALID for a file that is
 * no environment, PV_EGIT, PV_ENOMEM.
 */
PV_API int pv_environment_history(pv_store *store, const pv_history_range *range,
				  int (*fn)(const pv_deploy_event *event,
					    void *payload),
				  void *payload, pv_error *err);

/*
 * The commit of pv/deployments that was its tip at a time, in seconds since
 * the epoch: the last one along first parents behind which no committer's time
 * is later. PV_ENOTFOUND (id "environment-not-found") before the first,
 * PV_ECONFLICT when the branch here and at origin have diverged.
 */
PV_API int pv_environment_at(pv_oid *out, pv_store *store, int64_t when,
			     pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_deploy_result_dispose(pv_deploy_result *result);

#ifdef __cplusplus
}
#endif

#endif
