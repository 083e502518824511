/* SPDX-License-Identifier: MIT
 *
 * Keeping less: texts or whole rows go, oldest first, some hundred in one
 * transaction. Texts are shared, so those that a row lets go of are noted in
 * `body_loose` in the same transaction, and a sweep at the end takes those
 * that no row has any more; a sweep that was killed is made up for by the
 * next. A text that is not in `body_shared` was of that row alone. A row leaves the search before its texts do. What goes is overwritten
 * in the file.
 */
#include "index/sqlite/sqlite.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	BATCH = 200
};

static const char *const body_columns[] = { "params",  "input",   "rendered",
					    "output",  "request", "response",
					    "metadata" };

/* What is to go, on its way. */
struct removal {
	struct pv_sqlite *db;
	enum pv_executions_part part;
	pv_executions_removed *out;
	unsigned char ids[BATCH][PV_UUID_BYTES];
	size_t count;
};

/* --- which rows ----------------------------------------------------------- */

/* " FROM execution e WHERE ...": those that still have what is to go. */
static void put_from(pv_buf *sql, const pv_index_query *query,
		     enum pv_executions_part part)
{
	pv_buf_puts(sql, " FROM execution e WHERE e.project_id = 1");
	if (part == PV_EXECUTIONS_TEXTS)
		pv_buf_puts(sql, " AND coalesce(e.params, e.input, e.rendered, "
				 "e.output, e.request, e.response, "
				 "e.error_message) IS NOT NULL");
	pv_sqlite_put_where(sql, query);
}

static int count_rows(struct removal *it, const pv_index_query *query,
		      pv_error *err)
{
	size_t limit = query->asked->limit;
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_buf_puts(&sql, "SELECT count(*)");
	put_from(&sql, query, it->part);
	rc = pv_sqlite_ask(&statement, it->db, &sql, query, err);
	if (rc == PV_OK)
		rc = pv_sqlite_step(it->db, statement, err);
	if (rc > 0)
		it->out->rows = (size_t)sqlite3_column_int64(statement, 0);
	if (limit && it->out->rows > limit)
		it->out->rows = limit;
	sqlite3_finalize(statement);
	return rc < 0 ? rc : PV_OK;
}

/* The next ids, oldest first, at most `room`. */
static int find_ids(struct removal *it, const pv_index_query *query,
		    size_t room, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int rc;

	it->count = 0;
	pv_buf_puts(&sql, "SELECT e.id");
	put_from(&sql, query, it->part);
	pv_buf_printf(&sql, " ORDER BY e.ts_us, e.id LIMIT ?%d",
		      PV_SQLITE_LIMIT_AT);
	rc = pv_sqlite_ask(&statement, it->db, &sql, query, err);
	if (rc == PV_OK)
		sqlite3_bind_int64(statement, PV_SQLITE_LIMIT_AT,
				   room < BATCH ? (sqlite3_int64)room : BATCH);
	while (rc == PV_OK) {
		const void *id;

		rc = pv_sqlite_step(it->db, statement, err);
		if (rc <= 0)
			break;
		id = sqlite3_column_blob(statement, 0);
		if (!id || sqlite3_column_bytes(statement, 0) != PV_UUID_BYTES) {
			rc = pv_fail_sqlite(err, it->db, SQLITE_CORRUPT);
			break;
		}
		memcpy(it->ids[it->count++], id, PV_UUID_BYTES);
		rc = PV_OK;
	}
	sqlite3_finalize(statement);
	return rc;
}

/* --- one row -------------------------------------------------------------- */

static int take_texts(struct pv_sqlite *db, const unsigned char *id, pv_error *err)
{
	int was_there = 0;
	int rc = pv_sqlite_unindex(&was_there, db, id, err);

	if (rc == PV_OK)
		rc = pv_sqlite_run_id(db, PV_SQLITE_LOOSE_TEXTS, id, err);
	if (rc == PV_OK)
		rc = pv_sqlite_run_id(db, PV_SQLITE_TEXTS_DROP, id, err);
	/* Its tags are still to be found. */
	return rc == PV_OK && was_there ? pv_sqlite_enqueue(db, id, err) : rc;
}

