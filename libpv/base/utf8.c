/* SPDX-License-Identifier: MIT
 *
 * UTF-8 decoding by the table of RFC 3629 section 4.
 */
#include "base/utf8.h"

#include <string.h>

/* Bytes of a sequence by its lead byte, 0 for bytes that lead none. */
static size_t sequence_length(unsigned char lead)
{
	if (lead < 0x80)
		return 1;
	if (lead < 0xC2)
		return 0;
	if (lead < 0xE0)
		return 2;
	if (lead < 0xF0)
		return 3;
	return lead < 0xF5 ? 4 : 0;
}

int32_t pv_utf8_decode(const char *text, size_t len, size_t *len_out)
{
	static const unsigned char lead_mask[] = { 0, 0x7F, 0x1F, 0x0F, 0x07 };
	static const int32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *bytes = (const unsigned char *)text;
	size_t need = len ? sequence_length(bytes[0]) : 0;
	int32_t code_point;

	*len_out = 1;
	if (!need || need > len)
		return -1;
	code_point = bytes[0] & lead_mask[need];
	for (size_t i = 1; i < need; i++) {
		if ((bytes[i] & 0xC0) != 0x80)
			return -1;
		code_point = (code_point << 6) | (bytes[i] & 0x3F);
	}
	if (code_point < smallest[need] || code_point > 0x10FFFF ||
	    (code_point >= 0xD800 && code_point <= 0xDFFF))
		return -1;
	*len_out = need;
	return code_point;
}

size_t pv_utf8_encode(char out[4], uint32_t code_point)
{
	static const unsigned char marks[] = { 0, 0, 0xC0, 0xE0, 0xF0 };
	size_t len;

	if (code_point < 0x80) {
		out[0] = (char)code_point;
		return 1;
	}
	if (code_point > 0x10FFFF ||
	    (code_point >= 0xD800 && code_point <= 0xDFFF))
		return 0;
	len = code_point < 0x800 ? 2 : code_point < 0x10000 ? 3 : 4;
	for (size_t i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (code_point & 0x3F));
		code_point >>= 6;
	}
	out[0] = (char)(marks[len] | code_point);
	return len;
}

size_t pv_utf8_valid(const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		uint64_t word;
		size_t step;

		/* Eight ASCII bytes at a time: most text is ASCII. */
		while (len - at >= sizeof(word)) {
			memcpy(&word, text + at, sizeof(word));
			if (word & 0x8080808080808080U)
				break;
			at += sizeof(word);
		}
		if (at == len)
			break;
		if (pv_utf8_decode(text + at, len - at, &step) < 0)
			return at;
		at += step;
	}
	return len;
}

size_t pv_utf8_count(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += ((unsigned char)text[i] & 0xC0) != 0x80;
	return count;
}

void pv_utf8_advance(const char *text, size_t len, int *line, int *column)
{
	size_t line_start = 0;

	for (size_t i = 0; i < len; i++) {
		if (text[i] == '\n') {
			(*line)++;
			*column = 1;
			line_start = i + 1;
		}
	}
	*column += (int)pv_utf8_count(text + line_start, len - line_start);
}

static void retreat(const char *text, size_t from, size_t to, int *line,
		    int *column)
{
	size_t start = to;
	int before = *line;

	for (size_t i = to; i < from; i++)
		*line -= text[i] == '\n';
	if (*line == before) {
		*column -= (int)pv_utf8_count(text + to, from - to);
		return;
	}
	while (start && text[start - 1] != '\n')
		start--;
	*column = 1 + (int)pv_utf8_count(text + start, to - start);
}

void pv_utf8_move(const char *text, size_t from, size_t to, int *line, int *column)
{
	if (to < from)
		retreat(text, from, to, line, column);
	else
		pv_utf8_advance(text + from, to - from, line, column);
}

void pv_utf8_place(const char *text, size_t len, size_t offset, int *line_out,
		   int *column_out)
{
	*line_out = 1;
	*column_out = 1;
	pv_utf8_advance(text, offset < len ? offset : len, line_out, column_out);
}

/* --- in terminals ---------------------------------------------------------- */

struct width_row {
	uint32_t first;
	uint32_t last;
	int width;
};

/* In order; all others take one column. */
static const struct width_row widths[] = {
#include "utf8_widths.inc"
};

int pv_utf8_width(uint32_t code_point)
{
	size_t first = 0;
	size_t last = sizeof(widths) / sizeof(widths[0]);

	if (code_point < widths[0].first)
		return 1;
	while (first < last) {
		size_t middle = first + (last - first) / 2;

		if (code_point > widths[middle].last)
			first = middle + 1;
		else if (code_point < widths[middle].first)
			last = middle;
		else
			return widths[middle].width;
	}
	return 1;
}

size_t pv_utf8_fit(const char *text, size_t len, size_t columns, size_t *used_out)
{
	size_t at = 0;

	*used_out = 0;
	while (at < len) {
		size_t size;
		int32_t c = pv_utf8_decode(text + at, len - at, &size);
		size_t width = c < 0 ? 1 : (size_t)pv_utf8_width((uint32_t)c);

		if (width > columns - *used_out)
			break;
		*used_out += width;
		at += size;
	}
	return at;
}

/* Capitals and how far their small letters are; `step` 2 for every other one. */
static const struct {
	int32_t first;
	int32_t last;
	int32_t step;
	int32_t away;
} capitals[] = {
	{ 'A', 'Z', 1, 32 },      { 0xC0, 0xD6, 1, 32 },
	{ 0xD8, 0xDE, 1, 32 },    { 0x100, 0x12E, 2, 1 },
	{ 0x132, 0x136, 2, 1 },   { 0x139, 0x147, 2, 1 },
	{ 0x14A, 0x176, 2, 1 },   { 0x178, 0x178, 1, -121 },
	{ 0x179, 0x17D, 2, 1 },   { 0x1A0, 0x1A4, 2, 1 },
	{ 0x1AF, 0x1AF, 2, 1 },   { 0x1CD, 0x1DB, 2, 1 },
	{ 0x1DE, 0x1EE, 2, 1 },   { 0x1F8, 0x21E, 2, 1 },
	{ 0x222, 0x232, 2, 1 },   { 0x386, 0x386, 1, 38 },
	{ 0x388, 0x38A, 1, 37 },  { 0x38C, 0x38C, 1, 64 },
	{ 0x38E, 0x38F, 1, 63 },  { 0x391, 0x3A1, 1, 32 },
	{ 0x3A3, 0x3AB, 1, 32 },  { 0x3C2, 0x3C2, 1, 1 },
	{ 0x400, 0x40F, 1, 80 },  { 0x410, 0x42F, 1, 32 },
	{ 0x460, 0x480, 2, 1 },   { 0x48A, 0x4BE, 2, 1 },
	{ 0x4C1, 0x4CD, 2, 1 },   { 0x4D0, 0x52E, 2, 1 },
	{ 0x531, 0x556, 1, 48 },  { 0x1E00, 0x1E94, 2, 1 },
	{ 0x1EA0, 0x1EFE, 2, 1 }, { 0xFF21, 0xFF3A, 1, 32 },
};

int32_t pv_utf8_fold(int32_t c)
{
	for (size_t i = 0; i < sizeof(capitals) / sizeof(capitals[0]); i++)
		if (c >= capitals[i].first && c <= capitals[i].last &&
		    (c - capitals[i].first) % capitals[i].step == 0)
			return c + capitals[i].away;
	return c;
}
