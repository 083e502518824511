/* SPDX-License-Identifier: MIT
 *
 * Sizes of a difference: in deviations, and as a part of the control's mean.
 */
#include <math.h>
#include <string.h>

#include "stats/means.h"
#include "stats/special.h"
#include "stats/tails.h"

enum {
	MANY = 60,     /* degrees of freedom from which the series is exact */
	ERRORS_OFF = 3 /* a control nearer to 0 makes a delta lift unsafe */
};

/*
 * Hedges' J. Far out the ratio of gamma functions is a series in 1 / y, y =
 * (v - 1) / 2: there a difference of logarithms has no digits left.
 */
static double correction_of(double v)
{
	static const double parts[] = { 1,
					-1.0 / 8,
					1.0 / 128,
					5.0 / 1024,
					-21.0 / 32768,
					-399.0 / 262144,
					869.0 / 4194304 };
	double y = (v - 1) / 2;
	double sum = 0;

	if (v < MANY)
		return exp(pv_log_gamma(v / 2) - pv_log_gamma(y)) / sqrt(v / 2);
	for (int i = 6; i >= 0; i--)
		sum = parts[i] + sum / y;
	return sqrt((v - 1) / v) * sum;
}

void pv_stats_effect_of(pv_stats_effect *out, const pv_stats_moments *control,
			const pv_stats_moments *treatment)
{
	double difference = pv_sample_difference(control, treatment);
	double v = (double)control->n + (double)treatment->n - 2;
	double a = pv_stats_variance(control);
	double b = pv_stats_variance(treatment);

	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_UNDEFINED;
	if (pv_sample_check(control, NULL) < 0 ||
	    pv_sample_check(treatment, NULL) < 0)
		return;
	out->status = PV_STATS_TOO_FEW;
	if (control->n < 2 || treatment->n < 2)
		return;
	out->status = PV_STATS_NO_VARIANCE;
	if (!(a + b > 0))
		return;
	out->status = PV_STATS_KNOWN;
	out->cohen_d = difference / sqrt((control->m2 + treatment->m2) / v);
	out->correction = correction_of(v);
	out->hedges_g = out->correction * out->cohen_d;
	out->d_average = difference / sqrt(a / 2 + b / 2);
	out->has_glass = a > 0;
	if (out->has_glass)
		out->glass = difference / sqrt(a);
	if (isfinite(out->cohen_d + out->d_average + out->glass))
		return;
	memset(out, 0, sizeof(*out));
	out->status = PV_STATS_UNDEFINED;
}

/*
 * The ratios r with (mt - r mc)^2 <= t^2 (b + r^2 a). Everything is divided by
 * mc^2: with u = mt / mc they lie between (u -+ w) / (1 - g), g = t^2 a / mc^2.
 */
static void find_fieller(pv_stats_lift *out, double u, const double squares[2],
			 double t)
{
	double g = t * t * squares[0];
	double h = t * t * squares[1];
	double root = u * u * g + h * (1 - g);

	out->is_bounded = g < 1 && root >= 0;
	if (!out->is_bounded)
		return;
	out->fieller.low = (u - sqrt(root)) / (1 - g) - 1;
	out->fieller.high = (u + sqrt(root)) / (1 - g) - 1;
}

int pv_stats_lift_of(pv_stats_lift *out, const pv_stats_moments *control,
		     const pv_stats_moments *treatment, double confidence,
		     pv_error *err)
{
	double mean = pv_stats_mean(control);
	double squares[2]; /* of both errors, in units of the control's mean */
	double ratio;
	double z;
	pv_stats_test test;
	int rc = pv_stats_welch(&test, control, treatment, confidence, err);

	memset(out, 0, sizeof(*out));
	out->status = test.status;
	if (rc < 0 || test.status != PV_STATS_KNOWN)
		return rc;
	out->status = PV_STATS_UNDEFINED;
	ratio = pv_stats_mean(treatment) / mean;
	squares[0] =
		pv_stats_variance(control) / (double)control->n / mean / mean;
	squares[1] = pv_stats_variance(treatment) / (double)treatment->n /
		     mean / mean;
	if (!isfinite(ratio * ratio * squares[0] + squares[1]))
		return PV_OK;
	out->status = PV_STATS_KNOWN;
	out->lift = test.difference / mean;
	out->error = sqrt(squares[1] + ratio * ratio * squares[0]);
	z = pv_normal_isf((1 - confidence) / 2);
	out->interval.low = out->lift - z * out->error;
	out->interval.high = out->lift + z * out->error;
	out->is_weak = squares[0] * ERRORS_OFF * ERRORS_OFF > 1;
	find_fieller(out, ratio, squares,
		     pv_student_isf((1 - confidence) / 2, test.df));
	return PV_OK;
}
