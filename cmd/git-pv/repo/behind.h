/* SPDX-License-Identifier: MIT
 *
 * An index that a commit left behind: its process was killed once the
 * branch had moved, and the lock with the new index was deleted. Git then
 * shows the commit as undone, staged, beside files that say otherwise.
 */
#ifndef PV_CMD_BEHIND_H
#define PV_CMD_BEHIND_H

#include "cli.h"

/*
 * 1 when the index has a path as it was before the last commit that changed
 * it, while the file is as that commit has it; else 0.
 */
int behind_is(pv_cli *cli, const pv_status_entry *entry);

#endif
