/* SPDX-License-Identifier: MIT
 *
 * Recording executions, and a program that writes the same rows to the same
 * tables by SQLite alone: statements prepared once, every value at hand, the
 * sums of rollups too, as the cells that come out. Both are given ids and the
 * digests of texts.
 *
 *     bench_index ours|raw DB COUNT GROUP   rows per second, GROUP in one
 *                                           transaction that waits for the disk
 *     bench_index ours DB COUNT GROUP FROM  the same, counting rows from FROM
 *     bench_index naive DB COUNT            one table with all texts in it and
 *                                           pages of 4 KB, for its size
 *     bench_index lines COUNT               the same rows as JSON lines
 *     bench_index same OURS RAW             fails unless all rows of OURS are in
 *                                           RAW, table by table
 *
 * With PV_BENCH_CPU set, seconds are those of the processor, without waiting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/clock.h"
#include "base/hash.h"
#include "bench/rows/rows.h"
#include "index/rollup.h"

enum {
	SUMS_MAX = 64 /* hours and days of a run */
};

/* --- SQLite alone --------------------------------------------------------- */

struct raw {
	sqlite3 *db;
	sqlite3_stmt *begin;
	sqlite3_stmt *commit;
	sqlite3_stmt *body;
	sqlite3_stmt *row;
	sqlite3_stmt *queue;
	sqlite3_stmt *sum;
};

/* A cell of rollups, as it is after a group. */
struct raw_sum {
	pv_rollup_key key;
	pv_cell cell;
	pv_buf data;
	int is_changed;
};

struct sums {
	size_t count;
	struct raw_sum items[SUMS_MAX];
};

struct raw_row {
	struct rows_texts texts;
	unsigned char id[PV_UUID_BYTES];
	unsigned char hashes[3][32];
	char session[24];
	long number;
};

static void check(struct raw *raw, int status)
{
	if (status != SQLITE_OK && status != SQLITE_DONE)
		rows_die("sqlite:", sqlite3_errmsg(raw->db));
}

static sqlite3_stmt *prepare(struct raw *raw, const char *sql)
{
	sqlite3_stmt *statement = NULL;

	check(raw, sqlite3_prepare_v3(raw->db, sql, -1, SQLITE_PREPARE_PERSISTENT,
				      &statement, NULL));
	return statement;
}

static void run_one(struct raw *raw, sqlite3_stmt *statement)
{
	check(raw, sqlite3_step(statement));
	sqlite3_reset(statement);
}

static void open_raw(struct raw *raw, const char *path)
{
	/* Its one row brings the dim and the series. */
	rows_record(path, 1000000000, 1, 1);
	if (sqlite3_open(path, &raw->db) != SQLITE_OK)
		rows_die("cannot open", path);
	check(raw, sqlite3_exec(raw->db,
				"PRAGMA synchronous = FULL;"
				"PRAGMA cache_size = -16384",
				NULL, NULL, NULL));
	raw->begin = prepare(raw, "BEGIN IMMEDIATE");
	raw->commit = prepare(raw, "COMMIT");
	raw->body = prepare(raw, "INSERT INTO body (project_id, hash, is_json, "
				 "content) VALUES (1, ?1, ?2, ?3)");
	raw->row =
		prepare(raw,
			"INSERT INTO execution (project_id, id, ts_us, dim_id, "
			"name_id, session, input, rendered, output, output_chars, "
			"tokens_in, tokens_out, tokens, latency_us, cost_pusd, "
			"status) VALUES (1, ?1, ?2, 1, 1, ?3, ?4, ?5, ?6, ?7, ?8, "
			"?9, ?10, ?11, ?12, 1)");
	raw->queue = prepare(raw, "INSERT INTO search_queue (id) VALUES (?1)");
	raw->sum = prepare(raw, "INSERT INTO rollup VALUES (1, 1, ?1, ?2, ?3, "
				"?4) ON CONFLICT DO UPDATE SET last_us = "
				"excluded.last_us, data = excluded.data");
}

