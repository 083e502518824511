/* SPDX-License-Identifier: MIT
 *
 * The peak is found by the golden section, its feet by halving, where the
 * function has fallen by more than the digits of the sum; between them the
 * same rule is applied to equal panels.
 */
#include "stats/quadrature.h"

#include <math.h>

enum {
	PANELS = 24,
	POINTS = 32,
	SEARCH_STEPS = 120,
	FALL = 45 /* exp(-45) is lost in a sum of doubles */
};

static const double pi = 3.14159265358979323846;
static const double golden = 0.61803398874989484820;

void pv_gauss_make(pv_gauss *rule, int n)
{
	rule->n = n;
	for (int i = 0; i < n; i++) {
		double x = cos(pi * (i + 0.75) / (n + 0.5));
		double slope = 1;

		for (int step = 0; step < 100; step++) {
			double before = 1;
			double value = x;
			double move;

			for (int k = 2; k <= n; k++) {
				double next = ((2 * k - 1) * x * value -
					       (k - 1) * before) /
					      k;

				before = value;
				value = next;
			}
			slope = n * (x * value - before) / (x * x - 1);
			move = value / slope;
			x -= move;
			if (fabs(move) < 1e-16)
				break;
		}
		rule->x[i] = x;
		rule->weight[i] = 2 / ((1 - x * x) * slope * slope);
	}
}

static double peak_of(pv_curve_fn *fn, const void *payload, double low,
		      double high)
{
	double left = high - golden * (high - low);
	double right = low + golden * (high - low);
	double at_left = fn(left, payload);
	double at_right = fn(right, payload);

	for (int i = 0; i < SEARCH_STEPS && high - low > 1e-9 * (1 + fabs(low));
	     i++) {
		if (at_left > at_right) {
			high = right;
			right = left;
			at_right = at_left;
			left = high - golden * (high - low);
			at_left = fn(left, payload);
		} else {
			low = left;
			left = right;
			at_left = at_right;
			right = low + golden * (high - low);
			at_right = fn(right, payload);
		}
	}
	return low + (high - low) / 2;
}

/* Where the curve has fallen to `floor`, from the peak towards `end`. */
static double foot_of(pv_curve_fn *fn, const void *payload, double peak,
		      double end, double floor)
{
	double near = peak;
	double far = end;

	if (fn(end, payload) >= floor)
		return end;
	for (int i = 0; i < 60; i++) {
		double middle = near + (far - near) / 2;

		if (fn(middle, payload) >= floor)
			near = middle;
		else
			far = middle;
	}
	return far;
}

double pv_integrate_peak(pv_curve_fn *fn, const void *payload, double low,
			 double high)
{
	double peak = peak_of(fn, payload, low, high);
	double top = fn(peak, payload);
	double from;
	double width;
	double sum = 0;
	pv_gauss rule;

	if (isinf(top))
		return -INFINITY;
	pv_gauss_make(&rule, POINTS);
	from = foot_of(fn, payload, peak, low, top - FALL);
	width = (foot_of(fn, payload, peak, high, top - FALL) - from) / PANELS;
	for (int i = 0; i < PANELS; i++)
		for (int j = 0; j < POINTS; j++) {
			double x = from + width * (i + (1 + rule.x[j]) / 2);

			sum += rule.weight[j] * exp(fn(x, payload) - top);
		}
	return top + log(sum * width / 2);
}
