/* SPDX-License-Identifier: MIT
 *
 * Recording executions in PostgreSQL, and a program that writes the same rows
 * to the same tables by libpq alone: statements prepared once, all values in
 * binary and at hand, digests, keys and sums made beforehand. One row is a
 * pipeline of inserts, one transaction and one round trip; more are COPY.
 *
 *     bench_postgres ours|raw ADDRESS COUNT GROUP   rows per second, GROUP in
 *                                                   one transaction
 *
 * With PV_BENCH_CPU set, seconds are those of this process alone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <libpq-fe.h>

#include "base/clock.h"
#include "base/hash.h"
#include "bench/rows/rows.h"
#include "index/rollup.h"

enum {
	TEXTS = 3,
	KEY = 16,
	ARGS = 20,
	SUMS_MAX = 8
};

/* --- libpq ---------------------------------------------------------------- */

struct raw {
	PGconn *conn;
	char project[8];
	char dim[KEY];
	char series[8];
	int64_t series_id;
};

struct args {
	int count;
	const char *values[ARGS];
	int lengths[ARGS];
	char numbers[ARGS][8];
};

static const int binary[ARGS] = { 1, 1, 1, 1, 1, 1, 1, 1, 1, 1,
				  1, 1, 1, 1, 1, 1, 1, 1, 1, 1 };

static void to_wire(char out[8], int64_t number)
{
	for (int i = 0; i < 8; i++)
		out[i] = (char)((uint64_t)number >> (56 - 8 * i));
}

static void put(struct args *args, const void *bytes, size_t len)
{
	args->values[args->count] = bytes;
	args->lengths[args->count++] = (int)len;
}

static void put_number(struct args *args, int64_t number)
{
	to_wire(args->numbers[args->count], number);
	put(args, args->numbers[args->count], 8);
}

static void check(struct raw *raw, PGresult *answer, ExecStatusType wanted)
{
	if (PQresultStatus(answer) != wanted)
		rows_die("libpq:", PQerrorMessage(raw->conn));
	PQclear(answer);
}

static void run(struct raw *raw, const char *sql)
{
	check(raw, PQexec(raw->conn, sql), PGRES_COMMAND_OK);
}

static void read_one(struct raw *raw, void *out, size_t len, const char *sql)
{
	PGresult *answer =
		PQexecParams(raw->conn, sql, 0, NULL, NULL, NULL, NULL, 1);

	if (PQresultStatus(answer) != PGRES_TUPLES_OK ||
	    PQgetlength(answer, 0, 0) != (int)len)
		rows_die("libpq:", PQerrorMessage(raw->conn));
	memcpy(out, PQgetvalue(answer, 0, 0), len);
	PQclear(answer);
}

static void prepare(struct raw *raw)
{
	static const char *const statements[][2] = {
		{ "body", "INSERT INTO pv.body (project_id, hash, is_json, "
			  "content) VALUES ($1, $2, $3, $4), ($1, $5, $6, $7), "
			  "($1, $8, $9, $10)" },
		{ "row", "INSERT INTO pv.execution (project_id, id, ts_us, "
			 "dim_id, prompt_key, session, input, rendered, output, "
			 "output_chars, tokens_in, tokens_out, tokens, "
			 "latency_us, cost_pusd, status) VALUES ($1, $2, $3, $4, "
			 "$5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, 1)" },
		{ "queue", "INSERT INTO pv.search_queue (project_id, id) VALUES "
			   "($1, $2)" },
		{ "sum", "INSERT INTO pv.rollup_delta (project_id, series_id, "
			 "grain, bucket, last_us, data) VALUES ($1, $2, $3, $4, "
			 "$5, $6), ($1, $2, $7, $8, $9, $10)" },
	};

	for (size_t i = 0; i < sizeof(statements) / sizeof(statements[0]); i++)
		check(raw,
		      PQprepare(raw->conn, statements[i][0], statements[i][1],
				0, NULL),
		      PGRES_COMMAND_OK);
}

