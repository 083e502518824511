/* SPDX-License-Identifier: MIT
 *
 * The files beside prompts that git-pv keeps in YAML: two branches that each
 * add a case to a dataset are merged by fields, as two prompts are.
 */
#ifndef PV_CLI_ROUTES_H
#define PV_CLI_ROUTES_H

#include "base/str.h"
#include "cli.h"

/*
 * Appends a line of attributes for each kind of these files that git has no
 * merge driver for; what the user gave another one is left out. PV_ENOMEM, and
 * negative when git cannot be asked.
 */
int cli_unrouted(pv_strlist *out, pv_cli *cli);

#endif
