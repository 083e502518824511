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
