/* SPDX-License-Identifier: MIT
 *
 * Shares: see the papers named in the header.
 */
#include "stats/proportion.h"

#include <math.h>

#include "stats/normal.h"

pv_interval pv_share_wilson(pv_share share, double confidence)
{
	double z = pv_normal_isf((1 - confidence) / 2);
	double n = (double)share.n;
	double p = (double)share.hits / n;
	double scale = 1 + z * z / n;
	double centre = (p + z * z / (2 * n)) / scale;
	double half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale;
	pv_interval out = { centre - half, centre + half };

	/* Exactly, where rounding would leave a trace. */
	if (share.hits == 0)
		out.low = 0;
	if (share.hits == share.n)
		out.high = 1;
	return out;
}

pv_interval pv_share_newcombe(pv_share control, pv_share treatment,
			      double confidence)
{
	pv_interval a = pv_share_wilson(control, confidence);
	pv_interval b = pv_share_wilson(treatment, confidence);
	double from = (double)control.hits / (double)control.n;
	double to = (double)treatment.hits / (double)treatment.n;
	pv_interval out;

	out.low = to - from - hypot(to - b.low, a.high - from);
	out.high = to - from + hypot(b.high - to, from - a.low);
	return out;
}

double pv_share_test(pv_share control, pv_share treatment)
{
	double a = (double)control.n;
	double b = (double)treatment.n;
	double pooled = (double)(control.hits + treatment.hits) / (a + b);
	double error = sqrt(pooled * (1 - pooled) * (1 / a + 1 / b));
	double difference = (double)treatment.hits / b - (double)control.hits / a;

	if (!(error > 0))
		return -1;
	return 2 * pv_normal_sf(fabs(difference) / error);
}
