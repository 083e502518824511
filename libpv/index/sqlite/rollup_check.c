/* SPDX-License-Identifier: MIT
 *
 * Rollups made anew from the rows, day by day so that memory is bounded, and
 * compared with those in the table or put in their place. Buckets of which
 * retention took rows (rollup_part) are left alone, minutes that are no longer
 * kept too.
 */
#include "index/sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"

static const int64_t second = 1000000;

struct check {
	struct pv_sqlite *db;
	pv_executions_rollups *found;
	int repairs;
	int64_t now;
	int64_t day; /* its start in seconds */
	pv_rollup_batch made;
};

/* --- rows ----------------------------------------------------------------- */

static int add_row(int64_t series, const pv_execution *row, void *payload,
		   pv_error *err)
{
	struct check *it = payload;

	return pv_rollup_add(&it->made, series, row, 1, it->now, err);
}

static int make_day(struct check *it, pv_error *err)
{
	int rc = pv_sqlite_each_rolled(it->db, it->day, add_row, it, err);

	return rc == PV_OK ? pv_rollup_settle(&it->made, err) : rc;
}

/* --- comparing ------------------------------------------------------------ */

/* Whether a bucket is one that the rows can tell all about. */
static int is_whole(int *out, struct check *it, const pv_rollup_key *key,
		    pv_error *err)
{
	int64_t parts = 0;
	sqlite3_stmt *statement;
	int rc;

	*out = 0;
	if (key->grain == PV_GRAIN_MINUTE &&
	    key->bucket * second < it->now - PV_ROLLUP_MINUTES_US)
		return PV_OK;
	rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_ROLLUP_IS_PART, err);
	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, key->series);
	sqlite3_bind_int64(statement, 2, key->grain);
	sqlite3_bind_int64(statement, 3, key->bucket);
	rc = pv_sqlite_number(&parts, it->db, statement, err);
	*out = !parts;
	it->found->partial += parts != 0;
	return rc;
}

static void bind_key(sqlite3_stmt *statement, const pv_rollup_key *key)
{
	sqlite3_bind_int64(statement, 1, key->series);
	sqlite3_bind_int64(statement, 2, key->grain);
	sqlite3_bind_int64(statement, 3, key->bucket);
}

static int replace(struct check *it, const pv_rollup_key *key,
		   const pv_cell *cell, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_ROLLUP_ERRORS_DROP,
			       err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	rc = pv_sqlite_run(it->db, statement, err);
	return rc < 0 ? rc : pv_sqlite_write_cell(it->db, key, cell, err);
}

static int read_errors(pv_cell *out, struct check *it, const pv_rollup_key *key,
		       pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_ROLLUP_ERRORS, err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	for (;;) {
		pv_str name;

		rc = pv_sqlite_step(it->db, statement, err);
		if (rc <= 0)
			return rc;
		name.ptr = (const char *)sqlite3_column_text(statement, 0);
		name.len = (size_t)sqlite3_column_bytes(statement, 0);
		if (!name.ptr)
			rc = pv_fail_nomem(err);
		else
			rc = pv_cell_add_error(out, name,
					       sqlite3_column_int64(statement, 1),
					       err);
		if (rc < 0)
			return rc;
	}
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

static int are_same(int *out, const pv_cell *kept, const pv_cell *made,
		    pv_error *err)
{
	pv_buf bytes = { 0 };
	size_t half;
	int rc;

	pv_cell_encode(&bytes, kept);
	half = bytes.len;
	pv_cell_encode(&bytes, made);
	rc = pv_buf_status(&bytes, err);
	if (rc == PV_OK)
		*out = bytes.len == 2 * half &&
		       memcmp(bytes.ptr, bytes.ptr + half, half) == 0 &&
		       kept->last_us >= made->last_us &&
		       errors_are_same(kept, made);
	pv_buf_dispose(&bytes);
	return rc;
}

/* Whether the table has what the rows give. */
static int is_same(int *out, struct check *it, const pv_rollup_key *key,
		   const pv_cell *made, pv_error *err)
{
	pv_cell kept = { 0 };
	int rc = pv_sqlite_read_cell(&kept, it->db, key, err);

	*out = 0;
	if (rc == PV_EDB) { /* bytes that are no cell: an answer */
		pv_error_clear(err);
		rc = PV_OK;
	} else if (rc >= 0) {
		rc = read_errors(&kept, it, key, err);
		if (rc == PV_OK)
			rc = are_same(out, &kept, made, err);
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
		rc = replace(it, key, made, err);
	return rc;
}

/* --- cells without rows --------------------------------------------------- */

struct keys {
	pv_rollup_key *items;
	size_t count;
	size_t cap;
};

static int read_keys(struct keys *out, struct check *it, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_ROLLUP_CELLS, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, it->day);
	sqlite3_bind_int64(statement, 2, it->day + PV_GRAIN_DAY);
	for (;;) {
		pv_rollup_key *key;

		rc = pv_sqlite_step(it->db, statement, err);
		if (rc <= 0)
			return rc;
		if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
				     sizeof(*out->items)) < 0) {
			sqlite3_reset(statement);
			return pv_fail_nomem(err);
		}
		key = &out->items[out->count++];
		key->series = sqlite3_column_int64(statement, 0);
		key->grain = sqlite3_column_int64(statement, 1);
		key->bucket = sqlite3_column_int64(statement, 2);
	}
}

