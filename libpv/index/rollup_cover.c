/* SPDX-License-Identifier: MIT
 *
 * A window of time as buckets: days in the middle, hours and minutes at its
 * ends, so that ninety days are some ninety buckets and not the rows.
 */
#include "index/rollup.h"

#include "base/mem.h"

/* The years 0 to 9999, in seconds; both are the starts of days. */
static const int64_t first_second = INT64_C(-62167219200);
static const int64_t last_second = INT64_C(253402300800);
static const int64_t second = 1000000;

static int has_minutes(int64_t seconds, int64_t now)
{
	return seconds * second >= now - PV_ROLLUP_MINUTES_US;
}

/* The whole minute, or hour where there are no minutes, that a time is in. */
static int64_t snap_down(int64_t micros, int64_t now)
{
	int64_t minute = pv_rollup_bucket(micros, PV_GRAIN_MINUTE);

	return has_minutes(minute, now)
		       ? minute
		       : pv_rollup_bucket(micros, PV_GRAIN_HOUR);
}

/* The end of the one that its last microsecond is in. */
static int64_t snap_up(int64_t micros, int64_t now)
{
	int64_t hour = pv_rollup_bucket(micros - 1, PV_GRAIN_HOUR);

	return has_minutes(hour, now)
		       ? pv_rollup_bucket(micros - 1, PV_GRAIN_MINUTE) +
				 PV_GRAIN_MINUTE
		       : hour + PV_GRAIN_HOUR;
}

static int64_t grain_at(int64_t from, int64_t to)
{
	static const enum pv_grain grains[] = { PV_GRAIN_DAY, PV_GRAIN_HOUR };

	for (size_t i = 0; i < pv_array_len(grains); i++)
		if (from % grains[i] == 0 && from + grains[i] <= to)
			return grains[i];
	return PV_GRAIN_MINUTE;
}

/* Where buckets of the grain stop being the ones to take. */
static int64_t end_of(int64_t grain, int64_t from, int64_t to)
{
	int64_t coarser = grain == PV_GRAIN_MINUTE ? PV_GRAIN_HOUR : PV_GRAIN_DAY;
	int64_t next;

	if (grain == PV_GRAIN_DAY)
		return pv_rollup_bucket(to * second, grain);
	next = pv_rollup_bucket(from * second, coarser) + coarser;
	if (next <= to)
		return next;
	return pv_rollup_bucket(to * second, grain);
}

void pv_rollup_cover(pv_rollup_query *query, int64_t *since, int64_t *until,
		     int64_t now)
{
	int64_t from = *since ? snap_down(*since, now) : first_second;
	int64_t to = *until ? snap_up(*until, now) : last_second;

	from = from < first_second ? first_second : from;
	to = to > last_second ? last_second : to;
	if (*since)
		*since = from * second;
	if (*until)
		*until = to * second;
	query->span_count = 0;
	while (from < to && query->span_count < PV_ROLLUP_SPANS_MAX) {
		pv_rollup_span *span = &query->spans[query->span_count++];

		span->grain = grain_at(from, to);
		span->from = from;
		span->to = end_of(span->grain, from, to);
		from = span->to;
	}
}
