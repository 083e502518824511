/* SPDX-License-Identifier: MIT
 *
 * Full text on FTS5. Recording only puts ids into a queue; draining makes
 * documents of them, so many at a time that FTS5 is as fast as it can be, each
 * time in one transaction: killed in between, a row is either still in the
 * queue or findable, never both. The texts are not kept again: the search reads
 * them through the view search_text, and whoever takes texts away from a row
 * takes its document out of the search first.
 */
#include "index/sqlite/sqlite.h"

#include "base/clock.h"
#include "base/fail.h"
#include "index/search_match.h"

enum {
	BATCH = 1000,
	COMMON = 20000, /* matches that are still ranked */
	/* Much sooner counted than a word's documents are ranked. */
	FEW = 1000,
	FEW_STEP = 4
};

/*
 * Each hit that is ranked asks how long its texts are: those of a million rows
 * and the lists of some words have to fit, or every page is read again by the
 * next search.
 */
#define CACHE_KIB "49152"

/* The one number that a statement gives. */
static int ask(int64_t *out, struct pv_sqlite *db,
	       enum pv_sqlite_statement which, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, which, err);

	*out = 0;
	return rc < 0 ? rc : pv_sqlite_number(out, db, statement, err);
}

/* Runs a statement with one number or id. */
static int run_number(struct pv_sqlite *db, enum pv_sqlite_statement which,
		      int64_t number, pv_error *err)
{
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, which, err);

	if (rc < 0)
		return rc;
	sqlite3_bind_int64(statement, 1, number);
	return pv_sqlite_run(db, statement, err);
}

/* --- documents ------------------------------------------------------------ */

static int enqueue_many(struct pv_sqlite *db, pv_error *err)
{
	const unsigned char *ids = (const unsigned char *)db->queue.ptr;
	sqlite3_stmt *statement;
	int rc = pv_sqlite_use(&statement, db, PV_SQLITE_QUEUE_ADD_MANY, err);

	if (rc < 0)
		return rc;
	for (int i = 0; i < PV_SQLITE_QUEUE_MANY; i++)
		pv_sqlite_bind_id(statement, i + 1,
				  ids + (size_t)i * PV_UUID_BYTES);
	rc = pv_sqlite_run(db, statement, err);
	pv_buf_truncate(&db->queue, 0);
	return rc;
}

/* A statement for each id would take as long as a fifth of its row. */
int pv_sqlite_enqueue(struct pv_sqlite *db, const unsigned char *id, pv_error *err)
{
	int rc;

	pv_buf_put(&db->queue, id, PV_UUID_BYTES);
	rc = pv_buf_status(&db->queue, err);
	if (rc < 0 || db->queue.len < (size_t)PV_SQLITE_QUEUE_MANY * PV_UUID_BYTES)
		return rc;
	return enqueue_many(db, err);
}

int pv_sqlite_flush_queue(struct pv_sqlite *db, pv_error *err)
{
	int rc = PV_OK;

	for (size_t at = 0; at < db->queue.len && rc == PV_OK; at += PV_UUID_BYTES)
		rc = pv_sqlite_run_id(db, PV_SQLITE_QUEUE_ADD,
				      (unsigned char *)db->queue.ptr + at, err);
	pv_buf_truncate(&db->queue, 0);
	return rc;
}

int pv_sqlite_unindex(int *was_there_out, struct pv_sqlite *db,
		      const unsigned char *id, pv_error *err)
{
	int rc = pv_sqlite_run_id(db, PV_SQLITE_SEARCH_DROP, id, err);

	*was_there_out = 0;
	if (rc == PV_OK)
		rc = pv_sqlite_run_id(db, PV_SQLITE_DOC_DROP, id, err);
	if (rc == PV_OK)
		*was_there_out = sqlite3_changes(db->db) > 0;
	return rc;
}

