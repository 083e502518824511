/* SPDX-License-Identifier: MIT
 *
 * The executions that benchmarks of recording write: what they are, and the
 * library's way of writing them, beside which others are held.
 */
#ifndef PV_BENCH_ROWS_H
#define PV_BENCH_ROWS_H

#include <pv/index.h>

#include "index/execution.h"

enum {
	PROMPT_BYTES = 1200,
	OUTPUT_BYTES = 1000,
	ROWS_LINE_BYTES = PROMPT_BYTES + OUTPUT_BYTES + 500
};

struct rows_texts {
	char input[120];
	char rendered[PROMPT_BYTES];
	char output[OUTPUT_BYTES];
	char id[PV_UUID_TEXT];
	int64_t ts; /* microseconds */
};

/* Ends the program. */
void rows_die(const char *what, const char *detail);
/* Seconds; those of the processor when PV_BENCH_CPU is set. */
double rows_now(void);

/* Whether PV_BENCH_SMALL is set: rows have no texts then. */
int rows_are_small(void);
/* No text is there twice. */
void rows_make_texts(struct rows_texts *out, long row);
/* Whole, with the digests of its texts: only writing is left to be done. */
pv_execution *rows_make(long row);
pv_executions *rows_open(const char *path);
/*
 * Records rows, `group` in one call, and gives the seconds it took, with closing
 * the index: what is in its log goes into the file then.
 */
double rows_record(const char *path, long from, long count, long group);
/* The same rows as JSON lines. */
void rows_print_lines(long count);

#endif
