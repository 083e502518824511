/* SPDX-License-Identifier: MIT
 *
 * Figures over executions, from the rollups of the index: they cost a few
 * buckets of time and not the rows, and outlive rows that retention takes.
 * Units are those of JSON: milliseconds, US dollars, points. What nothing is
 * known of has an `n` of 0, and is not 0.
 */
#ifndef PV_ANALYTICS_H
#define PV_ANALYTICS_H

#include <pv/index.h>
#include <pv/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

/* A number that executions have: how many have it, and what it is like. */
typedef struct pv_measure {
	int64_t n;
	double total;
	double mean;
	double variance; /* of a sample; 0 below two */
	double p50;      /* each within 1.1 % of the exact one */
	double p95;
	double p99;
} pv_measure;

typedef struct pv_usage_score {
	const char *name;
	pv_measure measure;
} pv_usage_score;

typedef struct pv_usage_error {
	const char *type;
	int64_t count;
} pv_usage_error;

enum {
	PV_USAGE_STATUSES = 6
};

/* What is known of some executions. */
typedef struct pv_usage {
	const char *key; /* what the group has in common; NULL: nothing */
	int64_t start;   /* of a group by time: microseconds; else 0 */
	int64_t executions;
	int64_t cached;    /* of those, answered from a cache */
	int64_t judged;    /* of those, known to have gone well or not */
	int64_t succeeded; /* of those, well */
	/* ok, error, timeout, cancelled, refused, invalid-output */
	int64_t by_status[PV_USAGE_STATUSES];
	double success_low; /* of the rate, with 95 % confidence (Wilson) */
	double success_high;
	pv_measure latency_ms;
	pv_measure ttft_ms;
	pv_measure tokens_in;
	pv_measure tokens_out;
	pv_measure tokens;
	pv_measure tokens_cached;
	pv_measure cost_usd;
	double cost_per_success; /* what failures cost is in it; 0: unknown */
	pv_measure output_chars;
	pv_measure quality;
	const pv_usage_score *scores; /* by name */
	size_t score_count;
	const pv_usage_error *errors; /* the most frequent first */
	size_t error_count;
	int64_t last_used; /* microseconds; 0: never */
} pv_usage;

/* Of which executions; all zero: of all. */
typedef struct pv_usage_query {
	/*
	 * Fields that must have a value: prompt_id, version, blob, template,
	 * environment, experiment, variant, provider, model.
	 */
	const pv_executions_match *matches;
	size_t match_count; /* 10 at most */
	int64_t since;      /* microseconds, rounded down; 0: from the start */
	int64_t until;      /* exclusive, rounded up; 0: to the end */
	/* One of those fields, "day", "hour" or "week" (UTC); NULL: no groups */
	const char *by;
	/* Count what came from a cache in latency, tokens and cost, too. */
	int include_cached;
} pv_usage_query;

/* The figures of a query, as a whole and by group. */
typedef struct pv_usages pv_usages;

/*
 * Reads figures. The caller frees them. Times are rounded to whole minutes,
 * before the last 48 hours to whole hours. PV_EINVALID for a field that is
 * none of the above, PV_EDB, PV_EIO, PV_ELOCKED, PV_ENOMEM.
 */
PV_API int pv_usages_read(pv_usages **out, pv_executions *index,
			  const pv_usage_query *query, pv_error *err);

/* Frees figures and what they lent; NULL is accepted. */
PV_API void pv_usages_free(pv_usages *usages);

/* All that fit the query together. Lent. */
PV_API const pv_usage *pv_usages_total(const pv_usages *usages);

/* The number of groups: 0 without `by`. */
PV_API size_t pv_usages_count(const pv_usages *usages);

/* The `idx`-th group, by time or by key; lent. NULL behind the last. */
PV_API const pv_usage *pv_usages_at(const pv_usages *usages, size_t idx);

