/* SPDX-License-Identifier: MIT
 *
 * What `git pv deploy` and `git pv promote` have in common: once it is known
 * what is to go where, the gates are asked, one commit makes all of it live,
 * and the answer is the same.
 */
#ifndef PV_CMD_DEPLOY_JOB_H
#define PV_CMD_DEPLOY_JOB_H

#include "deploy/deploy_push.h"
#include "deploy/gates.h"
#include "repo/environments.h"

typedef struct deploy_options {
	const char *environment;
	const char *message;
	const char *override;
	int canary; /* -1: not given */
	int dry_run;
	int allow_untagged;
	int inactive_ok;
	int freeze;
	int push;
} deploy_options;

/* A deployment on its way. */
typedef struct deploy_job {
	pv_cli *cli;
	const deploy_options *opts;
	const char *promoted_from; /* an environment, or NULL */
	cli_environment environment;
	pv_deploy_item *items;
	size_t count;
	const pv_spec *specs;   /* where the items come from; NULL: elsewhere */
	gate_subject *subjects; /* those that the gates are asked about */
	size_t subject_count;
	gate_results gates;
	pv_buf checks; /* for the commit */
	deploy_push push;
	pv_deploy_result result;
} deploy_job;

/* Whether the options can be meant; a usage error (129) else. */
int deploy_check_options(pv_cli *cli, const deploy_options *opts);

/* Makes room for `count` prompts, all of them subjects. PV_ENOMEM. */
int deploy_job_reserve(deploy_job *job, size_t count);

/* Asks the gates, deploys if they are open, and says so; 1 if they are not. */
int deploy_job_run(deploy_job *job);

void deploy_job_dispose(deploy_job *job);

#endif
