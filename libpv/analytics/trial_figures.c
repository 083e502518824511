/* SPDX-License-Identifier: MIT
 *
 * From an arm's whole numbers to its figures, in the units of JSON.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "analytics/trial.h"
#include "base/fail.h"
#include "base/mem.h"

static const char *const names[PV_UNIT_METRICS] = {
	[PV_METRIC_LATENCY] = "latency",
	[PV_METRIC_TTFT] = "ttft",
	[PV_METRIC_TOKENS_IN] = "tokens_in",
	[PV_METRIC_TOKENS_OUT] = "tokens_out",
	[PV_METRIC_TOKENS] = "tokens",
	[PV_METRIC_TOKENS_CACHED] = "tokens_cached",
	[PV_METRIC_COST] = "cost",
	[PV_METRIC_OUTPUT_CHARS] = "output_chars",
	[PV_METRIC_QUALITY] = "quality",
	[PV_UNIT_SUCCESS] = "success",
};

/* --- one metric ----------------------------------------------------------- */

static void scale(pv_stats_moments *moments, double unit)
{
	moments->mean /= unit;
	moments->m2 = moments->m2 / unit / unit;
}

int pv_trial_metric_named(const char *name, size_t len)
{
	for (int i = 0; i < PV_UNIT_METRICS; i++)
		if (pv_str_is((pv_str){ name, len }, names[i]))
			return i;
	return -1;
}

double pv_trial_unit_of(int metric)
{
	if (metric == PV_UNIT_SUCCESS)
		return 1;
	return pow(10,
		   pv_field_at(pv_metric_field((enum pv_metric)metric))->scale);
}

void pv_trial_put_pairs(pv_stats_pairs *out, const int64_t *digits,
			double x_unit, double y_unit)
{
	pv_stats_pair_sums sums;

	memcpy(sums.x, digits + PV_SPREAD_X, sizeof(sums.x));
	memcpy(sums.xx, digits + PV_SPREAD_XX, sizeof(sums.xx));
	memcpy(sums.y, digits + PV_SPREAD_Y, sizeof(sums.y));
	memcpy(sums.yy, digits + PV_SPREAD_YY, sizeof(sums.yy));
	memcpy(sums.xy, digits + PV_SPREAD_XY, sizeof(sums.xy));
	pv_stats_pairs_of_sums(out, digits[PV_SPREAD_UNITS], &sums);
	scale(&out->x, x_unit);
	scale(&out->y, y_unit);
	out->c = out->c / x_unit / y_unit;
}

static void put_units(pv_stats_pairs *out, const int64_t *digits, double unit)
{
	pv_trial_put_pairs(out, digits, unit, 1);
}

static int put_bins(pv_trial_metric *out, pv_trial *trial,
		    const pv_histogram *histogram, double (*point)(int32_t key),
		    double unit, pv_error *err)
{
	pv_trial_bin *bins =
		pv_arena_calloc(&trial->arena,
				(histogram->count + 1) * sizeof(*bins));

	if (!bins)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < histogram->count; i++) {
		bins[i].value = point(histogram->bins[i].key) / unit;
		bins[i].count = histogram->bins[i].count;
	}
	out->bins = bins;
	out->bin_count = histogram->count;
	return PV_OK;
}

/* A metric of rows, and of the cells of rollups; the latter NULL for none. */
struct source {
	const pv_moments *moments;
	const pv_bins *bins; /* that are in a table still; NULL */
	int places;          /* behind the point */
	int is_even;
	int has_bins; /* they are wanted */
};

static int put_histogram(pv_trial_metric *out, pv_trial *trial,
			 const struct source *from, pv_error *err)
{
	const pv_histogram *own = &from->moments->histogram;
	pv_histogram all = { 0 };
	int rc = PV_OK;

	if (from->bins) {
		rc = pv_histogram_merge(&all, own, err);
		if (rc == PV_OK)
			rc = pv_bins_put(&all, from->bins, err);
	}
	if (rc == PV_OK)
		rc = put_bins(out, trial, from->bins ? &all : own,
			      from->is_even ? pv_bin_even_point : pv_bin_point,
			      pow(10, from->places), err);
	pv_histogram_dispose(&all);
	return rc;
}

