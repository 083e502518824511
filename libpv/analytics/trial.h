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

/* A ratio that is asked for: of which metric to which (index/unit.h). */
typedef struct pv_trial_ratio {
	const char *name; /* in the arena */
	int over;
	int under;
} pv_trial_ratio;

/* What a unit has of a ratio; sums are two digits of 32 bits. */
typedef struct pv_trial_tally {
	int64_t n; /* executions with both */
	int64_t x[2];
	int64_t y[2];
} pv_trial_tally;

/* A unit of rows. */
typedef struct pv_trial_unit {
	pv_unit unit;
	pv_trial_tally *tallies; /* of each ratio; NULL for none */
} pv_trial_unit;

/* What an arm has of a ratio: over units, and over single executions. */
typedef struct pv_trial_spread {
	int64_t units[PV_SPREAD_DIGITS];
	int64_t rows[PV_SPREAD_DIGITS];
} pv_trial_spread;

/* What is added up of one arm. */
typedef struct pv_trial_sums {
	int64_t epoch;
	const char *variant; /* in the arena, as the segment */
	const char *segment;
	int64_t cached;
	int64_t first; /* microseconds; 0: none yet */
	pv_cell cell;
	pv_cell_bins bins; /* of the cell, while rollups are read */
	pv_arm arm;
	int64_t crossed; /* units that another variant of the epoch has */
	pv_map units;    /* of rows: keys to pv_trial_unit */
	pv_trial_unit **unit_list;
	size_t unit_count;
	size_t unit_cap;
	pv_trial_share *models;
	size_t model_count;
	size_t model_cap;
	pv_trial_spread *spreads; /* of each ratio; in the arena */
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
	pv_trial_ratio *ratios;
	size_t ratio_count;
};

/* The metric of a name, as index/unit.h numbers them; -1 for none. */
int pv_trial_metric_named(const char *name, size_t len);

/* Takes the ratios of the query. PV_EINVALID, PV_ENOMEM. */
int pv_trial_read_ratios(pv_trial *trial, pv_error *err);
/* Makes room for them in a new arm, and in a new unit. PV_ENOMEM. */
int pv_trial_room_sums(pv_trial *trial, pv_trial_sums *sums, pv_error *err);
int pv_trial_room_unit(const pv_trial *trial, pv_trial_unit *unit, pv_error *err);
/* Adds a row to the ratios of its arm and of its unit, NULL for none. */
void pv_trial_add_ratios(const pv_trial *trial, pv_trial_sums *sums,
			 pv_trial_unit *unit, const pv_execution *row,
			 int is_cached);
/* Adds what a unit has to its arm. */
void pv_trial_end_unit(const pv_trial *trial, pv_trial_sums *sums,
		       const pv_trial_unit *unit);
/* A ratio of an arm. */
void pv_trial_put_ratio(pv_trial_metric *out, const pv_trial *trial,
			const pv_trial_sums *sums, size_t idx);
/* Pairs of what is spread; x and y in so many parts of a unit. */
void pv_trial_put_pairs(pv_stats_pairs *out, const int64_t *digits,
			double x_unit, double y_unit);
/* How many parts of its unit a metric is counted in. */
double pv_trial_unit_of(int metric);

/* The figures of all sums, by epoch, variant and segment. PV_ENOMEM. */
int pv_trial_put_arms(pv_trial *trial, pv_error *err);

#endif
