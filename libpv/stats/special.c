/* SPDX-License-Identifier: MIT
 *
 * See the header.
 */
#include "stats/special.h"

#include <math.h>

enum {
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

double pv_log_gamma(double x)
{
	double product = 1;

	while (x < STIRLING_LEAST) {
		product *= x;
		x++;
	}
	return (x - 0.5) * log(x) - x + log(two_pi) / 2 + stirling_series(x) -
	       log(product);
}

double pv_stirling_error(double n)
{
	if (n >= STIRLING_LEAST)
		return stirling_series(n);
	return pv_log_gamma(n + 1) - (n + 0.5) * log(n) + n - log(two_pi) / 2;
}

double pv_deviance(double x, double m)
{
	double v = (x - m) / (x + m);
	double sum = (x - m) * v;
	double term = 2 * x * v;

	if (x == 0)
		return m;
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

double pv_gamma_ln_front(double a, double x)
{
	/* Stirling's needs a >= 1; x^a / Gamma(a + 1) follows from a + 1. */
	if (a < 1)
		return pv_gamma_ln_front(a + 1, x) + log((a + 1) / x);
	return -pv_stirling_error(a) - pv_deviance(a, x) - log(two_pi * a) / 2;
}

double pv_cross(double a, double b, double c, double d)
{
	double right = c * d;
	double missed = fma(-c, d, right);

	return fma(a, b, -right) + missed;
}
