/* SPDX-License-Identifier: MIT
 *
 * The data of an experiment: added up of rows, or of the rollups' series and
 * the sums over units that the index keeps.
 */
#include <string.h>

#include "analytics/trial.h"
#include "base/clock.h"
#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/member.h"
#include "index/named.h"
#include "index/rollup.h"

static const int64_t second = 1000000;

/* --- sums ----------------------------------------------------------------- */

static const char *dup_text(pv_trial *trial, const char *text)
{
	return text ? pv_arena_dup(&trial->arena, text, strlen(text)) : NULL;
}

/* What an arm is known by; texts are NULL where nothing was recorded. */
struct arm_name {
	int64_t epoch;
	const char *variant;
	const char *segment;
};

static int make_sums(pv_trial_sums **out, pv_trial *trial,
		     const struct arm_name *name, pv_error *err)
{
	pv_trial_sums *fresh;

	if (pv_array_reserve(&trial->sums, &trial->sum_cap,
			     trial->sum_count + 1, sizeof(pv_trial_sums *)) < 0)
		return pv_fail_nomem(err);
	fresh = pv_calloc(1, sizeof(*fresh));
	if (!fresh)
		return pv_fail_nomem(err);
	trial->sums[trial->sum_count++] = fresh;
	fresh->bins.arena = &trial->arena;
	fresh->bins.wanted = pv_trial_wanted(trial, 0);
	fresh->epoch = name->epoch;
	fresh->variant = dup_text(trial, name->variant);
	fresh->segment = dup_text(trial, name->segment);
	*out = fresh;
	return (name->variant && !fresh->variant) ||
			       (name->segment && !fresh->segment)
		       ? pv_fail_nomem(err)
		       : pv_trial_room_spreads(&fresh->spreads, trial, err);
}

static int sums_of(pv_trial_sums **out, pv_trial *trial,
		   const struct arm_name *name, pv_error *err)
{
	pv_buf key = { 0 };
	int rc;

	pv_buf_printf(&key, "%lld", (long long)name->epoch);
	for (int i = 0; i < 2; i++) {
		const char *text = i ? name->segment : name->variant;

		pv_buf_putc(&key, text ? '=' : '-');
		if (text)
			pv_buf_put(&key, text, strlen(text) + 1);
	}
	rc = pv_buf_status(&key, err);
	if (rc == PV_OK) {
		pv_str place = { key.ptr, key.len };

		*out = pv_map_find(&trial->places, place);
		if (!*out)
			rc = make_sums(out, trial, name, err);
		if (rc == PV_OK)
			rc = pv_map_set(&trial->places, place, *out, NULL, err);
	}
	pv_buf_dispose(&key);
	return rc;
}

static const char *text_of(const pv_execution *row, enum pv_field field)
{
	return row->values[field].is_set ? row->values[field].text : NULL;
}

/* What counts the model of a row; NULL where none is known. */
static int model_of(pv_trial_share **out, pv_trial *trial, pv_trial_sums *sums,
		    const pv_execution *row, pv_error *err)
{
	const pv_named models = { &sums->models, &sums->model_count,
				  &sums->model_cap, sizeof(*sums->models) };
	const char *provider = text_of(row, PV_FIELD_PROVIDER);
	const char *model = text_of(row, PV_FIELD_MODEL);
	pv_trial_share *share;
	pv_buf key = { 0 };
	void *found = NULL;
	int rc;

	*out = NULL;
	if (!provider && !model)
		return PV_OK;
	pv_buf_printf(&key, "%zu:%s/%s", provider ? strlen(provider) + 1 : 0,
		      provider ? provider : "", model ? model : "");
	rc = pv_buf_status(&key, err);
	if (rc == PV_OK)
		rc = pv_named_find(&found, &models,
				   (pv_str){ key.ptr, key.len }, err);
	pv_buf_dispose(&key);
	if (rc < 0 || !found)
		return rc;
	share = found;
	if (!share->provider)
		share->provider = dup_text(trial, provider);
	if (!share->model)
		share->model = dup_text(trial, model);
	*out = share;
	return (provider && !share->provider) || (model && !share->model)
		       ? pv_fail_nomem(err)
		       : PV_OK;
}

