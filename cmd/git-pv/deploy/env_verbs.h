/* SPDX-License-Identifier: MIT
 *
 * The verbs of `git pv env`, each with its own options. The table is in
 * cmd_env.c; a verb begins with cli_start, and argv[0] is its name then.
 */
#ifndef PV_CMD_ENV_VERBS_H
#define PV_CMD_ENV_VERBS_H

#include "cli.h"

extern const cli_usage env_at_usage;
extern const cli_usage env_create_usage;
extern const cli_usage env_delete_usage;
extern const cli_usage env_diff_usage;
extern const cli_usage env_history_usage;
extern const cli_usage env_list_usage;
extern const cli_usage env_show_usage;

int env_at(pv_cli *cli, int argc, char **argv);
int env_create(pv_cli *cli, int argc, char **argv);
int env_delete(pv_cli *cli, int argc, char **argv);
int env_diff(pv_cli *cli, int argc, char **argv);
int env_history(pv_cli *cli, int argc, char **argv);
int env_list(pv_cli *cli, int argc, char **argv);
int env_show(pv_cli *cli, int argc, char **argv);

#endif
