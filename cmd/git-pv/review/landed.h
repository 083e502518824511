/* SPDX-License-Identifier: MIT
 *
 * How what was reviewed got into a branch.
 */
#ifndef PV_CMD_LANDED_H
#define PV_CMD_LANDED_H

#include "cli.h"

/*
 * The commit of the branch's own line that brought `head`, which `tip` has
 * among its ancestors: a merge, or `head` itself.
 */
int landed_commit(pv_oid *out, pv_cli *cli, const pv_oid *head,
		  const pv_oid *tip);

#endif
