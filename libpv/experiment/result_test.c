/* SPDX-License-Identifier: MIT
 *
 * Two variants held against each other in one metric, by the method that was
 * asked for; guardrails against their margins; and the correction for all.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

/* Where a guardrail has no margin: a tenth of the control, two points. */
static const double margin_part = 0.1;
static const double margin_share = 0.02;

/* Two samples; the second is the one that is judged. */
struct pair {
	pv_result_sample a;
	pv_result_sample b;
};

static int take_pair(struct pair *out, const pv_result_test *test,
		     const pv_result_table *table, const pv_result_ask *ask,
		     pv_error *err)
{
	const size_t ab[2] = { test->a, test->b };
	const size_t ba[2] = { test->b, test->a };
	int rc = pv_result_sample_of(&out->a, table, ask, ab, test->metric, err);

	if (rc == PV_OK)
		rc = pv_result_sample_of(&out->b, table, ask, ba, test->metric,
					 err);
	return rc;
}

/* --- by method -------------------------------------------------------------- */

static void take_p(pv_result_test *test, double p)
{
	test->has_p = 1;
	test->p = fmin(1, p);
}

static void take_interval(pv_result_test *test, pv_stats_interval interval)
{
	test->has_interval = 1;
	test->interval = interval;
}

static int test_sequence(pv_result_test *test, const struct pair *pair,
			 const pv_result_ask *ask, pv_error *err)
{
	pv_stats_sequence got;
	int rc = pv_stats_confseq(&got, &pair->a.moments, &pair->b.moments,
				  ask->experiment->alpha, ask->n_star, err);

	test->method = "confidence-sequence";
	test->status = got.status;
	if (rc == PV_OK && got.is_warming_up)
		test->status = PV_STATS_TOO_FEW;
	if (rc < 0 || test->status != PV_STATS_KNOWN)
		return rc;
	test->statistic = got.difference / got.error;
	take_p(test, got.p);
	take_interval(test, got.interval);
	return PV_OK;
}

/* Of a difference that is about normal. */
static int test_normal(pv_result_test *test, const pv_result_ask *ask,
		       pv_error *err)
{
	double p;
	double z;
	int rc = pv_stats_norm_isf(&z, ask->experiment->alpha / 2, err);

	if (rc < 0)
		return rc;
	test->statistic = test->difference / test->error;
	rc = pv_stats_norm_two_sided(&p, NULL, test->statistic, err);
	take_p(test, p);
	take_interval(test,
		      (pv_stats_interval){ test->difference - z * test->error,
					   test->difference + z * test->error });
	return rc;
}

static int test_shares(pv_result_test *test, const struct pair *pair,
		       const pv_result_ask *ask, pv_error *err)
{
	pv_stats_share a = pair->a.share;
	pv_stats_share b = pair->b.share;
	pv_stats_shares got;
	pv_stats_fisher_result exact;
	const int64_t cells[4] = { b.hits, b.n - b.hits, a.hits, a.n - a.hits };
	int rc = pv_stats_proportions(&got, a, b, 1 - ask->experiment->alpha,
				      err);

	test->method = "two-proportions";
	test->status = got.test.status;
	if (rc < 0 || test->status == PV_STATS_TOO_FEW)
		return rc;
	take_interval(test, got.newcombe);
	if (test->status != PV_STATS_KNOWN)
		return PV_OK;
	test->statistic = got.test.statistic;
	test->error = got.test.error;
	take_p(test, got.test.p);
	if (!got.is_small)
		return PV_OK;
	test->method = "fisher";
	rc = pv_stats_fisher(&exact, cells, err);
	take_p(test, exact.p);
	return rc;
}

static int test_fixed(pv_result_test *test, const struct pair *pair,
		      const pv_result_ask *ask, pv_error *err)
{
	pv_stats_test got;
	int rc;

	if (pair->a.is_share && pair->b.is_share)
		return test_shares(test, pair, ask, err);
	if (ask->metrics[test->metric].kind == PV_RESULT_QUANTILE) {
		test->method = "order-statistics";
		return test->status == PV_STATS_KNOWN
			       ? test_normal(test, ask, err)
			       : PV_OK;
	}
	test->method = ask->query->is_student ? "student" : "welch";
	rc = (ask->query->is_student
		      ? pv_stats_student
		      : pv_stats_welch)(&got, &pair->a.moments, &pair->b.moments,
					1 - ask->experiment->alpha, err);
	test->status = got.status;
	if (rc < 0 || got.status != PV_STATS_KNOWN)
		return rc;
	test->statistic = got.statistic;
	test->error = got.error;
	test->df = got.df;
	take_p(test, got.p);
	take_interval(test, got.interval);
	return PV_OK;
}