/* The window that was read, in microseconds; 0: open on that side. */
PV_API void pv_usages_window(const pv_usages *usages, int64_t *since_out,
			     int64_t *until_out);

/* --- experiments ---------------------------------------------------------- */

/* How many executions have about a value. */
typedef struct pv_trial_bin {
	double value; /* within 1.1 %; of quality to a tenth of a point */
	int64_t count;
} pv_trial_bin;

/* What the executions of an arm are like in one metric. */
typedef struct pv_trial_metric {
	/*
	 * "latency", "ttft" (milliseconds), "tokens_in", "tokens_out",
	 * "tokens", "tokens_cached", "cost" (US dollars), "output_chars",
	 * "quality" (points), "success" (1 or 0) or "score.NAME"; or a ratio
	 * that the query asks for, as "cost_per_success".
	 */
	const char *name;
	int64_t missing; /* executions that should have it and have not */
	/* Of single executions, from exact sums; its n is how many have it. */
	pv_stats_moments values;
	const pv_trial_bin *bins; /* by rising value; none if not wanted */
	size_t bin_count;
	/*
	 * Of the units that have it: x is the sum of a unit's values, y how
	 * many they are. pv_stats_ratio_of gives the mean and its variance
	 * with executions of a unit being alike. Of a ratio y is the sum of
	 * the metric below; executions count that have both, and values.n is
	 * how many these are.
	 */
	pv_stats_pairs units;
	pv_stats_pairs rows; /* of a ratio: the same of single executions */
} pv_trial_metric;

/* A model that answered. */
typedef struct pv_trial_model {
	const char *provider; /* NULL: not known */
	const char *model;
	int64_t executions;
	int64_t first; /* microseconds; from rollups of buckets, as the arm's */
	int64_t last;
} pv_trial_model;

/* Executions of one variant in one epoch; in one segment, if asked for. */
typedef struct pv_trial_arm {
	int64_t epoch;       /* -1: not recorded */
	const char *variant; /* NULL: not recorded */
	const char *segment; /* NULL: not recorded, or not asked for */
	int64_t executions;
	int64_t cached; /* of those; latency, tokens and cost are without */
	int64_t judged; /* known to have gone well or not */
	int64_t succeeded;
	int64_t units;    /* different ones */
	int64_t unitless; /* executions without one */
	/*
	 * Of the units, those that have executions of another variant in the
	 * same epoch, too. Of many units in an index a part is looked at.
	 */
	int64_t crossed;
	int64_t first; /* microseconds; from rollups the start of a bucket */
	int64_t last;
	const pv_trial_metric *metrics; /* in the order above, scores by name */
	size_t metric_count;
	const pv_trial_model *models; /* the most frequent first */
	size_t model_count;
} pv_trial_arm;

/* A time from which rows of an epoch count. */
typedef struct pv_trial_start {
	int64_t epoch;
	int64_t since; /* microseconds, inclusive */
} pv_trial_start;

/* A metric whose bins are wanted. */
typedef struct pv_trial_bins {
	const char *metric; /* as pv_trial_metric has it */
	int in_looks;       /* in looks, too */
} pv_trial_bins;

typedef struct pv_trial_query {
	const char *experiment; /* required to read an index */
	int has_looks;          /* keep what was known at the end of each day */
	/*
	 * Of which metrics bins are wanted; NULL: of all. They are most of what
	 * sums have to read.
	 */
	const pv_trial_bins *bins;
	size_t bins_count;
	/*
	 * A window of whole days (UTC) is read from sums, but those over units
	 * know no start: with one `units` are 0. Any other window, and all that
	 * follows but the looks, makes pv_trial_read look at the rows
	 * themselves, to the microsecond; rows that retention took are not seen
	 * then.
	 */
	int64_t since;     /* microseconds, inclusive; 0: from the start */
	int64_t until;     /* exclusive; 0: to the end */
	const char *up_to; /* rows whose id, a UUIDv7, is not greater; NULL */
	const pv_trial_start *starts; /* as to leave a warm-up out; NULL */
	size_t start_count;
	/*
	 * Rows of another prompt are left out, and counted. Those that name an
	 * experiment and no prompt are of it.
	 */
	const char *prompt; /* NULL: any */
	/*
	 * When which epoch began, oldest first: a row without one is of the
	 * last that had begun by then, or of the first. NULL: it has none.
	 * Where there is such a row, or one of another prompt, the rows
	 * themselves are looked at, too.
	 */
	const pv_trial_start *epochs;
	size_t epoch_count;
	const char *segment;       /* group by metadata.segment.KEY; NULL */
	const char *const *ratios; /* as "cost_per_success"; NULL */
	size_t ratio_count;
} pv_trial_query;

