/* SPDX-License-Identifier: MIT
 *
 * Lists of rows: queries as SQL, read through a cursor, so that a list of any
 * length shows one state of the index and needs little memory. Members of
 * metadata and scores are compared by the library (index/member.h), as in
 * every backend; the server decides all else.
 */
#include "index/postgres/postgres.h"

#include "base/fail.h"
#include "index/member.h"

enum {
	FETCHED_AT_ONCE = 100
};

/* --- conditions ----------------------------------------------------------- */

static const char *operator_of(enum pv_executions_how how)
{
	if (how == PV_EXECUTIONS_IS)
		return "=";
	return how == PV_EXECUTIONS_AT_LEAST ? ">=" : "<=";
}

static void put_plain_match(pv_buf *sql, struct pv_pg_args *args,
			    const pv_index_match *match)
{
	const pv_field_row *rule = pv_field_at(match->field);

	pv_pg_put_value(args, match->field, &match->value);
	pv_buf_printf(sql, " AND %s%s %s $%d",
		      rule->place == PV_PLACE_DIM ? "d." : "e.", rule->column,
		      operator_of(match->how), args->count);
}

static void put_key_match(pv_buf *sql, struct pv_pg_args *args,
			  const pv_index_match *match)
{
	pv_str text = { match->value.text, match->value.len };
	unsigned char *key = args->numbers[args->count];

	if (match->field == PV_FIELD_ID) {
		pv_uuid_parse(key, text);
		pv_pg_put_bytes(args, PV_PG_UUID, key, PV_UUID_BYTES);
		pv_buf_printf(sql, " AND e.id = $%d", args->count);
		return;
	}
	pv_pg_hash(key, text.ptr, text.len);
	pv_pg_put_bytes(args, PV_PG_UUID, key, PV_PG_KEY_BYTES);
	pv_buf_printf(sql,
		      " AND e.id IN (SELECT id FROM pv.tag WHERE project_id = $1 "
		      "AND tag = $%d)",
		      args->count);
}

static void put_match(pv_buf *sql, struct pv_pg_args *args,
		      const pv_index_match *match)
{
	pv_str text = { match->value.text, match->value.len };

	switch (match->field) {
	case PV_FIELD_METADATA:
	case PV_FIELD_SCORES:
		break;
	case PV_FIELD_SUCCESS:
		pv_pg_put_int(args, match->value.number);
		pv_buf_printf(sql,
			      " AND e.status IS NOT NULL AND (e.status = 1)::int "
			      "= $%d",
			      args->count);
		break;
	case PV_FIELD_ID:
	case PV_FIELD_TAGS:
		put_key_match(sql, args, match);
		break;
	case PV_FIELD_PROMPT_ID:
		pv_pg_put_int(args, pv_pg_prompt_key(text));
		pv_buf_printf(sql, " AND e.prompt_key = $%d", args->count);
		put_plain_match(sql, args, match);
		break;
	default:
		put_plain_match(sql, args, match);
	}
}

/* The time of the row that a list goes on behind. */
static int after_time(int64_t *out, struct pv_postgres *db,
		      const unsigned char *id, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_pg_get_now(&row, db, id, 0, err);

	if (rc == PV_OK && row)
		*out = row->values[PV_FIELD_TS].number;
	pv_execution_free(row);
	return rc;
}

static int put_after(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		     const pv_index_query *query, pv_error *err)
{
	int64_t time = 0;
	int rc = after_time(&time, db, query->after, err);

	pv_pg_put_int(args, time);
	pv_pg_put_bytes(args, PV_PG_UUID, query->after, PV_UUID_BYTES);
	pv_buf_printf(sql, " AND (e.ts_us, e.id) %s ($%d, $%d)",
		      query->asked->oldest_first ? ">" : "<", args->count - 1,
		      args->count);
	return rc;
}

/* --- marks ---------------------------------------------------------------- */

/* Where rows have arrived: the index's birth, and a number. */
static int ask_mark(int64_t *number_out, pv_buf *birth, struct pv_postgres *db,
		    pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_run(&answer, db,
		       "SELECT birth, last_doc FROM pv.project WHERE project_id "
		       "= $1",
		       &args, err);
	if (rc == PV_OK && db->pq.ntuples(answer)) {
		pv_str text = pv_pg_bytes_at(db, answer, 0, 0);

		pv_buf_put(birth, text.ptr, text.len);
		*number_out = pv_pg_int_at(db, answer, 0, 1);
		rc = pv_buf_status(birth, err);
	}
	pv_pg_clear(db, answer);
	return rc;
}

