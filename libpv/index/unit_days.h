/* SPDX-License-Identifier: MIT
 *
 * Units and arms by day. What an experiment said at the end of a day depends
 * on what each of its units had by then, so a unit is kept as the sums of its
 * days; an arm as what each day added to its sums over units. Arms up to a day,
 * added up, are those of the executions up to then, in whatever order these
 * came.
 */
#ifndef PV_INDEX_UNIT_DAYS_H
#define PV_INDEX_UNIT_DAYS_H

#include "index/unit.h"

/* Days of UTC since 1970; behind all of them what is of no known one. */
#define PV_DAY_UNKNOWN (INT64_C(1) << 40)

/* What a unit has of one day. */
typedef struct pv_unit_day {
	int64_t day;
	pv_unit sums;
} pv_unit_day;

/* By day. `{ 0 }` is one without executions. */
typedef struct pv_unit_days {
	pv_unit_day *items;
	size_t count;
	size_t cap;
} pv_unit_days;

/* What a day added to an arm. */
typedef struct pv_arm_day {
	int64_t day;
	pv_arm sums;
} pv_arm_day;

/* By day. `{ 0 }` is one without units. */
typedef struct pv_arm_days {
	pv_arm_day *items;
	size_t count;
	size_t cap;
} pv_arm_days;

/* An array whose things begin with their int64_t day, and are sorted by it. */
typedef struct pv_by_day {
	void *items; /* the address of the pointer to the first */
	size_t *count;
	size_t *cap;
	size_t size; /* of a thing */
} pv_by_day;

/* Finds the thing of a day, or makes one of zeros. PV_ENOMEM. */
int pv_by_day_find(void **out, const pv_by_day *array, int64_t day,
		   pv_error *err);

/* The day that a time, in microseconds, is in. */
int64_t pv_day_of(int64_t micros);

/* The sums of a day, made when there are none; lent until the next is. */
int pv_unit_day_of(pv_unit **out, pv_unit_days *unit, int64_t day, pv_error *err);
int pv_unit_days_merge(pv_unit_days *unit, const pv_unit_days *other,
		       pv_error *err);
/* Whether it is as if it had never been. */
int pv_unit_days_is_empty(const pv_unit_days *unit);
/* Leaves it as `{ 0 }`. */
void pv_unit_days_dispose(pv_unit_days *unit);

/* Appends the one encoding; see unit_code.c. */
void pv_unit_days_encode(pv_buf *out, const pv_unit_days *unit);
/* Adds what is encoded; no bytes are nothing. PV_EDB, PV_ENOMEM. */
int pv_unit_days_decode(pv_unit_days *unit, pv_str bytes, pv_error *err);

/* As of units. */
int pv_arm_day_of(pv_arm **out, pv_arm_days *arm, int64_t day, pv_error *err);
/*
 * Adds to an arm, `times` (1 or -1), what a unit's days from `first` on add to
 * it: a day adds what all of the unit up to it is, and takes what it was before.
 */
int pv_arm_days_add(pv_arm_days *arm, const pv_unit_days *unit, int64_t first,
		    int times, pv_error *err);
/*
 * Adds a change to a unit, and to the arm what that changes there: nothing
 * before the first day of the change.
 */
int pv_unit_days_change(pv_arm_days *arm, pv_unit_days *unit,
			const pv_unit_days *change, pv_error *err);
/* How many units there are at the end of all days. */
int64_t pv_arm_days_units(const pv_arm_days *arm);
void pv_arm_days_dispose(pv_arm_days *arm);

#endif
