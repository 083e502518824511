/* SPDX-License-Identifier: MIT
 *
 * Every function of pv/stats.h and pv/distribution.h with arguments that no
 * sample has: no number, infinite, zero, negative, huge, least. Each is refused,
 * or answered by a status and finite numbers, and comes back soon.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pv/distribution.h>
#include <pv/stats.h>

enum {
	DOUBLES = 8,
	COUNTS = 6,
	DRAWS = 1000
};

/* Arguments of one call. */
struct odd {
	double x[DOUBLES];
	int64_t n[COUNTS];
	uint64_t seed;
};

static uint64_t draw(struct odd *odd, uint64_t limit)
{
	odd->seed = odd->seed * UINT64_C(6364136223846793005) +
		    UINT64_C(1442695040888963407);
	return (odd->seed >> 33) % limit;
}

static void shuffle(struct odd *odd)
{
	static const double xs[] = {
		(double)NAN,
		(double)INFINITY,
		-(double)INFINITY,
		0,
		-0.0,
		5e-324,
		1e-300,
		-1,
		0.05,
		0.5,
		0.95,
		1,
		3,
		1e6,
		1e16,
		1e155,
		1.7e308,
		-1.7e308,
	};
	static const int64_t ns[] = { INT64_MIN,
				      -1,
				      0,
				      1,
				      2,
				      3,
				      30,
				      1000,
				      100000,
				      INT64_C(1) << 40,
				      INT64_C(1) << 53,
				      INT64_MAX };

	for (int i = 0; i < DOUBLES; i++)
		odd->x[i] = xs[draw(odd, sizeof(xs) / sizeof(*xs))];
	for (int i = 0; i < COUNTS; i++)
		odd->n[i] = ns[draw(odd, sizeof(ns) / sizeof(*ns))];
}

/*
 * What a call has written, all of it doubles: finite or, of logarithms, -inf.
 * Whoever is refused gets no number either.
 */
static void check_as(const struct odd *odd, const char *name, int rc,
		     const void *numbers, size_t size, int is_ln)
{
	const char *bytes = numbers;

	assert_true(rc == PV_OK || rc == PV_EINVALID || rc == PV_ENOMEM);
	for (size_t at = 0; at < size; at += sizeof(double)) {
		double value;

		memcpy(&value, bytes + at, sizeof(value));
		if (isfinite(value) || (is_ln && isinf(value) && value < 0))
			continue;
		for (int i = 0; i < DOUBLES; i++)
			print_message("x[%d] = %.17g\n", i, odd->x[i]);
		for (int i = 0; i < COUNTS; i++)
			print_message("n[%d] = %lld\n", i, (long long)odd->n[i]);
		fail_msg("%s: number %zu is %g, status %d", name,
			 at / sizeof(value), value, rc);
	}
}

static void check(const struct odd *odd, const char *name, int rc,
		  const void *numbers, size_t size)
{
	check_as(odd, name, rc, numbers, size, 0);
}

/* --- distributions -------------------------------------------------------- */

typedef int one_fn(double *, double, pv_error *);
typedef int two_fn(double *, double, double, pv_error *);
typedef int three_fn(double *, double, double, double, pv_error *);

static const struct {
	const char *name;
	one_fn *one;
	two_fn *two;
	three_fn *three;
	int is_ln;
} distributions[] = {
	{ "norm_cdf", pv_stats_norm_cdf, NULL, NULL, 0 },
	{ "norm_sf", pv_stats_norm_sf, NULL, NULL, 0 },
	{ "norm_ln_sf", pv_stats_norm_ln_sf, NULL, NULL, 1 },
	{ "norm_pdf", pv_stats_norm_pdf, NULL, NULL, 0 },
	{ "norm_ppf", pv_stats_norm_ppf, NULL, NULL, 0 },
	{ "norm_isf", pv_stats_norm_isf, NULL, NULL, 0 },
	{ "t_cdf", NULL, pv_stats_t_cdf, NULL, 0 },
	{ "t_sf", NULL, pv_stats_t_sf, NULL, 0 },
	{ "t_ln_sf", NULL, pv_stats_t_ln_sf, NULL, 1 },
	{ "t_pdf", NULL, pv_stats_t_pdf, NULL, 0 },
	{ "t_ppf", NULL, pv_stats_t_ppf, NULL, 0 },
	{ "t_isf", NULL, pv_stats_t_isf, NULL, 0 },
	{ "chi2_cdf", NULL, pv_stats_chi2_cdf, NULL, 0 },
	{ "chi2_sf", NULL, pv_stats_chi2_sf, NULL, 0 },
	{ "chi2_ln_sf", NULL, pv_stats_chi2_ln_sf, NULL, 1 },
	{ "chi2_ppf", NULL, pv_stats_chi2_ppf, NULL, 0 },
	{ "chi2_isf", NULL, pv_stats_chi2_isf, NULL, 0 },
	{ "f_cdf", NULL, NULL, pv_stats_f_cdf, 0 },
	{ "f_sf", NULL, NULL, pv_stats_f_sf, 0 },
	{ "f_ln_sf", NULL, NULL, pv_stats_f_ln_sf, 1 },
	{ "f_ppf", NULL, NULL, pv_stats_f_ppf, 0 },
	{ "f_isf", NULL, NULL, pv_stats_f_isf, 0 },
	{ "beta_inc", NULL, NULL, pv_stats_beta_inc, 0 },
	{ "beta_sf", NULL, NULL, pv_stats_beta_sf, 0 },
	{ "beta_ln_inc", NULL, NULL, pv_stats_beta_ln_inc, 1 },
	{ "beta_ln_sf", NULL, NULL, pv_stats_beta_ln_sf, 1 },
	{ "beta_ppf", NULL, NULL, pv_stats_beta_ppf, 0 },
	{ "nct_cdf", NULL, NULL, pv_stats_nct_cdf, 0 },
};

