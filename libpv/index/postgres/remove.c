/* SPDX-License-Identifier: MIT
 *
 * Keeping less: texts or whole rows go, oldest first, some hundred in one
 * transaction. Texts are shared, so those that a row lets go of are noted in
 * `body_loose` in the same transaction, and a sweep at the end takes those that
 * no row has any more, while nobody writes rows; a sweep that was killed is
 * made up for by the next.
 */
#include "index/postgres/postgres.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "index/member.h"

enum {
	BATCH = 200
};

/* What is to go, on its way. */
struct removal {
	const pv_index_query *query;
	const pv_executions_removal *opts;
	pv_executions_removed *out;
	unsigned char ids[BATCH][PV_UUID_BYTES];
	size_t count;
};

/* --- which rows ----------------------------------------------------------- */

/* Those that still have what is to go. */
static int put_query(pv_buf *sql, struct pv_pg_args *args, struct pv_postgres *db,
		     const struct removal *it, pv_error *err)
{
	pv_pg_put_int(args, db->project);
	pv_pg_put_select(sql);
	if (it->opts->part == PV_EXECUTIONS_TEXTS)
		pv_buf_puts(sql, " AND (e.params IS NOT NULL OR e.input IS NOT "
				 "NULL OR e.rendered IS NOT NULL OR e.output IS "
				 "NOT NULL OR e.request IS NOT NULL OR "
				 "e.response IS NOT NULL OR e.error_message IS "
				 "NOT NULL)");
	return pv_pg_put_where(sql, args, db, it->query, err);
}

/* Keeps the id of a row that fits. */
static int take_id(struct removal *it, struct pv_postgres *db,
		   const PGresult *answer, int at, pv_error *err)
{
	pv_execution *row = NULL;
	int fits = 1;
	int rc = PV_OK;

	if (pv_index_needs_look(it->query)) {
		rc = pv_pg_read(&row, db, answer, at, err);
		if (rc == PV_OK)
			rc = pv_index_fits(&fits, it->query, row, err);
		pv_execution_free(row);
	}
	if (rc == PV_OK && fits)
		memcpy(it->ids[it->count++],
		       pv_pg_bytes_at(db, answer, at, 0).ptr, PV_UUID_BYTES);
	return rc;
}

static int fetch_ids(struct removal *it, struct pv_postgres *db, size_t room,
		     pv_error *err)
{
	int seen = 1;
	int rc = PV_OK;

	while (rc == PV_OK && seen && it->count < room) {
		PGresult *answer = NULL;
		pv_buf sql = { 0 };

		pv_buf_printf(&sql, "FETCH %zu FROM pv_remove", room - it->count);
		rc = pv_pg_ask(&answer, db, &sql, NULL, err);
		seen = rc == PV_OK ? db->pq.ntuples(answer) : 0;
		for (int i = 0; i < seen && rc == PV_OK; i++)
			rc = take_id(it, db, answer, i, err);
		pv_pg_clear(db, answer);
	}
	return rc;
}

/* The next ids, oldest first, at most `room`. */
static int find_ids(struct removal *it, struct pv_postgres *db, size_t room,
		    pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };
	int rc;

	it->count = 0;
	pv_buf_puts(&sql, "DECLARE pv_remove NO SCROLL CURSOR FOR ");
	rc = put_query(&sql, &args, db, it, err);
	pv_buf_puts(&sql, " ORDER BY e.ts_us, e.id");
	if (rc == PV_OK)
		rc = pv_pg_ask(NULL, db, &sql, &args, err);
	pv_buf_dispose(&sql);
	if (rc == PV_OK)
		rc = fetch_ids(it, db, room < BATCH ? room : BATCH, err);
	return rc == PV_OK ? pv_pg_exec(db, "CLOSE pv_remove", err) : rc;
}

/* --- what goes ------------------------------------------------------------ */

