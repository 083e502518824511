/* SPDX-License-Identifier: MIT
 *
 * Units against rows; see unit_check.h. Units are made some at a time, those
 * whose keys begin alike, so that memory is bounded; each time all rows are
 * looked at.
 */
#include "index/unit_check.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"

enum {
	AT_ONCE = 250000, /* units */
	SLICES_MAX = 256
};

/* A unit, or a day of an arm, as it is made or has to be written. */
struct made {
	pv_unit_name name;
	int64_t day; /* of an arm */
	pv_str data;
};

struct list {
	struct made *items;
	size_t count;
	size_t cap;
};

/* What the units of an arm add up to. */
struct arm {
	int64_t id;
	int64_t first_us;
	pv_arm_days days;
};

struct check {
	const pv_unit_source *source;
	void *db;
	pv_executions_rollups *found;
	int repairs;
	int slices;
	int slice;
	pv_rollup_batch batch; /* of the unit at hand, in its arms */
	unsigned char key[PV_UNIT_KEY_BYTES];
	pv_arena arena;
	struct list made;  /* of the slice, sorted */
	struct list wrong; /* to be written */
	size_t at;         /* in `made` */
	struct arm *arms;
	size_t arm_count;
	size_t arm_cap;
};

static int is_of_slice(const struct check *it, const unsigned char *key)
{
	return key[0] % it->slices == it->slice;
}

static int list_add(struct check *it, struct list *list,
		    const struct made *made, pv_error *err)
{
	const char *bytes = made->data.ptr ? made->data.ptr : "";
	struct made *fresh;

	if (pv_array_reserve(&list->items, &list->cap, list->count + 1,
			     sizeof(*list->items)) < 0)
		return pv_fail_nomem(err);
	fresh = &list->items[list->count];
	*fresh = *made;
	fresh->data.ptr = pv_arena_dup(&it->arena, bytes, made->data.len);
	if (!fresh->data.ptr)
		return pv_fail_nomem(err);
	list->count++;
	return PV_OK;
}

static int arm_of(struct arm **out, struct check *it, int64_t id, pv_error *err)
{
	struct arm fresh = { .id = id };

	for (size_t i = it->arm_count; i-- > 0;)
		if (it->arms[i].id == id) {
			*out = &it->arms[i];
			return PV_OK;
		}
	if (pv_array_reserve(&it->arms, &it->arm_cap, it->arm_count + 1,
			     sizeof(*it->arms)) < 0)
		return pv_fail_nomem(err);
	*out = &it->arms[it->arm_count++];
	**out = fresh;
	return PV_OK;
}

/* --- rows ----------------------------------------------------------------- */

static int keep_unit(struct check *it, const pv_unit_change *change, pv_error *err)
{
	struct made made = { .name = change->name };
	pv_buf data = { 0 };
	struct arm *arm = NULL;
	int rc;

	pv_unit_days_encode(&data, &change->unit);
	rc = pv_buf_status(&data, err);
	made.data = (pv_str){ data.ptr, data.len };
	if (rc == PV_OK)
		rc = list_add(it, &it->made, &made, err);
	pv_buf_dispose(&data);
	if (rc == PV_OK)
		rc = arm_of(&arm, it, change->name.arm, err);
	if (rc == PV_OK && arm &&
	    (!arm->first_us || change->first_us < arm->first_us))
		arm->first_us = change->first_us;
	return rc;
}

/* The rows of a unit are all there. */
static int end_unit(struct check *it, pv_error *err)
{
	int rc = pv_rollup_settle(&it->batch, err);

	for (size_t i = 0; i < it->batch.unit_count && rc == PV_OK; i++)
		rc = keep_unit(it, it->batch.units[i], err);
	pv_rollup_clear(&it->batch);
	return rc;
}

