/* SPDX-License-Identifier: MIT
 *
 * Reading the index.
 */
#ifndef PV_STORE_INDEX_H
#define PV_STORE_INDEX_H

#include <sys/stat.h>

#include "store/index/index_map.h"

/*
 * The rows of the store's index, read again when it changed on disk; give
 * them back with pv_index_release. Kinds that are not read here (split,
 * sparse) are listed by git. PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int pv_index_get(pv_index_map **out, pv_store *store, pv_error *err);

/* NULL is accepted. */
void pv_index_release(pv_index_map *map);

/*
 * Gives libgit2 what its filters look for in an index: the .gitattributes
 * files, and the file at `path` (NULL: none), whose line ends count. Attributes
 * and filters are asked for after this. PV_EIO, PV_EGIT, PV_ENOMEM.
 */
int pv_index_lend(pv_store *store, const char *path, pv_error *err);

/* Drops what was loaded. */
void pv_index_forget(pv_store *store);

/*
 * pv_fail_git for calls that read the index on the way: the kinds of index
 * that libgit2 cannot read become PV_EUNSUPPORTED with the remedy as hint.
 */
int pv_index_fail(pv_error *err, int rc, const char *doing, const char *what);

/*
 * The blob id of a file that has not changed since it was added, as `st`
 * shows, or that a sparse checkout leaves out (`st` NULL); "" when the index
 * does not tell.
 */
void pv_index_known(pv_oid *out, pv_store *store, const char *path,
		    const struct stat *st);

/*
 * Whether `st` shows that the file of `row` has not changed since it was
 * added, so that its blob is known without reading it.
 */
int pv_index_is_fresh(const pv_index_map *map, const pv_index_row *row,
		      const struct stat *st);

#endif