/* Better and worse change places where less is better. */
static void take_posterior(pv_result_test *test, const pv_stats_posterior *got,
			   int is_up)
{
	test->has_chance = 1;
	test->chance = is_up ? got->p_treatment : got->p_control;
	test->loss = is_up ? got->loss_treatment : got->loss_control;
}

/*
 * There is no p in a posterior. What stands for it where many are corrected is
 * the chance of the less likely sign, twice.
 */
static int test_bayes(pv_result_test *test, const struct pair *pair,
		      const pv_result_ask *ask, pv_error *err)
{
	const pv_stats_prior flat = { .credibility = 1 - ask->experiment->alpha };
	const pv_result_metric *metric = &ask->metrics[test->metric];
	pv_stats_posterior got;
	int rc = pv_stats_bayes_normal(&got, &pair->a.moments, &pair->b.moments,
				       &flat, err);

	test->method = "posterior-normal";
	test->status = got.status;
	if (rc < 0 || got.status != PV_STATS_KNOWN)
		return rc;
	take_interval(test, got.interval);
	if (pair->a.is_share && pair->b.is_share) {
		pv_stats_beta beta[2];

		for (int i = 0; i < 2; i++) {
			pv_stats_share share = i ? pair->b.share : pair->a.share;

			beta[i].alpha = 1 + (double)share.hits;
			beta[i].beta = 1 + (double)(share.n - share.hits);
		}
		rc = pv_stats_bayes_beta(&got, beta[0], beta[1], err);
		test->method = "posterior-beta";
	}
	if (rc < 0)
		return rc;
	take_posterior(test, &got, metric->is_up);
	take_p(test, 2 * fmin(got.p_treatment, got.p_control));
	return PV_OK;
}

static int run(pv_result_test *test, const struct pair *pair,
	       const pv_result_ask *ask, pv_error *err)
{
	test->difference = pair->b.value - pair->a.value;
	test->error = sqrt(pair->a.error * pair->a.error +
			   pair->b.error * pair->b.error);
	test->status = PV_STATS_TOO_FEW;
	if (!pair->a.has_value || !pair->b.has_value)
		return PV_OK;
	if (pair->a.status != PV_STATS_TOO_FEW &&
	    pair->b.status != PV_STATS_TOO_FEW)
		test->status =
			test->error > 0 ? PV_STATS_KNOWN : PV_STATS_NO_VARIANCE;
	else if (ask->metrics[test->metric].kind == PV_RESULT_QUANTILE)
		return PV_OK;
	switch (ask->method) {
	case PV_METHOD_SEQUENTIAL:
		return test_sequence(test, pair, ask, err);
	case PV_METHOD_FIXED:
		return test_fixed(test, pair, ask, err);
	case PV_METHOD_GROUP_SEQUENTIAL:
		test->method = "group-sequential";
		return test->status == PV_STATS_KNOWN
			       ? test_normal(test, ask, err)
			       : PV_OK;
	case PV_METHOD_BAYES:
		return test_bayes(test, pair, ask, err);
	}
	return PV_OK;
}

/* --- how large it is ------------------------------------------------------------ */

/* All that is known of a variant, epochs or not. */
static void add_up(pv_stats_moments *out, const pv_result_table *table,
		   const pv_result_ask *ask, size_t variant, size_t metric)
{
	memset(out, 0, sizeof(*out));
	for (size_t s = 0; s < table->strata; s++)
		pv_stats_moments_merge(out, &pv_result_sums_at(table, ask,
							       variant, s, metric)
						     ->values);
}

static void put_effect(pv_result_test *test, const pv_result_table *table,
		       const pv_result_ask *ask, const struct pair *pair)
{
	const pv_result_metric *metric = &ask->metrics[test->metric];
	pv_stats_moments sides[2];
	pv_stats_effect effect;

	if (!pair->a.has_value || !pair->b.has_value)
		return;
	if (metric->kind == PV_RESULT_SHARE) {
		test->effect_name = "cohen-h";
		test->effect_size =
			2 * asin(sqrt(fmin(1, fmax(0, pair->b.value)))) -
			2 * asin(sqrt(fmin(1, fmax(0, pair->a.value))));
		return;
	}
	if (metric->kind != PV_RESULT_MEAN)
		return;
	add_up(&sides[0], table, ask, test->a, test->metric);
	add_up(&sides[1], table, ask, test->b, test->metric);
	pv_stats_effect_of(&effect, &sides[0], &sides[1]);
	if (effect.status != PV_STATS_KNOWN)
		return;
	test->effect_name = "hedges-g";
	test->effect_size = effect.hedges_g;
}

