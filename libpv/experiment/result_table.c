/* SPDX-License-Identifier: MIT
 *
 * The arms of a trial, put in order: by variant, and by epochs of the same
 * weights. Where the file has no epochs, those that were recorded stand for
 * themselves.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

/* --- epochs ---------------------------------------------------------------- */

static int has_same_weights(const pv_experiment *experiment, size_t a, size_t b)
{
	const pv_experiment_epoch *x = &experiment->epochs[a];
	const pv_experiment_epoch *y = &experiment->epochs[b];

	for (size_t i = 0; i < experiment->variant_count; i++)
		if (strcmp(x->weights[i], y->weights[i]) != 0)
			return 0;
	return 1;
}

static void take_epochs(pv_result_table *out, const pv_experiment *experiment)
{
	size_t first = experiment->first_epoch;

	for (size_t i = first; i < experiment->epoch_count; i++) {
		size_t place = i - first;

		out->numbers[place] = experiment->epochs[i].number;
		out->stratum[place] = place;
		for (size_t k = first; k < i; k++)
			if (has_same_weights(experiment, i, k)) {
				out->stratum[place] = k - first;
				break;
			}
	}
	out->epochs = experiment->epoch_count - first;
}

/* The place of an epoch among those of the table; `epochs` for none. */
static size_t find_epoch(const pv_result_table *table, int64_t number)
{
	size_t i = 0;

	while (i < table->epochs && table->numbers[i] != number)
		i++;
	return i;
}

static void find_epochs(pv_result_table *out, const pv_result_data *data)
{
	for (size_t i = 0; i < data->count; i++) {
		int64_t number = data->arms[i]->epoch;

		if (find_epoch(out, number) < out->epochs)
			continue;
		out->numbers[out->epochs] = number;
		out->stratum[out->epochs] = out->epochs;
		out->epochs++;
	}
}

/* What is not counted to any epoch: of a start before this one. */
static int is_before(const pv_experiment *experiment, int64_t number)
{
	return experiment->epoch_count && number >= 0 &&
	       number < experiment->epochs[experiment->first_epoch].number;
}

/*
 * The epoch to count an arm to; one that was not recorded is the last. `epochs`
 * for one that the file has not: nothing says how its traffic was split.
 */
static size_t epoch_of(const pv_result_table *table, const pv_trial_arm *arm)
{
	size_t place = find_epoch(table, arm->epoch);

	return place == table->epochs && arm->epoch < 0 ? place - 1 : place;
}

/* --- sums ------------------------------------------------------------------ */

/* Adds bins of another, keeping the order; the first are lent. */
static int add_bins(pv_result_sums *out, const pv_trial_bin *bins, size_t count,
		    pv_arena *arena, pv_error *err)
{
	size_t a = 0;
	size_t b = 0;
	size_t used = 0;
	pv_trial_bin *both;

	if (!count)
		return PV_OK;
	if (!out->bin_count) {
		out->bins = bins;
		out->bin_count = count;
		return PV_OK;
	}
	both = pv_arena_alloc(arena, (out->bin_count + count) * sizeof(*both));
	if (!both)
		return pv_fail_nomem(err);
	while (a < out->bin_count || b < count) {
		int is_first =
			b == count || (a < out->bin_count &&
				       out->bins[a].value <= bins[b].value);
		pv_trial_bin next = is_first ? out->bins[a++] : bins[b++];

		if (used && both[used - 1].value == next.value)
			both[used - 1].count += next.count;
		else
			both[used++] = next;
	}
	out->bins = both;
	out->bin_count = used;
	return PV_OK;
}

static const pv_trial_metric *metric_of(const pv_trial_arm *arm,
					const char *source)
{
	for (size_t i = 0; i < arm->metric_count; i++)
		if (strcmp(arm->metrics[i].name, source) == 0)
			return &arm->metrics[i];
	return NULL;
}

static int add_metric(pv_result_sums *out, const pv_trial_metric *from,
		      pv_arena *arena, pv_error *err)
{
	out->missing += from->missing;
	pv_stats_moments_merge(&out->values, &from->values);
	pv_stats_pairs_merge(&out->units, &from->units);
	pv_stats_pairs_merge(&out->rows, &from->rows);
	return add_bins(out, from->bins, from->bin_count, arena, err);
}

/* What is not known of executions that a cache answered, as it was not paid. */
static int is_paid(const char *source)
{
	static const char *const names[] = { "latency",    "ttft",
					     "tokens",     "tokens_in",
					     "tokens_out", "tokens_cached",
					     "cost" };

	for (size_t i = 0; i < pv_array_len(names); i++)
		if (strcmp(names[i], source) == 0)
			return 1;
	return 0;
}

/* No execution of the arm has it. */
static void add_nothing(pv_result_sums *out, const pv_trial_arm *arm,
			const char *source)
{
	out->missing += arm->executions - (is_paid(source) ? arm->cached : 0);
}

static size_t sums_place(const pv_result_table *table, const pv_result_ask *ask,
			 size_t variant, size_t stratum)
{
	return (variant * table->strata + stratum) * ask->metric_count;
}

