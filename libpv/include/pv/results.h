/* SPDX-License-Identifier: MIT
 *
 * What an experiment says: from its design and the sums of its executions to
 * estimates, tests, one verdict, and the pages that tell of them. Pure: no
 * files, no clock. Differences are the second variant less the first.
 */
#ifndef PV_RESULTS_H
#define PV_RESULTS_H

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
 * n, or the fifth of five looks. It may end sooner. PV_EINVALID for numbers
 * outside of their domain, naming them, and for shares that the difference
 * takes out of 0 to 1.
 */
PV_API int pv_results_plan(pv_result_need out[PV_RESULT_NEEDS],
			   const pv_result_plan *plan, pv_error *err);

#ifdef __cplusplus
}
#endif

#endif
