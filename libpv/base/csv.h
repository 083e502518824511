/* SPDX-License-Identifier: MIT
 *
 * Reading CSV as RFC 4180 has it: fields between commas, in quotation marks
 * where they hold a comma, a mark or a line break; lines end in LF or CRLF. A
 * byte order mark at the start and blank lines are passed over. Fields are
 * lent from the text, which has to be UTF-8 for columns to be right.
 */
#ifndef PV_BASE_CSV_H
#define PV_BASE_CSV_H

#include <pv/buf.h>

#include "base/str.h"

/* A field as it is written, quotation marks around it aside. */
typedef struct pv_csv_field {
	pv_str text;  /* two marks in a row stand for one */
	size_t start; /* offset of its first byte, the mark if there is one */
	int is_quoted;
} pv_csv_field;

/* A record that was read, or why it could not be. */
typedef struct pv_csv {
	pv_csv_field *fields;
	size_t count;
	int line;          /* it begins in, from 1 */
	const char *fault; /* what is wrong with it, or NULL; then it has no fields */
	int fault_line;
	size_t fault_at; /* offset */
	/* where the reader is */
	pv_str text;
	size_t at;
	int next_line;
	size_t cap;
} pv_csv;

/* Begins at the start of a text, which has to outlive the reader. */
void pv_csv_init(pv_csv *csv, pv_str text);

/* Whether nothing, or a line break, comes next. */
int pv_csv_is_blank(const pv_csv *csv);

/*
 * Reads the next record: 1 when there is one, which `fault` may say is none;
 * 0 at the end. A faulty one ends with its line. PV_ENOMEM.
 */
int pv_csv_next(pv_csv *csv, pv_error *err);

/* The column of an offset in its line, in code points from 1. */
int pv_csv_column(const pv_csv *csv, size_t offset);

/* Appends what a field stands for. A failure stays in the buffer. */
void pv_csv_put_value(pv_buf *out, const pv_csv_field *field);

/* Appends a text as a field, in marks where it needs them. */
void pv_csv_write(pv_buf *out, pv_str text);

void pv_csv_dispose(pv_csv *csv);

#endif
