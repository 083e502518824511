/* SPDX-License-Identifier: MIT
 *
 * The parts of results: data put in order (result_table.c), a metric of a
 * variant as an estimate with its error (result_sample.c), two of them held
 * against each other (result_test.c), and what follows (result_verdict.c).
 */
#ifndef PV_EXPERIMENT_RESULT_H
#define PV_EXPERIMENT_RESULT_H

#include <pv/results.h>

#include "base/arena.h"

/* What is asked, for all parts. */
typedef struct pv_result_ask {
	const pv_experiment *experiment;
	const pv_result_query *query;
	enum pv_experiment_method method;
	double n_star;
	int64_t looks;        /* of the group-sequential method */
	int is_by_unit;       /* figures are of units, else of executions */
	int is_split_by_unit; /* the split is; what was assigned, if known */
	pv_result_metric *metrics;
	size_t metric_count;
	pv_arena *arena; /* of the results */
} pv_result_ask;

/* Results without anything, whose texts go to the arena. PV_ENOMEM. */
int pv_results_blank(pv_results **out, pv_arena **arena_out, pv_error *err);
/* "known", "too-few", "no-variance", "undefined". */
const char *pv_result_status_name(enum pv_stats_status status);

/* --- data in order --------------------------------------------------------- */

/* What is known of a metric in a stratum. */
typedef struct pv_result_sums {
	int64_t missing;
	pv_stats_moments values;
	pv_stats_pairs units;
	pv_stats_pairs rows;      /* of a ratio */
	const pv_trial_bin *bins; /* by rising value */
	size_t bin_count;
} pv_result_sums;

/*
 * Arms by variant and stratum: epochs whose weights are the same are one
 * stratum, as pooling them cannot mislead.
 */
typedef struct pv_result_table {
	size_t epochs;
	int64_t *numbers;     /* of each epoch */
	size_t *stratum;      /* of each epoch */
	int64_t *counted;     /* variant x epoch: units, or executions */
	int64_t *assigned;    /* variant x epoch: what the split is made of */
	size_t strata;        /* some may be empty */
	double *sizes;        /* of each stratum: counted of all variants */
	pv_result_sums *sums; /* (variant x stratum) x metric */
	int64_t *executions;  /* of each variant */
	int64_t *crossed;     /* of each variant: units that others have, too */
	int64_t first;
	int64_t last;
	int64_t strange;   /* executions of a variant that there is not */
	int64_t foreign;   /* of an epoch that there is not */
	int64_t epochless; /* not recorded, where there are several */
	int64_t unitless;
	int64_t early; /* of the warm-up, and in nothing else */
} pv_result_table;

/* Whether units are known of nearly all, and are what is assigned. */
int pv_result_is_by_unit(const pv_experiment *experiment,
			 const pv_result_data *data);
/* Everything is of the arena, and lent by the data. PV_ENOMEM. */
int pv_result_table_make(pv_result_table *out, const pv_result_ask *ask,
			 const pv_result_data *data, pv_error *err);
const pv_result_sums *pv_result_sums_at(const pv_result_table *table,
					const pv_result_ask *ask, size_t variant,
					size_t stratum, size_t metric);
int64_t pv_result_counted(const pv_result_table *table, size_t variant);

/* --- estimates ---------------------------------------------------------------- */

/*
 * A figure of a variant and its standard error. `moments` are a sample that
 * has that mean and that error, whatever the figure is made of, so that every
 * test of means is a test of it.
 */
typedef struct pv_result_sample {
	enum pv_stats_status status; /* KNOWN: error > 0 */
	int has_value;
	int64_t n;
	double value;
	double error;
	pv_stats_moments moments;
	int is_share; /* of single, independent tries: exact methods hold */
	pv_stats_share share;
	int has_interval;
	pv_stats_interval interval;
	double design_effect;
} pv_result_sample;

/* Of the strata in which `with` (a variant, may be the same) has one, too. */
int pv_result_sample_of(pv_result_sample *out, const pv_result_table *table,
			const pv_result_ask *ask, const size_t variant[2],
			size_t metric, pv_error *err);
/* How many units, or executions, of a variant have a value. */
int pv_result_have(int64_t *out, const pv_result_table *table,
		   const pv_result_ask *ask, size_t variant, size_t metric,
		   pv_error *err);
/* What has so many times the value, and its error. */
void pv_result_sample_scale(pv_result_sample *sample, double factor);

/* --- tests --------------------------------------------------------------------- */

/* Fills a test whose a, b, metric and role are set. */
int pv_result_test_make(pv_result_test *test, const pv_result_table *table,
			const pv_result_ask *ask, pv_error *err);
/*
 * The p and the interval of a group-sequential read-out: z at the last of
 * `count` tables, the looks so far.
 */
int pv_result_test_group(pv_result_test *test, const pv_result_table *tables,
			 size_t count, const pv_result_ask *ask, pv_error *err);
/* By ranks, of the bins. */
int pv_result_test_ranks(pv_result_test *test, const pv_result_table *table,
			 const pv_result_ask *ask, pv_error *err);
/* Corrects p by family, and says what is significant. PV_ENOMEM. */
int pv_result_tests_judge(pv_result_test *tests, size_t count, double alpha,
			  const pv_result_metric *metrics, pv_error *err);

/* --- what follows -------------------------------------------------------------- */

/* A table of counts, `columns` of each of `rows`: are rows alike? */
typedef struct pv_result_mix {
	int64_t *counts; /* row x column */
	size_t rows;
	size_t columns;
	double least; /* a share that is not worth speaking of */
} pv_result_mix;

/* Pearson's chi-square of homogeneity: p < 0.001, and more than `least` off. */
int pv_result_mix_differs(const pv_result_mix *mix);

enum {
	PV_RESULT_WARNINGS = 13
};

/*
 * Puts sentences into `texts`, which becomes the results' warnings, and notes of
 * each metric whether it is missing more often in some variants. PV_ENOMEM.
 */
int pv_result_warn(pv_results *results, const char **texts,
		   const pv_result_table *table, pv_result_ask *ask,
		   const pv_result_data *data, pv_error *err);

/* State, winner, reason, and what is missing; texts go to the arena. */
int pv_result_verdict(pv_results *results, const pv_result_table *table,
		      const pv_result_ask *ask, pv_error *err);

/* What is left of a buffer as a text of the arena; the buffer is disposed of. */
int pv_result_keep(const char **out, pv_buf *text, pv_arena *arena,
		   pv_error *err);

#endif
