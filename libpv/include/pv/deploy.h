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
	int canary; /* per cent of the traffic; -1 when not said */
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

/* What is live of a prompt; NULL when nothing is. Lent. */
PV_API const pv_deployment *pv_environment_find(const pv_environment *environment,
						const char *id);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_environment_dispose(pv_environment *environment);

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
	int dry_run;        /* only say what would be done */
} pv_deploy_request;

/* What became of it. */
typedef struct pv_deploy_result {
	pv_oid commit;      /* on pv/deployments; hex "" when none was made */
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
 * Pv-Actor, Pv-Reason and Pv-Checks. What is live already is left as it is;
 * when all of it is, there is no commit. When others deploy at the same time
 * it is done again on top of theirs. Nothing is asked about the items: whoever
 * calls has checked them. PV_EINVALID for a malformed name, an id that comes
 * twice and a file that is no environment, PV_ECONFLICT when the branch here
 * and at origin have diverged, PV_ELOCKED, PV_EIO, PV_EGIT. The caller
 * disposes the result.
 */
PV_API int pv_deploy_run(pv_deploy_result *out, pv_store *store,
			 const pv_deploy_request *request, pv_error *err);

/* Frees what it holds and zeroes it; a zeroed one is accepted. */
PV_API void pv_deploy_result_dispose(pv_deploy_result *result);

#ifdef __cplusplus
}
#endif

#endif
