/* SPDX-License-Identifier: MIT
 *
 * Results: the design and the data are put in order, each variant gets its
 * estimates, each pair its tests, and the verdict is read from these.
 */
#include <math.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

enum {
	UNPLANNED = 100 /* minimum_sample where the file says nothing */
};

/* What the caller gets, with what it lends. */
struct owned {
	pv_results results; /* first: results are freed by their address */
	pv_arena arena;
	pv_result_variant *variants;
	pv_result_estimate *estimates;
	pv_result_test *tests;
	pv_result_split *splits;
	pv_results **segments;
	const char *warnings[PV_RESULT_WARNINGS];
};

/* --- metrics --------------------------------------------------------------- */

static int add_metric(pv_result_ask *ask, const char *name,
		      const pv_experiment_metric *from,
		      enum pv_result_role role, pv_error *err)
{
	pv_result_metric *metric = &ask->metrics[ask->metric_count];
	char *source;
	char *copy;
	int rc;

	source = pv_arena_alloc(ask->arena, PV_RESULT_SOURCE);
	copy = pv_arena_dup(ask->arena, name, strlen(name));
	if (!source || !copy)
		return pv_fail_nomem(err);
	rc = pv_result_metric_read(metric, source, copy, err);
	if (rc < 0)
		return rc;
	metric->role = role;
	if (from) {
		metric->is_up = from->is_up;
		metric->has_margin = from->has_margin;
		metric->margin = from->margin;
	}
	ask->metric_count++;
	return PV_OK;
}

static int add_metrics(pv_result_ask *ask, pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	const pv_result_query *query = ask->query;
	size_t count = experiment->primary_count + experiment->guardrail_count +
		       query->secondary_count;
	int rc = PV_OK;

	ask->metrics =
		pv_arena_calloc(ask->arena, (count + 1) * sizeof(*ask->metrics));
	if (!ask->metrics)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < experiment->primary_count && rc == PV_OK; i++)
		rc = add_metric(ask, experiment->primaries[i].name,
				&experiment->primaries[i], PV_RESULT_PRIMARY,
				err);
	for (size_t i = 0; i < experiment->guardrail_count && rc == PV_OK; i++)
		rc = add_metric(ask, experiment->guardrails[i].name,
				&experiment->guardrails[i], PV_RESULT_GUARDRAIL,
				err);
	for (size_t i = 0; i < query->secondary_count && rc == PV_OK; i++)
		rc = add_metric(ask, query->secondaries[i], NULL,
				PV_RESULT_SECONDARY, err);
	return rc;
}

/* --- the split --------------------------------------------------------------- */

/* Weights of an epoch of the table, as parts of 1. */
static int weights_of(double *out, const pv_result_ask *ask, size_t epoch,
		      pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	const char *texts[PV_VARIANTS_MAX];
	int64_t weights[PV_VARIANTS_MAX];
	double sum = 0;
	int rc;

	for (size_t i = 0; i < experiment->variant_count; i++)
		texts[i] =
			experiment->epoch_count
				? experiment
					  ->epochs[experiment->first_epoch + epoch]
					  .weights[i]
				: experiment->variants[i].weight;
	rc = pv_weights_parse(weights, texts, experiment->variant_count, err);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < experiment->variant_count; i++)
		sum += (double)weights[i];
	for (size_t i = 0; i < experiment->variant_count; i++)
		out[i] = (double)weights[i] / sum;
	return PV_OK;
}

/* Units where they are known, as they are what was assigned. */
static int split_epoch(struct owned *it, pv_stats_arm *all,
		       const pv_result_table *table, const pv_result_ask *ask,
		       size_t epoch, pv_error *err)
{
	pv_result_split *split = &it->splits[it->results.split_count];
	pv_stats_arm arms[PV_VARIANTS_MAX];
	double weights[PV_VARIANTS_MAX];
	size_t count = ask->experiment->variant_count;
	double counted = 0;
	double n = 0;
	int rc = weights_of(weights, ask, epoch, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		size_t cell = i * table->epochs + epoch;

		arms[i].weight = weights[i];
		arms[i].observed = table->assigned[cell];
		n += (double)arms[i].observed;
		counted += (double)table->counted[cell];
	}
	if (n <= 0)
		return PV_OK;
	for (size_t i = 0; i < count; i++) {
		it->variants[i].expected += counted * weights[i];
		all[i].weight += n * weights[i];
		all[i].observed += arms[i].observed;
	}
	split->epoch = table->numbers[epoch];
	it->results.split_count++;
	return pv_stats_srm(&split->srm, arms, count, err);
}

