/* SPDX-License-Identifier: MIT
 *
 * Reading the index.
 */
#ifndef PV_STORE_INDEX_H
#define PV_STORE_INDEX_H

#include <sys/stat.h>

#include "store/handle.h"

/*
 * The store's index, loaded again when it changed on disk; release it with
 * git_index_free. Libgit2's look-ups of attributes use it, too, so they come
 * after this. A split or sparse index, which libgit2 cannot read, is listed by
 * git and comes without stat data. PV_EGIT, PV_ENOMEM.
 */
int pv_index_get(git_index **out, pv_store *store, pv_error *err);

/*
 * pv_fail_git for calls that read the index on the way: the kinds of index
 * that libgit2 cannot read become PV_EUNSUPPORTED with the remedy as hint.
 */
int pv_index_fail(pv_error *err, int rc, const char *doing, const char *what);

/*
 * Whether `st` shows that the file of `entry`, from the index last gotten, has
 * not changed since it was added, so that its blob is known without reading.
 */
int pv_index_is_fresh(const git_index_entry *entry, const struct stat *st,
		      const pv_store *store);

/* Whether the entry's file is left out of the working tree on purpose. */
int pv_index_is_skipped(const git_index_entry *entry);

#endif
