/* SPDX-License-Identifier: MIT
 *
 * The words of strict JSON, see json_scan.h.
 */
#include "base/json_scan.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

static int refuse(pv_json_scan *r, const char *what)
{
	r->what = what;
	return -1;
}

void pv_json_scan_blanks(pv_json_scan *r)
{
	while (r->at < r->len && r->text[r->at] &&
	       strchr(" \t\r\n", r->text[r->at]))
		r->at++;
}

int pv_json_scan_accept(pv_json_scan *r, char c)
{
	if (r->at == r->len || r->text[r->at] != c)
		return 0;
	r->at++;
	return 1;
}

char pv_json_scan_peek(const pv_json_scan *r)
{
	if (r->at < r->len)
		return r->text[r->at];
	return '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* Four hex digits at `at`; -1 when they are not. */
static long hex_unit(const pv_json_scan *r, size_t at)
{
	long value = 0;

	if (r->len - at < 4)
		return -1;
	for (size_t i = at; i < at + 4; i++) {
		int digit = hex_value(r->text[i]);

		if (digit < 0)
			return -1;
		value = value * 16 + digit;
	}
	return value;
}

/* The second half of a surrogate pair, an escape of its own; -1 if none. */
static long low_surrogate(const pv_json_scan *r)
{
	long low;

	if (r->len - r->at < 6 || memcmp(r->text + r->at, "\\u", 2) != 0)
		return -1;
	low = hex_unit(r, r->at + 2);
	return low >= 0xDC00 && low <= 0xDFFF ? low : -1;
}

/* A \u escape, or two that make a pair; `at` is on the first digit. */
static int read_unicode(pv_json_scan *r, char *out, size_t *len)
{
	long unit = hex_unit(r, r->at);

	if (unit < 0)
		return refuse(r, "bad \\u escape");
	r->at += 4;
	if (unit >= 0xD800 && unit <= 0xDBFF) {
		long low = low_surrogate(r);

		if (low < 0)
			return refuse(r, "lone surrogate");
		r->at += 6;
		unit = 0x10000 + ((unit - 0xD800) << 10) + (low - 0xDC00);
	} else if (unit >= 0xDC00 && unit <= 0xDFFF) {
		return refuse(r, "lone surrogate");
	}
	*len += pv_utf8_encode(out + *len, (uint32_t)unit);
	return 0;
}

static int read_escape(pv_json_scan *r, char *out, size_t *len)
{
	static const char letters[] = "\"\\/bfnrt";
	static const char values[] = "\"\\/\b\f\n\r\t";
	char c = pv_json_scan_peek(r);
	const char *found = c ? strchr(letters, c) : NULL;

	if (found) {
		out[(*len)++] = values[found - letters];
		r->at++;
		return 0;
	}
	if (c != 'u')
		return refuse(r, "bad escape");
	r->at++;
	return read_unicode(r, out, len);
}

size_t pv_json_scan_room(const pv_json_scan *r)
{
	const char *end = r->text + r->len;
	const char *at = r->text + r->at + 1;
	const char *quote = at < end ? memchr(at, '"', (size_t)(end - at)) : NULL;

	while (quote) {
		const char *escape = memchr(at, '\\', (size_t)(quote - at));

		if (!escape)
			return (size_t)(quote - r->text) - r->at + 1;
		at = escape + 2;
		if (at > quote)
			quote = at < end ? memchr(at, '"', (size_t)(end - at))
					 : NULL;
	}
	return r->len - r->at + 1;
}

/* Whether one of eight bytes is below a blank. */
static int has_control(uint64_t bytes)
{
	const uint64_t ones = UINT64_C(0x0101010101010101);

	return ((bytes - ones * 0x20) & ~bytes & ones * 0x80) != 0;
}

/* Bytes from `at` that stand for themselves, up to `end`. */
static size_t count_plain(const pv_json_scan *r, size_t end)
{
	const char *text = r->text + r->at;
	const char *escape = memchr(text, '\\', end - r->at);
	size_t len = escape ? (size_t)(escape - text) : end - r->at;
	size_t at = 0;
	uint64_t eight;

	for (; at + sizeof(eight) <= len; at += sizeof(eight)) {
		memcpy(&eight, text + at, sizeof(eight));
		if (has_control(eight))
			break;
	}
	while (at < len && (unsigned char)text[at] >= 0x20)
		at++;
	return at;
}

/* The next quote, or the end. */
static size_t find_quote(const pv_json_scan *r)
{
	const char *found = memchr(r->text + r->at, '"', r->len - r->at);

	return found ? (size_t)(found - r->text) : r->len;
}

int pv_json_scan_string(char *out, size_t *len_out, pv_json_scan *r)
{
	size_t len = 0;
	size_t quote;

	r->at++;
	for (quote = find_quote(r); r->at < quote;) {
		size_t plain = count_plain(r, quote);

		memcpy(out + len, r->text + r->at, plain);
		len += plain;
		r->at += plain;
		if (r->at == quote)
			break;
		if ((unsigned char)r->text[r->at] < 0x20)
			return refuse(r, "control character");
		r->at++;
		if (read_escape(r, out, &len) < 0)
			return -1;
		if (r->at > quote)
			quote = find_quote(r);
	}
	if (!pv_json_scan_accept(r, '"'))
		return refuse(r, "unterminated string");
	out[len] = '\0';
	*len_out = len;
	return 0;
}

static size_t skip_digits(const pv_json_scan *r, size_t at)
{
	while (at < r->len && r->text[at] >= '0' && r->text[at] <= '9')
		at++;
	return at;
}

size_t pv_json_scan_number(const pv_json_scan *r, int *is_int)
{
	const char *text = r->text;
	size_t start = r->at + (text[r->at] == '-');
	size_t at = skip_digits(r, start);

	*is_int = 1;
	if (at == start || (text[start] == '0' && at > start + 1))
		return r->at;
	if (at < r->len && text[at] == '.') {
		*is_int = 0;
		start = at + 1;
		at = skip_digits(r, start);
		if (at == start)
			return r->at;
	}
	if (at < r->len && (text[at] == 'e' || text[at] == 'E')) {
		*is_int = 0;
		start = at + 1;
		if (start < r->len && (text[start] == '+' || text[start] == '-'))
			start++;
		at = skip_digits(r, start);
		if (at == start)
			return r->at;
	}
	return at;
}
