/* SPDX-License-Identifier: MIT
 *
 * Prompts, and what routes.h has beside them, that no attribute speaks of,
 * merged by fields all the same: git is told so in the file of the user's attributes, which any other one overrides.
 */
#ifndef PV_CLI_MERGE_ATTRIBUTES_H
#define PV_CLI_MERGE_ATTRIBUTES_H

#include "base/note.h"
#include "cli.h"

/*
 * Appends the setting "core.attributesFile=PATH" for a git that is to merge;
 * the file says what the user's own says, behind our lines. The caller removes
 * `file` when git is done, and disposes of it. PV_EIO, PV_ENOMEM.
 */
int merge_attributes(pv_buf *out, pv_note *file, pv_cli *cli);

#endif
