/* SPDX-License-Identifier: MIT
 *
 * Prompts that do not load, gathered over a whole run so that all of them are
 * named before the command refuses.
 */
#ifndef PV_CMD_BROKEN_H
#define PV_CMD_BROKEN_H

#include "cli.h"

/*
 * The line where a conflict left by a merge begins, or 0. The three markers, or
 * two of them, have to be there in their order, each where a line begins: prompts
 * may talk about them, in a block of text, where lines are indented.
 */
int broken_marker_line(const char *text, size_t len);

/* Makes `cli->report`. PV_ENOMEM. */
int broken_start(pv_cli *cli);

/*
 * Loads a prompt's text. What is wrong with it becomes a finding; only a lack
 * of memory is a failure. `*out` (may not be NULL) is NULL then.
 */
int broken_check(pv_prompt **out, pv_cli *cli, const char *path,
		 const pv_buf *text);

/* Adds a finding for the conflict that begins at a line of a file. PV_ENOMEM. */
int broken_add_conflict(pv_cli *cli, const char *path, int line);

/*
 * PV_OK when every prompt loaded. Else PV_ESCHEMA (id "validation") with the
 * first finding as the error; the others are told on standard error, or with
 * --json stand beside it.
 */
int broken_finish(pv_cli *cli, const char *hint);

/* All of it for a single text. */
int broken_check_text(pv_cli *cli, const char *path, const char *text,
		      size_t len, const char *hint);

#endif
