/* SPDX-License-Identifier: MIT
 *
 * The repository's hooks, run by `git hook run` as git itself would run them.
 */
#ifndef PV_STORE_HOOKS_H
#define PV_STORE_HOOKS_H

#include "store/handle.h"

/*
 * 1 when the hook is there and executable, or only git can find out; else 0,
 * or PV_ENOMEM. core.hooksPath is honoured.
 */
int pv_hook_exists(pv_store *store, const char *name, pv_error *err);

/*
 * Runs a hook, which may turn out to be missing, at the top of the working tree, with arguments
 * and extra "NAME=value" settings (both NULL-terminated). PV_EPOLICY when it
 * refuses, PV_EGIT, PV_ENOMEM.
 */
int pv_hook_run(pv_store *store, const char *name, const char *const *args,
		const char *const *env, pv_error *err);

#endif
