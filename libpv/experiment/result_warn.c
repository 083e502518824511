/* SPDX-License-Identifier: MIT
 *
 * What is to be known of results besides their numbers: rows that do not
 * belong, metrics that are missing, models that differ.
 */
#include <math.h>
#include <string.h>

#include "base/clock.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/result.h"

struct warning {
	pv_results *results;
	const char **texts; /* room for PV_RESULT_WARNINGS */
	const pv_result_ask *ask;
};

static int warn(struct warning *it, pv_buf *text, pv_error *err)
{
	int rc = pv_result_keep(&it->texts[it->results->warning_count], text,
				it->ask->arena, err);

	it->results->warning_count += rc == PV_OK;
	return rc;
}

static int warn_counts(struct warning *it, const pv_result_table *table,
		       int64_t others, pv_error *err)
{
	const struct {
		int64_t count;
		const char *what;
	} rows[] = {
		{ table->strange,
		  "executions have a variant that the experiment has not" },
		{ table->foreign,
		  "executions have an epoch that the experiment's file has "
		  "not, and are left out" },
		{ table->epochless,
		  "executions were recorded without an epoch, and are taken to "
		  "be of the last" },
		{ others,
		  "executions are of another prompt than the experiment's, and "
		  "are left out" },
		{ it->results->executions ? table->early : 0,
		  "executions are of the warm-up, and do not count" },
		{ it->results->is_by_unit ? table->unitless : 0,
		  "executions were recorded without a unit" },
	};
	int rc = PV_OK;

	for (size_t i = 0; i < pv_array_len(rows) && rc == PV_OK; i++) {
		pv_buf text = { 0 };

		if (!rows[i].count)
			continue;
		pv_buf_printf(&text, "%lld %s", (long long)rows[i].count,
			      rows[i].what);
		rc = warn(it, &text, err);
	}
	return rc;
}

/* Units that were given several variants in an epoch are in several samples. */
static int warn_crossed(struct warning *it, const pv_result_table *table,
			pv_error *err)
{
	const pv_results *results = it->results;
	pv_buf text = { 0 };
	int64_t sum = 0;

	for (size_t i = 0; i < results->variant_count; i++)
		sum += table->crossed[i];
	if (!results->is_by_unit || !sum)
		return PV_OK;
	pv_buf_puts(&text, "some units have executions of other variants in the "
			   "same epoch, and count in each:");
	for (size_t i = 0; i < results->variant_count; i++)
		pv_buf_printf(&text, "%s %s %lld of %lld", i ? "," : "",
			      results->variants[i].name,
			      (long long)table->crossed[i],
			      (long long)results->variants[i].n);
	return warn(it, &text, err);
}

/* The verdict is without variants that will never reach the minimum. */
static int warn_out(struct warning *it, pv_error *err)
{
	const pv_results *results = it->results;
	pv_buf text = { 0 };

	for (size_t i = 0; i < results->variant_count; i++)
		if (results->variants[i].is_out)
			pv_buf_printf(&text, "%s %s has %lld of %lld",
				      text.len ? ","
					       : "the verdict is without what "
						 "gets no traffic:",
				      results->variants[i].name,
				      (long long)results->variants[i].have,
				      (long long)results->minimum);
	return text.len || text.status ? warn(it, &text, err) : PV_OK;
}

/* Whether a metric is missing as often in all variants. */
static int warn_missing(struct warning *it, pv_result_ask *ask, pv_error *err)
{
	int64_t counts[2 * PV_VARIANTS_MAX];
	const pv_result_mix mix = { counts, ask->experiment->variant_count, 2,
				    0.005 };
	int rc = PV_OK;

	for (size_t m = 0; m < ask->metric_count && rc == PV_OK; m++) {
		pv_buf text = { 0 };

		for (size_t i = 0; i < mix.rows; i++) {
			int64_t missing =
				it->results->variants[i].estimates[m].missing;

			counts[2 * i] =
				it->results->variants[i].executions - missing;
			counts[2 * i + 1] = missing;
		}
		if (!pv_result_mix_differs(&mix))
			continue;
		ask->metrics[m].is_missing_apart = 1;
		pv_buf_printf(&text, "%s is missing more often in some variants:",
			      ask->metrics[m].name);
		for (size_t i = 0; i < mix.rows; i++)
			pv_buf_printf(&text, "%s %s %.1f %%", i ? "," : "",
				      it->results->variants[i].name,
				      100 * (double)counts[2 * i + 1] /
					      fmax(1, (double)it->results
							      ->variants[i]
							      .executions));
		if (it->results->warning_count < PV_RESULT_WARNINGS)
			rc = warn(it, &text, err);
		pv_buf_dispose(&text);
	}
	return rc;
}

/* --- models ------------------------------------------------------------------- */

enum {
	MODELS_MAX = 32
};

