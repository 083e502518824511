/* SPDX-License-Identifier: MIT
 *
 * The options of `git pv rollback`, which brings back a file, or with --env
 * what was live in an environment.
 */
#ifndef PV_CMD_ROLLBACK_H
#define PV_CMD_ROLLBACK_H

#include "cli.h"

struct rollback_options {
	const char *to;
	const char *message;
	const char *environment;
	const char *at;
	const char *override;
	int dry_run;
	int push;
	int no_verify;
};

/* With --env, `id` NULL for all prompts: by a commit on pv/deployments. */
int rollback_environment(pv_cli *cli, const struct rollback_options *opts,
			 const char *id);

#endif
