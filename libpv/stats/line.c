/* SPDX-License-Identifier: MIT
 *
 * Least squares. Both coordinates are seen from the first point and centred:
 * seconds since 1970 have no digits to lose. Residuals are summed one by one,
 * as the difference of two sums of squares would cancel.
 */
#include <float.h>
#include <math.h>
#include <string.h>

#include <pv/stats.h>

#include "base/fail.h"
#include "stats/domain.h"
#include "stats/points.h"
#include "stats/tails.h"

int pv_points_check(const double *x, const double *y, size_t n, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < n && rc == PV_OK; i++) {
		rc = pv_domain_finite("x", x[i], err);
		if (rc == PV_OK)
			rc = pv_domain_finite("y", y[i], err);
		if (rc == PV_OK && i && x[i] < x[i - 1])
			rc = pv_fail(err, PV_EINVALID, "x falls");
	}
	return rc;
}

/* Sums of squares and products around the means. */
struct sums {
	double mean_x; /* less the first */
	double mean_y;
	double xx;
	double xy;
	double yy;
};

static struct sums sums_of(const double *x, const double *y, size_t n)
{
	struct sums out = { 0 };

	for (size_t i = 0; i < n; i++) {
		out.mean_x += (x[i] - x[0]) / (double)n;
		out.mean_y += (y[i] - y[0]) / (double)n;
	}
	for (size_t i = 0; i < n; i++) {
		double dx = x[i] - x[0] - out.mean_x;
		double dy = y[i] - y[0] - out.mean_y;

		out.xx += dx * dx;
		out.xy += dx * dy;
		out.yy += dy * dy;
	}
	return out;
}

static double residuals(const struct sums *sums, double slope, const double *x,
			const double *y, size_t n)
{
	double out = 0;

	for (size_t i = 0; i < n; i++) {
		double dx = x[i] - x[0] - sums->mean_x;
		double off = y[i] - y[0] - sums->mean_y - slope * dx;

		out += off * off;
	}
	return out;
}

static int find_line(pv_stats_line *out, const double *x, const double *y,
		     size_t n, pv_error *err)
{
	double noise = 8 * DBL_EPSILON * 8 * DBL_EPSILON;
	double df = (double)n - 2;
	double rest;
	double ln_p;
	struct sums sums;
	int rc = pv_points_check(x, y, n, err);

	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_TOO_FEW;
	if (rc < 0 || n < 2)
		return rc;
	sums = sums_of(x, y, n);
	if (!(sums.xx > 0))
		return PV_OK;
	out->slope = sums.xy / sums.xx;
	out->intercept = y[0] + sums.mean_y - out->slope * (x[0] + sums.mean_x);
	if (n < 3)
		return PV_OK;
	rest = residuals(&sums, out->slope, x, y, n);
	out->status = PV_STATS_NO_VARIANCE;
	/* What is left of a perfect line is rounding. */
	if (!(rest > noise * sums.yy))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	out->error = sqrt(rest / df / sums.xx);
	out->t = out->slope / out->error;
	out->p = pv_student_outside(&ln_p, out->t, df);
	out->r2 = fmax(0, 1 - rest / sums.yy);
	return PV_OK;
}

int pv_stats_line_of(pv_stats_line *out, const double *x, const double *y,
		     size_t n, pv_error *err)
{
	int rc = find_line(out, x, y, n, err);
	const double sum = out->slope + out->intercept + out->error + out->t;

	/* Of points that are too far apart no figure is a number. */
	if (rc == PV_OK)
		rc = pv_domain_finite("the line", sum + out->p + out->r2, err);
	if (rc < 0)
		memset(out, 0, sizeof(*out));
	return rc;
}
