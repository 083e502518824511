/* SPDX-License-Identifier: MIT
 *
 * Whether git would begin a merge, for a command that does something else
 * before it and is to do both or neither.
 */
#ifndef PV_CMD_MERGE_CHECK_H
#define PV_CMD_MERGE_CHECK_H

#include "cli.h"

/*
 * PV_ECONFLICT where git refuses to merge `target` into HEAD because of what is
 * not committed: anything that is staged, a changed file that the merge writes,
 * a file that nobody tracks in the place of one; also where a merge or the like
 * is under way. PV_EGIT, as for histories that have nothing in common.
 */
int merge_check(pv_cli *cli, const pv_oid *target);

#endif