static void make_raw(struct raw_row *out, long row)
{
	const char *texts[3] = { out->texts.input, out->texts.rendered,
				 out->texts.output };

	rows_make_texts(&out->texts, row);
	out->number = row;
	pv_uuid_parse(out->id, pv_str_of(out->texts.id));
	snprintf(out->session, sizeof(out->session), "s%ld", row / 10);
	for (int i = 0; i < 3; i++)
		pv_sha256_of(out->hashes[i], texts[i], strlen(texts[i]));
}

static struct raw_sum *sum_of(struct sums *sums, const pv_rollup_key *key)
{
	for (size_t i = 0; i < sums->count; i++)
		if (sums->items[i].key.grain == key->grain &&
		    sums->items[i].key.bucket == key->bucket)
			return &sums->items[i];
	if (sums->count == SUMS_MAX)
		rows_die("too many", "sums");
	sums->items[sums->count].key = *key;
	return &sums->items[sums->count++];
}

/* What the sums are behind a group. */
static void make_sums(struct sums *sums, long from, long count)
{
	const pv_series series = { 1, 0, 0 };
	pv_rollup_batch batch = { 0 };

	for (long i = 0; i < count; i++) {
		pv_execution *row = rows_make(from + i);

		if (pv_rollup_add(&batch, &series, row, 1, pv_clock_now(NULL),
				  NULL) < 0)
			rows_die("no memory", "");
		pv_execution_free(row);
	}
	if (pv_rollup_settle(&batch, NULL) < 0)
		rows_die("no memory", "");
	for (size_t i = 0; i < sums->count; i++)
		sums->items[i].is_changed = 0;
	for (size_t i = 0; i < batch.count; i++) {
		struct raw_sum *sum = sum_of(sums, &batch.changes[i]->key);

		if (pv_cell_merge(&sum->cell, &batch.changes[i]->cell, NULL) < 0)
			rows_die("no memory", "");
		pv_buf_clear(&sum->data);
		pv_cell_encode(&sum->data, &sum->cell);
		sum->is_changed = 1;
	}
	pv_rollup_clear(&batch);
}

static void put_sums(struct raw *raw, const struct sums *sums)
{
	for (size_t i = 0; i < sums->count; i++) {
		const struct raw_sum *sum = &sums->items[i];

		if (!sum->is_changed)
			continue;
		sqlite3_bind_int64(raw->sum, 1, sum->key.grain);
		sqlite3_bind_int64(raw->sum, 2, sum->key.bucket);
		sqlite3_bind_int64(raw->sum, 3, sum->cell.last_us);
		sqlite3_bind_blob(raw->sum, 4, sum->data.ptr,
				  (int)sum->data.len, SQLITE_STATIC);
		run_one(raw, raw->sum);
	}
}

static void sums_free(struct sums *sums)
{
	for (size_t i = 0; i < sums->count; i++) {
		pv_cell_dispose(&sums->items[i].cell);
		pv_buf_dispose(&sums->items[i].data);
	}
	free(sums);
}

static void put_raw(struct raw *raw, const struct raw_row *row)
{
	const char *texts[3] = { row->texts.input, row->texts.rendered,
				 row->texts.output };
	long n = row->number;
	long numbers[6] = { (long)strlen(row->texts.output),
			    n % 500,
			    n % 300,
			    n % 500 + n % 300,
			    n % 900 * 1000 + 250,
			    (n % 9 + 1) * 100000000 + 10000000 };

	for (int i = 0; i < 3 && texts[i][0]; i++) {
		sqlite3_bind_blob(raw->body, 1, row->hashes[i], 32,
				  SQLITE_STATIC);
		sqlite3_bind_int(raw->body, 2, i == 0);
		sqlite3_bind_blob(raw->body, 3, texts[i], (int)strlen(texts[i]),
				  SQLITE_STATIC);
		run_one(raw, raw->body);
		sqlite3_bind_int64(raw->row, 4 + i,
				   sqlite3_last_insert_rowid(raw->db));
	}
	sqlite3_bind_blob(raw->row, 1, row->id, PV_UUID_BYTES, SQLITE_STATIC);
	sqlite3_bind_int64(raw->row, 2, row->texts.ts);
	sqlite3_bind_text(raw->row, 3, row->session, -1, SQLITE_STATIC);
	for (int i = 0; i < 6; i++)
		sqlite3_bind_int64(raw->row, 7 + i, numbers[i]);
	run_one(raw, raw->row);
	sqlite3_bind_blob(raw->queue, 1, row->id, PV_UUID_BYTES, SQLITE_STATIC);
	run_one(raw, raw->queue);
}

