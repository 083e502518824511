/* SPDX-License-Identifier: MIT
 *
 * Statements: their SQL, made from the table of fields where it lists
 * columns, and the few ways they are run.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"

#define SPAN "series_id = ?1 AND grain = ?2 AND bucket >= ?3 AND bucket < ?4"
#define UNIT "project_id = 1 AND arm_id = ?1 AND unit = ?2"
#define DAY "project_id = 1 AND arm_id = ?1 AND day = ?2"
#define BUCKET "series_id = ?1 AND grain = ?2 AND bucket = ?3"

/* Those that name no columns of fields. */
static const char *const texts[PV_SQLITE_STATEMENTS] = {
	[PV_SQLITE_BEGIN] = "BEGIN IMMEDIATE",
	[PV_SQLITE_BEGIN_READ] = "BEGIN",
	[PV_SQLITE_COMMIT] = "COMMIT",
	[PV_SQLITE_ROLLBACK] = "ROLLBACK",
	[PV_SQLITE_UPDATE] = "UPDATE execution SET quality_m = ?2, "
			     "feedback = ?3, scores = ?4, tags = ?5 "
			     "WHERE project_id = 1 AND id = ?1",
	[PV_SQLITE_NAME_FIND] = "SELECT name_id FROM name WHERE "
				"project_id = 1 AND name = ?1",
	[PV_SQLITE_NAME_ADD] = "INSERT INTO name SELECT 1, "
			       "coalesce(max(name_id), 0) + 1, ?1 FROM name "
			       "WHERE project_id = 1 RETURNING name_id",
	[PV_SQLITE_DIM_FIND] = "SELECT d.dim_id, d.name_id, s.series_id, "
			       "s.arm_id, s.is_cached FROM dim d LEFT JOIN "
			       "series s ON s.project_id = 1 AND s.series_id = "
			       "d.series_id WHERE d.project_id = 1 AND "
			       "d.key = ?1",
	[PV_SQLITE_BODY_FIND] = "SELECT body_id FROM body WHERE "
				"project_id = 1 AND hash = ?1 AND is_json = ?2",
	[PV_SQLITE_BODY_ADD] =
		"INSERT OR IGNORE INTO body (project_id, hash, is_json, "
		"content) VALUES (1, ?1, ?2, ?3)",
	[PV_SQLITE_BODY_SHARE] = "INSERT OR IGNORE INTO body_shared VALUES "
				 "(?1)",
	[PV_SQLITE_BODY_DROP] = "DELETE FROM body WHERE body_id = ?1",
	[PV_SQLITE_BODY_READ] = "SELECT is_json, content FROM body "
				"WHERE body_id = ?1",
	[PV_SQLITE_TAG_ADD] = "INSERT OR IGNORE INTO tag VALUES (1, ?1, ?2)",
	[PV_SQLITE_QUEUE_ADD] = "INSERT INTO search_queue (id) VALUES (?1)",
	[PV_SQLITE_QUEUE_COUNT] = "SELECT count(*) FROM search_queue",
	[PV_SQLITE_QUEUE_DROP] = "DELETE FROM search_queue WHERE seq IN (SELECT "
				 "seq FROM search_queue ORDER BY seq LIMIT ?1)",
	/* Without those that were deleted, or are there twice. */
	[PV_SQLITE_DOC_ADD] = "INSERT OR IGNORE INTO search_doc (id) SELECT "
			      "q.id FROM (SELECT id FROM search_queue ORDER BY "
			      "seq LIMIT ?1) q WHERE EXISTS (SELECT 1 FROM "
			      "execution WHERE project_id = 1 AND id = q.id)",
	[PV_SQLITE_DOC_LAST] = "SELECT max(doc) FROM search_doc",
	[PV_SQLITE_DOC_DROP] = "DELETE FROM search_doc WHERE id = ?1",
	[PV_SQLITE_SEARCH_ADD] = "INSERT INTO search (rowid, prompt, input, "
				 "output, tags) SELECT doc, prompt, input, "
				 "output, tags FROM search_text WHERE doc > ?1",
	[PV_SQLITE_SEARCH_DROP] =
		"INSERT INTO search (search, rowid, prompt, input, output, "
		"tags) SELECT 'delete', doc, prompt, input, output, tags FROM "
		"search_text WHERE doc = (SELECT doc FROM search_doc WHERE "
		"id = ?1)",
	[PV_SQLITE_DRAINED] = "UPDATE search_state SET drained_us = ?1 WHERE "
			      "project_id = 1 AND NOT EXISTS (SELECT 1 FROM "
			      "search_queue)",
	[PV_SQLITE_DRAINED_AT] = "SELECT drained_us FROM search_state WHERE "
				 "project_id = 1",
	[PV_SQLITE_HAS_MORE] = "SELECT 1 FROM search WHERE search MATCH ?6 "
			       "LIMIT 1 OFFSET ?5",
	[PV_SQLITE_MARK] = "SELECT birth, coalesce((SELECT seq FROM "
			   "sqlite_sequence WHERE name = 'search_doc'), 0) "
			   "FROM search_state WHERE project_id = 1",
	[PV_SQLITE_LOOSE_TEXTS] =
		"INSERT OR IGNORE INTO body_loose SELECT b.body_id FROM "
		"execution e CROSS JOIN body b WHERE e.project_id = 1 AND "
		"e.id = ?1 AND b.body_id IN (e.params, e.input, e.rendered, "
		"e.output, e.request, e.response)",
	[PV_SQLITE_LOOSE_ALL] =
		"INSERT OR IGNORE INTO body_loose SELECT b.body_id FROM "
		"execution e CROSS JOIN body b WHERE e.project_id = 1 AND "
		"e.id = ?1 AND b.body_id IN (e.params, e.input, e.rendered, "
		"e.output, e.request, e.response, e.metadata)",
	[PV_SQLITE_SHARED_DROP] = "DELETE FROM body_shared WHERE body_id = ?1",
	[PV_SQLITE_LOOSE_COUNT] = "SELECT count(*) FROM body_loose",
	[PV_SQLITE_LOOSE_LIST] = "SELECT body_id, EXISTS (SELECT 1 FROM "
				 "body_shared s WHERE s.body_id = l.body_id) "
				 "FROM body_loose l ORDER BY body_id",
	[PV_SQLITE_TEXTS_DROP] = "UPDATE execution SET params = NULL, input = "
				 "NULL, rendered = NULL, output = NULL, "
				 "request = NULL, response = NULL, "
				 "error_message = NULL WHERE project_id = 1 "
				 "AND id = ?1",
	[PV_SQLITE_TAGS_DROP] = "DELETE FROM tag WHERE project_id = 1 AND "
				"id = ?1 AND tag IN (SELECT value FROM "
				"execution e, json_each(e.tags) WHERE "
				"e.project_id = 1 AND e.id = ?1)",
	[PV_SQLITE_ROW_DROP] = "DELETE FROM execution WHERE project_id = 1 AND "
			       "id = ?1",
	[PV_SQLITE_PRUNED_ADD] = "INSERT OR IGNORE INTO pruned VALUES (?1)",
	[PV_SQLITE_PRUNED_DROP] = "DELETE FROM pruned WHERE id = ?1",
	[PV_SQLITE_PRUNED_LAST] = "SELECT id FROM pruned ORDER BY id DESC LIMIT 1",
	[PV_SQLITE_PRUNED_FIND] = "SELECT 1 FROM pruned WHERE id = ?1",
	[PV_SQLITE_BODY_USES] = "SELECT params, input, rendered, output, "
				"request, response, metadata FROM execution "
				"ORDER BY project_id DESC, id DESC",
	[PV_SQLITE_TAG_DROP] = "DELETE FROM tag WHERE project_id = 1 AND "
			       "tag = ?1 AND id = ?2",
	[PV_SQLITE_DIM_SERIES] = "UPDATE dim SET series_id = ?2 WHERE "
				 "project_id = 1 AND dim_id = ?1",
	[PV_SQLITE_SERIES_FIND] = "SELECT series_id, arm_id, is_cached FROM "
				  "series WHERE project_id = 1 AND key = ?1",
	[PV_SQLITE_SERIES_OF] = "SELECT s.series_id, s.arm_id, s.is_cached "
				"FROM execution e CROSS JOIN dim d USING "
				"(project_id, dim_id) CROSS JOIN series s USING "
				"(project_id, series_id) WHERE "
				"e.project_id = 1 AND e.id = ?1",
	[PV_SQLITE_ARM_FIND] = "SELECT arm_id FROM arm WHERE project_id = 1 "
			       "AND experiment = ?1 AND epoch = ?2 AND "
			       "variant = ?3",
	[PV_SQLITE_ARM_ADD] = "INSERT INTO arm SELECT 1, coalesce(max(arm_id), "
			      "0) + 1, ?1, ?2, ?3, NULL FROM arm WHERE "
			      "project_id = 1 RETURNING arm_id",
	[PV_SQLITE_ARM_FIRST] = "UPDATE arm SET first_us = "
				"min(coalesce(first_us, ?2), ?2) WHERE "
				"project_id = 1 AND arm_id = ?1",
	[PV_SQLITE_ARMS_OF] = "SELECT epoch, variant, first_us, arm_id FROM "
			      "arm WHERE project_id = 1 AND experiment = ?1 "
			      "ORDER BY epoch, variant",
	[PV_SQLITE_DAY_READ] = "SELECT data FROM arm_day WHERE " DAY,
	[PV_SQLITE_DAY_PUT] = "INSERT INTO arm_day VALUES (1, ?1, ?2, ?3) ON "
			      "CONFLICT DO UPDATE SET data = excluded.data",
	[PV_SQLITE_DAY_DROP] = "DELETE FROM arm_day WHERE " DAY,
	[PV_SQLITE_DAYS_OF] = "SELECT day, data FROM arm_day WHERE "
			      "project_id = 1 AND arm_id = ?1 ORDER BY day",
	[PV_SQLITE_ARM_CROSSED] =
		"SELECT count(*) FROM unit_sum u WHERE u.project_id = 1 AND "
		"u.arm_id = ?1 AND u.unit <= ?2 AND u.data <> x'' AND EXISTS "
		"(SELECT 1 FROM arm a CROSS JOIN unit_sum o WHERE "
		"a.project_id = 1 AND a.experiment = ?3 AND a.epoch = ?4 AND "
		"a.variant NOT IN (?5, '') AND o.project_id = 1 AND o.arm_id = "
		"a.arm_id AND o.unit = u.unit AND o.data <> x'')",
	[PV_SQLITE_DAYS_ALL] = "SELECT arm_id, day, data FROM arm_day WHERE "
			       "project_id = 1 ORDER BY arm_id, day",
	[PV_SQLITE_UNIT_FIND] = "SELECT data FROM unit_sum WHERE " UNIT,
	[PV_SQLITE_UNIT_PUT] = "INSERT INTO unit_sum VALUES (1, ?1, ?2, 0, ?3) "
			       "ON CONFLICT DO UPDATE SET data = excluded.data",
	[PV_SQLITE_UNIT_DROP] =
		"DELETE FROM unit_sum WHERE " UNIT " AND is_part = 0",
	[PV_SQLITE_UNIT_CLEAR] = "UPDATE unit_sum SET data = x'' WHERE " UNIT,
	[PV_SQLITE_UNIT_PART] = "INSERT INTO unit_sum VALUES (1, ?1, ?2, 1, "
				"x'') ON CONFLICT DO UPDATE SET is_part = 1",
	[PV_SQLITE_UNIT_OF] = "SELECT s.arm_id, e.unit FROM execution e "
			      "CROSS JOIN dim d USING (project_id, dim_id) "
			      "CROSS JOIN series s USING (project_id, series_id) "
			      "WHERE e.project_id = 1 AND e.id = ?1 AND "
			      "e.unit IS NOT NULL AND s.arm_id IS NOT NULL",
	[PV_SQLITE_UNIT_COUNT] = "SELECT count(*) FROM unit_sum WHERE "
				 "project_id = 1",
	[PV_SQLITE_UNITS_ALL] = "SELECT arm_id, unit, is_part, data FROM "
				"unit_sum WHERE project_id = 1 ORDER BY "
				"arm_id, unit",
	[PV_SQLITE_ROLLUP_FIND] = "SELECT last_us, data FROM rollup WHERE "
				  "project_id = 1 AND " BUCKET,
	[PV_SQLITE_ROLLUP_PUT] = "INSERT INTO rollup VALUES "
				 "(1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT DO "
				 "UPDATE SET last_us = excluded.last_us, "
				 "data = excluded.data",
	[PV_SQLITE_MINUTE_OLDEST] = "SELECT series_id, bucket FROM rollup WHERE "
				    "project_id = 1 AND grain = 60 AND "
				    "bucket < ?1 ORDER BY bucket LIMIT 1",
	[PV_SQLITE_SCORES] = "SELECT name FROM rolled_score WHERE "
			     "project_id = 1",
	[PV_SQLITE_SCORE_ADD] = "INSERT INTO rolled_score VALUES (1, ?1)",
	[PV_SQLITE_ROLLUP_DROP] = "DELETE FROM rollup WHERE "
				  "project_id = 1 AND " BUCKET,
	[PV_SQLITE_ROLLUP_ERROR_ADD] = "INSERT INTO rollup_error VALUES "
				       "(1, ?1, ?2, ?3, ?4, ?5) ON CONFLICT "
				       "DO UPDATE SET n = n + excluded.n",
	[PV_SQLITE_ROLLUP_ERROR_DROP] =
		"DELETE FROM rollup_error WHERE "
		"project_id = 1 AND " BUCKET " AND error_type = ?4 AND n = 0",
	[PV_SQLITE_ROLLUP_PART] = "INSERT OR IGNORE INTO rollup_part "
				  "SELECT 1, d.series_id, e.ts_us / 3600000000 "
				  "* 3600 FROM execution e JOIN dim d USING "
				  "(project_id, dim_id) WHERE e.project_id = 1 "
				  "AND e.id = ?1 AND d.series_id IS NOT NULL",
	[PV_SQLITE_ROLLUP_CELLS] = "SELECT series_id, grain, bucket FROM "
				   "rollup WHERE project_id = 1 AND "
				   "bucket >= ?1 AND bucket < ?2",
	[PV_SQLITE_ROLLUP_ERRORS] =
		"SELECT error_type, n FROM rollup_error "
		"WHERE project_id = 1 AND " BUCKET " ORDER BY error_type",
	[PV_SQLITE_ROLLUP_ERRORS_DROP] = "DELETE FROM rollup_error WHERE "
					 "project_id = 1 AND " BUCKET,
	[PV_SQLITE_ROLLUP_NEXT] = "SELECT min(t) FROM (SELECT min(ts_us) AS t "
				  "FROM execution WHERE project_id = 1 AND "
				  "ts_us >= ?1 UNION ALL SELECT min(bucket) * "
				  "1000000 FROM rollup WHERE project_id = 1 "
				  "AND grain = 86400 AND bucket >= ?2)",
	[PV_SQLITE_SPAN_CELLS] = "SELECT bucket, last_us, data FROM rollup "
				 "WHERE project_id = 1 AND " SPAN,
	[PV_SQLITE_SPAN_ERRORS] =
		"SELECT error_type, sum(n) FROM rollup_error "
		"WHERE project_id = 1 AND " SPAN " GROUP BY error_type",
	[PV_SQLITE_ROLLUP_IS_PART] = "SELECT count(*) FROM rollup_part WHERE "
				     "project_id = 1 AND series_id = ?1 AND "
				     "bucket > ?3 - 3600 AND bucket < ?3 + ?2",
	[PV_SQLITE_ROLLUP_PART_ADD] = "INSERT OR IGNORE INTO rollup_part "
				      "VALUES (1, ?1, ?2)",
};

