/* SPDX-License-Identifier: MIT
 *
 * Properties and case mappings of code points, from a table that
 * unicode_table.py writes with Python's own answers.
 */
#include "jinja/value/unicode.h"

#include "base/mem.h"

/* Mappings are distances; from LONGER on, a row of `longer`. */
struct unicode_row {
	unsigned flags;
	int map[4]; /* by enum pv_jinja_case */
	int decimal;
};

enum {
	LONGER = 0x200000,
	ROW_BITS = 11
};

#include "jinja/value/unicode_table.inc"

static const struct unicode_row *row_of(uint32_t code_point)
{
	size_t low = 0;
	size_t high = pv_array_len(starts);

	if (code_point < pv_array_len(ascii_rows))
		return &rows[ascii_rows[code_point]];
	while (high - low > 1) {
		size_t middle = (low + high) / 2;

		if (starts[middle] >> ROW_BITS <= code_point)
			low = middle;
		else
			high = middle;
	}
	return &rows[starts[low] & ((1u << ROW_BITS) - 1)];
}

unsigned pv_jinja_char_flags(uint32_t code_point)
{
	return row_of(code_point)->flags;
}

int pv_jinja_char_decimal(uint32_t code_point)
{
	const struct unicode_row *row;

	if (code_point < 0x80)
		return code_point >= '0' && code_point <= '9'
			       ? (int)code_point - '0'
			       : -1;
	row = row_of(code_point);
	return row->flags & PV_JINJA_CHAR_DECIMAL ? row->decimal : -1;
}

size_t pv_jinja_char_map(uint32_t out[3], uint32_t code_point,
			 enum pv_jinja_case to)
{
	const int step = row_of(code_point)->map[to];
	size_t count = 0;

	if (step < LONGER) {
		out[0] = (uint32_t)((int)code_point + step);
		return 1;
	}
	while (count < 3 && longer[step - LONGER][count]) {
		out[count] = longer[step - LONGER][count];
		count++;
	}
	return count;
}
