/* SPDX-License-Identifier: MIT
 *
 * The incomplete gamma function: its series below a + 1 (DLMF 8.11.4), the
 * continued fraction above (8.9.2) by Lentz's method. Chi-square is a case.
 */
#include <math.h>

#include "stats/special.h"
#include "stats/tails.h"

enum {
	TERMS_MAX = 1000000
};

static double series(double a, double x)
{
	double term = 1;
	double sum = 1;

	for (int i = 1; i < TERMS_MAX && term > sum * 1e-17; i++) {
		term *= x / (a + i);
		sum += term;
	}
	return sum;
}

static double fraction(double a, double x)
{
	double b = x + 1 - a;
	double c = 1e300;
	double d = 1 / b;
	double out = d;

	for (int i = 1; i < TERMS_MAX; i++) {
		double part = -i * (i - a);
		double step;

		b += 2;
		d = 1 / (part * d + b);
		c = b + part / c;
		step = c * d;
		out *= step;
		if (fabs(step - 1) < 1e-16)
			break;
	}
	return out;
}

pv_tails pv_gamma_tails(double a, double x)
{
	pv_tails none = { 0, 1, -INFINITY, 0 };

	if (x <= 0)
		return none;
	if (x < a + 1)
		return pv_tails_of_low(pv_gamma_ln_front(a, x) +
				       log(series(a, x)));
	return pv_tails_of_high(pv_gamma_ln_front(a, x) + log(a) +
				log(fraction(a, x)));
}

pv_tails pv_chi2_tails(double x, double df, double none)
{
	(void)none;
	return pv_gamma_tails(df / 2, x / 2);
}