/* "a, b, c" of the fields kept in rows and bodies, or in dims. */
static void put_columns(pv_buf *out, const char *table, int is_dim)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_field_row *row = pv_field_at((enum pv_field)i);

		if (row->place != PV_PLACE_NONE &&
		    (row->place == PV_PLACE_DIM) == is_dim)
			pv_buf_printf(out, ", %s%s", table, row->column);
	}
}

/* ", ?4, ?5" for those columns. */
static void put_places(pv_buf *out, int is_dim, int at)
{
	for (int i = 0; i < PV_FIELD_COUNT; i++) {
		const pv_field_row *row = pv_field_at((enum pv_field)i);

		if (row->place != PV_PLACE_NONE &&
		    (row->place == PV_PLACE_DIM) == is_dim)
			pv_buf_printf(out, ", ?%d", at++);
	}
}

void pv_sqlite_put_select(pv_buf *out)
{
	pv_buf_puts(out, "SELECT 1");
	put_columns(out, "e.", 0);
	put_columns(out, "d.", 1);
	pv_buf_puts(out, " FROM execution e CROSS JOIN dim d ON "
			 "d.project_id = e.project_id AND d.dim_id = e.dim_id "
			 "WHERE e.project_id = 1");
}

static void put_series_add(pv_buf *out)
{
	pv_buf_puts(out, "INSERT INTO series (project_id, series_id, key");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(out, ", is_cached, arm_id) SELECT 1, "
			 "coalesce(max(series_id), 0) + 1, ?1");
	for (int i = 0; i < PV_SERIES_FIELDS + 2; i++)
		pv_buf_printf(out, ", ?%d", i + 2);
	pv_buf_puts(out, " FROM series WHERE project_id = 1 "
			 "RETURNING series_id");
}

