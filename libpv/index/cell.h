/* SPDX-License-Identifier: MIT
 *
 * A cell: what a rollup keeps of the executions of one series in one bucket of
 * time. All of it is sums of whole numbers, so cells are added in any order
 * and grouping and come out the same, byte for byte; a correction is the sum
 * of a cell with -1 times the old row and one with the new one.
 */
#ifndef PV_INDEX_CELL_H
#define PV_INDEX_CELL_H

#include "index/bins.h"
#include "index/execution.h"

/* Their numbers are those of the encoding: new ones go to the end. */
enum pv_metric {
	PV_METRIC_LATENCY,
	PV_METRIC_TTFT,
	PV_METRIC_TOKENS_IN,
	PV_METRIC_TOKENS_OUT,
	PV_METRIC_TOKENS,
	PV_METRIC_TOKENS_CACHED,
	PV_METRIC_COST,
	PV_METRIC_OUTPUT_CHARS,
	PV_METRIC_QUALITY,
	PV_METRIC_COUNT
};

enum {
	PV_STATUS_COUNT = 6
};

/* Sums of a value and of its square, in digits of 32 bits summed each. */
typedef struct pv_moments {
	int64_t n;
	int64_t sum[2];
	int64_t square[4];
	pv_histogram histogram;
} pv_moments;

/* A named number of its own: a score. */
typedef struct pv_cell_score {
	char *name;
	pv_moments moments;
} pv_cell_score;

/* A kind of error and how often it was. */
typedef struct pv_cell_error {
	char *name;
	int64_t count;
} pv_cell_error;

/* `{ 0 }` is an empty one. */
typedef struct pv_cell {
	int64_t n;
	int64_t statuses[PV_STATUS_COUNT];
	int64_t last_us; /* of the last row ever added; not in the encoding */
	pv_moments metrics[PV_METRIC_COUNT];
	pv_cell_score *scores; /* sorted by name */
	size_t score_count;
	size_t score_cap;
	pv_cell_error *errors; /* sorted by name; not in the encoding */
	size_t error_count;
	size_t error_cap;
} pv_cell;

enum {
	/* Scores are kept as millionths. */
	PV_SCORE_SCALE = 6
};

/* The field that a metric is of. */
enum pv_field pv_metric_field(enum pv_metric metric);
/* Whether it counts of what a cache answered: costs and times do not. */
int pv_metric_is_free(int metric);

/* --- sums ----------------------------------------------------------------- */

/* Adds a value `times` to digits of 32 bits that are summed each. */
void pv_value_add(int64_t sums[2], int64_t value, int64_t times);
/* The same of a product. */
void pv_product_add(int64_t sums[4], int64_t a, int64_t b, int64_t times);

/* A score of a row, as millionths. */
typedef int (*pv_score_fn)(const char *name, int64_t value, void *payload,
			   pv_error *err);
/* Calls for those scores of a row that are in `names`, which is sorted. */
int pv_scores_each(const pv_execution *row, const pv_strlist *names,
		   pv_score_fn fn, void *payload, pv_error *err);

/* --- cells ---------------------------------------------------------------- */

/*
 * Adds a row `times` (1 or -1). Of the scores those in `scores` count, which
 * is sorted; NULL for none. PV_ENOMEM.
 */
int pv_cell_add(pv_cell *cell, const pv_execution *row,
		const pv_strlist *scores, int times, pv_error *err);
/* Adds another cell. PV_ENOMEM. */
int pv_cell_merge(pv_cell *cell, const pv_cell *other, pv_error *err);
/* Adds to the count of one kind of error. PV_ENOMEM. */
int pv_cell_add_error(pv_cell *cell, pv_str name, int64_t count, pv_error *err);
/* Whether there is nothing in it that is encoded. */
int pv_cell_is_empty(const pv_cell *cell);
void pv_cell_dispose(pv_cell *cell);
/* Makes it empty and keeps the memory of its metrics' bins. */
void pv_cell_reset(pv_cell *cell);
/* Leaves what counts of answers from a cache. */
void pv_cell_drop_costs(pv_cell *cell);
void pv_moments_reset(pv_moments *moments);

/* Appends the cell's one encoding; see cell_code.c. */
void pv_cell_encode(pv_buf *out, const pv_cell *cell);
/* Adds an encoded cell to `cell`. PV_EDB for what is none, PV_ENOMEM. */
int pv_cell_decode(pv_cell *cell, pv_str bytes, pv_error *err);

/* --- many cells ----------------------------------------------------------- */

/* Bins of which nobody will ask are most of what there is to read. */
typedef struct pv_cell_bins_wanted {
	unsigned metrics; /* a bit of each, by its number */
	pv_strlist scores;
} pv_cell_bins_wanted;

/* The bins of a cell's metrics while others are added; in an arena. */
typedef struct pv_cell_bins {
	pv_arena *arena;
	const pv_cell_bins_wanted *wanted; /* NULL: all */
	pv_bins *metrics[PV_METRIC_COUNT]; /* NULL: none yet */
} pv_cell_bins;

/* Whether bins are wanted; NULL `wanted` are all. */
int pv_cell_wants_metric(const pv_cell_bins_wanted *wanted, int metric);
int pv_cell_wants_score(const pv_cell_bins_wanted *wanted, pv_str name);

/*
 * As pv_cell_decode, but the bins of metrics are added to `bins`: until
 * pv_cell_settle they are missing in `cell`, as those that are not wanted are
 * for good. NULL `bins` are its own.
 */
int pv_cell_gather(pv_cell *cell, pv_cell_bins *bins, pv_str bytes,
		   pv_error *err);
/* Adds the bins to their cell; once, at the end. PV_ENOMEM. */
int pv_cell_settle(pv_cell *cell, const pv_cell_bins *bins, pv_error *err);

/* For encoding: the moments of a score, made when there are none. */
int pv_cell_score_of(pv_moments **out, pv_cell *cell, pv_str name, pv_error *err);
int pv_moments_merge(pv_moments *moments, const pv_moments *other, pv_error *err);

#endif
