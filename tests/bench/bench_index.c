/* SPDX-License-Identifier: MIT
 *
 * Recording executions, and a program that writes the same rows to the same
 * tables by SQLite alone: statements prepared once, every value at hand, the
 * digests of texts and all ids made beforehand.
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
#include <time.h>

#include <pv/index.h>
#include <sqlite3.h>

#include "base/hash.h"
#include "index/execution.h"

enum {
	PROMPT_BYTES = 1200,
	OUTPUT_BYTES = 1000
};

static void die(const char *what, const char *detail)
{
	fprintf(stderr, "bench_index: %s %s\n", what, detail);
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

/* --- rows ----------------------------------------------------------------- */

/* Words that differ from row to row; no text is there twice. */
static void put_words(char *out, size_t size, long row, const char *kind)
{
	size_t len = (size_t)snprintf(out, size, "%s %ld:", kind, row);

	for (unsigned i = 0; len + 12 < size; i++)
		len += (size_t)snprintf(out + len, size - len, " word%u",
					(unsigned)(row * 31 + (long)i * 7) % 997);
}

struct texts {
	char input[120];
	char rendered[PROMPT_BYTES];
	char output[OUTPUT_BYTES];
	char id[PV_UUID_TEXT];
	int64_t ts; /* microseconds */
};

static void make_texts(struct texts *out, long row)
{
	unsigned char bytes[PV_UUID_BYTES];
	unsigned char rest[10] = { 0 };

	out->ts = INT64_C(1767225600000000) + row * 1000;
	for (int i = 0; i < 8; i++)
		rest[2 + i] = (unsigned char)(row >> (8 * i));
	pv_uuid_make(bytes, out->ts, rest);
	pv_uuid_format(out->id, bytes);
	put_words(out->rendered, sizeof(out->rendered), row, "prompt");
	put_words(out->output, sizeof(out->output), row, "output");
	snprintf(out->input, sizeof(out->input), "{\"ticket\":\"number %ld\"}",
		 row);
}

static void put_line(char *out, size_t size, long row)
{
	struct texts texts;

	make_texts(&texts, row);
	snprintf(out, size,
		 "{\"id\":\"%s\",\"prompt_id\":\"support/triage\","
		 "\"version\":\"1.0.0\",\"commit\":null,\"environment\":\"prod\","
		 "\"model\":\"llama3.1:8b\",\"provider\":\"ollama\",\"input\":%s,"
		 "\"rendered\":\"%s\",\"output\":\"%s\",\"tokens_in\":%ld,"
		 "\"tokens_out\":%ld,\"tokens\":%ld,\"latency_ms\":%ld.25,"
		 "\"cost_usd\":0.000%ld1,\"status\":\"ok\",\"output_chars\":%zu,"
		 "\"session\":\"s%ld\"}",
		 texts.id, texts.input, texts.rendered, texts.output, row % 500,
		 row % 300, row % 500 + row % 300, row % 900, row % 9 + 1,
		 strlen(texts.output), row / 10);
}

/* --- ours ----------------------------------------------------------------- */

static pv_execution *make_row(long row)
{
	static char line[PROMPT_BYTES + OUTPUT_BYTES + 1000];
	pv_execution *made = NULL;
	pv_error err = { 0 };

	put_line(line, sizeof(line), row);
	if (pv_execution_parse(&made, line, strlen(line), &err) < 0 ||
	    pv_execution_complete(made, 0, &err) < 0)
		die("bad row:", err.message);
	return made;
}

static pv_executions *open_index(const char *path)
{
	const pv_executions_options opts = { .path = path };
	pv_executions *index = NULL;
	pv_error err = { 0 };

	if (pv_executions_open(&index, &opts, &err) < 0)
		die("cannot open:", err.message);
	return index;
}

