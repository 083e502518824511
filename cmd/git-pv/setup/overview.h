/* SPDX-License-Identifier: MIT
 *
 * `git pv` without a command.
 */
#ifndef PV_CMD_OVERVIEW_H
#define PV_CMD_OVERVIEW_H

#include "cli.h"

/* Not in the table of commands: it has no name to be called by. */
extern const cli_command overview_command;

#endif
