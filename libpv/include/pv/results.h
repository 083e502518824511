/* SPDX-License-Identifier: MIT
 *
 * What an experiment says: from its design and the sums of its executions to
 * estimates, tests, one verdict, and the pages that tell of them. Pure: no
 * files, no clock. Differences are the second variant less the first.
 */
#ifndef PV_RESULTS_H
#define PV_RESULTS_H

#include <pv/analytics.h>
#include <pv/experiment_file.h>
#include <pv/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	PV_RESULT_LOOKS = 5 /* of the group-sequential method, unless said */
};

/* --- planning --------------------------------------------------------------- */

/* What an experiment is to find. Zeros are defaults. */
typedef struct pv_result_plan {
	/* Of a share: that of the control, between 0 and 1; else 0. */
	double baseline;
	/* Of a mean: the standard deviation of single values; else 0. */
	double sd;
	double mde;     /* the least difference worth seeing; 0: by `days` */
	double days;    /* how long it may take; 0: by `mde` */
	double alpha;   /* 0.05 */
	double power;   /* 0.8 */
	int variants;   /* 2, the control among them */
	int primaries;  /* 1 */
	double per_day; /* units of all variants; 0: unknown */
	/*
	 * Of an experiment that is there: units of each variant before anything
	 * is decided, and where its confidence sequence is narrowest
	 * (pv_stats_confseq). 0: none, and at the n that is needed.
	 */
	int64_t minimum;
	double n_star;
} pv_result_plan;

typedef struct pv_result_need {
	enum pv_experiment_method method;
	int64_t n;   /* units of each variant */
	double days; /* whole ones; 0: unknown */
	double mde;  /* the difference that this is for */
} pv_result_need;

enum {
	PV_RESULT_NEEDS = 3
};

/*
 * How much is needed by each of the first three methods, in their order, for
 * variants of equal weight. Alpha is divided by the comparisons, as Holm's
 * first step does. The method's limit z(m) is what the difference has to
 * exceed in standard errors at the last look: n = n(fixed) ((z(m) + z_power) /
 * (z_alpha + z_power))^2, for a confidence sequence that is narrowest at that
 * n or at `n_star`, or the fifth of five looks; and no less than the minimum,
 * before which nobody wins. It may end sooner. PV_EINVALID for numbers
 * outside of their domain, naming them, and for shares that the difference
 * takes out of 0 to 1.
 */
PV_API int pv_results_plan(pv_result_need out[PV_RESULT_NEEDS],
			   const pv_result_plan *plan, pv_error *err);

/* --- what is asked ---------------------------------------------------------- */

/* Arms of one trial (pv/analytics.h); lent. */
typedef struct pv_result_data {
	const pv_trial_arm *const *arms;
	size_t count;
	int64_t others; /* executions that are not in it: of another prompt */
	int64_t early;  /* and of the warm-up */
} pv_result_data;

/* How results are to be read; all zero: as the experiment's file says. */
typedef struct pv_result_query {
	int has_method;
	enum pv_experiment_method method;
	int is_pairwise;  /* test variants that are no control, too */
	int by_execution; /* take executions of one unit as independent */
	int is_student;   /* fixed: means vary alike in all variants */
	/*
	 * The arms are of segments, too: give results of each besides those of
	 * all. They are there to be looked at, and have no winner of their own
	 * that anybody should merge.
	 */
	int by_segment;
	const char *rows_until; /* the last execution in it; NULL: unknown */
	const char *const *secondaries; /* metrics to look at besides; names */
	size_t secondary_count;
	/*
	 * The data as they were at earlier looks, oldest first, each with all
	 * before it. The always-valid p is the least of all looks, the bounds
	 * of the group-sequential method are those of looks that were made.
	 */
	const pv_result_data *looks;
	size_t look_count;
} pv_result_query;

/* --- what comes out ----------------------------------------------------------- */

enum pv_result_kind {
	PV_RESULT_MEAN = 0,
	PV_RESULT_SHARE,
	PV_RESULT_QUANTILE,
	PV_RESULT_PER_UNIT, /* sums of a unit, as tokens_per_unit */
	PV_RESULT_RATIO     /* of two metrics, as cost_per_success */
};

enum pv_result_role {
	PV_RESULT_PRIMARY = 0, /* decides; Holm over variants and metrics */
	PV_RESULT_SECONDARY,   /* Benjamini and Hochberg */
	PV_RESULT_GUARDRAIL,   /* is held against its margin */
	PV_RESULT_PAIR,        /* of two variants that are no control; Holm */
	PV_RESULT_ROBUST       /* the same by ranks; decides nothing */
};

