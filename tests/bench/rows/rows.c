/* SPDX-License-Identifier: MIT
 *
 * Rows are made of their numbers, so that each run writes the same.
 */
#include "bench/rows/rows.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

void rows_die(const char *what, const char *detail)
{
	fprintf(stderr, "bench: %s %s\n", what, detail);
	exit(128);
}

double rows_now(void)
{
	struct timespec ts;

	clock_gettime(getenv("PV_BENCH_CPU") ? CLOCK_PROCESS_CPUTIME_ID
					     : CLOCK_MONOTONIC,
		      &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

/* Words that differ from row to row; no text is there twice. */
static void put_words(char *out, size_t size, long row, const char *kind)
{
	size_t len = (size_t)snprintf(out, size, "%s %ld:", kind, row);

	for (unsigned i = 0; len + 12 < size; i++)
		len += (size_t)snprintf(out + len, size - len, " word%u",
					(unsigned)(row * 31 + (long)i * 7) % 997);
}

int rows_are_small(void)
{
	return getenv("PV_BENCH_SMALL") != NULL;
}

void rows_make_texts(struct rows_texts *out, long row)
{
	unsigned char bytes[PV_UUID_BYTES];
	unsigned char rest[10] = { 0 };

	out->ts = INT64_C(1767225600000000) + row * 1000;
	for (int i = 0; i < 8; i++)
		rest[2 + i] = (unsigned char)(row >> (8 * i));
	pv_uuid_make(bytes, out->ts, rest);
	pv_uuid_format(out->id, bytes);
	if (rows_are_small()) {
		out->rendered[0] = '\0';
		out->output[0] = '\0';
		out->input[0] = '\0';
		return;
	}
	put_words(out->rendered, sizeof(out->rendered), row, "prompt");
	put_words(out->output, sizeof(out->output), row, "output");
	snprintf(out->input, sizeof(out->input), "{\"ticket\":\"number %ld\"}",
		 row);
}

static void put_line(char *out, size_t size, long row)
{
	char content[ROWS_LINE_BYTES] = "";
	struct rows_texts texts;

	rows_make_texts(&texts, row);
	if (!rows_are_small())
		snprintf(content, sizeof(content),
			 "\"input\":%s,\"rendered\":\"%s\",\"output\":\"%s\",",
			 texts.input, texts.rendered, texts.output);
	snprintf(out, size,
		 "{\"id\":\"%s\",\"prompt_id\":\"support/triage\","
		 "\"version\":\"1.0.0\",\"commit\":null,\"environment\":\"prod\","
		 "\"model\":\"llama3.1:8b\",\"provider\":\"ollama\",%s"
		 "\"tokens_in\":%ld,"
		 "\"tokens_out\":%ld,\"tokens\":%ld,\"latency_ms\":%ld.25,"
		 "\"cost_usd\":0.000%ld1,\"status\":\"ok\",\"output_chars\":%zu,"
		 "\"session\":\"s%ld\"}",
		 texts.id, content, row % 500, row % 300, row % 500 + row % 300,
		 row % 900, row % 9 + 1, strlen(texts.output), row / 10);
}

pv_execution *rows_make(long row)
{
	static char line[ROWS_LINE_BYTES + 1000];
	pv_execution *made = NULL;
	pv_error err = { 0 };

	put_line(line, sizeof(line), row);
	if (pv_execution_parse(&made, line, strlen(line), &err) < 0 ||
	    pv_execution_complete(made, 0, &err) < 0 ||
	    pv_execution_prepare(made, &err) < 0)
		rows_die("bad row:", err.message);
	return made;
}

pv_executions *rows_open(const char *path)
{
	const pv_executions_options opts = { .path = path, .project = "bench" };
	pv_executions *index = NULL;
	pv_error err = { 0 };

	if (pv_executions_open(&index, &opts, &err) < 0)
		rows_die("cannot open:", err.message);
	return index;
}

double rows_record(const char *path, long from, long count, long group)
{
	pv_execution **rows = calloc((size_t)group, sizeof(pv_execution *));
	pv_executions *index = rows_open(path);
	pv_error err = { 0 };
	double spent = 0;
	double start;

	if (!rows)
		rows_die("no memory", "");
	for (long at = 0; at < count; at += group) {
		for (long i = 0; i < group; i++)
			rows[i] = rows_make(from + at + i);
		start = rows_now();
		if (pv_executions_record(NULL, index, rows, (size_t)group,
					 &err) < 0)
			rows_die("cannot record:", err.message);
		spent += rows_now() - start;
		for (long i = 0; i < group; i++)
			pv_execution_free(rows[i]);
	}
	start = rows_now();
	pv_executions_free(index);
	spent += rows_now() - start;
	free(rows);
	return spent;
}

void rows_print_lines(long count)
{
	static char line[ROWS_LINE_BYTES + 1000];

	for (long i = 0; i < count; i++) {
		put_line(line, sizeof(line), i);
		puts(line);
	}
}
