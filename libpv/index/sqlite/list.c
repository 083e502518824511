/* SPDX-License-Identifier: MIT
 *
 * Lists of rows: queries as SQL. A list is read in one statement, so it shows
 * one state of the index. Conditions on what rows share are decided on the
 * small table of dims, and the last column of the indexes of times lets that
 * happen without reading the row.
 */
#include "index/sqlite/sqlite.h"

#include "base/fail.h"

static int place_of(size_t idx)
{
	return PV_SQLITE_MATCHES_AT + 2 * (int)idx;
}

static const char *operator_of(enum pv_executions_how how)
{
	if (how == PV_EXECUTIONS_IS)
		return "=";
	return how == PV_EXECUTIONS_AT_LEAST ? ">=" : "<=";
}

/* " AND ..." of one condition. */
static void put_match(pv_buf *sql, const pv_index_match *match, int at)
{
	const pv_field_row *rule = pv_field_at(match->field);
	const char *operator= operator_of(match->how);

	if (match->field == PV_FIELD_SUCCESS)
		pv_buf_printf(sql,
			      " AND e.status IS NOT NULL AND "
			      "(e.status = 1) = ?%d",
			      at);
	else if (match->field == PV_FIELD_PROMPT_ID)
		pv_buf_printf(sql,
			      " AND e.name_id = (SELECT name_id FROM name "
			      "WHERE project_id = 1 AND name = ?%d)",
			      at);
	else if (match->field == PV_FIELD_TAGS)
		pv_buf_printf(sql,
			      " AND e.id IN (SELECT id FROM tag WHERE "
			      "project_id = 1 AND tag = ?%d)",
			      at);
	else if (match->field == PV_FIELD_METADATA)
		pv_buf_printf(sql,
			      " AND pv_member((SELECT content FROM body WHERE "
			      "body_id = e.metadata), ?%d) = ?%d",
			      at + 1, at);
	else if (match->field == PV_FIELD_SCORES)
		pv_buf_printf(sql, " AND pv_score(e.scores, ?%d) %s ?%d",
			      at + 1, operator, at);
	else if (rule->place == PV_PLACE_DIM)
		pv_buf_printf(sql,
			      " AND e.dim_id IN (SELECT dim_id FROM dim "
			      "WHERE project_id = 1 AND %s %s ?%d)",
			      rule->column, operator, at);
	else
		pv_buf_printf(sql, " AND e.%s %s ?%d", rule->column, operator,
			      at);
}

void pv_sqlite_put_where(pv_buf *sql, const pv_index_query *query)
{
	const pv_executions_query *asked = query->asked;

	if (asked->since)
		pv_buf_printf(sql, " AND e.ts_us >= ?%d", PV_SQLITE_SINCE_AT);
	if (asked->until)
		pv_buf_printf(sql, " AND e.ts_us < ?%d", PV_SQLITE_UNTIL_AT);
	if (query->after)
		pv_buf_printf(sql, " AND (e.ts_us, e.id) %s (?%d, ?%d)",
			      asked->oldest_first ? ">" : "<",
			      PV_SQLITE_AFTER_TIME_AT, PV_SQLITE_AFTER_AT);
	if (asked->behind || asked->up_to)
		pv_buf_printf(sql,
			      " AND e.id IN (SELECT id FROM search_doc WHERE "
			      "doc > ?%d AND doc <= ?%d)",
			      PV_SQLITE_BEHIND_AT, PV_SQLITE_UP_TO_AT);
	for (size_t i = 0; i < query->match_count; i++)
		put_match(sql, &query->matches[i], place_of(i));
}

static void put_list(pv_buf *sql, const pv_index_query *query)
{
	const char *order = query->asked->oldest_first ? "" : " DESC";

	pv_sqlite_put_select(sql);
	pv_sqlite_put_where(sql, query);
	pv_buf_puts(sql, " ORDER BY ");
	if (!query->asked->by_id)
		pv_buf_printf(sql, "e.ts_us%s, ", order);
	pv_buf_printf(sql, "e.id%s", order);
	if (query->asked->limit)
		pv_buf_printf(sql, " LIMIT ?%d", PV_SQLITE_LIMIT_AT);
}

/* The time of the row that a list goes on behind. */
static int after_time(int64_t *out, struct pv_sqlite *db,
		      const unsigned char *id, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_sqlite_get(&row, db, id, err);

	if (rc == PV_OK && row)
		*out = row->values[PV_FIELD_TS].number;
	pv_execution_free(row);
	return rc;
}

/* --- marks ---------------------------------------------------------------- */

/* Where rows have arrived: the index's birth, and a number. */
static int ask_mark(int64_t *number_out, pv_buf *birth, struct pv_sqlite *db,
		    pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_MARK, err);

	if (rc == PV_OK)
		rc = pv_sqlite_step(db, statement, err);
	if (rc < 0)
		return rc;
	pv_buf_put(birth, sqlite3_column_blob(statement, 0),
		   (size_t)sqlite3_column_bytes(statement, 0));
	*number_out = sqlite3_column_int64(statement, 1);
	sqlite3_reset(statement);
	return pv_buf_status(birth, err);
}

