/* SPDX-License-Identifier: MIT
 *
 * What follows from the tests: the one rule by which a variant wins, and the
 * sentence that says so, or what is missing.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

static const double day_us = 86400e6;

struct verdict {
	pv_results *results;
	const pv_result_table *table;
	const pv_result_ask *ask;
	pv_buf text;
};

/* --- sentences ------------------------------------------------------------ */

int pv_result_keep(const char **out, pv_buf *text, pv_arena *arena, pv_error *err)
{
	int rc = pv_buf_status(text, err);

	*out = NULL;
	if (rc == PV_OK) {
		*out = pv_arena_dup(arena, pv_buf_text(text), text->len);
		if (!*out)
			rc = pv_fail_nomem(err);
	}
	pv_buf_dispose(text);
	return rc;
}

static void put_count(pv_buf *out, int64_t count)
{
	char digits[32];
	int len = 0;

	do {
		digits[len++] = (char)('0' + count % 10);
		count /= 10;
	} while (count > 0);
	while (len > 0) {
		pv_buf_putc(out, digits[--len]);
		if (len && len % 3 == 0)
			pv_buf_putc(out, ',');
	}
}

/* "quality 8.41 against 8.02, p = 0.003" */
static void put_evidence(struct verdict *it, const pv_result_test *test)
{
	const pv_results *results = it->results;
	const pv_result_metric *metric = &results->metrics[test->metric];
	pv_buf *out = &it->text;

	pv_buf_printf(out, "%s ", metric->name);
	pv_result_put_value(out, metric,
			    results->variants[test->b].estimates[test->metric].value);
	pv_buf_puts(out, " against ");
	pv_result_put_value(out, metric,
			    results->variants[test->a].estimates[test->metric].value);
	if (test->has_chance)
		pv_buf_printf(out, ", better with a chance of %.1f %%",
			      100 * test->chance);
	else if (test->p_corrected < 0.001)
		pv_buf_puts(out, ", p < 0.001");
	else
		pv_buf_printf(out, ", p = %.3f", test->p_corrected);
}

/* --- who is ahead ----------------------------------------------------------- */

struct standing {
	int better; /* significant primaries */
	int worse;
	int guards;                   /* guardrails that pass */
	const pv_result_test *best;   /* the first in which it is better */
	const pv_result_test *broken; /* the first guardrail that does not */
};

static struct standing standing_of(const pv_results *results, size_t variant)
{
	struct standing out = { 0 };

	for (size_t i = 0; i < results->test_count; i++) {
		const pv_result_test *test = &results->tests[i];

		if (test->b != variant || test->a != results->control)
			continue;
		if (test->role == PV_RESULT_PRIMARY) {
			out.better += test->better > 0;
			out.worse += test->better < 0;
			if (test->better > 0 && !out.best)
				out.best = test;
		} else if (test->role == PV_RESULT_GUARDRAIL) {
			out.guards += test->verdict > 0;
			/* One that is worse says more than one that is open. */
			if (test->verdict <= 0 &&
			    (!out.broken || test->verdict < out.broken->verdict))
				out.broken = test;
		}
	}
	return out;
}

/* How good it is in the first primary metric: more is better. */
static double rank_of(const pv_results *results, size_t variant)
{
	double value = results->variants[variant].estimates[0].value;

	return results->metrics[0].is_up ? value : -value;
}

/* Whether a variant is one that can win over the control. */
static int is_rival(const pv_results *results, size_t variant)
{
	return variant != results->control && !results->variants[variant].is_out;
}

/* The least that one has of those that count. */
static int64_t least_have(const pv_results *results)
{
	int64_t least = INT64_MAX;

	for (size_t i = 0; i < results->variant_count; i++)
		if (!results->variants[i].is_out &&
		    results->variants[i].have < least)
			least = results->variants[i].have;
	return least;
}

/* The metric that holds up the minimum; NULL where there are too few units. */
static const char *scarce_metric(const pv_results *results)
{
	int64_t least = least_have(results);

	for (size_t i = 0; i < results->variant_count; i++) {
		const pv_result_variant *variant = &results->variants[i];

		if (variant->is_out || variant->have != least ||
		    variant->n == least)
			continue;
		for (size_t m = 0; m < results->metric_count; m++)
			if (results->metrics[m].role == PV_RESULT_PRIMARY &&
			    variant->estimates[m].n == least)
				return results->metrics[m].name;
	}
	return NULL;
}

