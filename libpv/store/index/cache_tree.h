/* SPDX-License-Identifier: MIT
 *
 * The index's extension "TREE" (gitformat-index(5)): for the folders that
 * have not changed since they were committed or read, the tree they make.
 */
#ifndef PV_STORE_CACHE_TREE_H
#define PV_STORE_CACHE_TREE_H

#include "base/map.h"
#include "store/index/index_map.h"

typedef struct pv_cached_tree {
	git_oid id;
	size_t count; /* of the rows below */
} pv_cached_tree;

typedef struct pv_cache_tree {
	pv_map trees; /* "a/b/" to its pv_cached_tree */
	pv_arena arena;
} pv_cache_tree;

/*
 * Reads what the index has; nothing when that is malformed. PV_ENOMEM.
 * Dispose of it in any case.
 */
int pv_cache_tree_load(pv_cache_tree *out, const pv_index_map *map,
		       pv_error *err);
void pv_cache_tree_dispose(pv_cache_tree *trees);

/* The tree of a folder, given with a slash at its end; NULL: not known. */
const pv_cached_tree *pv_cache_tree_find(const pv_cache_tree *trees,
					 const char *path);

#endif
