/* SPDX-License-Identifier: MIT
 *
 * `--push` of what deploys: the branch here moves only when the remote has
 * taken the deployment, so a push that is refused leaves nothing behind.
 */
#ifndef PV_CMD_DEPLOY_PUSH_H
#define PV_CMD_DEPLOY_PUSH_H

#include <pv/deploy.h>

#include "cli.h"

#include "base/str.h"

/* `{ .cli = cli }` at first; release it with deploy_push_dispose. */
typedef struct deploy_push {
	pv_cli *cli;
	/*
	 * Makes the deployment on what is the tip by then, as a commit that
	 * the new ref `refname` holds, or none when there is nothing to do;
	 * without `refname` the branch holds it.
	 */
	int (*make)(pv_deploy_result **out, const char *refname, void *payload);
	void *payload;
	int is_dry; /* fetch, and push nothing */
	pv_buf remote;
	pv_oid seen; /* what the remote had */
	int is_pushed;
	int attempts;
} deploy_push;

/*
 * Makes the deployment here. When it `is_pushing`: fetches, makes it, pushes it
 * with the versions it names, and moves the branch; again when others were
 * faster. Deployments that were made here and elsewhere meanwhile are put on
 * top of those. PV_EPOLICY when the remote refuses, PV_EGIT when it cannot be
 * reached, PV_ECONFLICT.
 */
int deploy_push_run(deploy_push *push, int is_pushing);

/* The remote that has it now; NULL when nothing was pushed. */
const char *deploy_pushed_to(const deploy_push *push);

/* Says so. */
void deploy_push_tell(const deploy_push *push);

void deploy_push_dispose(deploy_push *push);

#endif
