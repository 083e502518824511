/* SPDX-License-Identifier: MIT
 *
 * What the search sees. Recording only puts ids into a queue; draining makes
 * documents of them, in one transaction for some hundred, one process at a
 * time: killed in between, a row is either still in the queue or findable.
 *
 * PostgreSQL's own parsers take texts apart otherwise than FTS5 does, so its
 * words are ours (index/words.h), given as a finished tsvector: a word with
 * the labels A to D of the texts that have it. What a tsvector cannot hold,
 * the order of words and all of a very long text, is looked at in the texts.
 */
#include "index/postgres/postgres.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/utf8.h"
#include "index/postgres/lexeme.h"
#include "index/search_match.h"

enum {
	BATCH = 200,
	TIMES_MAX = 15,     /* a word is counted in one text; for the rank */
	VECTOR_MAX = 900000 /* bytes; PostgreSQL ends at 1 MiB */
};

/* --- vectors -------------------------------------------------------------- */

/* How often a word is in each of the texts. */
struct times {
	unsigned char count[PV_SEARCH_TEXTS];
};

struct vector {
	pv_map words;
	pv_arena arena;
	size_t size;
	int is_long;
	int field;
};

static void vector_dispose(struct vector *vector)
{
	pv_map_dispose(&vector->words);
	pv_arena_dispose(&vector->arena);
}

static int add_word(pv_str word, size_t from, size_t to, void *payload)
{
	struct vector *it = payload;
	pv_str lexeme = pv_pg_lexeme(word);
	struct times *times = pv_map_find(&it->words, lexeme);

	(void)from;
	(void)to;
	if (!times) {
		it->size += lexeme.len + 12;
		if (it->size > VECTOR_MAX ||
		    pv_utf8_valid(lexeme.ptr, lexeme.len) < lexeme.len) {
			it->is_long = 1;
			return PV_OK;
		}
		times = pv_arena_calloc(&it->arena, sizeof(*times));
		if (!times ||
		    pv_map_set(&it->words, lexeme, times, NULL, NULL) < 0)
			return PV_ENOMEM;
	}
	if (times->count[it->field] < TIMES_MAX) {
		times->count[it->field]++;
		it->size += 2;
	}
	return PV_OK;
}

static int put_word(pv_str word, void *value, void *payload)
{
	const struct times *times = value;
	pv_buf *out = payload;
	char before = ':';
	int at = 0;

	pv_pg_put_lexeme(out, word);
	for (int i = 0; i < PV_SEARCH_TEXTS; i++)
		for (int k = 0; k < times->count[i]; k++) {
			pv_buf_printf(out, "%c%d%c", before, ++at, 'A' + i);
			before = ',';
		}
	pv_buf_putc(out, ' ');
	return 0;
}

static int put_vector(pv_buf *out, struct vector *it, struct pv_postgres *db,
		      const pv_search_texts *texts, pv_error *err)
{
	int rc = PV_OK;

	for (int i = 0; i < PV_SEARCH_TEXTS && rc == PV_OK; i++) {
		it->field = i;
		rc = pv_words_each(db->words,
				   (pv_str){ pv_buf_text(&texts->plain[i]),
					     texts->plain[i].len },
				   add_word, it, err);
	}
	if (rc < 0)
		return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
	pv_map_each(&it->words, put_word, out);
	return pv_buf_status(out, err);
}

/* --- documents ------------------------------------------------------------ */

/* What a batch puts into the tables. */
struct documents {
	struct pv_pg_array seqs;
	struct pv_pg_array ids;
	struct pv_pg_array longs;
	struct pv_pg_array vectors;
	pv_search_texts texts;
};

static void documents_dispose(struct documents *it)
{
	pv_buf_dispose(&it->seqs.bytes);
	pv_buf_dispose(&it->ids.bytes);
	pv_buf_dispose(&it->longs.bytes);
	pv_buf_dispose(&it->vectors.bytes);
	pv_search_texts_dispose(&it->texts);
}

/* Columns of the queue's query, behind which the texts come by two. */
enum {
	SEQ,
	ID,
	IS_THERE,
	TAGS,
	TEXTS
};

