/* SPDX-License-Identifier: MIT
 *
 * Figures of a query: the cells of all series that fit are added up, for each
 * group and in all. What a cache answered counts as a use; unless asked for,
 * it has no latency, tokens and cost.
 */
#include <stdlib.h>
#include <string.h>

#include <pv/stats.h>

#include "analytics/measure.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "index/rollup.h"

/* What is added up for one group. */
struct group {
	char *key;
	int64_t start;
	int64_t cached;
	/* Of those whose cost counts: judged, and gone well. */
	int64_t costing;
	int64_t well;
	pv_cell cell;
	pv_cell_bins bins; /* of the cell, until all is read */
};

struct pv_usages {
	int64_t since;
	int64_t until;
	pv_arena arena;
	pv_usage total;
	pv_usage *groups;
	size_t count;
};

enum by {
	BY_NOTHING,
	BY_FIELD,
	BY_HOUR,
	BY_DAY,
	BY_WEEK
};

struct reading {
	pv_rollup_query query;
	const pv_usage_query *asked;
	enum by by;
	enum pv_field field;
	struct group **groups;
	size_t count;
	size_t cap;
	pv_map places;
	struct group *current; /* of the series; NULL with a group by time */
	int is_cached;         /* the series is */
	pv_cell scratch;
	pv_arena arena; /* of bins */
};

static const int64_t second = 1000000;

/* --- the query ------------------------------------------------------------ */

/* A field that series have, by its name; -1 for none. */
static int series_field(const char *name)
{
	int field = pv_field_find(pv_str_of(name));

	for (size_t i = 0; i < PV_SERIES_FIELDS; i++)
		if (field >= 0 && pv_series_field(i) == (enum pv_field)field)
			return field;
	return -1;
}

static int fail_field(pv_error *err, const char *name)
{
	return pv_fail(err, PV_EINVALID, "figures are not kept by \"%.60s\"",
		       name);
}

static int read_by(struct reading *it, pv_error *err)
{
	static const char *const times[] = { "hour", "day", "week" };
	const char *by = it->asked->by;
	int field;

	if (!by)
		return PV_OK;
	for (size_t i = 0; i < pv_array_len(times); i++)
		if (strcmp(by, times[i]) == 0) {
			it->by = (enum by)(BY_HOUR + i);
			return PV_OK;
		}
	field = series_field(by);
	if (field < 0)
		return fail_field(err, by);
	it->by = BY_FIELD;
	it->field = (enum pv_field)field;
	return PV_OK;
}

static int read_query(struct reading *it, pv_error *err)
{
	const pv_usage_query *asked = it->asked;

	if (asked->match_count > PV_ROLLUP_MATCHES_MAX)
		return pv_fail(err, PV_EINVALID, "too many conditions");
	for (size_t i = 0; i < asked->match_count; i++) {
		int field = series_field(asked->matches[i].field);

		if (field < 0)
			return fail_field(err, asked->matches[i].field);
		it->query.fields[i] = (enum pv_field)field;
		it->query.values[i] = asked->matches[i].value;
	}
	it->query.match_count = asked->match_count;
	return read_by(it, err);
}

/* --- adding up ------------------------------------------------------------ */

static int group_of(struct group **out, struct reading *it, pv_str key,
		    const char *text, pv_error *err)
{
	struct group *fresh;
	int rc;

	*out = pv_map_find(&it->places, key);
	if (*out)
		return PV_OK;
	if (pv_array_reserve(&it->groups, &it->cap, it->count + 1,
			     sizeof(struct group *)) < 0)
		return pv_fail_nomem(err);
	fresh = pv_calloc(1, sizeof(*fresh));
	if (!fresh)
		return pv_fail_nomem(err);
	it->groups[it->count++] = fresh;
	fresh->bins.arena = &it->arena;
	*out = fresh;
	fresh->key = text ? pv_strdup(text) : NULL;
	if (text && !fresh->key)
		return pv_fail_nomem(err);
	rc = pv_map_set(&it->places, key, fresh, NULL, err);
	return rc;
}

