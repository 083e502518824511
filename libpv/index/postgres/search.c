/* SPDX-License-Identifier: MIT
 *
 * Searching. The index of words narrows down which rows may fit; a row is
 * looked at itself where words alone do not tell, so that the hits are those
 * of SQLite's FTS5. All that is read is of one moment.
 */
#include "index/postgres/postgres.h"

#include "base/clock.h"
#include "base/fail.h"
#include "index/member.h"
#include "index/postgres/lexeme.h"
#include "index/search_match.h"

enum {
	COMMON = 20000, /* matches that are still ranked */
	FETCHED_AT_ONCE = 50
};

/* A search on its way. */
struct search {
	const pv_index_search *asked;
	pv_executions_found *out;
	pv_buf words; /* the search as a tsquery */
	enum pv_pg_condition how;
	int is_behind; /* the row to go on behind has been */
	int is_over;
	size_t count;
	pv_execution_hit_fn fn;
	void *payload;
};

/* --- hits ----------------------------------------------------------------- */

/* Gives a row when it fits. */
static int give_row(struct search *it, struct pv_postgres *db,
		    const pv_execution *row, double relevance, pv_error *err)
{
	pv_executions_hit hit = { .row = row, .relevance = relevance };
	pv_buf snippet = { 0 };
	int fits = 0;
	int rc = pv_index_fits(&fits, it->asked->query, row, err);

	if (rc < 0 || !fits)
		return rc;
	rc = pv_search_match(&fits, &snippet, it->asked->tree, row, db->words,
			     err);
	if (rc == PV_OK && fits) {
		const unsigned char *after = it->asked->after;
		unsigned char id[PV_UUID_BYTES] = { 0 };

		pv_uuid_parse(id, pv_str_of(row->values[PV_FIELD_ID].text));
		if (after && !it->is_behind) {
			it->is_behind = memcmp(id, after, PV_UUID_BYTES) == 0;
		} else {
			it->count++;
			hit.snippet = pv_buf_text(&snippet);
			rc = it->fn(&hit, it->payload);
		}
	}
	pv_buf_dispose(&snippet);
	return rc;
}

static double real_at(const struct pv_postgres *db, const PGresult *answer,
		      int row, int column)
{
	int64_t bits = pv_pg_int_at(db, answer, row, column);
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

static int give_hits(struct search *it, struct pv_postgres *db,
		     const PGresult *answer, pv_error *err)
{
	size_t limit = it->asked->query->asked->limit;
	int rc = PV_OK;

	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++) {
		pv_str id = pv_pg_bytes_at(db, answer, i, 0);
		pv_execution *row = NULL;

		if (limit && it->count == limit)
			break;
		rc = pv_pg_get_now(&row, db, (const unsigned char *)id.ptr, 0,
				   err);
		if (rc == PV_OK)
			rc = give_row(it, db, row, real_at(db, answer, i, 1),
				      err);
		pv_execution_free(row);
	}
	it->is_over = !db->pq.ntuples(answer) || (limit && it->count == limit);
	return rc;
}

/* --- the query ------------------------------------------------------------ */

#define FITTING "(s.words @@ $2::text::tsquery OR s.is_long)"

static int put_search(pv_buf *sql, struct pv_pg_args *args,
		      struct pv_postgres *db, const struct search *it,
		      pv_error *err)
{
	int is_newest = it->out->is_newest_first;
	int rc;

	pv_pg_put_int(args, db->project);
	pv_pg_put_text(args, (pv_str){ pv_buf_text(&it->words), it->words.len });
	pv_buf_printf(sql,
		      "DECLARE pv_search NO SCROLL CURSOR FOR SELECT s.id, "
		      "%s::float8 FROM pv.search_doc s JOIN pv.execution e ON "
		      "e.project_id = s.project_id AND e.id = s.id JOIN pv.dim d "
		      "ON d.project_id = e.project_id AND d.dim_id = e.dim_id "
		      "WHERE s.project_id = $1 AND " FITTING,
		      is_newest ? "0" : "ts_rank(s.words, $2::text::tsquery)");
	rc = pv_pg_put_where(sql, args, db, it->asked->query, err);
	pv_buf_puts(sql, is_newest ? " ORDER BY s.doc DESC"
				   : " ORDER BY 2 DESC, s.doc DESC");
	return rc;
}

