/* SPDX-License-Identifier: MIT
 *
 * Times in which nothing is deployed: `freeze` of an environment in pv.yaml.
 */
#ifndef PV_CMD_FREEZE_H
#define PV_CMD_FREEZE_H

#include "repo/environments.h"

/* Whether pv.yaml says anything of when not to deploy there. */
int freeze_is_set(const cli_environment *environment);

/*
 * The time to ask about, in seconds since the epoch: what the deployment's
 * commit would say, but a server takes its own, as that is when it goes live
 * for all.
 */
int freeze_now(int64_t *out, pv_cli *cli, int is_push);

/*
 * Appends what is to be said when a window is open at `now`, or cannot be
 * understood; nothing when it is not frozen. `*hint_out` is what to do then,
 * static. PV_ENOMEM.
 */
int freeze_find(pv_buf *out, const char **hint_out, pv_cli *cli,
		const cli_environment *environment, int64_t now);

#endif
