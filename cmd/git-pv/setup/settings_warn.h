/* SPDX-License-Identifier: MIT
 *
 * Settings that a merge has left wrong.
 */
#ifndef PV_CLI_SETTINGS_WARN_H
#define PV_CLI_SETTINGS_WARN_H

#include "cli.h"

/*
 * Warns when pv.yaml is another one in the commit `after` than in `before` and
 * is not as it has to be. Failures are taken for nothing to warn about.
 */
void settings_warn_merged(pv_cli *cli, const pv_oid *before, const pv_oid *after);

#endif
