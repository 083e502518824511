/* SPDX-License-Identifier: MIT
 *
 * The files that differ between two trees, by comparing ids of subtrees: the
 * cost is that of what changed, not of what is there.
 */
#ifndef PV_STORE_TREE_DIFF_H
#define PV_STORE_TREE_DIFF_H

#include <pv/store.h>

/*
 * Calls `fn` for each file at or below the folder `dir` ("" for all) whose
 * blob differs between two trees, until it returns non-zero, which becomes
 * the result. A side without the file has NULL; a tree of hex "" is empty. A
 * change of mode alone is none, submodules are passed over. A tree that a
 * partial clone lacks is fetched. PV_ENOTFOUND or PV_EGIT for one that is
 * missing, PV_ENOMEM.
 */
int pv_tree_diff(pv_store *store, const pv_oid trees[2], const char *dir,
		 int (*fn)(const char *path, const pv_oid *before,
			   const pv_oid *after, void *payload),
		 void *payload, pv_error *err);

#endif
