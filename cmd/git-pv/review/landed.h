/* SPDX-License-Identifier: MIT
 *
 * How what was reviewed got into a branch: by a merge, or, as the button of a
 * forge does it, by other commits with the same patches.
 */
#ifndef PV_CMD_LANDED_H
#define PV_CMD_LANDED_H

#include "cli.h"

enum landed_how {
	LANDED_NOT,
	LANDED_MERGE,        /* a merge has the reviewed commit for a parent */
	LANDED_FAST_FORWARD, /* the branch has it on its own line */
	LANDED_SQUASH,       /* one commit has the patch of all of them */
	LANDED_REBASE        /* each of them has one with the same patch */
};

/* "merge", "fast-forward", "squash", "rebase"; static. */
const char *landed_name(enum landed_how how);

typedef struct landed {
	enum landed_how how;
	pv_oid commit; /* of the branch, the last one that brought it */
} landed;

typedef struct landed_query {
	pv_oid head;   /* what was reviewed */
	pv_oid tip;    /* of the branch that is to have it */
	int64_t since; /* when it was put up: no copy of it is older */
} landed_query;

/*
 * Looks for it. A patch is the same only when each byte of it is, but for the
 * place in the file; one that was reviewed in part, or came with something
 * else, is not there.
 */
int landed_find(landed *out, pv_cli *cli, const landed_query *query);

/*
 * The commit of the branch's own line that brought `head`, which `tip` has
 * among its ancestors: a merge, or `head` itself.
 */
int landed_commit(pv_oid *out, pv_cli *cli, const pv_oid *head,
		  const pv_oid *tip);

#endif
