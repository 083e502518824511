/* SPDX-License-Identifier: MIT
 *
 * Mann and Whitney's test on counts by value; samples are turned into such
 * counts first. The median of all differences is found by halving the range of
 * doubles and counting pairs, without ever making the pairs.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "base/mem.h"
#include "stats/domain.h"
#include "stats/tails.h"

enum {
	SIDE_MAX = 1 << 26, /* values of a sample */
	EXACT_MAX = 3000    /* pairs */
};

/* Of both sides: a double has all of them. */
static const double counts_max = 9007199254740992;

/* --- the median of differences -------------------------------------------- */

/* How many pairs differ by at most `shift`, as doubles are subtracted. */
static double pairs_within(const pv_stats_bin *bins, size_t count, double shift)
{
	double pairs = 0;
	double treated = 0;
	size_t j = 0;

	for (size_t i = 0; i < count; i++) {
		while (j < count && bins[j].value - bins[i].value <= shift)
			treated += (double)bins[j++].treatment;
		pairs += treated * (double)bins[i].control;
	}
	return pairs;
}

/* Doubles as whole numbers in the same order, to be halved. */
static int64_t order_of(double value)
{
	int64_t bits;

	memcpy(&bits, &value, sizeof(bits));
	return bits >= 0 ? bits : INT64_MIN - bits;
}

static double from_order(int64_t order)
{
	int64_t bits = order >= 0 ? order : INT64_MIN - order;
	double value;

	memcpy(&value, &bits, sizeof(value));
	return value;
}

/* The difference with `rank` pairs at or below it, from 1. */
static double difference_at(const pv_stats_bin *bins, size_t count, double rank)
{
	double reach = bins[count - 1].value - bins[0].value;
	int64_t low = order_of(-reach);
	int64_t high = order_of(reach);

	while (low < high) {
		int64_t middle = (low & high) + ((low ^ high) >> 1);

		if (pairs_within(bins, count, from_order(middle)) >= rank)
			high = middle;
		else
			low = middle + 1;
	}
	return from_order(low);
}

static double median_shift(const pv_stats_bin *bins, size_t count, double pairs)
{
	double low = difference_at(bins, count, floor((pairs + 1) / 2));
	double high = low;

	if (fmod(pairs, 2) == 0)
		high = difference_at(bins, count, pairs / 2 + 1);
	return low / 2 + high / 2;
}

/* --- the test ------------------------------------------------------------- */

struct sides {
	double control;
	double treatment;
};

/* What z is made of, with nothing cancelling where nearly all are equal. */
struct order {
	/* U of the treatment less n1 n2 / 2. */
	double off;
	/*
	 * The variance's (n + 1) - sum(t^3 - t) / (n (n - 1)), as a sum of t
	 * (n - t) (n + t) over n (n - 1).
	 */
	double spread;
};

static struct order compare_sides(const pv_stats_bin *bins, size_t count,
				  struct sides n)
{
	struct order out = { 0, 0 };
	double all = n.control + n.treatment;
	double below = 0;

	for (size_t i = 0; i < count; i++) {
		double t = (double)(bins[i].control + bins[i].treatment);
		double above = n.control - below - (double)bins[i].control;

		out.off += (double)bins[i].treatment / 2 * (below - above);
		out.spread += t * ((all - t) / all) * ((all + t) / (all - 1));
		below += (double)bins[i].control;
	}
	return out;
}

static void find_z(pv_stats_ranks *out, double pairs, struct order order)
{
	double off = order.off;
	double sd = sqrt(pairs / 12 * order.spread);
	double size = fmax(fabs(off) - 0.5, 0);
	double ln_p;

	out->z = copysign(size, off) / sd;
	out->p = pv_normal_outside(&ln_p, out->z);
	out->p_greater = pv_normal_sf((off - 0.5) / sd);
	out->p_less = pv_normal_sf(-(off + 0.5) / sd);
	out->z_plain = off / sd;
	out->p_plain = pv_normal_outside(&ln_p, out->z_plain);
}

