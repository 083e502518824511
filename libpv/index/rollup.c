/* SPDX-License-Identifier: MIT
 *
 * Changes of rollups, gathered in memory: a row goes to the cell of its minute,
 * or of its hour when it is old; when all are there, hours are added up from
 * minutes and days from hours, so a thousand rows of one hour cost one. What
 * it changes of its unit is gathered beside.
 */
#include "index/rollup.h"

#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	SOURCE_CACHE = 2 /* 1 + its place among the choices of `source` */
};

static const int64_t second = 1000000;

/* --- series --------------------------------------------------------------- */

static const enum pv_field series_fields[PV_SERIES_FIELDS] = {
	PV_FIELD_PROMPT_ID, PV_FIELD_VERSION,     PV_FIELD_BLOB,
	PV_FIELD_TEMPLATE,  PV_FIELD_ENVIRONMENT, PV_FIELD_EXPERIMENT,
	PV_FIELD_EPOCH,     PV_FIELD_VARIANT,     PV_FIELD_PROVIDER,
	PV_FIELD_MODEL,
};

enum pv_field pv_series_field(size_t idx)
{
	return series_fields[idx];
}

enum pv_field pv_rollup_field(size_t idx)
{
	static const enum pv_field first[] = { PV_FIELD_TS, PV_FIELD_STATUS,
					       PV_FIELD_ERROR_TYPE,
					       PV_FIELD_SCORES, PV_FIELD_UNIT };

	return idx < pv_array_len(first) ? first[idx]
					 : pv_metric_field((enum pv_metric)(
						   idx - pv_array_len(first)));
}

int pv_series_is_cached(const pv_execution *row)
{
	const pv_value *source = &row->values[PV_FIELD_SOURCE];

	return source->is_set && source->number == SOURCE_CACHE;
}

int pv_series_set_cached(pv_execution *row, pv_error *err)
{
	return pv_execution_set(row, "source", "cache", 5, err);
}

void pv_series_key(pv_buf *out, const pv_execution *row)
{
	for (size_t i = 0; i < PV_SERIES_FIELDS; i++) {
		const pv_value *value = &row->values[series_fields[i]];

		if (!value->is_set)
			pv_buf_putc(out, '-');
		else if (value->text)
			pv_buf_put(out, value->text, value->len + 1);
		else
			pv_buf_printf(out, "%lld;", (long long)value->number);
	}
	pv_buf_putc(out, pv_series_is_cached(row) ? 'c' : '-');
}

/* --- gathering ------------------------------------------------------------ */

/* A multiple of `unit` that is not greater. */
static int64_t floor_to(int64_t value, int64_t unit)
{
	int64_t over = value % unit;

	return value - (over < 0 ? over + unit : over);
}

int64_t pv_rollup_bucket(int64_t micros, int64_t grain)
{
	return floor_to(micros, grain * second) / second;
}

static int change_of(pv_rollup_change **out, pv_rollup_batch *batch,
		     const pv_rollup_key *key, pv_error *err)
{
	pv_str text = { (const char *)key, sizeof(*key) };
	pv_rollup_change *fresh;
	int rc;

	*out = pv_map_find(&batch->places, text);
	if (*out)
		return PV_OK;
	if (pv_array_reserve(&batch->changes, &batch->cap, batch->count + 1,
			     sizeof(pv_rollup_change *)) < 0)
		return pv_fail_nomem(err);
	fresh = pv_calloc(1, sizeof(*fresh));
	if (!fresh)
		return pv_fail_nomem(err);
	fresh->key = *key;
	rc = pv_map_set(&batch->places, text, fresh, NULL, err);
	if (rc < 0) {
		pv_free(fresh);
		return rc;
	}
	batch->changes[batch->count++] = fresh;
	*out = fresh;
	return PV_OK;
}

static int unit_of(pv_unit_change **out, pv_rollup_batch *batch,
		   const pv_unit_name *name, pv_error *err)
{
	pv_str text = { (const char *)name, sizeof(*name) };
	pv_unit_change *fresh;
	int rc;

	*out = pv_map_find(&batch->unit_places, text);
	if (*out)
		return PV_OK;
	if (pv_array_reserve(&batch->units, &batch->unit_cap,
			     batch->unit_count + 1, sizeof(pv_unit_change *)) < 0)
		return pv_fail_nomem(err);
	fresh = pv_calloc(1, sizeof(*fresh));
	if (!fresh)
		return pv_fail_nomem(err);
	fresh->name = *name;
	rc = pv_map_set(&batch->unit_places, text, fresh, NULL, err);
	if (rc < 0) {
		pv_free(fresh);
		return rc;
	}
	batch->units[batch->unit_count++] = fresh;
	*out = fresh;
	return PV_OK;
}

int pv_rollup_add_unit(pv_rollup_batch *batch, const pv_series *series,
		       const pv_execution *row, int times, pv_error *err)
{
	const pv_unit_rule rule = { batch->scores, series->is_cached, times };
	const pv_value *unit = &row->values[PV_FIELD_UNIT];
	int64_t ts = row->values[PV_FIELD_TS].number;
	pv_unit_name name = { .arm = series->arm };
	pv_unit_change *change;
	pv_unit *day = NULL;
	int rc;

	if (!series->arm || !unit->is_set)
		return PV_OK;
	pv_unit_hash(name.key, (pv_str){ unit->text, unit->len });
	rc = unit_of(&change, batch, &name, err);
	if (rc < 0)
		return rc;
	if (times > 0 && (!change->first_us || ts < change->first_us))
		change->first_us = ts;
	rc = pv_unit_day_of(&day, &change->unit, pv_day_of(ts), err);
	return rc == PV_OK ? pv_unit_add(day, row, &rule, err) : rc;
}

