/* SPDX-License-Identifier: MIT
 *
 * Conflict markers in the files that git-pv looks after beside the prompts:
 * sets of cases, schemas, settings, prompts of other formats. Nobody loads
 * them on their way into a commit, so this is all that stops them there.
 */
#ifndef PV_CMD_MARKED_H
#define PV_CMD_MARKED_H

#include "cli.h"

/*
 * The line of the first conflict in a file, 0 for none, or where no regular
 * file is at that path. PV_EGIT, PV_EIO, PV_ENOMEM.
 */
int marked_line(int *line_out, pv_cli *cli, const pv_point *at, const char *path);

/*
 * Adds a finding to `cli->report` for a text with markers at `path`, if that
 * is a file git-pv looks after: by its folder, or because the attributes say
 * that git-pv merges it.
 */
int marked_check_text(pv_cli *cli, const char *path, const pv_buf *text);

/* The same for a file at a point; a prompt is left to who loads it. */
int marked_check(pv_cli *cli, const pv_point *at, const char *path);

#endif
