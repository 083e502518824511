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

int pv_trial_room_spreads(pv_trial_spread **out, pv_trial *trial, pv_error *err)
{
	*out = NULL;
	if (!trial->ratio_count)
		return PV_OK;
	*out = pv_arena_calloc(&trial->arena, trial->ratio_count * sizeof(**out));
	return *out ? PV_OK : pv_fail_nomem(err);
}

/* The tallies of a unit's day. */
static int tallies_of(pv_trial_tally **out, pv_trial *trial,
		      pv_trial_unit *unit, int64_t day, pv_error *err)
{
	const pv_by_day days = { &unit->tallies, &unit->tally_count,
				 &unit->tally_cap, sizeof(*unit->tallies) };
	pv_trial_tallies *tallies;
	void *found = NULL;
	int rc = pv_by_day_find(&found, &days, day, err);

	if (rc < 0)
		return rc;
	tallies = found;
	if (!tallies->of)
		tallies->of = pv_arena_calloc(&trial->arena,
					      trial->ratio_count * sizeof(**out));
	*out = tallies->of;
	return *out ? PV_OK : pv_fail_nomem(err);
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

int pv_trial_add_ratios(pv_trial *trial, pv_trial_day *day, pv_trial_unit *unit,
			const pv_execution *row, int is_cached, pv_error *err)
{
	pv_trial_tally *tallies = NULL;
	int rc = PV_OK;

	if (unit && trial->ratio_count)
		rc = tallies_of(&tallies, trial, unit, day->day, err);
	for (size_t i = 0; i < trial->ratio_count && rc == PV_OK; i++) {
		const pv_trial_ratio *ratio = &trial->ratios[i];
		int64_t x;
		int64_t y;

		if (!value_of(&x, row, ratio->over, is_cached) ||
		    !value_of(&y, row, ratio->under, is_cached))
			continue;
		pv_spread_add(day->spreads[i].rows, x, y, 1);
		if (!tallies)
			continue;
		tallies[i].n++;
		pv_value_add(tallies[i].x, x, 1);
		pv_value_add(tallies[i].y, y, 1);
	}
	return rc;
}

static void spread_tally(int64_t *to, const pv_trial_tally *tally, int times)
{
	if (tally->n)
		pv_spread_add(to, pv_sum_total(tally->x),
			      pv_sum_total(tally->y), times);
}

/* A ratio of a unit: what it was before each day goes, what it is comes. */
static int end_ratio(pv_trial *trial, pv_trial_sums *sums,
		     const pv_trial_unit *unit, size_t idx, pv_error *err)
{
	pv_trial_tally so_far = { 0 };

	for (size_t i = 0; i < unit->tally_count; i++) {
		const pv_trial_tally *more = &unit->tallies[i].of[idx];
		pv_trial_day *day = NULL;
		int rc = pv_trial_day_of(&day, trial, sums,
					 unit->tallies[i].day, err);

		if (rc < 0)
			return rc;
		spread_tally(day->spreads[idx].units, &so_far, -1);
		so_far.n += more->n;
		for (int k = 0; k < 2; k++) {
			so_far.x[k] += more->x[k];
			so_far.y[k] += more->y[k];
		}
		spread_tally(day->spreads[idx].units, &so_far, 1);
	}
	return PV_OK;
}

int pv_trial_end_unit(pv_trial *trial, pv_trial_sums *sums,
		      const pv_trial_unit *unit, pv_error *err)
{
	pv_arm_days gained = { 0 };
	int rc = pv_arm_days_add(&gained, &unit->unit, INT64_MIN, 1, err);

	for (size_t i = 0; i < gained.count && rc == PV_OK; i++) {
		pv_trial_day *day = NULL;

		rc = pv_trial_day_of(&day, trial, sums, gained.items[i].day, err);
		if (rc == PV_OK)
			rc = pv_arm_merge(&day->arm, &gained.items[i].sums, err);
	}
	for (size_t i = 0; i < trial->ratio_count && rc == PV_OK; i++)
		rc = end_ratio(trial, sums, unit, i, err);
	pv_arm_days_dispose(&gained);
	return rc;
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