static int on_series(const pv_execution *series, int is_cached, void *payload,
		     pv_error *err)
{
	struct reading *it = payload;
	const pv_value *value = &series->values[it->field];
	pv_buf text = { 0 };
	int rc;

	it->is_cached = is_cached;
	it->current = NULL;
	if (it->by > BY_FIELD)
		return PV_OK;
	if (it->by == BY_NOTHING || !value->is_set)
		return group_of(&it->current, it, (pv_str){ "-", 1 }, NULL, err);
	pv_buf_putc(&text, '=');
	if (value->text)
		pv_buf_puts(&text, value->text);
	else
		pv_buf_printf(&text, "%lld", (long long)value->number);
	rc = pv_buf_status(&text, err);
	if (rc == PV_OK)
		rc = group_of(&it->current, it, (pv_str){ text.ptr, text.len },
			      text.ptr + 1, err);
	pv_buf_dispose(&text);
	return rc;
}

/* The start of the group by time that a bucket is in. */
static int64_t group_start(enum by by, int64_t seconds)
{
	/* The first Monday of 1970 is the 5th of January. */
	const int64_t monday = INT64_C(4) * PV_GRAIN_DAY;
	const int64_t week = INT64_C(7) * PV_GRAIN_DAY;

	if (by == BY_WEEK)
		return pv_rollup_bucket((seconds - monday) * second, week) +
		       monday;
	return pv_rollup_bucket(seconds * second,
				by == BY_DAY ? PV_GRAIN_DAY : PV_GRAIN_HOUR);
}

static int time_group(struct group **out, struct reading *it, int64_t bucket,
		      pv_error *err)
{
	int64_t start = group_start(it->by, bucket);
	pv_str key = { (const char *)&start, sizeof(start) };
	char text[PV_TIME_TEXT];
	int rc;

	*out = pv_map_find(&it->places, key);
	if (*out)
		return PV_OK;
	pv_time_format(text, start * second);
	if (it->by != BY_HOUR)
		text[10] = '\0';
	rc = group_of(out, it, key, text, err);
	if (*out)
		(*out)->start = start * second;
	return rc;
}

/* Those of a cache whose costs are not to count. */
static int add_dropped(struct reading *it, struct group *group, pv_str data,
		       pv_error *err)
{
	int rc = pv_cell_decode(&it->scratch, data, err);

	if (rc == PV_OK) {
		group->cached += it->scratch.n;
		pv_cell_drop_costs(&it->scratch);
		rc = pv_cell_merge(&group->cell, &it->scratch, err);
	}
	pv_cell_reset(&it->scratch);
	return rc;
}

static int64_t judged_of(const pv_cell *cell)
{
	int64_t sum = 0;

	for (int i = 0; i < PV_STATUS_COUNT; i++)
		sum += cell->statuses[i];
	return sum;
}

static int add_cell(struct reading *it, struct group *group, pv_str data,
		    pv_error *err)
{
	pv_cell *cell = &group->cell;
	int64_t n = cell->n;
	int64_t judged = judged_of(cell);
	int64_t well = cell->statuses[PV_STATUS_OK - 1];
	int rc = pv_cell_gather(cell, &group->bins, data, err);

	if (it->is_cached)
		group->cached += cell->n - n;
	group->costing += judged_of(cell) - judged;
	group->well += cell->statuses[PV_STATUS_OK - 1] - well;
	return rc;
}

static int on_cell(const pv_rollup_key *key, int64_t last_us, pv_str data,
		   void *payload, pv_error *err)
{
	struct reading *it = payload;
	struct group *group = it->current;
	int rc = PV_OK;

	if (!group)
		rc = time_group(&group, it, key->bucket, err);
	if (rc < 0)
		return rc;
	if (last_us > group->cell.last_us)
		group->cell.last_us = last_us;
	return it->is_cached && !it->asked->include_cached
		       ? add_dropped(it, group, data, err)
		       : add_cell(it, group, data, err);
}

static int on_error(pv_str name, int64_t count, void *payload, pv_error *err)
{
	struct reading *it = payload;
	struct group *group = it->current;
	int rc = PV_OK;

	/* Those of groups by time are told of the whole only. */
	if (!group)
		rc = group_of(&group, it, (pv_str){ "", 0 }, NULL, err);
	return rc < 0 ? rc : pv_cell_add_error(&group->cell, name, count, err);
}