/* --- rows ----------------------------------------------------------------- */

/* The row's value of the attribute that is asked for: 1; 0 for none. */
static int read_segment(pv_buf *out, const pv_trial *trial,
			const pv_execution *row)
{
	const pv_value *metadata = &row->values[PV_FIELD_METADATA];
	pv_buf all = { 0 };
	int found;

	if (!trial->query.segment || !metadata->is_set)
		return 0;
	found = pv_member_find(&all, (pv_str){ metadata->text, metadata->len },
			       "segment");
	if (found > 0)
		found = pv_member_find(out, (pv_str){ all.ptr, all.len },
				       trial->query.segment);
	pv_buf_dispose(&all);
	return found;
}

static int note_score(const char *key, const pv_json *member, void *payload)
{
	(void)member;
	return pv_strlist_add(payload, key, NULL);
}

/* All scores of a row count. */
static int read_scores(pv_trial *trial, const pv_execution *row, pv_error *err)
{
	const pv_value *scores = &row->values[PV_FIELD_SCORES];
	pv_json_doc *doc = NULL;
	int rc;

	pv_strlist_dispose(&trial->scores);
	if (!scores->is_set)
		return PV_OK;
	rc = pv_json_parse(&doc, scores->text, scores->len, err);
	if (rc == PV_OK &&
	    pv_json_each(pv_json_root(doc), note_score, &trial->scores) < 0)
		rc = pv_fail_nomem(err);
	pv_json_free(doc);
	pv_strlist_sort(&trial->scores);
	return rc;
}

/* An epoch's number, and a unit's key behind it. */
struct first_key {
	char bytes[sizeof(int64_t) + PV_UNIT_KEY_BYTES];
};

static pv_str first_key(struct first_key *out, const pv_trial_sums *sums,
			pv_str key)
{
	memcpy(out->bytes, &sums->epoch, sizeof(sums->epoch));
	memcpy(out->bytes + sizeof(sums->epoch), key.ptr, PV_UNIT_KEY_BYTES);
	return (pv_str){ out->bytes, sizeof(out->bytes) };
}

/*
 * Notes with which variant a unit is met in an epoch; where there are two the
 * trial itself stands for them.
 */
static int note_variant(pv_trial *trial, pv_trial_sums *sums, pv_str key,
			pv_error *err)
{
	struct first_key place;
	pv_str whole = first_key(&place, sums, key);
	void *found = pv_map_find(&trial->firsts, whole);
	const pv_trial_sums *first = found;

	if (!sums->variant || found == trial ||
	    (first && strcmp(first->variant, sums->variant) == 0))
		return PV_OK;
	return pv_map_set(&trial->firsts, whole, first ? (void *)trial : sums,
			  NULL, err);
}

/* An arm whose units are looked at. */
struct crossing {
	const pv_trial *trial;
	pv_trial_sums *sums;
};

static int count_crossed(pv_str key, void *value, void *payload)
{
	const struct crossing *it = payload;
	struct first_key place;

	(void)value;
	it->sums->crossed +=
		it->sums->variant &&
		pv_map_find(&it->trial->firsts,
			    first_key(&place, it->sums, key)) == it->trial;
	return PV_OK;
}

static int unit_of(pv_trial_unit **out, pv_trial_sums *sums, pv_str key,
		   pv_error *err)
{
	pv_trial_unit *fresh;

	*out = pv_map_find(&sums->units, key);
	if (*out)
		return PV_OK;
	if (pv_array_reserve(&sums->unit_list, &sums->unit_cap,
			     sums->unit_count + 1, sizeof(pv_trial_unit *)) < 0)
		return pv_fail_nomem(err);
	fresh = pv_calloc(1, sizeof(*fresh));
	if (!fresh)
		return pv_fail_nomem(err);
	sums->unit_list[sums->unit_count++] = fresh;
	*out = fresh;
	return pv_map_set(&sums->units, key, fresh, NULL, err);
}