static void put_series_read(pv_buf *out)
{
	pv_buf_puts(out, "SELECT is_cached");
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		pv_buf_printf(out, ", %s",
			      pv_field_at(pv_series_field(i))->column);
	pv_buf_puts(out, " FROM series WHERE project_id = 1 AND series_id = ?1");
}

/* What rollups are made of, in the order of pv_rollup_field. */
static void put_rollup_rows(pv_buf *out, int is_by_unit)
{
	pv_buf_puts(out, "SELECT s.series_id, s.arm_id, s.is_cached");
	for (size_t i = 0; i < PV_ROLLUP_FIELDS; i++)
		pv_buf_printf(out, ", e.%s",
			      pv_field_at(pv_rollup_field(i))->column);
	pv_buf_puts(out, " FROM execution e CROSS JOIN dim d ON "
			 "d.project_id = e.project_id AND d.dim_id = e.dim_id "
			 "CROSS JOIN series s ON s.project_id = e.project_id "
			 "AND s.series_id = d.series_id "
			 "WHERE e.project_id = 1 AND ");
	pv_buf_puts(out, is_by_unit ? "e.unit IS NOT NULL AND s.arm_id IS NOT "
				      "NULL ORDER BY e.unit"
				    : "e.ts_us >= ?1 AND e.ts_us < ?2");
}

