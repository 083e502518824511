/* SPDX-License-Identifier: MIT
 *
 * A figure of a variant with its standard error. A share, a quantile, a ratio
 * over units: all become a mean with an error, so that the tests need to know
 * of nothing else. Strata are put together as the sum of w_s value_s, with w_s
 * the part of all units that stratum s has, and error^2 the sum of w_s^2
 * error_s^2 (post-stratification; Cochran 1977, 5A.9).
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

/* --- from a value and an error to a sample ---------------------------------- */

/* A sample of n whose mean has that error. */
static void stand_for(pv_result_sample *out)
{
	double n = (double)out->n;

	out->moments = (pv_stats_moments){ .n = out->n, .mean = out->value };
	if (out->n >= 2)
		out->moments.m2 = out->error * out->error * n * (n - 1);
	out->is_share = 0;
}

static void settle_status(pv_result_sample *out)
{
	if (!out->has_value || out->n < 2)
		out->status = PV_STATS_TOO_FEW;
	else
		out->status =
			out->error > 0 ? PV_STATS_KNOWN : PV_STATS_NO_VARIANCE;
}

static void take_moments(pv_result_sample *out, const pv_stats_moments *moments)
{
	out->moments = *moments;
	out->n = moments->n;
	out->has_value = moments->n > 0;
	out->value = pv_stats_mean(moments);
	if (moments->n >= 2)
		out->error =
			sqrt(pv_stats_variance(moments) / (double)moments->n);
}

/* Sums over numbers of units; alike where each unit has one execution. */
static void take_mean(pv_result_sample *out, const pv_result_sums *sums,
		      const pv_result_ask *ask)
{
	pv_stats_ratio ratio;
	double single;

	take_moments(out, &sums->values);
	if (!ask->is_by_unit || sums->units.x.n == sums->values.n)
		return;
	single = out->error * out->error;
	out->n = sums->units.x.n;
	out->has_value = out->n > 0;
	pv_stats_ratio_of(&ratio, &sums->units);
	out->error = 0;
	if (ratio.status != PV_STATS_UNDEFINED && out->has_value)
		out->value = ratio.ratio;
	if (ratio.status == PV_STATS_KNOWN)
		out->error = sqrt(ratio.variance);
	if (single > 0 && out->error > 0)
		out->design_effect = ratio.variance / single;
	stand_for(out);
}

/* --- shares ------------------------------------------------------------------- */

static int take_share(pv_result_sample *out, const pv_result_sums *sums,
		      const pv_result_ask *ask, const pv_result_metric *metric,
		      pv_error *err)
{
	double hits = pv_stats_mean(&sums->values) * (double)sums->values.n;
	pv_stats_share share = { llround(hits), sums->values.n };

	if (metric->is_failures)
		share.hits = share.n - share.hits;
	take_mean(out, sums, ask);
	out->is_share = out->n == sums->values.n;
	if (out->has_value && metric->is_failures)
		out->value = 1 - out->value;
	if (metric->is_failures) {
		double m2 = out->moments.m2;

		out->moments = (pv_stats_moments){ .n = out->n,
						   .mean = out->value,
						   .m2 = m2 };
	}
	out->share = share;
	out->has_interval = out->is_share && share.n > 0;
	if (!out->has_interval)
		return PV_OK;
	return pv_stats_wilson(&out->interval, share,
			       1 - ask->experiment->alpha, err);
}

/* --- quantiles ---------------------------------------------------------------- */

/* The value at a rank from 1. */
static double at_rank(const pv_result_sums *sums, int64_t rank)
{
	int64_t seen = 0;

	for (size_t i = 0; i < sums->bin_count; i++) {
		seen += sums->bins[i].count;
		if (seen >= rank)
			return sums->bins[i].value;
	}
	return sums->bin_count ? sums->bins[sums->bin_count - 1].value : 0;
}

static int64_t bins_n(const pv_result_sums *sums)
{
	int64_t n = 0;

	for (size_t i = 0; i < sums->bin_count; i++)
		n += sums->bins[i].count;
	return n;
}