typedef struct pv_result_metric {
	const char *name;   /* as the file has it: "latency_p95" */
	const char *source; /* as pv_trial_metric has it: "latency" */
	const char *unit;   /* "ms", "USD", "" */
	enum pv_result_role role;
	enum pv_result_kind kind;
	double quantile; /* 0.95 */
	int is_up;       /* more is better */
	int is_failures; /* counts what did not go well: error_rate */
	int has_margin;
	double margin; /* how much worse a guardrail may be, in its own unit */
	int is_missing_apart; /* missing more often in some variants */
} pv_result_metric;

/* A metric of a variant. */
typedef struct pv_result_estimate {
	enum pv_stats_status status; /* TOO_FEW: no value */
	int64_t n;                   /* units, or executions, that have it */
	int64_t missing; /* executions that should have it and have not */
	double value;
	double error; /* its standard error; 0: unknown */
	int has_interval;
	pv_stats_interval interval; /* 1 - alpha, at one look */
	int has_lift;               /* over the control */
	double lift;
	int has_lift_interval;
	pv_stats_interval lift_interval;
	int has_best; /* of a Bayesian read-out of several */
	double best;  /* the chance that no other variant is better */
	/* By how much alike executions of a unit add to the variance; 0:
	   unknown. */
	double design_effect;
} pv_result_estimate;

typedef struct pv_result_variant {
	const char *name;
	int64_t n; /* units, or executions where these are not known */
	/*
	 * Of those, as many as have a value of the primary metric that fewest
	 * have: the minimum is held against these.
	 */
	int64_t have;
	int64_t executions;
	double expected; /* n by the weights */
	/*
	 * It gets no traffic (by now its weight is 0) and has not reached the
	 * minimum, which it never will: the verdict is without it.
	 */
	int is_out;
	const pv_result_estimate *estimates; /* of each metric */
} pv_result_variant;

/* Two variants in one metric: b less a. */
typedef struct pv_result_test {
	size_t a;
	size_t b;
	size_t metric;
	enum pv_result_role role;
	const char *method; /* "confidence-sequence", "welch", ... */
	enum pv_stats_status status;
	double difference;
	double error;
	double statistic; /* t or z; U of ranks */
	double df;        /* 0: none */
	int has_p;
	double p;
	double p_corrected; /* for all of its family; p of guardrails */
	int is_significant; /* corrected p < alpha and the interval without 0 */
	/* When significant, in data that are decidable: 1: b is, -1: a is. */
	int better;
	const char *effect_name; /* "hedges-g", "cohen-h"...; NULL: none */
	double effect_size;
	int has_interval;
	pv_stats_interval interval; /* as the method has it */
	int has_chance;             /* of a Bayesian read-out */
	double chance;              /* that b is better */
	double loss; /* of taking b: what is lost on average, its own unit */
	/* Of a guardrail: 1 passes, -1 is worse than the margin, 0 open, as it
	   is in data that are not decidable. */
	int verdict;
	double margin; /* as it was taken */
} pv_result_test;

/* Whether variants have whom they should (pv_stats_srm). */
typedef struct pv_result_split {
	int64_t epoch; /* -1: of all together */
	pv_stats_srm_result srm;
} pv_result_split;

enum pv_result_state {
	PV_RESULT_EMPTY = 0, /* nothing is recorded */
	PV_RESULT_INVALID,   /* the split or the missing say that it is not to
				 be trusted */
	PV_RESULT_NOT_YET,   /* below the minimum, or no difference so far */
	PV_RESULT_HELD,      /* better, but a guardrail does not pass */
	PV_RESULT_WINNER
};

typedef struct pv_results pv_results;

struct pv_results {
	const char *id;
	const char *name; /* NULL: none */
	const char *prompt;
	const char *unit; /* "user" */
	enum pv_experiment_status status;
	enum pv_experiment_method method;
	int is_by_unit; /* n are units; else executions */
	double alpha;
	double n_star;   /* pv_stats_confseq; 2 minimum_sample or 5000 */
	int64_t minimum; /* `have` of each variant before anything is decided */
	int64_t since;   /* microseconds, 0: nothing recorded */
	int64_t until;
	int64_t executions;
	size_t control;
	const pv_result_variant *variants;
	size_t variant_count;
	const pv_result_metric *metrics; /* primaries, guardrails, secondaries */
	size_t metric_count;
	const pv_result_test *tests;
	size_t test_count;
	const pv_result_split *splits; /* the first is of all together */
	size_t split_count;
	const char *const *warnings; /* sentences */
	size_t warning_count;
	enum pv_result_state state;
	/*
	 * The split and what is missing are as they should be, and the minimum
	 * is reached. Where not, no test and no segment says that anything is
	 * better, worse, passed or failed; differences and p are there.
	 */
	int is_decidable;
	const char *winner; /* a variant's name; NULL: none */
	const char *reason; /* a sentence, also of a winner */
	int64_t needed;     /* more of each variant; 0: unknown, or enough */
	double days;        /* for those at the rate so far; 0: unknown */
	const char *rows_until; /* of the query */
	int is_kept;            /* read again by pv_results_parse */
	int64_t later;          /* executions that came since then */
	const char *segment;    /* of one of the segments; NULL: all, or none */
	pv_results *const *segments; /* by name, those without one at last */
	size_t segment_count;
};

