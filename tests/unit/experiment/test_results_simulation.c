/* SPDX-License-Identifier: MIT
 *
 * What the rule of the winner promises, on simulated experiments: how often
 * one is named where there is none, under many looks, and how often one is
 * where the sample was planned for it. Seeds are printed; PV_STATS_RUNS=20000
 * is the long mode, PV_STATS_SEED repeats a run. A bound is the promise and
 * three standard errors of the simulation.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "experiment/arms.h"

enum {
	RUNS = 300,
	LOOKS = 40,
	UNITS = 2000, /* of an arm */
	VARIANTS = 3
};

static const char *const names[VARIANTS] = { "control", "x", "y" };

/* --- random numbers ------------------------------------------------------- */

/* SplitMix64 (Steele, Lea and Flood 2014). */
static double uniform(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15U;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9U;
	z = (z ^ z >> 27) * 0x94d049bb133111ebU;
	z ^= z >> 31;
	return ((double)(z >> 11) + 0.5) / 9007199254740992.0;
}

/* Box and Muller. */
static double normal(uint64_t *state)
{
	double radius = sqrt(-2 * log(uniform(state)));

	return radius * cos(6.28318530717958647692 * uniform(state));
}

static uint64_t number_of(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : fallback;
}

static uint64_t seed_of(const char *what)
{
	uint64_t out = number_of("PV_STATS_SEED", 20261122);

	print_message("%s: seed %llu\n", what, (unsigned long long)out);
	return out;
}

static int runs(void)
{
	return (int)number_of("PV_STATS_RUNS", RUNS);
}

/* A p of the group-sequential method is a search over sums over paths. */
static int runs_of(enum pv_experiment_method method)
{
	return method == PV_METHOD_GROUP_SEQUENTIAL ? runs() / 10 : runs();
}

static void assert_at_most(double share, double limit, int count)
{
	double error = sqrt(limit * (1 - limit) / count);

	if (share > limit + 3 * error)
		fail_msg("%.4f is above %.4f", share, limit);
}

/* --- an experiment under way ------------------------------------------------ */

/* What has come so far: quality, and whether it went well. */
struct world {
	pv_stats_moments quality[VARIANTS];
	pv_stats_moments success[VARIANTS];
	size_t variants;
};

static void add_units(struct world *world, uint64_t *state, int count,
		      double difference)
{
	for (size_t i = 0; i < world->variants; i++)
		for (int k = 0; k < count; k++) {
			double quality = normal(state) + (i ? difference : 0);

			(void)pv_stats_moments_add(&world->quality[i], quality,
						   NULL);
			(void)pv_stats_moments_add(&world->success[i],
						   uniform(state) < 0.97, NULL);
		}
}

static pv_results *look(const struct world *world,
			const pv_experiment *experiment,
			enum pv_experiment_method method)
{
	const pv_result_query query = { .has_method = 1, .method = method };
	struct arms arms = { .count = 0 };
	pv_results *out = NULL;
	pv_result_data data;

	for (size_t i = 0; i < world->variants; i++) {
		arms_add(&arms, names[i], -1, world->quality[i].n);
		arms_metric(&arms, "quality", &world->quality[i]);
		arms_metric(&arms, "success", &world->success[i]);
	}
	data = arms_data(&arms);
	assert_int_equal(pv_results_compute(&out, experiment, &data, &query, NULL),
			 PV_OK);
	return out;
}

/* --- nothing to be found ------------------------------------------------------ */

