/* SPDX-License-Identifier: MIT
 *
 * Deleting a branch that nothing but its ref and log belongs to.
 */
#ifndef PV_CMD_BRANCH_REMOVE_H
#define PV_CMD_BRANCH_REMOVE_H

#include "cli.h"

/*
 * Deletes the branch `name`, which there is, and says so as git does. 1 when
 * it is gone; 0 when git has to do it or to refuse: it may be in use, is not
 * merged (and no `force`), follows another branch, or is no plain ref.
 * Negative as pv_store_ref_update.
 */
int branch_remove(pv_cli *cli, const char *name, int force);

#endif
