/* SPDX-License-Identifier: MIT
 *
 * Numbers in the bytes of rollups: signed LEB128 of zigzag, so that each has
 * one form and small ones are short.
 */
#ifndef PV_INDEX_NUMBER_H
#define PV_INDEX_NUMBER_H

#include <stdint.h>

#include <pv/buf.h>

enum {
	PV_NUMBER_BYTES = 10 /* the most that one takes */
};

/* Writes a number, and gives where the next goes. */
unsigned char *pv_number_write(unsigned char *at, int64_t value);
void pv_number_put(pv_buf *out, int64_t value);
void pv_numbers_put(pv_buf *out, const int64_t *values, size_t count);

/* Bytes that are read; `is_bad` once they do not say what they should. */
typedef struct pv_number_reader {
	const unsigned char *at;
	const unsigned char *end;
	int is_bad;
} pv_number_reader;

int64_t pv_number_take(pv_number_reader *in);
/*
 * Adds numbers to those that there are. Sums wrap where bytes are bad, which
 * is found by looking at them again.
 */
void pv_numbers_add(int64_t *sums, pv_number_reader *in, size_t count);

/* Passes over numbers, looking only at where they end. */
void pv_numbers_skip(pv_number_reader *in, int64_t count);

/* A name: its length and its bytes. */
void pv_name_put(pv_buf *out, const char *name);
/* Lends it; of no length when the bytes are bad. */
void pv_name_take(const char **name_out, size_t *len_out, pv_number_reader *in);

#endif
