/* SPDX-License-Identifier: MIT
 *
 * Exact decimal comparison on the digits of the literals: no conversion, so
 * no size is too big and nothing is rounded.
 */
#include "base/decimal.h"

#include "base/fail.h"

enum {
	EXPONENT_MAX = 1000000
};

static pv_str take_digits(pv_str *text)
{
	pv_str digits = { text->ptr, 0 };

	while (digits.len < text->len && text->ptr[digits.len] >= '0' &&
	       text->ptr[digits.len] <= '9')
		digits.len++;
	text->ptr += digits.len;
	text->len -= digits.len;
	return digits;
}

static int take_char(pv_str *text, char a, char b)
{
	if (!text->len || (text->ptr[0] != a && text->ptr[0] != b))
		return 0;
	text->ptr++;
	text->len--;
	return 1;
}

static int take_exponent(pv_str *text, long *out)
{
	int is_negative = take_char(text, '-', '-');
	unsigned value;

	if (!is_negative)
		take_char(text, '+', '+');
	if (pv_str_to_uint(&value, take_digits(text), EXPONENT_MAX) < 0)
		return -1;
	*out = is_negative ? -(long)value : (long)value;
	return 0;
}

static void normalise(pv_decimal *value)
{
	while (value->whole.len && value->whole.ptr[0] == '0') {
		value->whole.ptr++;
		value->whole.len--;
	}
	while (value->fraction.len &&
	       value->fraction.ptr[value->fraction.len - 1] == '0')
		value->fraction.len--;
}

int pv_decimal_parse(pv_decimal *out, pv_str text, pv_error *err)
{
	pv_decimal value = { 0 };
	pv_str rest = text;
	int is_bad;

	value.is_negative = take_char(&rest, '-', '-');
	if (!value.is_negative)
		take_char(&rest, '+', '+');
	value.whole = take_digits(&rest);
	if (take_char(&rest, '.', '.'))
		value.fraction = take_digits(&rest);
	is_bad = !value.whole.len && !value.fraction.len;
	if (take_char(&rest, 'e', 'E'))
		is_bad = is_bad || take_exponent(&rest, &value.exponent) < 0;
	if (is_bad || rest.len)
		return pv_fail(err, PV_EINVALID, "\"%.*s\" is not a number",
			       text.len < 40 ? (int)text.len : 40, text.ptr);
	normalise(&value);
	*out = value;
	return PV_OK;
}

static size_t digit_count(const pv_decimal *value)
{
	return value->whole.len + value->fraction.len;
}

static char digit_at(const pv_decimal *value, size_t idx)
{
	if (idx < value->whole.len)
		return value->whole.ptr[idx];
	idx -= value->whole.len;
	if (idx < value->fraction.len)
		return value->fraction.ptr[idx];
	return '0';
}

/* The number of digits that are zero before the first that is not. */
static size_t leading_zeros(const pv_decimal *value)
{
	size_t count = digit_count(value);
	size_t zeros = 0;

	while (zeros < count && digit_at(value, zeros) == '0')
		zeros++;
	return zeros;
}

static int is_zero(const pv_decimal *value)
{
	return leading_zeros(value) == digit_count(value);
}

/* Compares absolute values of two non-zero numbers. */
static int compare_magnitude(const pv_decimal *a, const pv_decimal *b)
{
	size_t skip_a = leading_zeros(a);
	size_t skip_b = leading_zeros(b);
	long power_a = (long)a->whole.len - (long)skip_a + a->exponent;
	long power_b = (long)b->whole.len - (long)skip_b + b->exponent;
	size_t left = digit_count(a) - skip_a;
	size_t right = digit_count(b) - skip_b;
	size_t count = left > right ? left : right;

	if (power_a != power_b)
		return power_a < power_b ? -1 : 1;
	for (size_t i = 0; i < count; i++) {
		char x = digit_at(a, skip_a + i);
		char y = digit_at(b, skip_b + i);

		if (x != y)
			return x < y ? -1 : 1;
	}
	return 0;
}

int pv_decimal_cmp(const pv_decimal *a, const pv_decimal *b)
{
	int sign_a = is_zero(a) ? 0 : a->is_negative ? -1 : 1;
	int sign_b = is_zero(b) ? 0 : b->is_negative ? -1 : 1;

	if (sign_a != sign_b)
		return sign_a < sign_b ? -1 : 1;
	if (!sign_a)
		return 0;
	return compare_magnitude(a, b) * sign_a;
}
