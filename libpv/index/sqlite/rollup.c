/* SPDX-License-Identifier: MIT
 *
 * Rollups in SQLite. The changes of a transaction are gathered in db->rollup
 * and written when it ends, each added to the cell that is there. A cell of
 * which nothing is left is deleted.
 */
#include "index/sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"
#include "base/hash.h"

enum {
	KEY_BYTES = 16
};

static const int64_t second = 1000000;

/* --- series --------------------------------------------------------------- */

pv_series pv_sqlite_series_at(sqlite3_stmt *statement, int at)
{
	pv_series out = { sqlite3_column_int64(statement, at),
			  sqlite3_column_int64(statement, at + 1),
			  sqlite3_column_int(statement, at + 2) };

	return out;
}

/* `out` has the arm. */
static int add_series(pv_series *out, struct pv_sqlite *db,
		      const unsigned char *key, const pv_execution *row,
		      pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_SERIES_ADD, err);

	if (rc < 0)
		return rc;
	out->is_cached = pv_series_is_cached(row);
	sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++) {
		enum pv_field field = pv_series_field(i);

		pv_sqlite_bind(statement, (int)i + 2, field, &row->values[field]);
	}
	sqlite3_bind_int(statement, PV_SERIES_FIELDS + 2, out->is_cached);
	if (out->arm)
		sqlite3_bind_int64(statement, PV_SERIES_FIELDS + 3, out->arm);
	return pv_sqlite_number(&out->id, db, statement, err);
}

/* The series of a statement's first row; zeros without one. */
static int read_series(pv_series *out, struct pv_sqlite *db,
		       sqlite3_stmt *statement, pv_error *err)
{
	const pv_series none = { 0, 0, 0 };
	int rc = pv_sqlite_step(db, statement, err);

	*out = none;
	if (rc <= 0)
		return rc;
	*out = pv_sqlite_series_at(statement, 0);
	sqlite3_reset(statement);
	return PV_OK;
}

int pv_sqlite_series_for(pv_series *out, struct pv_sqlite *db,
			 const pv_execution *row, pv_error *err)
{
	unsigned char key[PV_SHA256_BYTES];
	sqlite3_stmt *statement;
	pv_buf raw = { 0 };
	int rc;

	pv_series_key(&raw, row);
	rc = pv_buf_status(&raw, err);
	if (rc == PV_OK)
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_SERIES_FIND, err);
	if (rc == PV_OK) {
		pv_sha256_of(key, raw.ptr, raw.len);
		sqlite3_bind_blob(statement, 1, key, KEY_BYTES, SQLITE_STATIC);
		rc = read_series(out, db, statement, err);
	}
	if (rc == PV_OK && !out->id) {
		rc = pv_sqlite_arm_of(&out->arm, db, row, err);
		if (rc == PV_OK)
			rc = add_series(out, db, key, row, err);
	}
	pv_buf_dispose(&raw);
	return rc;
}

int pv_sqlite_set_series(pv_series *out, struct pv_sqlite *db, int64_t dim,
			 const pv_execution *row, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = pv_sqlite_series_for(out, db, row, err);

	if (rc == PV_OK)
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_DIM_SERIES, err);
	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, dim);
	sqlite3_bind_int64(statement, 2, out->id);
	return pv_sqlite_run(db, statement, err);
}

/* --- changes -------------------------------------------------------------- */

int pv_sqlite_roll(struct pv_sqlite *db, const pv_series *series,
		   const pv_execution *row, int times, pv_error *err)
{
	int rc = row->values[PV_FIELD_SCORES].is_set
			 ? pv_sqlite_read_scores(db, err)
			 : PV_OK;

	if (rc < 0)
		return rc;
	if (!db->rollup_now)
		db->rollup_now = pv_clock_now(NULL);
	return pv_rollup_add(&db->rollup, series, row, times, db->rollup_now,
			     err);
}

int pv_sqlite_roll_row(struct pv_sqlite *db, const unsigned char *id,
		       const pv_execution *row, int times, pv_error *err)
{
	pv_series series;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_SERIES_OF, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	rc = read_series(&series, db, statement, err);
	return rc < 0 || !series.id
		       ? rc
		       : pv_sqlite_roll(db, &series, row, times, err);
}

