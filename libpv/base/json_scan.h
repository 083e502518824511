/* SPDX-License-Identifier: MIT
 *
 * The words of strict JSON (RFC 8259): strings, numbers and what is between
 * them. What they are made into is up to the readers (base/json.c,
 * yaml/json_read.c), who have looked that the text is UTF-8.
 */
#ifndef PV_BASE_JSON_SCAN_H
#define PV_BASE_JSON_SCAN_H

#include <stddef.h>

/* A text and how far it is read. */
typedef struct pv_json_scan {
	const char *text;
	size_t len;
	size_t at;
	const char *what; /* what was refused */
} pv_json_scan;

void pv_json_scan_blanks(pv_json_scan *r);
/* Takes `c` when it comes next. */
int pv_json_scan_accept(pv_json_scan *r, char c);
/* What comes next; NUL at the end, which no grammar rule takes. */
char pv_json_scan_peek(const pv_json_scan *r);
/*
 * The bytes that the string whose quote is next takes at most, with a NUL: no
 * escape is shorter than what it stands for.
 */
size_t pv_json_scan_room(const pv_json_scan *r);
/* Reads it into as many; -1 with `what`, and `at` where it is wrong. */
int pv_json_scan_string(char *out, size_t *len_out, pv_json_scan *r);
/* The end of the number that is next, or `at` when it is none. */
size_t pv_json_scan_number(const pv_json_scan *r, int *is_int);

#endif
