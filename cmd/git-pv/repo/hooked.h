/* SPDX-License-Identifier: MIT
 *
 * What pre-commit stages while git itself concludes a merge, revert or
 * cherry-pick: it is in the commit before anybody could look at it, so what
 * does not load is told afterwards. Our own commits are reviewed, see
 * review.h.
 */
#ifndef PV_CMD_HOOKED_H
#define PV_CMD_HOOKED_H

#include "cli.h"

/* The tree of what is staged, before git commits it; "" when not known. */
int hooked_note(pv_buf *tree, pv_cli *cli);

/*
 * Warns of prompts at HEAD that differ from `tree` and do not load. PV_ENOMEM,
 * PV_EGIT.
 */
int hooked_tell(const pv_buf *tree, pv_cli *cli);

#endif