static int read_texts(pv_search_texts *out, struct pv_postgres *db,
		      const PGresult *answer, int at, pv_error *err)
{
	int rc = PV_OK;

	for (int i = PV_SEARCH_PROMPT; i <= PV_SEARCH_TAGS && rc == PV_OK; i++) {
		int column = i == PV_SEARCH_TAGS ? TAGS : TEXTS + 2 * (i - 1) + 1;
		pv_str text = pv_pg_bytes_at(db, answer, at, column);
		pv_value value = { .text = text.ptr, .len = text.len };

		value.is_set = !db->pq.getisnull(answer, at, column);
		if (i != PV_SEARCH_TAGS)
			value.is_json =
				(unsigned char)pv_pg_int_at(db, answer, at,
							    column - 1);
		rc = pv_search_texts_add(out, (enum pv_search_field)i, &value,
					 err);
	}
	return rc;
}

static int add_document(struct documents *it, struct pv_postgres *db,
			const PGresult *answer, int at, pv_error *err)
{
	struct vector vector = { .size = 0 };
	pv_buf text = { 0 };
	pv_str id = pv_pg_bytes_at(db, answer, at, ID);
	int rc;

	pv_pg_array_add_int(&it->seqs, pv_pg_int_at(db, answer, at, SEQ));
	/* Those that were deleted are only forgotten. */
	if (!pv_pg_int_at(db, answer, at, IS_THERE))
		return PV_OK;
	rc = read_texts(&it->texts, db, answer, at, err);
	if (rc == PV_OK)
		rc = put_vector(&text, &vector, db, &it->texts, err);
	if (rc == PV_OK) {
		pv_pg_array_add(&it->ids, id.ptr, id.len);
		pv_pg_array_add_int(&it->longs, vector.is_long);
		pv_pg_array_add(&it->vectors, text.ptr, text.len);
	}
	vector_dispose(&vector);
	pv_buf_dispose(&text);
	return rc;
}

static void put_queue_sql(pv_buf *out)
{
	pv_buf_puts(out, "SELECT q.seq, q.id, (e.id IS NOT NULL)::int, e.tags");
	for (int i = PV_SEARCH_PROMPT; i < PV_SEARCH_TAGS; i++)
		pv_buf_printf(out, ", b%d.is_json, b%d.content", i, i);
	pv_buf_puts(out, " FROM (SELECT seq, id FROM pv.search_queue WHERE "
			 "project_id = $1 ORDER BY seq LIMIT $2) q LEFT JOIN "
			 "pv.execution e ON e.project_id = $1 AND e.id = q.id");
	for (int i = PV_SEARCH_PROMPT; i < PV_SEARCH_TAGS; i++)
		pv_buf_printf(out,
			      " LEFT JOIN pv.body b%d ON b%d.project_id = $1 AND "
			      "b%d.hash = e.%s",
			      i, i, i,
			      pv_field_at(pv_search_field_of(
						  (enum pv_search_field)i))
				      ->column);
	pv_buf_puts(out, " ORDER BY q.seq");
}

static int read_queue(struct documents *out, struct pv_postgres *db,
		      int64_t limit, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	PGresult *answer = NULL;
	pv_buf sql = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	pv_pg_put_int(&args, limit);
	put_queue_sql(&sql);
	rc = pv_buf_status(&sql, err);
	if (rc == PV_OK)
		rc = pv_pg_run(&answer, db, sql.ptr, &args, err);
	for (int i = 0; rc == PV_OK && i < db->pq.ntuples(answer); i++)
		rc = add_document(out, db, answer, i, err);
	pv_pg_clear(db, answer);
	pv_buf_dispose(&sql);
	return rc;
}

static int write_documents(struct documents *it, struct pv_postgres *db,
			   pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_put_array(&args, &it->ids, PV_PG_UUID_ARRAY, PV_PG_UUID, err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(&args, &it->longs, PV_PG_INT8_ARRAY,
				     PV_PG_INT8, err);
	if (rc == PV_OK)
		rc = pv_pg_put_array(&args, &it->vectors, PV_PG_TEXT_ARRAY,
				     PV_PG_TEXT, err);
	pv_pg_put_int(&args, it->ids.count);
	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db,
			       "WITH counted AS (UPDATE pv.project SET last_doc = "
			       "last_doc + $5 WHERE project_id = $1 RETURNING "
			       "last_doc - $5 AS last) INSERT INTO pv.search_doc "
			       "SELECT $1, counted.last + u.n, u.id, u.l <> 0, "
			       "u.w::tsvector FROM counted, unnest($2::uuid[], "
			       "$3::bigint[], $4::text[]) WITH ORDINALITY AS u "
			       "(id, l, w, n) ORDER BY u.n ON CONFLICT DO NOTHING",
			       &args, err);
	return rc;
}