static void test_stats_degenerate__distributions(void **state)
{
	struct odd odd = { .seed = 1 };
	double out[2];

	(void)state;
	for (size_t k = 0;
	     k < (sizeof(distributions) / sizeof(*distributions)) * DRAWS; k++) {
		size_t at = k % (sizeof(distributions) / sizeof(*distributions));
		const double *x = odd.x;
		int rc;

		shuffle(&odd);
		if (distributions[at].one)
			rc = distributions[at].one(out, x[0], NULL);
		else if (distributions[at].two)
			rc = distributions[at].two(out, x[0], x[1], NULL);
		else
			rc = distributions[at].three(out, x[0], x[1], x[2], NULL);
		check_as(&odd, distributions[at].name, rc, out, sizeof(*out),
			 distributions[at].is_ln);
		rc = pv_stats_norm_two_sided(&out[0], &out[1], x[0], NULL);
		check_as(&odd, "norm_two_sided", rc, out, sizeof(out), 1);
		rc = pv_stats_t_two_sided(&out[0], &out[1], x[0], x[1], NULL);
		check_as(&odd, "t_two_sided", rc, out, sizeof(out), 1);
	}
}

/* --- samples -------------------------------------------------------------- */

/* Moments that were not made by a function of ours. */
static pv_stats_moments odd_moments(const struct odd *odd, int at)
{
	pv_stats_moments out = { .n = odd->n[at],
				 .mean = odd->x[at],
				 .m2 = odd->x[at + 1],
				 .m3 = odd->x[at + 2],
				 .m4 = odd->x[at + 3] };

	return out;
}

static pv_stats_pairs odd_pairs(const struct odd *odd, int at)
{
	pv_stats_pairs out = { .x = odd_moments(odd, at),
			       .y = odd_moments(odd, at + 1),
			       .c = odd->x[at + 2] };

	out.y.n = out.x.n;
	return out;
}

/* From the first number of a result to its last one. */
#define NUMBERS(out, first, last)                                     \
 &(out).first, offsetof(__typeof__(out), last) + sizeof((out).last) - \
		       offsetof(__typeof__(out), first)

static void test_stats_degenerate__means(void **state)
{
	struct odd odd = { .seed = 2 };

	(void)state;
	for (int i = 0; i < 20 * DRAWS; i++) {
		pv_stats_moments a;
		pv_stats_moments b;
		pv_stats_test test;
		pv_stats_effect effect;
		pv_stats_lift lift;
		pv_stats_sequence sequence;
		pv_stats_posterior belief;
		pv_stats_prior prior;
		int rc;

		shuffle(&odd);
		a = odd_moments(&odd, 0);
		b = odd_moments(&odd, 4);
		prior = (pv_stats_prior){ odd.x[2], odd.x[3], odd.x[7] };
		rc = pv_stats_welch(&test, &a, &b, odd.x[7], NULL);
		check_as(&odd, "welch", rc, NUMBERS(test, difference, interval),
			 1);
		rc = pv_stats_student(&test, &a, &b, odd.x[7], NULL);
		check_as(&odd, "student", rc,
			 NUMBERS(test, difference, interval), 1);
		pv_stats_effect_of(&effect, &a, &b);
		check(&odd, "effect_of", PV_OK, NUMBERS(effect, cohen_d, glass));
		rc = pv_stats_lift_of(&lift, &a, &b, odd.x[7], NULL);
		check(&odd, "lift_of", rc, NUMBERS(lift, lift, interval));
		check(&odd, "lift_of", rc, NUMBERS(lift, fieller, fieller));
		rc = pv_stats_confseq(&sequence, &a, &b, odd.x[2], odd.x[3],
				      NULL);
		check(&odd, "confseq", rc, NUMBERS(sequence, difference, p));
		rc = pv_stats_msprt(&sequence, &a, &b, odd.x[2], odd.x[3], NULL);
		check(&odd, "msprt", rc, NUMBERS(sequence, difference, p));
		rc = pv_stats_bayes_normal(&belief, &a, &b, &prior, NULL);
		check_as(&odd, "bayes_normal", rc,
			 NUMBERS(belief, mean, interval), 1);
	}
}

