/* SPDX-License-Identifier: MIT
 *
 * Sums over units made anew from the rows and compared with those that a
 * backend keeps, or put in their place. Units of which retention took rows are
 * left alone; what their arm has is compared with the sum of its units.
 */
#ifndef PV_INDEX_UNIT_CHECK_H
#define PV_INDEX_UNIT_CHECK_H

#include "index/rollup_check.h"

/* A unit as it is kept. Lent. */
typedef struct pv_unit_kept {
	pv_unit_name name;
	int is_part;
	pv_str data;
} pv_unit_kept;

typedef int (*pv_unit_kept_fn)(const pv_unit_kept *unit, void *payload,
			       pv_error *err);
typedef int (*pv_arm_kept_fn)(int64_t arm, int64_t day, pv_str data,
			      void *payload, pv_error *err);

/* What a backend has, all of one moment. */
typedef struct pv_unit_source {
	int (*count)(int64_t *out, void *db, pv_error *err);
	/* Rows that have a unit and an arm, those of a unit together. */
	int (*each_row)(void *db, pv_rollup_row_fn fn, void *payload,
			pv_error *err);
	/* All that is kept, by arm and key. */
	int (*each_unit)(void *db, pv_unit_kept_fn fn, void *payload,
			 pv_error *err);
	int (*each_arm)(void *db, pv_arm_kept_fn fn, void *payload,
			pv_error *err); /* and day */
	int (*put_unit)(void *db, const pv_unit_name *name, pv_str data,
			pv_error *err);
	int (*put_arm)(void *db, int64_t arm, int64_t day, pv_str data,
		       pv_error *err);
	/* A time of a row of the arm, as it may be the first. */
	int (*put_first)(void *db, int64_t arm, int64_t first_us, pv_error *err);
} pv_unit_source;

/* Compares all units; adds to `out`. */
int pv_unit_check(pv_executions_rollups *out, const pv_unit_source *source,
		  void *db, const pv_strlist *scores, int repairs, pv_error *err);

#endif
