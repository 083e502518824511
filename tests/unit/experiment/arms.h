/* SPDX-License-Identifier: MIT
 *
 * Experiments and arms made by tests, without executions: an arm has one
 * metric, "quality", or as many as it is given.
 */
#ifndef PV_TESTS_EXPERIMENT_ARMS_H
#define PV_TESTS_EXPERIMENT_ARMS_H

#include <string.h>

#include <pv/results.h>

enum {
	ARMS_MAX = 8,
	ARM_METRICS = 2
};

/* Arms with what they lend. `{ 0 }` is empty. */
struct arms {
	pv_trial_arm arms[ARMS_MAX];
	pv_trial_metric metrics[ARMS_MAX][ARM_METRICS];
	const pv_trial_arm *places[ARMS_MAX];
	size_t count;
};

static inline pv_experiment *arms_experiment(const char *text)
{
	pv_experiment *out = NULL;

	assert_int_equal(pv_experiment_parse(&out, "tone", text, strlen(text),
					     NULL),
			 PV_OK);
	return out;
}

/* Units with one execution each. */
static inline pv_trial_arm *arms_add(struct arms *arms, const char *variant,
				     int64_t epoch, int64_t n)
{
	pv_trial_arm *arm = &arms->arms[arms->count];

	memset(arm, 0, sizeof(*arm));
	arm->variant = variant;
	arm->epoch = epoch;
	arm->executions = n;
	arm->units = n;
	arm->first = INT64_C(1760000000000000);
	arm->last = arm->first + INT64_C(86400000000);
	arm->metrics = arms->metrics[arms->count];
	arms->places[arms->count] = arm;
	arms->count++;
	return arm;
}

/* What the executions of an arm are like in one more metric. */
static inline pv_trial_metric *arms_metric(struct arms *arms, const char *name,
					   const pv_stats_moments *values)
{
	pv_trial_arm *arm = &arms->arms[arms->count - 1];
	pv_trial_metric *metric =
		&arms->metrics[arms->count - 1][arm->metric_count++];

	memset(metric, 0, sizeof(*metric));
	metric->name = name;
	metric->values = *values;
	metric->units.x = *values;
	metric->units.y = (pv_stats_moments){ .n = values->n, .mean = 1 };
	metric->missing = arm->executions - values->n;
	return metric;
}

/* n values with a mean and a deviation. */
static inline pv_stats_moments arms_sample(int64_t n, double mean, double sd)
{
	return (pv_stats_moments){ .n = n,
				   .mean = mean,
				   .m2 = sd * sd * (double)(n - 1) };
}

static inline pv_result_data arms_data(const struct arms *arms)
{
	return (pv_result_data){ .arms = arms->places, .count = arms->count };
}

/* Of an experiment of that text; NULL: as its file says. */
static inline pv_results *arms_compute(const char *text, const struct arms *arms,
				       const pv_result_query *query)
{
	pv_experiment *experiment = arms_experiment(text);
	const pv_result_data data = arms_data(arms);
	pv_results *out = NULL;
	pv_error err;

	if (pv_results_compute(&out, experiment, &data, query, &err) < 0)
		fail_msg("%s", err.message);
	pv_experiment_free(experiment);
	return out;
}

#endif
