/* SPDX-License-Identifier: MIT
 *
 * Reading the index.
 */
#ifndef PV_STORE_INDEX_H
#define PV_STORE_INDEX_H

#include <sys/stat.h>

#include "store/handle.h"

/*
 * The store's index, re-read when it changed on disk; release it with
 * git_index_free. PV_EUNSUPPORTED for split and sparse indexes, PV_EGIT.
 */
int pv_index_get(git_index **out, pv_store *store, pv_error *err);

/*
 * pv_fail_git for calls that read the index on the way: the kinds of index
 * that libgit2 cannot read become PV_EUNSUPPORTED with the remedy as hint.
 */
int pv_index_fail(pv_error *err, int rc, const char *doing, const char *what);

/* When the index was written; a file of that very moment is not trusted. */
typedef struct pv_index_time {
	int64_t seconds;
	int64_t nanoseconds;
} pv_index_time;

/* The time of the index on disk, zero when there is none. */
pv_index_time pv_index_written(const git_index *index);

/*
 * Whether `st` shows that the file of `entry` has not changed since it was
 * added, so that its blob is known without reading it.
 */
int pv_index_is_fresh(const git_index_entry *entry, const struct stat *st,
		      pv_index_time written);

/* Whether the entry's file is left out of the working tree on purpose. */
int pv_index_is_skipped(const git_index_entry *entry);

#endif