static int empty_queue(struct documents *it, struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	struct pv_pg_args when = { 0 };
	int rc;

	pv_pg_put_int(&args, db->project);
	rc = pv_pg_put_array(&args, &it->seqs, PV_PG_INT8_ARRAY, PV_PG_INT8, err);
	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db,
			       "DELETE FROM pv.search_queue WHERE project_id = $1 "
			       "AND seq = ANY ($2)",
			       &args, err);
	pv_pg_put_int(&when, db->project);
	pv_pg_put_int(&when, pv_clock_now(NULL));
	if (rc == PV_OK)
		rc = pv_pg_run(NULL, db,
			       "UPDATE pv.project SET drained_us = $2 WHERE "
			       "project_id = $1 AND NOT EXISTS (SELECT 1 FROM "
			       "pv.search_queue WHERE project_id = $1)",
			       &when, err);
	return rc;
}

/* --- draining ------------------------------------------------------------- */

int pv_pg_lock_search(struct pv_postgres *db, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	return pv_pg_run(NULL, db,
			 "SELECT 1 FROM pv.project WHERE project_id = $1 FOR "
			 "UPDATE",
			 &args, err);
}

int pv_pg_need_words(struct pv_postgres *db, pv_error *err)
{
	return db->words ? PV_OK : pv_words_new(&db->words, err);
}

static int drain_some(struct pv_postgres *db, int64_t limit, pv_error *err)
{
	struct documents documents = { .seqs = { .count = 0 } };
	int rc = pv_pg_lock_search(db, err);

	if (rc == PV_OK)
		rc = read_queue(&documents, db, limit, err);
	if (rc == PV_OK && documents.ids.count)
		rc = write_documents(&documents, db, err);
	if (rc == PV_OK)
		rc = empty_queue(&documents, db, err);
	documents_dispose(&documents);
	return rc;
}

static int drain_batch(struct pv_postgres *db, void *payload, pv_error *err)
{
	const int64_t *limit = payload;
	int rc = pv_pg_need_words(db, err);

	if (rc == PV_OK)
		rc = pv_pg_begin(db, err);
	return rc < 0 ? rc : pv_pg_end(db, drain_some(db, *limit, err), err);
}

static int count_queue(struct pv_postgres *db, void *payload, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	return pv_pg_number(payload, db,
			    "SELECT count(*) FROM pv.search_queue WHERE "
			    "project_id = $1",
			    &args, err);
}

int pv_pg_drain(size_t *left_out, void *state, size_t limit, pv_error *err)
{
	int64_t left = 0;
	size_t done = 0;
	int rc = pv_pg_retry(state, count_queue, &left, err);

	while (rc == PV_OK && left && (!limit || done < limit)) {
		int64_t count = limit && limit - done < BATCH
					? (int64_t)(limit - done)
					: BATCH;

		rc = pv_pg_retry(state, drain_batch, &count, err);
		done += (size_t)count;
		if (rc == PV_OK)
			rc = pv_pg_retry(state, count_queue, &left, err);
	}
	if (rc == PV_OK && done)
		rc = pv_pg_fold(state, err);
	*left_out = (size_t)left;
	return rc;
}

int pv_pg_enqueue(struct pv_postgres *db, const unsigned char *id, pv_error *err)
{
	struct pv_pg_args args = { 0 };

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, id, PV_UUID_BYTES);
	return pv_pg_run(NULL, db,
			 "INSERT INTO pv.search_queue (project_id, id) VALUES "
			 "($1, $2)",
			 &args, err);
}

int pv_pg_unindex(int *was_there_out, struct pv_postgres *db,
		  const unsigned char *id, pv_error *err)
{
	struct pv_pg_args args = { 0 };
	int64_t gone = 0;
	int rc = pv_pg_lock_search(db, err);

	pv_pg_put_int(&args, db->project);
	pv_pg_put_bytes(&args, PV_PG_UUID, id, PV_UUID_BYTES);
	if (rc == PV_OK)
		rc = pv_pg_number(&gone, db,
				  "WITH gone AS (DELETE FROM pv.search_doc WHERE "
				  "project_id = $1 AND id = $2 RETURNING 1) SELECT "
				  "count(*) FROM gone",
				  &args, err);
	*was_there_out = gone != 0;
	return rc;
}
