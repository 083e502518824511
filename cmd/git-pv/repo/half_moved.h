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
 * Afterwards: undoes what git wrote, which it only does over files that are as
 * the index has them, where a file is the beginning of what the commit
 * `target` has there, or gone; hex "": undoes nothing. Appends how to undo the
 * rest. PV_EIO, PV_ENOMEM.
 */
int half_moved_cure(pv_buf *out, pv_cli *cli, const pv_strlist *before,
		    const pv_oid *target);

#endif
