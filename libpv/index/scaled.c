/* SPDX-License-Identifier: MIT
 *
 * Decimals as whole numbers of a small unit, from the digits of the literal:
 * 0.1 USD is exactly 100000000000 pico-USD, whatever a double makes of it.
 */
#include "base/decimal.h"
#include "index/execution.h"

enum {
	/* Past this many digits in front of the point no int64 is left. */
	POINT_MAX = 1100000
};

static char digit_at(const pv_decimal *value, size_t idx)
{
	if (idx < value->whole.len)
		return value->whole.ptr[idx];
	idx -= value->whole.len;
	if (idx < value->fraction.len)
		return value->fraction.ptr[idx];
	return '0';
}

/* Whether a digit from `from` on is not zero. */
static int has_rest(const pv_decimal *value, size_t from)
{
	size_t count = value->whole.len + value->fraction.len;

	for (size_t i = from; i < count; i++)
		if (digit_at(value, i) != '0')
			return 1;
	return 0;
}

/* The digits before `point`, one more when the next asks for it. */
static int take_digits(uint64_t *out, const pv_decimal *value, long point)
{
	uint64_t sum = 0;

	for (long i = 0; i < point; i++) {
		sum = sum * 10 + (uint64_t)(digit_at(value, (size_t)i) - '0');
		if (sum > INT64_MAX / 10 - 1 && i + 1 < point)
			return PV_ELIMIT;
		if (!sum && !has_rest(value, (size_t)i + 1))
			break;
	}
	if (point >= 0 && digit_at(value, (size_t)point) >= '5')
		sum++;
	*out = sum;
	return PV_OK;
}

int pv_scaled_parse(int64_t *out, int *is_exact_out, pv_str text, int scale)
{
	pv_decimal value = { 0 };
	uint64_t sum = 0;
	long point;
	int rc = pv_decimal_parse(&value, text, NULL);

	if (rc < 0)
		return rc;
	point = (long)value.whole.len + value.exponent + scale;
	if (point > POINT_MAX)
		point = POINT_MAX;
	rc = take_digits(&sum, &value, point);
	if (rc < 0)
		return rc;
	*is_exact_out = !has_rest(&value, point > 0 ? (size_t)point : 0);
	*out = value.is_negative ? -(int64_t)sum : (int64_t)sum;
	return PV_OK;
}

void pv_scaled_write(pv_buf *out, int64_t value, int scale)
{
	uint64_t left = value < 0 ? -(uint64_t)value : (uint64_t)value;
	uint64_t unit = 1;
	uint64_t rest;

	for (int i = 0; i < scale; i++)
		unit *= 10;
	rest = left % unit;
	pv_buf_printf(out, "%s%llu", value < 0 ? "-" : "",
		      (unsigned long long)(left / unit));
	if (!rest)
		return;
	while (rest % 10 == 0) {
		rest /= 10;
		scale--;
	}
	pv_buf_printf(out, ".%0*llu", scale, (unsigned long long)rest);
}