/* Retention leaves the sums as they are, whoever deletes takes part of them. */
static int tell_sums(struct removal *it, const unsigned char *id, pv_error *err)
{
	pv_execution *row = NULL;
	int rc;

	if (it->part == PV_EXECUTIONS_ROWS)
		return pv_sqlite_roll_prune(it->db, id, err);
	rc = pv_sqlite_get(&row, it->db, id, err);
	if (rc == PV_OK)
		rc = pv_sqlite_roll_row(it->db, id, row, -1, err);
	if (rc == PV_OK)
		rc = pv_sqlite_run_id(it->db, PV_SQLITE_PRUNED_DROP, id, err);
	pv_execution_free(row);
	return rc;
}

static int take_row(struct removal *it, const unsigned char *id, pv_error *err)
{
	static const enum pv_sqlite_statement steps[] = { PV_SQLITE_LOOSE_ALL,
							  PV_SQLITE_TAGS_DROP,
							  PV_SQLITE_ROW_DROP };
	int was_there;
	int rc = tell_sums(it, id, err);

	if (rc == PV_OK)
		rc = pv_sqlite_unindex(&was_there, it->db, id, err);
	for (size_t i = 0; i < pv_array_len(steps) && rc == PV_OK; i++)
		rc = pv_sqlite_run_id(it->db, steps[i], id, err);
	return rc;
}

/* One transaction; `it->count` says how many went. */
static int take_batch(struct removal *it, const pv_index_query *query,
		      size_t room, pv_error *err)
{
	int rc = pv_sqlite_begin(it->db, err);

	if (rc < 0)
		return rc;
	rc = find_ids(it, query, room, err);
	for (size_t i = 0; i < it->count && rc == PV_OK; i++)
		rc = it->part == PV_EXECUTIONS_TEXTS
			     ? take_texts(it->db, it->ids[i], err)
			     : take_row(it, it->ids[i], err);
	return pv_sqlite_end(it->db, rc, err);
}

/* --- texts that nobody has ------------------------------------------------ */

struct loose {
	int64_t *ids; /* ascending */
	unsigned char *is_shared;
	unsigned char *is_used;
	size_t count;
	size_t doubtful; /* shared ones that nobody was found to have yet */
};

static int read_loose(struct loose *out, struct pv_sqlite *db, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int64_t count = 0;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_LOOSE_COUNT, err);

	if (rc == PV_OK)
		rc = pv_sqlite_number(&count, db, statement, err);
	if (rc < 0 || !count)
		return rc;
	out->ids = pv_calloc((size_t)count, sizeof(*out->ids));
	out->is_shared = pv_calloc((size_t)count, 1);
	out->is_used = pv_calloc((size_t)count, 1);
	if (!out->ids || !out->is_shared || !out->is_used)
		return pv_fail_nomem(err);
	rc = pv_sqlite_use(&statement, db, PV_SQLITE_LOOSE_LIST, err);
	while (rc == PV_OK) {
		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			break;
		out->ids[out->count] = sqlite3_column_int64(statement, 0);
		out->is_shared[out->count] =
			sqlite3_column_int(statement, 1) != 0;
		out->doubtful += out->is_shared[out->count++];
		rc = PV_OK;
	}
	return rc;
}

static int compare_ids(const void *a, const void *b)
{
	int64_t left = *(const int64_t *)a;
	int64_t right = *(const int64_t *)b;

	return (left > right) - (left < right);
}

static void mark(struct loose *loose, int64_t id)
{
	const int64_t *found =
		bsearch(&id, loose->ids, loose->count, sizeof(id), compare_ids);
	size_t at = found ? (size_t)(found - loose->ids) : 0;

	if (!found || loose->is_used[at])
		return;
	loose->is_used[at] = 1;
	loose->doubtful -= loose->is_shared[at];
}

/*
 * There is no index of who has a text: rows are looked at, newest first, until
 * each that was shared is found to be in use. Most often those are what all
 * rows have in common.
 */
static int mark_used(struct loose *loose, struct pv_sqlite *db, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_BODY_USES, err);

	if (rc < 0)
		return rc;
	while (rc == PV_OK && loose->doubtful) {
		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			return rc;
		rc = PV_OK;
		for (int i = 0; i < (int)pv_array_len(body_columns); i++)
			mark(loose, sqlite3_column_int64(statement, i));
	}
	sqlite3_reset(statement);
	return rc;
}