static void test_stats_degenerate__moments(void **state)
{
	struct odd odd = { .seed = 3 };

	(void)state;
	for (int i = 0; i < 20 * DRAWS; i++) {
		pv_stats_moments all = { 0 };
		pv_stats_moments many;
		pv_stats_pairs both = { 0 };
		double out[2];
		int rc;

		shuffle(&odd);
		for (int k = 0; k + 1 < DOUBLES; k++) {
			(void)pv_stats_moments_add(&all, odd.x[k], NULL);
			(void)pv_stats_pairs_add(&both, odd.x[k], odd.x[k + 1],
						 NULL);
		}
		out[0] = pv_stats_mean(&all);
		out[1] = pv_stats_variance(&all);
		check(&odd, "moments_add", PV_OK, out, sizeof(out));
		rc = pv_stats_moments_of(&many, odd.x, odd.n[0] & 3, odd.x[7],
					 NULL);
		out[0] = pv_stats_mean(&many);
		out[1] = pv_stats_variance(&many);
		check(&odd, "moments_of", rc, out, sizeof(out));
		pv_stats_moments_merge(&many, &all);
		for (int k = 0; k < 2; k++) {
			pv_stats_moments hand = odd_moments(&odd, 0);
			const pv_stats_moments *of = k ? &many : &hand;

			out[0] = pv_stats_skewness(of);
			out[1] = pv_stats_kurtosis(of);
			check(&odd, "skewness", PV_OK, out, sizeof(out));
		}
		out[0] = pv_stats_correlation(&both);
		out[1] = pv_stats_cuped_theta(&both, NULL);
		check(&odd, "correlation", PV_OK, out, sizeof(out));
	}
}

static void test_stats_degenerate__pairs(void **state)
{
	struct odd odd = { .seed = 4 };

	(void)state;
	for (int i = 0; i < 20 * DRAWS; i++) {
		pv_stats_pairs a;
		pv_stats_pairs b;
		pv_stats_moments adjusted;
		pv_stats_ratio ratio;
		pv_stats_test test;
		double out[2];
		int rc;

		shuffle(&odd);
		a = odd_pairs(&odd, 0);
		b = odd_pairs(&odd, 3);
		pv_stats_ratio_of(&ratio, &a);
		check(&odd, "ratio_of", PV_OK,
		      NUMBERS(ratio, ratio, design_effect));
		rc = pv_stats_ratio_test(&test, &a, &b, odd.x[7], NULL);
		check_as(&odd, "ratio_test", rc,
			 NUMBERS(test, difference, interval), 1);
		out[0] = pv_stats_cuped_theta(&a, &b);
		out[1] = pv_stats_correlation(&a);
		check(&odd, "cuped_theta", PV_OK, out, sizeof(out));
		pv_stats_cuped_adjust(&adjusted, &a, odd.x[6], odd.x[7]);
		out[0] = pv_stats_mean(&adjusted);
		out[1] = adjusted.m2;
		check(&odd, "cuped_adjust", PV_OK, out, sizeof(out));
	}
}

/* --- counts --------------------------------------------------------------- */

