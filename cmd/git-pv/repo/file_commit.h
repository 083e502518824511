/* SPDX-License-Identifier: MIT
 *
 * A commit of files that the command itself writes: the files and the commit
 * both come about, or neither.
 */
#ifndef PV_CMD_FILE_COMMIT_H
#define PV_CMD_FILE_COMMIT_H

#include "cli.h"

#include "base/str.h"

/* PV_ECONFLICT while a merge, revert or the like is under way. */
int file_commit_state(pv_cli *cli);

/* 1 when there is such a file, or a link, in the working tree. PV_ENOMEM. */
int file_commit_is_there(pv_cli *cli, const char *path);

/*
 * PV_EEXISTS when something is at the place of a file that is to come, also what
 * git ignores, a link to nowhere, and what only the index has.
 */
int file_commit_free(pv_cli *cli, const char *path);

/*
 * PV_ECONFLICT for a file that is not as it is in the last commit, and for one
 * that git is told not to look at (assume-unchanged, skip-worktree).
 */
int file_commit_clean(pv_cli *cli, const char *path);

/* The same for all of some files below a folder; the paths are sorted. */
int file_commit_all_clean(pv_cli *cli, const char *below,
			  const pv_strlist *paths);

/*
 * Writes files and commits them; what pv_store_commit_paths refuses leaves the
 * files as they were. `*out` has hex "" then. A file that goes and then one
 * that comes are a move: the permissions stay.
 */
int file_commit(pv_oid *out, pv_cli *cli, const pv_change *changes,
		size_t count, const pv_commit_options *opts);

#endif