/* --- figures -------------------------------------------------------------- */

static int by_count(const void *a, const void *b)
{
	const pv_usage_error *x = a;
	const pv_usage_error *y = b;

	if (x->count != y->count)
		return x->count > y->count ? -1 : 1;
	return strcmp(x->type, y->type);
}

static int put_errors(pv_usage *out, pv_usages *usages, const pv_cell *cell,
		      pv_error *err)
{
	pv_usage_error *errors =
		pv_arena_calloc(&usages->arena,
				(cell->error_count + 1) * sizeof(*errors));

	if (!errors)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < cell->error_count; i++) {
		const pv_cell_error *from = &cell->errors[i];

		errors[i].count = from->count;
		errors[i].type = pv_arena_dup(&usages->arena, from->name,
					      strlen(from->name));
		if (!errors[i].type)
			return pv_fail_nomem(err);
	}
	qsort(errors, cell->error_count, sizeof(*errors), by_count);
	out->errors = errors;
	out->error_count = cell->error_count;
	return PV_OK;
}

static int put_scores(pv_usage *out, pv_usages *usages, const pv_cell *cell,
		      pv_error *err)
{
	pv_usage_score *scores =
		pv_arena_calloc(&usages->arena,
				(cell->score_count + 1) * sizeof(*scores));

	if (!scores)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < cell->score_count; i++) {
		const pv_cell_score *from = &cell->scores[i];

		scores[i].measure = pv_measure_of(&from->moments,
						  PV_SCORE_SCALE, pv_bin_point);
		scores[i].name = pv_arena_dup(&usages->arena, from->name,
					      strlen(from->name));
		if (!scores[i].name)
			return pv_fail_nomem(err);
	}
	out->scores = scores;
	out->score_count = cell->score_count;
	return PV_OK;
}

static void put_measures(pv_usage *out, const pv_cell *cell)
{
	pv_measure *const places[PV_METRIC_COUNT] = {
		[PV_METRIC_LATENCY] = &out->latency_ms,
		[PV_METRIC_TTFT] = &out->ttft_ms,
		[PV_METRIC_TOKENS_IN] = &out->tokens_in,
		[PV_METRIC_TOKENS_OUT] = &out->tokens_out,
		[PV_METRIC_TOKENS] = &out->tokens,
		[PV_METRIC_TOKENS_CACHED] = &out->tokens_cached,
		[PV_METRIC_COST] = &out->cost_usd,
		[PV_METRIC_OUTPUT_CHARS] = &out->output_chars,
		[PV_METRIC_QUALITY] = &out->quality,
	};

	for (int i = 0; i < PV_METRIC_COUNT; i++) {
		enum pv_field field = pv_metric_field((enum pv_metric)i);

		*places[i] =
			pv_measure_of(&cell->metrics[i],
				      pv_field_at(field)->scale,
				      i == PV_METRIC_QUALITY ? pv_bin_even_point
							     : pv_bin_point);
	}
}

static int put_usage(pv_usage *out, pv_usages *usages,
		     const struct group *group, pv_error *err)
{
	const pv_cell *cell = &group->cell;
	int rc;

	out->start = group->start;
	out->executions = cell->n;
	out->cached = group->cached;
	for (int i = 0; i < PV_STATUS_COUNT; i++) {
		out->by_status[i] = cell->statuses[i];
		out->judged += cell->statuses[i];
	}
	out->succeeded = cell->statuses[PV_STATUS_OK - 1];
	if (out->judged > 0) {
		pv_stats_share share = { out->succeeded, out->judged };
		pv_stats_interval interval;

		(void)pv_stats_wilson(&interval, share, 0.95, NULL);
		out->success_low = interval.low;
		out->success_high = interval.high;
	}
	put_measures(out, cell);
	if (out->cost_usd.n && group->well > 0)
		out->cost_per_success = out->cost_usd.mean *
					(double)group->costing /
					(double)group->well;
	out->last_used = cell->last_us;
	if (group->key) {
		out->key = pv_arena_dup(&usages->arena, group->key,
					strlen(group->key));
		if (!out->key)
			return pv_fail_nomem(err);
	}
	rc = put_scores(out, usages, cell, err);
	return rc < 0 ? rc : put_errors(out, usages, cell, err);
}

