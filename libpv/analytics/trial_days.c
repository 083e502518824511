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
	return (*out)->spreads
		       ? PV_OK
		       : pv_trial_room_spreads(&(*out)->spreads, trial, err);
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

int pv_trial_keep_cell(pv_trial *trial, pv_trial_day *day,
		       const pv_trial_cell *cell, pv_error *err)
{
	pv_trial_cell *kept = pv_arena_alloc(&trial->arena, sizeof(*kept));

	if (!kept)
		return pv_fail_nomem(err);
	*kept = *cell;
	kept->data.ptr =
		pv_arena_dup(&trial->arena, cell->data.ptr, cell->data.len);
	if (!kept->data.ptr)
		return pv_fail_nomem(err);
	kept->next = day->cells;
	day->cells = kept;
	return PV_OK;
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

/* Shares move while there come more of them; their names do not. */
static pv_trial_share *share_of(const pv_trial_sums *sums, const char *name)
{
	for (size_t i = 0; i < sums->model_count; i++)
		if (sums->models[i].name == name)
			return &sums->models[i];
	return NULL;
}

static int add_cell(pv_trial *trial, pv_trial_sums *sums,
		    const pv_trial_cell *cell, pv_error *err)
{
	int64_t before = sums->cell.n;
	int rc;

	if (cell->is_cached) {
		rc = pv_cell_decode(&trial->scratch, cell->data, err);
		if (rc == PV_OK)
			rc = pv_trial_add_scratch(trial, &sums->cell,
						  &sums->cached, 1, err);
	} else {
		rc = pv_cell_gather(&sums->cell, &sums->bins, cell->data, err);
	}
	if (cell->last_us > sums->cell.last_us)
		sums->cell.last_us = cell->last_us;
	pv_trial_count_model(share_of(sums, cell->model), sums->cell.n - before,
			     cell->start, cell->last_us);
	return rc;
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

static int add_day(pv_trial *trial, pv_trial_sums *sums,
		   const pv_trial_day *day, pv_error *err)
{
	int rc = pv_cell_merge(&sums->cell, &day->cell, err);

	for (const pv_trial_cell *cell = day->cells; cell && rc == PV_OK;
	     cell = cell->next)
		rc = add_cell(trial, sums, cell, err);
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