static int put_moments(pv_trial_metric *out, pv_trial *trial,
		       const struct source *from, pv_error *err)
{
	const pv_moments *moments = from->moments;

	pv_stats_moments_of_sums(&out->values, moments->n, moments->sum,
				 moments->square);
	scale(&out->values, pow(10, from->places));
	return from->has_bins ? put_histogram(out, trial, from, err) : PV_OK;
}

/* --- all metrics ---------------------------------------------------------- */

/* What is asked of an arm. */
struct asked {
	pv_trial *trial;
	const pv_trial_sums *sums;
	const pv_cell_bins_wanted *wanted;
};

static int put_metric(pv_trial_metric *out, const struct asked *it, int metric,
		      pv_error *err)
{
	const pv_trial_sums *sums = it->sums;
	const struct source source = {
		.moments = &sums->cell.metrics[metric],
		.bins = sums->bins.metrics[metric],
		.places = pv_field_at(pv_metric_field((enum pv_metric)metric))->scale,
		.is_even = metric == PV_METRIC_QUALITY,
		.has_bins = pv_cell_wants_metric(it->wanted, metric),
	};
	int64_t paid = pv_metric_is_free(metric) ? 0 : sums->cached;

	out->name = names[metric];
	out->missing = sums->cell.n - paid - source.moments->n;
	put_units(&out->units, sums->arm.metrics[metric],
		  pv_trial_unit_of(metric));
	return put_moments(out, it->trial, &source, err);
}

static int put_success(pv_trial_metric *out, pv_trial *trial,
		       const pv_trial_arm *arm, const pv_trial_sums *sums,
		       pv_error *err)
{
	const int64_t sum[2] = { arm->succeeded, 0 };
	const int64_t square[4] = { arm->succeeded, 0, 0, 0 };
	pv_bin bins[2] = { { pv_bin_key(0), arm->judged - arm->succeeded },
			   { pv_bin_key(1), arm->succeeded } };
	/* A bin that is there has something in it. */
	size_t first = bins[0].count ? 0 : 1;
	const pv_histogram histogram = { bins + first,
					 (bins[1].count ? 2 : 1) - first, 0 };

	out->name = names[PV_UNIT_SUCCESS];
	out->missing = arm->executions - arm->judged;
	pv_stats_moments_of_sums(&out->values, arm->judged, sum, square);
	put_units(&out->units, sums->arm.metrics[PV_UNIT_SUCCESS], 1);
	return put_bins(out, trial, &histogram, pv_bin_point, 1, err);
}

/* The sums over units of a score; NULL when no unit has it. */
static const int64_t *score_digits(const pv_arm *arm, const char *name)
{
	for (size_t i = 0; i < arm->score_count; i++)
		if (strcmp(arm->scores[i].name, name) == 0)
			return arm->scores[i].digits;
	return NULL;
}

static int put_score(pv_trial_metric *out, const struct asked *it,
		     const pv_cell_score *score, pv_error *err)
{
	static const char prefix[] = "score.";
	const struct source source = {
		.moments = &score->moments,
		.places = PV_SCORE_SCALE,
		.has_bins =
			pv_cell_wants_score(it->wanted, pv_str_of(score->name)),
	};
	const int64_t *digits = score_digits(&it->sums->arm, score->name);
	size_t len = sizeof(prefix) + strlen(score->name);
	char *name = pv_arena_alloc(&it->trial->arena, len);

	if (!name)
		return pv_fail_nomem(err);
	memcpy(name, prefix, sizeof(prefix) - 1);
	memcpy(name + sizeof(prefix) - 1, score->name, strlen(score->name) + 1);
	out->name = name;
	out->missing = it->sums->cell.n - score->moments.n;
	if (digits)
		put_units(&out->units, digits, pow(10, PV_SCORE_SCALE));
	return put_moments(out, it->trial, &source, err);
}

