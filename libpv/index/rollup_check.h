/* SPDX-License-Identifier: MIT
 *
 * Rollups made anew from the rows, day by day so that memory is bounded, and
 * compared with those that a backend keeps, or put in their place. Buckets of
 * which retention took rows are left alone, minutes that are no longer kept
 * too.
 */
#ifndef PV_INDEX_ROLLUP_CHECK_H
#define PV_INDEX_ROLLUP_CHECK_H

#include "index/rollup.h"

/* The first day of the year 0; there are no times before it. */
#define PV_ROLLUP_FIRST_DAY INT64_C(-62167219200)

/* A row with what it is rolled up by, and its series. Lent. */
typedef int (*pv_rollup_row_fn)(const pv_series *series, const pv_execution *row,
				void *payload, pv_error *err);

/* Keys of cells; whoever gets them frees `items`. */
typedef struct pv_rollup_keys {
	pv_rollup_key *items;
	size_t count;
	size_t cap;
} pv_rollup_keys;

int pv_rollup_keys_add(pv_rollup_keys *keys, const pv_rollup_key *key,
		       pv_error *err);

/* What a backend has, all of one moment. */
typedef struct pv_rollup_source {
	/*
	 * The start in seconds of the first day, from `*day` on, of which
	 * there are rows or rollups; `*is_there` is 0 without.
	 */
	int (*next_day)(int *is_there, int64_t *day, void *db, pv_error *err);
	/* Calls `fn` for the rows of a day until it fails. */
	int (*each_row)(void *db, int64_t day, pv_rollup_row_fn fn,
			void *payload, pv_error *err);
	/* The cells that begin on a day. */
	int (*keys)(pv_rollup_keys *out, void *db, int64_t day, pv_error *err);
	/* Adds what is kept of a cell, with its errors. */
	int (*read)(pv_cell *out, void *db, const pv_rollup_key *key,
		    pv_error *err);
	/* Whether retention took some of its rows. */
	int (*is_part)(int *out, void *db, const pv_rollup_key *key,
		       pv_error *err);
	int (*replace)(void *db, const pv_rollup_key *key, const pv_cell *cell,
		       pv_error *err);
	/* Sets the fields of a series; its source when that is a cache. */
	int (*read_series)(pv_execution *out, void *db, int64_t series,
			   pv_error *err);
} pv_rollup_source;

/* Whether two cells and their errors are the same, whenever they were last. */
int pv_rollup_same(int *out, const pv_cell *a, const pv_cell *b, pv_error *err);

/* Compares all days; `scores` are those that are rolled up. */
int pv_rollup_check(pv_executions_rollups *out, const pv_rollup_source *source,
		    void *db, const pv_strlist *scores, int repairs,
		    pv_error *err);

#endif
