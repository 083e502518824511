/* SPDX-License-Identifier: MIT
 *
 * What a commit of some paths would change: each path in HEAD, in the index
 * and in the working tree, with its blob written.
 */
#ifndef PV_STORE_COMMIT_SCAN_H
#define PV_STORE_COMMIT_SCAN_H

#include "base/arena.h"
#include "store/index/index_map.h"
#include "store/index/stage_file.h"
#include "store/object/tree.h"

typedef struct pv_commit_scan {
	pv_store *store; /* these are set by the caller */
	git_index *index;
	const pv_index_map *map; /* serves without `index` */
	const git_oid *head;     /* the tree of HEAD; NULL while unborn */
	int untrack;             /* what the index dropped is removed */
	pv_stage_file *files;    /* one for each path */
	pv_tree_edit *edits;     /* those that differ from HEAD */
	size_t count;
	size_t edit_count;
	pv_arena texts; /* paths that nobody else keeps */
} pv_commit_scan;

/*
 * Compares `paths` everywhere and writes their blobs. PV_ENOTFOUND for a path
 * that is nowhere, PV_EINVALID for one that is partly staged, a
 * submodule or no path at all, PV_ECONFLICT for an unmerged one, PV_EIO,
 * PV_EGIT, PV_ENOMEM.
 */
int pv_commit_scan_paths(pv_commit_scan *scan, const pv_strlist *paths,
			 pv_objects *objects, pv_error *err);

/*
 * Lists in `edits` what the index has other than HEAD; intended additions do
 * not count. PV_ECONFLICT when something is unmerged.
 */
int pv_commit_scan_index(pv_commit_scan *scan, pv_error *err);

void pv_commit_scan_dispose(pv_commit_scan *scan);

#endif
