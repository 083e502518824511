/* SPDX-License-Identifier: MIT
 *
 * A value is cut into numbers and what is between them; two values are
 * comparable when all that is between their numbers is the same. What follows
 * the numbers of a version is what Semantic Versioning 2.0.0 has there (section
 * 11): a pre-release is lower than its release.
 */
#include "merge/rise.h"

#include "base/mem.h"

enum {
	MAX_NUMBERS = 8,
	MAX_DIGITS = 18 /* of one number: fits 64 bits */
};

struct value {
	uint64_t numbers[MAX_NUMBERS];
	size_t count;
	int is_date;
	pv_str pre; /* "rc.1" of "1.0.0-rc.1"; empty for none */
};

int pv_rise_is_key(pv_str key)
{
	static const char *const names[] = { "version",    "updated",
					     "date",       "updated_at",
					     "updatedAt",  "last_updated",
					     "modified",   "modified_at",
					     "lastUpdated" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (pv_str_is(key, names[i]))
			return 1;
	return 0;
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The number at `*at`; 0 when there is none, or one too long. */
static int read_number(struct value *value, pv_str text, size_t *at)
{
	size_t from = *at;
	uint64_t number = 0;

	if (value->count == MAX_NUMBERS)
		return 0;
	for (; *at < text.len && is_digit(text.ptr[*at]); ++*at) {
		if (*at - from == MAX_DIGITS)
			return 0;
		number = number * 10 + (uint64_t)(text.ptr[*at] - '0');
	}
	value->numbers[value->count++] = number;
	return *at > from;
}

/* "2024-01-31", also with "T10:00:00Z": a four-digit year comes first. */
static int is_date(pv_str text)
{
	for (size_t i = 0; i < 10; i++)
		if (text.len < 10 || (i == 4 || i == 7 ? text.ptr[i] != '-'
						       : !is_digit(text.ptr[i])))
			return 0;
	return 1;
}

/* What may stand between two numbers. */
static int is_separator(const struct value *value, char c)
{
	if (!value->is_date)
		return c == '.';
	return c == '-' || c == ':' || c == 'T' || c == ' ' || c == '.';
}

static int is_identifier(char c)
{
	return is_digit(c) || c == '-' || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z');
}

/* "-rc.1": identifiers with dots between them, none of them empty. */
static int read_pre(struct value *value, pv_str text)
{
	value->pre.ptr = text.ptr + 1;
	value->pre.len = text.len - 1;
	for (size_t i = 1; i < text.len; i++)
		if (!is_identifier(text.ptr[i]) &&
		    (text.ptr[i] != '.' || text.ptr[i - 1] == '.' || i == 1))
			return 0;
	return value->count == 3 && text.len > 1 && text.ptr[text.len - 1] != '.';
}

static int read_value(struct value *value, pv_str text)
{
	size_t at = 0;

	value->count = 0;
	value->pre.len = 0;
	value->is_date = is_date(text);
	if (text.len > 0 && text.ptr[0] == 'v')
		at++;
	while (read_number(value, text, &at)) {
		if (at == text.len)
			return 1;
		if (value->is_date && text.ptr[at] == 'Z')
			return at + 1 == text.len;
		if (!value->is_date && text.ptr[at] == '-') {
			pv_str rest = { text.ptr + at, text.len - at };

			return read_pre(value, rest);
		}
		if (!is_separator(value, text.ptr[at]))
			return 0;
		at++;
	}
	return 0;
}

/* Takes the first identifier off. */
static pv_str next_identifier(pv_str *rest)
{
	pv_str first = { rest->ptr, 0 };
	size_t taken;

	while (first.len < rest->len && first.ptr[first.len] != '.')
		first.len++;
	taken = first.len + (first.len < rest->len);
	rest->ptr += taken;
	rest->len -= taken;
	return first;
}

static int is_number(pv_str text)
{
	for (size_t i = 0; i < text.len; i++)
		if (!is_digit(text.ptr[i]))
			return 0;
	return 1;
}

/* Numbers as numbers, below all others, which are compared as bytes. */
static int cmp_identifiers(pv_str a, pv_str b)
{
	if (is_number(a) != is_number(b))
		return is_number(a) ? -1 : 1;
	if (!is_number(a))
		return pv_str_cmp(a, b);
	for (; a.len > 0 && *a.ptr == '0'; a.len--)
		a.ptr++;
	for (; b.len > 0 && *b.ptr == '0'; b.len--)
		b.ptr++;
	if (a.len != b.len)
		return a.len < b.len ? -1 : 1;
	return pv_str_cmp(a, b);
}

static int cmp_pre(pv_str a, pv_str b)
{
	int order = 0;

	if (a.len == 0 || b.len == 0)
		return (a.len == 0) - (b.len == 0);
	while (order == 0 && a.len > 0 && b.len > 0)
		order = cmp_identifiers(next_identifier(&a), next_identifier(&b));
	return order ? order : (a.len > 0) - (b.len > 0);
}

static int cmp_values(const struct value *a, const struct value *b)
{
	for (size_t i = 0; i < a->count || i < b->count; i++) {
		uint64_t left = i < a->count ? a->numbers[i] : 0;
		uint64_t right = i < b->count ? b->numbers[i] : 0;

		if (left != right)
			return left < right ? -1 : 1;
	}
	return cmp_pre(a->pre, b->pre);
}

enum pv_side pv_rise_pick(const pv_str sides[PV_SIDES])
{
	struct value values[PV_SIDES];

	for (size_t i = 0; i < PV_SIDES; i++)
		if (!sides[i].ptr || !read_value(&values[i], sides[i]) ||
		    values[i].is_date != values[PV_BASE].is_date)
			return PV_BASE;
	if (cmp_values(&values[PV_OURS], &values[PV_BASE]) <= 0 ||
	    cmp_values(&values[PV_THEIRS], &values[PV_BASE]) <= 0)
		return PV_BASE;
	return cmp_values(&values[PV_THEIRS], &values[PV_OURS]) > 0 ? PV_THEIRS
								    : PV_OURS;
}