static int run_ids(PGresult **out, struct pv_postgres *db, struct removal *it,
		   const char *sql, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct pv_pg_array ids = { 0 };
	int rc;

	for (size_t i = 0; i < it->count; i++)
		pv_pg_array_add(&ids, it->ids[i], PV_UUID_BYTES);
	pv_pg_put_int(&args, db->project);
	rc = pv_pg_put_array(&args, &ids, PV_PG_UUID_ARRAY, PV_PG_UUID, err);
	if (rc == PV_OK)
		rc = pv_pg_run(out, db, sql, &args, err);
	pv_buf_dispose(&ids.bytes);
	return rc;
}

static int run_all(struct pv_postgres *db, struct removal *it,
		   const char *const *steps, size_t count, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = run_ids(NULL, db, it, steps[i], err);
	return rc;
}

static int take_texts(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	static const char *const steps[] = {
		/* Its tags are still to be found. */
		"WITH gone AS (DELETE FROM pv.search_doc WHERE project_id = $1 "
		"AND id = ANY ($2) RETURNING id) INSERT INTO pv.search_queue "
		"(project_id, id) SELECT $1, id FROM gone",
		"INSERT INTO pv.body_loose SELECT DISTINCT $1, t.h FROM "
		"pv.execution e, LATERAL (VALUES (e.params), (e.input), "
		"(e.rendered), (e.output), (e.request), (e.response)) t (h) "
		"WHERE e.project_id = $1 AND e.id = ANY ($2) AND t.h IS NOT NULL ON CONFLICT DO NOTHING",
		"UPDATE pv.execution SET params = NULL, input = NULL, rendered "
		"= NULL, output = NULL, request = NULL, response = NULL, "
		"error_message = NULL WHERE project_id = "
		"$1 AND id = ANY ($2)",
	};

	return run_all(db, it, steps, pv_array_len(steps), err);
}

static int take_out(struct pv_postgres *db, const pv_execution *row,
		    pv_rollup_batch *batch, pv_error *err)
{
	struct pv_pg_dim dim;
	int rc = pv_pg_dim_of(&dim, db, row, err);

	return rc == PV_OK
		       ? pv_rollup_add(batch, &(pv_series){ dim.series, 0, 0 },
				       row, -1, pv_clock_now(NULL), err)
		       : rc;
}

/* Tags and the rows they are of. */
struct pairs {
	struct pv_pg_array tags;
	struct pv_pg_array ids;
	const unsigned char *id; /* of the row looked at */
};

static int add_pair(const unsigned char *key, void *payload)
{
	struct pairs *pairs = payload;

	pv_pg_array_add(&pairs->tags, key, PV_PG_KEY_BYTES);
	pv_pg_array_add(&pairs->ids, pairs->id, PV_UUID_BYTES);
	return PV_OK;
}

