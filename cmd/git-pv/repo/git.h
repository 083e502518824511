/* SPDX-License-Identifier: MIT
 *
 * Running git for commands that set things up.
 */
#ifndef PV_CLI_GIT_H
#define PV_CLI_GIT_H

#include "cli.h"

/*
 * Runs git with NULL-terminated `args` in the run's repository, if it has
 * one, and appends what it prints to `out` (may be NULL), final newlines
 * dropped. PV_EGIT with git's own words when it fails.
 */
int cli_git(pv_buf *out, pv_cli *cli, const char *const *args);

/* The same with "NAME=value" more in the environment, NULL behind the last. */
int cli_git_env(pv_buf *out, pv_cli *cli, const char *const *args,
		const char *const *env);

/* The same, but the exit status is an answer; negative when git cannot run. */
int cli_git_status(pv_buf *out, pv_cli *cli, const char *const *args);

#endif
