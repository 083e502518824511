/* SPDX-License-Identifier: MIT
 *
 * Days of units and of arms in memory.
 */
#include "index/unit_days.h"

#include "base/fail.h"
#include "base/mem.h"

int64_t pv_day_of(int64_t micros)
{
	const int64_t day = INT64_C(86400000000);

	return micros / day - (micros % day < 0);
}

static char *first_of(const pv_by_day *array)
{
	char *first;

	memcpy(&first, array->items, sizeof(first));
	return first;
}

static int64_t day_at(const pv_by_day *array, size_t idx)
{
	int64_t day;

	memcpy(&day, first_of(array) + idx * array->size, sizeof(day));
	return day;
}

int pv_by_day_find(void **out, const pv_by_day *array, int64_t day, pv_error *err)
{
	size_t at = *array->count;
	char *thing;

	/* Most that comes is of the last one. */
	while (at && day_at(array, at - 1) >= day)
		at--;
	if (at == *array->count || day_at(array, at) != day) {
		if (pv_array_reserve(array->items, array->cap,
				     *array->count + 1, array->size) < 0)
			return pv_fail_nomem(err);
		thing = first_of(array) + at * array->size;
		memmove(thing + array->size, thing,
			((*array->count)++ - at) * array->size);
		memset(thing, 0, array->size);
		memcpy(thing, &day, sizeof(day));
	}
	*out = first_of(array) + at * array->size;
	return PV_OK;
}

/* --- units ---------------------------------------------------------------- */

int pv_unit_day_of(pv_unit **out, pv_unit_days *unit, int64_t day, pv_error *err)
{
	const pv_by_day days = { &unit->items, &unit->count, &unit->cap,
				 sizeof(*unit->items) };
	void *found = NULL;
	int rc = pv_by_day_find(&found, &days, day, err);

	if (rc == PV_OK)
		*out = &((pv_unit_day *)found)->sums;
	return rc;
}

int pv_unit_days_merge(pv_unit_days *unit, const pv_unit_days *other,
		       pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < other->count && rc == PV_OK; i++) {
		pv_unit *day = NULL;

		rc = pv_unit_day_of(&day, unit, other->items[i].day, err);
		if (rc == PV_OK)
			rc = pv_unit_merge(day, &other->items[i].sums, err);
	}
	return rc;
}

int pv_unit_days_is_empty(const pv_unit_days *unit)
{
	for (size_t i = 0; i < unit->count; i++)
		if (!pv_unit_is_empty(&unit->items[i].sums))
			return 0;
	return 1;
}

void pv_unit_days_dispose(pv_unit_days *unit)
{
	for (size_t i = 0; i < unit->count; i++)
		pv_unit_dispose(&unit->items[i].sums);
	pv_free(unit->items);
	memset(unit, 0, sizeof(*unit));
}

/* --- arms ----------------------------------------------------------------- */

int pv_arm_day_of(pv_arm **out, pv_arm_days *arm, int64_t day, pv_error *err)
{
	const pv_by_day days = { &arm->items, &arm->count, &arm->cap,
				 sizeof(*arm->items) };
	void *found = NULL;
	int rc = pv_by_day_find(&found, &days, day, err);

	if (rc == PV_OK)
		*out = &((pv_arm_day *)found)->sums;
	return rc;
}

/* Adds a day to what is so far, and to the arm what that changes. */
static int add_day(pv_arm *arm, pv_unit *so_far, const pv_unit *day, int times,
		   pv_error *err)
{
	int rc = pv_arm_add(arm, so_far, -times, err);

	if (rc == PV_OK)
		rc = pv_unit_merge(so_far, day, err);
	return rc == PV_OK ? pv_arm_add(arm, so_far, times, err) : rc;
}

int pv_arm_days_add(pv_arm_days *arm, const pv_unit_days *unit, int64_t first,
		    int times, pv_error *err)
{
	pv_unit so_far = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < unit->count && rc == PV_OK; i++) {
		const pv_unit_day *day = &unit->items[i];
		pv_arm *sums = NULL;

		if (day->day < first) {
			rc = pv_unit_merge(&so_far, &day->sums, err);
			continue;
		}
		rc = pv_arm_day_of(&sums, arm, day->day, err);
		if (rc == PV_OK)
			rc = add_day(sums, &so_far, &day->sums, times, err);
	}
	pv_unit_dispose(&so_far);
	return rc;
}

int pv_unit_days_change(pv_arm_days *arm, pv_unit_days *unit,
			const pv_unit_days *change, pv_error *err)
{
	int64_t first = change->count ? change->items[0].day : 0;
	int rc = pv_arm_days_add(arm, unit, first, -1, err);

	if (rc == PV_OK)
		rc = pv_unit_days_merge(unit, change, err);
	return rc == PV_OK ? pv_arm_days_add(arm, unit, first, 1, err) : rc;
}

int64_t pv_arm_days_units(const pv_arm_days *arm)
{
	int64_t units = 0;

	for (size_t i = 0; i < arm->count; i++)
		units += arm->items[i].sums.units;
	return units;
}

void pv_arm_days_dispose(pv_arm_days *arm)
{
	for (size_t i = 0; i < arm->count; i++)
		pv_arm_dispose(&arm->items[i].sums);
	pv_free(arm->items);
	memset(arm, 0, sizeof(*arm));
}
