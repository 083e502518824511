/* SPDX-License-Identifier: MIT
 *
 * `git pv cherry-pick --field`: of one prompt in a commit only some fields.
 */
#ifndef PV_CMD_PICK_FIELD_H
#define PV_CMD_PICK_FIELD_H

#include "cli.h"

typedef struct pick_field_options {
	cli_list fields;
	int mainline; /* 0: not given */
	int no_commit;
	int no_verify;
} pick_field_options;

/*
 * Picks the fields from what `commit` changed in one prompt; `id` names it,
 * here or there, and may be NULL where only one fits. Returns the exit status
 * or an error like a command: PV_ENOTFOUND for a field that has not changed.
 */
int pick_field(pv_cli *cli, const pick_field_options *opts, const char *commit,
	       const char *id);

#endif
