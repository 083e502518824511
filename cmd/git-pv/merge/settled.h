/* SPDX-License-Identifier: MIT
 *
 * Unmerged files that nothing is left to settle in, by a person or by rerere,
 * which git goes on calling unmerged until they are added.
 */
#ifndef PV_CLI_SETTLED_H
#define PV_CLI_SETTLED_H

#include "cli.h"

/*
 * Appends what there is to do: "settled by rerere: "git add PATH"". Rerere is
 * named where it keeps a list of what people have to settle, and the path is
 * not in it; settled_stray where there is one.
 */
void settled_put(pv_buf *out, pv_cli *cli, const char *path);

/*
 * The number of the first line of an unmerged file that looks like a marker and
 * that no side has; 0 when there is none.
 */
int settled_stray(pv_cli *cli, const char *path);

#endif
