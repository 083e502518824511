/* SPDX-License-Identifier: MIT
 *
 * Whether libgit2 can read a repository: its format version and extensions.
 */
#ifndef PV_STORE_FORMAT_H
#define PV_STORE_FORMAT_H

#include "store/handle.h"

/*
 * Checks the repository's own configuration, which must be loaded; says in
 * `*has_worktree_config_out` whether config.worktree counts. PV_EUNSUPPORTED
 * with the reason in words.
 */
int pv_format_check(int *has_worktree_config_out, const pv_store *store,
		    pv_error *err);

#endif