static int put_metrics(pv_trial_arm *out, const struct asked *it, pv_error *err)
{
	const pv_cell *cell = &it->sums->cell;
	pv_trial *trial = it->trial;
	pv_trial_metric *metrics =
		pv_arena_calloc(&trial->arena,
				(PV_UNIT_METRICS + cell->score_count +
				 trial->ratio_count) *
					sizeof(*metrics));
	int rc = PV_OK;

	if (!metrics)
		return pv_fail_nomem(err);
	out->metrics = metrics;
	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK; i++)
		if (cell->metrics[i].n)
			rc = put_metric(&metrics[out->metric_count++], it, i,
					err);
	if (rc == PV_OK && out->judged)
		rc = put_success(&metrics[out->metric_count++], trial, out,
				 it->sums, err);
	for (size_t i = 0; i < cell->score_count && rc == PV_OK; i++)
		if (cell->scores[i].moments.n)
			rc = put_score(&metrics[out->metric_count++], it,
				       &cell->scores[i], err);
	for (size_t i = 0; i < trial->ratio_count && rc == PV_OK; i++)
		pv_trial_put_ratio(&metrics[out->metric_count++], trial,
				   it->sums, i);
	return rc;
}

/* --- arms ----------------------------------------------------------------- */

static int by_use(const void *a, const void *b)
{
	const pv_trial_share *x = a;
	const pv_trial_share *y = b;

	if (x->executions != y->executions)
		return x->executions > y->executions ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int put_models(pv_trial_arm *out, pv_trial *trial, pv_trial_sums *sums,
		      pv_error *err)
{
	pv_trial_model *models =
		pv_arena_calloc(&trial->arena,
				(sums->model_count + 1) * sizeof(*models));

	if (!models)
		return pv_fail_nomem(err);
	if (sums->model_count)
		qsort(sums->models, sums->model_count, sizeof(*sums->models),
		      by_use);
	for (size_t i = 0; i < sums->model_count; i++) {
		const pv_trial_share *share = &sums->models[i];

		if (!share->executions)
			break;
		models[i].provider = share->provider;
		models[i].model = share->model;
		models[i].executions = share->executions;
		models[i].first = share->first;
		models[i].last = share->last;
		out->model_count++;
	}
	out->models = models;
	return PV_OK;
}

static int put_arm(pv_trial_arm *out, pv_trial *trial, pv_trial_sums *sums,
		   int is_look, pv_error *err)
{
	const struct asked asked = { trial, sums,
				     pv_trial_wanted(trial, is_look) };
	const pv_cell *cell = &sums->cell;
	int rc;

	out->epoch = sums->epoch;
	out->variant = sums->variant;
	out->segment = sums->segment;
	out->executions = cell->n;
	out->cached = sums->cached;
	for (int i = 0; i < PV_STATUS_COUNT; i++)
		out->judged += cell->statuses[i];
	out->succeeded = cell->statuses[PV_STATUS_OK - 1];
	out->units = sums->arm.units;
	out->unitless = cell->n - sums->arm.n;
	out->crossed = sums->crossed;
	out->first = sums->first;
	out->last = cell->last_us;
	rc = put_metrics(out, &asked, err);
	return rc == PV_OK && !is_look ? put_models(out, trial, sums, err) : rc;
}

static int compare_names(const char *a, const char *b)
{
	if (!a || !b)
		return !b - !a;
	return strcmp(a, b);
}

static int by_name(const void *a, const void *b)
{
	const pv_trial_sums *x = *(pv_trial_sums *const *)a;
	const pv_trial_sums *y = *(pv_trial_sums *const *)b;
	int order = compare_names(x->variant, y->variant);

	if (x->epoch != y->epoch)
		return x->epoch < y->epoch ? -1 : 1;
	return order ? order : compare_names(x->segment, y->segment);
}

void pv_trial_sort(pv_trial *trial)
{
	if (trial->sum_count)
		qsort(trial->sums, trial->sum_count, sizeof(pv_trial_sums *),
		      by_name);
}

int pv_trial_put_arms(pv_trial_look *out, pv_trial *trial, int is_look,
		      pv_error *err)
{
	int rc = PV_OK;

	out->arms = pv_arena_calloc(&trial->arena,
				    (trial->sum_count + 1) * sizeof(*out->arms));
	if (!out->arms)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < trial->sum_count && rc == PV_OK; i++)
		if (trial->sums[i]->cell.n)
			rc = put_arm(&out->arms[out->count++], trial,
				     trial->sums[i], is_look, err);
	return rc;
}
