/* SPDX-License-Identifier: MIT
 *
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, version and
 * variant, and 74 bits that are random or a digest's.
 */
#include <string.h>

#include "index/execution.h"

/* One more than the value of a hexadecimal digit; 0 for what is none. */
static const unsigned char digits_of[256] = {
	['0'] = 1,  ['1'] = 2,  ['2'] = 3,  ['3'] = 4,  ['4'] = 5,  ['5'] = 6,
	['6'] = 7,  ['7'] = 8,  ['8'] = 9,  ['9'] = 10, ['a'] = 11, ['b'] = 12,
	['c'] = 13, ['d'] = 14, ['e'] = 15, ['f'] = 16, ['A'] = 11, ['B'] = 12,
	['C'] = 13, ['D'] = 14, ['E'] = 15, ['F'] = 16,
};

static int is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

/* Ids are random: a branch for each digit would be guessed wrong often. */
int pv_uuid_parse(unsigned char *out, pv_str text)
{
	static const unsigned char dashes[] = { 8, 13, 18, 23 };
	static const unsigned char places[PV_UUID_BYTES] = {
		0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34
	};
	unsigned char bytes[PV_UUID_BYTES];
	int is_bad = 0;

	if (text.len != PV_UUID_TEXT - 1)
		return -1;
	for (size_t i = 0; i < sizeof(dashes); i++)
		is_bad |= text.ptr[dashes[i]] != '-';
	for (size_t i = 0; i < PV_UUID_BYTES; i++) {
		const char *pair = text.ptr + places[i];
		unsigned high = digits_of[(unsigned char)pair[0]];
		unsigned low = digits_of[(unsigned char)pair[1]];

		is_bad |= (high == 0) | (low == 0);
		bytes[i] = (unsigned char)((high - 1) << 4 | ((low - 1) & 15));
	}
	if (is_bad || bytes[6] >> 4 != 7 || bytes[8] >> 6 != 2)
		return -1;
	if (out)
		memcpy(out, bytes, sizeof(bytes));
	return 0;
}

void pv_uuid_format(char out[PV_UUID_TEXT],
		    const unsigned char bytes[PV_UUID_BYTES])
{
	static const char digits[] = "0123456789abcdef";
	size_t at = 0;

	for (size_t i = 0; i < PV_UUID_BYTES; i++) {
		if (is_dash(at))
			out[at++] = '-';
		out[at++] = digits[bytes[i] >> 4];
		out[at++] = digits[bytes[i] & 15];
	}
	out[at] = '\0';
}

void pv_uuid_make(unsigned char out[PV_UUID_BYTES], int64_t micros,
		  const unsigned char rest[10])
{
	uint64_t millis = (uint64_t)(micros / 1000);

	for (int i = 0; i < 6; i++)
		out[i] = (unsigned char)(millis >> (40 - 8 * i));
	memcpy(out + 6, rest, 10);
	out[6] = (unsigned char)(0x70 | (out[6] & 0x0F));
	out[8] = (unsigned char)(0x80 | (out[8] & 0x3F));
}

int64_t pv_uuid_time(const unsigned char bytes[PV_UUID_BYTES])
{
	uint64_t millis = 0;

	for (int i = 0; i < 6; i++)
		millis = millis << 8 | bytes[i];
	return (int64_t)millis * 1000;
}