int pv_stats_mann_whitney_bins(pv_stats_ranks *out, const pv_stats_bin *bins,
			       size_t count, pv_error *err)
{
	struct sides n = { 0, 0 };
	double groups = 0;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		double t = (double)bins[i].control + (double)bins[i].treatment;

		rc = pv_domain_finite("value", bins[i].value, err);
		if (rc == PV_OK)
			rc = pv_domain_count("count", bins[i].control, 0, err);
		if (rc == PV_OK)
			rc = pv_domain_count("count", bins[i].treatment, 0, err);
		if (rc == PV_OK && i && !(bins[i].value > bins[i - 1].value))
			rc = pv_fail(err, PV_EINVALID, "values do not rise");
		out->u_treatment += (double)bins[i].treatment *
				    (n.control + (double)bins[i].control / 2);
		out->tie_sum += t * (t * t - 1);
		n.control += (double)bins[i].control;
		n.treatment += (double)bins[i].treatment;
		groups += t > 0;
	}
	if (rc == PV_OK && n.control + n.treatment > counts_max)
		rc = pv_fail(err, PV_EINVALID, "counts are above 2^53");
	if (rc == PV_OK && count)
		rc = pv_domain_finite("the range of values",
				      bins[count - 1].value - bins[0].value, err);
	if (rc < 0)
		return rc;
	out->status = PV_STATS_TOO_FEW;
	if (n.control < 1 || n.treatment < 1)
		return PV_OK;
	out->u_control = n.control * n.treatment - out->u_treatment;
	out->superiority = out->u_treatment / (n.control * n.treatment);
	out->cliffs_delta =
		(out->u_treatment - out->u_control) / (n.control * n.treatment);
	out->shift = median_shift(bins, count, n.control * n.treatment);
	out->status = PV_STATS_NO_VARIANCE;
	if (groups < 2)
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	find_z(out, n.control * n.treatment, compare_sides(bins, count, n));
	return PV_OK;
}

/* --- samples -------------------------------------------------------------- */

static int by_value(const void *a, const void *b)
{
	const pv_stats_bin *left = a;
	const pv_stats_bin *right = b;

	return left->value < right->value ? -1 : left->value > right->value;
}

/* Both samples as counts by value, sorted. */
static size_t count_values(pv_stats_bin *bins, const double *control,
			   size_t n_control, const double *treatment,
			   size_t n_treatment)
{
	size_t n = n_control + n_treatment;
	size_t used = 0;

	for (size_t i = 0; i < n; i++) {
		int is_control = i < n_control;

		bins[i].value =
			is_control ? control[i] : treatment[i - n_control];
		bins[i].control = is_control;
		bins[i].treatment = !is_control;
	}
	qsort(bins, n, sizeof(*bins), by_value);
	for (size_t i = 0; i < n; i++) {
		if (used && bins[used - 1].value == bins[i].value) {
			bins[used - 1].control += bins[i].control;
			bins[used - 1].treatment += bins[i].treatment;
		} else {
			bins[used++] = bins[i];
		}
	}
	return used;
}

/*
 * Chances of U over all orders of n1 and n2: the Gaussian binomial, product of
 * (1 - x^(n2 + i)) / (1 - x^i), whose coefficients stay chances when each step
 * is weighted by i / (n2 + i).
 */
static void fill_orders(double *chance, size_t n1, size_t n2)
{
	size_t top = n1 * n2;

	memset(chance, 0, (top + 1) * sizeof(*chance));
	chance[0] = 1;
	for (size_t i = 1; i <= n1; i++) {
		double weight = (double)i / (double)(n2 + i);

		for (size_t k = top + 1; k-- > n2 + i;)
			chance[k] -= chance[k - n2 - i];
		for (size_t k = i; k <= top; k++)
			chance[k] += chance[k - i];
		for (size_t k = 0; k <= top; k++)
			chance[k] *= weight;
	}
}

static int find_exact(pv_stats_ranks *out, size_t n1, size_t n2, pv_error *err)
{
	size_t top = n1 * n2;
	size_t rank = (size_t)fmin(out->u_control, out->u_treatment);
	double *chance = pv_calloc(top + 1, sizeof(*chance));
	double sum = 0;

	if (!chance)
		return pv_fail_nomem(err);
	fill_orders(chance, n1 < n2 ? n1 : n2, n1 < n2 ? n2 : n1);
	for (size_t k = 0; k <= rank; k++)
		sum += chance[k];
	out->p_exact = fmin(2 * sum, 1);
	out->has_exact = 1;
	pv_free(chance);
	return PV_OK;
}

int pv_stats_mann_whitney(pv_stats_ranks *out, const double *control,
			  size_t n_control, const double *treatment,
			  size_t n_treatment, pv_error *err)
{
	pv_stats_bin *bins;
	size_t used;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	if (n_control > SIDE_MAX || n_treatment > SIDE_MAX)
		return pv_fail(err, PV_EINVALID,
			       "a sample has more than %d values", SIDE_MAX);
	for (size_t i = 0; i < n_control && rc == PV_OK; i++)
		rc = pv_domain_finite("value", control[i], err);
	for (size_t i = 0; i < n_treatment && rc == PV_OK; i++)
		rc = pv_domain_finite("value", treatment[i], err);
	if (rc < 0)
		return rc;
	bins = pv_calloc(n_control + n_treatment + 1, sizeof(*bins));
	if (!bins)
		return pv_fail_nomem(err);
	used = count_values(bins, control, n_control, treatment, n_treatment);
	rc = pv_stats_mann_whitney_bins(out, bins, used, err);
	if (rc == PV_OK && out->status == PV_STATS_KNOWN &&
	    used == n_control + n_treatment &&
	    n_control * n_treatment <= EXACT_MAX)
		rc = find_exact(out, n_control, n_treatment, err);
	pv_free(bins);
	return rc;
}
