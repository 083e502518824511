/* SPDX-License-Identifier: MIT
 *
 * Which files a commit takes, and whether they may go in: only prompts that
 * load, without conflict markers, and none that is staged in part.
 */
#ifndef PV_CMD_SELECTION_H
#define PV_CMD_SELECTION_H

#include "cli.h"

#include "base/str.h"

/* `{ 0 }` is empty; release it with selection_dispose. */
typedef struct selection {
	pv_strlist paths; /* files that differ, by path */
	pv_strlist ids;   /* the prompts among them that are still there */
	pv_point at;      /* where their new state is: worktree or index */
} selection;

/*
 * The changed files a commit takes: of `ids` (prompts) when there are any,
 * else all below the folders git-pv looks after; with `staged` whatever is
 * staged. PV_ENOTFOUND for an id that is no prompt and was none,
 * PV_EINVALID for a file that is staged in part, PV_ECONFLICT for an
 * unmerged one.
 */
int selection_load(selection *out, pv_cli *cli, char **ids, size_t count,
		   int staged);

/*
 * Loads every prompt of the selection, and takes links out of `ids`.
 * PV_ESCHEMA (id "validation") when one does not load, or another file that is
 * looked after has conflict markers: `cli->report` then
 * holds what is wrong, and standard error has been told. PV_EINVALID when a
 * link takes the place of a prompt.
 */
int selection_check(selection *chosen, pv_cli *cli);

/*
 * 1 for a repository within the repository: a submodule, or one that git
 * does not track. Neither is a file that could be committed here.
 */
int selection_is_nested(const pv_cli *cli, const pv_status_entry *entry);

/* How many folders and files besides are looked after. */
enum {
	SELECTION_FOLDERS = 6
};

/* The folders and files status shows and a commit without ids takes. */
void selection_folders(const char *out[SELECTION_FOLDERS],
		       const pv_settings *settings);

void selection_dispose(selection *chosen);

#endif
