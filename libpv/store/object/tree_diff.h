/* SPDX-License-Identifier: MIT
 *
 * The files that differ between two trees, by comparing ids of subtrees: the
 * cost is that of what changed, not of what is there.
 */
#ifndef PV_STORE_TREE_DIFF_H
#define PV_STORE_TREE_DIFF_H

#include "store/handle.h"

/* An entry that is no folder; a side without it has mode 0. */
typedef struct pv_tree_change {
	const char *path;
	uint32_t modes[2]; /* as git compares them: before, after */
	const git_oid *ids[2];
} pv_tree_change;

/*
 * Calls `fn` for each entry at or below the folder `dir` ("" for all) that is
 * no folder and whose mode or id differs between two trees, NULL for an empty
 * one, until it returns non-zero, which becomes the result. A tree that a
 * partial clone lacks is fetched. PV_ENOTFOUND or PV_EGIT for one that is
 * missing, PV_ENOMEM.
 */
int pv_tree_changes(pv_store *store, const git_oid *const trees[2],
		    const char *dir,
		    int (*fn)(const pv_tree_change *change, void *payload),
		    void *payload, pv_error *err);

/*
 * Calls `fn` for each file at or below the folder `dir` ("" for all) whose
 * blob differs between two trees, else as above. A side without the file has
 * NULL; a tree of hex "" is empty. A change of mode alone is none, submodules
 * are passed over.
 */
int pv_tree_diff(pv_store *store, const pv_oid trees[2], const char *dir,
		 int (*fn)(const char *path, const pv_oid *before,
			   const pv_oid *after, void *payload),
		 void *payload, pv_error *err);

#endif
