/* SPDX-License-Identifier: MIT
 *
 * The continued fraction of DLMF 8.17.22 by Lentz's method. What stands before
 * it is computed around the saddle point (Loader 2000), as plain logarithms of
 * the gamma function lose all digits of large a and b.
 */
#include "stats/beta.h"

#include <math.h>

enum {
	TERMS_MAX = 200000,
	SERIES_MAX = 1000,
	STIRLING_LEAST = 16
};

static const double two_pi = 6.28318530717958647692;

/* The series of what Stirling's approximation of ln(n!) lacks, n >= 16. */
static double stirling_series(double n)
{
	static const double parts[] = { 1.0 / 12,    -1.0 / 360, 1.0 / 1260,
					-1.0 / 1680, 1.0 / 1188, -691.0 / 360360 };
	double sum = 0;

	for (int i = 5; i >= 0; i--)
		sum = parts[i] + sum / (n * n);
	return sum / n;
}

/* ln of the gamma function of x > 0; libm's writes to a global. */
static double log_gamma(double x)
{
	double product = 1;

	while (x < STIRLING_LEAST) {
		product *= x;
		x++;
	}
	return (x - 0.5) * log(x) - x + log(two_pi) / 2 + stirling_series(x) -
	       log(product);
}

/* What Stirling's approximation lacks, for n >= 1. */
static double stirling_error(double n)
{
	if (n >= STIRLING_LEAST)
		return stirling_series(n);
	return log_gamma(n + 1) - (n + 0.5) * log(n) + n - log(two_pi) / 2;
}

/* x ln(x / m) + m - x without cancellation. */
static double deviance(double x, double m)
{
	double v = (x - m) / (x + m);
	double sum = (x - m) * v;
	double term = 2 * x * v;

	if (fabs(x - m) >= 0.1 * (x + m))
		return x * log(x / m) + m - x;
	for (int i = 1; i < SERIES_MAX; i++) {
		double next;

		term *= v * v;
		next = sum + term / (2 * i + 1);
		if (next == sum)
			break;
		sum = next;
	}
	return sum;
}

/* x^a y^b / B(a, b). */
static double front(double a, double b, double x, double y)
{
	double n = a + b;

	if (a < 1 || b < 1)
		return exp(a * log(x) + b * log(y) + log_gamma(n) -
			   log_gamma(a) - log_gamma(b));
	return sqrt(a / n * b / two_pi) *
	       exp(stirling_error(n) - stirling_error(a) - stirling_error(b) -
		   deviance(a, n * x) - deviance(b, n * y));
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

double pv_beta_inc(double a, double b, double x, double y)
{
	if (x <= 0)
		return 0;
	if (y <= 0)
		return 1;
	if (x < (a + 1) / (a + b + 2))
		return front(a, b, x, y) * fraction(a, b, x) / a;
	return 1 - front(b, a, y, x) * fraction(b, a, y) / b;
}
