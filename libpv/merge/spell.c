/* SPDX-License-Identifier: MIT
 *
 * YAML 1.2.2, sections 7.3 and 6.5: single line breaks fold into a space,
 * further ones stay; '' in single quotes; escapes in double quotes, where a
 * backslash also takes a line break away.
 */
#include "merge/spell.h"

#include <string.h>

#include "base/fail.h"
#include "base/utf8.h"

struct reader {
	pv_str raw;
	size_t at;
	char *text;
	size_t len;
	size_t *raw_of;
	int is_bad;
};

static void put(struct reader *r, char c, size_t from)
{
	r->raw_of[r->len] = from;
	r->text[r->len++] = c;
}

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static char peek(const struct reader *r, size_t ahead)
{
	if (r->at + ahead >= r->raw.len)
		return '\0';
	return r->raw.ptr[r->at + ahead];
}

/* Goes behind the blanks and line breaks at the cursor; counts the breaks. */
static size_t skip_breaks(struct reader *r)
{
	size_t breaks = 0;

	for (; is_blank(peek(r, 0)) || peek(r, 0) == '\n'; r->at++)
		breaks += peek(r, 0) == '\n';
	return breaks;
}

/* Blanks and breaks: kept as they are within a line, else folded. */
static void read_space(struct reader *r)
{
	size_t from = r->at;
	size_t breaks = skip_breaks(r);
	size_t seen = 0;

	if (breaks == 0) {
		for (size_t i = from; i < r->at; i++)
			put(r, r->raw.ptr[i], i);
		return;
	}
	if (breaks == 1)
		put(r, ' ', from);
	for (size_t i = from; i < r->at && breaks > 1; i++) {
		if (r->raw.ptr[i] != '\n')
			continue;
		if (++seen >= 2)
			put(r, '\n', seen == 2 ? from : i);
	}
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static void put_code_point(struct reader *r, uint32_t cp, size_t from)
{
	char bytes[4];
	size_t len = pv_utf8_encode(bytes, cp);

	r->is_bad |= len == 0;
	for (size_t i = 0; i < len; i++)
		put(r, bytes[i], from);
}

static void read_hex(struct reader *r, size_t digits, size_t from)
{
	uint32_t cp = 0;

	for (size_t i = 0; i < digits; i++) {
		int value = hex_value(peek(r, i));

		if (value < 0) {
			r->is_bad = 1;
			return;
		}
		cp = cp << 4 | (uint32_t)value;
	}
	r->at += digits;
	put_code_point(r, cp, from);
}

/* "\" and a line break: both go, and the blanks that begin the next lines. */
static void read_joint(struct reader *r)
{
	size_t from = r->at;
	size_t breaks = skip_breaks(r);

	for (size_t i = 1; i < breaks; i++)
		put(r, '\n', from);
}

static void read_escape(struct reader *r)
{
	static const char names[] = "0abtnvfre\"/\\ \tN_LP";
	static const uint32_t values[] = { 0,   7,    8,    9,    10,     11,
					   12,  13,   27,   '"',  '/',    '\\',
					   ' ', '\t', 0x85, 0xa0, 0x2028, 0x2029 };
	size_t from = r->at++;
	char c = peek(r, 0);
	const char *name = c ? strchr(names, c) : NULL;

	if (c == '\n') {
		read_joint(r);
		return;
	}
	r->at++;
	if (c == 'x' || c == 'u' || c == 'U')
		read_hex(r, c == 'x' ? 2 : c == 'u' ? 4 : 8, from);
	else if (name)
		put_code_point(r, values[name - names], from);
	else
		r->is_bad = 1;
}

static void read_all(struct reader *r, enum pv_yaml_style style)
{
	while (r->at < r->raw.len && !r->is_bad) {
		char c = peek(r, 0);

		if (is_blank(c) || c == '\n') {
			read_space(r);
		} else if (c == '\'' && style == PV_YAML_SINGLE_QUOTED) {
			r->is_bad |= peek(r, 1) != '\'';
			put(r, c, r->at);
			r->at += 2;
		} else if (c == '\\' && style == PV_YAML_DOUBLE_QUOTED) {
			read_escape(r);
		} else {
			put(r, c, r->at);
			r->at++;
		}
	}
	r->raw_of[r->len] = r->raw.len;
}

int pv_spelling_read(pv_spelling *out, pv_arena *arena, pv_str raw,
		     enum pv_yaml_style style, pv_error *err)
{
	struct reader r = { .raw = raw };

	memset(out, 0, sizeof(*out));
	/* No escape stands for more bytes than it has: "\L" is the longest. */
	r.text = pv_arena_alloc(arena, 2 * raw.len + 1);
	r.raw_of = pv_arena_alloc(arena, (2 * raw.len + 1) * sizeof(size_t));
	if (!r.text || !r.raw_of)
		return pv_fail_nomem(err);
	read_all(&r, style);
	if (r.is_bad)
		return PV_OK;
	r.text[r.len] = '\0';
	out->raw = raw;
	out->text.ptr = r.text;
	out->text.len = r.len;
	out->raw_of = r.raw_of;
	return PV_OK;
}

pv_str pv_spelling_slice(const pv_spelling *spelling, pv_str text)
{
	size_t from = (size_t)(text.ptr - spelling->text.ptr);
	size_t start = spelling->raw_of[from];
	size_t end = spelling->raw_of[from + text.len];
	pv_str slice = { spelling->raw.ptr + start, end - start };

	return slice;
}
