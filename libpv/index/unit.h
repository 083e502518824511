/* SPDX-License-Identifier: MIT
 *
 * Units of experiments. Executions of one user are alike, so an experiment is
 * judged by users: of each unit of an arm (experiment, epoch, variant) there
 * is the sum of its values and how many they are, for each metric; of all units
 * of an arm the sums of those, their squares and products, which is what the
 * variance of a ratio needs. All are whole numbers: a unit that changes is
 * taken out of the arm's sums as it was and added as it is. Both are kept by
 * day, see unit_days.h.
 */
#ifndef PV_INDEX_UNIT_H
#define PV_INDEX_UNIT_H

#include "index/cell.h"

enum {
	PV_UNIT_SUCCESS = PV_METRIC_COUNT, /* 1 or 0 of what was judged */
	PV_UNIT_METRICS,
	PV_UNIT_KEY_BYTES = 16
};

/* A unit's values of one metric. */
enum {
	PV_TALLY_N,
	PV_TALLY_SUM, /* two digits of 32 bits */
	PV_TALLY_DIGITS = PV_TALLY_SUM + 2
};

/* The same of all units; x is a unit's sum, y its number of values. */
enum {
	PV_SPREAD_UNITS, /* that have a value */
	PV_SPREAD_X,
	PV_SPREAD_XX = PV_SPREAD_X + 2,
	PV_SPREAD_Y = PV_SPREAD_XX + 4,
	PV_SPREAD_YY = PV_SPREAD_Y + 2,
	PV_SPREAD_XY = PV_SPREAD_YY + 4,
	PV_SPREAD_DIGITS = PV_SPREAD_XY + 4
};

typedef struct pv_unit_score {
	char *name;
	int64_t digits[PV_TALLY_DIGITS];
} pv_unit_score;

/* `{ 0 }` is one without executions. */
typedef struct pv_unit {
	int64_t n; /* executions */
	int64_t metrics[PV_UNIT_METRICS][PV_TALLY_DIGITS];
	pv_unit_score *scores; /* sorted by name */
	size_t score_count;
	size_t score_cap;
} pv_unit;

typedef struct pv_arm_score {
	char *name;
	int64_t digits[PV_SPREAD_DIGITS];
} pv_arm_score;

/* `{ 0 }` is one without units; what a day adds to one may be negative. */
typedef struct pv_arm {
	int64_t units;
	int64_t n; /* their executions */
	int64_t metrics[PV_UNIT_METRICS][PV_SPREAD_DIGITS];
	pv_arm_score *scores; /* sorted by name */
	size_t score_count;
	size_t score_cap;
} pv_arm;

/* By which a unit is known: it is not kept as it was given. */
void pv_unit_hash(unsigned char out[PV_UNIT_KEY_BYTES], pv_str unit);

/* How a row counts. */
typedef struct pv_unit_rule {
	const pv_strlist *scores; /* as pv_cell_add */
	int is_cached;
	int times;
} pv_unit_rule;

/* Adds a row of the unit. PV_ENOMEM. */
int pv_unit_add(pv_unit *unit, const pv_execution *row,
		const pv_unit_rule *rule, pv_error *err);
int pv_unit_merge(pv_unit *unit, const pv_unit *other, pv_error *err);
/* Whether it is as if it had never been. */
int pv_unit_is_empty(const pv_unit *unit);
void pv_unit_dispose(pv_unit *unit);

/*
 * Adds a unit to an arm `times` (1 or -1). What it adds depends on all of it.
 * A sum beyond 2^62 counts as that. PV_ENOMEM.
 */
int pv_arm_add(pv_arm *arm, const pv_unit *unit, int times, pv_error *err);
/* Adds what one unit has, the sums x and y, to PV_SPREAD_DIGITS digits. */
void pv_spread_add(int64_t *to, int64_t x, int64_t y, int times);
/* A sum of two digits, within bounds whose squares can be summed. */
int64_t pv_sum_total(const int64_t digits[2]);
/* Adds another arm. PV_ENOMEM. */
int pv_arm_merge(pv_arm *arm, const pv_arm *other, pv_error *err);
void pv_arm_dispose(pv_arm *arm);

/* Appends the one encoding; see unit_code.c. */
void pv_arm_encode(pv_buf *out, const pv_arm *arm);
/* Adds what is encoded; no bytes are nothing. PV_EDB, PV_ENOMEM. */
int pv_arm_decode(pv_arm *arm, pv_str bytes, pv_error *err);

/* For encoding: the digits of a score, made when there are none. */
int pv_unit_score_of(int64_t **out, pv_unit *unit, pv_str name, pv_error *err);
int pv_arm_score_of(int64_t **out, pv_arm *arm, pv_str name, pv_error *err);

#endif
