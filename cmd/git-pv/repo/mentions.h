/* SPDX-License-Identifier: MIT
 *
 * Files beside the prompts that name one: experiments and data sets.
 */
#ifndef PV_CLI_MENTIONS_H
#define PV_CLI_MENTIONS_H

#include "cli.h"

#include "base/str.h"

/*
 * Appends the paths of the YAML files below experiments/ and datasets/ of the
 * working tree in which some value is one of `ids`, or that with a version ("id@..."). The ids
 * are sorted.
 */
int mentions_find(pv_strlist *out, pv_cli *cli, const pv_strlist *ids);

#endif
