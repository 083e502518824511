/* SPDX-License-Identifier: MIT
 *
 * Fisher's exact test. Chances of tables come from the saddle point (Loader
 * 2000: a hypergeometric chance is made of three binomial ones), sums run
 * outward from a table by the ratio of neighbours, in units of that table's
 * chance, so that the smallest p has all its digits.
 */
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/special.h"

static const double two_pi = 6.28318530717958647692;
static const double equal_within = 1e-7;
static const double counts_max = 1125899906842624.0; /* 2^50 */

/* Margins: a is one of `row` drawn of `total`, `column` of which are marked. */
struct margins {
	double total;
	double row;
	double column;
	double least; /* what a may be */
	double most;
};

/* ln of the chance of x hits in n tries of chance p, 1 - p = q. */
static double ln_binomial(double x, double n, double p, double q)
{
	double rest = n - x;

	if (x == 0)
		return n == 0 ? 0 : -pv_deviance(n, n * q) - n * p;
	if (rest == 0)
		return -pv_deviance(n, n * p) - n * q;
	return pv_stirling_error(n) - pv_stirling_error(x) -
	       pv_stirling_error(rest) - pv_deviance(x, n * p) -
	       pv_deviance(rest, n * q) - log(two_pi * x * (rest / n)) / 2;
}

static double ln_chance(const struct margins *it, double a)
{
	double p = it->row / it->total;
	double q = (it->total - it->row) / it->total;

	if (it->least == it->most)
		return 0;
	return ln_binomial(a, it->column, p, q) +
	       ln_binomial(it->row - a, it->total - it->column, p, q) -
	       ln_binomial(it->row, it->total, p, q);
}

/* The chance of a + 1 over that of a. */
static double rise(const struct margins *it, double a)
{
	return (it->row - a) / (a + 1) *
	       ((it->column - a) / (it->total - it->row - it->column + a + 1));
}

/* The sum of chances from a on, in units of a's own, away from the mode. */
static double sum_up(const struct margins *it, double a)
{
	double term = 1;
	double sum = 1;

	while (a < it->most && term > sum * 1e-18) {
		term *= rise(it, a++);
		sum += term;
	}
	return sum;
}

static double sum_down(const struct margins *it, double a)
{
	double term = 1;
	double sum = 1;

	while (a > it->least && term > sum * 1e-18) {
		term /= rise(it, --a);
		sum += term;
	}
	return sum;
}

static double mode_of(const struct margins *it)
{
	double mode = floor((it->row + 1) / (it->total + 2) * (it->column + 1));

	return fmin(fmax(mode, it->least), it->most);
}

/*
 * The table nearest to the mode, on the other side of it, that is no more
 * likely than `limit`; one beyond the end when there is none.
 */
static double opposite(const struct margins *it, double mode, int is_up,
		       double limit)
{
	double near = mode;
	double far = is_up ? it->most + 1 : it->least - 1;

	while (fabs(far - near) > 1) {
		double middle = near + trunc((far - near) / 2);

		if (ln_chance(it, middle) <= limit)
			far = middle;
		else
			near = middle;
	}
	return far;
}

/* ln of exp(a) x + exp(b) y. */
static double ln_add(double a, double x, double b, double y)
{
	double top = fmax(a, b);

	return top + log(exp(a - top) * x + exp(b - top) * y);
}

static void two_sided(pv_stats_fisher_result *out, const struct margins *it,
		      double a)
{
	double mode = mode_of(it);
	double own = ln_chance(it, a);
	double limit = own + log1p(equal_within);
	double other;

	if (ln_chance(it, mode) <= limit) {
		out->p = 1;
		return;
	}
	if (a > mode) {
		other = opposite(it, mode, 0, limit);
		out->ln_p = own + log(sum_up(it, a));
		if (other >= it->least)
			out->ln_p = ln_add(out->ln_p, 1, ln_chance(it, other),
					   sum_down(it, other));
	} else {
		other = opposite(it, mode, 1, limit);
		out->ln_p = own + log(sum_down(it, a));
		if (other <= it->most)
			out->ln_p = ln_add(out->ln_p, 1, ln_chance(it, other),
					   sum_up(it, other));
	}
	out->ln_p = fmin(out->ln_p, 0);
	out->p = exp(out->ln_p);
}

static void one_sided(pv_stats_fisher_result *out, const struct margins *it,
		      double a)
{
	double own = exp(ln_chance(it, a));

	if (a > mode_of(it)) {
		out->p_greater = fmin(own * sum_up(it, a), 1);
		out->p_less = fmin(1 - out->p_greater + own, 1);
	} else {
		out->p_less = fmin(own * sum_down(it, a), 1);
		out->p_greater = fmin(1 - out->p_less + own, 1);
	}
}

int pv_stats_fisher(pv_stats_fisher_result *out, const int64_t table[4],
		    pv_error *err)
{
	double a = (double)table[0];
	double b = (double)table[1];
	double c = (double)table[2];
	double d = (double)table[3];
	struct margins it = { a + b + c + d, a + b, a + c, 0, 0 };
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	for (int i = 0; i < 4 && rc == PV_OK; i++)
		rc = pv_domain_count("count", table[i], 0, err);
	if (rc < 0)
		return rc;
	if (it.total > counts_max)
		return pv_fail(err, PV_EINVALID, "counts are above 2^50");
	it.least = fmax(0, it.row + it.column - it.total);
	it.most = fmin(it.row, it.column);
	two_sided(out, &it, a);
	one_sided(out, &it, a);
	out->has_odds_ratio = b > 0 && c > 0;
	if (out->has_odds_ratio)
		out->odds_ratio = a / b * (d / c);
	return PV_OK;
}
