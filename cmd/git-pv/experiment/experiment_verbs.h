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

extern const cli_usage experiment_conclude_usage;
extern const cli_usage experiment_create_usage;
extern const cli_usage experiment_list_usage;
extern const cli_usage experiment_pause_usage;
extern const cli_usage experiment_power_usage;
extern const cli_usage experiment_replay_usage;
extern const cli_usage experiment_results_usage;
extern const cli_usage experiment_ramp_usage;
extern const cli_usage experiment_resume_usage;
extern const cli_usage experiment_reweight_usage;
extern const cli_usage experiment_route_usage;
extern const cli_usage experiment_show_usage;
extern const cli_usage experiment_start_usage;
extern const cli_usage experiment_stop_usage;

int experiment_conclude(pv_cli *cli, int argc, char **argv);
int experiment_create(pv_cli *cli, int argc, char **argv);
int experiment_list(pv_cli *cli, int argc, char **argv);
int experiment_pause(pv_cli *cli, int argc, char **argv);
int experiment_power(pv_cli *cli, int argc, char **argv);
int experiment_replay(pv_cli *cli, int argc, char **argv);
int experiment_results(pv_cli *cli, int argc, char **argv);
int experiment_ramp(pv_cli *cli, int argc, char **argv);
int experiment_resume(pv_cli *cli, int argc, char **argv);
int experiment_reweight(pv_cli *cli, int argc, char **argv);
int experiment_route(pv_cli *cli, int argc, char **argv);
int experiment_show(pv_cli *cli, int argc, char **argv);
int experiment_start(pv_cli *cli, int argc, char **argv);
int experiment_stop(pv_cli *cli, int argc, char **argv);

/*
 * Reads the number of an option, as JSON has them. A usage error naming the
 * option where the text is none. NULL leaves `*out` as it is.
 */
int experiment_number(double *out, pv_cli *cli, const char *option,
		      const char *text);

#endif
