/* SPDX-License-Identifier: MIT
 *
 * A merge of one file that is left to be settled, as git leaves its own: three
 * stages in the index, markers in the file, and where a commit is to come of
 * it, a cherry-pick under way.
 */
#ifndef PV_CMD_UNFINISHED_H
#define PV_CMD_UNFINISHED_H

#include "cli.h"

typedef struct unfinished {
	const char *path;
	const pv_buf *sides[3]; /* base, ours, theirs */
	const pv_oid *commit;   /* whose author the commit will have, or NULL */
	const pv_buf *message;  /* of the commit, with `commit` */
} unfinished;

/*
 * Writes it all. What fails in the middle leaves a cherry-pick that can be
 * aborted. PV_ELOCKED, PV_EIO, PV_EGIT.
 */
int unfinished_leave(const unfinished *what, pv_cli *cli);

#endif