/* The best of those that are better in one and worse in none; -1 for none. */
static long find_best(const pv_results *results, int needs_guards)
{
	long best = -1;

	for (size_t i = 0; i < results->variant_count; i++) {
		struct standing one;

		if (!is_rival(results, i))
			continue;
		one = standing_of(results, i);
		if (!one.better || one.worse || (needs_guards && one.broken))
			continue;
		if (best < 0 ||
		    rank_of(results, i) > rank_of(results, (size_t)best))
			best = (long)i;
	}
	return best;
}

static int is_control_best(const pv_results *results)
{
	for (size_t i = 0; i < results->variant_count; i++) {
		struct standing one = standing_of(results, i);

		if (is_rival(results, i) && (!one.worse || one.better))
			return 0;
	}
	return 1;
}

/* --- how long it will take ----------------------------------------------------- */

/* What a variant gets in a day, of the one that gets least; 0: unknown. */
static double rate_of(const struct verdict *it)
{
	double days = (double)(it->table->last - it->table->first) / day_us;
	double least = (double)least_have(it->results);

	return days > 0 && least > 0 ? least / days : 0;
}

static void put_needed(struct verdict *it, int64_t needed)
{
	pv_results *results = it->results;
	const char *scarce = scarce_metric(results);
	double rate = rate_of(it);

	results->needed = needed;
	put_count(&it->text, needed);
	pv_buf_puts(&it->text, " more of each variant");
	if (scarce)
		pv_buf_printf(&it->text, " with a value of %s", scarce);
	if (rate <= 0)
		return;
	results->days = ceil((double)needed / rate);
	if (results->days < 1000)
		pv_buf_printf(&it->text, ", about %.0f day%s at today's rate",
			      results->days, results->days > 1 ? "s" : "");
	else
		results->days = 0;
}

/* What |z| has to be at so many times the sample. */
static double limit_at(const struct verdict *it, double n, double alpha)
{
	double ln_alpha = log(alpha);
	double spread;
	double z = 0;

	if (it->results->method != PV_METHOD_SEQUENTIAL) {
		(void)pv_stats_norm_isf(&z, alpha / 2, NULL);
		return z;
	}
	spread = n * (-2 * ln_alpha + log1p(-2 * ln_alpha)) / it->results->n_star;
	return sqrt(2 * (spread + 1) / spread * (log1p(spread) / 2 - ln_alpha));
}

/*
 * By how much the sample has to grow for a difference of this size to be
 * significant; 0 when that is more than a hundred times.
 */
static double growth_of(const struct verdict *it, const pv_result_test *test,
			double alpha)
{
	const pv_result_variant *variants = it->results->variants;
	double n = (double)(variants[test->a].estimates[test->metric].n +
			    variants[test->b].estimates[test->metric].n);
	double z = test->error > 0 ? fabs(test->difference) / test->error : 0;

	/* By steps of 2 %, up to a hundred times. */
	for (int step = 0; step < 233; step++) {
		double factor = pow(1.02, step);

		if (z * sqrt(factor) > limit_at(it, n * factor, alpha))
			return factor;
	}
	return 0;
}

/* The primary test that is nearest to be settled. */
static double least_growth(const struct verdict *it)
{
	const pv_results *results = it->results;
	double best = 0;
	size_t family = 0;

	for (size_t i = 0; i < results->test_count; i++)
		family += results->tests[i].role == PV_RESULT_PRIMARY;
	for (size_t i = 0; i < results->test_count; i++) {
		const pv_result_test *test = &results->tests[i];
		double growth;

		if (test->role != PV_RESULT_PRIMARY || test->better ||
		    test->status != PV_STATS_KNOWN)
			continue;
		growth = growth_of(it, test, results->alpha / (double)family);
		if (growth > 0 && (best == 0 || growth < best))
			best = growth;
	}
	return best;
}

/* --- the rule --------------------------------------------------------------------- */

