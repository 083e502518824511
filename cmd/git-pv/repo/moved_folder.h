/* SPDX-License-Identifier: MIT
 *
 * A pv.yaml that moves the prompts. Which files are prompts is said by the
 * default branch's commit, so a commit of ours would take the removals from
 * the old folder and leave the files in the new one behind.
 */
#ifndef PV_CMD_MOVED_FOLDER_H
#define PV_CMD_MOVED_FOLDER_H

#include "repo/selection.h"

/*
 * PV_EINVALID when the pv.yaml of a selection names another folder of prompts
 * than HEAD's, and there are prompts in either.
 */
int moved_folder_check(const selection *chosen, pv_cli *cli);

#endif