static void test_stats_degenerate__counts(void **state)
{
	struct odd odd = { .seed = 5 };

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		const int64_t *n = odd.n;
		pv_stats_share a;
		pv_stats_share b;
		pv_stats_interval interval;
		pv_stats_shares shares;
		pv_stats_fisher_result fisher;
		pv_stats_arm arms[3];
		pv_stats_srm_result srm;
		double expected;
		int rc;

		shuffle(&odd);
		a = (pv_stats_share){ n[0], n[1] };
		b = (pv_stats_share){ n[2], n[3] };
		memset(&interval, 0, sizeof(interval));
		rc = pv_stats_wilson(&interval, a, odd.x[0], NULL);
		check(&odd, "wilson", rc, &interval, sizeof(interval));
		rc = pv_stats_proportions(&shares, a, b, odd.x[0], NULL);
		check_as(&odd, "proportions", rc,
			 NUMBERS(shares.test, difference, interval), 1);
		check(&odd, "proportions", rc,
		      NUMBERS(shares, newcombe, risk_ratio_interval));
		rc = pv_stats_fisher(&fisher, n, NULL);
		check_as(&odd, "fisher", rc, NUMBERS(fisher, p, odds_ratio), 1);
		for (int k = 0; k < 3; k++)
			arms[k] = (pv_stats_arm){ odd.x[k], n[k] };
		rc = pv_stats_srm(&srm, arms, 3, NULL);
		check(&odd, "srm", rc, &srm.chi2, sizeof(srm.chi2));
		check_as(&odd, "srm", rc, NUMBERS(srm, p, deviation), 1);
		expected = pv_stats_srm_expected(arms, 3, 1);
		check(&odd, "srm_expected", rc, &expected, sizeof(expected));
	}
}

/* --- ranks ---------------------------------------------------------------- */

static void test_stats_degenerate__ranks(void **state)
{
	struct odd odd = { .seed = 6 };

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		pv_stats_bin bins[3];
		pv_stats_ranks ranks;
		pv_stats_quantile a;
		pv_stats_quantile b;
		pv_stats_test test;
		double adjusted[DOUBLES];
		int rc;

		shuffle(&odd);
		rc = pv_stats_mann_whitney(&ranks, odd.x, odd.n[0] & 3,
					   odd.x + 3, odd.n[1] & 3, NULL);
		check(&odd, "mann_whitney", rc,
		      NUMBERS(ranks, u_control, p_exact));
		for (int k = 0; k < 3; k++)
			bins[k] = (pv_stats_bin){ odd.x[k], odd.n[k],
						  odd.n[k + 3] };
		rc = pv_stats_mann_whitney_bins(&ranks, bins, 3, NULL);
		check(&odd, "mann_whitney_bins", rc,
		      NUMBERS(ranks, u_control, p_exact));
		rc = pv_stats_quantile_of(&a, odd.x, odd.n[0] & 3, odd.x[3],
					  odd.x[4], NULL);
		check(&odd, "quantile_of", rc, &a.value, sizeof(a.value));
		rc = pv_stats_quantile_ranks(&b, odd.n[0], odd.x[3], odd.x[4],
					     NULL);
		check(&odd, "quantile_ranks", rc, &b.coverage,
		      sizeof(b.coverage));
		b.status = PV_STATS_KNOWN;
		b.value = odd.x[5];
		b.interval = (pv_stats_interval){ odd.x[6], odd.x[7] };
		rc = pv_stats_quantile_test(&test, &a, &b, odd.x[0], NULL);
		check_as(&odd, "quantile_test", rc,
			 NUMBERS(test, difference, interval), 1);
		for (int k = 0; k <= PV_STATS_BY; k++) {
			memset(adjusted, 0, sizeof(adjusted));
			rc = pv_stats_adjust(adjusted, odd.x, odd.n[0] & 7,
					     (enum pv_stats_correction)k, NULL);
			check(&odd, "adjust", rc, adjusted, sizeof(adjusted));
		}
	}
}

/* --- plans and looks -------------------------------------------------------- */

static void test_stats_degenerate__plans(void **state)
{
	struct odd odd = { .seed = 7 };

	(void)state;
	for (int i = 0; i < 10 * DRAWS; i++) {
		const double *x = odd.x;
		pv_stats_plan plan;
		pv_stats_size size;
		pv_stats_look looks[3];
		double out = 0;
		int rc;

		shuffle(&odd);
		plan = (pv_stats_plan){ x[0], x[1], x[2], odd.n[2] & 1 };
		rc = pv_stats_power_t(&out, x[3], odd.n[0], odd.n[1], &plan,
				      NULL);
		check(&odd, "power_t", rc, &out, sizeof(out));
		rc = pv_stats_power_z(&out, x[3], odd.n[0], odd.n[1], &plan,
				      NULL);
		check(&odd, "power_z", rc, &out, sizeof(out));
		rc = pv_stats_mde(&out, x[3], odd.n[0], odd.n[1], &plan, NULL);
		check(&odd, "mde", rc, &out, sizeof(out));
		rc = pv_stats_size_mean(&size, x[3], x[4], &plan, NULL);
		check(&odd, "size_mean", rc, &size.exact, sizeof(size.exact));
		check(&odd, "size_mean", rc, NUMBERS(size, arcsine, mde));
		rc = pv_stats_size_proportion(&size, x[3], x[4], &plan, NULL);
		check(&odd, "size_proportion", rc, &size.exact,
		      sizeof(size.exact));
		check(&odd, "size_proportion", rc, NUMBERS(size, arcsine, mde));
		memset(looks, 0, sizeof(looks));
		for (int k = 0; k < 3; k++)
			looks[k].information = x[k + 3];
		rc = pv_stats_group_bounds(looks, 1 + (odd.n[3] & 1), x[6],
					   (enum pv_stats_spending)(i % 3),
					   x[7], NULL);
		if (rc == PV_OK)
			check(&odd, "group_bounds", rc, looks, sizeof(*looks));
	}
}

