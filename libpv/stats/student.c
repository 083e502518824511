/* SPDX-License-Identifier: MIT
 *
 * Tails of t by the incomplete beta function, for very many degrees of freedom
 * by Hill's expansion (CACM 395, 1970), where the fraction would need too many
 * terms. Welch's degrees of freedom are computed without squares of the
 * variances, which could overflow.
 */
#include "stats/student.h"

#include <math.h>

#include "stats/beta.h"
#include "stats/normal.h"

enum {
	STEPS_MAX = 200,
	MANY = 20000 /* degrees of freedom, for Hill's expansion */
};

static const double root_half = 0.70710678118654752440;

/* The normal deviate that has the tail of `t`. */
static double many_z(double t, double df)
{
	double a = df - 0.5;
	double b = 48 * a * a;
	double y = a * log1p(t / df * t);

	return (((((-0.4 * y - 3.3) * y - 24) * y - 85.5) /
			 (0.8 * y * y + 100 + b) +
		 y + 3) /
			b +
		1) *
	       sqrt(y);
}

double pv_student_sf(double t, double df)
{
	double w = t / df * t;

	if (t < 0)
		return 1 - pv_student_sf(-t, df);
	if (df > MANY)
		return pv_normal_sf(many_z(t, df));
	return pv_beta_inc(df / 2, 0.5, 1 / (1 + w), w / (1 + w)) / 2;
}

/* The chance of 0 to `t`: half of all less the tail, where that is nearly 0. */
static double middle_of(double t, double df)
{
	double w = t / df * t;

	if (df > MANY)
		return erf(many_z(t, df) * root_half) / 2;
	return pv_beta_inc(0.5, df / 2, w / (1 + w), 1 / (1 + w)) / 2;
}

static int is_beyond(double t, double p, double df)
{
	return p > 0.25 ? middle_of(t, df) >= 0.5 - p : pv_student_sf(t, df) <= p;
}

double pv_student_isf(double p, double df)
{
	double low = 0;
	double high = 1;

	if (p > 0.5)
		return -pv_student_isf(1 - p, df);
	while (!is_beyond(high, p, df) && high < 1e300)
		high *= 2;
	for (int i = 0; i < STEPS_MAX; i++) {
		double middle = low + (high - low) / 2;

		if (middle <= low || middle >= high)
			break;
		if (is_beyond(middle, p, df))
			high = middle;
		else
			low = middle;
	}
	return high;
}

int pv_welch_test(pv_welch *out, const pv_sample *control,
		  const pv_sample *treatment, double confidence)
{
	double a;
	double b;
	double share;
	double half;

	if (control->n < 2 || treatment->n < 2)
		return -1;
	a = control->variance / (double)control->n;
	b = treatment->variance / (double)treatment->n;
	if (!(a + b > 0))
		return -1;
	share = a / (a + b);
	out->difference = treatment->mean - control->mean;
	out->error = sqrt(a + b);
	out->t = out->difference / out->error;
	out->df = 1 / (share * share / (double)(control->n - 1) +
		       (1 - share) * (1 - share) / (double)(treatment->n - 1));
	out->p = 2 * pv_student_sf(fabs(out->t), out->df);
	half = pv_student_isf((1 - confidence) / 2, out->df) * out->error;
	out->interval.low = out->difference - half;
	out->interval.high = out->difference + half;
	return 0;
}
