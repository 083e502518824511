/* SPDX-License-Identifier: MIT
 *
 * Runs tables of statistics: each kind of table has a function that reads a
 * case's `in` and writes what our code says of it.
 */
#ifndef PV_TESTS_TOOLS_STATS_H
#define PV_TESTS_TOOLS_STATS_H

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <pv/stats.h>

#include "base/json.h"

/* One case: its input, and its answer as the members of an open object. */
typedef struct stats_case {
	const pv_json *in;
	pv_jsonw *w;
	pv_error err;
} stats_case;

typedef int stats_fn(stats_case *it);

/* A kind of table: the name that its cases' ids begin with. */
typedef struct stats_kind {
	const char *name;
	stats_fn *run;
} stats_kind;

stats_fn stats_t_cdf, stats_t_ppf, stats_norm, stats_chi2, stats_f_cdf,
	stats_beta_inc;
stats_fn stats_welch_moments, stats_welch_samples, stats_moments_merge,
	stats_proportions, stats_fisher, stats_mannwhitney, stats_quantile_ci,
	stats_multiple, stats_srm;
stats_fn stats_power, stats_confidence_sequence, stats_group_sequential,
	stats_bayes_normal, stats_beta_binomial, stats_mann_kendall,
	stats_change_detection, stats_exp_histogram;

/* A number of the input, NaN when it is none. */
double stats_in(const stats_case *it, const char *key);
int64_t stats_count(const stats_case *it, const char *key);
/* An array of numbers, to be freed. */
double *stats_array(const pv_json *array, size_t *count_out);
/* n, mean and M2 below a key. */
pv_stats_moments stats_sample(const stats_case *it, const char *key);

/* Writes a member; infinities are texts. */
void stats_put(stats_case *it, const char *key, double value);
void stats_put_int(stats_case *it, const char *key, int64_t value);
void stats_put_bool(stats_case *it, const char *key, int value);
void stats_put_null(stats_case *it, const char *key);
/* null when not `is_known`. */
void stats_put_known(stats_case *it, const char *key, double value, int is_known);
void stats_put_pair(stats_case *it, const char *key, pv_stats_interval pair);

#endif