/* The library makes the tables, the partition, the dim and its series. */
static void open_raw(struct raw *raw, const char *address)
{
	rows_record(address, 1000000000, 1, 1);
	raw->conn = PQconnectdb(address);
	if (PQstatus(raw->conn) != CONNECTION_OK)
		rows_die("cannot open:", PQerrorMessage(raw->conn));
	read_one(raw, raw->project, 8,
		 "SELECT project_id FROM pv.project LIMIT 1");
	read_one(raw, raw->dim, KEY, "SELECT dim_id FROM pv.dim LIMIT 1");
	read_one(raw, raw->series, 8, "SELECT series_id FROM pv.dim LIMIT 1");
	for (int i = 0; i < 8; i++)
		raw->series_id = (int64_t)((uint64_t)raw->series_id << 8 |
					   (unsigned char)raw->series[i]);
	prepare(raw);
}

/* --- what is at hand ------------------------------------------------------ */

struct raw_row {
	struct rows_texts texts;
	unsigned char id[PV_UUID_BYTES];
	unsigned char hashes[TEXTS][PV_SHA256_BYTES];
	char session[24];
	long number;
};

/* What a group changes of sums. */
struct sums {
	size_t count;
	pv_rollup_key keys[SUMS_MAX];
	int64_t last[SUMS_MAX];
	pv_buf data[SUMS_MAX];
};

static const char *text_of(const struct raw_row *row, int i)
{
	const char *texts[TEXTS] = { row->texts.input, row->texts.rendered,
				     row->texts.output };

	return texts[i];
}

static void make_raw(struct raw_row *out, long row)
{
	rows_make_texts(&out->texts, row);
	out->number = row;
	pv_uuid_parse(out->id, pv_str_of(out->texts.id));
	snprintf(out->session, sizeof(out->session), "s%ld", row / 10);
	for (int i = 0; i < TEXTS; i++)
		pv_sha256_of(out->hashes[i], text_of(out, i),
			     strlen(text_of(out, i)));
	/* The key of what is JSON is another one. */
	for (int i = 0; i < KEY; i++)
		out->hashes[0][i] ^= 0xFF;
}

static void make_sums(struct sums *out, const struct raw *raw, long from,
		      long count)
{
	pv_rollup_batch batch = { 0 };

	for (long i = 0; i < count; i++) {
		pv_execution *row = rows_make(from + i);

		if (pv_rollup_add(&batch, &(pv_series){ raw->series_id, 0, 0 },
				  row, 1, pv_clock_now(NULL), NULL) < 0)
			rows_die("no memory", "");
		pv_execution_free(row);
	}
	if (pv_rollup_settle(&batch, NULL) < 0 || batch.count > SUMS_MAX ||
	    batch.count < 2)
		rows_die("bad sums", "");
	out->count = batch.count;
	for (size_t i = 0; i < batch.count; i++) {
		out->keys[i] = batch.changes[i]->key;
		out->last[i] = batch.changes[i]->cell.last_us;
		pv_buf_clear(&out->data[i]);
		pv_cell_encode(&out->data[i], &batch.changes[i]->cell);
	}
	pv_rollup_clear(&batch);
}

/* Behind the cost: the key of the prompt, as columns have them. */
static void list_numbers(int64_t out[6], const struct raw_row *row)
{
	long n = row->number;

	out[0] = (int64_t)strlen(row->texts.output);
	out[1] = n % 500;
	out[2] = n % 300;
	out[3] = n % 500 + n % 300;
	out[4] = n % 900 * 1000 + 250;
	out[5] = (n % 9 + 1) * INT64_C(100000000) + 10000000;
}

static int64_t prompt_key(void)
{
	unsigned char whole[PV_SHA256_BYTES];
	uint64_t number = 0;

	pv_sha256_of(whole, "support/triage", 14);
	for (int i = 0; i < 8; i++)
		number = number << 8 | whole[i];
	return (int64_t)(number >> 1);
}

/* --- one row -------------------------------------------------------------- */

static void send(struct raw *raw, const char *name, const struct args *args)
{
	if (!PQsendQueryPrepared(raw->conn, name, args->count, args->values,
				 args->lengths, binary, 1))
		rows_die("libpq:", PQerrorMessage(raw->conn));
}

static void send_texts(struct raw *raw, const struct raw_row *row)
{
	struct args args = { 0 };

	put(&args, raw->project, 8);
	for (int i = 0; i < TEXTS; i++) {
		put(&args, row->hashes[i], KEY);
		put_number(&args, i == 0);
		put(&args, text_of(row, i), strlen(text_of(row, i)));
	}
	send(raw, "body", &args);
}

