/* SPDX-License-Identifier: MIT
 *
 * Deployments made here while others deployed elsewhere, put on top of theirs;
 * and the refs that hold commits which pv/deployments does not hold yet.
 */
#ifndef PV_CMD_ON_TOP_H
#define PV_CMD_ON_TOP_H

#include <pv/deploy.h>

#include "cli.h"

/*
 * Appends a new name of a ref that is for one attempt only. Those that
 * commands left behind which were killed are dropped by the way.
 */
int on_top_name_ref(pv_buf *out, pv_cli *cli);

/* Drops such a ref, if it is there; what cannot be dropped does no harm. */
void on_top_drop_ref(pv_cli *cli, const char *name);

/*
 * Moves pv/deployments; 1 when others have. `is_behind`, unless NULL, is set
 * when a working tree has the branch.
 */
int on_top_move(int *is_behind, pv_cli *cli, const pv_oid *from,
		const pv_oid *to);

typedef struct on_top {
	pv_oid ours;   /* what pv/deployments holds */
	pv_oid theirs; /* what the remote has; hex "" for nothing */
	int renames;   /* see pv_reapply_request */
	int is_dry;    /* the branch stays */
	int is_behind; /* set when a working tree has the branch */
} on_top;

/*
 * Makes what only `ours` has anew on `theirs` and moves the branch there. `out`
 * is the new tip. 1 when others have moved the branch, else the errors of
 * pv_environment_reapply.
 */
int on_top_put(pv_oid *out, pv_cli *cli, on_top *it);

#endif
