/* SPDX-License-Identifier: MIT
 *
 * The fields of a prompt by their paths: for completion, and for hints on one
 * that is not there.
 */
#ifndef PV_CMD_FIELD_NAMES_H
#define PV_CMD_FIELD_NAMES_H

#include "cli.h"

#include "base/str.h"

/*
 * Adds the paths of what stands in a prompt, in the order of its file; keys
 * that would have to be quoted are left out. `cli->settings` are loaded.
 * Failures of pv_spec_resolve, pv_store_read and pv_yaml_parse.
 */
int field_names(pv_strlist *out, pv_cli *cli, const char *spec);

/*
 * After PV_ENOTFOUND for a `field` of the prompt: a hint that names those near.
 * Any other `rc`, and what cannot be read, leaves the error as it is; `rc`.
 */
int field_names_hint(pv_cli *cli, int rc, const char *spec, const char *field);

#endif