static int fetch_all(struct search *it, struct pv_postgres *db, pv_error *err)
{
	int rc = PV_OK;

	while (rc == PV_OK && !it->is_over) {
		PGresult *answer = NULL;
		pv_buf sql = { 0 };

		pv_buf_printf(&sql, "FETCH %d FROM pv_search", FETCHED_AT_ONCE);
		rc = pv_pg_ask(&answer, db, &sql, NULL, err);
		if (rc == PV_OK)
			rc = give_hits(it, db, answer, err);
		pv_pg_clear(db, answer);
	}
	return rc;
}

static int find_state(struct search *it, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_run(&answer, db,
		       "SELECT (SELECT count(*) FROM pv.search_queue WHERE "
		       "project_id = $1), drained_us FROM pv.project WHERE "
		       "project_id = $1",
		       &args, err);
	if (rc == PV_OK && db->pq.ntuples(answer)) {
		it->out->pending = (size_t)pv_pg_int_at(db, answer, 0, 0);
		it->out->indexed_to = it->out->pending
					      ? pv_pg_int_at(db, answer, 0, 1)
					      : pv_clock_now(NULL);
	}
	pv_pg_clear(db, answer);
	return rc;
}

static int is_common(int *out, struct search *it, struct pv_postgres *db,
		     pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int64_t count = 0;
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_text(&args, (pv_str){ pv_buf_text(&it->words), it->words.len });
	pv_pg_put_int(&args, COMMON + 1);
	rc = pv_pg_number(&count, db,
			  "SELECT count(*) FROM (SELECT 1 FROM pv.search_doc s "
			  "WHERE s.project_id = $1 AND " FITTING " LIMIT $3) c",
			  &args, err);
	*out = count > COMMON;
	return rc;
}

/* --- searching ------------------------------------------------------------ */

static int run(struct pv_postgres *db, struct search *it, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	pv_buf sql = { 0 };
	int rc = find_state(it, db, err);

	it->out->is_newest_first = it->asked->newest_first;
	if (rc < 0 || it->how == PV_PG_NOTHING)
		return rc;
	if (!it->out->is_newest_first)
		rc = is_common(&it->out->is_newest_first, it, db, err);
	if (rc == PV_OK)
		rc = put_search(&sql, &args, db, it, err);
	if (rc == PV_OK)
		rc = pv_pg_ask(NULL, db, &sql, &args, err);
	pv_buf_dispose(&sql);
	return rc == PV_OK ? fetch_all(it, db, err) : rc;
}

static int search(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct search *it = payload;
	int rc = pv_pg_need_words(db, err);

	pv_buf_clear(&it->words);
	if (rc == PV_OK)
		rc = pv_pg_put_tsquery(&it->words, &it->how, it->asked->tree,
				       db->words, err);
	if (rc == PV_OK)
		rc = pv_pg_begin_read(db, err);
	if (rc < 0)
		return rc;
	rc = pv_pg_end(db, run(db, it, err), err);
	/* What was given cannot be taken back. */
	if (it->count)
		db->trouble = PV_PG_FINAL;
	return rc;
}

int pv_pg_search(pv_executions_found *out, void *state,
		 const pv_index_search *asked, pv_execution_hit_fn fn,
		 void *payload, pv_error *err)
{
	struct search it = {
		.asked = asked, .out = out, .fn = fn, .payload = payload
	};
	int rc = pv_pg_retry(state, search, &it, err);

	pv_buf_dispose(&it.words);
	return rc;
}
