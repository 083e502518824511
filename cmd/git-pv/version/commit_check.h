/* SPDX-License-Identifier: MIT
 *
 * The checks of syntax that a commit makes of its prompts: they load, and
 * templates, tests and parameters in them are what they have to be.
 */
#ifndef PV_CMD_COMMIT_CHECK_H
#define PV_CMD_COMMIT_CHECK_H

#include "repo/selection.h"

/*
 * PV_ESCHEMA (id "validation") when a rule of the group "syntax" finds an
 * error in a prompt of the selection, by the pv.yaml of the same state:
 * `cli->report` then holds them, and standard error has been told. What a
 * merge brings unchanged from the other side is not looked at. Failures of
 * check_begin.
 */
int commit_check(const selection *chosen, pv_cli *cli);

/* The same for the text of a prompt that is about to be written. */
int commit_check_text(pv_cli *cli, const char *id, const char *path,
		      const pv_buf *text);

#endif