static int drop_pairs(struct pv_postgres *db, struct pairs *pairs, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int rc;

	if (!pairs->ids.count)
		return PV_OK;
	pv_pg_put_int(&args, db->project);
	rc = pv_pg_put_array(&args, &pairs->tags, PV_PG_UUID_ARRAY, PV_PG_UUID,
			     err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(&args, &pairs->ids, PV_PG_UUID_ARRAY,
				     PV_PG_UUID, err);
	return rc < 0 ? rc
		      : pv_pg_run(NULL, db,
				  "DELETE FROM pv.tag t USING unnest($2::uuid[], "
				  "$3::uuid[]) AS u (tag, id) WHERE "
				  "t.project_id = $1 AND t.tag = u.tag AND t.id "
				  "= u.id",
				  &args, err);
}

static int leave_row(struct pv_postgres *db, struct removal *it,
		     const struct pv_pg_row *at, struct pairs *pairs,
		     pv_rollup_batch *batch, pv_error *err)
{
	pv_execution *row = NULL;
	int rc = pv_pg_read(&row, db, at->answer, at->at, err);

	pairs->id =
		(const unsigned char *)pv_pg_bytes_at(db, at->answer, at->at, 0).ptr;
	if (rc == PV_OK)
		rc = pv_pg_each_tag(row, add_pair, pairs, err);
	if (rc == PV_OK && it->opts->part == PV_EXECUTIONS_TRACES)
		rc = take_out(db, row, batch, err);
	pv_execution_free(row);
	return rc;
}

/* What is told of the rows: their tags, and what they are part of. */
static int leave_rows(struct pv_postgres *db, struct removal *it,
		      pv_rollup_batch *batch, pv_error *err)
{
	struct pv_pg_row at = { .db = db };
	struct pairs pairs = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_pg_put_select(&sql);
	pv_buf_puts(&sql, " AND e.id = ANY ($2)");
	rc = pv_buf_status(&sql, err);
	if (rc == PV_OK)
		rc = run_ids(&answer, db, it, sql.ptr, err);
	at.answer = answer;
	for (; rc == PV_OK && at.at < db->pq.ntuples(answer); at.at++)
		rc = leave_row(db, it, &at, &pairs, batch, err);
	pv_pg_clear(db, answer);
	pv_buf_dispose(&sql);
	if (rc == PV_OK)
		rc = drop_pairs(db, &pairs, err);
	pv_buf_dispose(&pairs.tags.bytes);
	pv_buf_dispose(&pairs.ids.bytes);
	return rc;
}

/* Retention leaves the sums as they are, whoever deletes takes part of them. */
static int tell_sums(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	pv_strlist scores = { 0 };
	pv_rollup_batch batch = { .scores = &scores };
	int rc = pv_pg_read_scores(&scores, db, err);

	if (rc == PV_OK)
		rc = leave_rows(db, it, &batch, err);
	if (rc == PV_OK && it->opts->part == PV_EXECUTIONS_TRACES)
		rc = pv_pg_add_deltas(db, &batch, err);
	pv_rollup_clear(&batch);
	pv_strlist_dispose(&scores);
	if (rc < 0)
		return rc;
	if (it->opts->part != PV_EXECUTIONS_ROWS)
		return run_ids(NULL, db, it,
			       "DELETE FROM pv.pruned WHERE project_id = $1 AND "
			       "id = ANY ($2)",
			       err);
	rc = run_ids(NULL, db, it,
		     "INSERT INTO pv.pruned SELECT $1, u.id FROM unnest($2) AS u "
		     "(id) ON CONFLICT DO NOTHING",
		     err);
	if (rc < 0)
		return rc;
	return run_ids(NULL, db, it,
		       "INSERT INTO pv.rollup_part SELECT DISTINCT $1, "
		       "d.series_id, floor(e.ts_us / 3600000000.0)::bigint * 3600 "
		       "FROM pv.execution e JOIN pv.dim d ON d.project_id = "
		       "e.project_id AND d.dim_id = e.dim_id WHERE e.project_id = "
		       "$1 AND e.id = ANY ($2) ON CONFLICT DO NOTHING",
		       err);
}

static int take_rows(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	static const char *const steps[] = {
		"DELETE FROM pv.search_doc WHERE project_id = $1 AND id = ANY "
		"($2)",
		"INSERT INTO pv.body_loose SELECT DISTINCT $1, t.h FROM "
		"pv.execution e, LATERAL (VALUES (e.params), (e.input), "
		"(e.rendered), (e.output), (e.request), (e.response), "
		"(e.metadata)) t (h) WHERE "
		"e.project_id = $1 AND e.id = ANY ($2) AND t.h IS NOT NULL ON "
		"CONFLICT DO NOTHING",
		"DELETE FROM pv.execution WHERE project_id = $1 AND id = ANY "
		"($2)",
	};
	int rc = tell_sums(db, it, err);

	return rc == PV_OK ? run_all(db, it, steps, pv_array_len(steps), err)
			   : rc;
}

/* --- in steps ------------------------------------------------------------- */

static int take_some(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	size_t limit = it->query->asked->limit;
	int rc = pv_pg_hold_alone(db, err);

	if (rc == PV_OK)
		rc = pv_pg_lock_search(db, err);
	if (rc == PV_OK)
		rc = find_ids(it, db, limit ? limit - it->out->rows : BATCH, err);
	if (rc < 0 || !it->count)
		return rc;
	return it->opts->part == PV_EXECUTIONS_TEXTS ? take_texts(db, it, err)
						     : take_rows(db, it, err);
}

/* One transaction; `it->count` says how many went. */
static int take_batch(struct pv_postgres *db, void *payload, pv_error *err)
{
	int rc = pv_pg_begin(db, err);

	return rc < 0 ? rc : pv_pg_end(db, take_some(db, payload, err), err);
}

static int drop_unused(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc = pv_pg_hold_alone(db, err);

	pv_pg_put_int(&args, db->project);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, db,
			       "DELETE FROM pv.body b USING pv.body_loose l WHERE "
			       "l.project_id = $1 AND b.project_id = $1 AND b.hash "
			       "= l.hash AND NOT EXISTS (SELECT 1 FROM (SELECT "
			       "t.h FROM pv.execution e, LATERAL (VALUES "
			       "(e.params), (e.input), (e.rendered), (e.output), "
			       "(e.request), (e.response), (e.metadata)) t (h) "
			       "WHERE e.project_id = $1) used WHERE used.h = b.hash)",
			       &args, err);
	if (rc == PV_OK)
		it->out->texts += strtoull(db->pq.cmdTuples(answer), NULL, 10);
	pv_pg_clear(db, answer);
	return rc < 0 ? rc
		      : pv_pg_run(NULL, db,
				  "DELETE FROM pv.body_loose WHERE project_id = "
				  "$1",
				  &args, err);
}