static void send_row(struct raw *raw, const struct raw_row *row)
{
	struct args args = { 0 };
	int64_t numbers[6];

	list_numbers(numbers, row);
	put(&args, raw->project, 8);
	put(&args, row->id, PV_UUID_BYTES);
	put_number(&args, row->texts.ts);
	put(&args, raw->dim, KEY);
	put_number(&args, prompt_key());
	put(&args, row->session, strlen(row->session));
	for (int i = 0; i < TEXTS; i++)
		put(&args, row->hashes[i], KEY);
	for (int i = 0; i < 6; i++)
		put_number(&args, numbers[i]);
	send(raw, "row", &args);
}

static void send_rest(struct raw *raw, const struct raw_row *row,
		      const struct sums *sums)
{
	struct args queue = { 0 };
	struct args sum = { 0 };

	put(&queue, raw->project, 8);
	put(&queue, row->id, PV_UUID_BYTES);
	send(raw, "queue", &queue);
	put(&sum, raw->project, 8);
	put(&sum, raw->series, 8);
	for (int i = 0; i < 2; i++) {
		put_number(&sum, sums->keys[i].grain);
		put_number(&sum, sums->keys[i].bucket);
		put_number(&sum, sums->last[i]);
		put(&sum, sums->data[i].ptr, sums->data[i].len);
	}
	send(raw, "sum", &sum);
}

static void put_one(struct raw *raw, const struct raw_row *row,
		    const struct sums *sums)
{
	send_texts(raw, row);
	send_row(raw, row);
	send_rest(raw, row, sums);
	if (!PQpipelineSync(raw->conn))
		rows_die("libpq:", PQerrorMessage(raw->conn));
	for (int i = 0; i < 4; i++) {
		check(raw, PQgetResult(raw->conn), PGRES_COMMAND_OK);
		if (PQgetResult(raw->conn))
			rows_die("libpq:", "one answer too many");
	}
	check(raw, PQgetResult(raw->conn), PGRES_PIPELINE_SYNC);
}

/* --- many ----------------------------------------------------------------- */

static void begin_copy(struct raw *raw, pv_buf *out, const char *sql)
{
	check(raw, PQexec(raw->conn, sql), PGRES_COPY_IN);
	pv_buf_clear(out);
	pv_buf_put(out, "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0", 19);
}

static void flush(struct raw *raw, pv_buf *out, size_t least)
{
	if (out->len < least)
		return;
	if (PQputCopyData(raw->conn, out->ptr, (int)out->len) != 1)
		rows_die("libpq:", PQerrorMessage(raw->conn));
	pv_buf_clear(out);
}

static void end_copy(struct raw *raw, pv_buf *out)
{
	pv_buf_put(out, "\xFF\xFF", 2);
	flush(raw, out, 0);
	if (PQputCopyEnd(raw->conn, NULL) != 1)
		rows_die("libpq:", PQerrorMessage(raw->conn));
	check(raw, PQgetResult(raw->conn), PGRES_COMMAND_OK);
	if (PQgetResult(raw->conn))
		rows_die("libpq:", "one answer too many");
}

static void copy(pv_buf *out, const void *bytes, size_t len)
{
	const char head[4] = { (char)(len >> 24), (char)(len >> 16),
			       (char)(len >> 8), (char)len };

	pv_buf_put(out, head, 4);
	pv_buf_put(out, bytes, len);
}

static void copy_number(pv_buf *out, int64_t number)
{
	char bytes[8];

	to_wire(bytes, number);
	copy(out, bytes, 8);
}

static void copy_texts(struct raw *raw, pv_buf *out, const struct raw_row *rows,
		       long count)
{
	begin_copy(raw, out,
		   "COPY pv.body (project_id, hash, is_json, content) FROM STDIN "
		   "(FORMAT binary)");
	for (long i = 0; i < count; i++) {
		for (int k = 0; k < TEXTS; k++) {
			const char *text = text_of(&rows[i], k);

			pv_buf_put(out, "\0\4", 2);
			copy(out, raw->project, 8);
			copy(out, rows[i].hashes[k], KEY);
			copy_number(out, k == 0);
			copy(out, text, strlen(text));
		}
		flush(raw, out, 1 << 16);
	}
	end_copy(raw, out);
}

