/* SPDX-License-Identifier: MIT
 *
 * UTF-8 as RFC 3629 has it: shortest form, no surrogates, at most U+10FFFF.
 */
#ifndef PV_BASE_UTF8_H
#define PV_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/*
 * The code point at `text`, its length in bytes in `*len_out` (1 to 4).
 * Returns -1, with `*len_out` 1, for a malformed sequence or `len` 0.
 */
int32_t pv_utf8_decode(const char *text, size_t len, size_t *len_out);
/* Writes 1 to 4 bytes; the count, or 0 for a value that is no code point. */
size_t pv_utf8_encode(char out[4], uint32_t code_point);
/* The offset of the first malformed byte, or `len` when all is well. */
size_t pv_utf8_valid(const char *text, size_t len);
/* The small letter of a Latin, Greek, Cyrillic or Armenian one; else itself. */
int32_t pv_utf8_fold(int32_t code_point);
/* The number of code points in valid UTF-8. */
size_t pv_utf8_count(const char *text, size_t len);
/* The columns a code point takes in a terminal: 0, 1 or 2. */
int pv_utf8_width(uint32_t code_point);
/* The length of the longest part of at most `columns`, and those it takes. */
size_t pv_utf8_fit(const char *text, size_t len, size_t columns,
		   size_t *used_out);
/* Line and column (1-based; the column in code points) of a byte offset. */
void pv_utf8_place(const char *text, size_t len, size_t offset, int *line_out,
		   int *column_out);
/* Moves the place before a text to the place behind it. */
void pv_utf8_advance(const char *text, size_t len, int *line, int *column);
/* Moves the place of the offset `from` of a text to that of `to`, either way. */
void pv_utf8_move(const char *text, size_t from, size_t to, int *line,
		  int *column);

#endif
