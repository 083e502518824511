/* SPDX-License-Identifier: MIT
 *
 * Planted falls over random histories with merges: the culprit is found, and
 * what is said to be sure to 90 % is right nine times of ten. Seeds are printed;
 * PV_STATS_RUNS=20000 is the long mode, PV_STATS_SEED repeats a run.
 */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <setjmp.h>

#include <cmocka.h>

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <pv/culprit.h>

enum {
	RUNS = 500,
	CHANGES = 24,
	BINS = 5
};

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

static double normal(struct source *source)
{
	double radius = sqrt(-2 * log(uniform(source)));

	return radius * cos(6.28318530717958647692 * uniform(source));
}

static size_t below(struct source *source, size_t count)
{
	return (size_t)(uniform(source) * (double)count);
}

static uint64_t number_of(const char *name, uint64_t fallback)
{
	const char *text = getenv(name);

	return text ? strtoull(text, NULL, 10) : fallback;
}

/* A history with what was measured of it. */
struct history {
	pv_culprit_change changes[CHANGES];
	pv_culprit_state states[CHANGES];
	size_t parents[CHANGES][2];
	int is_behind[CHANGES];
	size_t culprit; /* CHANGES: none */
};

/* Side branches that are merged later: about a third of all are merges. */
static void make_graph(struct history *it, struct source *source)
{
	memset(it, 0, sizeof(*it));
	for (size_t i = 0; i < CHANGES; i++) {
		pv_culprit_change *change = &it->changes[i];

		change->state = i;
		change->parents = it->parents[i];
		change->is_suspect = i > 0;
		if (!i)
			continue;
		/* The last one, or one a little before: a branch. */
		it->parents[i][0] = i - 1 - below(source, i < 3 ? i : 3);
		change->parent_count = 1;
		if (i < 2 || uniform(source) > 0.35)
			continue;
		it->parents[i][1] = below(source, i);
		change->parent_count =
			it->parents[i][1] == it->parents[i][0] ? 1 : 2;
	}
}

static void plant(struct history *it, size_t culprit)
{
	it->culprit = culprit;
	for (size_t i = 0; i < CHANGES; i++) {
		it->is_behind[i] = i == culprit;
		for (size_t k = 0; k < it->changes[i].parent_count; k++)
			it->is_behind[i] |= it->is_behind[it->parents[i][k]];
	}
}

/* Means of n values with deviation 1.5, of contents that differ a little. */
static void measure(struct history *it, struct source *source, double fall,
		    double spread, int64_t least, int64_t most)
{
	for (size_t i = 0; i < CHANGES; i++) {
		int64_t n = least +
			    (int64_t)below(source, (size_t)(most - least + 1));
		double mean = 8 - (it->is_behind[i] ? fall : 0) +
			      spread * normal(source);

		it->states[i].n = n;
		it->states[i].variance = 2.25;
		it->states[i].mean =
			n ? mean + 1.5 / sqrt((double)n) * normal(source) : 0;
	}
}

static pv_culprit find(const struct history *it, double *chances, double drop)
{
	const pv_culprit_query query = { .states = it->states,
					 .state_count = CHANGES,
					 .changes = it->changes,
					 .change_count = CHANGES,
					 .drop = drop };
	pv_error err = { 0 };
	pv_culprit out;

	if (pv_culprit_find(&out, chances, &query, &err) < 0)
		fail_msg("%s", err.message);
	return out;
}

static double sum_of(const pv_culprit *found, const double *chances)
{
	double sum = found->none;

	for (size_t i = 0; i < CHANGES; i++)
		sum += chances[i];
	return sum;
}