static int drop_body(struct pv_sqlite *db, int64_t id, pv_error *err)
{
	static const enum pv_sqlite_statement steps[] = { PV_SQLITE_BODY_DROP,
							  PV_SQLITE_SHARED_DROP };
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(steps) && rc == PV_OK; i++) {
		sqlite3_stmt *statement;

		rc = pv_sqlite_use(&statement, db, steps[i], err);
		if (rc < 0)
			break;
		sqlite3_bind_int64(statement, 1, id);
		rc = pv_sqlite_run(db, statement, err);
	}
	return rc;
}

static int drop_unused(const struct loose *loose, struct removal *it,
		       pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < loose->count && rc == PV_OK; i++) {
		if (loose->is_used[i])
			continue;
		rc = drop_body(it->db, loose->ids[i], err);
		it->out->texts++;
	}
	return rc == PV_OK
		       ? pv_sqlite_exec(it->db, "DELETE FROM body_loose", err)
		       : rc;
}

static int sweep(struct removal *it, pv_error *err)
{
	struct loose loose = { 0 };
	int rc = pv_sqlite_begin(it->db, err);

	if (rc < 0)
		return rc;
	rc = read_loose(&loose, it->db, err);
	if (rc == PV_OK)
		rc = mark_used(&loose, it->db, err);
	if (rc == PV_OK && loose.count)
		rc = drop_unused(&loose, it, err);
	pv_free(loose.ids);
	pv_free(loose.is_shared);
	pv_free(loose.is_used);
	return pv_sqlite_end(it->db, rc, err);
}

/* --- all of it ------------------------------------------------------------ */

/*
 * What FTS5 keeps of words that no document has goes when its parts are made
 * one; what the log keeps of pages goes when it is emptied. A reader that is
 * at it now puts the latter off until the next that closes the index.
 */
static int overwrite(struct pv_sqlite *db, pv_error *err)
{
	int rc = pv_sqlite_exec(db,
				"INSERT INTO search (search) VALUES ('optimize')",
				err);

	if (rc == PV_OK)
		sqlite3_exec(db->db, "PRAGMA wal_checkpoint(TRUNCATE)", NULL,
			     NULL, NULL);
	return rc;
}

/* Minutes that nobody reads or corrects any more know of rows, too. */
static int forget_minutes(struct removal *it, pv_error *err)
{
	size_t dropped = 1;
	int rc = PV_OK;

	while (dropped && rc == PV_OK) {
		rc = pv_sqlite_begin(it->db, err);
		if (rc < 0)
			break;
		rc = pv_sqlite_drop_minutes(&dropped, it->db, BATCH, err);
		rc = pv_sqlite_end(it->db, rc, err);
	}
	return rc;
}

static int take_all(struct removal *it, const pv_index_query *query, pv_error *err)
{
	size_t limit = query->asked->limit;
	int rc = PV_OK;

	do {
		size_t room = limit ? limit - it->out->rows : BATCH;

		rc = take_batch(it, query, room, err);
		if (rc == PV_OK)
			it->out->rows += it->count;
	} while (rc == PV_OK && it->count && (!limit || it->out->rows < limit));
	if (rc == PV_OK)
		rc = sweep(it, err);
	if (rc == PV_OK && it->part == PV_EXECUTIONS_TRACES)
		rc = forget_minutes(it, err);
	if (rc == PV_OK && it->part == PV_EXECUTIONS_TRACES)
		rc = overwrite(it->db, err);
	return rc;
}

int pv_sqlite_remove(pv_executions_removed *out, void *state,
		     const pv_index_query *query,
		     const pv_executions_removal *opts, pv_error *err)
{
	struct removal *it = pv_calloc(1, sizeof(*it));
	int rc;

	if (!it)
		return pv_fail_nomem(err);
	it->db = state;
	it->part = opts->part;
	it->out = out;
	if (opts->is_dry_run) {
		rc = count_rows(it, query, err);
	} else {
		rc = pv_sqlite_exec(it->db, "PRAGMA secure_delete = ON", err);
		if (rc == PV_OK)
			rc = take_all(it, query, err);
		sqlite3_exec(it->db->db, "PRAGMA secure_delete = FAST", NULL,
			     NULL, NULL);
	}
	pv_free(it);
	return rc;
}