/* Each epoch by itself, and all against the sum of what each should have. */
static int split_all(struct owned *it, const pv_result_table *table,
		     const pv_result_ask *ask, pv_error *err)
{
	pv_stats_arm arms[PV_VARIANTS_MAX] = { { 0 } };
	size_t count = ask->experiment->variant_count;
	double sum = 0;
	int rc = PV_OK;

	it->splits = pv_arena_calloc(&it->arena,
				     (table->epochs + 1) * sizeof(*it->splits));
	if (!it->splits)
		return pv_fail_nomem(err);
	it->results.splits = it->splits;
	it->results.split_count = 1;
	for (size_t i = 0; i < table->epochs && rc == PV_OK; i++)
		rc = split_epoch(it, arms, table, ask, i, err);
	it->splits[0].epoch = -1;
	for (size_t i = 0; i < count; i++)
		sum += arms[i].weight;
	if (rc < 0 || sum <= 0)
		return rc;
	rc = pv_stats_srm(&it->splits[0].srm, arms, count, err);
	/* Epochs that are off in opposite directions hide each other. */
	for (size_t i = 1; i < it->results.split_count; i++)
		it->splits[0].srm.is_mismatch |= it->splits[i].srm.is_mismatch;
	return rc;
}

/* --- estimates ----------------------------------------------------------------- */

static void put_lift(pv_result_estimate *out, const pv_result_sample *control,
		     const pv_result_sample *sample, double confidence)
{
	pv_stats_lift lift;

	if (!control->has_value || !sample->has_value || control->n < 2 ||
	    sample->n < 2 ||
	    pv_stats_lift_of(&lift, &control->moments, &sample->moments,
			     confidence, NULL) < 0 ||
	    lift.status == PV_STATS_UNDEFINED || lift.status == PV_STATS_TOO_FEW)
		return;
	out->has_lift = 1;
	out->lift = lift.lift;
	if (lift.status != PV_STATS_KNOWN)
		return;
	out->has_lift_interval = !lift.is_weak || lift.is_bounded;
	out->lift_interval = lift.is_weak ? lift.fieller : lift.interval;
}

static int64_t missing_of(const pv_result_table *table, const pv_result_ask *ask,
			  size_t variant, size_t metric)
{
	int64_t out = 0;

	for (size_t s = 0; s < table->strata; s++)
		out += pv_result_sums_at(table, ask, variant, s, metric)->missing;
	return out;
}

static int estimate(pv_result_estimate *out, const pv_result_table *table,
		    const pv_result_ask *ask, size_t variant, size_t metric,
		    pv_error *err)
{
	size_t control = ask->experiment->control;
	const size_t own[2] = { variant, variant };
	const size_t both[2] = { variant, control };
	const size_t back[2] = { control, variant };
	pv_result_sample sample;
	pv_result_sample base;
	int rc = pv_result_sample_of(&sample, table, ask, own, metric, err);

	if (rc < 0)
		return rc;
	out->status = sample.has_value ? sample.status : PV_STATS_TOO_FEW;
	out->n = sample.has_value ? sample.n : 0;
	out->missing = missing_of(table, ask, variant, metric);
	out->value = sample.value;
	out->error = sample.error;
	out->has_interval = sample.has_interval;
	out->interval = sample.interval;
	out->design_effect = sample.design_effect;
	if (variant == control)
		return PV_OK;
	rc = pv_result_sample_of(&sample, table, ask, both, metric, err);
	if (rc == PV_OK)
		rc = pv_result_sample_of(&base, table, ask, back, metric, err);
	if (rc == PV_OK)
		put_lift(out, &base, &sample, 1 - ask->experiment->alpha);
	return rc;
}

/* The chance of each variant of being the best in a metric. */
static int put_best(struct owned *it, const pv_result_ask *ask, size_t metric,
		    pv_error *err)
{
	pv_stats_normal beliefs[PV_VARIANTS_MAX] = { { 0, 0 } };
	double best[PV_VARIANTS_MAX];
	size_t count = ask->experiment->variant_count;
	int sign = ask->metrics[metric].is_up ? 1 : -1;
	int rc;

	for (size_t i = 0; i < count; i++) {
		const pv_result_estimate *from =
			&it->estimates[i * ask->metric_count + metric];

		if (from->status != PV_STATS_KNOWN || from->error <= 0)
			return PV_OK;
		beliefs[i] = (pv_stats_normal){ sign * from->value, from->error };
	}
	rc = pv_stats_best_normal(best, beliefs, count, err);
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_result_estimate *to =
			&it->estimates[i * ask->metric_count + metric];

		to->has_best = 1;
		to->best = best[i];
	}
	return rc;
}