/* Adds a row to its unit, which is NULL where none was recorded. */
static int add_unit(pv_trial_unit **out, pv_trial *trial, pv_trial_sums *sums,
		    const pv_execution *row, int is_cached, pv_error *err)
{
	const pv_unit_rule rule = { &trial->scores, is_cached, 1 };
	const pv_value *value = &row->values[PV_FIELD_UNIT];
	unsigned char key[PV_UNIT_KEY_BYTES];
	const pv_str name = { (const char *)key, sizeof(key) };
	int64_t ts = row->values[PV_FIELD_TS].number;
	pv_unit *day = NULL;
	int rc;

	*out = NULL;
	if (!value->is_set)
		return PV_OK;
	pv_unit_hash(key, (pv_str){ value->text, value->len });
	rc = unit_of(out, sums, name, err);
	if (rc == PV_OK)
		rc = note_variant(trial, sums, name, err);
	if (rc == PV_OK)
		rc = pv_unit_day_of(&day, &(*out)->unit,
				    pv_trial_day_at(trial, ts), err);
	return rc == PV_OK ? pv_unit_add(day, row, &rule, err) : rc;
}

static int add_row(pv_trial *trial, pv_trial_sums *sums,
		   const pv_execution *row, pv_error *err)
{
	int is_cached = pv_series_is_cached(row);
	int64_t ts = row->values[PV_FIELD_TS].number;
	pv_trial_share *share = NULL;
	pv_trial_unit *unit = NULL;
	pv_trial_day *day = NULL;
	int rc = read_scores(trial, row, err);

	if (rc == PV_OK)
		rc = pv_trial_day_of(&day, trial, sums,
				     pv_trial_day_at(trial, ts), err);
	if (rc == PV_OK)
		rc = pv_cell_add(&trial->scratch, row, &trial->scores, 1, err);
	if (rc == PV_OK)
		rc = pv_trial_add_scratch(trial, &day->cell, &day->cached,
					  is_cached, err);
	if (rc == PV_OK)
		rc = add_unit(&unit, trial, sums, row, is_cached, err);
	if (rc == PV_OK)
		rc = model_of(&share, trial, sums, row, err);
	if (rc == PV_OK)
		rc = pv_trial_add_ratios(trial, day, unit, row, is_cached, err);
	pv_trial_count_model(share, 1, ts, ts);
	if (!sums->first || ts < sums->first)
		sums->first = ts;
	return rc;
}

int pv_trial_add(pv_trial *trial, const pv_execution *row, pv_error *err)
{
	struct arm_name name = { pv_trial_epoch_of(trial, row),
				 text_of(row, PV_FIELD_VARIANT), NULL };
	pv_trial_sums *sums = NULL;
	pv_buf segment = { 0 };
	int found;
	int rc;

	if (!pv_trial_fits(trial, row))
		return PV_OK;
	found = read_segment(&segment, trial, row);
	if (found < 0 || pv_buf_status(&segment, NULL) < 0) {
		pv_buf_dispose(&segment);
		return pv_fail_nomem(err);
	}
	if (found)
		name.segment = pv_buf_text(&segment);
	rc = sums_of(&sums, trial, &name, err);
	if (rc == PV_OK)
		rc = add_row(trial, sums, row, err);
	pv_buf_dispose(&segment);
	return rc;
}

/* --- beginning and ending ------------------------------------------------- */

int pv_trial_new(pv_trial **out, const pv_trial_query *query, pv_error *err)
{
	pv_trial *trial = pv_calloc(1, sizeof(*trial));
	int rc;

	*out = NULL;
	if (!trial)
		return pv_fail_nomem(err);
	rc = pv_trial_copy_query(trial, query, err);
	if (rc == PV_OK)
		rc = pv_trial_read_ratios(trial, err);
	if (rc == PV_OK)
		rc = pv_trial_read_wanted(trial, err);
	/* They are the caller's, and read by now. */
	trial->query.ratios = NULL;
	trial->query.bins = NULL;
	if (rc == PV_OK)
		*out = trial;
	else
		pv_trial_free(trial);
	return rc;
}