/* Whether a name is of a ratio of two metrics that are no scores. */
PV_API int pv_trial_is_ratio(const char *name);

/* What is known of an experiment's arms. */
typedef struct pv_trial pv_trial;

/*
 * Reads an experiment from the index: from rollups (some rows for each arm and
 * day, whatever the number of executions) or from rows, see the query; both
 * give the same figures. The caller frees it. As pv_usages_read.
 */
PV_API int pv_trial_read(pv_trial **out, pv_executions *index,
			 const pv_trial_query *query, pv_error *err);

/*
 * The same without an index: begin, add rows (those that do not fit the query
 * are passed over; NULL `experiment` takes all), finish. All scores count.
 * PV_EINVALID for what is no ratio or no id, PV_ENOMEM.
 */
PV_API int pv_trial_new(pv_trial **out, const pv_trial_query *query,
			pv_error *err);
PV_API int pv_trial_add(pv_trial *trial, const pv_execution *row, pv_error *err);
PV_API int pv_trial_finish(pv_trial *trial, pv_error *err);

/* Frees it and what it lent; NULL is accepted. */
PV_API void pv_trial_free(pv_trial *trial);

/* How many rows were left out since they are of another prompt. */
PV_API int64_t pv_trial_others(const pv_trial *trial);
/* Executions that the query's `starts` left out. */
PV_API int64_t pv_trial_early(const pv_trial *trial);

/* The number of arms, by epoch, variant, segment. */
PV_API size_t pv_trial_count(const pv_trial *trial);
/* The `idx`-th arm; lent. NULL behind the last. */
PV_API const pv_trial_arm *pv_trial_at(const pv_trial *trial, size_t idx);

enum {
	PV_TRIAL_LOOKS_MAX = 1000
};

/*
 * The number of looks, if they were asked for: each day of UTC on which there
 * were executions but the last, of the first PV_TRIAL_LOOKS_MAX of them.
 */
PV_API size_t pv_trial_look_count(const pv_trial *trial);
/*
 * The `idx`-th arm of all executions up to the end of such a day, by what is
 * known of them now; lent. It tells of no models, and `first` and `crossed` are
 * those of all. NULL behind the last.
 */
PV_API const pv_trial_arm *pv_trial_look_at(const pv_trial *trial, size_t look,
					    size_t idx);

/* A metric of an arm by its name; lent. NULL when nothing has it. */
PV_API const pv_trial_metric *pv_trial_metric_of(const pv_trial_arm *arm,
						 const char *name);

/* --- comparing ------------------------------------------------------------ */

/* Two means or rates, the second against the first. */
typedef struct pv_contrast {
	int is_known; /* 0: nothing can be said, and the rest is 0 */
	double from;
	double to;
	double difference; /* to - from */
	double low;        /* of the difference, at the confidence asked for */
	double high;
	double p;           /* two-sided; -1 when there is none */
	const char *method; /* "welch" or "newcombe" */
} pv_contrast;

/*
 * Compares means, whose variances may differ (Welch). Nothing can be said with
 * fewer than two values on a side, or where all are the same.
 */
PV_API pv_contrast pv_contrast_means(const pv_measure *from,
				     const pv_measure *to, double confidence);