/* A share of all executions that is not worth speaking of. */
static const double least_share = 0.01;
/* Models are not told apart by less than two buckets of a rollup. */
static const int64_t least_span = INT64_C(2) * 86400 * 1000000;

/* A model in all variants. */
struct model {
	const char *name;
	int64_t executions;
	int64_t first;
	int64_t last;
};

struct models {
	struct model list[MODELS_MAX];
	size_t count;
	int64_t *counts; /* row x MODELS_MAX */
	int64_t executions;
	int64_t first; /* of all */
	int64_t last;
};

/* The place of a model among those seen; `count` for a new one. */
static size_t find_model(const struct models *models, const char *name)
{
	size_t i = 0;

	while (i < models->count && strcmp(models->list[i].name, name) != 0)
		i++;
	return i;
}

static void add_model(struct models *models, size_t row,
		      const pv_trial_model *from)
{
	const char *name = from->model ? from->model : "";
	size_t place = find_model(models, name);
	struct model *model = &models->list[place];

	if (place == MODELS_MAX)
		return;
	if (place == models->count)
		models->list[models->count++] =
			(struct model){ name, 0, from->first, from->last };
	model->executions += from->executions;
	model->first = from->first < model->first ? from->first : model->first;
	model->last = from->last > model->last ? from->last : model->last;
	models->counts[row * MODELS_MAX + place] += from->executions;
	models->executions += from->executions;
	if (!models->first || from->first < models->first)
		models->first = from->first;
	if (from->last > models->last)
		models->last = from->last;
}

/* The variant whose executions of these epochs an arm has; -1 for none. */
static long row_of(const pv_experiment *experiment, const pv_trial_arm *arm)
{
	if (!arm->variant ||
	    (experiment->epoch_count && arm->epoch >= 0 &&
	     arm->epoch < experiment->epochs[experiment->first_epoch].number))
		return -1;
	return pv_experiment_variant_find(experiment, arm->variant);
}

/* A model that came or went while it ran: both are compared on other ground. */
static int warn_change(struct warning *it, const struct models *models,
		       pv_error *err)
{
	pv_buf text = { 0 };

	for (size_t i = 0; i < models->count; i++) {
		const struct model *model = &models->list[i];
		int is_late = model->first - models->first >= least_span;
		int is_gone = models->last - model->last >= least_span;
		char day[PV_TIME_TEXT];

		if ((!is_late && !is_gone) ||
		    (double)model->executions <
			    least_share * (double)models->executions)
			continue;
		pv_time_format(day, is_late ? model->first : model->last);
		pv_buf_printf(&text, "%s \"%.60s\" %s %.10s",
			      text.len ? "," : "the models changed meanwhile:",
			      model->name,
			      is_late ? "answered from" : "answered until", day);
	}
	return text.len || text.status ? warn(it, &text, err) : PV_OK;
}

static int warn_models(struct warning *it, const pv_result_ask *ask,
		       const pv_result_data *data, pv_error *err)
{
	struct models models = { .count = 0 };
	size_t rows = ask->experiment->variant_count;
	pv_result_mix mix = { NULL, rows, MODELS_MAX, least_share };
	pv_buf text = { 0 };
	int rc = PV_OK;

	models.counts = pv_arena_calloc(it->ask->arena,
					rows * MODELS_MAX * sizeof(int64_t));
	mix.counts = models.counts;
	if (!models.counts)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < data->count; i++) {
		const pv_trial_arm *arm = data->arms[i];
		long row = row_of(ask->experiment, arm);

		for (size_t k = 0; k < arm->model_count && row >= 0; k++)
			add_model(&models, (size_t)row, &arm->models[k]);
	}
	if (pv_result_mix_differs(&mix)) {
		pv_buf_puts(&text, "variants were answered by different mixes "
				   "of models: a difference may be theirs");
		rc = warn(it, &text, err);
	}
	return rc == PV_OK ? warn_change(it, &models, err) : rc;
}

int pv_result_warn(pv_results *results, const char **texts,
		   const pv_result_table *table, pv_result_ask *ask,
		   const pv_result_data *data, pv_error *err)
{
	struct warning warning = { results, texts, ask };
	struct warning *it = &warning;
	pv_buf text = { 0 };
	int rc = warn_counts(it, table, data->others, err);

	results->warnings = texts;
	if (rc == PV_OK)
		rc = warn_crossed(it, table, err);
	if (rc == PV_OK && results->executions)
		rc = warn_out(it, err);
	if (rc == PV_OK)
		rc = warn_models(it, ask, data, err);
	if (rc == PV_OK && !ask->is_by_unit && !ask->query->by_execution &&
	    results->executions &&
	    ask->experiment->strategy != PV_STRATEGY_RANDOM) {
		pv_buf_puts(&text, "executions are taken as independent: units "
				   "are not known");
		rc = warn(it, &text, err);
	}
	return rc < 0 ? rc : warn_missing(it, ask, err);
}