static int sweep(struct pv_postgres *db, void *payload, pv_error *err)
{
	int rc = pv_pg_begin(db, err);

	return rc < 0 ? rc : pv_pg_end(db, drop_unused(db, payload, err), err);
}

static int take_all(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	size_t limit = it->query->asked->limit;
	int rc;

	do {
		rc = pv_pg_retry(db, take_batch, it, err);
		if (rc == PV_OK)
			it->out->rows += it->count;
	} while (rc == PV_OK && it->count && (!limit || it->out->rows < limit));
	if (rc == PV_OK)
		rc = pv_pg_retry(db, sweep, it, err);
	/* What was there goes from the server's files when it is vacuumed. */
	if (rc == PV_OK && it->opts->part == PV_EXECUTIONS_TRACES)
		(void)pv_pg_exec(db,
				 "VACUUM pv.execution, pv.body, pv.search_doc, "
				 "pv.rollup, pv.rollup_delta",
				 NULL);
	return rc;
}

/* --- counting ------------------------------------------------------------- */

static int count_row(const pv_execution *row, void *payload)
{
	struct removal *it = payload;
	static const enum pv_field texts[] = {
		PV_FIELD_PARAMS,       PV_FIELD_INPUT,   PV_FIELD_RENDERED,
		PV_FIELD_OUTPUT,       PV_FIELD_REQUEST, PV_FIELD_RESPONSE,
		PV_FIELD_ERROR_MESSAGE
	};
	int has = it->opts->part != PV_EXECUTIONS_TEXTS;

	for (size_t i = 0; i < pv_array_len(texts); i++)
		has |= row->values[texts[i]].is_set;
	it->out->rows += (size_t)has;
	return PV_OK;
}

static int count_rows(struct pv_postgres *db, struct removal *it, pv_error *err)
{
	size_t limit = it->query->asked->limit;
	pv_executions_query unlimited = *it->query->asked;
	pv_index_query query = *it->query;
	int rc;

	unlimited.limit = 0;
	query.asked = &unlimited;
	rc = pv_pg_list(db, &query, count_row, it, err);
	if (limit && it->out->rows > limit)
		it->out->rows = limit;
	return rc;
}

int pv_pg_remove(pv_executions_removed *out, void *state,
		 const pv_index_query *query, const pv_executions_removal *opts,
		 pv_error *err)
{
	struct removal *it = pv_calloc(1, sizeof(*it));
	int rc;

	if (!it)
		return pv_fail_nomem(err);
	it->query = query;
	it->opts = opts;
	it->out = out;
	rc = opts->is_dry_run ? count_rows(state, it, err)
			      : take_all(state, it, err);
	pv_free(it);
	return rc;
}
