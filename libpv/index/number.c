/* SPDX-License-Identifier: MIT
 *
 * Numbers and names as bytes.
 */
#include "index/number.h"

#include <string.h>

enum {
	SEVEN = 0x7F,
	MORE = 0x80,
	NAME_MAX = 4096
};

unsigned char *pv_number_write(unsigned char *at, int64_t value)
{
	uint64_t left = ((uint64_t)value << 1) ^ (value < 0 ? UINT64_MAX : 0);

	while (left > SEVEN) {
		*at++ = (unsigned char)((left & SEVEN) | MORE);
		left >>= 7;
	}
	*at++ = (unsigned char)left;
	return at;
}

void pv_number_put(pv_buf *out, int64_t value)
{
	unsigned char bytes[PV_NUMBER_BYTES];

	pv_buf_put(out, bytes, (size_t)(pv_number_write(bytes, value) - bytes));
}

void pv_numbers_put(pv_buf *out, const int64_t *values, size_t count)
{
	for (size_t i = 0; i < count; i++)
		pv_number_put(out, values[i]);
}

int64_t pv_number_take(pv_number_reader *in)
{
	uint64_t value = 0;

	for (int shift = 0; shift < 64; shift += 7) {
		unsigned char byte;

		if (in->at == in->end)
			break;
		byte = *in->at++;
		value |= (uint64_t)(byte & SEVEN) << shift;
		if (byte < MORE)
			return (int64_t)((value >> 1) ^ (0 - (value & 1)));
	}
	in->is_bad = 1;
	return 0;
}

void pv_numbers_add(int64_t *sums, pv_number_reader *in, size_t count)
{
	for (size_t i = 0; i < count; i++)
		sums[i] = (int64_t)((uint64_t)sums[i] +
				    (uint64_t)pv_number_take(in));
}

void pv_numbers_skip(pv_number_reader *in, int64_t count)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);
	uint64_t word;

	/* Eight bytes at a time: a number ends where the highest bit is 0. */
	while (in->end - in->at >= (ptrdiff_t)sizeof(word) &&
	       count >= (int64_t)sizeof(word)) {
		memcpy(&word, in->at, sizeof(word));
		word = (~word >> 7) & ones;
		count -= (int64_t)((word * ones) >> 56);
		in->at += sizeof(word);
	}
	for (; count > 0 && in->at < in->end; in->at++)
		count -= *in->at < MORE;
	in->is_bad |= count > 0;
}

void pv_name_put(pv_buf *out, const char *name)
{
	pv_number_put(out, (int64_t)strlen(name));
	pv_buf_puts(out, name);
}

void pv_name_take(const char **name_out, size_t *len_out, pv_number_reader *in)
{
	int64_t len = pv_number_take(in);

	*name_out = (const char *)in->at;
	*len_out = 0;
	if (len <= 0 || len > NAME_MAX || len > in->end - in->at ||
	    memchr(in->at, 0, (size_t)len)) {
		in->is_bad = 1;
		return;
	}
	*len_out = (size_t)len;
	in->at += len;
}
