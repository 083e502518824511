/* SPDX-License-Identifier: MIT
 *
 * Where and when versions of a prompt were made live, as pv/deployments has it.
 */
#ifndef PV_CMD_DEPLOYED_H
#define PV_CMD_DEPLOYED_H

#include "cli.h"

#include <pv/deploy.h>

typedef struct deployed_row {
	char *environment;
	char *id; /* what the prompt was called then */
	char *version;
	char *actor;
	char *reason; /* NULL: none */
	int64_t when; /* seconds */
	enum pv_deploy_status status;
} deployed_row;

/* `{ .cli = cli }` at first; release it with deployed_dispose. */
typedef struct deployed {
	pv_cli *cli;
	deployed_row *rows; /* by environment, newest first */
	size_t count;
	size_t cap;
} deployed;

/* Adds those of one environment and prompt. As pv_environment_history. */
int deployed_add(deployed *all, const char *environment, const char *id);

/* Whether a row is about this version of that prompt. */
int deployed_is(const deployed_row *row, const char *id, const char *version);

/* "live", "superseded" or "rolled-back". */
const char *deployed_status(enum pv_deploy_status status);

/* 1 when this state was live in an environment, now or before. */
int deployed_was_live(pv_cli *cli, const char *environment,
		      const pv_deploy_item *item);

void deployed_dispose(deployed *all);

#endif