static int add_row(const pv_series *series, const pv_execution *row,
		   void *payload, pv_error *err)
{
	const pv_value *unit = &row->values[PV_FIELD_UNIT];
	unsigned char key[PV_UNIT_KEY_BYTES];
	struct check *it = payload;
	int rc = PV_OK;

	pv_unit_hash(key, (pv_str){ unit->text, unit->len });
	if (!is_of_slice(it, key))
		return PV_OK;
	if (memcmp(key, it->key, sizeof(key)) != 0)
		rc = end_unit(it, err);
	memcpy(it->key, key, sizeof(key));
	return rc == PV_OK ? pv_rollup_add_unit(&it->batch, series, row, 1, err)
			   : rc;
}

static int by_name(const void *a, const void *b)
{
	const struct made *x = a;
	const struct made *y = b;

	return pv_unit_name_compare(&x->name, &y->name);
}

/* --- comparing ------------------------------------------------------------ */

static int add_to_arm(struct check *it, const pv_unit_name *name, pv_str data,
		      pv_error *err)
{
	pv_unit_days unit = { 0 };
	struct arm *arm = NULL;
	int rc = arm_of(&arm, it, name->arm, err);

	if (rc == PV_OK)
		rc = pv_unit_days_decode(&unit, data, err);
	if (rc == PV_OK && arm)
		rc = pv_arm_days_add(&arm->days, &unit, INT64_MIN, 1, err);
	if (rc == PV_EDB) { /* bytes that are no unit: compared elsewhere */
		pv_error_clear(err);
		rc = PV_OK;
	}
	pv_unit_days_dispose(&unit);
	return rc;
}

/* A unit that is not as it should be, and what it should be. */
static int note_wrong(struct check *it, const pv_unit_name *name, pv_str data,
		      pv_error *err)
{
	const struct made made = { .name = *name, .data = data };

	it->found->wrong++;
	return it->repairs ? list_add(it, &it->wrong, &made, err) : PV_OK;
}

/* Units that rows make and that are not kept, before a name; NULL: all. */
static int pass_missing(struct check *it, const pv_unit_name *before,
			pv_error *err)
{
	int rc = PV_OK;

	while (it->at < it->made.count && rc == PV_OK) {
		const struct made *made = &it->made.items[it->at];

		if (before && pv_unit_name_compare(&made->name, before) >= 0)
			break;
		it->at++;
		it->found->compared++;
		rc = note_wrong(it, &made->name, made->data, err);
		if (rc == PV_OK && it->repairs)
			rc = add_to_arm(it, &made->name, made->data, err);
	}
	return rc;
}

static int compare(const pv_unit_kept *unit, void *payload, pv_error *err)
{
	struct check *it = payload;
	const struct made *made = NULL;
	pv_str want = { "", 0 };
	int rc;

	if (!is_of_slice(it, unit->name.key))
		return PV_OK;
	rc = pass_missing(it, &unit->name, err);
	if (it->at < it->made.count &&
	    pv_unit_name_compare(&it->made.items[it->at].name, &unit->name) == 0)
		made = &it->made.items[it->at++];
	if (made)
		want = made->data;
	it->found->partial += unit->is_part != 0;
	it->found->compared += !unit->is_part;
	if (unit->is_part || pv_str_cmp(want, unit->data) == 0)
		want = unit->data;
	else if (rc == PV_OK)
		rc = note_wrong(it, &unit->name, want, err);
	if (!it->repairs)
		want = unit->data;
	return rc == PV_OK ? add_to_arm(it, &unit->name, want, err) : rc;
}

static int repair_units(struct check *it, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->wrong.count && rc == PV_OK; i++)
		rc = it->source->put_unit(it->db, &it->wrong.items[i].name,
					  it->wrong.items[i].data, err);
	return rc;
}

static int check_slice(struct check *it, pv_error *err)
{
	int rc = it->source->each_row(it->db, add_row, it, err);

	if (rc == PV_OK)
		rc = end_unit(it, err);
	if (rc == PV_OK && it->made.count)
		qsort(it->made.items, it->made.count, sizeof(*it->made.items),
		      by_name);
	it->at = 0;
	if (rc == PV_OK)
		rc = it->source->each_unit(it->db, compare, it, err);
	if (rc == PV_OK)
		rc = pass_missing(it, NULL, err);
	if (rc == PV_OK)
		rc = repair_units(it, err);
	it->made.count = 0;
	it->wrong.count = 0;
	pv_arena_dispose(&it->arena);
	return rc;
}

