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
#include "index/unit_days.h"

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

/* The same of each ratio, of one day. */
typedef struct pv_trial_tallies {
	int64_t day;
	pv_trial_tally *of; /* in the arena */
} pv_trial_tallies;

/* A unit of rows. */
typedef struct pv_trial_unit {
	pv_unit_days unit;
	pv_trial_tallies *tallies; /* by day */
	size_t tally_count;
	size_t tally_cap;
} pv_trial_unit;

/* What an arm has of a ratio: over units, and over single executions. */
typedef struct pv_trial_spread {
	int64_t units[PV_SPREAD_DIGITS];
	int64_t rows[PV_SPREAD_DIGITS];
} pv_trial_spread;

/* What a day adds to an arm. */
typedef struct pv_trial_day {
	int64_t day;
	int64_t cached;
	pv_cell cell;
	pv_cell_bins bins; /* of the cell, those that rollups have */
	pv_arm arm;
	pv_trial_spread *spreads; /* of each ratio; in the arena */
} pv_trial_day;

/* What is added up of one arm: its days, and at the end all of them. */
typedef struct pv_trial_sums {
	int64_t epoch;
	const char *variant; /* in the arena, as the segment */
	const char *segment;
	int64_t cached;
	int64_t first; /* microseconds; 0: none yet */
	pv_cell cell;
	pv_cell_bins bins; /* of the cell, those that rollups have */
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
	pv_trial_day *days;
	size_t day_count;
	size_t day_cap;
	size_t day_at; /* the next to be added */
} pv_trial_sums;

/* The arms as they were at the end of a day. */
typedef struct pv_trial_look {
	pv_trial_arm *arms;
	size_t count;
} pv_trial_look;

struct pv_trial {
	pv_arena arena;
	pv_trial_query query;          /* its texts are in the arena */
	int has_wanted;                /* not all bins are wanted */
	pv_cell_bins_wanted wanted[2]; /* at the end, in looks */
	pv_trial_sums **sums;
	size_t sum_count;
	size_t sum_cap;
	int64_t others; /* rows of another prompt */
	int64_t early;  /* rows of a warm-up */
	pv_map places;  /* epoch, variant, segment to sums */
	pv_map firsts;  /* of rows: epoch and unit to its variant */
	pv_cell scratch;
	pv_strlist scores; /* of the row at hand */
	pv_trial_arm *arms;
	size_t count;
	pv_trial_look *looks;
	size_t look_count;
	size_t look_cap;
	pv_trial_ratio *ratios;
	size_t ratio_count;
};

/* Copies a query, so that it is the trial's own. PV_ENOMEM. */
int pv_trial_copy_query(pv_trial *trial, const pv_trial_query *query,
			pv_error *err);
/* Whether a row counts; one of another prompt is noted. */
int pv_trial_fits(pv_trial *trial, const pv_execution *row);
/* The epoch that a row is counted to; -1 for none. */
int64_t pv_trial_epoch_of(const pv_trial *trial, const pv_execution *row);
/* Whether it takes the rows of a series to know what counts, and as what. */
int pv_trial_is_mixed(const pv_trial *trial, const pv_execution *series);
/* Whether it takes rows in any case. */
int pv_trial_needs_rows(const pv_trial_query *query);

/* The metric of a name, as index/unit.h numbers them; -1 for none. */
int pv_trial_metric_named(const char *name, size_t len);

/* Takes the bins that the query wants. PV_ENOMEM. */
int pv_trial_read_wanted(pv_trial *trial, pv_error *err);
/* Whose bins are wanted at the end or in looks; NULL: all. */
const pv_cell_bins_wanted *pv_trial_wanted(const pv_trial *trial, int is_look);
/* Takes the ratios of the query. PV_EINVALID, PV_ENOMEM. */
int pv_trial_read_ratios(pv_trial *trial, pv_error *err);
/* Room for what spreads of each ratio, in the arena; NULL for none. PV_ENOMEM. */
int pv_trial_room_spreads(pv_trial_spread **out, pv_trial *trial, pv_error *err);
/* Adds a row of a day to the ratios of its arm and of its unit, NULL for none. */
int pv_trial_add_ratios(pv_trial *trial, pv_trial_day *day, pv_trial_unit *unit,
			const pv_execution *row, int is_cached, pv_error *err);
/* Adds what a unit has, and gained each day, to its arm. PV_ENOMEM. */
int pv_trial_end_unit(pv_trial *trial, pv_trial_sums *sums,
		      const pv_trial_unit *unit, pv_error *err);
/* A ratio of an arm. */
void pv_trial_put_ratio(pv_trial_metric *out, const pv_trial *trial,
			const pv_trial_sums *sums, size_t idx);
/* Pairs of what is spread; x and y in so many parts of a unit. */
void pv_trial_put_pairs(pv_stats_pairs *out, const int64_t *digits,
			double x_unit, double y_unit);
/* How many parts of its unit a metric is counted in. */
double pv_trial_unit_of(int metric);

/* The day that a time counts to: one for all, unless there are to be looks. */
int64_t pv_trial_day_at(const pv_trial *trial, int64_t micros);
/* A day of an arm, made when there is none; lent until the next is. */
int pv_trial_day_of(pv_trial_day **out, pv_trial *trial, pv_trial_sums *sums,
		    int64_t day, pv_error *err);
void pv_trial_free_days(pv_trial_sums *sums);
/* Adds an encoded cell to its day; as pv_cell_decode. */
int pv_trial_gather(pv_trial *trial, pv_trial_day *day, pv_str data,
		    int is_cached, pv_error *err);
/* Adds what the scratch has, of a cache or not, to a cell. PV_ENOMEM. */
int pv_trial_add_scratch(pv_trial *trial, pv_cell *cell, int64_t *cached,
			 int is_cached, pv_error *err);
/* Counts executions of a model; NULL for none. */
void pv_trial_count_model(pv_trial_share *share, int64_t count, int64_t first,
			  int64_t last);

/*
 * Adds up the days of all sums, and makes the figures of each look and of all.
 * PV_ENOMEM.
 */
int pv_trial_add_up(pv_trial *trial, pv_error *err);

/* Puts sums in order: by epoch, variant and segment. */
void pv_trial_sort(pv_trial *trial);
/* The figures of all sums, in their order; of a look no models. PV_ENOMEM. */
int pv_trial_put_arms(pv_trial_look *out, pv_trial *trial, int is_look,
		      pv_error *err);

#endif
