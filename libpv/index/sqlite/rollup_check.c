/* SPDX-License-Identifier: MIT
 *
 * What rollups are made anew of, and compared with (index/rollup_check.h).
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"

static void bind_key(sqlite3_stmt *statement, const pv_rollup_key *key)
{
	sqlite3_bind_int64(statement, 1, key->series);
	sqlite3_bind_int64(statement, 2, key->grain);
	sqlite3_bind_int64(statement, 3, key->bucket);
}

static int next_day(int *is_there, int64_t *day, void *state, pv_error *err)
{
	return pv_sqlite_next_day(is_there, day, state, err);
}

struct watched {
	pv_index_watch *watch;
	pv_rollup_row_fn fn;
	void *payload;
};

static int watch_row(const pv_series *series, const pv_execution *row,
		     void *payload, pv_error *err)
{
	struct watched *it = payload;

	pv_index_watch_step(it->watch);
	return it->fn(series, row, it->payload, err);
}

static int each_row(void *state, int64_t day, pv_rollup_row_fn fn,
		    void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	struct watched it = { &db->watch, fn, payload };

	return pv_sqlite_each_rolled(db, day, watch_row, &it, err);
}

static int is_part(int *out, void *state, const pv_rollup_key *key, pv_error *err)
{
	struct pv_sqlite *db = state;
	int64_t parts = 0;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_IS_PART, err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	rc = pv_sqlite_number(&parts, db, statement, err);
	*out = parts != 0;
	return rc;
}

static int replace(void *state, const pv_rollup_key *key, const pv_cell *cell,
		   pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_ERRORS_DROP, err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	rc = pv_sqlite_run(db, statement, err);
	return rc < 0 ? rc : pv_sqlite_write_cell(db, key, cell, err);
}

static int read_errors(pv_cell *out, struct pv_sqlite *db,
		       const pv_rollup_key *key, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_ERRORS, err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	for (;;) {
		pv_str name;

		rc = pv_sqlite_step(db, statement, err);
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

static int read_cell(pv_cell *out, void *state, const pv_rollup_key *key,
		     pv_error *err)
{
	int rc = pv_sqlite_read_cell(out, state, key, err);

	return rc < 0 ? rc : read_errors(out, state, key, err);
}

static int read_keys(pv_rollup_keys *out, void *state, int64_t day, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_CELLS, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, day);
	sqlite3_bind_int64(statement, 2, day + PV_GRAIN_DAY);
	for (;;) {
		pv_rollup_key key;

		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			return rc;
		key.series = sqlite3_column_int64(statement, 0);
		key.grain = sqlite3_column_int64(statement, 1);
		key.bucket = sqlite3_column_int64(statement, 2);
		rc = pv_rollup_keys_add(out, &key, err);
		if (rc < 0) {
			sqlite3_reset(statement);
			return rc;
		}
	}
}

static int read_series(pv_execution *out, void *state, int64_t series,
		       pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_SERIES_READ, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, series);
	rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc < 0 ? rc : pv_fail_sqlite(err, db, SQLITE_CORRUPT);
	rc = PV_OK;
	if (sqlite3_column_int(statement, 0))
		rc = pv_series_set_cached(out, err);
	for (size_t i = 0; i < PV_SERIES_FIELDS && rc == PV_OK; i++)
		if (sqlite3_column_type(statement, (int)i + 1) != SQLITE_NULL)
			rc = pv_sqlite_read_column(out, pv_series_field(i), db,
						   statement, (int)i + 1, err);
	sqlite3_reset(statement);
	return rc;
}

static const pv_rollup_source source = {
	.next_day = next_day,
	.each_row = each_row,
	.keys = read_keys,
	.read = read_cell,
	.is_part = is_part,
	.replace = replace,
	.read_series = read_series,
};

static int begin_watch(struct pv_sqlite *db, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int64_t count = 0;
	int rc;

	if (!db->watch.fn)
		return PV_OK;
	pv_buf_puts(&sql, "SELECT count(*) FROM execution");
	rc = pv_sqlite_ask(&statement, db, &sql, NULL, err);
	if (rc == PV_OK)
		rc = pv_sqlite_number(&count, db, statement, err);
	sqlite3_finalize(statement);
	db->watch.done = 0;
	db->watch.count = (size_t)count;
	return rc;
}

static int check(pv_executions_rollups *out, struct pv_sqlite *db, int repairs,
		 pv_error *err)
{
	int rc = begin_watch(db, err);

	if (rc == PV_OK)
		rc = pv_sqlite_read_scores(db, err);
	if (rc == PV_OK)
		rc = pv_rollup_check(out, &source, db, &db->scores, repairs, err);
	return rc == PV_OK ? pv_sqlite_check_units(out, db, repairs, err) : rc;
}

/* --- dims from before there were series ----------------------------------- */

