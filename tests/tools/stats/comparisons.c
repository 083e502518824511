/* SPDX-License-Identifier: MIT
 *
 * Tables of samples that are compared.
 */
#include "tools/stats/stats.h"

static void put_effects(stats_case *it, const pv_stats_moments *a,
			const pv_stats_moments *b)
{
	pv_stats_effect effect;
	int is_known;

	pv_stats_effect_of(&effect, a, b);
	is_known = effect.status == PV_STATS_KNOWN;
	stats_put_known(it, "cohen_d", effect.cohen_d, is_known);
	stats_put_known(it, "hedges_J", effect.correction, is_known);
	stats_put_known(it, "hedges_g", effect.hedges_g, is_known);
	stats_put_known(it, "d_av", effect.d_average, is_known);
	stats_put_known(it, "glass_delta", effect.glass, effect.has_glass);
}

static int put_means(stats_case *it, const pv_stats_moments *a,
		     const pv_stats_moments *b)
{
	double conf = stats_in(it, "conf");
	pv_stats_test welch;
	pv_stats_test student;
	pv_stats_lift lift;
	int is_known;
	int rc = pv_stats_welch(&welch, a, b, conf, &it->err);

	if (rc == PV_OK)
		rc = pv_stats_student(&student, a, b, conf, &it->err);
	if (rc == PV_OK)
		rc = pv_stats_lift_of(&lift, a, b, conf, &it->err);
	if (rc < 0)
		return rc;
	is_known = welch.status == PV_STATS_KNOWN;
	stats_put(it, "diff", welch.difference);
	stats_put(it, "var_control", pv_stats_variance(a));
	stats_put(it, "var_treatment", pv_stats_variance(b));
	stats_put_bool(it, "degenerate", !is_known);
	stats_put(it, "se", welch.error);
	stats_put_known(it, "t", welch.statistic, is_known);
	stats_put_known(it, "df", welch.df, is_known);
	stats_put_known(it, "p_two_sided", welch.p, is_known);
	stats_put_known(it, "ln_p_two_sided", welch.ln_p, is_known);
	stats_put_known(it, "p_greater", welch.p_greater, is_known);
	stats_put_known(it, "p_less", welch.p_less, is_known);
	stats_put_known(it, "ci_low", welch.interval.low, is_known);
	stats_put_known(it, "ci_high", welch.interval.high, is_known);
	is_known = student.status == PV_STATS_KNOWN;
	stats_put_known(it, "student_t", student.statistic, is_known);
	stats_put_known(it, "student_df", student.df, is_known);
	stats_put_known(it, "student_p", student.p, is_known);
	stats_put_known(it, "student_ci_low", student.interval.low, is_known);
	stats_put_known(it, "student_ci_high", student.interval.high, is_known);
	put_effects(it, a, b);
	is_known = lift.status == PV_STATS_KNOWN;
	stats_put_known(it, "lift", lift.lift, is_known);
	stats_put_known(it, "lift_se_delta", lift.error, is_known);
	return PV_OK;
}

int stats_welch_moments(stats_case *it)
{
	pv_stats_moments a = stats_sample(it, "control");
	pv_stats_moments b = stats_sample(it, "treatment");

	return put_means(it, &a, &b);
}

int stats_welch_samples(stats_case *it)
{
	size_t n = 0;
	size_t m = 0;
	double *x = stats_array(pv_json_get(it->in, "control"), &n);
	double *y = stats_array(pv_json_get(it->in, "treatment"), &m);
	pv_stats_moments a;
	pv_stats_moments b;
	int rc = pv_stats_moments_of(&a, x, n, n ? x[0] : 0, &it->err);

	if (rc == PV_OK)
		rc = pv_stats_moments_of(&b, y, m, n ? x[0] : 0, &it->err);
	if (rc == PV_OK) {
		stats_put(it, "mean_control", pv_stats_mean(&a));
		stats_put(it, "M2_control", a.m2);
		stats_put(it, "mean_treatment", pv_stats_mean(&b));
		stats_put(it, "M2_treatment", b.m2);
		rc = put_means(it, &a, &b);
	}
	free(x);
	free(y);
	return rc;
}

