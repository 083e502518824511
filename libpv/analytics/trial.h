/* SPDX-License-Identifier: MIT
 *
 * An experiment's executions, added up: arms in the making, and what becomes
 * of them.
 */
#ifndef PV_ANALYTICS_TRIAL_H
#define PV_ANALYTICS_TRIAL_H

#include <pv/analytics.h>

#include "base/arena.h"
#include "base/map.h"
#include "index/unit.h"

/* Which model answered, and how often. */
typedef struct pv_trial_share {
	char *name; /* the key of the array: provider, NUL and model */
	int64_t executions;
	int64_t first; /* microseconds; 0: none yet */
	int64_t last;
	const char *provider; /* in the arena */
	const char *model;
} pv_trial_share;

/* What is added up of one arm. */
typedef struct pv_trial_sums {
	int64_t epoch;
	const char *variant; /* in the arena, as the segment */
	const char *segment;
	int64_t cached;
	int64_t first; /* microseconds; 0: none yet */
	pv_cell cell;
	pv_arm arm;
	int64_t crossed; /* units that another variant of the epoch has */
	pv_map units;    /* of rows: keys to pv_unit */
	pv_unit **unit_list;
	size_t unit_count;
	size_t unit_cap;
	pv_trial_share *models;
	size_t model_count;
	size_t model_cap;
} pv_trial_sums;

struct pv_trial {
	pv_arena arena;
	pv_trial_query query; /* its texts are in the arena */
	pv_trial_sums **sums;
	size_t sum_count;
	size_t sum_cap;
	pv_map places; /* epoch, variant, segment to sums */
	pv_map firsts; /* of rows: epoch and unit to its variant */
	pv_cell scratch;
	pv_strlist scores; /* of the row at hand */
	pv_trial_arm *arms;
	size_t count;
};

/* The figures of all sums, by epoch, variant and segment. PV_ENOMEM. */
int pv_trial_put_arms(pv_trial *trial, pv_error *err);

#endif
