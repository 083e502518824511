/* SPDX-License-Identifier: MIT
 *
 * Exact numbers. Each is taken as D x 10^scale, with D an integer that has no
 * zeros at either end of its digits; nothing is rounded. Doubles only stand
 * for numbers of at most 15 digits, which they tell apart and keep in order.
 */
#include "schema/number.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include "base/fail.h"

__extension__ typedef unsigned __int128 wide;

enum {
	SHORT_DIGITS = 15,
	SHORT_SCALE = 22, /* 10^22 is the last power that a double holds */
	NEAR_SCALE = 250, /* of what stays within doubles for certain */
	WORD_DIGITS = 18, /* of a unit whose remainders fit 64 bits */
	INT64_DIGITS = 19,
	UNIT_DIGITS = 100 /* of a unit at all: a schema's, not its data's */
};

/* D x 10^scale; `count` 0 is zero. */
struct digits {
	const pv_decimal *of;
	size_t first; /* of D, counted in whole and fraction */
	size_t count;
	long scale;
};

/* Room for the literal of an int64. */
struct literal {
	char text[24];
	pv_decimal decimal;
};

static unsigned digit_at(const pv_decimal *decimal, size_t idx)
{
	const char *at = decimal->whole.ptr + idx;

	if (idx >= decimal->whole.len)
		at = decimal->fraction.ptr + (idx - decimal->whole.len);
	return (unsigned)(*at - '0');
}

static struct digits digits_of(const pv_decimal *decimal)
{
	size_t end = decimal->whole.len + decimal->fraction.len;
	struct digits digits = { decimal, 0, 0, 0 };

	while (digits.first < end && !digit_at(decimal, digits.first))
		digits.first++;
	while (end > digits.first && !digit_at(decimal, end - 1))
		end--;
	digits.count = end - digits.first;
	digits.scale = (long)decimal->whole.len - (long)end + decimal->exponent;
	return digits;
}

static uint64_t mantissa(const struct digits *digits)
{
	uint64_t value = 0;

	for (size_t i = 0; i < digits->count; i++)
		value = value * 10 + digit_at(digits->of, digits->first + i);
	return value;
}

/* Whether it is an int64, and which. */
static int as_int64(int64_t *out, const struct digits *digits)
{
	uint64_t limit = INT64_MAX;
	uint64_t value;

	if (digits->scale < 0 || digits->scale > INT64_DIGITS ||
	    digits->count + (size_t)digits->scale > INT64_DIGITS)
		return 0;
	value = mantissa(digits); /* 19 digits fit 64 bits */
	for (long i = 0; i < digits->scale; i++)
		value *= 10;
	if (value > limit)
		return 0;
	*out = digits->of->is_negative ? -(int64_t)value : (int64_t)value;
	return 1;
}

/* Finds the double that is near, or stands for the number. */
static void approach(pv_number *number, const struct digits *digits)
{
	struct digits head = *digits;
	double power = 1;
	long scale;

	if (head.count > SHORT_DIGITS) {
		head.scale += (long)(head.count - SHORT_DIGITS);
		head.count = SHORT_DIGITS;
	}
	scale = head.scale < 0 ? -head.scale : head.scale;
	number->real = NAN;
	if (scale > NEAR_SCALE)
		return;
	for (long i = 0; i < scale; i++)
		power *= 10;
	number->is_short = head.count == digits->count && scale <= SHORT_SCALE;
	number->real = (double)mantissa(&head);
	number->real =
		head.scale < 0 ? number->real / power : number->real * power;
	if (number->decimal.is_negative)
		number->real = -number->real;
}

/* The digits at `*at`, which go on to `*value`. */
static pv_str read_digits(uint64_t *value, const char **at, const char *end)
{
	pv_str digits = { *at, 0 };

	for (; *at < end && **at >= '0' && **at <= '9'; (*at)++)
		*value = *value * 10 + (uint64_t)(**at - '0');
	digits.len = (size_t)(*at - digits.ptr);
	return digits;
}

/*
 * Reads what is written as most numbers are: at most 15 bytes, no exponent, no
 * zero at the end of a fraction. `*number` is set unless `*out` is an integer.
 * 0: it is another one.
 */
