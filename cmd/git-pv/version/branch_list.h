/* SPDX-License-Identifier: MIT
 *
 * The branches, and how far each is from the default branch.
 */
#ifndef PV_CMD_BRANCH_LIST_H
#define PV_CMD_BRANCH_LIST_H

#include "cli.h"

/* Prints them, as text or JSON. */
int branch_list(pv_cli *cli);

#endif