/* Puts the log into the file. */
static double close_raw(const struct raw *raw)
{
	const double start = rows_now();

	sqlite3_close(raw->db);
	return rows_now() - start;
}

static double run_raw(const char *path, long count, long group)
{
	struct raw_row *rows = calloc((size_t)group, sizeof(*rows));
	struct sums *sums = calloc(1, sizeof(*sums));
	struct raw raw = { 0 };
	double spent = 0;

	if (!rows || !sums)
		rows_die("no memory", "");
	open_raw(&raw, path);
	for (long at = 0; at < count; at += group) {
		double start;

		for (long i = 0; i < group; i++)
			make_raw(&rows[i], at + i);
		make_sums(sums, at, group);
		start = rows_now();
		run_one(&raw, raw.begin);
		for (long i = 0; i < group; i++)
			put_raw(&raw, &rows[i]);
		put_sums(&raw, sums);
		run_one(&raw, raw.commit);
		spent += rows_now() - start;
	}
	sqlite3_finalize(raw.begin);
	sqlite3_finalize(raw.commit);
	sqlite3_finalize(raw.body);
	sqlite3_finalize(raw.row);
	sqlite3_finalize(raw.queue);
	sqlite3_finalize(raw.sum);
	spent += close_raw(&raw);
	sums_free(sums);
	free(rows);
	return spent;
}

/* --- the same rows -------------------------------------------------------- */

/* Texts by what they are: their numbers follow from the order they came in. */
#define TEXT(column)                                            \
 "(SELECT hex(b.hash) || b.is_json || b.content FROM @.body b " \
 "WHERE b.body_id = e." column ")"

/* The SELECT, with a database in the place of each @. */
static void put_rows(pv_buf *out, const char *select, const char *database)
{
	for (const char *at = select; *at; at++)
		if (*at == '@')
			pv_buf_puts(out, database);
		else
			pv_buf_putc(out, *at);
}

static void check_same(const char *ours, const char *raw_path)
{
	static const char *const tables[] = {
		"SELECT e.id, ts_us, session, unit, parent, case_id, tags, "
		"output_chars, tokens_in, tokens_out, tokens, tokens_cached, "
		"latency_us, ttft_us, cost_pusd, status, quality_m, "
		"error_type, scores, params, metadata, prompt_id, version, "
		"commit_oid, environment, model, provider, name, " TEXT("input") ", " TEXT(
			"rendered") ", " TEXT("output") " "
							"FROM @.execution e JOIN @.dim USING (project_id, "
							"dim_id) JOIN @.name ON name.name_id = e.name_id",
		"SELECT hash, is_json, content FROM @.body",
		"SELECT * FROM @.body_shared",
		"SELECT id FROM @.search_queue",
		"SELECT * FROM @.rollup",
		"SELECT * FROM @.rollup_error",
		"SELECT * FROM @.tag",
	};
	struct raw raw = { 0 };
	sqlite3_stmt *attach;

	if (sqlite3_open(ours, &raw.db) != SQLITE_OK)
		rows_die("cannot open", ours);
	attach = prepare(&raw, "ATTACH ?1 AS raw");
	sqlite3_bind_text(attach, 1, raw_path, -1, SQLITE_STATIC);
	run_one(&raw, attach);
	sqlite3_finalize(attach);
	for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++) {
		sqlite3_stmt *statement;
		pv_buf sql = { 0 };

		put_rows(&sql, tables[i], "main");
		pv_buf_puts(&sql, " EXCEPT ");
		put_rows(&sql, tables[i], "raw");
		statement = prepare(&raw, pv_buf_text(&sql));
		if (sqlite3_step(statement) != SQLITE_DONE)
			rows_die("rows differ:", tables[i]);
		sqlite3_finalize(statement);
		pv_buf_dispose(&sql);
	}
	sqlite3_close(raw.db);
}

