/* SPDX-License-Identifier: MIT
 *
 * One prompt under two names: what it is called on this branch and what it was
 * called in a commit of another one.
 */
#ifndef PV_CMD_PICK_NAMES_H
#define PV_CMD_PICK_NAMES_H

#include "cli.h"

/* Two commits, and the best ancestor they have in common. */
typedef struct pick_names {
	pv_oid head;
	pv_oid other;
	pv_oid base; /* hex "" when there is none */
} pick_names;

/* Finds the ancestor of HEAD and `other`. PV_ENOTFOUND before a commit. */
int pick_names_init(pick_names *out, pv_cli *cli, const pv_oid *other);

/*
 * Appends the path that HEAD has for the file `path` of `other`: the same one,
 * or the one it was renamed to on either side; nothing when HEAD has none.
 */
int pick_names_here(pv_buf *out, pv_cli *cli, const pick_names *names,
		    const char *path);

#endif
