/* SPDX-License-Identifier: MIT
 *
 * P(T <= t) is the mean of Phi(t s - ncp) over s, the deviation of a sample in
 * units of the true one: sqrt(chi-square / df). Its density is narrow and has
 * one peak near 1; 14 of its deviations are looked at on either side.
 */
#include <math.h>

#include "stats/quadrature.h"
#include "stats/special.h"
#include "stats/tails.h"

enum {
	PANELS = 8,
	POINTS = 32,
	REACH = 14
};

/* The density of s: with u = df s^2 / 2 it is 2 u^(df/2) e^-u / (s G(df/2)). */
static double density(double s, double df)
{
	return exp(pv_gamma_ln_front(df / 2, df * s * s / 2)) * df / s;
}

double pv_nct_cdf(double t, double df, double ncp)
{
	double reach = REACH / sqrt(2 * df);
	double from = fmax(0, 1 - reach);
	double width = (1 + reach - from) / PANELS;
	double sum = 0;
	pv_gauss rule;

	pv_gauss_make(&rule, POINTS);
	for (int i = 0; i < PANELS; i++)
		for (int j = 0; j < POINTS; j++) {
			double s = from + width * (i + (1 + rule.x[j]) / 2);

			sum += rule.weight[j] * density(s, df) *
			       pv_normal_sf(ncp - t * s);
		}
	return fmin(sum * width / 2, 1);
}