static void test_stats_degenerate__beliefs(void **state)
{
	struct odd odd = { .seed = 8 };

	(void)state;
	for (int i = 0; i < DRAWS; i++) {
		const double *x = odd.x;
		pv_stats_beta shapes[3];
		pv_stats_normal normals[3];
		pv_stats_posterior belief;
		double best[3] = { 0 };
		int rc;

		shuffle(&odd);
		for (int k = 0; k < 3; k++) {
			shapes[k] = (pv_stats_beta){ x[k], x[k + 3] };
			normals[k] = (pv_stats_normal){ x[k], x[k + 3] };
		}
		rc = pv_stats_bayes_beta(&belief, shapes[0], shapes[1], NULL);
		check_as(&odd, "bayes_beta", rc,
			 NUMBERS(belief, mean, interval), 1);
		rc = pv_stats_best_beta(best, shapes, 3, NULL);
		check(&odd, "best_beta", rc, best, sizeof(best));
		rc = pv_stats_best_normal(best, normals, 3, NULL);
		check(&odd, "best_normal", rc, best, sizeof(best));
	}
}

/* --- series ----------------------------------------------------------------- */

static void test_stats_degenerate__series(void **state)
{
	struct odd odd = { .seed = 9 };

	(void)state;
	for (int i = 0; i < 10 * DRAWS; i++) {
		const double *x = odd.x;
		pv_stats_trend trend;
		pv_stats_line line;
		pv_stats_cusum cusum;
		pv_stats_ewma ewma;
		pv_stats_page_hinkley hinkley = { 0 };
		double bound = 0;
		int64_t bin;
		int rc;

		shuffle(&odd);
		rc = pv_stats_trend_of(&trend, x, x + 4, odd.n[0] & 3, NULL);
		check(&odd, "trend_of", rc, NUMBERS(trend, s, intercept));
		rc = pv_stats_line_of(&line, x, x + 4, odd.n[0] & 3, NULL);
		check(&odd, "line_of", rc, NUMBERS(line, slope, r2));
		cusum = (pv_stats_cusum){ x[0], x[1], x[2], x[3], 0, 0 };
		ewma = (pv_stats_ewma){ x[0], x[1], x[2], x[3], 0, 0, 0 };
		hinkley.delta = x[0];
		hinkley.limit = x[1];
		for (int k = 4; k < DOUBLES; k++) {
			(void)pv_stats_cusum_add(&cusum, x[k]);
			(void)pv_stats_ewma_add(&ewma, x[k]);
			(void)pv_stats_page_hinkley_add(&hinkley, x[k]);
		}
		check(&odd, "cusum_add", PV_OK, NUMBERS(cusum, up, down));
		check(&odd, "ewma_add", PV_OK, NUMBERS(ewma, off, limit));
		check(&odd, "page_hinkley_add", PV_OK,
		      NUMBERS(hinkley, rise, down));
		rc = pv_stats_histogram_index(&bin, x[0], (int)odd.n[0], NULL);
		assert_true(rc == PV_OK || rc == PV_EINVALID);
		rc = pv_stats_histogram_bound(&bound, odd.n[1], (int)odd.n[0],
					      NULL);
		check(&odd, "histogram_bound", rc, &bound, sizeof(bound));
		rc = pv_stats_histogram_point(&bound, odd.n[1], (int)odd.n[0],
					      NULL);
		check(&odd, "histogram_point", rc, &bound, sizeof(bound));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_degenerate__distributions),
		cmocka_unit_test(test_stats_degenerate__means),
		cmocka_unit_test(test_stats_degenerate__moments),
		cmocka_unit_test(test_stats_degenerate__pairs),
		cmocka_unit_test(test_stats_degenerate__counts),
		cmocka_unit_test(test_stats_degenerate__ranks),
		cmocka_unit_test(test_stats_degenerate__plans),
		cmocka_unit_test(test_stats_degenerate__beliefs),
		cmocka_unit_test(test_stats_degenerate__series),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