static void bind_key(sqlite3_stmt *statement, const pv_rollup_key *key)
{
	sqlite3_bind_int64(statement, 1, key->series);
	sqlite3_bind_int64(statement, 2, key->grain);
	sqlite3_bind_int64(statement, 3, key->bucket);
}

int pv_sqlite_read_cell(pv_cell *out, struct pv_sqlite *db,
			const pv_rollup_key *key, pv_error *err)
{
	sqlite3_stmt *statement;
	pv_str data;
	int64_t last;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_FIND, err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	rc = pv_sqlite_step(db, statement, err);
	if (rc <= 0)
		return rc;
	last = sqlite3_column_int64(statement, 0);
	data.ptr = sqlite3_column_blob(statement, 1);
	data.len = (size_t)sqlite3_column_bytes(statement, 1);
	if (last > out->last_us)
		out->last_us = last;
	rc = pv_cell_decode(out, data, err);
	sqlite3_reset(statement);
	return rc < 0 ? rc : 1;
}

static int write_error(struct pv_sqlite *db, const pv_rollup_key *key,
		       const pv_cell_error *error, pv_error *err)
{
	static const enum pv_sqlite_statement both[] = {
		PV_SQLITE_ROLLUP_ERROR_ADD, PV_SQLITE_ROLLUP_ERROR_DROP
	};
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++) {
		sqlite3_stmt *statement;

		/* What was only added cannot be 0. */
		if (i == 1 && error->count > 0)
			break;
		rc = pv_sqlite_use(&statement, db, both[i], err);
		if (rc < 0)
			break;
		bind_key(statement, key);
		pv_sqlite_bind_text(statement, 4, pv_str_of(error->name));
		if (i == 0)
			sqlite3_bind_int64(statement, 5, error->count);
		rc = pv_sqlite_run(db, statement, err);
	}
	return rc;
}

static int write_errors(struct pv_sqlite *db, const pv_rollup_key *key,
			const pv_cell *cell, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < cell->error_count && rc == PV_OK; i++)
		if (cell->errors[i].count)
			rc = write_error(db, key, &cell->errors[i], err);
	return rc;
}

static int put_cell(struct pv_sqlite *db, const pv_rollup_key *key,
		    const pv_cell *cell, pv_error *err)
{
	int is_empty = pv_cell_is_empty(cell);
	sqlite3_stmt *statement;
	pv_buf data = { 0 };
	int rc = pv_sqlite_use(&statement, db,
			       is_empty ? PV_SQLITE_ROLLUP_DROP
					: PV_SQLITE_ROLLUP_PUT,
			       err);

	if (rc < 0)
		return rc;
	bind_key(statement, key);
	if (!is_empty) {
		pv_cell_encode(&data, cell);
		rc = pv_buf_status(&data, err);
		sqlite3_bind_int64(statement, 4, cell->last_us);
		sqlite3_bind_blob64(statement, 5, data.ptr, data.len,
				    SQLITE_STATIC);
	}
	if (rc == PV_OK)
		rc = pv_sqlite_run(db, statement, err);
	pv_buf_dispose(&data);
	return rc;
}

int pv_sqlite_write_cell(struct pv_sqlite *db, const pv_rollup_key *key,
			 const pv_cell *cell, pv_error *err)
{
	int rc = put_cell(db, key, cell, err);

	return rc == PV_OK ? write_errors(db, key, cell, err) : rc;
}

static int write_change(struct pv_sqlite *db, pv_rollup_change *change,
			pv_error *err)
{
	int rc;

	if (pv_cell_is_empty(&change->cell))
		return write_errors(db, &change->key, &change->cell, err);
	rc = pv_sqlite_read_cell(&change->cell, db, &change->key, err);
	return rc < 0 ? rc
		      : pv_sqlite_write_cell(db, &change->key, &change->cell,
					     err);
}

