/* SPDX-License-Identifier: MIT
 *
 * The verbs of `git pv experiment`, each in a file of its own with its own
 * options. The table is in cmd_experiment.c, which sets usage and needs before
 * it calls: a verb begins with cli_start, as a command does, and argv[0] is its
 * name then.
 */
#ifndef PV_CMD_EXPERIMENT_VERBS_H
#define PV_CMD_EXPERIMENT_VERBS_H

#include "cli.h"

extern const cli_usage experiment_power_usage;
extern const cli_usage experiment_replay_usage;
extern const cli_usage experiment_results_usage;

int experiment_power(pv_cli *cli, int argc, char **argv);
int experiment_replay(pv_cli *cli, int argc, char **argv);
int experiment_results(pv_cli *cli, int argc, char **argv);

/*
 * Reads the number of an option, as JSON has them. A usage error naming the
 * option where the text is none. NULL leaves `*out` as it is.
 */
int experiment_number(double *out, pv_cli *cli, const char *option,
		      const char *text);

#endif
