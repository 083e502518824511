/* SPDX-License-Identifier: MIT
 *
 * Whether what a filter asks for is anything at all: a name that is mistyped
 * finds nothing, which would look like an answer.
 */
#ifndef PV_CMD_KNOWN_H
#define PV_CMD_KNOWN_H

#include <pv/index.h>

#include "cli.h"

/*
 * PV_OK when each environment and version that conditions name is known to the
 * repository or to an execution; else PV_ENOTFOUND with the nearest names
 * ("environment-not-found", "version-not-found"). A version is one of the
 * prompt that a condition names, if any does.
 */
int known_matches(pv_cli *cli, const pv_executions_match *matches, size_t count);

/* The same for one environment. */
int known_environment(pv_cli *cli, const char *name);

#endif