static int check_split(struct verdict *it)
{
	const pv_results *results = it->results;

	/* Epochs first: the whole is off where one of them is. */
	for (size_t i = 1; i <= results->split_count; i++) {
		const pv_result_split *split =
			&results->splits[i % results->split_count];

		if (!split->srm.is_mismatch)
			continue;
		pv_buf_puts(&it->text,
			    "not to be trusted: the traffic is not split as "
			    "planned");
		if (split->epoch >= 0)
			pv_buf_printf(&it->text, " in epoch %lld",
				      (long long)split->epoch);
		if (split->srm.is_impossible)
			pv_buf_puts(&it->text, ": a variant without weight has "
					       "been used");
		else
			pv_buf_printf(&it->text, " (%.1f %% off, p = %.2g)",
				      100 * split->srm.deviation, split->srm.p);
		return 0;
	}
	return 1;
}

static int check_missing(struct verdict *it)
{
	const pv_results *results = it->results;

	for (size_t i = 0; i < results->metric_count; i++)
		if (results->metrics[i].role == PV_RESULT_PRIMARY &&
		    results->metrics[i].is_missing_apart) {
			pv_buf_printf(&it->text,
				      "not to be trusted: %s is missing more "
				      "often in some variants than in others",
				      results->metrics[i].name);
			return 0;
		}
	return 1;
}

/* There has to be a control, and something to hold against it. */
static int check_traffic(struct verdict *it)
{
	const pv_results *results = it->results;
	size_t which = results->control;

	if (!results->variants[which].is_out) {
		for (size_t i = 0; i < results->variant_count; i++)
			if (is_rival(results, i))
				return 1;
		which = which ? 0 : 1;
	}
	pv_buf_printf(&it->text, "not yet: %s gets no traffic and has ",
		      results->variants[which].name);
	put_count(&it->text, results->variants[which].have);
	pv_buf_puts(&it->text, " of ");
	put_count(&it->text, results->minimum);
	return 0;
}

static int check_minimum(struct verdict *it)
{
	const pv_results *results = it->results;
	int64_t least = least_have(results);

	if (least >= results->minimum)
		return 1;
	pv_buf_puts(&it->text, "not yet: ");
	put_needed(it, results->minimum - least);
	return 0;
}

static void put_winner(struct verdict *it, size_t variant,
		       const struct standing *standing)
{
	pv_results *results = it->results;

	results->state = PV_RESULT_WINNER;
	results->winner = results->variants[variant].name;
	pv_buf_printf(&it->text, "%s is better: ", results->winner);
	if (standing->best)
		put_evidence(it, standing->best);
	if (standing->guards)
		pv_buf_puts(&it->text, "; all guardrails pass");
}

static void put_held(struct verdict *it, size_t variant)
{
	pv_results *results = it->results;
	struct standing standing = standing_of(results, variant);
	const pv_result_test *broken = standing.broken;
	const pv_result_metric *metric;

	/* It is better and does not win: there are both. */
	if (!broken || !standing.best)
		return;
	metric = &results->metrics[broken->metric];
	results->state = PV_RESULT_HELD;
	pv_buf_printf(&it->text, "%s is better, but ",
		      results->variants[variant].name);
	pv_buf_printf(&it->text,
		      broken->verdict < 0 ? "its %s is worse by more than "
					  : "its %s may yet be worse by more "
					    "than ",
		      metric->name);
	pv_result_put_value(&it->text, metric, broken->margin);
	pv_buf_puts(&it->text, ": ");
	put_evidence(it, standing.best);
}

static void put_control(struct verdict *it)
{
	pv_results *results = it->results;

	results->state = PV_RESULT_WINNER;
	results->winner = results->variants[results->control].name;
	pv_buf_printf(&it->text, "%s stays: ", results->winner);
	for (size_t i = 0; i < results->test_count; i++)
		if (results->tests[i].role == PV_RESULT_PRIMARY &&
		    results->tests[i].better < 0) {
			const pv_result_test *test = &results->tests[i];

			pv_buf_printf(&it->text, "%s is worse, ",
				      results->variants[test->b].name);
			put_evidence(it, test);
			return;
		}
}

static int is_mixed(const pv_results *results)
{
	for (size_t i = 0; i < results->variant_count; i++) {
		struct standing one = standing_of(results, i);

		if (is_rival(results, i) && one.better && one.worse)
			return 1;
	}
	return 0;
}