static int is_made(const pv_rollup_batch *made, const pv_rollup_key *key)
{
	for (size_t i = 0; i < made->count; i++)
		if (memcmp(&made->changes[i]->key, key, sizeof(*key)) == 0)
			return 1;
	return 0;
}

static int compare_strays(struct check *it, pv_error *err)
{
	static const pv_cell nothing;
	struct keys keys = { 0 };
	int rc = read_keys(&keys, it, err);

	for (size_t i = 0; i < keys.count && rc == PV_OK; i++)
		if (!is_made(&it->made, &keys.items[i]))
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

static int check_days(struct check *it, pv_error *err)
{
	int is_there;
	int rc = pv_sqlite_read_scores(it->db, err);

	if (rc < 0)
		return rc;
	it->made.scores = &it->db->scores;
	it->day = PV_SQLITE_FIRST_DAY;
	for (;;) {
		rc = pv_sqlite_next_day(&is_there, &it->day, it->db, err);
		if (rc < 0 || !is_there)
			return rc;
		rc = check_day(it, err);
		if (rc < 0)
			return rc;
		it->day += PV_GRAIN_DAY;
	}
}

/* --- dims from before there were series ----------------------------------- */

static int read_bare_dim(pv_execution *out, int64_t *dim_out, struct check *it,
			 pv_error *err)
{
	sqlite3_stmt *statement;
	int at = 1;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_DIM_BARE, err);

	*dim_out = 0;
	if (rc == PV_OK)
		rc = pv_sqlite_step(it->db, statement, err);
	if (rc <= 0)
		return rc;
	*dim_out = sqlite3_column_int64(statement, 0);
	rc = PV_OK;
	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
		enum pv_field field = (enum pv_field)i;

		if (pv_field_at(field)->place != PV_PLACE_DIM)
			continue;
		if (sqlite3_column_type(statement, at) != SQLITE_NULL)
			rc = pv_sqlite_read_column(out, field, it->db,
						   statement, at, err);
		at++;
	}
	sqlite3_reset(statement);
	return rc;
}

static int set_all_series(struct check *it, pv_error *err)
{
	int64_t dim = 1;
	int rc = PV_OK;

	while (dim && rc == PV_OK) {
		pv_execution *row = NULL;
		int64_t series;

		rc = pv_execution_new(&row, err);
		if (rc == PV_OK)
			rc = read_bare_dim(row, &dim, it, err);
		if (rc == PV_OK && dim)
			rc = pv_sqlite_set_series(&series, it->db, dim, row, err);
		pv_execution_free(row);
	}
	return rc;
}

int pv_sqlite_rollups_make(struct pv_sqlite *db, pv_error *err)
{
	pv_executions_rollups found = { 0 };
	struct check it = { .db = db,
			    .found = &found,
			    .repairs = 1,
			    .now = pv_clock_now(NULL) };
	int rc = set_all_series(&it, err);

	return rc == PV_OK ? check_days(&it, err) : rc;
}

int pv_sqlite_check_rollups(pv_executions_rollups *out, void *state,
			    int repairs, pv_error *err)
{
	struct check it = { .db = state,
			    .found = out,
			    .repairs = repairs,
			    .now = pv_clock_now(NULL) };
	/* Even to look: rows and rollups are to be of one moment. */
	int rc = repairs ? pv_sqlite_begin(it.db, err)
			 : pv_sqlite_begin_read(it.db, err);

	if (rc < 0)
		return rc;
	return pv_sqlite_end(it.db, check_days(&it, err), err);
}
