/* SPDX-License-Identifier: MIT
 *
 * Changing the index in git's way: its lock is taken first, the new contents
 * are written into the lock file, and a rename makes them the index. Between
 * the two a commit moves its ref, so a crash leaves the old index or the new
 * one, never half of one.
 */
#ifndef PV_STORE_INDEX_FILE_H
#define PV_STORE_INDEX_FILE_H

#include <time.h>

#include "store/index/index_map.h"
#include "store/index/stage_file.h"

typedef struct pv_index_file {
	pv_store *store;
	char *path;       /* what it becomes */
	char *temporary;  /* what it is meanwhile: "<path>.lock" or another */
	pv_index_map map; /* the old index, when it could be read here */
	git_index *index; /* or by libgit2 */
	struct timespec stamp; /* when the old index was written */
	int is_held;           /* `temporary` is ours to remove */
} pv_index_file;

/*
 * Takes the lock of the store's index and loads it, into `map` unless
 * `index` is set afterwards. PV_ELOCKED when somebody
 * goes on holding it, PV_EUNSUPPORTED for a split or sparse index, PV_EGIT, PV_EIO.
 */
int pv_index_lock(pv_index_file *out, pv_store *store, pv_error *err);

/*
 * Makes a copy of the index in another file, for hooks, with the contents of
 * `tree` (NULL: nothing); stat data of equal entries are kept. It is removed
 * by pv_index_dispose.
 */
int pv_index_copy(pv_index_file *out, pv_store *store, const char *name,
		  const git_oid *tree, pv_error *err);

/* Where the store's index is; an owned text. PV_ENOMEM. */
int pv_index_path(char **out, const pv_store *store, pv_error *err);

/* Loads an index without a lock, to read it only. PV_EUNSUPPORTED, PV_EGIT. */
int pv_index_open(git_index **out, const char *path, pv_error *err);

/*
 * Writes the locked index with some files staged, in byte order of their
 * paths, as it goes with a commit of `tree`. PV_EGIT, PV_EIO, PV_ENOMEM.
 */
int pv_index_stage(pv_index_file *file, const pv_stage_file *files,
		   size_t count, const git_oid *tree, pv_error *err);

/* Writes `index` into the temporary file. */
int pv_index_write(pv_index_file *file, pv_error *err);

/* Makes what was written the index, and gives the lock up. */
int pv_index_commit(pv_index_file *file, pv_error *err);

/* Gives the lock up early, leaving the index as it was. */
void pv_index_unlock(pv_index_file *file);

/* Gives the lock up, leaving the index as it was unless it was committed. */
void pv_index_dispose(pv_index_file *file);

/* Waits until the index is not locked. PV_ELOCKED, PV_ENOMEM. */
int pv_index_wait(pv_store *store, pv_error *err);

#endif
