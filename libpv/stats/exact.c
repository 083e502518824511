/* SPDX-License-Identifier: MIT
 *
 * Moments of whole numbers: (n P - A B) / n in 256 bits, rounded once.
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

/* From digits that were summed each, in two's complement. */
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

/* Within 256 bits, as numbers of both signs are in two's complement. */
static struct wide subtract(const struct wide *a, const struct wide *b)
{
	struct wide out;
	int64_t borrow = 0;

	for (int i = 0; i < DIGITS; i++) {
		int64_t here = (int64_t)a->digits[i] - b->digits[i] - borrow;

		borrow = here < 0;
		out.digits[i] = (uint32_t)here;
	}
	return out;
}

/* The difference, rounded once. */
static double difference(const struct wide *a, const struct wide *b)
{
	struct wide size = subtract(a, b);
	int is_negative = size.digits[DIGITS - 1] >> 31 != 0;
	double out = 0;

	if (is_negative)
		size = subtract(b, a);
	for (int i = DIGITS - 1; i >= 0; i--)
		out = out * base + size.digits[i];
	return is_negative ? -out : out;
}

static double total_of(const int64_t sum[2])
{
	return (double)sum[1] * base + (double)sum[0];
}

/* The sum of products of distances from the means: (n P - A B) / n. */
static double spread_of(int64_t n, const int64_t a[2], const int64_t b[2],
			const int64_t product[4])
{
	struct wide count = wide_of(&n, 1);
	struct wide products = wide_of(product, 4);
	struct wide all = multiply(&count, &products);
	struct wide left = wide_of(a, 2);
	struct wide right = wide_of(b, 2);
	struct wide own = multiply(&left, &right);

	return difference(&all, &own) / (double)n;
}

void pv_stats_moments_of_sums(pv_stats_moments *out, int64_t n,
			      const int64_t sum[2], const int64_t square[4])
{
	pv_stats_moments none = { 0 };
	double m2;

	*out = none;
	if (n <= 0)
		return;
	m2 = spread_of(n, sum, sum, square);
	out->n = n;
	out->mean = total_of(sum) / (double)n;
	/* Less than 0 only where the sums are none of real values. */
	out->m2 = m2 > 0 ? m2 : 0;
}

void pv_stats_pairs_of_sums(pv_stats_pairs *out, int64_t n,
			    const pv_stats_pair_sums *sums)
{
	pv_stats_pairs none = { 0 };

	*out = none;
	if (n <= 0)
		return;
	pv_stats_moments_of_sums(&out->x, n, sums->x, sums->xx);
	pv_stats_moments_of_sums(&out->y, n, sums->y, sums->yy);
	out->c = spread_of(n, sums->x, sums->y, sums->xy);
}
