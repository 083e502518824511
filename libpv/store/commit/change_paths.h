/* SPDX-License-Identifier: MIT
 *
 * The paths of changes that are to be written together.
 */
#ifndef PV_STORE_CHANGE_PATHS_H
#define PV_STORE_CHANGE_PATHS_H

#include <pv/store.h>

/*
 * Whether all changes can stand side by side: no path twice, in the file
 * system's sense of "the same", and none that is another's folder.
 * PV_EINVALID, PV_ENOMEM.
 */
int pv_change_paths_check(const pv_change *changes, size_t count, int fold_case,
			  pv_error *err);

#endif