/* R's type 7. */
static double quantile_of(const pv_result_sums *sums, int64_t n, double q)
{
	double place = (double)(n - 1) * q;
	int64_t low = (int64_t)floor(place);
	double value = at_rank(sums, low + 1);

	return value + (place - floor(place)) *
			       (at_rank(sums, low + 2 > n ? n : low + 2) - value);
}

/*
 * By how much a value may be off that is known by its bin (pv_trial_bin). With
 * so much of it in the error, two neighbouring bins are no difference at 0.05,
 * and many executions whose ranks share a bin are not without an error.
 */
static double blur_of(const pv_result_metric *metric, double value)
{
	const double used = 0.75;
	const double even = 0.05;    /* half a bin of quality */
	const double part = 0.01083; /* half a bin of all else, of the value */

	return used * (strcmp(metric->source, "quality") == 0
			       ? even
			       : part * fabs(value));
}

/*
 * The interval between two ranks, which are those of as many independent
 * executions as all are worth: n over the design effect of the mean. Its width
 * over 2 z is the error, with what the bins hide.
 */
static int take_quantile(pv_result_sample *out, const pv_result_sums *sums,
			 const pv_result_ask *ask,
			 const pv_result_metric *metric, pv_error *err)
{
	double q = metric->quantile;
	double confidence = 1 - ask->experiment->alpha;
	pv_stats_quantile ranks;
	int64_t n = bins_n(sums);
	double scale;
	double z = 0;
	int rc;

	take_mean(out, sums, ask);
	out->error = 0;
	out->has_value = n > 0;
	out->value = n > 0 ? quantile_of(sums, n, q) : 0;
	scale = fmax(1, out->design_effect);
	if ((double)n / scale < 2) {
		stand_for(out);
		return PV_OK;
	}
	rc = pv_stats_quantile_ranks(&ranks, (int64_t)((double)n / scale), q,
				     confidence, err);
	if (rc == PV_OK)
		rc = pv_stats_norm_isf(&z, (1 - confidence) / 2, err);
	if (rc < 0)
		return rc;
	if (ranks.rank_low >= 1 &&
	    ranks.rank_high <= (int64_t)((double)n / scale)) {
		out->has_interval = 1;
		out->interval.low =
			at_rank(sums, llround((double)ranks.rank_low * scale));
		out->interval.high =
			at_rank(sums, llround((double)ranks.rank_high * scale));
		out->error =
			hypot((out->interval.high - out->interval.low) / (2 * z),
			      blur_of(metric, out->value));
	}
	stand_for(out);
	return PV_OK;
}

/* --- ratios ------------------------------------------------------------------- */

static void take_ratio(pv_result_sample *out, const pv_result_sums *sums,
		       const pv_result_ask *ask)
{
	const pv_stats_pairs *pairs =
		ask->is_by_unit ? &sums->units : &sums->rows;
	pv_stats_ratio ratio;
	pv_stats_ratio single;

	pv_stats_ratio_of(&ratio, pairs);
	pv_stats_ratio_of(&single, &sums->rows);
	out->n = pairs->x.n;
	out->has_value = out->n > 0 && ratio.status != PV_STATS_UNDEFINED;
	if (!out->has_value)
		return;
	out->value = ratio.ratio;
	if (ratio.status == PV_STATS_KNOWN)
		out->error = sqrt(ratio.variance);
	if (ask->is_by_unit && out->error > 0 && single.variance > 0)
		out->design_effect = ratio.variance / single.variance;
	stand_for(out);
}

/* --- one stratum --------------------------------------------------------------- */

/* t's interval, where there is none of another kind. */
static int put_interval(pv_result_sample *out, const pv_result_ask *ask,
			pv_error *err)
{
	double t;
	int rc;

	if (out->has_interval || out->status != PV_STATS_KNOWN)
		return PV_OK;
	rc = pv_stats_t_isf(&t, ask->experiment->alpha / 2, (double)out->n - 1,
			    err);
	if (rc < 0)
		return rc;
	out->has_interval = 1;
	out->interval.low = out->value - t * out->error;
	out->interval.high = out->value + t * out->error;
	return PV_OK;
}