static int merge_parts(pv_stats_pairs *out, stats_case *it)
{
	const pv_json *xs = pv_json_get(it->in, "parts_x");
	const pv_json *ys = pv_json_get(it->in, "parts_y");
	int rc = PV_OK;

	for (size_t i = 0; i < pv_json_count(xs); i++) {
		const pv_json *x = pv_json_at(xs, i);
		const pv_json *y = pv_json_at(ys, i);
		pv_stats_pairs part = { 0 };

		for (size_t j = 0; j < pv_json_count(x) && rc == PV_OK; j++)
			rc = pv_stats_pairs_add(&part,
						pv_json_real(pv_json_at(x, j),
							     (double)NAN),
						pv_json_real(pv_json_at(y, j),
							     (double)NAN),
						&it->err);
		pv_stats_pairs_merge(out, &part);
	}
	return rc;
}

int stats_moments_merge(stats_case *it)
{
	pv_stats_pairs all = { 0 };
	pv_stats_moments adjusted;
	pv_stats_ratio ratio;
	double theta;
	int rc = merge_parts(&all, it);

	if (rc < 0)
		return rc;
	theta = pv_stats_cuped_theta(&all, NULL);
	pv_stats_cuped_adjust(&adjusted, &all, theta, pv_stats_mean(&all.y));
	pv_stats_ratio_of(&ratio, &all);
	stats_put_int(it, "n", all.x.n);
	stats_put(it, "mean", pv_stats_mean(&all.x));
	stats_put(it, "M2", all.x.m2);
	stats_put_known(it, "var", pv_stats_variance(&all.x), all.x.n > 1);
	stats_put_known(it, "min", all.x.min, all.x.n > 0);
	stats_put_known(it, "max", all.x.max, all.x.n > 0);
	stats_put(it, "sum", pv_stats_mean(&all.x) * (double)all.x.n);
	stats_put(it, "cov_mean_y", pv_stats_mean(&all.y));
	stats_put(it, "cov_M2_y", all.y.m2);
	stats_put(it, "cov_C", all.c);
	stats_put_known(it, "skew_g1", pv_stats_skewness(&all.x), all.x.m2 > 0);
	stats_put_known(it, "kurt_excess_g2", pv_stats_kurtosis(&all.x),
			all.x.m2 > 0);
	stats_put_known(it, "cuped_theta", theta, all.y.m2 > 0);
	stats_put_known(it, "cuped_var", pv_stats_variance(&adjusted),
			all.y.m2 > 0);
	stats_put_known(it, "corr", pv_stats_correlation(&all),
			all.x.m2 > 0 && all.y.m2 > 0);
	stats_put_known(it, "ratio", ratio.ratio,
			ratio.status != PV_STATS_UNDEFINED);
	stats_put_known(it, "ratio_var_delta", ratio.variance,
			ratio.status == PV_STATS_KNOWN);
	return PV_OK;
}

int stats_proportions(stats_case *it)
{
	pv_stats_share a = { stats_count(it, "x_control"),
			     stats_count(it, "n_control") };
	pv_stats_share b = { stats_count(it, "x_treatment"),
			     stats_count(it, "n_treatment") };
	double conf = stats_in(it, "conf");
	pv_stats_interval low;
	pv_stats_interval high;
	pv_stats_shares got;
	int is_known;
	int rc = pv_stats_proportions(&got, a, b, conf, &it->err);

	if (rc == PV_OK)
		rc = pv_stats_wilson(&low, a, conf, &it->err);
	if (rc == PV_OK)
		rc = pv_stats_wilson(&high, b, conf, &it->err);
	if (rc < 0)
		return rc;
	is_known = got.test.status == PV_STATS_KNOWN;
	stats_put_known(it, "p_control", (double)a.hits / (double)a.n, a.n > 0);
	stats_put_known(it, "p_treatment", (double)b.hits / (double)b.n, b.n > 0);
	stats_put(it, "diff", got.test.difference);
	stats_put_bool(it, "degenerate", !is_known);
	stats_put_known(it, "z", got.test.statistic, is_known);
	stats_put_known(it, "p_two_sided", got.test.p, is_known);
	stats_put_known(it, "ln_p_two_sided", got.test.ln_p, is_known);
	stats_put_known(it, "p_greater", got.test.p_greater, is_known);
	stats_put_known(it, "p_less", got.test.p_less, is_known);
	stats_put_pair(it, "wilson_control", low);
	stats_put_pair(it, "wilson_treatment", high);
	stats_put_pair(it, "wald_ci", got.test.interval);
	stats_put_pair(it, "newcombe_ci", got.newcombe);
	stats_put(it, "cohen_h", got.cohen_h);
	if (got.has_risk_ratio) {
		stats_put(it, "risk_ratio", got.risk_ratio);
		stats_put_pair(it, "rr_ci", got.risk_ratio_interval);
	}
	if (got.has_odds_ratio)
		stats_put(it, "odds_ratio", got.odds_ratio);
	return PV_OK;
}