/* --- guardrails ------------------------------------------------------------------- */

/* 1 when the interval shows no harm beyond the margin, -1 when it shows it. */
static int verdict_of(const pv_result_test *test, double margin, int is_up)
{
	double low = is_up ? test->interval.low : -test->interval.high;
	double high = is_up ? test->interval.high : -test->interval.low;

	if (!test->has_interval)
		return 0;
	if (low > -margin)
		return 1;
	return high < -margin ? -1 : 0;
}

/*
 * Between which a share is of which all n tries went the same way: beyond
 * 1 - (alpha / 2)^(1 / n) that would have been less likely than alpha / 2
 * (Clopper and Pearson 1934; with alpha = 0.1 the rule of three, Hanley and
 * Lippman-Hand 1983). It holds at all looks: who has no failure by now had none
 * at the first look at which the bound did.
 */
static pv_stats_interval bounds_of(const pv_result_sample *sample, double alpha)
{
	double off = -expm1(log(alpha / 2) / (double)sample->n);

	return sample->value > 0.5 ? (pv_stats_interval){ 1 - off, 1 }
				   : (pv_stats_interval){ 0, off };
}

/*
 * Nothing varied on either side, so that there is no error: of shares the
 * bounds say how much harm there may be, anything else is what it was in each
 * of n units.
 */
static void guard_constant(pv_result_test *test, const struct pair *pair,
			   const pv_result_ask *ask)
{
	const pv_result_metric *metric = &ask->metrics[test->metric];
	double alpha = ask->experiment->alpha;
	double worse = metric->is_up ? -test->difference : test->difference;

	if (metric->has_margin)
		test->margin = metric->margin;
	else if (metric->kind == PV_RESULT_SHARE)
		test->margin = margin_share;
	else
		test->margin = margin_part * fabs(pair->a.value);
	if (metric->kind == PV_RESULT_SHARE) {
		pv_stats_interval a = bounds_of(&pair->a, alpha);
		pv_stats_interval b = bounds_of(&pair->b, alpha);

		take_interval(test, (pv_stats_interval){ b.low - a.high,
							 b.high - a.low });
		test->verdict = verdict_of(test, test->margin, metric->is_up);
		return;
	}
	test->verdict = worse <= test->margin ? 1 : -1;
}

/*
 * A margin that is a part of the control moves with it: b is held against so
 * many times a, whose error is that many times as large.
 */
static int guard_by_part(pv_result_test *test, const struct pair *pair,
			 const pv_result_ask *ask, pv_error *err)
{
	const pv_result_metric *metric = &ask->metrics[test->metric];
	double factor = metric->is_up ? 1 - margin_part : 1 + margin_part;
	pv_result_test against = *test;
	struct pair scaled = *pair;
	int rc;

	pv_result_sample_scale(&scaled.a, factor);
	against.has_interval = 0;
	rc = run(&against, &scaled, ask, err);
	test->margin = margin_part * fabs(pair->a.value);
	test->verdict = verdict_of(&against, 0, metric->is_up);
	return rc;
}

static int guard(pv_result_test *test, const struct pair *pair,
		 const pv_result_ask *ask, pv_error *err)
{
	const pv_result_metric *metric = &ask->metrics[test->metric];

	if (test->status == PV_STATS_NO_VARIANCE && !test->has_interval) {
		guard_constant(test, pair, ask);
		return PV_OK;
	}
	if (!metric->has_margin && metric->kind != PV_RESULT_SHARE)
		return guard_by_part(test, pair, ask, err);
	test->margin = metric->has_margin ? metric->margin : margin_share;
	test->verdict = verdict_of(test, test->margin, metric->is_up);
	return PV_OK;
}

int pv_result_test_make(pv_result_test *test, const pv_result_table *table,
			const pv_result_ask *ask, pv_error *err)
{
	struct pair pair;
	int rc = take_pair(&pair, test, table, ask, err);

	if (rc == PV_OK)
		rc = run(test, &pair, ask, err);
	if (rc == PV_OK && test->role == PV_RESULT_GUARDRAIL)
		rc = guard(test, &pair, ask, err);
	if (rc == PV_OK)
		put_effect(test, table, ask, &pair);
	return rc;
}

/* --- ranks ------------------------------------------------------------------------- */

