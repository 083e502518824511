/* SPDX-License-Identifier: MIT
 *
 * What the read-outs promise, on simulated experiments: how often nothing is
 * taken for something under many looks, and how often what was planned for is
 * found. Seeds are printed; PV_STATS_RUNS=20000 is the long mode, PV_STATS_SEED
 * repeats a run. A bound is the promise and three standard errors of the
 * simulation.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include <pv/stats.h>

enum {
	RUNS = 400,
	LOOKS = 40,
	UNITS = 4000 /* of an arm */
};

static const double alpha = 0.05;

/* --- random numbers ------------------------------------------------------- */

/* SplitMix64 (Steele, Lea and Flood 2014). */
struct source {
	uint64_t state;
};

static double uniform(struct source *source)
{
	uint64_t z = source->state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	z ^= z >> 31;
	return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller. */
static double normal(struct source *source)
{
	double radius = sqrt(-2 * log(uniform(source)));

	return radius * cos(6.28318530717958647692 * uniform(source));
}

static double lognormal(struct source *source)
{
	return exp(1.2 * normal(source));
}

static double success(struct source *source)
{
	return uniform(source) < 0.97;
}

static uint64_t number_of(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : fallback;
}

static struct source source_of(const char *what)
{
	struct source out = { number_of("PV_STATS_SEED", 20261122) };

	print_message("%s: seed %llu\n", what, (unsigned long long)out.state);
	return out;
}

static double runs(void)
{
	return (double)number_of("PV_STATS_RUNS", RUNS);
}

/* Above a rate by no more than the simulation's own error. */
static void assert_at_most(double count, double limit)
{
	double error = sqrt(limit * (1 - limit) / runs());

	if (count / runs() > limit + 3 * error)
		fail_msg("%.4f is above %.4f", count / runs(), limit);
}

/* --- many looks ----------------------------------------------------------- */

typedef double draw_fn(struct source *source);

static void add(pv_stats_moments *arm, struct source *source, draw_fn *draw,
		int count)
{
	for (int i = 0; i < count; i++)
		(void)pv_stats_moments_add(arm, draw(source), NULL);
}

/* Which read-outs found something at any of the looks. */
struct found {
	double sequence;
	double msprt;
	double naive;
	double group;
};

static int is_group_found(const pv_stats_test *test, const pv_stats_look *look)
{
	return test->status == PV_STATS_KNOWN && fabs(test->statistic) > look->z;
}

static void watch(struct found *found, struct source *source, draw_fn *draw,
		  const pv_stats_look *bounds)
{
	pv_stats_moments arms[2] = { { 0 } };
	int seen[4] = { 0 };

	for (int look = 0; look < LOOKS; look++) {
		pv_stats_sequence sequence;
		pv_stats_test test;

		add(&arms[0], source, draw, UNITS / LOOKS);
		add(&arms[1], source, draw, UNITS / LOOKS);
		assert_int_equal(pv_stats_confseq(&sequence, &arms[0], &arms[1],
						  alpha, 2 * UNITS, NULL),
				 PV_OK);
		seen[0] |= sequence.is_significant && !sequence.is_warming_up;
		assert_int_equal(sequence.is_significant,
				 sequence.status == PV_STATS_KNOWN &&
					 sequence.p < alpha);
		(void)pv_stats_msprt(&sequence, &arms[0], &arms[1], alpha, 0.1,
				     NULL);
		seen[1] |= sequence.is_significant && !sequence.is_warming_up;
		(void)pv_stats_welch(&test, &arms[0], &arms[1], 0.95, NULL);
		seen[2] |= test.status == PV_STATS_KNOWN && test.p < alpha;
		seen[3] |= is_group_found(&test, &bounds[look]);
	}
	found->sequence += seen[0];
	found->msprt += seen[1];
	found->naive += seen[2];
	found->group += seen[3];
}

static void watch_many(const char *what, draw_fn *draw)
{
	struct source source = source_of(what);
	struct found found = { 0 };
	pv_stats_look bounds[LOOKS];

	for (int i = 0; i < LOOKS; i++)
		bounds[i].information = (i + 1) / (double)LOOKS;
	assert_int_equal(pv_stats_group_bounds(bounds, LOOKS, alpha,
					       PV_STATS_OBRIEN_FLEMING, 0, NULL),
			 PV_OK);
	for (int i = 0; i < (int)runs(); i++)
		watch(&found, &source, draw, bounds);
	print_message("  %d looks, something in: sequence %.3f, mSPRT %.3f, "
		      "group %.3f, naive t %.3f\n",
		      LOOKS, found.sequence / runs(), found.msprt / runs(),
		      found.group / runs(), found.naive / runs());
	assert_at_most(found.sequence, alpha);
	assert_at_most(found.msprt, alpha);
	assert_at_most(found.group, alpha);
	/* Else there would be nothing to promise. */
	assert_true(found.naive / runs() > 2 * alpha);
}

static void test_stats_simulation__looking_finds_nothing(void **state)
{
	(void)state;
	watch_many("normal", normal);
	watch_many("lognormal", lognormal);
	watch_many("success", success);
}

/* --- planned samples ------------------------------------------------------ */

static void test_stats_simulation__planned_samples_have_power(void **state)
{
	struct source source = source_of("power");
	const pv_stats_plan plan = { .power = 0.8 };
	const double delta = 0.35;
	double runs_here = 5 * runs();
	double found = 0;
	pv_stats_size size;

	(void)state;
	assert_int_equal(pv_stats_size_mean(&size, 1, delta, &plan, NULL), PV_OK);
	for (int i = 0; i < (int)runs_here; i++) {
		pv_stats_moments arms[2] = { { 0 } };
		pv_stats_test test;

		add(&arms[0], &source, normal, (int)size.n_control_t);
		add(&arms[1], &source, normal, (int)size.n_control_t);
		arms[1].origin += delta;
		(void)pv_stats_welch(&test, &arms[0], &arms[1], 0.95, NULL);
		found += test.p < alpha;
	}
	print_message("  %d of an arm find it in %.4f of %d runs\n",
		      (int)size.n_control_t, found / runs_here, (int)runs_here);
	assert_true(fabs(found / runs_here - 0.8) < 0.03);
}

static void test_stats_simulation__planned_shares_have_power(void **state)
{
	struct source source = source_of("shares");
	const double p[2] = { 0.6, 0.7 };
	double runs_here = 5 * runs();
	double found = 0;
	pv_stats_size size;

	(void)state;
	assert_int_equal(pv_stats_size_proportion(&size, p[0], p[1], NULL, NULL),
			 PV_OK);
	for (int i = 0; i < (int)runs_here; i++) {
		pv_stats_share arms[2] = { { 0, size.n_control },
					   { 0, size.n_control } };
		pv_stats_shares shares;

		for (int arm = 0; arm < 2; arm++)
			for (int64_t k = 0; k < size.n_control; k++)
				arms[arm].hits += uniform(&source) < p[arm];
		(void)pv_stats_proportions(&shares, arms[0], arms[1], 0.95, NULL);
		found += shares.test.p < alpha;
	}
	print_message("  %d of an arm find it in %.4f of %d runs\n",
		      (int)size.n_control, found / runs_here, (int)runs_here);
	assert_true(fabs(found / runs_here - 0.8) < 0.03);
}

/* --- winners -------------------------------------------------------------- */

/* Three treatments like the control, two primary metrics, Holm over all six. */
static void test_stats_simulation__aa_has_few_winners(void **state)
{
	struct source source = source_of("A/A");
	double winners = 0;

	(void)state;
	for (int i = 0; i < (int)runs(); i++) {
		pv_stats_moments arms[4][2] = { { { 0 } } };
		double p[6];
		int has_winner = 0;

		for (int arm = 0; arm < 4; arm++) {
			add(&arms[arm][0], &source, normal, 200);
			add(&arms[arm][1], &source, lognormal, 200);
		}
		for (int k = 0; k < 6; k++) {
			pv_stats_test test;

			(void)pv_stats_welch(&test, &arms[0][k % 2],
					     &arms[1 + k / 2][k % 2], 0.95, NULL);
			p[k] = test.p;
		}
		assert_int_equal(pv_stats_adjust(p, p, 6, PV_STATS_HOLM, NULL),
				 PV_OK);
		for (int k = 0; k < 6; k++)
			has_winner |= p[k] < alpha;
		winners += has_winner;
	}
	print_message("  winners in %.4f of runs\n", winners / runs());
	assert_at_most(winners, alpha);
}

/* Intervals hold the truth as often as they say. */
static void test_stats_simulation__intervals_hold_the_truth(void **state)
{
	struct source source = source_of("intervals");
	double runs_here = 5 * runs();
	double missed[2] = { 0 };
	double p95 = exp(1.2 * 1.6448536269514722);

	(void)state;
	for (int i = 0; i < (int)runs_here; i++) {
		pv_stats_share share = { 0, 80 };
		pv_stats_interval wilson;
		pv_stats_quantile quantile;
		double x[300];

		for (int k = 0; k < 80; k++)
			share.hits += uniform(&source) < 0.9;
		(void)pv_stats_wilson(&wilson, share, 0.95, NULL);
		missed[0] += wilson.low > 0.9 || wilson.high < 0.9;
		for (int k = 0; k < 300; k++) {
			double value = lognormal(&source);
			int at = k;

			while (at > 0 && x[at - 1] > value) {
				x[at] = x[at - 1];
				at--;
			}
			x[at] = value;
		}
		(void)pv_stats_quantile_of(&quantile, x, 300, 0.95, 0.95, NULL);
		missed[1] += quantile.interval.low > p95 ||
			     quantile.interval.high < p95;
	}
	print_message("  missed: Wilson %.4f, p95 %.4f\n",
		      missed[0] / runs_here, missed[1] / runs_here);
	assert_true(missed[0] / runs_here < 0.07);
	assert_at_most(missed[1] / 5, alpha);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_simulation__looking_finds_nothing),
		cmocka_unit_test(test_stats_simulation__planned_samples_have_power),
		cmocka_unit_test(test_stats_simulation__planned_shares_have_power),
		cmocka_unit_test(test_stats_simulation__aa_has_few_winners),
		cmocka_unit_test(test_stats_simulation__intervals_hold_the_truth),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
