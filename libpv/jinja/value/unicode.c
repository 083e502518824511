/* SPDX-License-Identifier: MIT
 *
 * Counting, decoding and encoding of the UTF-8 that values hold: like
 * base/utf8.h, but a surrogate is a code point like any other.
 */
#include "jinja/value/unicode.h"

#include <string.h>

uint32_t pv_jinja_decode(const char *text, size_t len, size_t *len_out)
{
	static const unsigned char lead_mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need = pv_jinja_sequence(bytes[0]);
	uint32_t code_point;

	if (need > len)
		need = len;
	code_point = bytes[0] & lead_mask[need];
	for (size_t i = 1; i < need; i++)
		code_point = (code_point << 6) | (bytes[i] & 0x3F);
	*len_out = need;
	return code_point;
}

size_t pv_jinja_encode(char out[4], uint32_t code_point)
{
	static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	size_t len;

	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code_point & 0x3F));
		code_point >>= 6;
	}
	out[0] = (char)(marks[len] | code_point);
	return len;
}

static uint64_t load_word(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return word;
}

int pv_jinja_is_ascii(const char *text, size_t len)
{
	uint64_t seen = 0;
	size_t i = 0;

	for (; i + 8 <= len; i += 8)
		seen |= load_word(text + i);
	for (; i < len; i++)
		seen |= (unsigned char)text[i];
	return !(seen & 0x8080808080808080u);
}

size_t pv_jinja_count(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

size_t pv_jinja_offset(const char *text, size_t len, size_t count)
{
	size_t at = 0;

	while (count-- && at < len)
		at += pv_jinja_sequence((unsigned char)text[at]);
	return at < len ? at : len;
}

/* By rolling hash: for needles that nearly occur everywhere. */
static size_t find_hashed(const char *text, size_t len, const char *part,
			  size_t part_len)
{
	const uint64_t factor = 0x100000001B3u;
	uint64_t wanted = 0;
	uint64_t hash = 0;
	uint64_t oldest = 1;

	for (size_t i = 0; i < part_len; i++) {
		wanted = wanted * factor + (unsigned char)part[i];
		hash = hash * factor + (unsigned char)text[i];
		if (i)
			oldest *= factor;
	}
	for (size_t at = 0;; at++) {
		if (hash == wanted && !memcmp(text + at, part, part_len))
			return at;
		if (at + part_len >= len)
			return PV_JINJA_NOWHERE;
		hash -= oldest * (unsigned char)text[at];
		hash = hash * factor + (unsigned char)text[at + part_len];
	}
}

size_t pv_jinja_find_bytes(const char *text, size_t len, const char *part,
			   size_t part_len)
{
	/* Bytes that may be compared in vain before the other way is taken. */
	size_t budget = len * 8;
	size_t at = 0;

	if (!part_len)
		return 0;
	while (part_len <= len - at) {
		const char *hit =
			memchr(text + at, part[0], len - at - part_len + 1);

		if (!hit)
			break;
		at = (size_t)(hit - text);
		if (!memcmp(hit, part, part_len))
			return at;
		if (budget < part_len) {
			size_t rest = find_hashed(hit, len - at, part, part_len);

			return rest == PV_JINJA_NOWHERE ? rest : at + rest;
		}
		budget -= part_len;
		at++;
	}
	return PV_JINJA_NOWHERE;
}

size_t pv_jinja_rfind_bytes(const char *text, size_t len, const char *part,
			    size_t part_len)
{
	if (part_len > len)
		return PV_JINJA_NOWHERE;
	for (size_t at = len - part_len + 1; at-- > 0;)
		if (!memcmp(text + at, part, part_len))
			return at;
	return PV_JINJA_NOWHERE;
}
