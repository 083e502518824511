/* SPDX-License-Identifier: MIT
 *
 * What a git that failed in the middle has changed already. It writes files
 * before the index: with a full disk they stay, and no operation is under way
 * that could be aborted. Only the folders that git-pv looks at count.
 */
#ifndef PV_CMD_HALF_MOVED_H
#define PV_CMD_HALF_MOVED_H

#include "cli.h"

#include "base/str.h"

/* Before git is run: adds the files that are not as the index has them. */
int half_moved_note(pv_strlist *before, pv_cli *cli);

/*
 * Afterwards: appends how to undo what git wrote, if it wrote anything, which
 * it only does over files that are as the index has them. PV_ENOMEM.
 */
int half_moved_cure(pv_buf *out, pv_cli *cli, const pv_strlist *before);

#endif