static int has_slots(const pv_experiment *experiment, size_t variant)
{
	const pv_slots *slots = experiment->plan.slots;

	for (size_t i = 0; i < slots->count; i++)
		if (slots->ranges[i].variant == variant &&
		    slots->ranges[i].end > slots->ranges[i].begin)
			return 1;
	return 0;
}

/* How many have a value of the primary metric that fewest have. */
static int64_t least_of(const pv_result_variant *variant, const pv_result_ask *ask)
{
	int64_t least = variant->n;

	for (size_t m = 0; m < ask->metric_count; m++)
		if (ask->metrics[m].role == PV_RESULT_PRIMARY &&
		    variant->estimates[m].n < least)
			least = variant->estimates[m].n;
	return least;
}

static int put_variants(struct owned *it, const pv_result_table *table,
			const pv_result_ask *ask, pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	size_t count = experiment->variant_count;

	it->variants = pv_arena_calloc(&it->arena, count * sizeof(*it->variants));
	it->estimates =
		pv_arena_calloc(&it->arena, (count * ask->metric_count + 1) *
						    sizeof(*it->estimates));
	if (!it->variants || !it->estimates)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		pv_result_variant *variant = &it->variants[i];
		const char *name = experiment->variants[i].name;

		variant->name = pv_arena_dup(&it->arena, name, strlen(name));
		if (!variant->name)
			return pv_fail_nomem(err);
		variant->n = pv_result_counted(table, i);
		variant->executions = table->executions[i];
		variant->estimates = &it->estimates[i * ask->metric_count];
		it->results.executions += variant->executions;
		for (size_t m = 0; m < ask->metric_count; m++) {
			int rc = estimate(&it->estimates[i * ask->metric_count + m],
					  table, ask, i, m, err);

			if (rc < 0)
				return rc;
		}
		variant->have = least_of(variant, ask);
		variant->is_out = variant->have < experiment->minimum_sample &&
				  !has_slots(experiment, i);
	}
	it->results.variants = it->variants;
	it->results.variant_count = count;
	for (size_t m = 0; m < ask->metric_count; m++) {
		int rc = ask->method == PV_METHOD_BAYES
				 ? put_best(it, ask, m, err)
				 : PV_OK;

		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

/* --- tests -------------------------------------------------------------------- */

static void add_test(struct owned *it, size_t a, size_t b, size_t metric,
		     enum pv_result_role role)
{
	it->tests[it->results.test_count++] =
		(pv_result_test){ .a = a, .b = b, .metric = metric, .role = role };
}

/* Each against the control in all metrics; then the others in the primaries. */
static void list_tests(struct owned *it, const pv_result_ask *ask)
{
	size_t count = ask->experiment->variant_count;
	size_t control = ask->experiment->control;

	for (size_t b = 0; b < count; b++)
		for (size_t m = 0; m < ask->metric_count && b != control; m++) {
			add_test(it, control, b, m, ask->metrics[m].role);
			if (ask->metrics[m].role == PV_RESULT_PRIMARY &&
			    (ask->metrics[m].kind == PV_RESULT_MEAN ||
			     ask->metrics[m].kind == PV_RESULT_QUANTILE))
				add_test(it, control, b, m, PV_RESULT_ROBUST);
		}
	for (size_t a = 0; a < count && ask->query->is_pairwise; a++)
		for (size_t b = a + 1; b < count; b++)
			for (size_t m = 0; m < ask->metric_count; m++)
				if (a != control && b != control &&
				    ask->metrics[m].role == PV_RESULT_PRIMARY)
					add_test(it, a, b, m, PV_RESULT_PAIR);
}

/* The least p of this look and all before. */
static int look_back(pv_result_test *test, const pv_result_table *tables,
		     size_t count, const pv_result_ask *ask, pv_error *err)
{
	for (size_t i = 0; i + 1 < count; i++) {
		pv_result_test old = { .a = test->a,
				       .b = test->b,
				       .metric = test->metric,
				       .role = test->role };
		int rc = pv_result_test_make(&old, &tables[i], ask, err);

		if (rc < 0)
			return rc;
		if (old.has_p && test->has_p)
			test->p = fmin(test->p, old.p);
	}
	return PV_OK;
}

static int run_test(pv_result_test *test, const pv_result_table *tables,
		    size_t count, const pv_result_ask *ask, pv_error *err)
{
	const pv_result_table *last = &tables[count - 1];
	int rc;

	if (test->role == PV_RESULT_ROBUST)
		return pv_result_test_ranks(test, last, ask, err);
	rc = pv_result_test_make(test, last, ask, err);
	if (rc == PV_OK && ask->method == PV_METHOD_SEQUENTIAL)
		rc = look_back(test, tables, count, ask, err);
	if (rc == PV_OK && ask->method == PV_METHOD_GROUP_SEQUENTIAL &&
	    test->role != PV_RESULT_GUARDRAIL)
		rc = pv_result_test_group(test, tables, count, ask, err);
	return rc;
}

static int put_tests(struct owned *it, const pv_result_table *tables,
		     size_t count, const pv_result_ask *ask, pv_error *err)
{
	size_t variants = ask->experiment->variant_count;
	size_t room =
		(variants * variants + 2 * variants) * (ask->metric_count + 1);
	int rc = PV_OK;

	it->tests = pv_arena_calloc(&it->arena, room * sizeof(*it->tests));
	if (!it->tests)
		return pv_fail_nomem(err);
	list_tests(it, ask);
	it->results.tests = it->tests;
	for (size_t i = 0; i < it->results.test_count && rc == PV_OK; i++)
		rc = run_test(&it->tests[i], tables, count, ask, err);
	if (rc == PV_OK)
		rc = pv_result_tests_judge(it->tests, it->results.test_count,
					   ask->experiment->alpha, ask->metrics,
					   err);
	return rc;
}

/* --- all of it ------------------------------------------------------------------- */

static int put_head(struct owned *it, const pv_result_ask *ask, pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	pv_results *out = &it->results;
	const struct {
		const char **to;
		const char *from;
	} texts[] = { { &out->id, experiment->id },
		      { &out->name, experiment->name },
		      { &out->prompt, experiment->prompt },
		      { &out->unit, experiment->unit },
		      { &out->rows_until, ask->query->rows_until } };

	for (size_t i = 0; i < pv_array_len(texts); i++) {
		if (!texts[i].from)
			continue;
		*texts[i].to = pv_arena_dup(&it->arena, texts[i].from,
					    strlen(texts[i].from));
		if (!*texts[i].to)
			return pv_fail_nomem(err);
	}
	out->status = experiment->status;
	out->method = ask->method;
	out->is_by_unit = ask->is_by_unit;
	out->alpha = experiment->alpha;
	out->n_star = ask->n_star;
	out->minimum = experiment->minimum_sample;
	out->control = experiment->control;
	out->metrics = ask->metrics;
	out->metric_count = ask->metric_count;
	return PV_OK;
}

/* No word of a test may say what the verdict does not stand for. */
static void withhold(struct owned *it)
{
	for (size_t i = 0; i < it->results.test_count; i++) {
		it->tests[i].better = 0;
		it->tests[i].verdict = 0;
	}
}

static int fill(struct owned *it, pv_result_ask *ask,
		const pv_result_data *data, pv_error *err)
{
	size_t count = ask->query->look_count + 1;
	pv_result_table *tables =
		pv_arena_calloc(&it->arena, count * sizeof(*tables));
	pv_result_table *last;
	int rc;

	if (!tables)
		return pv_fail_nomem(err);
	rc = add_metrics(ask, err);
	for (size_t i = 0; i < count && rc == PV_OK; i++)
		rc = pv_result_table_make(&tables[i], ask,
					  i + 1 < count ? &ask->query->looks[i]
							: data,
					  err);
	if (rc < 0)
		return rc;
	last = &tables[count - 1];
	it->results.since = last->first;
	it->results.until = last->last;
	rc = put_head(it, ask, err);
	if (rc == PV_OK)
		rc = put_variants(it, last, ask, err);
	if (rc == PV_OK)
		rc = split_all(it, last, ask, err);
	if (rc == PV_OK)
		rc = put_tests(it, tables, count, ask, err);
	if (rc == PV_OK)
		rc = pv_result_warn(&it->results, it->warnings, last, ask, data,
				    err);
	if (rc == PV_OK)
		rc = pv_result_verdict(&it->results, last, ask, err);
	if (!it->results.is_decidable)
		withhold(it);
	return rc;
}

int pv_results_blank(pv_results **out, pv_arena **arena_out, pv_error *err)
{
	struct owned *it = pv_calloc(1, sizeof(*it));

	*out = it ? &it->results : NULL;
	*arena_out = it ? &it->arena : NULL;
	return it ? PV_OK : pv_fail_nomem(err);
}

static int compute(pv_results **out, const pv_experiment *experiment,
		   const pv_result_data *data, const pv_result_query *query,
		   pv_error *err)
{
	struct owned *it = pv_calloc(1, sizeof(*it));
	pv_result_ask ask = { .experiment = experiment, .query = query };
	int rc;

	*out = NULL;
	if (!it)
		return pv_fail_nomem(err);
	ask.arena = &it->arena;
	ask.method = query->has_method ? query->method : experiment->method;
	ask.n_star = experiment->minimum_sample == UNPLANNED
			     ? PV_STATS_N_STAR
			     : 2.0 * (double)experiment->minimum_sample;
	ask.looks = experiment->looks > 0 ? experiment->looks : PV_RESULT_LOOKS;
	ask.is_split_by_unit = pv_result_is_by_unit(experiment, data);
	ask.is_by_unit = !query->by_execution && ask.is_split_by_unit;
	rc = fill(it, &ask, data, err);
	if (rc == PV_OK)
		*out = &it->results;
	else
		pv_results_free(&it->results);
	return rc;
}

/* --- segments ------------------------------------------------------------------- */

static int is_same(const char *a, const char *b)
{
	return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Results of the arms of one segment. */
static int compute_one(struct owned *it, const pv_experiment *experiment,
		       const pv_result_data *data, const pv_result_query *query,
		       const char *segment, pv_error *err)
{
	const pv_trial_arm **arms =
		pv_calloc(data->count, sizeof(pv_trial_arm *));
	pv_result_data own = { .arms = arms };
	pv_result_query plain = *query;
	pv_results *out = NULL;
	int rc = PV_OK;

	if (!arms)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < data->count; i++)
		if (is_same(data->arms[i]->segment, segment))
			arms[own.count++] = data->arms[i];
	plain.by_segment = 0;
	plain.look_count = 0;
	rc = compute(&out, experiment, &own, &plain, err);
	if (rc == PV_OK)
		it->segments[it->results.segment_count++] = out;
	if (out && segment) {
		out->segment = pv_arena_dup(&((struct owned *)out)->arena,
					    segment, strlen(segment));
		if (!out->segment)
			rc = pv_fail_nomem(err);
	}
	pv_free(arms);
	return rc;
}

static int is_first_of(const pv_result_data *data, size_t idx)
{
	for (size_t i = 0; i < idx; i++)
		if (is_same(data->arms[i]->segment, data->arms[idx]->segment))
			return 0;
	return 1;
}

/* Where the whole is not to be trusted, no part of it is. */
static void distrust_segments(struct owned *it)
{
	for (size_t i = 0; i < it->results.segment_count; i++) {
		struct owned *part = (struct owned *)it->segments[i];

		withhold(part);
		part->results.state = PV_RESULT_INVALID;
		part->results.is_decidable = 0;
		part->results.winner = NULL;
		part->results.reason = it->results.reason;
	}
}

static int compute_segments(struct owned *it, const pv_experiment *experiment,
			    const pv_result_data *data,
			    const pv_result_query *query, pv_error *err)
{
	int rc = PV_OK;

	it->segments = pv_arena_calloc(&it->arena,
				       (data->count + 1) * sizeof(pv_results *));
	if (!it->segments)
		return pv_fail_nomem(err);
	it->results.segments = it->segments;
	/* Those without one come last. */
	for (int named = 1; named >= 0; named--)
		for (size_t i = 0; i < data->count && rc == PV_OK; i++)
			if ((data->arms[i]->segment != NULL) == named &&
			    is_first_of(data, i))
				rc = compute_one(it, experiment, data, query,
						 data->arms[i]->segment, err);
	if (it->results.state == PV_RESULT_INVALID)
		distrust_segments(it);
	return rc;
}

int pv_results_compute(pv_results **out, const pv_experiment *experiment,
		       const pv_result_data *data, const pv_result_query *query,
		       pv_error *err)
{
	static const pv_result_query plain;
	const pv_result_query *asked = query ? query : &plain;
	int rc = compute(out, experiment, data, asked, err);

	if (*out && asked->by_segment)
		rc = compute_segments((struct owned *)*out, experiment, data,
				      asked, err);
	if (rc < 0) {
		pv_results_free(*out);
		*out = NULL;
	}
	return rc;
}

const pv_result_test *pv_results_test_of(const pv_results *results,
					 size_t variant, size_t metric)
{
	for (size_t i = 0; i < results->test_count; i++) {
		const pv_result_test *test = &results->tests[i];

		if (test->a == results->control && test->b == variant &&
		    test->metric == metric && test->role != PV_RESULT_ROBUST)
			return test;
	}
	return NULL;
}

void pv_results_free(pv_results *results)
{
	struct owned *it = (struct owned *)results;

	if (!it)
		return;
	for (size_t i = 0; i < it->results.segment_count; i++)
		pv_results_free(it->segments[i]);
	pv_arena_dispose(&it->arena);
	pv_free(it);
}