static int drain_batch(struct pv_sqlite *db, int64_t count, pv_error *err)
{
	int64_t last = 0;
	int rc = ask(&last, db, PV_SQLITE_DOC_LAST, err);

	if (rc == PV_OK)
		rc = run_number(db, PV_SQLITE_DOC_ADD, count, err);
	if (rc == PV_OK)
		rc = run_number(db, PV_SQLITE_SEARCH_ADD, last, err);
	if (rc == PV_OK)
		rc = run_number(db, PV_SQLITE_QUEUE_DROP, count, err);
	if (rc == PV_OK)
		rc = run_number(db, PV_SQLITE_DRAINED, pv_clock_now(NULL), err);
	return rc;
}

int pv_sqlite_drain(size_t *left_out, void *state, size_t limit, pv_error *err)
{
	struct pv_sqlite *db = state;
	int64_t left = 0;
	size_t done = 0;
	int rc = ask(&left, db, PV_SQLITE_QUEUE_COUNT, err);

	while (rc == PV_OK && left > 0 && (!limit || done < limit)) {
		size_t count =
			limit && limit - done < BATCH ? limit - done : BATCH;

		rc = pv_sqlite_begin(db, err);
		if (rc < 0)
			break;
		rc = drain_batch(db, (int64_t)count, err);
		rc = pv_sqlite_end(db, rc, err);
		done += count;
		left -= (int64_t)count;
		/* Counting reads the queue: not before all that was there. */
		if (rc == PV_OK && (left <= 0 || (limit && done >= limit)))
			rc = ask(&left, db, PV_SQLITE_QUEUE_COUNT, err);
	}
	*left_out = (size_t)left;
	return rc;
}

/* --- queries -------------------------------------------------------------- */

/* One phrase: FTS5 takes what is in quotes as text and nothing else. */
static void put_words(pv_buf *out, const pv_search_node *node)
{
	static const char *const columns[] = { "", "prompt : ", "input : ",
					       "output : ", "tags : " };

	pv_buf_puts(out, columns[node->field]);
	pv_buf_putc(out, '"');
	for (size_t i = 0; i < node->text.len; i++) {
		if (node->text.ptr[i] == '"')
			pv_buf_putc(out, '"');
		pv_buf_putc(out, node->text.ptr[i]);
	}
	pv_buf_puts(out, node->is_prefix ? "\" *" : "\"");
}

/* As deep as groups are and as long as there are words: both are limited. */
static void put_node(pv_buf *out, const pv_search_node *node)
{
	static const char *const operators[] = { "", " AND ", " OR ", " NOT " };

	if (node->kind == PV_SEARCH_WORDS) {
		put_words(out, node);
		return;
	}
	pv_buf_putc(out, '(');
	put_node(out, node->left);
	pv_buf_puts(out, operators[node->kind]);
	put_node(out, node->right);
	pv_buf_putc(out, ')');
}

/*
 * Asked for the rank of a row that it has ordered by rank, FTS5 counts anew how
 * many rows have each word: the order is SQLite's, by a rank that is made once.
 * The limit inside keeps the order too: SQLite does not mix a limited query
 * with the one around it. Where rows are still to be chosen from, the limit can
 * only be outside.
 */
static void put_search(pv_buf *sql, const pv_index_query *query, int is_newest)
{
	int is_plain = !query->match_count && !query->asked->since &&
		       !query->asked->until && !query->asked->after &&
		       !query->asked->behind && !query->asked->up_to;

	pv_buf_printf(sql,
		      "SELECT s.id, -m.score FROM (SELECT rowid AS doc, "
		      "%s AS score FROM search WHERE search MATCH ?%d ORDER BY "
		      "%s LIMIT ?%d) m CROSS JOIN search_doc s ON s.doc = m.doc ",
		      is_newest ? "0" : "bm25(search)", PV_SQLITE_TEXT_AT,
		      is_newest ? "rowid DESC" : "score, rowid",
		      is_plain ? PV_SQLITE_LIMIT_AT : PV_SQLITE_ALL_AT);
	if (!is_plain) {
		pv_buf_puts(sql, "CROSS JOIN execution e ON e.project_id = 1 "
				 "AND e.id = s.id WHERE 1");
		pv_sqlite_put_where(sql, query);
	}
	if (!query->asked->after)
		pv_buf_printf(sql, " LIMIT ?%d", PV_SQLITE_LIMIT_AT);
}

