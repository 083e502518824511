/* SPDX-License-Identifier: MIT
 *
 * PV_TRACE and -v: a line for each step of a run, with its module and how many
 * milliseconds it took. Neither text of prompts nor what was given is in it.
 */
#ifndef PV_CMD_TRACE_H
#define PV_CMD_TRACE_H

#include "cli.h"

/*
 * Decides where the lines of this run go: PV_TRACE=1 and -v say standard error,
 * any other value of PV_TRACE but "", "0" and "false" is a file to append to;
 * one that cannot be opened is warned of.
 */
void trace_start(pv_cli *cli);

/* The last line, of the whole run; closes the file. */
void trace_finish(pv_cli *cli, int rc);

#endif
