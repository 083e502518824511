/* SPDX-License-Identifier: MIT
 *
 * What remotes have of the versions, as far as this clone knows.
 */
#ifndef PV_CMD_PUBLISHED_H
#define PV_CMD_PUBLISHED_H

#include "cli.h"

/*
 * Asks the remotes that `git pv install` has wired which tags they have, so
 * that a release does not give a number that is final already. A remote that
 * cannot be reached costs a warning: everything works offline.
 */
void published_refresh(pv_cli *cli);

#endif
