/* SPDX-License-Identifier: MIT
 *
 * Where one is in a working tree: the branch, what differs from its last
 * commit and which version each would get, what is in conflict, and what was
 * committed without a version.
 */
#ifndef PV_CMD_WORK_STATUS_H
#define PV_CMD_WORK_STATUS_H

#include "repo/prompts.h"

#include "base/str.h"

/* A file that differs from HEAD. */
typedef struct work_change {
	char *path;
	char *id; /* NULL when it is no prompt */
	char staged;
	char unstaged;
	char last[PV_VERSION_TEXT]; /* "" for none */
	char next[PV_VERSION_TEXT]; /* "" for a removed prompt */
	enum pv_bump bump;
	int is_broken; /* does not load */
	int is_link;   /* and that is why */
} work_change;

/* `{ .cli = cli }` at first; release it with work_status_dispose. */
typedef struct work_status {
	pv_cli *cli;
	pv_buf branch;
	pv_oid head;
	pv_version_index *versions;
	work_change *items;
	size_t count;
	size_t cap;
	pv_strlist unmerged;
	pv_strlist stale;      /* ids: what they refer to changed */
	pv_strlist unreleased; /* ids: committed, but their version is older */
	/* ids: HEAD has a state of them without a version, whatever the reason
	   and whichever the branch; sorted */
	pv_strlist pending;
} work_status;

/* Fills it in. PV_EINVALID for a folder that git does not look into. */
int work_status_collect(work_status *status);

/* Whether HEAD is on the branch that releases. */
int work_status_is_on_default(const work_status *status);

/* "new", "modified", "deleted" or "unmerged". */
const char *work_change_name(const work_change *item);

/* "none", "merge" ... as documents have it. */
const char *work_state_name(enum pv_store_state state);

/* What is under way, by the words people know; NULL for nothing. */
const char *work_doing(pv_cli *cli);

/* Prints what becomes of the version: "  1.0.0 -> 1.1.0 (minor)". */
void work_change_version(pv_cli *cli, const work_change *item);

void work_status_dispose(work_status *status);

#endif