/*
 * Looks at an experiment. Epochs of different weights are compared each by
 * itself and put together by their sizes, so that a change of weights makes no
 * difference of its own (Simpson). With units, executions of one unit count as
 * alike: means are sums over numbers, with the variance over units (delta
 * method). A quantile's error is the width of its interval over 2 z.
 *
 * A variant wins when nothing is wrong with the split and with what is
 * missing, every variant has the minimum of values of each primary metric, it is significantly better than the
 * control in one primary metric and worse in none, and passes all guardrails:
 * the interval has to be on the right side of the margin. Where a guardrail
 * never varied in either, the interval of a share is by Clopper and Pearson's
 * bounds, and any other metric is held against its margin as it is. The control wins when
 * all others are significantly worse. A variant that is_out is none of them. PV_EINVALID for a metric that there is
 * not, PV_ENOMEM. The caller frees it.
 */
PV_API int pv_results_compute(pv_results **out, const pv_experiment *experiment,
			      const pv_result_data *data,
			      const pv_result_query *query, pv_error *err);

/*
 * Reads results that were kept as JSON (pv_results_json), of the experiment that
 * they are of; segments are none of them. `executions` is how many there are by
 * now: those that came later are counted, and a warning says so. PV_ESYNTAX,
 * PV_EINVALID for what are no results, PV_ENOMEM. The caller frees them.
 */
PV_API int pv_results_parse(pv_results **out, const pv_experiment *experiment,
			    const char *text, size_t len, int64_t executions,
			    pv_error *err);

/*
 * The test of a variant against the control in a metric, by their places; lent.
 * NULL where there is none, as of the control itself.
 */
PV_API const pv_result_test *pv_results_test_of(const pv_results *results,
						size_t variant, size_t metric);

/* Frees results and what they lent; NULL is accepted. */
PV_API void pv_results_free(pv_results *results);

/* "primary", "secondary", "guardrail", "pair", "robustness". */
PV_API const char *pv_result_role_name(enum pv_result_role role);
/* "empty", "invalid", "not-yet", "held", "winner". */
PV_API const char *pv_result_state_name(enum pv_result_state state);

/*
 * Reads the name of a metric: quality, success (or success_rate), error_rate,
 * latency, ttft, tokens, tokens_in, tokens_out, tokens_cached, cost,
 * output_chars, score.NAME; with _mean, _p50, _p90, _p95, _p99 or _per_unit
 * behind it. latency and ttft alone are their p95. _ms and _usd may end it. Of
 * two of them but scores, A_per_B is the sum of A by the sum of B; the query of
 * the trial has to name it then.
 * `out` borrows from `name`, what it cannot goes to `source`. PV_EINVALID.
 */
enum {
	PV_RESULT_SOURCE = 80
};
PV_API int pv_result_metric_read(pv_result_metric *out,
				 char source[PV_RESULT_SOURCE],
				 const char *name, pv_error *err);

/*
 * Which bins a metric of that kind and role needs, for the trial's query: 1; 0
 * for none. `out` borrows from `metric`.
 */
PV_API int pv_result_bins_of(pv_trial_bins *out, const pv_result_metric *metric);

/* --- telling ------------------------------------------------------------------ */

/* A number of a metric as people write it: "812 ms", "97.3 %", "$0.0123". */
PV_API void pv_result_put_value(pv_buf *out, const pv_result_metric *metric,
				double value);
/* Appends one JSON object (schemas/experiment-results.schema.json). */
PV_API int pv_results_json(pv_buf *out, const pv_results *results, pv_error *err);
/* Appends Markdown for a pull request. */
PV_API int pv_results_markdown(pv_buf *out, const pv_results *results,
			       pv_error *err);
/* Appends a drawing: an interval for each variant and metric. */
PV_API int pv_results_svg(pv_buf *out, const pv_results *results, pv_error *err);
/* Appends a page of its own: it fetches and runs nothing. */
PV_API int pv_results_html(pv_buf *out, const pv_results *results, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