static void put_text(pv_buf *out, enum pv_sqlite_statement which)
{
	if (which == PV_SQLITE_INSERT) {
		pv_buf_puts(out,
			    "INSERT OR IGNORE INTO execution (project_id, dim_id, "
			    "name_id");
		put_columns(out, "", 0);
		pv_buf_puts(out, ") VALUES (1, ?1, ?2");
		put_places(out, 0, 3);
		pv_buf_puts(out, ")");
	} else if (which == PV_SQLITE_DIM_ADD) {
		pv_buf_puts(out, "INSERT INTO dim (project_id, dim_id, key, "
				 "name_id");
		put_columns(out, "", 1);
		pv_buf_puts(out, ") SELECT 1, coalesce(max(dim_id), 0) + 1, "
				 "?1, ?2");
		put_places(out, 1, 3);
		pv_buf_puts(out, " FROM dim WHERE project_id = 1 "
				 "RETURNING dim_id");
	} else if (which == PV_SQLITE_QUEUE_ADD_MANY) {
		pv_buf_puts(out, "INSERT INTO search_queue (id) VALUES (?1)");
		for (int i = 2; i <= PV_SQLITE_QUEUE_MANY; i++)
			pv_buf_printf(out, ", (?%d)", i);
	} else if (which == PV_SQLITE_SERIES_ADD) {
		put_series_add(out);
	} else if (which == PV_SQLITE_SERIES_READ) {
		put_series_read(out);
	} else if (which == PV_SQLITE_ROLLUP_ROWS) {
		put_rollup_rows(out, 0);
	} else if (which == PV_SQLITE_UNIT_ROWS) {
		put_rollup_rows(out, 1);
	} else if (which == PV_SQLITE_DIM_BARE) {
		pv_buf_puts(out, "SELECT dim_id");
		put_columns(out, "", 1);
		pv_buf_puts(out, " FROM dim WHERE project_id = 1 AND "
				 "series_id IS NULL LIMIT 1");
	} else if (which == PV_SQLITE_GET) {
		pv_sqlite_put_select(out);
		pv_buf_puts(out, " AND e.id = ?1");
	} else {
		pv_buf_puts(out, texts[which]);
	}
}

