/* SPDX-License-Identifier: MIT
 *
 * One at a time: who reads a file of the working tree to write it again holds
 * the repository meanwhile, so that nobody's change is lost between. The lock
 * is flock's, of the folder that all worktrees share: nothing is left behind
 * by who is killed. Where there are no such locks, all go on without.
 */
#ifndef PV_CMD_HOLD_H
#define PV_CMD_HOLD_H

#include "cli.h"

/*
 * Waits up to ten seconds for the others. `*held` is what hold_release takes,
 * in any case. PV_ELOCKED says that `what` is being done by somebody.
 */
int hold_repository(int *held, pv_cli *cli, const char *what);
void hold_release(int held);

#endif
