/* SPDX-License-Identifier: MIT
 *
 * Full text over executions, and FTS5 alone with the same texts in a table of
 * its own, that gives the same answer: the texts of the best twenty and a
 * snippet of each.
 *
 *     bench_search record DB COUNT       rows per second at the caller
 *     bench_search drain DB COUNT        rows per second until all is findable
 *     bench_search raw DB COUNT          rows per second into FTS5, a thousand
 *                                        in a transaction
 *     bench_search ours DB WORD TIMES    milliseconds per search
 *     bench_search peer DB WORD TIMES
 *
 * Of all rows "often" is in two of three, "some" in one of ten, "seldom" in one
 * of 64, "rare" in one of a thousand. With PV_BENCH_CPU set, times are those of the processor.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv/buf.h>
#include <pv/index.h>
#include <sqlite3.h>

enum {
	GROUP = 1000,
	WORDS = 150,
	HITS = 20
};

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "bench_search: %s %s\n", what, detail);
	exit(128);
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(getenv("PV_BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID
					     : CLOCK_MONOTONIC,
		      &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* --- texts ---------------------------------------------------------------- */

/* Words of which few are common and many rare; the same for the same seed. */
static void put_words(pv_buf *out, unsigned long seed)
{
	unsigned long state = seed * 2654435761U + 1;

	for (int i = 0; i < WORDS; i++) {
		unsigned long a;

		state = state * 6364136223846793005U + 1442695040888963407U;
		a = (state >> 33) % 200;
		pv_buf_printf(out, "w%lu ", a * a * a / 400);
	}
}

static void put_prompt(pv_buf *out, long row)
{
	pv_buf_clear(out);
	pv_buf_printf(out, "%s%s%s%s", row % 3 ? "often " : "",
		      row % 10 ? "" : "some ", row % 64 ? "" : "seldom ",
		      row % 1000 ? "" : "rare ");
	put_words(out, (unsigned long)row * 2);
}

static void put_output(pv_buf *out, long row)
{
	pv_buf_clear(out);
	put_words(out, (unsigned long)row * 2 + 1);
}

/* --- ours ----------------------------------------------------------------- */

static pv_executions *open_ours(const char *path)
{
	const pv_executions_options opts = { .path = path };
	pv_executions *index = NULL;
	pv_error err = { 0 };

	if (pv_executions_open(&index, &opts, &err) < 0)
		die(path, err.message);
	return index;
}

static void set(pv_execution *row, const char *field, const pv_buf *text)
{
	if (pv_execution_set(row, field, text->ptr, text->len, NULL) < 0)
		die("cannot set", field);
}

static void record(const char *path, long count)
{
	pv_executions *index = open_ours(path);
	pv_execution *rows[GROUP];
	pv_buf text = { 0 };
	pv_error err = { 0 };
	double spent = 0;

	for (long at = 0; at < count; at += GROUP) {
		double start;

		for (long i = 0; i < GROUP; i++) {
			if (pv_execution_new(&rows[i], &err) < 0)
				die("no memory", "");
			put_prompt(&text, at + i);
			set(rows[i], "rendered", &text);
			put_output(&text, at + i);
			set(rows[i], "output", &text);
		}
		start = now();
		if (pv_executions_record(NULL, index, rows, GROUP, &err) < 0)
			die("record", err.message);
		spent += now() - start;
		for (long i = 0; i < GROUP; i++)
			pv_execution_free(rows[i]);
	}
	printf("%.0f\n", (double)count / spent);
	pv_buf_dispose(&text);
	pv_executions_free(index);
}

static void drain(const char *path, long count)
{
	pv_executions *index = open_ours(path);
	pv_error err = { 0 };
	double start = now();
	size_t left;

	if (pv_executions_drain(&left, index, 0, &err) < 0)
		die("drain", err.message);
	printf("%.0f\n", (double)count / (now() - start));
	pv_executions_free(index);
}

static int count_hit(const pv_executions_hit *hit, void *payload)
{
	*(size_t *)payload += strlen(hit->snippet);
	return 0;
}

static void search_ours(const char *path, const char *word, long times)
{
	const pv_executions_query query = { .limit = HITS };
	const pv_executions_search asked = { .text = word, .query = &query };
	pv_executions *index = open_ours(path);
	pv_executions_found found;
	pv_error err = { 0 };
	size_t bytes = 0;
	double start = now();

	for (long i = 0; i < times; i++)
		if (pv_executions_search_texts(&found, index, &asked, count_hit,
					       &bytes, &err) < 0)
			die("search", err.message);
	if (!bytes)
		die("nothing has", word);
	printf("%.4f\n", (now() - start) * 1000 / (double)times);
	pv_executions_free(index);
}

