/* SPDX-License-Identifier: MIT
 *
 * Rollups: what makes figures over millions of executions a matter of a few
 * rows. Executions belong to a series, which is what they share of prompt,
 * version, environment, experiment, variant, provider and model; each series
 * has a cell for each minute, hour and day in which it was used. A backend
 * writes the cells in the transaction that writes the rows: it gathers the
 * change in a pv_rollup_batch, then adds each cell of it to the one it keeps.
 */
#ifndef PV_INDEX_ROLLUP_H
#define PV_INDEX_ROLLUP_H

#include "base/map.h"
#include "index/unit_days.h"

/* Buckets begin at multiples of their seconds since 1970, in UTC. */
enum pv_grain {
	PV_GRAIN_MINUTE = 60,
	PV_GRAIN_HOUR = 3600,
	PV_GRAIN_DAY = 86400
};

/* Minutes are read for this long; older times are hours and days alone. */
#define PV_ROLLUP_MINUTES_US INT64_C(172800000000)
/*
 * They are written an hour longer, and dropped behind that: who reads may have
 * looked at the clock before who writes.
 */
#define PV_ROLLUP_MINUTES_KEPT_US (PV_ROLLUP_MINUTES_US + INT64_C(3600000000))

/* --- series --------------------------------------------------------------- */

enum {
	PV_SERIES_FIELDS = 10,
	/* Time, status, kind of error, scores, unit and the metrics. */
	PV_ROLLUP_FIELDS = 5 + PV_METRIC_COUNT
};

/* What is known of the series of a row. */
typedef struct pv_series {
	int64_t id;
	int64_t arm; /* of an experiment: its number; 0: none */
	int is_cached;
} pv_series;

/* The `idx`-th field that the executions of a series share. */
enum pv_field pv_series_field(size_t idx);
/*
 * Whether a row came from a cache, the last thing that a series is told by:
 * it counts as a use, not in latency, tokens and cost.
 */
int pv_series_is_cached(const pv_execution *row);
/* Makes a row one from a cache. PV_ENOMEM. */
int pv_series_set_cached(pv_execution *row, pv_error *err);
/* Appends what tells the series of a row from others. */
void pv_series_key(pv_buf *out, const pv_execution *row);

/* The `idx`-th field of a row that cells are made of. */
enum pv_field pv_rollup_field(size_t idx);

/* --- changes -------------------------------------------------------------- */

/* The start in seconds of the bucket of `grain` seconds that a time is in. */
int64_t pv_rollup_bucket(int64_t micros, int64_t grain);

typedef struct pv_rollup_key {
	int64_t series;
	int64_t grain;  /* enum pv_grain */
	int64_t bucket; /* seconds since 1970 */
} pv_rollup_key;

typedef struct pv_rollup_change {
	pv_rollup_key key;
	pv_cell cell;
} pv_rollup_change;

typedef struct pv_unit_name {
	int64_t arm;
	unsigned char key[PV_UNIT_KEY_BYTES];
} pv_unit_name;

/* What changes of a unit in an arm. */
typedef struct pv_unit_change {
	pv_unit_name name;
	int64_t first_us; /* of the rows that were added; 0: none was */
	pv_unit_days unit;
} pv_unit_change;

/* `{ 0 }` is an empty batch. */
typedef struct pv_rollup_batch {
	pv_rollup_change **changes;
	size_t count;
	size_t cap;
	pv_map places; /* keys to changes */
	pv_unit_change **units;
	size_t unit_count;
	size_t unit_cap;
	pv_map unit_places;
	const pv_strlist *scores; /* names that are rolled up, sorted; lent */
} pv_rollup_batch;

/*
 * Adds a row of a series `times` (1 or -1), and to its unit when the series is
 * of an arm. `now` tells, in microseconds, whether its minute is kept still.
 * PV_ENOMEM.
 */
int pv_rollup_add(pv_rollup_batch *batch, const pv_series *series,
		  const pv_execution *row, int times, int64_t now, pv_error *err);
/* The latter alone. */
int pv_rollup_add_unit(pv_rollup_batch *batch, const pv_series *series,
		       const pv_execution *row, int times, pv_error *err);
/* By arm and key. */
int pv_unit_name_compare(const pv_unit_name *a, const pv_unit_name *b);
/*
 * Makes the changes complete (hours of minutes, days of hours), drops those
 * that change nothing and sorts them by key. Nothing is added behind it.
 */
int pv_rollup_settle(pv_rollup_batch *batch, pv_error *err);
/* What a settled batch has of a cell; NULL for nothing. */
const pv_cell *pv_rollup_find(const pv_rollup_batch *batch,
			      const pv_rollup_key *key);
/* Empties it; `scores` stays. */
void pv_rollup_clear(pv_rollup_batch *batch);

/* --- reading -------------------------------------------------------------- */

/* Buckets of one grain, from `from` to before `to`, in seconds. */
typedef struct pv_rollup_span {
	int64_t grain;
	int64_t from;
	int64_t to;
} pv_rollup_span;

enum {
	PV_ROLLUP_SPANS_MAX = 8,
	PV_ROLLUP_MATCHES_MAX = 12
};

/* What is read: series that match, in some spans. */
typedef struct pv_rollup_query {
	/* Fields of pv_series_field and their values, as text. */
	enum pv_field fields[PV_ROLLUP_MATCHES_MAX];
	const char *values[PV_ROLLUP_MATCHES_MAX];
	size_t match_count;
	pv_rollup_span spans[PV_ROLLUP_SPANS_MAX];
	size_t span_count;
	const char *arms_of; /* an experiment; NULL: none is read */
} pv_rollup_query;

/* What the days of an arm's units add to it. */
typedef struct pv_rollup_arm {
	int64_t epoch;       /* -1: none was recorded */
	const char *variant; /* NULL: none was recorded */
	int64_t first_us;    /* 0: not known */
	int64_t crossed;     /* units that another variant has, too */
	const pv_arm_days *days;
} pv_rollup_arm;

/* Each returns PV_OK to go on. What they get is lent for the call. */
typedef struct pv_rollup_reader {
	/* The next series; what follows is of it. */
	int (*series)(const pv_execution *series, int is_cached, void *payload,
		      pv_error *err);
	/* An encoded cell. */
	int (*cell)(const pv_rollup_key *key, int64_t last_us, pv_str data,
		    void *payload, pv_error *err);
	/* How often there was a kind of error in one of the spans. */
	int (*error)(pv_str name, int64_t count, void *payload, pv_error *err);
	/* An arm, behind all series; NULL when the query asks for none. */
	int (*arm)(const pv_rollup_arm *arm, void *payload, pv_error *err);
	void *payload;
} pv_rollup_reader;

/*
 * Covers the time from `*since` to `*until` (microseconds; 0: open) with
 * buckets, as few as there can be, and sets both to where these begin and
 * end: whole minutes where minutes are kept at `now`, else whole hours.
 */
void pv_rollup_cover(pv_rollup_query *query, int64_t *since, int64_t *until,
		     int64_t now);
/* Reads what one moment has. `fn` failures are passed on. */
int pv_rollup_read(pv_executions *index, const pv_rollup_query *query,
		   const pv_rollup_reader *reader, pv_error *err);

#endif