static int read_bare_dim(pv_execution *out, int64_t *dim_out,
			 struct pv_sqlite *db, pv_error *err)
{
	sqlite3_stmt *statement;
	int at = 1;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_DIM_BARE, err);

	*dim_out = 0;
	if (rc == PV_OK)
		rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	*dim_out = sqlite3_column_int64(statement, 0);
	rc = PV_OK;
	for (int i = 0; i < PV_FIELD_COUNT && rc == PV_OK; i++) {
		enum pv_field field = (enum pv_field)i;

		if (pv_field_at(field)->place != PV_PLACE_DIM)
			continue;
		if (sqlite3_column_type(statement, at) != SQLITE_NULL)
			rc = pv_sqlite_read_column(out, field, db, statement,
						   at, err);
		at++;
	}
	sqlite3_reset(statement);
	return rc;
}

static int set_all_series(struct pv_sqlite *db, pv_error *err)
{
	int64_t dim = 1;
	int rc = PV_OK;

	while (dim && rc == PV_OK) {
		pv_execution *row = NULL;
		pv_series series;

		rc = pv_execution_new(&row, err);
		if (rc == PV_OK)
			rc = read_bare_dim(row, &dim, db, err);
		if (rc == PV_OK && dim)
			rc = pv_sqlite_set_series(&series, db, dim, row, err);
		pv_execution_free(row);
	}
	return rc;
}

int pv_sqlite_rollups_make(struct pv_sqlite *db, pv_error *err)
{
	pv_executions_rollups found = { 0 };
	int rc = set_all_series(db, err);

	return rc == PV_OK ? check(&found, db, 1, err) : rc;
}

int pv_sqlite_units_make(struct pv_sqlite *db, pv_error *err)
{
	pv_executions_rollups found = { 0 };
	int rc = pv_sqlite_read_scores(db, err);

	return rc == PV_OK ? pv_sqlite_check_units(&found, db, 1, err) : rc;
}

int pv_sqlite_check_rollups(pv_executions_rollups *out, void *state,
			    int repairs, pv_error *err)
{
	struct pv_sqlite *db = state;
	/* Even to look: rows and rollups are to be of one moment. */
	int rc = repairs ? pv_sqlite_begin(db, err)
			 : pv_sqlite_begin_read(db, err);

	if (rc < 0)
		return rc;
	return pv_sqlite_end(db, check(out, db, repairs, err), err);
}

/* --- parts ---------------------------------------------------------------- */

int pv_sqlite_each_part(void *state, pv_part_fn fn, void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	int rc = pv_sqlite_begin_read(db, err);

	if (rc < 0)
		return rc;
	rc = pv_sqlite_read_scores(db, err);
	if (rc == PV_OK)
		rc = pv_parts_each(&source, db, &db->scores, fn, payload, err);
	return pv_sqlite_end(db, rc, err);
}

static int put_part(enum pv_part_fate *out, struct pv_sqlite *db,
		    const pv_part *part, pv_error *err)
{
	sqlite3_stmt *statement;
	pv_series series = { 0 };
	int rc = pv_sqlite_series_for(&series, db, part->series, err);

	if (rc == PV_OK)
		rc = pv_part_put(out, &source, db, series.id, part, err);
	if (rc != PV_OK || *out != PV_PART_TAKEN)
		return rc;
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_PART_ADD, err);
	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, series.id);
	sqlite3_bind_int64(statement, 2, pv_part_hour(part));
	return pv_sqlite_run(db, statement, err);
}

int pv_sqlite_put_parts(pv_part_counts *out, void *state, const pv_part *parts,
			size_t count, pv_error *err)
{
	struct pv_sqlite *db = state;
	pv_part_counts counts = { { 0 } };
	int rc = pv_sqlite_begin(db, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		enum pv_part_fate fate = PV_PART_LEFT;

		rc = put_part(&fate, db, &parts[i], err);
		if (rc == PV_OK)
			counts.of[fate]++;
	}
	rc = pv_sqlite_end(db, rc, err);
	if (rc == PV_OK)
		*out = counts;
	return rc;
}