static int by_key(const void *a, const void *b)
{
	const struct group *x = *(struct group *const *)a;
	const struct group *y = *(struct group *const *)b;

	if (x->start != y->start)
		return x->start < y->start ? -1 : 1;
	if (!x->key || !y->key)
		return !y->key - !x->key;
	return strcmp(x->key, y->key);
}

/* Whether a group is to be shown: errors without a time make none. */
static int is_shown(const struct reading *it, const struct group *group)
{
	return it->by != BY_NOTHING && group->cell.n;
}

static int put_groups(pv_usages *out, struct reading *it, pv_error *err)
{
	struct group total = { 0 };
	int rc = PV_OK;

	if (it->count)
		qsort(it->groups, it->count, sizeof(struct group *), by_key);
	out->groups = pv_arena_calloc(&out->arena,
				      (it->count + 1) * sizeof(*out->groups));
	if (!out->groups)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < it->count && rc == PV_OK; i++) {
		struct group *group = it->groups[i];

		rc = pv_cell_settle(&group->cell, &group->bins, err);
		if (rc < 0)
			break;
		total.cached += group->cached;
		total.costing += group->costing;
		total.well += group->well;
		rc = pv_cell_merge(&total.cell, &group->cell, err);
		if (rc == PV_OK && is_shown(it, group))
			rc = put_usage(&out->groups[out->count++], out, group,
				       err);
		/* Here, so that the next one's bins get the same memory. */
		pv_cell_dispose(&group->cell);
	}
	if (rc == PV_OK)
		rc = put_usage(&out->total, out, &total, err);
	pv_cell_dispose(&total.cell);
	return rc;
}

/* --- reading -------------------------------------------------------------- */

static void reading_dispose(struct reading *it)
{
	for (size_t i = 0; i < it->count; i++) {
		pv_cell_dispose(&it->groups[i]->cell);
		pv_free(it->groups[i]->key);
		pv_free(it->groups[i]);
	}
	pv_free(it->groups);
	pv_map_dispose(&it->places);
	pv_cell_dispose(&it->scratch);
	pv_arena_dispose(&it->arena);
}

int pv_usages_read(pv_usages **out, pv_executions *index,
		   const pv_usage_query *query, pv_error *err)
{
	static const pv_usage_query all;
	struct reading it = { .asked = query ? query : &all };
	const pv_rollup_reader reader = { on_series, on_cell, on_error, NULL,
					  &it };
	pv_usages *usages = pv_calloc(1, sizeof(*usages));
	int rc;

	*out = NULL;
	if (!usages)
		return pv_fail_nomem(err);
	rc = read_query(&it, err);
	if (rc == PV_OK) {
		usages->since = it.asked->since;
		usages->until = it.asked->until;
		pv_rollup_cover(&it.query, &usages->since, &usages->until,
				pv_clock_now(NULL));
		rc = pv_rollup_read(index, &it.query, &reader, err);
	}
	if (rc == PV_OK)
		rc = put_groups(usages, &it, err);
	reading_dispose(&it);
	if (rc == PV_OK)
		*out = usages;
	else
		pv_usages_free(usages);
	return rc;
}

void pv_usages_free(pv_usages *usages)
{
	if (!usages)
		return;
	pv_arena_dispose(&usages->arena);
	pv_free(usages);
}

const pv_usage *pv_usages_total(const pv_usages *usages)
{
	return &usages->total;
}

size_t pv_usages_count(const pv_usages *usages)
{
	return usages->count;
}

const pv_usage *pv_usages_at(const pv_usages *usages, size_t idx)
{
	return idx < usages->count ? &usages->groups[idx] : NULL;
}

void pv_usages_window(const pv_usages *usages, int64_t *since_out,
		      int64_t *until_out)
{
	*since_out = usages->since;
	*until_out = usages->until;
}
