/* SPDX-License-Identifier: MIT
 *
 * Rollups out of the tables: the series that match, and the cells of each in
 * the spans that are asked for, all of one moment.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"
#include "base/mem.h"

struct reading {
	struct pv_sqlite *db;
	const pv_rollup_query *query;
	const pv_rollup_reader *reader;
};

/* --- one series ----------------------------------------------------------- */

static void bind_span(sqlite3_stmt *statement, int64_t series,
		      const pv_rollup_span *span)
{
	sqlite3_bind_int64(statement, 1, series);
	sqlite3_bind_int64(statement, 2, span->grain);
	sqlite3_bind_int64(statement, 3, span->from);
	sqlite3_bind_int64(statement, 4, span->to);
}

static int read_cells(struct reading *it, int64_t series,
		      const pv_rollup_span *span, pv_error *err)
{
	pv_rollup_key key = { series, span->grain, 0 };
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_SPAN_CELLS, err);

	if (rc < 0)
		return rc;
	bind_span(statement, series, span);
	while ((rc = pv_sqlite_step(it->db, statement, err)) > 0) {
		pv_str data;

		key.bucket = sqlite3_column_int64(statement, 0);
		data.ptr = sqlite3_column_blob(statement, 2);
		data.len = (size_t)sqlite3_column_bytes(statement, 2);
		rc = it->reader->cell(&key, sqlite3_column_int64(statement, 1),
				      data, it->reader->payload, err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

static int read_errors(struct reading *it, int64_t series,
		       const pv_rollup_span *span, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, it->db, PV_SQLITE_SPAN_ERRORS, err);

	if (rc < 0)
		return rc;
	bind_span(statement, series, span);
	while ((rc = pv_sqlite_step(it->db, statement, err)) > 0) {
		pv_str name;

		name.ptr = (const char *)sqlite3_column_text(statement, 0);
		name.len = (size_t)sqlite3_column_bytes(statement, 0);
		rc = name.ptr ? it->reader->error(name,
						  sqlite3_column_int64(statement,
								       1),
						  it->reader->payload, err)
			      : pv_fail_nomem(err);
		if (rc < 0)
			break;
	}
	sqlite3_reset(statement);
	return rc;
}

static int read_series(struct reading *it, sqlite3_stmt *statement, pv_error *err)
{
	int64_t id = sqlite3_column_int64(statement, 0);
	pv_execution *row = NULL;
	int rc = pv_execution_new(&row, err);

	for (size_t i = 0; i < PV_SERIES_FIELDS && rc == PV_OK; i++)
		if (sqlite3_column_type(statement, (int)i + 2) != SQLITE_NULL)
			rc = pv_sqlite_read_column(row, pv_series_field(i),
						   it->db, statement,
						   (int)i + 2, err);
	if (rc == PV_OK)
		rc = it->reader->series(row, sqlite3_column_int(statement, 1),
					it->reader->payload, err);
	pv_execution_free(row);
	for (size_t i = 0; i < it->query->span_count && rc == PV_OK; i++)
		rc = read_cells(it, id, &it->query->spans[i], err);
	for (size_t i = 0; i < it->query->span_count && rc == PV_OK; i++)
		rc = read_errors(it, id, &it->query->spans[i], err);
	return rc;
}

/* --- all that match ------------------------------------------------------- */

static void put_query(pv_buf *out, const pv_rollup_query *query)
{
	pv_buf_puts(out, "SELECT series_id, is_cached");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(out, " FROM series WHERE project_id = 1");
	for (size_t i = 0; i < query->match_count; i++)
		pv_buf_printf(out, " AND %s = ?%zu",
			      pv_field_at(query->fields[i])->column, i + 1);
	/* Names decide and not numbers: sums of doubles come out the same. */
	pv_buf_puts(out, " ORDER BY key");
}

static int prepare(sqlite3_stmt **out, struct reading *it, pv_error *err)
{
	pv_buf sql = { 0 };
	int status = SQLITE_OK;
	int rc;

	put_query(&sql, it->query);
	rc = pv_buf_status(&sql, err);
	if (rc == PV_OK)
		status = sqlite3_prepare_v2(it->db->db, sql.ptr,
					    (int)sql.len + 1, out, NULL);
	pv_buf_dispose(&sql);
	if (status != SQLITE_OK)
		rc = pv_fail_sqlite(err, it->db, status);
	for (size_t i = 0; i < it->query->match_count && rc == PV_OK; i++)
		pv_sqlite_bind_text(*out, (int)i + 1,
				    pv_str_of(it->query->values[i]));
	return rc;
}

static int read_all(struct reading *it, pv_error *err)
{
	sqlite3_stmt *statement = NULL;
	int rc = prepare(&statement, it, err);

	while (rc == PV_OK) {
		rc = pv_sqlite_step(it->db, statement, err);
		if (rc <= 0)
			break;
		rc = read_series(it, statement, err);
	}
	sqlite3_finalize(statement);
	if (rc == PV_OK && it->query->arms_of)
		rc = pv_sqlite_read_arms(it->db, it->query->arms_of, it->reader,
					 err);
	return rc;
}

int pv_sqlite_read_rollups(void *state, const pv_rollup_query *query,
			   const pv_rollup_reader *reader, pv_error *err)
{
	struct reading it = { state, query, reader };
	int rc = pv_sqlite_begin_read(it.db, err);

	if (rc < 0)
		return rc;
	return pv_sqlite_end(it.db, read_all(&it, err), err);
}