const pv_result_sums *pv_result_sums_at(const pv_result_table *table,
					const pv_result_ask *ask, size_t variant,
					size_t stratum, size_t metric)
{
	return &table->sums[sums_place(table, ask, variant, stratum) + metric];
}

static void note_times(pv_result_table *out, const pv_trial_arm *arm)
{
	if (!out->first || arm->first < out->first)
		out->first = arm->first;
	if (arm->last > out->last)
		out->last = arm->last;
}

static int add_arm(pv_result_table *out, const pv_result_ask *ask,
		   const pv_trial_arm *arm, pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	long variant = arm->variant ? pv_experiment_variant_find(experiment,
								 arm->variant)
				    : -1;
	int64_t counted = ask->is_by_unit ? arm->units : arm->executions;
	size_t epoch;
	size_t cell;
	pv_result_sums *sums;

	if (is_before(experiment, arm->epoch))
		return PV_OK;
	if (variant < 0) {
		out->strange += arm->executions;
		return PV_OK;
	}
	epoch = epoch_of(out, arm);
	if (epoch == out->epochs) {
		out->foreign += arm->executions;
		return PV_OK;
	}
	if (arm->epoch < 0 && out->epochs > 1)
		out->epochless += arm->executions;
	cell = (size_t)variant * out->epochs + epoch;
	out->counted[cell] += counted;
	out->assigned[cell] +=
		ask->is_split_by_unit ? arm->units : arm->executions;
	out->sizes[out->stratum[epoch]] += (double)counted;
	out->executions[variant] += arm->executions;
	out->unitless += arm->unitless;
	out->crossed[variant] += arm->crossed;
	note_times(out, arm);
	sums = &out->sums[sums_place(out, ask, (size_t)variant, out->stratum[epoch])];
	for (size_t i = 0; i < ask->metric_count; i++) {
		const pv_trial_metric *from =
			metric_of(arm, ask->metrics[i].source);
		int rc = PV_OK;

		if (from)
			rc = add_metric(&sums[i], from, ask->arena, err);
		else
			add_nothing(&sums[i], arm, ask->metrics[i].source);
		if (rc < 0)
			return rc;
	}
	return PV_OK;
}

/* --- the table ---------------------------------------------------------------- */

int pv_result_is_by_unit(const pv_experiment *experiment,
			 const pv_result_data *data)
{
	int64_t executions = 0;
	int64_t unitless = 0;
	int64_t units = 0;

	for (size_t i = 0; i < data->count; i++) {
		executions += data->arms[i]->executions;
		unitless += data->arms[i]->unitless;
		units += data->arms[i]->units;
	}
	return experiment->strategy != PV_STRATEGY_RANDOM && units > 0 &&
	       unitless <= executions / 2;
}

/* Room for the epochs of the file, or for as many as there are arms. */
static int make_room(pv_result_table *out, const pv_result_ask *ask,
		     size_t epochs, pv_error *err)
{
	size_t variants = ask->experiment->variant_count;
	size_t cells = variants * epochs;

	out->numbers = pv_arena_calloc(ask->arena, epochs * sizeof(int64_t));
	out->stratum = pv_arena_calloc(ask->arena, epochs * sizeof(size_t));
	out->sizes = pv_arena_calloc(ask->arena, epochs * sizeof(double));
	out->counted = pv_arena_calloc(ask->arena, cells * sizeof(int64_t));
	out->assigned = pv_arena_calloc(ask->arena, cells * sizeof(int64_t));
	out->executions = pv_arena_calloc(ask->arena, variants * sizeof(int64_t));
	out->crossed = pv_arena_calloc(ask->arena, variants * sizeof(int64_t));
	out->sums = pv_arena_calloc(ask->arena, cells * (ask->metric_count + 1) *
							sizeof(pv_result_sums));
	if (!out->numbers || !out->stratum || !out->sizes || !out->counted ||
	    !out->assigned || !out->executions || !out->crossed || !out->sums)
		return pv_fail_nomem(err);
	return PV_OK;
}

int pv_result_table_make(pv_result_table *out, const pv_result_ask *ask,
			 const pv_result_data *data, pv_error *err)
{
	const pv_experiment *experiment = ask->experiment;
	size_t epochs = experiment->epoch_count - experiment->first_epoch;
	int rc;

	memset(out, 0, sizeof(*out));
	rc = make_room(out, ask,
		       experiment->epoch_count ? epochs : data->count + 1, err);
	if (rc < 0)
		return rc;
	if (experiment->epoch_count)
		take_epochs(out, experiment);
	else
		find_epochs(out, data);
	out->strata = out->epochs;
	out->early = data->early;
	for (size_t i = 0; i < data->count && rc == PV_OK; i++)
		rc = add_arm(out, ask, data->arms[i], err);
	return rc;
}

int64_t pv_result_counted(const pv_result_table *table, size_t variant)
{
	int64_t out = 0;

	for (size_t i = 0; i < table->epochs; i++)
		out += table->counted[variant * table->epochs + i];
	return out;
}