int pv_rollup_add(pv_rollup_batch *batch, const pv_series *series,
		  const pv_execution *row, int times, int64_t now, pv_error *err)
{
	int64_t ts = row->values[PV_FIELD_TS].number;
	int64_t minute = pv_rollup_bucket(ts, PV_GRAIN_MINUTE);
	int is_recent = minute * second >= now - PV_ROLLUP_MINUTES_KEPT_US;
	pv_rollup_key key = { series->id, PV_GRAIN_MINUTE, minute };
	pv_rollup_change *change;
	int rc;

	if (!is_recent) {
		key.grain = PV_GRAIN_HOUR;
		key.bucket = pv_rollup_bucket(ts, PV_GRAIN_HOUR);
	}
	rc = change_of(&change, batch, &key, err);
	if (rc == PV_OK)
		rc = pv_cell_add(&change->cell, row, batch->scores, times, err);
	return rc == PV_OK ? pv_rollup_add_unit(batch, series, row, times, err)
			   : rc;
}

/* --- settling ------------------------------------------------------------- */

/* Adds all changes of one grain to those of a coarser one. */
static int add_up(pv_rollup_batch *batch, enum pv_grain from, enum pv_grain to,
		  pv_error *err)
{
	size_t count = batch->count;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_rollup_change *fine = batch->changes[i];
		pv_rollup_key key = { fine->key.series, to,
				      floor_to(fine->key.bucket, to) };
		pv_rollup_change *coarse;

		if (fine->key.grain != from)
			continue;
		rc = change_of(&coarse, batch, &key, err);
		if (rc == PV_OK)
			rc = pv_cell_merge(&coarse->cell, &fine->cell, err);
	}
	return rc;
}

static int changes_nothing(const pv_cell *cell)
{
	for (size_t i = 0; i < cell->error_count; i++)
		if (cell->errors[i].count)
			return 0;
	return pv_cell_is_empty(cell);
}

static int by_key(const void *a, const void *b)
{
	const pv_rollup_key *x = &(*(pv_rollup_change *const *)a)->key;
	const pv_rollup_key *y = &(*(pv_rollup_change *const *)b)->key;

	if (x->series != y->series)
		return x->series < y->series ? -1 : 1;
	if (x->grain != y->grain)
		return x->grain < y->grain ? -1 : 1;
	return x->bucket < y->bucket ? -1 : x->bucket > y->bucket;
}

int pv_unit_name_compare(const pv_unit_name *a, const pv_unit_name *b)
{
	if (a->arm != b->arm)
		return a->arm < b->arm ? -1 : 1;
	return memcmp(a->key, b->key, PV_UNIT_KEY_BYTES);
}

static int by_name(const void *a, const void *b)
{
	const pv_unit_change *x = *(pv_unit_change *const *)a;
	const pv_unit_change *y = *(pv_unit_change *const *)b;

	return pv_unit_name_compare(&x->name, &y->name);
}

static void unit_free(pv_unit_change *change)
{
	pv_unit_days_dispose(&change->unit);
	pv_free(change);
}

/* As changes of cells. */
static void settle_units(pv_rollup_batch *batch)
{
	size_t kept = 0;

	pv_map_dispose(&batch->unit_places);
	for (size_t i = 0; i < batch->unit_count; i++)
		if (pv_unit_days_is_empty(&batch->units[i]->unit))
			unit_free(batch->units[i]);
		else
			batch->units[kept++] = batch->units[i];
	batch->unit_count = kept;
	if (kept)
		qsort(batch->units, kept, sizeof(pv_unit_change *), by_name);
}

static void change_free(pv_rollup_change *change)
{
	pv_cell_dispose(&change->cell);
	pv_free(change);
}

int pv_rollup_settle(pv_rollup_batch *batch, pv_error *err)
{
	size_t kept = 0;
	int rc = add_up(batch, PV_GRAIN_MINUTE, PV_GRAIN_HOUR, err);

	if (rc == PV_OK)
		rc = add_up(batch, PV_GRAIN_HOUR, PV_GRAIN_DAY, err);
	if (rc < 0)
		return rc;
	settle_units(batch);
	pv_map_dispose(&batch->places);
	for (size_t i = 0; i < batch->count; i++)
		if (changes_nothing(&batch->changes[i]->cell))
			change_free(batch->changes[i]);
		else
			batch->changes[kept++] = batch->changes[i];
	batch->count = kept;
	if (kept)
		qsort(batch->changes, kept, sizeof(pv_rollup_change *), by_key);
	return PV_OK;
}

const pv_cell *pv_rollup_find(const pv_rollup_batch *batch,
			      const pv_rollup_key *key)
{
	const pv_rollup_change wanted = { .key = *key };
	const pv_rollup_change *const at = &wanted;
	pv_rollup_change *const *found =
		batch->count ? bsearch(&at, batch->changes, batch->count,
				       sizeof(pv_rollup_change *), by_key)
			     : NULL;

	return found ? &(*found)->cell : NULL;
}

void pv_rollup_clear(pv_rollup_batch *batch)
{
	for (size_t i = 0; i < batch->count; i++)
		change_free(batch->changes[i]);
	for (size_t i = 0; i < batch->unit_count; i++)
		unit_free(batch->units[i]);
	pv_free(batch->units);
	pv_map_dispose(&batch->unit_places);
	batch->units = NULL;
	batch->unit_count = 0;
	batch->unit_cap = 0;
	pv_free(batch->changes);
	pv_map_dispose(&batch->places);
	batch->changes = NULL;
	batch->count = 0;
	batch->cap = 0;
}
