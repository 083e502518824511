/* SPDX-License-Identifier: MIT
 *
 * Reading and matching plain patterns. What is not understood at once is not
 * plain: nothing is refused here, and nothing is guessed.
 */
#include "schema/pattern_plain.h"

#include "schema/format.h"

enum {
	MAX_DIGITS = 3 /* of a number of times */
};

static int next(pv_str *rest)
{
	unsigned char c = (unsigned char)pv_str_at(*rest, 0);

	if (!rest->len || c >= 0x80)
		return -1;
	rest->ptr++;
	rest->len--;
	return c;
}

static int take(pv_str *rest, char c)
{
	if (!rest->len || *rest->ptr != c)
		return 0;
	(void)next(rest);
	return 1;
}

/* --- classes --------------------------------------------------------------- */

/* Adds characters to the part that is being read. */
static void set(pv_plain *out, int from, int to)
{
	for (int c = from; c <= to; c++)
		out->bytes[c] |= (uint16_t)(1U << out->count);
}

/* Behind the backslash; the character for which it stands, else 0. */
static int read_escape(pv_plain *out, pv_str *rest, int *is_right)
{
	int c = next(rest);

	if (c == 'd' || c == 'w')
		set(out, '0', '9');
	if (c == 'w') {
		set(out, 'a', 'z');
		set(out, 'A', 'Z');
		set(out, '_', '_');
	}
	if (c == 'd' || c == 'w')
		return 0;
	*is_right = c > ' ' && c != '_' && c < 0x7f && !pv_is_letter((char)c) &&
		    !pv_is_digit((char)c);
	return *is_right ? c : 0;
}

/* One character or range of a class; 0: not plain. */
static int read_range(pv_plain *out, pv_str *rest)
{
	int is_right = 1;
	int from = next(rest);
	int to;

	if (from < ' ' || from == '[')
		return 0;
	if (from == '-') { /* at the end it is one like others */
		set(out, '-', '-');
		return pv_str_at(*rest, 0) == ']';
	}
	if (from == '\\')
		from = read_escape(out, rest, &is_right);
	if (!is_right)
		return 0;
	if (pv_str_at(*rest, 0) != '-' || pv_str_at(*rest, 1) == ']') {
		if (from)
			set(out, from, from);
		return 1;
	}
	(void)next(rest);
	to = next(rest);
	if (!from || to < from || to == '\\' || to == '[')
		return 0;
	set(out, from, to);
	return 1;
}

static int read_class(pv_plain *out, pv_str *rest)
{
	if (pv_str_at(*rest, 0) == '^' || pv_str_at(*rest, 0) == ']')
		return 0;
	while (!take(rest, ']'))
		if (!read_range(out, rest))
			return 0;
	return 1;
}

static int read_characters(pv_plain *out, pv_str *rest)
{
	int is_right = 1;
	int c = next(rest);

	if (c < ' ' || strchr("^$.*+?()]{}|", c))
		return 0;
	if (c == '[')
		return read_class(out, rest);
	if (c == '\\')
		c = read_escape(out, rest, &is_right);
	if (c)
		set(out, c, c);
	return is_right;
}

/* --- how many times -------------------------------------------------------- */

static int read_number(size_t *out, pv_str *rest)
{
	int count = 0;

	*out = 0;
	for (; pv_is_digit(pv_str_at(*rest, 0)); count++) {
		if (count == MAX_DIGITS)
			return 0;
		*out = *out * 10 + (size_t)(next(rest) - '0');
	}
	return count > 0;
}

static int read_times(pv_plain_part *part, pv_str *rest)
{
	part->min = 1;
	part->max = 1;
	if (take(rest, '*')) {
		part->min = 0;
		part->max = SIZE_MAX;
	} else if (take(rest, '+')) {
		part->max = SIZE_MAX;
	} else if (take(rest, '?')) {
		part->min = 0;
	} else if (take(rest, '{')) {
		if (!read_number(&part->min, rest))
			return 0;
		part->max = part->min;
		if (take(rest, ',') && !read_number(&part->max, rest))
			part->max = SIZE_MAX;
		if (!take(rest, '}') || part->max < part->min)
			return 0;
	}
	return !rest->len || !strchr("*+?{", *rest->ptr);
}

/* --- the whole ------------------------------------------------------------- */

/* Whether a character may be in both parts. */
static int is_shared(const pv_plain *plain, size_t i, size_t j)
{
	unsigned both = 1U << i | 1U << j;

	for (int c = 0; c < 256; c++)
		if ((plain->bytes[c] & both) == both)
			return 1;
	return 0;
}

/* Whether what follows could want a character that part `i` would have taken. */
static int is_greedy_wrong(const pv_plain *plain, size_t i)
{
	if (plain->parts[i].min == plain->parts[i].max)
		return 0;
	for (size_t j = i + 1; j < plain->count; j++) {
		if (is_shared(plain, i, j))
			return 1;
		if (plain->parts[j].min)
			break;
	}
	return 0;
}

int pv_plain_read(pv_plain *out, pv_str pattern)
{
	if (!take(&pattern, '^'))
		return 0;
	memset(out, 0, sizeof(*out));
	while (pattern.len && !(pattern.len == 1 && *pattern.ptr == '$')) {
		if (out->count == PV_PLAIN_PARTS ||
		    !read_characters(out, &pattern) ||
		    !read_times(&out->parts[out->count], &pattern))
			return 0;
		out->count++;
	}
	out->is_whole = pattern.len != 0;
	for (size_t i = 0; i < out->count; i++)
		if (is_greedy_wrong(out, i))
			return 0;
	return 1;
}

int pv_plain_find(const pv_plain *plain, pv_str text)
{
	size_t at = 0;

	for (size_t i = 0; i < plain->count; i++) {
		const pv_plain_part *part = &plain->parts[i];
		size_t left = text.len - at;
		size_t end = at + (part->max < left ? part->max : left);
		size_t from = at;

		while (at < end &&
		       (plain->bytes[(unsigned char)text.ptr[at]] >> i & 1))
			at++;
		if (at - from < part->min)
			return 0;
	}
	return !plain->is_whole || at == text.len;
}