/*
 * Compares success rates: Newcombe's interval, the p of the pooled z test.
 * Nothing can be said where a side has none that is known to have gone well
 * or not.
 */
PV_API pv_contrast pv_contrast_rates(const pv_usage *from, const pv_usage *to,
				     double confidence);

/* --- trends --------------------------------------------------------------- */

/* Where a series of numbers goes. */
typedef struct pv_course {
	int is_known;     /* 0: fewer than three points */
	double slope;     /* median of all slopes (Theil-Sen), per unit of x */
	double intercept; /* of the line through the medians */
	double p;         /* of no trend, two-sided (Mann-Kendall) */
	double tau;       /* Kendall's tau-b, -1 to 1 */
} pv_course;

/*
 * Looks at `n` points by rising x, 1000 at most. PV_EINVALID beyond,
 * PV_ENOMEM.
 */
PV_API int pv_course_find(pv_course *out, const double *x, const double *y,
			  size_t n, pv_error *err);

/* --- alerts --------------------------------------------------------------- */

/* Figures that somebody wants to know of, as pv.yaml has them. */
typedef struct pv_alerts pv_alerts;

typedef struct pv_alert {
	const char *name;
	const char *prompt; /* an id, a pattern of ids, or "*" for all */
	const char *metric; /* as it was written: "latency_p95_ms" */
	const char *unit;   /* "ms", "USD", "rate" (0 to 1), "" */
	const char *window; /* "1h"; of a budget "hour", "day", "week", "month" */
	int is_budget;      /* of all prompts that fit together, not of each */
	int has_above;      /* fires when it is greater */
	int has_below;      /* fires when it is less */
	double above;
	double below;
	int64_t min_count; /* fires when so many values are known */
} pv_alert;

/*
 * Reads the values of `alerts` and `budgets` of pv.yaml, as JSON; NULL for
 * none. Metrics are latency, ttft, tokens, tokens_in, tokens_out, output_chars,
 * quality and cost, with _mean, _p50, _p95, _p99 or _total behind them (none is
 * the mean; of cost it is the total), _ms or _usd behind that or not;
 * success_rate, error_rate, cache_hit_rate, executions, score.NAME. The caller
 * frees them. PV_EINVALID for what is no rule, PV_ESYNTAX, PV_ENOMEM.
 */
PV_API int pv_alerts_read(pv_alerts **out, const char *alerts,
			  const char *budgets, pv_error *err);

/* Frees rules and what they lent; NULL is accepted. */
PV_API void pv_alerts_free(pv_alerts *alerts);

/* The `idx`-th rule, those of `alerts` first; lent. NULL behind the last. */
PV_API const pv_alert *pv_alerts_at(const pv_alerts *alerts, size_t idx);

enum pv_alert_state {
	PV_ALERT_QUIET,
	PV_ALERT_FIRING,
	PV_ALERT_UNKNOWN /* too few values to say */
};

/* What a rule says of given numbers: a value and how many it is made of. */
PV_API enum pv_alert_state pv_alert_judge(const pv_alert *alert, double value,
					  int64_t n);

/* What a rule says. */
typedef struct pv_alert_finding {
	const pv_alert *alert;
	const char *prompt; /* NULL: none that fits was used, or of a budget */
	enum pv_alert_state state;
	double value; /* when n > 0, or of executions */
	int64_t n;
	int64_t unknown; /* of a cost: executions that are not in it */
	int64_t since;   /* of what is looked at, microseconds */
} pv_alert_finding;

/*
 * Calls `fn` for each prompt that a rule is about, or once for a budget or when
 * no prompt fits, until it returns non-zero, which becomes the result. What it
 * gets is lent. `now` is in microseconds. As pv_usages_read.
 */
PV_API int pv_alert_check(pv_executions *index, const pv_alert *alert,
			  int64_t now,
			  int (*fn)(const pv_alert_finding *finding,
				    void *payload),
			  void *payload, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
