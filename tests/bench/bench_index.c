/* SPDX-License-Identifier: MIT
 *
 * Recording executions, and a program that writes the same rows to the same
 * tables by SQLite alone: statements prepared once, every value at hand. Both
 * are given ids and the digests of texts; the sums of rollups only ours makes.
 *
 *     bench_index ours|raw DB COUNT GROUP   rows per second, GROUP in one
 *                                           transaction that waits for the disk
 *     bench_index ours DB COUNT GROUP FROM  the same, counting rows from FROM
 *     bench_index naive DB COUNT            one table with all texts in it and
 *                                           pages of 4 KB, for its size
 *     bench_index lines COUNT               the same rows as JSON lines
 *
 * With PV_BENCH_CPU set, seconds are those of the processor, without waiting.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <sqlite3.h>

#include "base/hash.h"
#include "bench/rows/rows.h"

/* --- SQLite alone --------------------------------------------------------- */

struct raw {
	sqlite3 *db;
	sqlite3_stmt *begin;
	sqlite3_stmt *commit;
	sqlite3_stmt *body;
	sqlite3_stmt *row;
	sqlite3_stmt *queue;
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
	pv_executions_free(rows_open(path));
	if (sqlite3_open(path, &raw->db) != SQLITE_OK)
		rows_die("cannot open", path);
	check(raw,
	      sqlite3_exec(raw->db,
			   "PRAGMA synchronous = FULL;"
			   "PRAGMA cache_size = -16384;"
			   "INSERT INTO name VALUES (1, 1, 'support/triage');"
			   "INSERT INTO dim (project_id, dim_id, key, "
			   "name_id, prompt_id, version, environment, model, "
			   "provider) VALUES (1, 1, x'00', 1, "
			   "'support/triage', '1.0.0', 'prod', "
			   "'llama3.1:8b', 'ollama')",
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

	for (int i = 0; i < 3; i++) {
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

static double run_raw(const char *path, long count, long group)
{
	struct raw_row *rows = calloc((size_t)group, sizeof(*rows));
	struct raw raw = { 0 };
	double spent = 0;

	if (!rows)
		rows_die("no memory", "");
	open_raw(&raw, path);
	for (long at = 0; at < count; at += group) {
		double start;

		for (long i = 0; i < group; i++)
			make_raw(&rows[i], at + i);
		start = rows_now();
		run_one(&raw, raw.begin);
		for (long i = 0; i < group; i++)
			put_raw(&raw, &rows[i]);
		run_one(&raw, raw.commit);
		spent += rows_now() - start;
	}
	sqlite3_finalize(raw.begin);
	sqlite3_finalize(raw.commit);
	sqlite3_finalize(raw.body);
	sqlite3_finalize(raw.row);
	sqlite3_finalize(raw.queue);
	sqlite3_close(raw.db);
	free(rows);
	return spent;
}

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
