/* SPDX-License-Identifier: MIT
 *
 * The commits behind a point as the prompts see them: which commits touched
 * a prompt's file, counted from a version or from the file's creation.
 */
#ifndef PV_STORE_LINEAGE_H
#define PV_STORE_LINEAGE_H

#include <pv/store.h>

typedef struct pv_lineage pv_lineage;

/* The commits that touched a file. */
typedef struct pv_touches {
	size_t count;
	int is_added;    /* one of them added it where no parent had it */
	pv_oid added_by; /* the oldest of those */
} pv_touches;

/*
 * For the files below `dir` in the history of `commit`. Nothing is read yet.
 * The store must outlive it, `dir` is copied. PV_ENOMEM.
 */
int pv_lineage_new(pv_lineage **out, pv_store *store, const pv_oid *commit,
		   const char *dir, pv_error *err);

/* The same for one file, which is much less to read. */
int pv_lineage_new_file(pv_lineage **out, pv_store *store, const pv_oid *commit,
			const char *path, pv_error *err);

/* NULL is accepted. */
void pv_lineage_free(pv_lineage *lineage);

/* Turns to the history of another commit; what was read is kept. */
void pv_lineage_move(pv_lineage *lineage, const pv_oid *commit);

/* 1 when it can be asked about the file. */
int pv_lineage_covers(const pv_lineage *lineage, const char *path);

/*
 * Counts the commits reachable from the point's commit but not from `since`
 * in which the file differs from what each of the parents has. NULL `since`:
 * those since the file came to be, for the last time. PV_EGIT, PV_ENOMEM.
 */
int pv_lineage_touches(pv_touches *out, pv_lineage *lineage, const char *path,
		       const pv_oid *since, pv_error *err);

#endif