int pv_sqlite_mark(pv_buf *out, void *state, pv_error *err)
{
	int64_t number = 0;
	int rc = ask_mark(&number, out, state, err);

	pv_buf_printf(out, ":%lld", (long long)number);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* The number of a mark; `none` without one. */
static int read_mark(int64_t *out, struct pv_sqlite *db, const char *mark,
		     int64_t none, pv_error *err)
{
	pv_buf birth = { 0 };
	int is_exact;
	int64_t now;
	int rc;

	*out = none;
	if (!mark)
		return PV_OK;
	rc = ask_mark(&now, &birth, db, err);
	if (rc == PV_OK &&
	    (strncmp(mark, pv_buf_text(&birth), birth.len) != 0 ||
	     mark[birth.len] != ':' ||
	     pv_scaled_parse(out, &is_exact, pv_str_of(mark + birth.len + 1),
			     0) < 0))
		rc = pv_fail(err, PV_EINVALID,
			     "\"%.60s\" is no mark of this index", mark);
	pv_buf_dispose(&birth);
	return rc;
}

static int bind_marks(struct pv_sqlite *db, sqlite3_stmt *statement,
		      const pv_executions_query *asked, pv_error *err)
{
	int64_t behind = 0;
	int64_t up_to = 0;
	int rc = read_mark(&behind, db, asked->behind, 0, err);

	if (rc == PV_OK)
		rc = read_mark(&up_to, db, asked->up_to, INT64_MAX, err);
	sqlite3_bind_int64(statement, PV_SQLITE_BEHIND_AT, behind);
	sqlite3_bind_int64(statement, PV_SQLITE_UP_TO_AT, up_to);
	return rc;
}

static void bind_match(sqlite3_stmt *statement, const pv_index_match *match,
		       int at)
{
	unsigned char id[PV_UUID_BYTES] = { 0 };
	pv_str text = { match->value.text, match->value.len };

	if (match->key.ptr)
		pv_sqlite_bind_text(statement, at + 1, match->key);
	if (match->field == PV_FIELD_SCORES) {
		sqlite3_bind_double(statement, at, match->score);
	} else if (match->field == PV_FIELD_ID) {
		pv_uuid_parse(id, text);
		sqlite3_bind_blob(statement, at, id, sizeof(id),
				  SQLITE_TRANSIENT);
	} else if (match->field == PV_FIELD_METADATA) {
		pv_sqlite_bind_text(statement, at, text);
	} else {
		pv_sqlite_bind(statement, at, match->field, &match->value);
	}
}

int pv_sqlite_bind_where(struct pv_sqlite *db, sqlite3_stmt *statement,
			 const pv_index_query *query, pv_error *err)
{
	const pv_executions_query *asked = query->asked;
	int64_t time = 0;
	int rc = PV_OK;

	if (query->after)
		rc = after_time(&time, db, query->after, err);
	if (rc == PV_OK)
		rc = bind_marks(db, statement, asked, err);
	sqlite3_bind_int64(statement, PV_SQLITE_SINCE_AT, asked->since);
	sqlite3_bind_int64(statement, PV_SQLITE_UNTIL_AT, asked->until);
	if (query->after)
		pv_sqlite_bind_id(statement, PV_SQLITE_AFTER_AT, query->after);
	sqlite3_bind_int64(statement, PV_SQLITE_AFTER_TIME_AT, time);
	sqlite3_bind_int64(statement, PV_SQLITE_LIMIT_AT,
			   (sqlite3_int64)asked->limit);
	for (size_t i = 0; i < query->match_count; i++)
		bind_match(statement, &query->matches[i], place_of(i));
	return rc;
}

int pv_sqlite_ask(sqlite3_stmt **out, struct pv_sqlite *db, pv_buf *sql,
		  const pv_index_query *query, pv_error *err)
{
	int rc = pv_buf_status(sql, err);

	*out = NULL;
	if (rc == PV_OK) {
		int status = sqlite3_prepare_v2(db->db, sql->ptr,
						(int)sql->len + 1, out, NULL);

		if (status != SQLITE_OK)
			rc = pv_fail_sqlite(err, db, status);
	}
	if (rc == PV_OK && query)
		rc = pv_sqlite_bind_where(db, *out, query, err);
	pv_buf_dispose(sql);
	return rc;
}

static int each_row(struct pv_sqlite *db, sqlite3_stmt *statement,
		    pv_execution_fn fn, void *payload, pv_error *err)
{
	int rc;

	for (;;) {
		pv_execution *row = NULL;

		rc = pv_sqlite_step(db, statement, err);
		if (rc <= 0)
			return rc;
		rc = pv_sqlite_read(&row, db, statement, err);
		if (rc == PV_OK)
			rc = fn(row, payload);
		pv_execution_free(row);
		if (rc)
			return rc;
	}
}

int pv_sqlite_list(void *state, const pv_index_query *query, pv_execution_fn fn,
		   void *payload, pv_error *err)
{
	struct pv_sqlite *db = state;
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int rc;

	put_list(&sql, query);
	rc = pv_sqlite_ask(&statement, db, &sql, query, err);
	if (rc == PV_OK)
		rc = each_row(db, statement, fn, payload, err);
	sqlite3_finalize(statement);
	return rc;
}
