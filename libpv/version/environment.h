/* SPDX-License-Identifier: MIT
 *
 * What an environment runs, for specs: environments are the files <env>.yaml
 * on the branch pv/deployments, which maps ids to versions and commits.
 */
#ifndef PV_VERSION_ENVIRONMENT_H
#define PV_VERSION_ENVIRONMENT_H

#include <pv/version.h>

enum {
	PV_ENVIRONMENT_MAX = PV_ENVIRONMENT_NAME - 1 /* bytes of a name */
};

/* Whether a name can be an environment's: it becomes a file's. PV_EINVALID. */
int pv_environment_check(const char *name, pv_error *err);

/*
 * The commit that deployments are read from, hex "" before the first: the one
 * of the local branch and the one at pv_environment_remote that contains the other.
 * `local_out` is what the local branch holds, hex "" when it is not there.
 * PV_ECONFLICT when they have diverged.
 */
int pv_environment_tip(pv_oid *tip_out, pv_oid *local_out, pv_store *store,
		       pv_error *err);

/*
 * The commit deployed for `id` in environment `name`. PV_ENOTFOUND (id
 * "environment-not-found" without such a file, "version-not-found" when `id`
 * is not deployed there), PV_ECONFLICT when the branch here and at origin
 * have diverged, PV_ESYNTAX, PV_EINVALID for a malformed entry.
 */
int pv_environment_commit(pv_oid *out, pv_store *store, const char *name,
			  const char *id, pv_error *err);

#endif
