/* SPDX-License-Identifier: MIT
 *
 * The normal distribution. Tails are libm's erfc; beyond its range the
 * asymptotic series of Mills' ratio (Abramowitz and Stegun 26.2.12). The
 * inverse begins with Hastings' approximation (26.2.23) and is made exact by
 * Newton's steps on the logarithm of the tail, nearly a parabola, or near the
 * middle on what lies between 0 and z.
 */
#include <math.h>

#include "stats/tails.h"

enum {
	STEPS_MAX = 40,
	FAR = 35 /* beyond this the series has all digits */
};

static const double root_half = 0.70710678118654752440;
static const double density_top = 0.39894228040143267794;

double pv_normal_density(double z)
{
	return density_top * exp(-z * z / 2);
}

double pv_normal_sf(double z)
{
	return erfc(z * root_half) / 2;
}

/* ln of the tail beyond z > FAR. */
static double ln_far(double z)
{
	double w = 1 / (z * z);

	return -z * z / 2 + log(density_top) - log(z) +
	       log1p(-w * (1 - 3 * w * (1 - 5 * w * (1 - 7 * w))));
}

pv_tails pv_normal_tails(double z)
{
	double ln_small =
		fabs(z) > FAR ? ln_far(fabs(z)) : log(pv_normal_sf(fabs(z)));
	pv_tails out = { pv_normal_sf(-z), pv_normal_sf(z), ln_small, ln_small };

	if (z >= 0)
		out.ln_low = log1p(-out.high);
	else
		out.ln_high = log1p(-out.low);
	return out;
}

double pv_normal_outside(double *ln_out, double z)
{
	if (fabs(z) < 1)
		*ln_out = log1p(-erf(fabs(z) * root_half));
	else
		*ln_out = pv_normal_tails(fabs(z)).ln_high + log(2);
	return 2 * pv_normal_sf(fabs(z));
}

static double start(double p)
{
	double t = sqrt(-2 * log(p));

	return t - (2.515517 + t * (0.802853 + t * 0.010328)) /
			   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
}

/* How far z falls short, by Newton, of having the tail `p`. */
static double shortfall(double z, double p)
{
	pv_tails tails;

	if (p > 0.25)
		return (0.5 - p - erf(z * root_half) / 2) / pv_normal_density(z);
	tails = pv_normal_tails(z);
	return (tails.ln_high - log(p)) /
	       exp(log(density_top) - z * z / 2 - tails.ln_high);
}

double pv_normal_isf(double p)
{
	double z;

	if (p > 0.5)
		return -pv_normal_isf(1 - p);
	z = start(p);
	for (int i = 0; i < STEPS_MAX; i++) {
		double step = shortfall(z, p);

		z += step;
		if (fabs(step) <= 1e-16 * fabs(z))
			break;
	}
	return z;
}
