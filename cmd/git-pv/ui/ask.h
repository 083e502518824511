/* SPDX-License-Identifier: MIT
 *
 * Questions to a person at a terminal: on standard error, answered by a line
 * of standard input.
 */
#ifndef PV_CMD_ASK_H
#define PV_CMD_ASK_H

#include "cli.h"

/* Whether there is somebody to ask; GIT_TERMINAL_PROMPT=0 says there is not. */
int ask_is_possible(const pv_cli *cli);

/*
 * Asks, and puts the answer into `out`, without blanks around it; an empty one
 * is `otherwise`, which the question shows unless it is "". PV_ECANCELED where
 * the input ends, PV_EIO.
 */
int ask_line(pv_buf *out, pv_cli *cli, const char *question,
	     const char *otherwise);

#endif