static double run_ours(const char *path, long from, long count, long group)
{
	pv_execution **rows = calloc((size_t)group, sizeof(pv_execution *));
	pv_executions *index = open_index(path);
	pv_error err = { 0 };
	double spent = 0;

	if (!rows)
		die("no memory", "");
	for (long at = 0; at < count; at += group) {
		double start;

		for (long i = 0; i < group; i++)
			rows[i] = make_row(from + at + i);
		start = now();
		if (pv_executions_record(NULL, index, rows, (size_t)group,
					 &err) < 0)
			die("cannot record:", err.message);
		spent += now() - start;
		for (long i = 0; i < group; i++)
			pv_execution_free(rows[i]);
	}
	pv_executions_free(index);
	free(rows);
	return spent;
}

/* --- SQLite alone --------------------------------------------------------- */

struct raw {
	sqlite3 *db;
	sqlite3_stmt *begin;
	sqlite3_stmt *commit;
	sqlite3_stmt *body;
	sqlite3_stmt *row;
};

struct raw_row {
	struct texts texts;
	unsigned char id[PV_UUID_BYTES];
	unsigned char hashes[3][32];
	char session[24];
	long number;
};

static void check(struct raw *raw, int status)
{
	if (status != SQLITE_OK && status != SQLITE_DONE)
		die("sqlite:", sqlite3_errmsg(raw->db));
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
	pv_executions_free(open_index(path));
	if (sqlite3_open(path, &raw->db) != SQLITE_OK)
		die("cannot open", path);
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
}

static void make_raw(struct raw_row *out, long row)
{
	const char *texts[3] = { out->texts.input, out->texts.rendered,
				 out->texts.output };

	make_texts(&out->texts, row);
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
}

static double run_raw(const char *path, long count, long group)
{
	struct raw_row *rows = calloc((size_t)group, sizeof(*rows));
	struct raw raw = { 0 };
	double spent = 0;

	if (!rows)
		die("no memory", "");
	open_raw(&raw, path);
	for (long at = 0; at < count; at += group) {
		double start;

		for (long i = 0; i < group; i++)
			make_raw(&rows[i], at + i);
		start = now();
		run_one(&raw, raw.begin);
		for (long i = 0; i < group; i++)
			put_raw(&raw, &rows[i]);
		run_one(&raw, raw.commit);
		spent += now() - start;
	}
	sqlite3_finalize(raw.begin);
	sqlite3_finalize(raw.commit);
	sqlite3_finalize(raw.body);
	sqlite3_finalize(raw.row);
	sqlite3_close(raw.db);
	free(rows);
	return spent;
}

/* --- one table ------------------------------------------------------------ */

static void put_naive(struct raw *raw, const struct texts *texts, long n)
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
	struct texts texts;

	if (sqlite3_open(path, &raw.db) != SQLITE_OK)
		die("cannot open", path);
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
		make_texts(&texts, i);
		put_naive(&raw, &texts, i);
	}
	sqlite3_finalize(raw.row);
	check(&raw, sqlite3_exec(raw.db, "COMMIT", NULL, NULL, NULL));
	sqlite3_close(raw.db);
}

static void print_lines(long count)
{
	static char line[PROMPT_BYTES + OUTPUT_BYTES + 1000];

	for (long i = 0; i < count; i++) {
		put_line(line, sizeof(line), i);
		puts(line);
	}
}

int main(int argc, char **argv)
{
	long count = argc > 2 ? strtol(argv[argc == 3 ? 2 : 3], NULL, 10) : 0;
	long group = argc > 4 ? strtol(argv[4], NULL, 10) : 1;
	double spent;

	if (argc == 3 && strcmp(argv[1], "lines") == 0) {
		print_lines(count);
		return 0;
	}
	if (argc == 4 && strcmp(argv[1], "naive") == 0) {
		run_naive(argv[2], count);
		return 0;
	}
	if (argc < 5 || argc > 6 || count < 1 || group < 1)
		die("usage: ours|raw DB COUNT GROUP, naive DB COUNT or lines",
		    "COUNT");
	if (strcmp(argv[1], "ours") == 0)
		spent = run_ours(argv[2],
				 argc > 5 ? strtol(argv[5], NULL, 10) : 0,
				 count, group);
	else
		spent = run_raw(argv[2], count, group);
	printf("%.1f\n", (double)count / spent);
	return 0;
}
