/* SPDX-License-Identifier: MIT
 *
 * Which change made a number fall: bisecting with what was measured, where no
 * measurement says good or bad for certain. Pure, as pv/stats.h.
 */
#ifndef PV_CULPRIT_H
#define PV_CULPRIT_H

#include <pv/stats.h>

#ifdef __cplusplus
extern "C" {
#endif

/* What is known of one content: its values; n of 0 for none. */
typedef struct pv_culprit_state {
	int64_t n;
	double mean;
	double variance;
} pv_culprit_state;

/* A change and what it led to. */
typedef struct pv_culprit_change {
	size_t state; /* index; several changes may lead to the same content */
	const size_t *parents; /* indexes of changes, all below its own */
	size_t parent_count;
	int is_suspect; /* may be the one that is looked for */
} pv_culprit_change;

enum {
	PV_CULPRIT_CHANGES_MAX = 4096
};

typedef struct pv_culprit_query {
	const pv_culprit_state *states;
	size_t state_count;
	const pv_culprit_change *changes; /* parents first */
	size_t change_count;
	double drop;   /* the least fall that counts, above 0 */
	int is_rise;   /* look for a rise of that size instead */
	double spread; /* how much contents differ by themselves; 0: drop / 10 */
} pv_culprit_query;

typedef struct pv_culprit {
	enum pv_stats_status status; /* TOO_FEW: nothing can be compared */
	double none;                 /* the chance that no suspect did it */
	size_t most;   /* the likeliest suspect; without any, change_count */
	double effect; /* to - from, if it was that one */
	double from;   /* means before and behind it */
	double to;
	pv_stats_interval interval; /* of the effect, 95 % */
	size_t likely; /* as few suspects (or none) as have 95 % of chances */
	/* What tells most: more values of this change's content. */
	int has_next;
	size_t next;
	int64_t next_count; /* how many values it needs in addition */
} pv_culprit;

/*
 * Gives each change its chance of having made the fall, given all values:
 * `chances_out` has a place for each, those of suspects and `none` sum up to 1.
 *
 * If suspect c did it, contents of changes that descend from c have the mean
 * m - d, all others m (a content that was there without c, too, has m: it was
 * brought back). Means of contents are normal with variance spread^2 + s^2 / n,
 * s^2 being the variance within contents, pooled; m has a flat prior, d - drop
 * an exponential one with mean 2 drop; each suspect, and none, is as likely as
 * any other beforehand.
 *
 * Other changes may have moved the level, too, up, or down by less than the
 * fall that is looked for (by any size where they are no suspects): as many as
 * one of them is expected beforehand, of any size around 3 drop. Those that pay
 * are chosen by their likelihood, eight at most, and the chances are given them.
 * If there are several falls of that size, the greatest is meant. Summing over suspects is exact: a change point's
 * posterior (Smith 1975, Biometrika 62, 407-416) over a graph instead of a line.
 * Where to measure next is the median of the posterior, as in Burnashev and
 * Zigangirov's search with errors (1974), and how often makes the chance of
 * taking one side for the other 2.5 %; where that content has as many already,
 * it is what it came from that is measured. PV_EINVALID, PV_ELIMIT beyond
 * PV_CULPRIT_CHANGES_MAX, PV_ENOMEM.
 */
PV_API int pv_culprit_find(pv_culprit *out, double *chances_out,
			   const pv_culprit_query *query, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