static void copy_rows(struct raw *raw, pv_buf *out, const struct raw_row *rows,
		      long count)
{
	int64_t key = prompt_key();

	begin_copy(raw, out,
		   "COPY pv.execution (project_id, id, ts_us, dim_id, "
		   "prompt_key, session, input, rendered, output, output_chars, "
		   "tokens_in, tokens_out, tokens, latency_us, cost_pusd, "
		   "status) FROM STDIN (FORMAT binary)");
	for (long i = 0; i < count; i++) {
		int64_t numbers[6];

		list_numbers(numbers, &rows[i]);
		pv_buf_put(out, "\0\20", 2);
		copy(out, raw->project, 8);
		copy(out, rows[i].id, PV_UUID_BYTES);
		copy_number(out, rows[i].texts.ts);
		copy(out, raw->dim, KEY);
		copy_number(out, key);
		copy(out, rows[i].session, strlen(rows[i].session));
		for (int k = 0; k < TEXTS; k++)
			copy(out, rows[i].hashes[k], KEY);
		for (int k = 0; k < 6; k++)
			copy_number(out, numbers[k]);
		copy_number(out, 1);
		flush(raw, out, 1 << 16);
	}
	end_copy(raw, out);
}

static void copy_rest(struct raw *raw, pv_buf *out, const struct raw_row *rows,
		      long count, const struct sums *sums)
{
	begin_copy(raw, out,
		   "COPY pv.search_queue (project_id, id) FROM STDIN (FORMAT "
		   "binary)");
	for (long i = 0; i < count; i++) {
		pv_buf_put(out, "\0\2", 2);
		copy(out, raw->project, 8);
		copy(out, rows[i].id, PV_UUID_BYTES);
	}
	end_copy(raw, out);
	begin_copy(raw, out,
		   "COPY pv.rollup_delta (project_id, series_id, grain, bucket, "
		   "last_us, data) FROM STDIN (FORMAT binary)");
	for (size_t i = 0; i < sums->count; i++) {
		pv_buf_put(out, "\0\6", 2);
		copy(out, raw->project, 8);
		copy(out, raw->series, 8);
		copy_number(out, sums->keys[i].grain);
		copy_number(out, sums->keys[i].bucket);
		copy_number(out, sums->last[i]);
		copy(out, sums->data[i].ptr, sums->data[i].len);
	}
	end_copy(raw, out);
}

static void put_many(struct raw *raw, pv_buf *out, const struct raw_row *rows,
		     long count, const struct sums *sums)
{
	run(raw, "BEGIN");
	copy_texts(raw, out, rows, count);
	copy_rows(raw, out, rows, count);
	copy_rest(raw, out, rows, count, sums);
	run(raw, "COMMIT");
}

/* --- all of it ------------------------------------------------------------ */

static double run_raw(const char *address, long count, long group)
{
	struct raw_row *rows = calloc((size_t)group, sizeof(*rows));
	struct raw raw = { 0 };
	struct sums sums = { 0 };
	pv_buf bytes = { 0 };
	double spent = 0;

	if (!rows)
		rows_die("no memory", "");
	open_raw(&raw, address);
	if (group == 1 && !PQenterPipelineMode(raw.conn))
		rows_die("libpq:", PQerrorMessage(raw.conn));
	for (long at = 0; at < count; at += group) {
		double start;

		for (long i = 0; i < group; i++)
			make_raw(&rows[i], at + i);
		make_sums(&sums, &raw, at, group);
		start = rows_now();
		if (group == 1)
			put_one(&raw, rows, &sums);
		else
			put_many(&raw, &bytes, rows, group, &sums);
		spent += rows_now() - start;
	}
	PQfinish(raw.conn);
	for (int i = 0; i < SUMS_MAX; i++)
		pv_buf_dispose(&sums.data[i]);
	pv_buf_dispose(&bytes);
	free(rows);
	return spent;
}

int main(int argc, char **argv)
{
	long count = argc == 5 ? strtol(argv[3], NULL, 10) : 0;
	long group = argc == 5 ? strtol(argv[4], NULL, 10) : 0;
	double spent;

	if (count < 1 || group < 1)
		rows_die("usage: ours|raw", "ADDRESS COUNT GROUP");
	if (strcmp(argv[1], "ours") == 0)
		spent = rows_record(argv[2], 0, count, group);
	else
		spent = run_raw(argv[2], count, group);
	printf("%.1f\n", (double)count / spent);
	return 0;
}