/* --- FTS5 alone ----------------------------------------------------------- */

static void run(sqlite3 *db, const char *sql)
{
	if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
		die(sql, sqlite3_errmsg(db));
}

static sqlite3 *open_raw(const char *path)
{
	sqlite3 *db = NULL;

	if (sqlite3_open(path, &db) != SQLITE_OK)
		die("cannot open", path);
	run(db, "PRAGMA page_size = 16384; PRAGMA journal_mode = WAL; "
		"PRAGMA synchronous = FULL; PRAGMA cache_size = -49152; "
		"CREATE VIRTUAL TABLE IF NOT EXISTS search USING fts5 (prompt, "
		"input, output, tags, tokenize = \"unicode61 "
		"remove_diacritics 2\")");
	return db;
}

static sqlite3_stmt *prepare(sqlite3 *db, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	if (sqlite3_prepare_v2(db, sql, -1, &statement, NULL) != SQLITE_OK)
		die(sql, sqlite3_errmsg(db));
	return statement;
}

static void insert_raw(sqlite3_stmt *insert, const pv_buf *prompt,
		       const pv_buf *output)
{
	sqlite3_bind_text(insert, 1, prompt->ptr, (int)prompt->len,
			  SQLITE_STATIC);
	sqlite3_bind_text(insert, 2, output->ptr, (int)output->len,
			  SQLITE_STATIC);
	if (sqlite3_step(insert) != SQLITE_DONE)
		die("insert", sqlite3_errmsg(sqlite3_db_handle(insert)));
	sqlite3_reset(insert);
}

static void fill_raw(const char *path, long count)
{
	sqlite3 *db = open_raw(path);
	sqlite3_stmt *insert =
		prepare(db, "INSERT INTO search VALUES (?1, NULL, ?2, NULL)");
	static pv_buf prompts[GROUP];
	static pv_buf outputs[GROUP];
	double spent = 0;

	for (long at = 0; at < count; at += GROUP) {
		double start;

		for (long i = 0; i < GROUP; i++) {
			put_prompt(&prompts[i], at + i);
			put_output(&outputs[i], at + i);
		}
		start = now();
		run(db, "BEGIN");
		for (long i = 0; i < GROUP; i++)
			insert_raw(insert, &prompts[i], &outputs[i]);
		run(db, "COMMIT");
		spent += now() - start;
	}
	printf("%.0f\n", (double)count / spent);
	sqlite3_finalize(insert);
	sqlite3_close(db);
	for (long i = 0; i < GROUP; i++) {
		pv_buf_dispose(&prompts[i]);
		pv_buf_dispose(&outputs[i]);
	}
}

static void search_raw(const char *path, const char *word, long times)
{
	sqlite3 *db = open_raw(path);
	sqlite3_stmt *ask =
		prepare(db,
			"SELECT *, snippet(search, -1, '<', '>', '...', 16) FROM "
			"search WHERE search MATCH ?1 ORDER BY rank LIMIT 20");
	size_t bytes = 0;
	double start = now();

	for (long i = 0; i < times; i++) {
		sqlite3_bind_text(ask, 1, word, -1, SQLITE_STATIC);
		while (sqlite3_step(ask) == SQLITE_ROW)
			for (int at = 0; at < 5; at++)
				bytes += (size_t)sqlite3_column_bytes(ask, at);
		sqlite3_reset(ask);
	}
	if (!bytes)
		die("nothing has", word);
	printf("%.4f\n", (now() - start) * 1000 / (double)times);
	sqlite3_finalize(ask);
	sqlite3_close(db);
}

int main(int argc, char **argv)
{
	const char *what = argc > 3 ? argv[1] : "";
	long count = argc > 3 ? strtol(argv[argc - 1], NULL, 10) : 0;

	if (strcmp(what, "record") == 0)
		record(argv[2], count);
	else if (strcmp(what, "drain") == 0)
		drain(argv[2], count);
	else if (strcmp(what, "raw") == 0)
		fill_raw(argv[2], count);
	else if (strcmp(what, "ours") == 0 && argc == 5)
		search_ours(argv[2], argv[3], count);
	else if (strcmp(what, "peer") == 0 && argc == 5)
		search_raw(argv[2], argv[3], count);
	else
		die("usage:", "see the head of its source");
	return 0;
}
