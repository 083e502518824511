/* SPDX-License-Identifier: MIT
 *
 * Variance is (n * S2 - S1^2) / (n (n - 1)) in whole numbers of 256 bits, and
 * rounded once: nothing cancels, however large the mean.
 */
#include "analytics/measure.h"

#include <math.h>

enum {
	DIGITS = 8
};

/* Digits of 32 bits, the lowest first. */
struct wide {
	uint32_t digits[DIGITS];
};

static const double base = 4294967296.0;

/* From digits that were summed each; the sum of all is not negative. */
static struct wide wide_of(const int64_t *sums, int count)
{
	struct wide out = { { 0 } };
	int64_t carry = 0;

	for (int i = 0; i < DIGITS; i++) {
		int64_t here = carry + (i < count ? sums[i] : 0);
		int64_t low = (int64_t)((uint64_t)here & UINT32_MAX);

		out.digits[i] = (uint32_t)low;
		carry = (here - low) / ((int64_t)1 << 32);
	}
	return out;
}

static struct wide multiply(const struct wide *a, const struct wide *b)
{
	struct wide out = { { 0 } };

	for (int i = 0; i < DIGITS; i++) {
		uint64_t carry = 0;

		for (int j = 0; i + j < DIGITS; j++) {
			uint64_t sum = (uint64_t)a->digits[i] * b->digits[j] +
				       out.digits[i + j] + carry;

			out.digits[i + j] = (uint32_t)sum;
			carry = sum >> 32;
		}
	}
	return out;
}

static int is_less(const struct wide *a, const struct wide *b)
{
	for (int i = DIGITS - 1; i >= 0; i--)
		if (a->digits[i] != b->digits[i])
			return a->digits[i] < b->digits[i];
	return 0;
}

static double difference(const struct wide *a, const struct wide *b)
{
	uint32_t digits[DIGITS];
	int64_t borrow = 0;
	double out = 0;

	if (is_less(a, b))
		return 0;
	for (int i = 0; i < DIGITS; i++) {
		int64_t here = (int64_t)a->digits[i] - b->digits[i] - borrow;

		borrow = here < 0;
		digits[i] = (uint32_t)here;
	}
	for (int i = DIGITS - 1; i >= 0; i--)
		out = out * base + digits[i];
	return out;
}

static double variance_of(const pv_moments *moments)
{
	const int64_t count[2] = { moments->n, 0 };
	int is_negative = moments->sum[1] < 0;
	int64_t sum[2];
	struct wide n = wide_of(count, 1);
	struct wide squares = wide_of(moments->square, 4);
	struct wide all = multiply(&n, &squares);
	struct wide total;
	struct wide own;

	for (int i = 0; i < 2; i++)
		sum[i] = is_negative ? -moments->sum[i] : moments->sum[i];
	total = wide_of(sum, 2);
	own = multiply(&total, &total);
	return difference(&all, &own) / (double)moments->n /
	       (double)(moments->n - 1);
}

/* --- quantiles ------------------------------------------------------------ */

typedef double (*point_fn)(int32_t key);

/* The value at a rank, counted from 0. */
static double at_rank(const pv_histogram *histogram, point_fn point, int64_t rank)
{
	int32_t key = 0;
	int64_t seen = 0;

	for (size_t i = 0; i < histogram->count && seen <= rank; i++) {
		key = histogram->bins[i].key;
		seen += histogram->bins[i].count;
	}
	return point(key);
}

/* R's type 7. */
static double quantile(const pv_moments *moments, point_fn point, double q)
{
	const pv_histogram *histogram = &moments->histogram;
	double place = (double)(moments->n - 1) * q;
	double low = floor(place);
	double value = at_rank(histogram, point, (int64_t)low);

	if (place > low)
		value += (place - low) *
			 (at_rank(histogram, point, (int64_t)low + 1) - value);
	return value;
}

pv_measure pv_measure_of(const pv_moments *moments, int scale, point_fn point)
{
	double unit = pow(10, scale);
	pv_measure out = { .n = moments->n };
	double total;

	if (moments->n <= 0) {
		out.n = 0;
		return out;
	}
	total = (double)moments->sum[1] * base + (double)moments->sum[0];
	out.total = total / unit;
	out.mean = total / (double)moments->n / unit;
	if (moments->n > 1)
		out.variance = variance_of(moments) / unit / unit;
	out.p50 = quantile(moments, point, 0.5) / unit;
	out.p95 = quantile(moments, point, 0.95) / unit;
	out.p99 = quantile(moments, point, 0.99) / unit;
	return out;
}