static int mark(struct pv_postgres *db, void *payload, pv_error *err)
{
	pv_buf *out = payload;
	int64_t number = 0;
	int rc = ask_mark(&number, out, db, err);

	if (rc == PV_OK)
		pv_buf_printf(out, ":%lld", (long long)number);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

int pv_pg_mark(pv_buf *out, void *state, pv_error *err)
{
	return pv_pg_retry(state, mark, out, err);
}

/* The number of a mark. */
static int read_mark(int64_t *out, struct pv_postgres *db, const char *text,
		     pv_error *err)
{
	pv_buf birth = { 0 };
	int is_exact;
	int64_t now;
	int rc = ask_mark(&now, &birth, db, err);

	if (rc == PV_OK &&
	    (strncmp(text, pv_buf_text(&birth), birth.len) != 0 ||
	     text[birth.len] != ':' ||
	     pv_scaled_parse(out, &is_exact, pv_str_of(text + birth.len + 1),
			     0) < 0))
		rc = pv_fail(err, PV_EINVALID,
			     "\"%.60s\" is no mark of this index", text);
	pv_buf_dispose(&birth);
	return rc;
}

static int put_marks(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		     const pv_executions_query *asked, pv_error *err)
{
	int64_t behind = 0;
	int64_t up_to = INT64_MAX;
	int rc = PV_OK;

	if (asked->behind)
		rc = read_mark(&behind, db, asked->behind, err);
	if (rc == PV_OK && asked->up_to)
		rc = read_mark(&up_to, db, asked->up_to, err);
	pv_pg_put_int(args, behind);
	pv_pg_put_int(args, up_to);
	pv_buf_printf(sql,
		      " AND e.id IN (SELECT id FROM pv.search_doc WHERE "
		      "project_id = $1 AND doc > $%d AND doc <= $%d)",
		      args->count - 1, args->count);
	return rc;
}

int pv_pg_put_where(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		    const pv_index_query *query, pv_error *err)
{
	const pv_executions_query *asked = query->asked;
	int rc = PV_OK;

	if (args->count + 2 * (int)query->match_count + 8 > PV_PG_ARGS_MAX)
		return pv_fail(err, PV_ELIMIT,
			       "too many conditions for one query");
	if (asked->since) {
		pv_pg_put_int(args, asked->since);
		pv_buf_printf(sql, " AND e.ts_us >= $%d", args->count);
	}
	if (asked->until) {
		pv_pg_put_int(args, asked->until);
		pv_buf_printf(sql, " AND e.ts_us < $%d", args->count);
	}
	if (query->after)
		rc = put_after(sql, args, db, query, err);
	if (rc == PV_OK && (asked->behind || asked->up_to))
		rc = put_marks(sql, args, db, asked, err);
	for (size_t i = 0; i < query->match_count; i++)
		put_match(sql, args, &query->matches[i]);
	return rc;
}

/* --- lists ---------------------------------------------------------------- */

struct listing {
	const pv_index_query *query;
	pv_execution_fn fn;
	void *payload;
	size_t given;
	int is_over;
};

static int give_rows(struct pv_postgres *db, struct listing *it,
		     const PGresult *answer, pv_error *err)
{
	size_t limit = it->query->asked->limit;
	int rc = PV_OK;

	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++) {
		pv_execution *row = NULL;
		int fits = 0;

		if (limit && it->given == limit)
			break;
		rc = pv_pg_read(&row, db, answer, i, err);
		if (rc == PV_OK)
			rc = pv_index_fits(&fits, it->query, row, err);
		if (rc == PV_OK && fits) {
			it->given++;
			rc = it->fn(row, it->payload);
		}
		pv_execution_free(row);
	}
	it->is_over = !db->pq.ntuples(answer) || (limit && it->given == limit);
	return rc;
}

static int fetch_all(struct pv_postgres *db, struct listing *it, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && !it->is_over) {
		PGresult *answer = NULL;
		pv_buf sql = { 0 };

		pv_buf_printf(&sql, "FETCH %d FROM pv_list", FETCHED_AT_ONCE);
		rc = pv_pg_ask(&answer, db, &sql, NULL, err);
		if (rc == PV_OK)
			rc = give_rows(db, it, answer, err);
		pv_pg_clear(db, answer);
	}
	return rc;
}

static int put_list(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		    const pv_index_query *query, pv_error *err)
{
	const char *order = query->asked->oldest_first ? "" : " DESC";
	int rc;

	pv_pg_put_int(args, db->project);
	pv_pg_put_select(sql);
	rc = pv_pg_put_where(sql, args, db, query, err);
	pv_buf_puts(sql, " ORDER BY ");
	if (!query->asked->by_id)
		pv_buf_printf(sql, "e.ts_us%s, ", order);
	pv_buf_printf(sql, "e.id%s", order);
	if (query->asked->limit && !pv_index_needs_look(query)) {
		pv_pg_put_int(args, (int64_t)query->asked->limit);
		pv_buf_printf(sql, " LIMIT $%d", args->count);
	}
	return rc;
}

static int list_all(struct pv_postgres *db, struct listing *it, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };
	int rc;

	pv_buf_puts(&sql, "DECLARE pv_list NO SCROLL CURSOR FOR ");
	rc = put_list(&sql, &args, db, it->query, err);
	if (rc == PV_OK)
		rc = pv_pg_ask(NULL, db, &sql, &args, err);
	pv_buf_dispose(&sql);
	return rc == PV_OK ? fetch_all(db, it, err) : rc;
}

static int list(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct listing *it = payload;
	int rc = pv_pg_begin_read(db, err);

	if (rc < 0)
		return rc;
	rc = pv_pg_end(db, list_all(db, it, err), err);
	/* What was given cannot be taken back. */
	if (it->given)
		db->trouble = PV_PG_FINAL;
	return rc;
}

int pv_pg_list(void *state, const pv_index_query *query, pv_execution_fn fn,
	       void *payload, pv_error *err)
{
	struct listing it = { .query = query, .fn = fn, .payload = payload };

	return pv_pg_retry(state, list, &it, err);
}