/* Two treatments like the control, two primary metrics, Holm over all four. */
static void test_results_simulation__looking_names_no_winner(void **state)
{
	static const char text[] =
		"prompt: a\n"
		"variants: {control: main, x: x, y: y}\n"
		"metrics: {primary: [quality, success_rate]}\n";
	pv_experiment *experiment = arms_experiment(text);
	uint64_t source = seed_of("A/A");
	double winners[PV_METHOD_BAYES + 1] = { 0 };

	(void)state;
	for (int run = 0; run < runs(); run++) {
		struct world world = { .variants = VARIANTS };
		int has_won[PV_METHOD_BAYES + 1] = { 0 };

		for (int i = 0; i < LOOKS; i++) {
			add_units(&world, &source, UNITS / LOOKS, 0);
			for (int m = 0; m <= PV_METHOD_FIXED; m++) {
				pv_results *results =
					look(&world, experiment,
					     (enum pv_experiment_method)m);

				has_won[m] |= results->winner != NULL;
				pv_results_free(results);
			}
		}
		for (int m = 0; m <= PV_METHOD_FIXED; m++)
			winners[m] += has_won[m];
	}
	print_message("  a winner at any of %d looks: %.4f by the default, %.4f "
		      "by fixed\n",
		      LOOKS, winners[0] / runs(), winners[1] / runs());
	assert_at_most(winners[PV_METHOD_SEQUENTIAL] / runs(), 0.05, runs());
	/* Else there would be nothing to promise. */
	assert_true(winners[PV_METHOD_FIXED] / runs() > 0.1);
	pv_experiment_free(experiment);
}

/* Looked at once, every method keeps alpha. */
static void test_results_simulation__one_look_keeps_alpha(void **state)
{
	static const char text[] =
		"prompt: a\n"
		"variants: {control: main, x: x, y: y}\n"
		"metrics: {primary: [quality, success_rate]}\n";
	pv_experiment *experiment = arms_experiment(text);
	uint64_t source = seed_of("one look");
	double winners[PV_METHOD_BAYES + 1] = { 0 };

	(void)state;
	for (int run = 0; run < runs(); run++) {
		struct world world = { .variants = VARIANTS };

		add_units(&world, &source, 1000, 0);
		for (int m = 0; m <= PV_METHOD_BAYES; m++) {
			enum pv_experiment_method method =
				(enum pv_experiment_method)m;
			pv_results *results;

			if (run >= runs_of(method))
				continue;
			results = look(&world, experiment, method);
			winners[m] += results->winner != NULL;
			pv_results_free(results);
		}
	}
	for (int m = 0; m <= PV_METHOD_BAYES; m++) {
		enum pv_experiment_method method = (enum pv_experiment_method)m;
		double share = winners[m] / runs_of(method);

		print_message("  %s: %.4f of %d\n",
			      pv_experiment_method_name(method), share,
			      runs_of(method));
		assert_at_most(share, 0.05, runs_of(method));
	}
	pv_experiment_free(experiment);
}

/* --- something to be found ----------------------------------------------------- */

/* What each method was planned to find with 80 % it does, within 3 points. */
static void test_results_simulation__planned_samples_have_power(void **state)
{
	const pv_result_plan plan = { .sd = 1, .mde = 0.25 };
	uint64_t source = seed_of("power");
	pv_result_need needs[PV_RESULT_NEEDS];

	(void)state;
	assert_int_equal(pv_results_plan(needs, &plan, NULL), PV_OK);
	for (int m = 0; m < PV_RESULT_NEEDS; m++) {
		int count = 10 * runs_of(needs[m].method);
		double error = sqrt(0.8 * 0.2 / count);
		pv_experiment *experiment;
		double found = 0;
		char text[200];

		snprintf(text, sizeof(text),
			 "prompt: a\nvariants: {control: main, x: x}\n"
			 "metrics: {primary: quality}\nminimum_sample: %lld\n",
			 (long long)needs[m].n);
		experiment = arms_experiment(text);
		for (int run = 0; run < count; run++) {
			struct world world = { .variants = 2 };
			pv_results *results;

			add_units(&world, &source, (int)needs[m].n, 0.25);
			results = look(&world, experiment, needs[m].method);
			found += results->winner &&
				 strcmp(results->winner, "x") == 0;
			pv_results_free(results);
		}
		print_message("  %s, %lld of each: found in %.4f of %d\n",
			      pv_experiment_method_name(needs[m].method),
			      (long long)needs[m].n, found / count, count);
		/* Three points, where there are runs enough to tell. */
		assert_true(fabs(found / count - 0.8) < fmax(0.03, 3 * error));
		pv_experiment_free(experiment);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_results_simulation__looking_names_no_winner),
		cmocka_unit_test(test_results_simulation__one_look_keeps_alpha),
		cmocka_unit_test(
			test_results_simulation__planned_samples_have_power),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
