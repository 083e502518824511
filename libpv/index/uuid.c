/* SPDX-License-Identifier: MIT
 *
 * UUIDs of version 7 (RFC 9562): 48 bits of milliseconds, version and
 * variant, and 74 bits that are random or a digest's.
 */
#include <string.h>

#include "index/execution.h"

static int hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

static int is_dash(size_t at)
{
	return at == 8 || at == 13 || at == 18 || at == 23;
}

int pv_uuid_parse(unsigned char *out, pv_str text)
{
	unsigned char bytes[PV_UUID_BYTES] = { 0 };
	size_t nibble = 0;

	if (text.len != PV_UUID_TEXT - 1)
		return -1;
	for (size_t i = 0; i < text.len; i++) {
		int digit = hex_digit(text.ptr[i]);

		if (is_dash(i) != (text.ptr[i] == '-'))
			return -1;
		if (is_dash(i))
			continue;
		if (digit < 0)
			return -1;
		bytes[nibble / 2] |=
			(unsigned char)(nibble % 2 ? digit : digit << 4);
		nibble++;
	}
	if (bytes[6] >> 4 != 7 || bytes[8] >> 6 != 2)
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