/* Where no primary metric could be tested, nothing is known of chance. */
static int put_untested(struct verdict *it)
{
	const pv_results *results = it->results;
	const pv_result_test *first = NULL;

	for (size_t i = 0; i < results->test_count; i++) {
		const pv_result_test *test = &results->tests[i];

		if (test->role != PV_RESULT_PRIMARY)
			continue;
		if (test->status == PV_STATS_KNOWN)
			return 0;
		first = first ? first : test;
	}
	if (!first)
		return 0;
	pv_buf_puts(&it->text, first->status == PV_STATS_TOO_FEW
				       ? "not yet: there are too few values of "
				       : "not yet: nothing varies within the "
					 "variants in ");
	pv_buf_puts(&it->text, results->metrics[first->metric].name);
	return 1;
}

static void put_open(struct verdict *it)
{
	double growth = least_growth(it);
	int64_t least = least_have(it->results);

	if (is_mixed(it->results)) {
		pv_buf_puts(&it->text, "what is gained in one metric is lost "
				       "in another");
		return;
	}
	if (put_untested(it))
		return;
	pv_buf_puts(&it->text, "not yet: no difference is larger than chance");
	if (growth <= 1)
		return;
	pv_buf_puts(&it->text, "; if it stays as it is now, ");
	put_needed(it, (int64_t)ceil((growth - 1) * (double)least));
	pv_buf_puts(&it->text, ", would show it");
}

static void decide(struct verdict *it)
{
	pv_results *results = it->results;
	struct standing standing;
	long best;

	results->state = PV_RESULT_EMPTY;
	if (!results->executions && it->table->early) {
		pv_buf_printf(&it->text,
			      "nothing counts yet: %lld executions are of the "
			      "warm-up",
			      (long long)it->table->early);
		return;
	}
	if (!results->executions) {
		pv_buf_puts(&it->text, "nothing is recorded of it yet");
		return;
	}
	results->state = PV_RESULT_INVALID;
	if (!check_split(it) || !check_missing(it))
		return;
	results->state = PV_RESULT_NOT_YET;
	if (!check_traffic(it) || !check_minimum(it))
		return;
	results->is_decidable = 1;
	best = find_best(results, 1);
	if (best >= 0) {
		standing = standing_of(results, (size_t)best);
		put_winner(it, (size_t)best, &standing);
	} else if (find_best(results, 0) >= 0) {
		put_held(it, (size_t)find_best(results, 0));
	} else if (is_control_best(results)) {
		put_control(it);
	} else {
		put_open(it);
	}
}

int pv_result_verdict(pv_results *results, const pv_result_table *table,
		      const pv_result_ask *ask, pv_error *err)
{
	struct verdict it = { .results = results, .table = table, .ask = ask };

	decide(&it);
	return pv_result_keep(&results->reason, &it.text, ask->arena, err);
}

/* --- are they alike? -------------------------------------------------------------- */

int pv_result_mix_differs(const pv_result_mix *mix)
{
	double chi2 = 0;
	double total = 0;
	double farthest = 0;
	size_t used_rows = 0;
	size_t used = 0;
	double p = 1;

	for (size_t i = 0; i < mix->rows * mix->columns; i++)
		total += (double)mix->counts[i];
	for (size_t c = 0; c < mix->columns; c++) {
		double column = 0;

		for (size_t r = 0; r < mix->rows; r++)
			column += (double)mix->counts[r * mix->columns + c];
		if (column < 5 * (double)mix->rows)
			continue;
		used++;
		used_rows = 0;
		for (size_t r = 0; r < mix->rows; r++) {
			const int64_t *row = &mix->counts[r * mix->columns];
			double n = 0;
			double off;

			for (size_t k = 0; k < mix->columns; k++)
				n += (double)row[k];
			if (n <= 0)
				continue;
			used_rows++;
			off = (double)row[c] - n * column / total;
			chi2 += off * off / (n * column / total);
			farthest = fmax(farthest, fabs(off) / n);
		}
	}
	if (used < 1 || used_rows < 2 || farthest <= mix->least ||
	    mix->columns < 2)
		return 0;
	/* Columns with few are left out: then there is one more to be had. */
	if (used == mix->columns)
		used--;
	(void)pv_stats_chi2_sf(&p, chi2, (double)(used * (used_rows - 1)), NULL);
	return p < 0.001;
}
