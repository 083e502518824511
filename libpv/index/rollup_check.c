/* SPDX-License-Identifier: MIT
 *
 * Rollups against rows; see rollup_check.h.
 */
#include "index/rollup_check.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

static const int64_t second = 1000000;

struct check {
	const pv_rollup_source *source;
	void *db;
	pv_executions_rollups *found;
	int repairs;
	int64_t now;
	int64_t day; /* its start in seconds */
	pv_rollup_batch made;
};

int pv_rollup_keys_add(pv_rollup_keys *keys, const pv_rollup_key *key,
		       pv_error *err)
{
	if (pv_array_reserve(&keys->items, &keys->cap, keys->count + 1,
			     sizeof(*keys->items)) < 0)
		return pv_fail_nomem(err);
	keys->items[keys->count++] = *key;
	return PV_OK;
}

/* --- rows ----------------------------------------------------------------- */

static int add_row(const pv_series *series, const pv_execution *row,
		   void *payload, pv_error *err)
{
	/* A unit is not of one day: unit_check.c looks at them. */
	const pv_series cells_only = { series->id, 0, 0 };
	struct check *it = payload;

	return pv_rollup_add(&it->made, &cells_only, row, 1, it->now, err);
}

static int make_day(struct check *it, pv_error *err)
{
	int rc = it->source->each_row(it->db, it->day, add_row, it, err);

	return rc == PV_OK ? pv_rollup_settle(&it->made, err) : rc;
}

/* --- comparing ------------------------------------------------------------ */

/* Whether a bucket is one that the rows can tell all about. */
static int is_whole(int *out, struct check *it, const pv_rollup_key *key,
		    pv_error *err)
{
	int is_part = 0;
	int rc;

	*out = 0;
	if (key->grain == PV_GRAIN_MINUTE &&
	    key->bucket * second < it->now - PV_ROLLUP_MINUTES_US)
		return PV_OK;
	rc = it->source->is_part(&is_part, it->db, key, err);
	*out = !is_part;
	it->found->partial += is_part != 0;
	return rc;
}

static int errors_are_same(const pv_cell *a, const pv_cell *b)
{
	if (a->error_count != b->error_count)
		return 0;
	for (size_t i = 0; i < a->error_count; i++)
		if (strcmp(a->errors[i].name, b->errors[i].name) != 0 ||
		    a->errors[i].count != b->errors[i].count)
			return 0;
	return 1;
}

int pv_rollup_same(int *out, const pv_cell *a, const pv_cell *b, pv_error *err)
{
	pv_buf bytes = { 0 };
	size_t half;
	int rc;

	pv_cell_encode(&bytes, a);
	half = bytes.len;
	pv_cell_encode(&bytes, b);
	rc = pv_buf_status(&bytes, err);
	if (rc == PV_OK)
		*out = bytes.len == 2 * half &&
		       memcmp(bytes.ptr, bytes.ptr + half, half) == 0 &&
		       errors_are_same(a, b);
	pv_buf_dispose(&bytes);
	return rc;
}

/* Whether the table has what the rows give. */
static int is_same(int *out, struct check *it, const pv_rollup_key *key,
		   const pv_cell *made, pv_error *err)
{
	pv_cell kept = { 0 };
	int rc = it->source->read(&kept, it->db, key, err);

	*out = 0;
	if (rc == PV_EDB) { /* bytes that are no cell: an answer */
		pv_error_clear(err);
		rc = PV_OK;
	} else if (rc == PV_OK) {
		rc = pv_rollup_same(out, &kept, made, err);
		if (kept.last_us < made->last_us)
			*out = 0;
	}
	pv_cell_dispose(&kept);
	return rc;
}

static int compare(struct check *it, const pv_rollup_key *key,
		   const pv_cell *made, pv_error *err)
{
	int whole;
	int same = 0;
	int rc = is_whole(&whole, it, key, err);

	if (rc < 0 || !whole)
		return rc;
	rc = is_same(&same, it, key, made, err);
	it->found->compared++;
	it->found->wrong += !same;
	if (rc == PV_OK && !same && it->repairs)
		rc = it->source->replace(it->db, key, made, err);
	return rc;
}

/* --- cells without rows --------------------------------------------------- */

static int compare_strays(struct check *it, pv_error *err)
{
	static const pv_cell nothing;
	pv_rollup_keys keys = { 0 };
	int rc = it->source->keys(&keys, it->db, it->day, err);

	for (size_t i = 0; i < keys.count && rc == PV_OK; i++)
		if (!pv_rollup_find(&it->made, &keys.items[i]))
			rc = compare(it, &keys.items[i], &nothing, err);
	pv_free(keys.items);
	return rc;
}

/* --- all days ------------------------------------------------------------- */

static int check_day(struct check *it, pv_error *err)
{
	int rc = make_day(it, err);

	for (size_t i = 0; i < it->made.count && rc == PV_OK; i++)
		rc = compare(it, &it->made.changes[i]->key,
			     &it->made.changes[i]->cell, err);
	if (rc == PV_OK)
		rc = compare_strays(it, err);
	pv_rollup_clear(&it->made);
	return rc;
}

int pv_rollup_check(pv_executions_rollups *out, const pv_rollup_source *source,
		    void *db, const pv_strlist *scores, int repairs,
		    pv_error *err)
{
	struct check it = { .source = source,
			    .db = db,
			    .found = out,
			    .repairs = repairs,
			    .now = pv_clock_now(NULL),
			    .day = PV_ROLLUP_FIRST_DAY,
			    .made = { .scores = scores } };

	for (;;) {
		int is_there;
		int rc = source->next_day(&is_there, &it.day, db, err);

		if (rc < 0 || !is_there)
			return rc;
		rc = check_day(&it, err);
		if (rc < 0)
			return rc;
		it.day += PV_GRAIN_DAY;
	}
}
