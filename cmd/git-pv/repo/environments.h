/* SPDX-License-Identifier: MIT
 *
 * Environments as the commands see them: which one is meant, and what pv.yaml
 * on the default branch asks of it.
 */
#ifndef PV_CMD_ENVIRONMENTS_H
#define PV_CMD_ENVIRONMENTS_H

#include <pv/deploy.h>
#include <pv/yaml.h>

#include "cli.h"

typedef struct cli_environment {
	pv_buf name;
	const char *from; /* "option", "PV_ENVIRONMENT", ...; static */
	pv_yaml *doc;     /* pv.yaml of the default branch; NULL without */
	pv_point at;      /* that pv.yaml is read at */
	const pv_yaml_node *settings; /* below `environments`; may be NULL */
} cli_environment;

/*
 * Finds the environment that is meant: the one that was given, else that of
 * PV_ENVIRONMENT, of git's configuration, of `environments.default` in pv.yaml.
 * A usage error when there is none.
 */
int environment_find(cli_environment *out, pv_cli *cli, const char *given);

/*
 * Whether it may be deployed to: pv.yaml names it, it is development, staging
 * or production, or something is deployed there already. PV_ENOTFOUND.
 */
int environment_must_exist(const cli_environment *environment, pv_cli *cli);

/* Whether pv.yaml calls it protected. */
int environment_is_protected(const cli_environment *environment);

/* Says where its name is from, unless it was given. */
void environment_tell(const cli_environment *environment, pv_cli *cli);

/* Warns of a working tree that has the branch, and not what was deployed. */
void environment_tell_behind(pv_cli *cli, int is_checked_out);

/* What names it to people: the version, else the commit; NULL for nothing. */
const char *environment_version(const pv_deployment *state);

/*
 * Adds the names of those that pv.yaml has, that something was deployed to and
 * that everybody has, sorted. Failures of pv_environment_each.
 */
int environment_names(pv_strlist *out, pv_cli *cli);

/*
 * The commit that the log of deployments ends in, hex "" for none: that of the
 * branch here, else the remote's. Both are the same log, or sync says so.
 */
int environment_log_tip(pv_oid *out, pv_cli *cli);

void environment_dispose(cli_environment *environment);

#endif