/* --- arms ----------------------------------------------------------------- */

/* A day of an arm that is not as it should be. */
static int note_wrong_day(struct check *it, int64_t arm, int64_t day,
			  pv_str data, pv_error *err)
{
	const struct made made = { { .arm = arm }, day, data };

	it->found->wrong++;
	return list_add(it, &it->wrong, &made, err);
}

/* Compares a day, and leaves those of the arm that are not kept. */
static int compare_day(int64_t id, int64_t day, pv_str data, void *payload,
		       pv_error *err)
{
	struct check *it = payload;
	pv_buf want = { 0 };
	struct arm *arm = NULL;
	pv_arm *sums = NULL;
	int rc = arm_of(&arm, it, id, err);

	if (rc == PV_OK && arm)
		rc = pv_arm_day_of(&sums, &arm->days, day, err);
	if (rc == PV_OK && sums) {
		pv_arm_encode(&want, sums);
		rc = pv_buf_status(&want, err);
		pv_arm_dispose(sums);
	}
	it->found->compared++;
	if (rc == PV_OK && pv_str_cmp((pv_str){ want.ptr, want.len }, data) != 0)
		rc = note_wrong_day(it, id, day, (pv_str){ want.ptr, want.len },
				    err);
	pv_buf_dispose(&want);
	return rc;
}

/* Days that units have and that are not kept. */
static int pass_days(struct check *it, const struct arm *arm, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < arm->days.count && rc == PV_OK; i++) {
		const pv_arm_day *day = &arm->days.items[i];
		pv_buf want = { 0 };

		pv_arm_encode(&want, &day->sums);
		rc = pv_buf_status(&want, err);
		if (rc == PV_OK && want.len)
			rc = note_wrong_day(it, arm->id, day->day,
					    (pv_str){ want.ptr, want.len }, err);
		pv_buf_dispose(&want);
	}
	return rc;
}

static int repair_arms(struct check *it, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < it->wrong.count && rc == PV_OK; i++) {
		const struct made *wrong = &it->wrong.items[i];

		rc = it->source->put_arm(it->db, wrong->name.arm, wrong->day,
					 wrong->data, err);
	}
	for (size_t i = 0; i < it->arm_count && rc == PV_OK; i++)
		if (it->arms[i].first_us)
			rc = it->source->put_first(it->db, it->arms[i].id,
						   it->arms[i].first_us, err);
	return rc;
}

static int check_arms(struct check *it, pv_error *err)
{
	int rc = it->source->each_arm(it->db, compare_day, it, err);

	for (size_t i = 0; i < it->arm_count && rc == PV_OK; i++)
		rc = pass_days(it, &it->arms[i], err);
	return rc == PV_OK && it->repairs ? repair_arms(it, err) : rc;
}

/* --- all of it ------------------------------------------------------------ */

static void check_dispose(struct check *it)
{
	for (size_t i = 0; i < it->arm_count; i++)
		pv_arm_days_dispose(&it->arms[i].days);
	pv_free(it->arms);
	pv_free(it->made.items);
	pv_free(it->wrong.items);
	pv_rollup_clear(&it->batch);
	pv_arena_dispose(&it->arena);
}

int pv_unit_check(pv_executions_rollups *out, const pv_unit_source *source,
		  void *db, const pv_strlist *scores, int repairs, pv_error *err)
{
	struct check it = { .source = source,
			    .db = db,
			    .found = out,
			    .repairs = repairs,
			    .batch = { .scores = scores } };
	int64_t count = 0;
	int rc = source->count(&count, db, err);

	it.slices = count / AT_ONCE < SLICES_MAX ? (int)(count / AT_ONCE) + 1
						 : SLICES_MAX;
	for (; it.slice < it.slices && rc == PV_OK; it.slice++)
		rc = check_slice(&it, err);
	if (rc == PV_OK)
		rc = check_arms(&it, err);
	check_dispose(&it);
	return rc;
}
