/* SPDX-License-Identifier: MIT
 *
 * What a new branch may be called, and which there is.
 */
#ifndef PV_CMD_BRANCH_NAME_H
#define PV_CMD_BRANCH_NAME_H

#include "cli.h"

/*
 * PV_EINVALID for what pv_branch_check refuses, PV_EEXISTS when a branch has
 * that name but for its case: some file systems keep refs and cannot tell.
 */
int branch_name_check(pv_cli *cli, const char *name);

/*
 * Whether the policy of the default branch lets a branch be called so:
 * PV_EPOLICY, PV_EINVALID for a policy that cannot be read.
 */
int branch_name_allowed(pv_cli *cli, const char *name);

/* Whether there is such a branch: PV_ENOTFOUND, which names those near. */
int branch_name_find(pv_cli *cli, const char *name);

#endif