static void test_stats_culprit__finds_what_was_planted(void **state)
{
	uint64_t runs = number_of("PV_STATS_RUNS", RUNS);
	uint64_t seed = number_of("PV_STATS_SEED", 8);
	uint64_t hits = 0;

	(void)state;
	for (uint64_t run = 0; run < runs; run++) {
		struct source source = { seed + run };
		double chances[CHANGES];
		struct history it;
		pv_culprit found;

		make_graph(&it, &source);
		plant(&it, 1 + below(&source, CHANGES - 1));
		measure(&it, &source, 1, 0.05, 100, 400);
		found = find(&it, chances, 0.5);
		assert_true(fabs(sum_of(&found, chances) - 1) < 1e-9);
		hits += found.most == it.culprit;
	}
	printf("# seed %llu: %llu of %llu culprits found\n",
	       (unsigned long long)seed, (unsigned long long)hits,
	       (unsigned long long)runs);
	assert_true((double)hits >= 0.95 * (double)runs);
}

/* What was said with some certainty, and how often it was true. */
struct bin {
	double said;
	double true_ones;
	double variance;
	int count;
};

static void note(struct bin *bins, double chance, int is_true)
{
	int at = chance >= 1 ? BINS - 1 : (int)(chance * BINS);

	bins[at].said += chance;
	bins[at].true_ones += is_true;
	bins[at].variance += chance * (1 - chance);
	bins[at].count++;
}

static void test_stats_culprit__is_as_sure_as_it_may_be(void **state)
{
	uint64_t runs = number_of("PV_STATS_RUNS", 4L * RUNS);
	uint64_t seed = number_of("PV_STATS_SEED", 88);
	struct bin bins[BINS] = { { 0, 0, 0, 0 } };

	(void)state;
	for (uint64_t run = 0; run < runs; run++) {
		struct source source = { seed + run };
		double chances[CHANGES];
		struct history it;
		pv_culprit found;
		/* Drawn as the prior has it; the root stands for none. */
		size_t culprit = below(&source, CHANGES);
		double fall = 0.5 - log(uniform(&source));

		make_graph(&it, &source);
		if (culprit)
			plant(&it, culprit);
		measure(&it, &source, fall, 0.05, 0, 30);
		found = find(&it, chances, 0.5);
		for (size_t i = 1; i < CHANGES; i++)
			note(bins, chances[i], i == culprit);
		note(bins, found.none, !culprit);
	}
	printf("# seed %llu\n", (unsigned long long)seed);
	for (int i = 0; i < BINS; i++) {
		printf("# said %.3f, true %.3f, of %d\n",
		       bins[i].said / bins[i].count,
		       bins[i].true_ones / bins[i].count, bins[i].count);
		assert_true(bins[i].count > 50);
		assert_true(fabs(bins[i].said - bins[i].true_ones) <
			    4 * sqrt(bins[i].variance));
	}
}

/* Doing what it says is needed ends with the culprit. */
static void test_stats_culprit__says_what_settles_it(void **state)
{
	uint64_t seed = number_of("PV_STATS_SEED", 888);
	int hits = 0;

	(void)state;
	for (int run = 0; run < 100; run++) {
		struct source source = { seed + (uint64_t)run };
		double chances[CHANGES];
		struct history it;
		pv_culprit found;
		int steps = 0;

		make_graph(&it, &source);
		plant(&it, 1 + below(&source, CHANGES - 1));
		measure(&it, &source, 1, 0.05, 10, 20);
		for (found = find(&it, chances, 0.5);
		     found.has_next && steps < 60; steps++) {
			pv_culprit_state *more = &it.states[found.next];
			double n = (double)more->n;
			double add = (double)found.next_count;
			double mean = 8 - (it.is_behind[found.next] ? 1 : 0) +
				      1.5 / sqrt(add) * normal(&source);

			more->mean = (n * more->mean + add * mean) / (n + add);
			more->n += found.next_count;
			found = find(&it, chances, 0.5);
		}
		hits += found.most == it.culprit && chances[found.most] > 0.9;
	}
	printf("# seed %llu: %d of 100 settled\n", (unsigned long long)seed,
	       hits);
	assert_true(hits >= 90);
}