static int read_short(pv_value *out, pv_number *number, pv_str literal)
{
	static const double powers[SHORT_DIGITS + 1] = { 1,    1e1,  1e2,  1e3,
							 1e4,  1e5,  1e6,  1e7,
							 1e8,  1e9,  1e10, 1e11,
							 1e12, 1e13, 1e14, 1e15 };
	const char *at = literal.ptr;
	const char *end = literal.ptr + literal.len;
	pv_decimal *decimal = &number->decimal;
	int sign = *at == '-' ? -1 : 1;

	if (literal.len > SHORT_DIGITS)
		return 0;
	at += sign < 0;
	decimal->is_negative = sign < 0;
	decimal->whole = read_digits(&number->mantissa, &at, end);
	if (at == end) {
		out->kind = PV_VALUE_INTEGER;
		out->as.integer = sign * (int64_t)number->mantissa;
		return 1;
	}
	if (*at++ != '.')
		return 0;
	decimal->fraction = read_digits(&number->mantissa, &at, end);
	if (at < end || end[-1] == '0')
		return 0;
	if (*decimal->whole.ptr == '0') /* JSON has no other zeros in front */
		decimal->whole.len = 0;
	number->is_short = 1;
	number->scale = -(long)decimal->fraction.len;
	number->real =
		sign * (double)number->mantissa / powers[decimal->fraction.len];
	out->kind = PV_VALUE_NUMBER;
	return 1;
}

static int read_any(pv_value *out, pv_number *number, pv_str literal,
		    pv_error *err)
{
	struct digits digits;

	memset(number, 0, sizeof(*number));
	if (pv_decimal_parse(&number->decimal, literal, NULL) < 0)
		return pv_error_hint(err,
				     pv_fail(err, PV_ELIMIT,
					     "a number is too large to be read"),
				     "exponents have to be below a million");
	digits = digits_of(&number->decimal);
	out->kind = PV_VALUE_INTEGER;
	out->as.integer = 0;
	if (!digits.count || as_int64(&out->as.integer, &digits))
		return PV_OK;
	out->kind = PV_VALUE_NUMBER;
	number->is_integer = digits.scale >= 0;
	if (digits.count <= WORD_DIGITS) {
		number->mantissa = mantissa(&digits);
		number->scale = digits.scale;
	}
	approach(number, &digits);
	return PV_OK;
}

int pv_number_read(pv_value *out, pv_arena *arena, pv_str literal, pv_error *err)
{
	pv_number number = { 0 };
	pv_number *kept;
	int rc = PV_OK;

	if (!read_short(out, &number, literal))
		rc = read_any(out, &number, literal, err);
	if (rc < 0 || out->kind == PV_VALUE_INTEGER)
		return rc;
	kept = pv_arena_alloc(arena, sizeof(*kept));
	if (!kept)
		return pv_fail_nomem(err);
	*kept = number;
	out->as.number = kept;
	return PV_OK;
}

/* The double that is near; 1 when it stands for the number. */
static int as_double(double *out, const pv_value *value)
{
	const int64_t limit = 1000000000000000; /* 15 digits */

	if (value->kind == PV_VALUE_NUMBER) {
		*out = value->as.number->real;
		return value->as.number->is_short;
	}
	*out = (double)value->as.integer;
	return value->as.integer < limit && value->as.integer > -limit;
}

/* Whether they are too far from each other for rounding to matter. */
static int is_far(double x, double y)
{
	return fabs(x - y) > 1e-12 * (fabs(x) + fabs(y)); /* not for NaN */
}

static const pv_decimal *decimal_of(const pv_value *value, struct literal *room)
{
	pv_str text = { room->text, 0 };

	if (value->kind == PV_VALUE_NUMBER)
		return &value->as.number->decimal;
	text.len = (size_t)snprintf(room->text, sizeof(room->text), "%" PRId64,
				    value->as.integer);
	(void)pv_decimal_parse(&room->decimal, text, NULL); /* digits: it parses */
	return &room->decimal;
}

int pv_value_cmp_numbers(const pv_value *a, const pv_value *b)
{
	struct literal a_room;
	struct literal b_room;
	double x;
	double y;
	int is_exact;

	if (a->kind == PV_VALUE_INTEGER && b->kind == PV_VALUE_INTEGER)
		return (a->as.integer > b->as.integer) -
		       (a->as.integer < b->as.integer);
	is_exact = as_double(&x, a);
	is_exact &= as_double(&y, b);
	if (is_exact || is_far(x, y))
		return (x > y) - (x < y);
	return pv_decimal_cmp(decimal_of(a, &a_room), decimal_of(b, &b_room));
}