#undef TEXT

/* --- one table ------------------------------------------------------------ */

static void put_naive(struct raw *raw, const struct rows_texts *texts, long n)
{
	char session[24];

	snprintf(session, sizeof(session), "s%ld", n / 10);
	sqlite3_bind_text(raw->row, 1, texts->id, -1, SQLITE_STATIC);
	sqlite3_bind_int64(raw->row, 2, texts->ts);
	sqlite3_bind_text(raw->row, 3, session, -1, SQLITE_STATIC);
	sqlite3_bind_text(raw->row, 4, texts->input, -1, SQLITE_STATIC);
	sqlite3_bind_text(raw->row, 5, texts->rendered, -1, SQLITE_STATIC);
	sqlite3_bind_text(raw->row, 6, texts->output, -1, SQLITE_STATIC);
	for (int i = 7; i < 13; i++)
		sqlite3_bind_int64(raw->row, i, n % 500 + i);
	run_one(raw, raw->row);
}

static void run_naive(const char *path, long count)
{
	struct raw raw = { 0 };
	struct rows_texts texts;

	if (sqlite3_open(path, &raw.db) != SQLITE_OK)
		rows_die("cannot open", path);
	check(&raw, sqlite3_exec(raw.db,
				 "PRAGMA page_size = 4096; PRAGMA journal_mode = "
				 "OFF; CREATE TABLE e (id TEXT PRIMARY KEY, ts, "
				 "prompt_id, version, environment, model, "
				 "provider, session, input, rendered, output, "
				 "tokens_in, tokens_out, tokens, latency, cost, "
				 "chars, status); CREATE INDEX a ON e (ts); "
				 "CREATE INDEX b ON e (prompt_id, ts); "
				 "CREATE INDEX c ON e (session, ts); BEGIN",
				 NULL, NULL, NULL));
	raw.row = prepare(&raw, "INSERT INTO e VALUES (?1, ?2, 'support/triage', "
				"'1.0.0', 'prod', 'llama3.1:8b', 'ollama', ?3, "
				"?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 'ok')");
	for (long i = 0; i < count; i++) {
		rows_make_texts(&texts, i);
		put_naive(&raw, &texts, i);
	}
	sqlite3_finalize(raw.row);
	check(&raw, sqlite3_exec(raw.db, "COMMIT", NULL, NULL, NULL));
	sqlite3_close(raw.db);
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[argc == 3 ? 2 : 3], NULL, 10) : 0;
	long group = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
	double spent;

	if (argc == 3 && strcmp(argv[1], "lines") == 0) {
		rows_print_lines(count);
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "same") == 0) {
		check_same(argv[2], argv[3]);
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "naive") == 0) {
		run_naive(argv[2], count);
		return 0;
	}
	if (argc < 5 || argc > 6 || count < 1 || group < 1)
		rows_die("usage: ours|raw DB COUNT GROUP, naive DB COUNT or lines",
			 "COUNT");
	if (strcmp(argv[1], "ours") == 0)
		spent = rows_record(argv[2],
				    argc > 5 ? strtol(argv[5], NULL, 10) : 0,
				    count, group);
	else
		spent = run_raw(argv[2], count, group);
	printf("%.1f\n", (double)count / spent);
	return 0;
}