int stats_fisher(stats_case *it)
{
	const pv_json *rows = pv_json_get(it->in, "table");
	int64_t table[4];
	pv_stats_fisher_result got;
	int rc;

	for (size_t i = 0; i < 4; i++)
		table[i] = pv_json_int(pv_json_at(pv_json_at(rows, i / 2), i % 2),
				       -1);
	rc = pv_stats_fisher(&got, table, &it->err);
	if (rc < 0)
		return rc;
	stats_put(it, "p_two_sided", got.p);
	stats_put(it, "p_less", got.p_less);
	stats_put(it, "p_greater", got.p_greater);
	stats_put(it, "ln_p_two_sided", got.ln_p);
	if (got.has_odds_ratio)
		stats_put(it, "odds_ratio_sample", got.odds_ratio);
	return PV_OK;
}

static void put_ranks(stats_case *it, const pv_stats_ranks *got)
{
	int is_known = got->status == PV_STATS_KNOWN;

	stats_put(it, "U_treatment", got->u_treatment);
	stats_put(it, "U_control", got->u_control);
	stats_put(it, "tie_sum", got->tie_sum);
	stats_put(it, "prob_superiority", got->superiority);
	stats_put(it, "cliffs_delta", got->cliffs_delta);
	stats_put(it, "hodges_lehmann_shift", got->shift);
	stats_put_bool(it, "degenerate", !is_known);
	stats_put_known(it, "z", got->z, is_known);
	stats_put_known(it, "z_nocc", got->z_plain, is_known);
	stats_put_known(it, "p_two_sided", got->p, is_known);
	stats_put_known(it, "p_two_sided_nocc", got->p_plain, is_known);
	stats_put_known(it, "p_greater", got->p_greater, is_known);
	stats_put_known(it, "p_less", got->p_less, is_known);
	if (got->has_exact)
		stats_put(it, "p_exact_two_sided", got->p_exact);
}

static int rank_bins(pv_stats_ranks *out, stats_case *it)
{
	const pv_json *values = pv_json_get(it->in, "values");
	const pv_json *control = pv_json_get(it->in, "control_counts");
	const pv_json *treatment = pv_json_get(it->in, "treatment_counts");
	size_t count = pv_json_count(values);
	pv_stats_bin *bins = calloc(count + 1, sizeof(*bins));
	int rc;

	for (size_t i = 0; bins && i < count; i++) {
		bins[i].value = pv_json_real(pv_json_at(values, i), (double)NAN);
		bins[i].control = pv_json_int(pv_json_at(control, i), -1);
		bins[i].treatment = pv_json_int(pv_json_at(treatment, i), -1);
	}
	rc = pv_stats_mann_whitney_bins(out, bins, bins ? count : 0, &it->err);
	free(bins);
	return rc;
}

