/* SPDX-License-Identifier: MIT
 *
 * The rows derived from git as commands use them: lent to the store for the
 * rest of the run, and brought up to date where that is quick.
 */
#ifndef PV_CMD_GIT_ROWS_H
#define PV_CMD_GIT_ROWS_H

#include <pv/git_rows.h>

#include "cli.h"

/* Lends the rows, if there are any, to `cli->store`. PV_ENOMEM. */
int git_rows_lend(pv_cli *cli);

/*
 * The same for a command that walks the history: a few new commits are added
 * first. What cannot be had is done without.
 */
int git_rows_use(pv_cli *cli);

#endif
