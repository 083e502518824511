/* SPDX-License-Identifier: MIT
 *
 * Making a branch that follows no other one: the ref and its log entry, and
 * nothing else.
 */
#ifndef PV_CMD_BRANCH_MAKE_H
#define PV_CMD_BRANCH_MAKE_H

#include "cli.h"

/*
 * Makes the branch `name`, which is none yet, at `commit`; `start` is what
 * the user wrote for that, NULL for HEAD. 1 when it was made; 0 when git has
 * to do it, because it may have to set up what the branch follows, or to log
 * for somebody without a name. Negative: PV_EEXISTS for a name that leaves no
 * room, as pv_store_ref_update.
 */
int branch_make(pv_cli *cli, const char *name, const char *start,
		const pv_oid *commit);

#endif
