/* SPDX-License-Identifier: MIT
 *
 * Ratios of two metrics, as cost per success: sums over the executions that
 * have both, of each unit, and of all units their squares and products, which
 * is what the variance of a ratio needs. The index keeps sums of each metric
 * by itself, so that these are made of rows.
 */
#include <string.h>

#include "analytics/trial.h"
#include "base/fail.h"
#include "base/mem.h"

static const char per[] = "_per_";

/* --- which ----------------------------------------------------------------- */

static int read_name(pv_trial_ratio *out, const char *name)
{
	const char *at = strstr(name, per);

	if (!at)
		return 0;
	out->over = pv_trial_metric_named(name, (size_t)(at - name));
	at += strlen(per);
	out->under = pv_trial_metric_named(at, strlen(at));
	return out->over >= 0 && out->under >= 0 && out->over != out->under;
}

int pv_trial_is_ratio(const char *name)
{
	pv_trial_ratio ratio;

	return read_name(&ratio, name);
}

int pv_trial_read_ratios(pv_trial *trial, pv_error *err)
{
	const pv_trial_query *query = &trial->query;
	size_t size = sizeof(*trial->ratios);

	if (!query->ratio_count)
		return PV_OK;
	trial->ratios = pv_arena_calloc(&trial->arena, query->ratio_count * size);
	if (!trial->ratios)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < query->ratio_count; i++) {
		const char *name = query->ratios[i];
		pv_trial_ratio *ratio = &trial->ratios[i];

		if (!read_name(ratio, name))
			return pv_fail(err, PV_EINVALID,
				       "\"%.60s\" is no ratio of two metrics",
				       name);
		ratio->name = pv_arena_dup(&trial->arena, name, strlen(name));
		if (!ratio->name)
			return pv_fail_nomem(err);
	}
	trial->ratio_count = query->ratio_count;
	return PV_OK;
}

int pv_trial_room_sums(pv_trial *trial, pv_trial_sums *sums, pv_error *err)
{
	if (!trial->ratio_count)
		return PV_OK;
	sums->spreads =
		pv_arena_calloc(&trial->arena,
				trial->ratio_count * sizeof(*sums->spreads));
	return sums->spreads ? PV_OK : pv_fail_nomem(err);
}

int pv_trial_room_unit(const pv_trial *trial, pv_trial_unit *unit, pv_error *err)
{
	if (!trial->ratio_count)
		return PV_OK;
	unit->tallies = pv_calloc(trial->ratio_count, sizeof(*unit->tallies));
	return unit->tallies ? PV_OK : pv_fail_nomem(err);
}

/* --- adding ---------------------------------------------------------------- */

static int is_paid(int metric)
{
	return metric != PV_UNIT_SUCCESS && !pv_metric_is_free(metric);
}

/* The value of a row; what came from a cache has none of what is paid for. */
static int value_of(int64_t *out, const pv_execution *row, int metric,
		    int is_cached)
{
	const pv_value *status = &row->values[PV_FIELD_STATUS];
	const pv_value *value;

	if (metric == PV_UNIT_SUCCESS) {
		*out = status->number == PV_STATUS_OK;
		return status->is_set;
	}
	value = &row->values[pv_metric_field((enum pv_metric)metric)];
	*out = value->number;
	return value->is_set && !(is_cached && is_paid(metric));
}

void pv_trial_add_ratios(const pv_trial *trial, pv_trial_sums *sums,
			 pv_trial_unit *unit, const pv_execution *row,
			 int is_cached)
{
	for (size_t i = 0; i < trial->ratio_count; i++) {
		const pv_trial_ratio *ratio = &trial->ratios[i];
		int64_t x;
		int64_t y;

		if (!value_of(&x, row, ratio->over, is_cached) ||
		    !value_of(&y, row, ratio->under, is_cached))
			continue;
		pv_spread_add(sums->spreads[i].rows, x, y, 1);
		if (!unit)
			continue;
		unit->tallies[i].n++;
		pv_value_add(unit->tallies[i].x, x, 1);
		pv_value_add(unit->tallies[i].y, y, 1);
	}
}

void pv_trial_end_unit(const pv_trial *trial, pv_trial_sums *sums,
		       const pv_trial_unit *unit)
{
	for (size_t i = 0; i < trial->ratio_count; i++) {
		const pv_trial_tally *tally = &unit->tallies[i];

		if (tally->n)
			pv_spread_add(sums->spreads[i].units,
				      pv_sum_total(tally->x),
				      pv_sum_total(tally->y), 1);
	}
}

/* --- telling --------------------------------------------------------------- */

void pv_trial_put_ratio(pv_trial_metric *out, const pv_trial *trial,
			const pv_trial_sums *sums, size_t idx)
{
	const pv_trial_ratio *ratio = &trial->ratios[idx];
	const pv_trial_spread *spread = &sums->spreads[idx];
	double x_unit = pv_trial_unit_of(ratio->over);
	double y_unit = pv_trial_unit_of(ratio->under);
	int64_t n = spread->rows[PV_SPREAD_UNITS];
	int is_dear = is_paid(ratio->over) || is_paid(ratio->under);

	out->name = ratio->name;
	out->missing = sums->cell.n - (is_dear ? sums->cached : 0) - n;
	out->values.n = n;
	pv_trial_put_pairs(&out->units, spread->units, x_unit, y_unit);
	pv_trial_put_pairs(&out->rows, spread->rows, x_unit, y_unit);
}
