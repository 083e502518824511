/* SPDX-License-Identifier: MIT
 *
 * The tail is libm's erfc. Its inverse begins with Hastings' approximation
 * (Abramowitz and Stegun 26.2.23) and is made exact by Newton's steps on the
 * logarithm of the tail, which is nearly a parabola.
 */
#include "stats/normal.h"

#include <math.h>

enum {
	STEPS_MAX = 30
};

static const double root_half = 0.70710678118654752440;
static const double density_top = 0.39894228040143267794;

double pv_normal_sf(double z)
{
	return erfc(z * root_half) / 2;
}

static double start(double p)
{
	double t = sqrt(-2 * log(p));

	return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
			   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

double pv_normal_isf(double p)
{
	double z;

	if (p > 0.5)
		return -pv_normal_isf(1 - p);
	z = start(p);
	for (int i = 0; i < STEPS_MAX; i++) {
		double tail = pv_normal_sf(z);
		double hazard = density_top * exp(-z * z / 2) / tail;
		double step = (log(tail) - log(p)) / hazard;

		z += step;
		if (fabs(step) <= 1e-15 * (1 + fabs(z)))
			break;
	}
	return z;
}
