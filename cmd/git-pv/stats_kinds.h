/* SPDX-License-Identifier: MIT
 *
 * The calculators of git pv stats: each reads the members of one JSON object
 * and writes those of another.
 */
#ifndef PV_STATS_KINDS_H
#define PV_STATS_KINDS_H

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
	const char *keys[10]; /* what the input may have, NULL-terminated */
} stats_kind;

/* Ended by a row without a name. */
extern const stats_kind stats_kinds[];

/* --- reading -------------------------------------------------------------- */

/* PV_EINVALID for a member that is missing or no number, a whole number. */
int stats_number(double *out, stats_call *call, const pv_json *from,
		 const char *key);
int stats_whole(int64_t *out, stats_call *call, const pv_json *from,
		const char *key);
/* `fallback` when it is missing. */
int stats_number_or(double *out, stats_call *call, const char *key,
		    double fallback);
/* An array of numbers, to be freed with pv_free; null is `none`. */
int stats_numbers(double **out, size_t *count_out, stats_call *call,
		  const char *key, double none);

#endif
