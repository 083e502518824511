/* SPDX-License-Identifier: MIT
 *
 * The incomplete beta function, of which the tails of Student's t and of F
 * are cases: the continued fraction of DLMF 8.17.22 by Lentz's method, on the
 * side of the mean where it converges fast.
 */
#include <math.h>

#include "stats/special.h"
#include "stats/tails.h"

enum {
	TERMS_MAX = 400000
};

static const double two_pi = 6.28318530717958647692;

double pv_beta_ln_front(double a, double b, double x, double y)
{
	double n = a + b;

	/* Around the saddle point from 1 on; B(a, b) = B(a + 1, b) n / a. */
	if (a < 1)
		return pv_beta_ln_front(a + 1, b, x, y) + log(a / n) - log(x);
	if (b < 1)
		return pv_beta_ln_front(a, b + 1, x, y) + log(b / n) - log(y);
	return log(a / n * b / two_pi) / 2 + pv_stirling_error(n) -
	       pv_stirling_error(a) - pv_stirling_error(b) -
	       pv_deviance(a, n * x) - pv_deviance(b, n * y);
}

static double keep_off_zero(double value)
{
	return fabs(value) < 1e-300 ? 1e-300 : value;
}

static double fraction(double a, double b, double x)
{
	double c = 1;
	double d = 1 / keep_off_zero(1 - (a + b) * x / (a + 1));
	double out = d;

	for (int i = 1; i < TERMS_MAX; i++) {
		double m = i;
		double even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m));
		double odd = -(a + m) * (a + b + m) * x /
			     ((a + 2 * m) * (a + 2 * m + 1));
		double step;

		d = 1 / keep_off_zero(1 + even * d);
		c = keep_off_zero(1 + even / c);
		out *= d * c;
		d = 1 / keep_off_zero(1 + odd * d);
		c = keep_off_zero(1 + odd / c);
		step = d * c;
		out *= step;
		if (fabs(step - 1) < 1e-16)
			break;
	}
	return out;
}

pv_tails pv_beta_tails(double a, double b, double x, double y)
{
	pv_tails none = { 0, 1, -INFINITY, 0 };
	pv_tails all = { 1, 0, 0, -INFINITY };

	if (x <= 0)
		return none;
	if (y <= 0)
		return all;
	if (x < (a + 1) / (a + b + 2))
		return pv_tails_of_low(pv_beta_ln_front(a, b, x, y) - log(a) +
				       log(fraction(a, b, x)));
	return pv_tails_of_high(pv_beta_ln_front(b, a, y, x) - log(b) +
				log(fraction(b, a, y)));
}

pv_tails pv_f_tails(double f, double d1, double d2)
{
	double rest = d2 + d1 * f;

	return pv_beta_tails(d1 / 2, d2 / 2, d1 * f / rest, d2 / rest);
}
