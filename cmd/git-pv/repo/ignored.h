/* SPDX-License-Identifier: MIT
 *
 * Files that git ignores: they can be written and read, but neither status
 * nor commit sees them, and `git add` refuses them.
 */
#ifndef PV_CMD_IGNORED_H
#define PV_CMD_IGNORED_H

#include "cli.h"

#include "base/str.h"

/*
 * Adds those of `paths` to `out`, sorted, that are ignored and not tracked.
 * PV_EGIT, PV_ENOMEM.
 */
int ignored_find(pv_strlist *out, pv_cli *cli, const pv_strlist *paths);

/* The same for one path: 1 or 0, or < 0. */
int ignored_is(pv_cli *cli, const char *path);

#endif