/* a - b - c - d, where d brings back what a was. */
static void test_stats_culprit__knows_a_revert(void **state)
{
	static const size_t parents[] = { 0, 1, 2 };
	const pv_culprit_change changes[] = {
		{ 0, NULL, 0, 0 },
		{ 1, &parents[0], 1, 1 },
		{ 2, &parents[1], 1, 1 },
		{ 0, &parents[2], 1, 1 },
	};
	const pv_culprit_state states[] = { { 200, 8, 1 },
					    { 200, 8, 1 },
					    { 200, 7, 1 } };
	const pv_culprit_query query = { .states = states,
					 .state_count = 3,
					 .changes = changes,
					 .change_count = 4,
					 .drop = 0.5 };
	double chances[4];
	pv_culprit found;

	(void)state;
	assert_int_equal(pv_culprit_find(&found, chances, &query, NULL), PV_OK);
	assert_int_equal(found.most, 2);
	assert_true(chances[2] > 0.95);
	assert_true(found.interval.low < -1 && found.interval.high > -1);
	assert_int_equal(found.likely, 1);
}

/* Contents in a line, with deviation 1 and so many values each. */
static pv_culprit find_line(double *chances, const double *means, size_t count,
			    int64_t n, size_t since)
{
	pv_culprit_change changes[CHANGES];
	pv_culprit_state states[CHANGES];
	size_t parents[CHANGES];
	pv_culprit_query query = { .states = states,
				   .state_count = count,
				   .changes = changes,
				   .change_count = count,
				   .drop = 0.5 };
	pv_culprit found;

	for (size_t i = 0; i < count; i++) {
		parents[i] = i ? i - 1 : 0;
		states[i] =
			(pv_culprit_state){ means[i] > 0 ? n : 0, means[i], 1 };
		changes[i] =
			(pv_culprit_change){ i, &parents[i], i > 0, i > since };
	}
	assert_int_equal(pv_culprit_find(&found, chances, &query, NULL), PV_OK);
	return found;
}

