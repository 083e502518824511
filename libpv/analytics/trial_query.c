/* SPDX-License-Identifier: MIT
 *
 * Which rows of an experiment count, and to which epoch. Sums answer as long as
 * nothing else is asked than they are kept by; where they do not, rows do.
 */
#include <string.h>

#include "analytics/trial.h"
#include "base/fail.h"
#include "index/backend.h"
#include "index/rollup.h"

static const char *text_of(const pv_execution *row, enum pv_field field)
{
	return row->values[field].is_set ? row->values[field].text : NULL;
}

/* --- the query ------------------------------------------------------------ */

static int copy_text(const char **out, pv_trial *trial, const char *text,
		     pv_error *err)
{
	*out = text ? pv_arena_dup(&trial->arena, text, strlen(text)) : NULL;
	return text && !*out ? pv_fail_nomem(err) : PV_OK;
}

/* Ids are compared as text: in the form that rows have. */
static int copy_id(const char **out, pv_trial *trial, const char *text,
		   pv_error *err)
{
	unsigned char bytes[PV_UUID_BYTES];
	char id[PV_UUID_TEXT];
	int rc = text ? pv_id_read(bytes, text, err) : PV_OK;

	if (rc < 0)
		return rc;
	if (text)
		pv_uuid_format(id, bytes);
	return copy_text(out, trial, text ? id : NULL, err);
}

static int copy_starts(const pv_trial_start **out, pv_trial *trial,
		       const pv_trial_start *from, size_t count, pv_error *err)
{
	pv_trial_start *copy =
		pv_arena_calloc(&trial->arena, (count + 1) * sizeof(*copy));

	*out = copy;
	if (!copy)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++)
		copy[i] = from[i];
	return PV_OK;
}

int pv_trial_copy_query(pv_trial *trial, const pv_trial_query *query,
			pv_error *err)
{
	pv_trial_query *out = &trial->query;
	int rc;

	*out = *query;
	rc = copy_starts(&out->starts, trial, query->starts, query->start_count,
			 err);
	if (rc == PV_OK)
		rc = copy_starts(&out->epochs, trial, query->epochs,
				 query->epoch_count, err);
	if (rc == PV_OK)
		rc = copy_text(&out->experiment, trial, query->experiment, err);
	if (rc == PV_OK)
		rc = copy_text(&out->prompt, trial, query->prompt, err);
	if (rc == PV_OK)
		rc = copy_id(&out->up_to, trial, query->up_to, err);
	if (rc == PV_OK)
		rc = copy_text(&out->segment, trial, query->segment, err);
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

int64_t pv_trial_epoch_of(const pv_trial *trial, const pv_execution *row)
{
	const pv_trial_query *query = &trial->query;
	const pv_value *epoch = &row->values[PV_FIELD_EPOCH];
	int64_t ts = row->values[PV_FIELD_TS].number;
	int64_t out = query->epoch_count ? query->epochs[0].epoch : -1;

	if (epoch->is_set)
		return epoch->number;
	for (size_t i = 0; i < query->epoch_count; i++)
		if (query->epochs[i].since <= ts)
			out = query->epochs[i].epoch;
	return out;
}

static int is_of_another(const pv_trial *trial, const pv_execution *row)
{
	const char *prompt = text_of(row, PV_FIELD_PROMPT_ID);

	return trial->query.prompt && prompt &&
	       strcmp(prompt, trial->query.prompt) != 0;
}

/* Before its epoch's first rows that count. */
static int is_early(const pv_trial *trial, const pv_execution *row)
{
	const pv_trial_query *query = &trial->query;
	int64_t epoch = pv_trial_epoch_of(trial, row);
	int64_t ts = row->values[PV_FIELD_TS].number;

	for (size_t i = 0; i < query->start_count; i++)
		if (epoch == query->starts[i].epoch && ts < query->starts[i].since)
			return 1;
	return 0;
}

int pv_trial_fits(pv_trial *trial, const pv_execution *row)
{
	const pv_trial_query *query = &trial->query;
	const char *experiment = text_of(row, PV_FIELD_EXPERIMENT);
	const char *id = text_of(row, PV_FIELD_ID);
	int64_t ts = row->values[PV_FIELD_TS].number;

	if (query->experiment &&
	    (!experiment || strcmp(experiment, query->experiment) != 0))
		return 0;
	if ((query->since && ts < query->since) ||
	    (query->until && ts >= query->until))
		return 0;
	if (query->up_to && (!id || strcmp(id, query->up_to) > 0))
		return 0;
	if (is_of_another(trial, row)) {
		trial->others += !is_early(trial, row);
		return 0;
	}
	if (!is_early(trial, row))
		return 1;
	trial->early++;
	return 0;
}

/* --- or sums -------------------------------------------------------------- */

int pv_trial_is_mixed(const pv_trial *trial, const pv_execution *series)
{
	return is_of_another(trial, series) ||
	       (trial->query.epoch_count &&
		!series->values[PV_FIELD_EPOCH].is_set);
}

/* Days have sums, what is not a whole one has rows only. */
int pv_trial_needs_rows(const pv_trial_query *query)
{
	const int64_t day = PV_GRAIN_DAY * INT64_C(1000000);

	return query->since % day || query->until % day || query->up_to ||
	       query->start_count || query->segment || query->ratio_count;
}