static int prepare(struct pv_sqlite *db, enum pv_sqlite_statement which,
		   pv_error *err)
{
	pv_buf text = { 0 };
	int status;
	int rc;

	put_text(&text, which);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		status = sqlite3_prepare_v3(db->db, text.ptr, (int)text.len + 1,
					    SQLITE_PREPARE_PERSISTENT,
					    &db->statements[which], NULL);
		if (status != SQLITE_OK)
			rc = pv_fail_sqlite(err, db, status);
	}
	pv_buf_dispose(&text);
	return rc;
}

int pv_sqlite_use(sqlite3_stmt **out, struct pv_sqlite *db,
		  enum pv_sqlite_statement which, pv_error *err)
{
	int rc = PV_OK;

	*out = NULL;
	if (!db->statements[which])
		rc = prepare(db, which, err);
	if (rc < 0)
		return rc;
	*out = db->statements[which];
	sqlite3_reset(*out);
	sqlite3_clear_bindings(*out);
	return PV_OK;
}

int pv_sqlite_step(struct pv_sqlite *db, sqlite3_stmt *statement, pv_error *err)
{
	int status = sqlite3_step(statement);

	if (status == SQLITE_ROW)
		return 1;
	sqlite3_reset(statement);
	return status == SQLITE_DONE ? 0 : pv_fail_sqlite(err, db, status);
}

