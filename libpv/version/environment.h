/* SPDX-License-Identifier: MIT
 *
 * What an environment runs, for specs: environments are the files <env>.yaml
 * on the branch pv/deployments, which maps ids to versions and commits.
 */
#ifndef PV_VERSION_ENVIRONMENT_H
#define PV_VERSION_ENVIRONMENT_H

#include <pv/store.h>

/*
 * The commit deployed for `id` in environment `name`. PV_ENOTFOUND (id
 * "environment-not-found" without such a file, "version-not-found" when `id`
 * is not deployed there), PV_ECONFLICT when the branch here and at origin
 * have diverged, PV_ESYNTAX, PV_EINVALID for a malformed entry.
 */
int pv_environment_commit(pv_oid *out, pv_store *store, const char *name,
			  const char *id, pv_error *err);

#endif
