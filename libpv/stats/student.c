/* SPDX-License-Identifier: MIT
 *
 * Student's t by the incomplete beta function; for very many degrees of
 * freedom by Hill's expansion (CACM 395, 1970), where the fraction would need
 * too many terms; where t squared overflows, by the first term of the tail.
 */
#include <math.h>

#include "stats/root.h"
#include "stats/special.h"
#include "stats/tails.h"

enum {
	MANY = 20000 /* degrees of freedom, for Hill's expansion */
};

static const double root_half = 0.70710678118654752440;
static const double root_two_pi = 2.50662827463100050242;
static const double ln_two = 0.69314718055994530942;
static const double huge_square = 1e290;

/* ln of (1 + t^2 / df)^(1/2). */
static double ln_reach(double t, double df)
{
	double w = t / df * t;

	return w > huge_square ? log(fabs(t)) - log(df) / 2 : log1p(w) / 2;
}

/* The normal deviate that has the tail of `t`. */
static double many_z(double t, double df)
{
	double a = df - 0.5;
	double b = 48 * a * a;
	double y = 2 * a * ln_reach(t, df);

	return (((((-0.4 * y - 3.3) * y - 24) * y - 85.5) /
			 (0.8 * y * y + 100 + b) +
		 y + 3) /
			b +
		1) *
	       sqrt(y);
}

/* ln of 1 / B(df / 2, 1/2). */
static double ln_beta(double df)
{
	return pv_log_gamma((df + 1) / 2) - pv_log_gamma(df / 2) -
	       log(3.14159265358979323846) / 2;
}

/* The share outside of -t to t, t >= 0 (low), and inside. */
static pv_tails outside(double t, double df)
{
	double w = t / df * t;

	if (w > huge_square)
		return pv_tails_of_low(df / 2 * (log(df) - 2 * log(t)) +
				       ln_beta(df) + log(2 / df));
	return pv_beta_tails(df / 2, 0.5, 1 / (1 + w), w / (1 + w));
}

static pv_tails upper_tails(double t, double df)
{
	pv_tails both;
	pv_tails out;

	if (df > MANY)
		return pv_normal_tails(many_z(t, df));
	both = outside(t, df);
	out.high = both.low / 2;
	out.low = 0.5 + both.high / 2;
	out.ln_high = both.ln_low - ln_two;
	out.ln_low = log1p(-out.high);
	return out;
}

pv_tails pv_student_tails(double t, double df)
{
	pv_tails turned = upper_tails(fabs(t), df);
	pv_tails out = { turned.high, turned.low, turned.ln_high, turned.ln_low };

	return t < 0 ? out : turned;
}

double pv_student_sf(double t, double df)
{
	return pv_student_tails(t, df).high;
}

double pv_student_outside(double *ln_out, double t, double df)
{
	pv_tails both;

	if (df > MANY)
		return pv_normal_outside(ln_out, many_z(fabs(t), df));
	both = outside(fabs(t), df);
	*ln_out = both.ln_low;
	return both.low;
}

double pv_student_density(double t, double df)
{
	double w = t / df * t;
	double head = pv_stirling_error((df + 1) / 2) -
		      pv_stirling_error(df / 2) -
		      pv_deviance(df / 2, (df + 1) / 2);
	double body = df * ln_reach(t, df);

	if (w <= 0.2)
		body = t * t / 2 - pv_deviance(df / 2, (df + t * t) / 2);
	return exp(head - body - ln_reach(t, df)) / root_two_pi;
}

struct search {
	double df;
	double ln_p;
	int is_middle;
};

/* Above the share between 0 and t, or below the tail, by how much. */
static double ascent(double ln_t, const void *payload)
{
	const struct search *it = payload;
	double t = exp(ln_t);

	if (!it->is_middle)
		return it->ln_p - upper_tails(t, it->df).ln_high;
	if (it->df > MANY)
		return log(erf(many_z(t, it->df) * root_half) / 2) - it->ln_p;
	return outside(t, it->df).ln_high - ln_two - it->ln_p;
}

double pv_student_isf(double p, double df)
{
	struct search it = { df, log(p), 0 };

	if (p > 0.5)
		return -pv_student_isf(1 - p, df);
	if (p == 0.5)
		return 0;
	if (p > 0.25) {
		it.is_middle = 1;
		it.ln_p = log(0.5 - p);
	}
	return exp(pv_root(ascent, &it, -100, 709.78));
}