/* The only stratum in which both have values; -1 for none or several. */
static long only_stratum(const pv_result_test *test,
			 const pv_result_table *table, const pv_result_ask *ask)
{
	long out = -1;

	for (size_t s = 0; s < table->strata; s++) {
		if (!pv_result_sums_at(table, ask, test->a, s, test->metric)->bin_count ||
		    !pv_result_sums_at(table, ask, test->b, s, test->metric)->bin_count)
			continue;
		if (out >= 0)
			return -1;
		out = (long)s;
	}
	return out;
}

static pv_stats_bin *join_bins(size_t *count_out, const pv_result_sums *a,
			       const pv_result_sums *b, pv_arena *arena)
{
	pv_stats_bin *out = pv_arena_alloc(arena, (a->bin_count + b->bin_count +
						   1) * sizeof(*out));
	size_t count = 0;
	size_t i = 0;
	size_t k = 0;

	while (out && (i < a->bin_count || k < b->bin_count)) {
		int is_a = k == b->bin_count ||
			   (i < a->bin_count &&
			    a->bins[i].value <= b->bins[k].value);
		int is_b = i == a->bin_count ||
			   (k < b->bin_count &&
			    b->bins[k].value <= a->bins[i].value);
		pv_stats_bin bin = { .value = is_a ? a->bins[i].value
						   : b->bins[k].value };

		if (is_a)
			bin.control = a->bins[i++].count;
		if (is_b)
			bin.treatment = b->bins[k++].count;
		out[count++] = bin;
	}
	*count_out = count;
	return out;
}

int pv_result_test_ranks(pv_result_test *test, const pv_result_table *table,
			 const pv_result_ask *ask, pv_error *err)
{
	long stratum = only_stratum(test, table, ask);
	pv_stats_ranks ranks;
	pv_stats_bin *bins;
	const pv_result_sums *sides[2];
	size_t count;
	int rc;

	test->method = "mann-whitney";
	test->status = PV_STATS_TOO_FEW;
	if (stratum < 0)
		return PV_OK;
	for (int i = 0; i < 2; i++)
		sides[i] = pv_result_sums_at(table, ask, i ? test->b : test->a,
					     (size_t)stratum, test->metric);
	bins = join_bins(&count, sides[0], sides[1], ask->arena);
	if (!bins)
		return pv_fail_nomem(err);
	rc = pv_stats_mann_whitney_bins(&ranks, bins, count, err);
	if (rc < 0)
		return rc;
	test->status = ranks.status;
	if (ranks.status != PV_STATS_KNOWN)
		return PV_OK;
	test->statistic = ranks.u_treatment;
	test->difference = ranks.shift;
	test->effect_name = "cliffs-delta";
	test->effect_size = ranks.cliffs_delta;
	/* Executions of one unit are not independent, as the test takes them. */
	if (!ask->is_by_unit || sides[0]->units.x.n + sides[1]->units.x.n ==
					sides[0]->values.n + sides[1]->values.n)
		take_p(test, ranks.p);
	return PV_OK;
}

/* --- all together ------------------------------------------------------------------- */

static int correct(pv_result_test *tests, size_t count,
		   enum pv_result_role role, double *p, pv_error *err)
{
	int rc;

	/* What has no p yet counts, so that the others cannot gain by it. */
	for (size_t i = 0; i < count; i++)
		p[i] = tests[i].role != role ? -1
		       : tests[i].has_p      ? tests[i].p
					     : 1;
	rc = pv_stats_adjust(p, p, count,
			     role == PV_RESULT_SECONDARY ? PV_STATS_BH
							 : PV_STATS_HOLM,
			     err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		if (tests[i].role == role && tests[i].has_p)
			tests[i].p_corrected = p[i];
	return rc;
}

int pv_result_tests_judge(pv_result_test *tests, size_t count, double alpha,
			  const pv_result_metric *metrics, pv_error *err)
{
	static const enum pv_result_role families[] = { PV_RESULT_PRIMARY,
							PV_RESULT_SECONDARY,
							PV_RESULT_PAIR };
	double *p = pv_calloc(count + 1, sizeof(*p));
	int rc = PV_OK;

	if (!p)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		tests[i].p_corrected = tests[i].p;
	for (size_t i = 0; i < pv_array_len(families) && rc == PV_OK; i++)
		rc = correct(tests, count, families[i], p, err);
	pv_free(p);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_result_test *test = &tests[i];
		int sign = test->difference > 0 ? 1 : -1;

		test->is_significant =
			test->role != PV_RESULT_ROBUST && test->has_p &&
			test->has_interval && test->p_corrected < alpha &&
			(test->interval.low > 0 || test->interval.high < 0);
		if (test->is_significant)
			test->better = metrics[test->metric].is_up ? sign : -sign;
	}
	return rc;
}
