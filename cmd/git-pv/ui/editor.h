/* SPDX-License-Identifier: MIT
 *
 * The user's editor, as git chooses it: GIT_EDITOR, core.editor, VISUAL,
 * EDITOR, and run by the shell, for the setting may hold arguments.
 */
#ifndef PV_CMD_EDITOR_H
#define PV_CMD_EDITOR_H

#include "cli.h"

/*
 * Opens the file in the editor and waits. PV_EIO when the editor cannot be
 * started or says that it failed, PV_EGIT when git knows of none.
 */
int editor_open(pv_cli *cli, const char *path);

#endif