int stats_mannwhitney(stats_case *it)
{
	size_t n = 0;
	size_t m = 0;
	double *x = stats_array(pv_json_get(it->in, "control"), &n);
	double *y = stats_array(pv_json_get(it->in, "treatment"), &m);
	pv_stats_ranks got;
	int rc;

	if (pv_json_get(it->in, "values"))
		rc = rank_bins(&got, it);
	else
		rc = pv_stats_mann_whitney(&got, x, n, y, m, &it->err);
	if (rc == PV_OK)
		put_ranks(it, &got);
	free(x);
	free(y);
	return rc;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a;
	double y = *(const double *)b;

	return x < y ? -1 : x > y;
}

int stats_quantile_ci(stats_case *it)
{
	size_t n = 0;
	double *x = stats_array(pv_json_get(it->in, "x"), &n);
	pv_stats_quantile got;
	int rc;

	if (n)
		qsort(x, n, sizeof(*x), by_value);
	rc = pv_stats_quantile_of(&got, x, n, stats_in(it, "q"),
				  stats_in(it, "conf"), &it->err);
	free(x);
	if (rc < 0)
		return rc;
	stats_put_known(it, "quantile_type7", got.value, n > 0);
	stats_put_int(it, "rank_low", got.rank_low);
	stats_put_int(it, "rank_high", got.rank_high);
	stats_put(it, "ci_low", got.interval.low);
	stats_put(it, "ci_high", got.interval.high);
	stats_put(it, "coverage", got.coverage);
	return PV_OK;
}

int stats_multiple(stats_case *it)
{
	static const char *const names[] = { "bonferroni", "holm", "hochberg",
					     "bh", "by" };
	size_t n = 0;
	double *p = stats_array(pv_json_get(it->in, "p"), &n);
	double *adjusted = calloc(n + 1, sizeof(*adjusted));
	int rc = PV_OK;

	for (size_t i = 0; i < n; i++)
		if (isnan(p[i]))
			p[i] = -1;
	for (int i = 0; adjusted && i < 5 && rc == PV_OK; i++) {
		rc = pv_stats_adjust(adjusted, p, n,
				     (enum pv_stats_correction)i, &it->err);
		pv_jsonw_key(it->w, names[i]);
		pv_jsonw_array(it->w);
		for (size_t k = 0; rc == PV_OK && k < n; k++) {
			if (adjusted[k] < 0)
				pv_jsonw_null(it->w);
			else
				stats_put(it, NULL, adjusted[k]);
		}
		pv_jsonw_array_end(it->w);
	}
	free(adjusted);
	free(p);
	return rc;
}

static void put_srm(stats_case *it, const pv_stats_srm_result *got,
		    const pv_stats_arm *arms, size_t count)
{
	int is_known = got->status == PV_STATS_KNOWN;

	stats_put_bool(it, "degenerate", !is_known);
	stats_put_known(it, "chi2", got->chi2, is_known);
	stats_put_known(it, "p", got->p, is_known);
	if (!is_known)
		return;
	stats_put_int(it, "df", got->df);
	stats_put(it, "ln_p", got->ln_p);
	stats_put_bool(it, "srm_at_0_001", got->p < 0.001);
	stats_put_bool(it, "impossible", got->is_impossible);
	stats_put_bool(it, "mismatch", got->is_mismatch);
	pv_jsonw_key(it->w, "expected");
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++)
		stats_put(it, NULL, pv_stats_srm_expected(arms, count, i));
	pv_jsonw_array_end(it->w);
}

int stats_srm(stats_case *it)
{
	const pv_json *observed = pv_json_get(it->in, "observed");
	const pv_json *weights = pv_json_get(it->in, "weights");
	size_t count = pv_json_count(observed);
	pv_stats_arm *arms = calloc(count + 1, sizeof(*arms));
	pv_stats_srm_result got;
	int rc;

	for (size_t i = 0; arms && i < count; i++) {
		arms[i].observed = pv_json_int(pv_json_at(observed, i), -1);
		arms[i].weight =
			pv_json_real(pv_json_at(weights, i), (double)NAN);
	}
	rc = pv_stats_srm(&got, arms, arms ? count : 0, &it->err);
	if (rc == PV_OK)
		put_srm(it, &got, arms, count);
	free(arms);
	return rc;
}
