/* SPDX-License-Identifier: MIT
 *
 * A new index from an old one in which a few files changed: the bytes of all
 * other entries are copied as they are. libgit2 would read, sort and hash
 * every one of them.
 */
#ifndef PV_STORE_INDEX_WRITE_H
#define PV_STORE_INDEX_WRITE_H

#include "store/index/index_map.h"
#include "store/index/stage_file.h"

/* What is to become of an index. */
typedef struct pv_index_edit {
	pv_store *store;
	const pv_index_map *map;
	const pv_stage_file *files; /* in byte order of the paths */
	size_t count;
	const git_oid *tree; /* of the commit that the index is to go with */
} pv_index_edit;

/*
 * Appends the new index file. Files that are present are put in, those that
 * are not (nor left out) taken out. Stat data that prove nothing once the
 * index is younger are marked so; the cached trees are those of the new rows.
 * 1, or 0 where a file meets a folder of its name, which is left to libgit2;
 * PV_EGIT, PV_ENOMEM.
 */
int pv_index_put(pv_buf *out, const pv_index_edit *edit, pv_error *err);

#endif
