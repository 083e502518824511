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

/* What is known of some executions. */
typedef struct pv_usage {
	const char *key; /* what the group has in common; NULL: nothing */
	int64_t start;   /* of a group by time: microseconds; else 0 */
	int64_t executions;
	int64_t cached;     /* of those, answered from a cache */
	int64_t judged;     /* of those, known to have gone well or not */
	int64_t succeeded;  /* of those, well */
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

#ifdef __cplusplus
}
#endif

#endif
