/* SPDX-License-Identifier: MIT
 *
 * The calculators of git pv stats: each reads the members of one JSON object
 * and writes those of another.
 */
#ifndef PV_STATS_KINDS_H
#define PV_STATS_KINDS_H

#include <pv/stats.h>

#include "cli.h"

/* One call. */
typedef struct stats_call {
	const pv_json *in;
	pv_jsonw *out;
	pv_error *err;
} stats_call;

typedef struct stats_kind {
	const char *name;
	int (*run)(stats_call *call);
	const char *keys[11]; /* what the input may have, NULL-terminated */
	const char *example;  /* an input, for -h */
} stats_kind;

/* Ended by a row without a name. */
extern const stats_kind stats_kinds[];

/* --- kinds of other files ------------------------------------------------- */

int stats_bayes(stats_call *call);
int stats_group(stats_call *call);
int stats_quantile(stats_call *call);
int stats_trend(stats_call *call);
int stats_change(stats_call *call);
int stats_cuped(stats_call *call);
int stats_ratio(stats_call *call);

/* --- reading -------------------------------------------------------------- */

/* PV_EINVALID for a member that is missing or no number, a whole number. */
int stats_number(double *out, stats_call *call, const pv_json *from,
		 const char *key);
int stats_whole(int64_t *out, stats_call *call, const pv_json *from,
		const char *key);
/* `fallback` when it is missing. */
int stats_number_or(double *out, stats_call *call, const char *key,
		    double fallback);
/* The same of one that is above 0, and of one between 0 and 1. */
int stats_positive_or(double *out, stats_call *call, const char *key,
		      double fallback);
int stats_chance_or(double *out, stats_call *call, const char *key,
		    double fallback);
/* true or false; false when it is missing. */
int stats_flag(int *out, stats_call *call, const char *key);
/* PV_EINVALID where the object `name` has members besides `keys`, NULL behind
   the last. */
int stats_members(stats_call *call, const char *name, const pv_json *object,
		  const char *const *keys);
/* An array of numbers, to be freed with pv_free; null is `none`. */
int stats_numbers(double **out, size_t *count_out, stats_call *call,
		  const char *key, double none);
/* The place of a member's text among names; `*out` stays when it is missing. */
int stats_choice(int *out, stats_call *call, const char *key,
		 const char *const *names, size_t count);
/* "control" and "treatment": {n, mean, sd}, or arrays of values. */
int stats_samples(pv_stats_moments out[2], stats_call *call);
/* {hits, n} */
int stats_share(pv_stats_share *out, stats_call *call, const char *key);

/* --- writing -------------------------------------------------------------- */

void stats_put(stats_call *call, const char *key, double value, int is_known);
void stats_put_int(stats_call *call, const char *key, int64_t value);
void stats_put_bool(stats_call *call, const char *key, int value);
/* Each end that is not finite is null. */
void stats_put_interval(stats_call *call, const char *key,
			pv_stats_interval interval, int is_known);
void stats_put_status(stats_call *call, enum pv_stats_status status);
void stats_put_test(stats_call *call, const pv_stats_test *test);

#endif
