/* SPDX-License-Identifier: MIT
 *
 * An experiment day by day. What it said at the end of a day is a look: who
 * watched it has seen that, and an always-valid p is the least of all looks.
 * Days add up to the figures of all, so these are the same with looks and
 * without.
 */
#include <string.h>

#include "analytics/trial.h"
#include "base/fail.h"
#include "base/mem.h"

/* --- days ----------------------------------------------------------------- */

int64_t pv_trial_day_at(const pv_trial *trial, int64_t micros)
{
	return trial->query.has_looks ? pv_day_of(micros) : 0;
}

/*
 * Bins that no look wants need not be kept apart: those of a day are those of
 * all, and only what looks want has a table of each day.
 */
static int begin_day(pv_trial_day *day, pv_trial *trial, pv_trial_sums *sums,
		     pv_error *err)
{
	const pv_cell_bins_wanted *at_all = pv_trial_wanted(trial, 0);
	const pv_cell_bins_wanted *in_looks = pv_trial_wanted(trial, 1);

	day->bins.arena = &trial->arena;
	day->bins.wanted = at_all;
	for (int i = 0; i < PV_METRIC_COUNT; i++) {
		pv_bins **all = &sums->bins.metrics[i];

		if (!pv_cell_wants_metric(at_all, i) ||
		    pv_cell_wants_metric(in_looks, i))
			continue;
		if (!*all)
			*all = pv_arena_calloc(&trial->arena, sizeof(**all));
		if (!*all)
			return pv_fail_nomem(err);
		day->bins.metrics[i] = *all;
	}
	return pv_trial_room_spreads(&day->spreads, trial, err);
}

int pv_trial_day_of(pv_trial_day **out, pv_trial *trial, pv_trial_sums *sums,
		    int64_t day, pv_error *err)
{
	const pv_by_day days = { &sums->days, &sums->day_count, &sums->day_cap,
				 sizeof(*sums->days) };
	void *found = NULL;
	int rc = pv_by_day_find(&found, &days, day, err);

	if (rc < 0)
		return rc;
	*out = found;
	return (*out)->bins.arena ? PV_OK : begin_day(*out, trial, sums, err);
}

void pv_trial_free_days(pv_trial_sums *sums)
{
	for (size_t i = 0; i < sums->day_count; i++) {
		pv_cell_dispose(&sums->days[i].cell);
		pv_arm_dispose(&sums->days[i].arm);
	}
	pv_free(sums->days);
	sums->days = NULL;
	sums->day_count = 0;
}

/* --- adding up ------------------------------------------------------------ */

/* The first day that is not added yet: 1; 0 for none. */
static int next_day(int64_t *out, const pv_trial *trial)
{
	int is_there = 0;

	for (size_t i = 0; i < trial->sum_count; i++) {
		const pv_trial_sums *sums = trial->sums[i];
		int64_t day;

		if (sums->day_at == sums->day_count)
			continue;
		day = sums->days[sums->day_at].day;
		if (!is_there || day < *out)
			*out = day;
		is_there = 1;
	}
	return is_there;
}

void pv_trial_count_model(pv_trial_share *share, int64_t count, int64_t first,
			  int64_t last)
{
	if (!share)
		return;
	share->executions += count;
	if (!share->first || first < share->first)
		share->first = first;
	if (last > share->last)
		share->last = last;
}

int pv_trial_add_scratch(pv_trial *trial, pv_cell *cell, int64_t *cached,
			 int is_cached, pv_error *err)
{
	int rc;

	if (is_cached) {
		*cached += trial->scratch.n;
		pv_cell_drop_costs(&trial->scratch);
	}
	rc = pv_cell_merge(cell, &trial->scratch, err);
	pv_cell_reset(&trial->scratch);
	return rc;
}

int pv_trial_gather(pv_trial *trial, pv_trial_day *day, pv_str data,
		    int is_cached, pv_error *err)
{
	int rc;

	if (!is_cached)
		return pv_cell_gather(&day->cell, &day->bins, data, err);
	rc = pv_cell_decode(&trial->scratch, data, err);
	return rc == PV_OK ? pv_trial_add_scratch(trial, &day->cell,
						  &day->cached, 1, err)
			   : rc;
}

static void add_spreads(pv_trial_spread *to, const pv_trial_spread *from,
			size_t count)
{
	for (size_t i = 0; i < count; i++)
		for (int k = 0; k < PV_SPREAD_DIGITS; k++) {
			to[i].units[k] += from[i].units[k];
			to[i].rows[k] += from[i].rows[k];
		}
}

static int add_bins(pv_cell_bins *to, const pv_cell_bins *from, int metric,
		    pv_error *err)
{
	pv_bins **all = &to->metrics[metric];
	const pv_bins *day = from->metrics[metric];

	if (!day || day == *all)
		return PV_OK;
	if (!*all)
		*all = pv_arena_calloc(to->arena, sizeof(**all));
	return *all ? pv_bins_add(*all, day, to->arena, err) : pv_fail_nomem(err);
}

static int add_day(pv_trial *trial, pv_trial_sums *sums,
		   const pv_trial_day *day, pv_error *err)
{
	int rc = pv_cell_merge(&sums->cell, &day->cell, err);

	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK; i++)
		rc = add_bins(&sums->bins, &day->bins, i, err);
	sums->cached += day->cached;
	add_spreads(sums->spreads, day->spreads, trial->ratio_count);
	return rc == PV_OK ? pv_arm_merge(&sums->arm, &day->arm, err) : rc;
}

static int add_days(pv_trial *trial, int64_t day, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < trial->sum_count && rc == PV_OK; i++) {
		pv_trial_sums *sums = trial->sums[i];

		if (sums->day_at < sums->day_count &&
		    sums->days[sums->day_at].day == day)
			rc = add_day(trial, sums, &sums->days[sums->day_at++],
				     err);
	}
	return rc;
}

static int put_look(pv_trial *trial, pv_error *err)
{
	const pv_trial_look fresh = { NULL, 0 };

	if (trial->look_count == PV_TRIAL_LOOKS_MAX)
		return PV_OK;
	if (pv_array_reserve(&trial->looks, &trial->look_cap,
			     trial->look_count + 1, sizeof(fresh)) < 0)
		return pv_fail_nomem(err);
	trial->looks[trial->look_count] = fresh;
	return pv_trial_put_arms(&trial->looks[trial->look_count++], trial, 1,
				 err);
}

int pv_trial_add_up(pv_trial *trial, pv_error *err)
{
	pv_trial_look all = { NULL, 0 };
	int64_t day = 0;
	int64_t next = 0;
	int is_more = next_day(&day, trial);
	int rc = PV_OK;

	pv_trial_sort(trial);
	while (is_more && rc == PV_OK) {
		rc = add_days(trial, day, err);
		is_more = next_day(&next, trial);
		day = next;
		/* The last day is what all is. */
		if (is_more && rc == PV_OK)
			rc = put_look(trial, err);
	}
	for (size_t i = 0; i < trial->sum_count; i++)
		pv_trial_free_days(trial->sums[i]);
	if (rc == PV_OK)
		rc = pv_trial_put_arms(&all, trial, 0, err);
	trial->arms = all.arms;
	trial->count = all.count;
	return rc;
}

/* --- looks ---------------------------------------------------------------- */

size_t pv_trial_look_count(const pv_trial *trial)
{
	return trial->look_count;
}

const pv_trial_arm *pv_trial_look_at(const pv_trial *trial, size_t look,
				     size_t idx)
{
	return look < trial->look_count && idx < trial->looks[look].count
		       ? &trial->looks[look].arms[idx]
		       : NULL;
}
