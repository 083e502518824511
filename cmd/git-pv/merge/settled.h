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
 * not in it.
 */
void settled_put(pv_buf *out, pv_cli *cli, const char *path);

#endif