/* --- hits ----------------------------------------------------------------- */

/* A search on its way. */
struct search {
	struct pv_sqlite *db;
	const pv_index_search *asked;
	pv_str match;  /* the search in FTS5's words */
	int is_behind; /* the row to go on behind has been */
	size_t count;
	pv_execution_hit_fn fn;
	void *payload;
};

/*
 * FTS5's own would look the row up in the lists of all words once more, which
 * takes longer than to find it did.
 */
static int give_row(struct search *it, pv_executions_hit *hit, pv_error *err)
{
	pv_buf snippet = { 0 };
	int fits = 0;
	int rc = pv_search_match(&fits, &snippet, it->asked->tree, hit->row,
				 it->db->words, err);

	hit->snippet = pv_buf_text(&snippet);
	if (rc == PV_OK)
		rc = it->fn(hit, it->payload);
	pv_buf_dispose(&snippet);
	return rc;
}

/* The hit that a statement of put_search stands on. */
static int give_hit(struct search *it, sqlite3_stmt *statement, pv_error *err)
{
	const unsigned char *id = sqlite3_column_blob(statement, 0);
	const unsigned char *after = it->asked->after;
	pv_executions_hit hit = { .relevance =
					  sqlite3_column_double(statement, 1) };
	pv_execution *row = NULL;
	int rc;

	if (!id || sqlite3_column_bytes(statement, 0) != PV_UUID_BYTES)
		return pv_fail_sqlite(err, it->db, SQLITE_CORRUPT);
	if (after && !it->is_behind) {
		it->is_behind = memcmp(id, after, PV_UUID_BYTES) == 0;
		return PV_OK;
	}
	it->count++;
	rc = pv_sqlite_get(&row, it->db, id, err);
	hit.row = row;
	if (rc == PV_OK)
		rc = give_row(it, &hit, err);
	pv_execution_free(row);
	return rc;
}

static int give_hits(struct search *it, int is_newest, pv_error *err)
{
	const pv_index_query *query = it->asked->query;
	size_t limit = query->asked->limit;
	sqlite3_stmt *statement = NULL;
	pv_buf sql = { 0 };
	int rc;

	put_search(&sql, query, is_newest);
	rc = pv_sqlite_ask(&statement, it->db, &sql, query, err);
	if (rc == PV_OK) {
		pv_sqlite_bind_text(statement, PV_SQLITE_TEXT_AT, it->match);
		sqlite3_bind_int64(statement, PV_SQLITE_LIMIT_AT,
				   limit ? (sqlite3_int64)limit : -1);
		sqlite3_bind_int64(statement, PV_SQLITE_ALL_AT, -1);
	}
	while (rc == PV_OK && (!limit || it->count < limit)) {
		rc = pv_sqlite_step(it->db, statement, err);
		if (rc <= 0)
			break;
		rc = give_hit(it, statement, err);
	}
	sqlite3_finalize(statement);
	return rc;
}

static int find_state(pv_executions_found *out, struct pv_sqlite *db,
		      pv_error *err)
{
	int64_t pending = 0;
	int rc = ask(&pending, db, PV_SQLITE_QUEUE_COUNT, err);

	out->pending = (size_t)pending;
	out->indexed_to = pv_clock_now(NULL);
	if (rc == PV_OK && pending)
		rc = ask(&out->indexed_to, db, PV_SQLITE_DRAINED_AT, err);
	return rc;
}

