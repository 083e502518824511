/* SPDX-License-Identifier: MIT
 *
 * Whether libgit2 can read a repository: its format version and extensions.
 */
#ifndef PV_STORE_FORMAT_H
#define PV_STORE_FORMAT_H

#include "store/handle.h"

/*
 * Refuses a HEAD that is a link to its branch's file: git still reads one,
 * libgit2 takes it for a detached HEAD and puts a file in its place. It comes
 * before libgit2 looks. PV_EUNSUPPORTED, PV_ENOMEM.
 */
int pv_format_check_head(const char *git_dir, pv_error *err);

/*
 * Checks the repository's own configuration, which must be loaded; says in
 * `*has_worktree_config_out` whether config.worktree counts. PV_EUNSUPPORTED
 * with the reason in words.
 */
int pv_format_check(int *has_worktree_config_out, const pv_store *store,
		    pv_error *err);

#endif