static void free_units(pv_trial_sums *sums)
{
	for (size_t i = 0; i < sums->unit_count; i++) {
		pv_unit_days_dispose(&sums->unit_list[i]->unit);
		pv_free(sums->unit_list[i]->tallies);
		pv_free(sums->unit_list[i]);
	}
	pv_free(sums->unit_list);
	pv_map_dispose(&sums->units);
	sums->unit_list = NULL;
	sums->unit_count = 0;
}

int pv_trial_finish(pv_trial *trial, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < trial->sum_count && rc == PV_OK; i++) {
		pv_trial_sums *sums = trial->sums[i];
		struct crossing crossing = { trial, sums };

		(void)pv_map_each(&sums->units, count_crossed, &crossing);
		for (size_t k = 0; k < sums->unit_count && rc == PV_OK; k++)
			rc = pv_trial_end_unit(trial, sums, sums->unit_list[k],
					       err);
		free_units(sums);
	}
	return rc == PV_OK ? pv_trial_add_up(trial, err) : rc;
}

static void free_sums(pv_trial_sums *sums)
{
	free_units(sums);
	pv_trial_free_days(sums);
	for (size_t i = 0; i < sums->model_count; i++)
		pv_free(sums->models[i].name);
	pv_free(sums->models);
	pv_cell_dispose(&sums->cell);
	pv_arm_dispose(&sums->arm);
	pv_free(sums);
}

void pv_trial_free(pv_trial *trial)
{
	if (!trial)
		return;
	for (size_t i = 0; i < trial->sum_count; i++)
		free_sums(trial->sums[i]);
	pv_free(trial->sums);
	pv_free(trial->looks);
	pv_map_dispose(&trial->places);
	pv_map_dispose(&trial->firsts);
	pv_cell_dispose(&trial->scratch);
	pv_strlist_dispose(&trial->scores);
	for (size_t i = 0; i < pv_array_len(trial->wanted); i++)
		pv_strlist_dispose(&trial->wanted[i].scores);
	pv_arena_dispose(&trial->arena);
	pv_free(trial);
}

/* --- from the index ------------------------------------------------------- */

struct reading {
	pv_trial *trial;
	pv_trial_sums *current; /* of the series */
	pv_trial_share *share;  /* its model; until the next series */
	int is_cached;
	int is_mixed; /* sums do not tell what counts */
	pv_error *err;
};

static int on_series(const pv_execution *series, int is_cached, void *payload,
		     pv_error *err)
{
	struct reading *it = payload;
	const pv_value *epoch = &series->values[PV_FIELD_EPOCH];
	const struct arm_name name = { epoch->is_set ? epoch->number : -1,
				       text_of(series, PV_FIELD_VARIANT), NULL };
	int rc = sums_of(&it->current, it->trial, &name, err);

	it->is_cached = is_cached;
	it->is_mixed |= pv_trial_is_mixed(it->trial, series);
	return rc == PV_OK
		       ? model_of(&it->share, it->trial, it->current, series, err)
		       : rc;
}

static int on_cell(const pv_rollup_key *key, int64_t last_us, pv_str data,
		   void *payload, pv_error *err)
{
	struct reading *it = payload;
	pv_trial_sums *sums = it->current;
	int64_t start = key->bucket * second;
	pv_trial_day *day = NULL;
	int64_t before = 0;
	int rc = pv_trial_day_of(&day, it->trial, sums,
				 pv_trial_day_at(it->trial, start), err);

	if (rc < 0)
		return rc;
	before = day->cell.n;
	rc = pv_trial_gather(it->trial, day, data, it->is_cached, err);
	pv_trial_count_model(it->share, day->cell.n - before, start, last_us);
	if (last_us > day->cell.last_us)
		day->cell.last_us = last_us;
	if (!sums->first || start < sums->first)
		sums->first = start;
	return rc;
}

static int on_error(pv_str name, int64_t count, void *payload, pv_error *err)
{
	(void)name;
	(void)count;
	(void)payload;
	(void)err;
	return PV_OK;
}

