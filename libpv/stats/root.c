/* SPDX-License-Identifier: MIT
 *
 * Chandrupatla's method (1997, Advances in Engineering Software 28, 145):
 * inverse quadratic steps where three points say that they are safe, halves
 * else. The interval always holds the root.
 */
#include "stats/root.h"

#include <float.h>
#include <math.h>

enum {
	STEPS_MAX = 300
};

struct point {
	double x;
	double y;
};

/* The share of the way from `a` to `b` to try next. */
static double next_share(struct point a, struct point b, struct point c)
{
	double xi = (a.x - b.x) / (c.x - b.x);
	double phi = (a.y - b.y) / (c.y - b.y);

	if (!(phi * phi < xi) || !((1 - phi) * (1 - phi) < 1 - xi))
		return 0.5;
	return a.y / (b.y - a.y) * (c.y / (b.y - c.y)) +
	       (c.x - a.x) / (b.x - a.x) * (a.y / (c.y - a.y)) *
		       (b.y / (c.y - b.y));
}

double pv_root(pv_root_fn *fn, const void *payload, double low, double high)
{
	struct point a = { low, fn(low, payload) };
	struct point b = { high, fn(high, payload) };
	struct point c;
	double share = 0.5;

	if (a.y >= 0)
		return low;
	if (b.y <= 0)
		return high;
	for (int i = 0; i < STEPS_MAX; i++) {
		struct point next;
		double best;
		double least;

		next.x = a.x + share * (b.x - a.x);
		next.y = fn(next.x, payload);
		if ((next.y > 0) == (a.y > 0)) {
			c = a;
		} else {
			c = b;
			b = a;
		}
		a = next;
		best = fabs(a.y) < fabs(b.y) ? a.x : b.x;
		least = (2 * DBL_EPSILON * fabs(best) + DBL_MIN) /
			fabs(b.x - a.x);
		if (a.y == 0 || least > 0.5)
			return best;
		share = fmin(fmax(next_share(a, b, c), least), 1 - least);
	}
	return a.x;
}
