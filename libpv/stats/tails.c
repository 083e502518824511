/* SPDX-License-Identifier: MIT
 *
 * Points are sought in the logarithm of x and of the chance, in which all
 * tails are nearly straight.
 */
#include "stats/tails.h"

#include <math.h>

#include "stats/root.h"

/* Of ln p: ln (1 - p), by whichever way keeps the digits. */
static double ln_rest(double ln_p)
{
	return ln_p > -0.69 ? log(-expm1(ln_p)) : log1p(-exp(ln_p));
}

pv_tails pv_tails_of_low(double ln_low)
{
	double ln_p = ln_low > 0 ? 0 : ln_low;
	pv_tails out = { exp(ln_p), -expm1(ln_p), ln_p, ln_rest(ln_p) };

	return out;
}

pv_tails pv_tails_of_high(double ln_high)
{
	pv_tails turned = pv_tails_of_low(ln_high);
	pv_tails out = { turned.high, turned.low, turned.ln_high, turned.ln_low };

	return out;
}

struct search {
	pv_tails_fn *tails;
	double a;
	double b;
	double ln_p;
	int is_high;
};

static double ascent(double ln_x, const void *payload)
{
	const struct search *it = payload;
	pv_tails tails = it->tails(exp(ln_x), it->a, it->b);

	return it->is_high ? it->ln_p - tails.ln_high : tails.ln_low - it->ln_p;
}

double pv_tails_point(pv_tails_fn *tails, double p, int is_high, double a,
		      double b)
{
	struct search it = { tails, a, b, log(p), is_high };

	/* The side that has the smaller chance has the digits. */
	if (p > 0.5) {
		it.is_high = !is_high;
		it.ln_p = log1p(-p);
	}
	return exp(pv_root(ascent, &it, -740, 709));
}