static int on_arm(const pv_rollup_arm *arm, void *payload, pv_error *err)
{
	struct reading *it = payload;
	const struct arm_name name = { arm->epoch, arm->variant, NULL };
	int64_t until = it->trial->query.until;
	pv_trial_sums *sums = NULL;
	int rc = sums_of(&sums, it->trial, &name, err);

	if (rc < 0 || !sums)
		return rc;
	/* The first row is in the first of the buckets. */
	if (arm->first_us > sums->first)
		sums->first = arm->first_us;
	sums->crossed += arm->crossed;
	for (size_t i = 0; i < arm->days->count && rc == PV_OK; i++) {
		const pv_arm_day *from = &arm->days->items[i];
		pv_trial_day *day = NULL;

		if (until && from->day >= pv_day_of(until))
			break;
		rc = pv_trial_day_of(&day, it->trial, sums,
				     it->trial->query.has_looks ? from->day : 0,
				     err);
		if (rc == PV_OK)
			rc = pv_arm_merge(&day->arm, &from->sums, err);
	}
	return rc;
}

static int read_sums(struct reading *it, pv_executions *index, pv_error *err)
{
	const pv_rollup_reader reader = { on_series, on_cell, on_error, on_arm,
					  it };
	pv_rollup_query query = { .match_count = 1 };
	int64_t since = it->trial->query.since;
	int64_t until = it->trial->query.until;

	query.fields[0] = PV_FIELD_EXPERIMENT;
	query.values[0] = it->trial->query.experiment;
	/* What a unit had before a window is not known. */
	if (!since)
		query.arms_of = it->trial->query.experiment;
	pv_rollup_cover(&query, &since, &until, pv_clock_now(NULL));
	return pv_rollup_read(index, &query, &reader, err);
}

static int on_row(const pv_execution *row, void *payload)
{
	struct reading *it = payload;

	return pv_trial_add(it->trial, row, it->err);
}

static int read_rows(struct reading *it, pv_executions *index, pv_error *err)
{
	const pv_trial_query *asked = &it->trial->query;
	const pv_executions_match match = { .field = "experiment",
					    .value = asked->experiment };
	const pv_executions_query query = {
		.matches = &match,
		.match_count = 1,
		.since = asked->since,
		.until = asked->until,
		.oldest_first = 1,
	};

	return pv_executions_list(index, &query, on_row, it, err);
}

/* Sums cannot tell what is mixed in a series: begins anew, with the rows. */
static int read_anew(struct reading *it, pv_executions *index,
		     const pv_trial_query *query, pv_error *err)
{
	int rc;

	pv_trial_free(it->trial);
	it->trial = NULL;
	rc = pv_trial_new(&it->trial, query, err);
	return rc == PV_OK && it->trial ? read_rows(it, index, err) : rc;
}

int pv_trial_read(pv_trial **out, pv_executions *index,
		  const pv_trial_query *query, pv_error *err)
{
	struct reading it = { .err = err };
	int rc;

	*out = NULL;
	if (!query->experiment)
		return pv_fail(err, PV_EINVALID, "of which experiment?");
	rc = pv_trial_new(&it.trial, query, err);
	if (rc != PV_OK || !it.trial)
		return rc;
	rc = pv_trial_needs_rows(query) ? read_rows(&it, index, err)
					: read_sums(&it, index, err);
	if (rc == PV_OK && it.is_mixed)
		rc = read_anew(&it, index, query, err);
	if (rc == PV_OK)
		rc = pv_trial_finish(it.trial, err);
	if (rc == PV_OK)
		*out = it.trial;
	else
		pv_trial_free(it.trial);
	return rc;
}

/* --- what there is -------------------------------------------------------- */

int64_t pv_trial_others(const pv_trial *trial)
{
	return trial->others;
}

int64_t pv_trial_early(const pv_trial *trial)
{
	return trial->early;
}

size_t pv_trial_count(const pv_trial *trial)
{
	return trial->count;
}

const pv_trial_arm *pv_trial_at(const pv_trial *trial, size_t idx)
{
	return idx < trial->count ? &trial->arms[idx] : NULL;
}

const pv_trial_metric *pv_trial_metric_of(const pv_trial_arm *arm,
					  const char *name)
{
	for (size_t i = 0; i < arm->metric_count; i++)
		if (strcmp(arm->metrics[i].name, name) == 0)
			return &arm->metrics[i];
	return NULL;
}
