/* SPDX-License-Identifier: MIT
 *
 * Moments of whole numbers: (n S2 - S1^2) / n in 256 bits, rounded once.
 * Nothing cancels, however large the mean.
 */
#include <pv/stats.h>

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

static double total_of(const int64_t sum[2])
{
	return (double)sum[1] * base + (double)sum[0];
}

void pv_stats_moments_of_sums(pv_stats_moments *out, int64_t n,
			      const int64_t sum[2], const int64_t square[4])
{
	pv_stats_moments none = { 0 };
	struct wide count = wide_of(&n, 1);
	struct wide squares = wide_of(square, 4);
	struct wide all = multiply(&count, &squares);
	int is_negative = total_of(sum) < 0;
	int64_t size[2];
	struct wide total;
	struct wide own;

	*out = none;
	if (n <= 0)
		return;
	for (int i = 0; i < 2; i++)
		size[i] = is_negative ? -sum[i] : sum[i];
	total = wide_of(size, 2);
	own = multiply(&total, &total);
	out->n = n;
	out->mean = total_of(sum) / (double)n;
	out->m2 = difference(&all, &own) / (double)n;
}