/* Whether more than `limit` documents match part of a search. */
static int has_more(int *out, struct pv_sqlite *db, const pv_search_node *node,
		    int64_t limit, pv_error *err)
{
	sqlite3_stmt *statement;
	pv_buf match = { 0 };
	int64_t one = 0;
	int rc;

	put_node(&match, node);
	rc = pv_buf_status(&match, err);
	if (rc == PV_OK)
		rc = pv_sqlite_use(&statement, db, PV_SQLITE_HAS_MORE, err);
	if (rc == PV_OK) {
		pv_sqlite_bind_text(statement, PV_SQLITE_TEXT_AT,
				    (pv_str){ match.ptr, match.len });
		sqlite3_bind_int64(statement, PV_SQLITE_LIMIT_AT, limit);
		rc = pv_sqlite_number(&one, db, statement, err);
	}
	*out = one != 0;
	pv_buf_dispose(&match);
	return rc;
}

/*
 * Whether some words that all hits have are in `few` documents at most; as
 * deep as groups are.
 */
static int has_few(int *out, struct pv_sqlite *db, const pv_search_node *node,
		   int64_t few, pv_error *err)
{
	int rc;

	*out = 0;
	if (node->kind == PV_SEARCH_OR)
		return PV_OK;
	if (node->kind == PV_SEARCH_WORDS) {
		rc = has_more(out, db, node, few, err);
		*out = !*out;
		return rc;
	}
	rc = has_few(out, db, node->left, few, err);
	if (rc < 0 || *out || node->kind == PV_SEARCH_NOT)
		return rc;
	return has_few(out, db, node->right, few, err);
}

/* To count all hits takes as long as to find them: a rare word spares it. */
static int is_common(int *out, struct search *it, pv_error *err)
{
	const pv_search_node *tree = it->asked->tree;
	int is_rare = 0;
	int rc = PV_OK;

	*out = 0;
	if (tree->kind != PV_SEARCH_WORDS)
		for (int64_t few = FEW; rc == PV_OK && !is_rare && few < COMMON;
		     few *= FEW_STEP)
			rc = has_few(&is_rare, it->db, tree, few, err);
	return rc == PV_OK && !is_rare ? has_more(out, it->db, tree, COMMON, err)
				       : rc;
}

static int need_words(struct pv_sqlite *db, pv_error *err)
{
	return db->words ? PV_OK : pv_words_new(&db->words, err);
}

static int search(pv_executions_found *out, struct search *it, pv_error *err)
{
	int rc = need_words(it->db, err);

	if (rc == PV_OK)
		rc = find_state(out, it->db, err);

	out->is_newest_first = it->asked->newest_first;
	if (rc == PV_OK && !out->is_newest_first)
		rc = is_common(&out->is_newest_first, it, err);
	return rc == PV_OK ? give_hits(it, out->is_newest_first, err) : rc;
}

int pv_sqlite_search(pv_executions_found *out, void *state,
		     const pv_index_search *asked, pv_execution_hit_fn fn,
		     void *payload, pv_error *err)
{
	struct search it = {
		.db = state, .asked = asked, .fn = fn, .payload = payload
	};
	pv_buf match = { 0 };
	sqlite3 *db = it.db->db;
	int rc;

	put_node(&match, asked->tree);
	rc = pv_buf_status(&match, err);
	if (rc == PV_OK)
		rc = pv_sqlite_exec(it.db, "PRAGMA cache_size = -" CACHE_KIB,
				    err);
	it.match.ptr = match.ptr;
	it.match.len = match.len;
	if (rc == PV_OK) {
		/* All that is read is of one moment. */
		int status =
			sqlite3_exec(db, "SAVEPOINT search", NULL, NULL, NULL);

		if (status != SQLITE_OK)
			rc = pv_fail_sqlite(err, it.db, status);
		else
			rc = search(out, &it, err);
		sqlite3_exec(db, "RELEASE search", NULL, NULL, NULL);
	}
	pv_buf_dispose(&match);
	return rc;
}
