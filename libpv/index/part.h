/* SPDX-License-Identifier: MIT
 *
 * Parts: sums of which retention took rows, so that no row can make them anew.
 * They move to another index with what the rows that are left give. There, a
 * sum that is just that is replaced and any other one is left alone: whoever
 * records there meanwhile, or has rows that are gone here, loses nothing and
 * has nothing twice.
 */
#ifndef PV_INDEX_PART_H
#define PV_INDEX_PART_H

#include "index/rollup_check.h"

enum {
	/* So many are written in one transaction. */
	PV_PARTS_AT_ONCE = 200
};

/* A sum of a series in a bucket, as one index has it. */
typedef struct pv_part {
	pv_execution *series; /* its fields; the source tells a cache */
	int64_t grain;
	int64_t bucket;
	pv_cell kept;
	pv_cell of_rows; /* what the rows that are there give */
} pv_part;

/* Gets a part; what of it is to last is taken, and zeros are left. */
typedef int (*pv_part_fn)(pv_part *part, void *payload, pv_error *err);

void pv_part_dispose(pv_part *part);

/* Calls `fn` for all parts of an index, which are of one moment. */
int pv_parts_each(const pv_rollup_source *source, void *db,
		  const pv_strlist *scores, pv_part_fn fn, void *payload,
		  pv_error *err);

/* --- in the other index --------------------------------------------------- */

enum pv_part_fate {
	PV_PART_SAME, /* the sum there is the same */
	PV_PART_TAKEN,
	PV_PART_LEFT, /* it is neither that nor what the rows give */
	PV_PART_FATES
};

/* How many parts had which fate. */
typedef struct pv_part_counts {
	size_t of[PV_PART_FATES];
} pv_part_counts;

/*
 * Takes a part as the sum of a series of the index that `source` is of, within
 * a transaction of whoever is alone in writing there. PV_PART_TAKEN: its hour is
 * still to be marked as a part.
 */
int pv_part_put(enum pv_part_fate *out, const pv_rollup_source *source,
		void *db, int64_t series, const pv_part *part, pv_error *err);
/* The hour to mark; a day's hours come themselves. */
int64_t pv_part_hour(const pv_part *part);

#endif