/* A prompt that got better, or worse, before: other levels are no falls. */
static void test_stats_culprit__knows_other_levels(void **state)
{
	static const struct {
		double means[13];
		size_t count;
		size_t since;
		size_t culprit; /* its count: none */
	} rows[] = {
		{ { 5, 8, 7, 7 }, 4, 0, 2 },
		{ { 5, 8, 7, 7 }, 4, 1, 2 },
		{ { 9, 7.1, 7.1, 7.2 }, 4, 1, 4 },
		{ { 5, 5, 5, 5, 5, 5, 5, 5, 5, 8, 8, 7, 7 }, 13, 0, 11 },
		{ { 8, 8, 8, 8, 8, 8, 7, 8, 8, 8, 8, 8, 8 }, 13, 0, 6 },
		{ { 8, 8, 8, 8, 7, 7, 7, 8, 8, 8, 8, 8, 8 }, 13, 0, 4 },
		{ { 4, 5, 6, 7, 8, 7, 8, 9, 9 }, 9, 0, 5 },
		{ { 9, 9, 8, 8, 6, 6, 6 }, 7, 0, 4 },
		{ { 8, 8, 8, 6, 6.2, 6.2, 6.2 }, 7, 5, 7 },
		{ { 50, 8, 8, 8, 7.2, 7.2 }, 6, 1, 4 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		double chances[CHANGES];
		size_t culprit = rows[i].culprit;
		pv_culprit found = find_line(chances, rows[i].means,
					     rows[i].count, 150, rows[i].since);

		if (culprit == rows[i].count ? found.none < 0.95
					     : chances[culprit] < 0.95)
			fail_msg("row %zu: none %.4f, most %zu: %.4f", i,
				 found.none, found.most, chances[found.most]);
		if (culprit == rows[i].count)
			continue;
		assert_true(fabs(found.from - rows[i].means[culprit - 1]) < 0.15);
		assert_true(fabs(found.to - rows[i].means[culprit]) < 0.15);
	}
}

/* Random steps before, or far behind, the planted fall. */
static void test_stats_culprit__finds_it_among_steps(void **state)
{
	uint64_t runs = number_of("PV_STATS_RUNS", RUNS);
	uint64_t seed = number_of("PV_STATS_SEED", 5);
	uint64_t hits = 0;
	uint64_t sure = 0;
	uint64_t wrong = 0;

	(void)state;
	for (uint64_t run = 0; run < runs; run++) {
		struct source source = { seed + run };
		size_t culprit = 1 + below(&source, 15);
		double means[16];
		double chances[CHANGES];
		pv_culprit found;
		double level = 5;

		for (size_t i = 0; i < 16; i++) {
			if (i != culprit && uniform(&source) < 0.2)
				level += 2 * uniform(&source);
			level -= i == culprit ? 1 : 0;
			means[i] = level + 0.1 * normal(&source);
		}
		found = find_line(chances, means, 16, 100, 0);
		hits += found.most == culprit;
		sure += chances[found.most] >= 0.95 || found.none >= 0.95;
		wrong += found.none >= 0.95 ||
			 (chances[found.most] >= 0.95 && found.most != culprit);
	}
	printf("# seed %llu: %llu of %llu found, %llu sure, %llu wrongly\n",
	       (unsigned long long)seed, (unsigned long long)hits,
	       (unsigned long long)runs, (unsigned long long)sure,
	       (unsigned long long)wrong);
	assert_true((double)hits >= 0.95 * (double)runs);
	assert_true((double)wrong <= 0.01 * (double)runs);
}

/* The base was never run: it is what has to be. */
static void test_stats_culprit__asks_for_what_is_missing(void **state)
{
	static const double means[] = { 0, 7 };
	static const double level[] = { 8, 7.5 };
	double chances[CHANGES];
	pv_culprit found;

	(void)state;
	found = find_line(chances, means, 2, 5, 0);
	assert_true(found.has_next && found.next == 1);
	found = find_line(chances, means, 2, 400, 0);
	assert_true(found.has_next && found.next == 0);
	assert_true(found.next_count >= 30);
	found = find_line(chances, level, 2, 20, 0);
	assert_true(found.has_next);
}

static void test_stats_culprit__says_when_nothing_fell(void **state)
{
	struct source source = { 3 };
	double chances[CHANGES];
	struct history it;
	pv_culprit found;

	(void)state;
	make_graph(&it, &source);
	measure(&it, &source, 0, 0, 300, 300);
	found = find(&it, chances, 0.5);
	assert_true(found.none > 0.5);
	measure(&it, &source, 0, 0, 0, 0);
	found = find(&it, chances, 0.5);
	assert_int_equal(found.status, PV_STATS_TOO_FEW);
	assert_true(fabs(found.none - 1.0 / CHANGES) < 1e-9);
}

static void test_stats_culprit__refuses_what_is_none(void **state)
{
	static const size_t parents[] = { 1 };
	const pv_culprit_change changes[] = { { 0, NULL, 0, 0 },
					      { 0, parents, 1, 1 } };
	const pv_culprit_state states[] = { { 1, 8, 0 } };
	pv_culprit_query query = { .states = states,
				   .state_count = 1,
				   .changes = changes,
				   .change_count = 2,
				   .drop = 0.5 };
	double chances[2];
	pv_culprit found;

	(void)state;
	assert_int_equal(pv_culprit_find(&found, chances, &query, NULL),
			 PV_EINVALID);
	query.change_count = 1;
	assert_int_equal(pv_culprit_find(&found, chances, &query, NULL), PV_OK);
	query.drop = 0;
	assert_int_equal(pv_culprit_find(&found, chances, &query, NULL),
			 PV_EINVALID);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stats_culprit__finds_what_was_planted),
		cmocka_unit_test(test_stats_culprit__is_as_sure_as_it_may_be),
		cmocka_unit_test(test_stats_culprit__says_what_settles_it),
		cmocka_unit_test(test_stats_culprit__knows_a_revert),
		cmocka_unit_test(test_stats_culprit__knows_other_levels),
		cmocka_unit_test(test_stats_culprit__finds_it_among_steps),
		cmocka_unit_test(test_stats_culprit__asks_for_what_is_missing),
		cmocka_unit_test(test_stats_culprit__says_when_nothing_fell),
		cmocka_unit_test(test_stats_culprit__refuses_what_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