static int take(pv_result_sample *out, const pv_result_sums *sums,
		const pv_result_ask *ask, const pv_result_metric *metric,
		pv_error *err)
{
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	switch (metric->kind) {
	case PV_RESULT_MEAN:
		take_mean(out, sums, ask);
		break;
	case PV_RESULT_SHARE:
		rc = take_share(out, sums, ask, metric, err);
		break;
	case PV_RESULT_QUANTILE:
		rc = take_quantile(out, sums, ask, metric, err);
		break;
	case PV_RESULT_PER_UNIT:
		take_moments(out, &sums->units.x);
		break;
	case PV_RESULT_RATIO:
		take_ratio(out, sums, ask);
		break;
	}
	/* A quantile that has no bound has a value and no error. */
	settle_status(out);
	if (metric->kind == PV_RESULT_QUANTILE && !out->has_interval)
		out->status = PV_STATS_TOO_FEW;
	return rc;
}

/* --- all strata ------------------------------------------------------------------ */

static int is_usable(const pv_result_table *table, const pv_result_ask *ask,
		     size_t variant, size_t stratum, size_t metric)
{
	const pv_result_sums *sums =
		pv_result_sums_at(table, ask, variant, stratum, metric);

	return sums->values.n >= 2;
}

/* Adds a stratum to what is there of others. */
static void join(pv_result_sample *out, const pv_result_sample *one, double weight)
{
	out->n += one->n;
	out->value += weight * one->value;
	out->error += weight * weight * one->error * one->error;
	out->has_value = 1;
	out->design_effect += weight * one->design_effect;
	out->share.hits += one->share.hits;
	out->share.n += one->share.n;
}

int pv_result_sample_of(pv_result_sample *out, const pv_result_table *table,
			const pv_result_ask *ask, const size_t variant[2],
			size_t metric, pv_error *err)
{
	const pv_result_metric *which = &ask->metrics[metric];
	double all = 0;
	size_t used = 0;
	size_t only = 0;
	int is_open = 0; /* a stratum has a value, and an error without a bound */
	int rc = PV_OK;

	for (size_t s = 0; s < table->strata; s++)
		if (is_usable(table, ask, variant[0], s, metric) &&
		    is_usable(table, ask, variant[1], s, metric)) {
			all += table->sizes[s];
			only = s;
			used++;
		}
	/* A single value is shown, too, though nothing is known of its error. */
	for (size_t s = 0; s < table->strata && !used; s++)
		if (pv_result_sums_at(table, ask, variant[0], s, metric)->values.n)
			only = s;
	if (used <= 1 && table->strata) {
		rc = take(out,
			  pv_result_sums_at(table, ask, variant[0], only, metric),
			  ask, which, err);
		return rc < 0 ? rc : put_interval(out, ask, err);
	}
	memset(out, 0, sizeof(*out));
	for (size_t s = 0; s < table->strata && rc == PV_OK; s++) {
		pv_result_sample one;

		if (!is_usable(table, ask, variant[0], s, metric) ||
		    !is_usable(table, ask, variant[1], s, metric))
			continue;
		rc = take(&one,
			  pv_result_sums_at(table, ask, variant[0], s, metric),
			  ask, which, err);
		join(out, &one, table->sizes[s] / all);
		is_open |= one.status == PV_STATS_TOO_FEW;
	}
	out->error = sqrt(out->error);
	stand_for(out);
	settle_status(out);
	if (is_open)
		out->status = PV_STATS_TOO_FEW;
	return rc < 0 ? rc : put_interval(out, ask, err);
}

int pv_result_have(int64_t *out, const pv_result_table *table,
		   const pv_result_ask *ask, size_t variant, size_t metric,
		   pv_error *err)
{
	const size_t own[2] = { variant, variant };
	pv_result_sample sample;
	int rc = pv_result_sample_of(&sample, table, ask, own, metric, err);

	*out = rc == PV_OK && sample.has_value ? sample.n : 0;
	return rc;
}

void pv_result_sample_scale(pv_result_sample *sample, double factor)
{
	sample->value *= factor;
	sample->error *= fabs(factor);
	stand_for(sample);
}