/* (10^power) mod unit. */
static uint64_t power_of_ten(unsigned long power, uint64_t unit)
{
	wide base = 10 % unit;
	wide value = 1 % unit;

	for (; power; power >>= 1) {
		if (power & 1)
			value = value * base % unit;
		base = base * base % unit;
	}
	return (uint64_t)value;
}

/* Whether D x 10^zeros is a multiple of a unit of one word. */
static int is_multiple_of_word(const struct digits *value, unsigned long zeros,
			       uint64_t unit)
{
	wide rest = 0;

	if (!unit)
		return 0;
	for (size_t i = 0; i < value->count; i++)
		rest = (rest * 10 + digit_at(value->of, value->first + i)) % unit;
	return rest * power_of_ten(zeros, unit) % unit == 0;
}

/* A remainder in division by hand, most significant digit first. */
struct rest {
	unsigned char digit[UNIT_DIGITS + 1];
	unsigned char unit[UNIT_DIGITS + 1];
	size_t count;
};

static void take_unit(struct rest *rest)
{
	int borrow = 0;

	for (size_t i = rest->count; i-- > 0;) {
		int digit = rest->digit[i] - rest->unit[i] - borrow;

		borrow = digit < 0;
		rest->digit[i] = (unsigned char)(borrow ? digit + 10 : digit);
	}
}

static void next_digit(struct rest *rest, unsigned digit)
{
	memmove(rest->digit, rest->digit + 1, rest->count - 1);
	rest->digit[rest->count - 1] = (unsigned char)digit;
	while (memcmp(rest->digit, rest->unit, rest->count) >= 0)
		take_unit(rest);
}

static int is_multiple_by_hand(const struct digits *value, unsigned long zeros,
			       const struct digits *unit)
{
	struct rest rest = { { 0 }, { 0 }, unit->count + 1 };

	for (size_t i = 0; i < unit->count; i++)
		rest.unit[i + 1] =
			(unsigned char)digit_at(unit->of, unit->first + i);
	for (size_t i = 0; i < value->count; i++)
		next_digit(&rest, digit_at(value->of, value->first + i));
	for (unsigned long i = 0; i < zeros; i++)
		next_digit(&rest, 0);
	for (size_t i = 0; i < rest.count; i++)
		if (rest.digit[i])
			return 0;
	return 1;
}

/* Of one word: mantissa x 10^scale, but for the sign; 0: it is longer. */
static uint64_t word_of(long *scale, const pv_value *value)
{
	uint64_t bits;

	*scale = 0;
	if (value->kind == PV_VALUE_NUMBER) {
		*scale = value->as.number->scale;
		return value->as.number->mantissa;
	}
	bits = (uint64_t)value->as.integer;
	return value->as.integer < 0 ? 0 - bits : bits;
}

/* 1 or 0 where one word has room for the numbers; else -1. */
static int is_multiple_soon(const pv_value *value, const pv_value *unit)
{
	long value_scale;
	long unit_scale;
	uint64_t a = word_of(&value_scale, value);
	uint64_t b = word_of(&unit_scale, unit);

	if (!a || !b || value_scale < unit_scale)
		return -1;
	for (; value_scale > unit_scale; value_scale--) {
		if (a > UINT64_MAX / 10)
			return -1;
		a *= 10;
	}
	return a % b == 0;
}

int pv_value_is_multiple(const pv_value *value, const pv_value *unit)
{
	struct literal value_room;
	struct literal unit_room;
	struct digits digits;
	struct digits of;
	unsigned long zeros;
	int soon;

	if (value->kind == PV_VALUE_INTEGER && unit->kind == PV_VALUE_INTEGER)
		return value->as.integer % unit->as.integer == 0;
	soon = is_multiple_soon(value, unit);
	if (soon >= 0)
		return soon;
	digits = digits_of(decimal_of(value, &value_room));
	of = digits_of(decimal_of(unit, &unit_room));
	if (!digits.count)
		return 1;
	/* D ends in no zero, so it is a multiple of nothing that does. */
	if (digits.scale < of.scale || of.count > UNIT_DIGITS)
		return 0;
	zeros = (unsigned long)(digits.scale - of.scale);
	if (of.count <= WORD_DIGITS)
		return is_multiple_of_word(&digits, zeros, mantissa(&of));
	return is_multiple_by_hand(&digits, zeros, &of);
}