int pv_sqlite_run(struct pv_sqlite *db, sqlite3_stmt *statement, pv_error *err)
{
	int rc = pv_sqlite_step(db, statement, err);

	if (rc > 0)
		sqlite3_reset(statement);
	return rc < 0 ? rc : PV_OK;
}

int pv_sqlite_run_id(struct pv_sqlite *db, enum pv_sqlite_statement which,
		     const unsigned char *id, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, which, err);

	if (rc < 0)
		return rc;
	pv_sqlite_bind_id(statement, 1, id);
	return pv_sqlite_run(db, statement, err);
}

int pv_sqlite_exec(struct pv_sqlite *db, const char *sql, pv_error *err)
{
	int status = sqlite3_exec(db->db, sql, NULL, NULL, NULL);

	return status == SQLITE_OK ? PV_OK : pv_fail_sqlite(err, db, status);
}

int pv_sqlite_number(int64_t *out, struct pv_sqlite *db,
		     sqlite3_stmt *statement, pv_error *err)
{
	int rc = pv_sqlite_step(db, statement, err);

	*out = rc > 0 ? sqlite3_column_int64(statement, 0) : 0;
	if (rc > 0)
		rc = pv_sqlite_step(db, statement, err);
	return rc < 0 ? rc : PV_OK;
}

void pv_sqlite_bind_text(sqlite3_stmt *statement, int at, pv_str text)
{
	sqlite3_bind_text64(statement, at, text.ptr, text.len, SQLITE_STATIC,
			    SQLITE_UTF8);
}

/*
 * Binding static memory at a place that there is fails only when a text is
 * longer than SQLite takes, and no field is.
 */
void pv_sqlite_bind(sqlite3_stmt *statement, int at, enum pv_field field,
		    const pv_value *value)
{
	enum pv_field_kind kind = pv_field_at(field)->kind;
	pv_str text = { value->text, value->len };

	if (!value->is_set)
		return;
	if (pv_kind_is_number(kind)) {
		sqlite3_bind_int64(statement, at, value->number);
	} else {
		pv_sqlite_bind_text(statement, at, text);
	}
}

void pv_sqlite_bind_id(sqlite3_stmt *statement, int at, const unsigned char *id)
{
	sqlite3_bind_blob(statement, at, id, PV_UUID_BYTES, SQLITE_STATIC);
}

static int run_plain(struct pv_sqlite *db, enum pv_sqlite_statement which,
		     pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, which, err);

	return rc < 0 ? rc : pv_sqlite_run(db, statement, err);
}

static int begin_by(struct pv_sqlite *db, enum pv_sqlite_statement how,
		    pv_error *err)
{
	sqlite3_stmt *way_back;
	/* What undoes it must not lack the memory to be prepared. */
	int rc = pv_sqlite_use(&way_back, db, PV_SQLITE_ROLLBACK, err);

	return rc < 0 ? rc : run_plain(db, how, err);
}

int pv_sqlite_begin(struct pv_sqlite *db, pv_error *err)
{
	return begin_by(db, PV_SQLITE_BEGIN, err);
}

int pv_sqlite_begin_read(struct pv_sqlite *db, pv_error *err)
{
	return begin_by(db, PV_SQLITE_BEGIN_READ, err);
}

int pv_sqlite_end(struct pv_sqlite *db, int rc, pv_error *err)
{
	if (rc == PV_OK)
		rc = pv_sqlite_roll_end(db, err);
	if (rc == PV_OK)
		rc = pv_sqlite_flush_queue(db, err);
	if (rc == PV_OK)
		rc = run_plain(db, PV_SQLITE_COMMIT, err);
	if (rc == PV_OK)
		return rc;
	pv_buf_dispose(&db->queue);
	pv_sqlite_roll_forget(db);
	pv_sqlite_forget(db);
	/* A full disk may have rolled it back already. */
	if (!sqlite3_get_autocommit(db->db))
		(void)run_plain(db, PV_SQLITE_ROLLBACK, NULL);
	return rc;
}
