/* SPDX-License-Identifier: MIT
 *
 * The rows that rollups are made of, day by day, and which scores are among
 * what is summed up. What holds of that: the sums have a score of each row
 * that is there, or of none; so whoever adds or takes away a name changes the
 * sums in the same transaction.
 */
#include "index/sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"

static const int64_t second = 1000000;

/* --- rows ----------------------------------------------------------------- */

int pv_sqlite_next_day(int *is_there, int64_t *day, struct pv_sqlite *db,
		       pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_NEXT, err);

	*is_there = 0;
	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, *day * second);
	sqlite3_bind_int64(statement, 2, *day);
	rc = pv_sqlite_step(db, statement, err);
	if (rc > 0 && sqlite3_column_type(statement, 0) != SQLITE_NULL) {
		*day = pv_rollup_bucket(sqlite3_column_int64(statement, 0),
					PV_GRAIN_DAY);
		*is_there = 1;
	}
	sqlite3_reset(statement);
	return rc < 0 ? rc : PV_OK;
}

static int read_row(pv_execution **out, struct pv_sqlite *db,
		    sqlite3_stmt *statement, pv_error *err)
{
	int rc = pv_execution_new(out, err);

	for (size_t i = 0; i < PV_ROLLUP_FIELDS && rc == PV_OK; i++)
		if (sqlite3_column_type(statement, (int)i + 3) != SQLITE_NULL)
			rc = pv_sqlite_read_column(*out, pv_rollup_field(i), db,
						   statement, (int)i + 3, err);
	return rc;
}

int pv_sqlite_give_rolled(struct pv_sqlite *db, sqlite3_stmt *statement,
			  pv_rollup_row_fn fn, void *payload, pv_error *err)
{
	int rc;

	while ((rc = pv_sqlite_step(db, statement, err)) > 0) {
		const pv_series series = pv_sqlite_series_at(statement, 0);
		pv_execution *row = NULL;

		rc = read_row(&row, db, statement, err);
		if (rc == PV_OK)
			rc = fn(&series, row, payload, err);
		pv_execution_free(row);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

int pv_sqlite_each_rolled(struct pv_sqlite *db, int64_t day,
			  pv_rollup_row_fn fn, void *payload, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_ROLLUP_ROWS, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, day * second);
	sqlite3_bind_int64(statement, 2, (day + PV_GRAIN_DAY) * second);
	return pv_sqlite_give_rolled(db, statement, fn, payload, err);
}

/* --- scores --------------------------------------------------------------- */

int pv_sqlite_list_scores(pv_strlist *out, void *state, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_SCORES, err);

	while (rc == PV_OK) {
		const char *name;

		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			break;
		name = (const char *)sqlite3_column_text(statement, 0);
		rc = name ? pv_strlist_add(out, name, err) : pv_fail_nomem(err);
	}
	if (statement)
		sqlite3_reset(statement);
	if (rc == PV_OK)
		pv_strlist_sort(out);
	return rc;
}

int pv_sqlite_read_scores(struct pv_sqlite *db, pv_error *err)
{
	int rc = PV_OK;

	if (!db->has_scores)
		rc = pv_sqlite_list_scores(&db->scores, db, err);
	db->has_scores = rc == PV_OK;
	db->rollup.scores = &db->scores;
	return rc;
}

static int are_same(const pv_strlist *a, const pv_strlist *b)
{
	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (strcmp(a->items[i], b->items[i]) != 0)
			return 0;
	return 1;
}

static int write_scores(struct pv_sqlite *db, const pv_strlist *names,
			pv_error *err)
{
	int rc = pv_sqlite_exec(db, "DELETE FROM rolled_score", err);

	for (size_t i = 0; i < names->count && rc == PV_OK; i++) {
		sqlite3_stmt *statement;

		rc = pv_sqlite_use(&statement, db, PV_SQLITE_SCORE_ADD, err);
		if (rc < 0)
			break;
		pv_sqlite_bind_text(statement, 1, pv_str_of(names->items[i]));
		rc = pv_sqlite_run(db, statement, err);
	}
	return rc;
}

struct rescoring {
	struct pv_sqlite *db;
	const pv_strlist *before;
	const pv_strlist *behind;
};

/* All of a row goes and comes back, of which only its scores are left. */
static int rescore(const pv_series *series, const pv_execution *row,
		   void *payload, pv_error *err)
{
	const struct rescoring *it = payload;
	pv_rollup_batch *batch = &it->db->rollup;
	int rc;

	if (!row->values[PV_FIELD_SCORES].is_set)
		return PV_OK;
	batch->scores = it->before;
	rc = pv_rollup_add(batch, series, row, -1, it->db->rollup_now, err);
	batch->scores = it->behind;
	return rc == PV_OK ? pv_rollup_add(batch, series, row, 1,
					   it->db->rollup_now, err)
			   : rc;
}

static int rescore_all(struct rescoring *it, pv_error *err)
{
	int64_t day = PV_ROLLUP_FIRST_DAY;
	int is_there = 1;
	int rc = PV_OK;

	while (rc == PV_OK) {
		rc = pv_sqlite_next_day(&is_there, &day, it->db, err);
		if (rc < 0 || !is_there)
			break;
		it->db->rollup_now = pv_clock_now(NULL);
		rc = pv_sqlite_each_rolled(it->db, day, rescore, it, err);
		if (rc == PV_OK)
			rc = pv_sqlite_roll_end(it->db, err);
		day += PV_GRAIN_DAY;
	}
	return rc;
}

static int change_scores(struct pv_sqlite *db, const pv_strlist *names,
			 pv_error *err)
{
	pv_strlist before = { 0 };
	struct rescoring it = { db, &before, names };
	int rc = pv_sqlite_list_scores(&before, db, err);

	/* Somebody may have done it while we waited. */
	if (rc == PV_OK && !are_same(&before, names)) {
		rc = write_scores(db, names, err);
		if (rc == PV_OK)
			rc = rescore_all(&it, err);
	}
	pv_strlist_dispose(&before);
	return rc;
}

int pv_sqlite_set_scores(void *state, const pv_strlist *names, pv_error *err)
{
	struct pv_sqlite *db = state;
	pv_strlist before = { 0 };
	int rc = pv_sqlite_list_scores(&before, db, err);
	int is_news = rc == PV_OK && !are_same(&before, names);

	pv_strlist_dispose(&before);
	if (!is_news)
		return rc;
	rc = pv_sqlite_begin(db, err);
	return rc < 0 ? rc
		      : pv_sqlite_end(db, change_scores(db, names, err), err);
}