static int forget_bucket(struct pv_sqlite *db, const pv_rollup_key *key,
			 pv_error *err)
{
	static const enum pv_sqlite_statement both[] = {
		PV_SQLITE_ROLLUP_ERRORS_DROP, PV_SQLITE_ROLLUP_DROP
	};
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++) {
		sqlite3_stmt *statement;

		rc = pv_sqlite_use(&statement, db, both[i], err);
		if (rc < 0)
			break;
		bind_key(statement, key);
		rc = pv_sqlite_run(db, statement, err);
	}
	return rc;
}

int pv_sqlite_drop_minutes(size_t *dropped_out, struct pv_sqlite *db,
			   size_t limit, pv_error *err)
{
	int64_t now = db->rollup_now ? db->rollup_now : pv_clock_now(NULL);
	pv_rollup_key key = { 0, PV_GRAIN_MINUTE, 0 };
	int rc = PV_OK;

	for (*dropped_out = 0; *dropped_out < limit && rc == PV_OK;) {
		sqlite3_stmt *statement;

		rc = pv_sqlite_use(&statement, db, PV_SQLITE_MINUTE_OLDEST, err);
		if (rc < 0)
			break;
		sqlite3_bind_int64(statement, 1,
				   (now - PV_ROLLUP_MINUTES_KEPT_US) / second);
		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			break;
		key.series = sqlite3_column_int64(statement, 0);
		key.bucket = sqlite3_column_int64(statement, 1);
		sqlite3_reset(statement);
		rc = forget_bucket(db, &key, err);
		*dropped_out += 1;
	}
	return rc;
}

int pv_sqlite_roll_end(struct pv_sqlite *db, pv_error *err)
{
	int rc = pv_rollup_settle(&db->rollup, err);
	size_t count = db->rollup.count;
	size_t dropped;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = write_change(db, db->rollup.changes[i], err);
	if (rc == PV_OK)
		rc = pv_sqlite_write_units(db, err);
	/* More than came, so that there is an end to them. */
	if (count && rc == PV_OK)
		rc = pv_sqlite_drop_minutes(&dropped, db, 2 * count, err);
	pv_sqlite_roll_forget(db);
	return rc;
}

void pv_sqlite_roll_forget(struct pv_sqlite *db)
{
	pv_rollup_clear(&db->rollup);
	db->rollup.scores = NULL;
	db->rollup_now = 0;
	pv_strlist_dispose(&db->scores);
	db->has_scores = 0;
	db->knows_pruned = 0;
}

int pv_sqlite_roll_prune(struct pv_sqlite *db, const unsigned char *id,
			 pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_PART, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	rc = pv_sqlite_run(db, statement, err);
	if (rc == PV_OK)
		rc = pv_sqlite_part_unit(db, id, err);
	return rc == PV_OK ? pv_sqlite_run_id(db, PV_SQLITE_PRUNED_ADD, id, err)
			   : rc;
}

/* Nearly all rows are newer than any that was pruned. */
static int know_pruned(struct pv_sqlite *db, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc;

	if (db->knows_pruned)
		return PV_OK;
	memset(db->last_pruned, 0, sizeof(db->last_pruned));
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_PRUNED_LAST, err);
	if (rc == PV_OK)
		rc = pv_sqlite_step(db, statement, err);
	if (rc > 0 && sqlite3_column_bytes(statement, 0) == PV_UUID_BYTES)
		memcpy(db->last_pruned, sqlite3_column_blob(statement, 0),
		       PV_UUID_BYTES);
	if (rc < 0)
		return rc;
	sqlite3_reset(statement);
	db->knows_pruned = 1;
	return PV_OK;
}

int pv_sqlite_was_pruned(int *out, struct pv_sqlite *db,
			 const unsigned char *id, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = know_pruned(db, err);

	*out = 0;
	if (rc < 0 || memcmp(id, db->last_pruned, PV_UUID_BYTES) > 0)
		return rc;
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_PRUNED_FIND, err);
	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	rc = pv_sqlite_step(db, statement, err);
	if (rc < 0)
		return rc;
	*out = rc > 0;
	sqlite3_reset(statement);
	return PV_OK;
}
