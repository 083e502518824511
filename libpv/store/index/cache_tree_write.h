/* SPDX-License-Identifier: MIT
 *
 * The index's extension "TREE" for an index that is being written.
 */
#ifndef PV_STORE_CACHE_TREE_WRITE_H
#define PV_STORE_CACHE_TREE_WRITE_H

#include "store/index/index_map.h"
#include "store/index/stage_file.h"

typedef struct pv_cache_tree_edit {
	pv_store *store;
	const pv_index_map *map;   /* the old index */
	const pv_index_row **rows; /* of the new one, in order */
	size_t count;
	const git_oid *tree;        /* of the commit it is to go with */
	const pv_stage_file *files; /* what was changed */
	size_t file_count;
} pv_cache_tree_edit;

/*
 * Makes the extension's data in an empty buffer: what the old index knew of
 * folders without a change, and the trees of the others where these are in
 * the object database. It stays empty when folders are nested too deep.
 * PV_EGIT, PV_ENOMEM.
 */
int pv_cache_tree_put(pv_buf *out, const pv_cache_tree_edit *edit, pv_error *err);

#endif
