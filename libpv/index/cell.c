/* SPDX-License-Identifier: MIT
 *
 * Cells in memory: rows and other cells are added to them. A product of 126
 * bits is four digits of 32; each is summed on its own, which is exact for
 * two thousand million rows.
 */
#include "index/cell.h"

#include "base/fail.h"
#include "base/json.h"
#include "base/mem.h"
#include "index/named.h"

static const enum pv_field fields[PV_METRIC_COUNT] = {
	[PV_METRIC_LATENCY] = PV_FIELD_LATENCY_MS,
	[PV_METRIC_TTFT] = PV_FIELD_TTFT_MS,
	[PV_METRIC_TOKENS_IN] = PV_FIELD_TOKENS_IN,
	[PV_METRIC_TOKENS_OUT] = PV_FIELD_TOKENS_OUT,
	[PV_METRIC_TOKENS] = PV_FIELD_TOKENS,
	[PV_METRIC_TOKENS_CACHED] = PV_FIELD_TOKENS_CACHED,
	[PV_METRIC_COST] = PV_FIELD_COST_USD,
	[PV_METRIC_OUTPUT_CHARS] = PV_FIELD_OUTPUT_CHARS,
	[PV_METRIC_QUALITY] = PV_FIELD_QUALITY,
};

enum pv_field pv_metric_field(enum pv_metric metric)
{
	return fields[metric];
}

int pv_metric_is_free(int metric)
{
	return metric == PV_METRIC_QUALITY || metric == PV_METRIC_OUTPUT_CHARS;
}

/* --- moments -------------------------------------------------------------- */

static const uint64_t digit = 0xFFFFFFFF;

static uint64_t size_of(int64_t value)
{
	return value < 0 ? -(uint64_t)value : (uint64_t)value;
}

void pv_product_add(int64_t sums[4], int64_t a, int64_t b, int64_t times)
{
	uint64_t x = size_of(a);
	uint64_t y = size_of(b);
	uint64_t low = (x & digit) * (y & digit);
	uint64_t left = (x >> 32) * (y & digit);
	uint64_t right = (x & digit) * (y >> 32);
	uint64_t high = (x >> 32) * (y >> 32);
	uint64_t carry = (low >> 32) + (left & digit) + (right & digit);

	if ((a < 0) != (b < 0))
		times = -times;
	sums[0] += times * (int64_t)(low & digit);
	sums[1] += times * (int64_t)(carry & digit);
	carry = (carry >> 32) + (left >> 32) + (right >> 32) + (high & digit);
	sums[2] += times * (int64_t)(carry & digit);
	sums[3] += times * (int64_t)((carry >> 32) + (high >> 32));
}

void pv_value_add(int64_t sums[2], int64_t value, int64_t times)
{
	int64_t low = (int64_t)((uint64_t)value & digit);

	sums[0] += times * low;
	sums[1] += times * ((value - low) / ((int64_t)1 << 32));
}

static int moments_add(pv_moments *moments, int64_t value, int32_t key,
		       int times, pv_error *err)
{
	moments->n += times;
	pv_value_add(moments->sum, value, times);
	pv_product_add(moments->square, value, value, times);
	return pv_histogram_add(&moments->histogram, key, times, err);
}

int pv_moments_merge(pv_moments *moments, const pv_moments *other, pv_error *err)
{
	moments->n += other->n;
	for (int i = 0; i < 2; i++)
		moments->sum[i] += other->sum[i];
	for (int i = 0; i < 4; i++)
		moments->square[i] += other->square[i];
	return pv_histogram_merge(&moments->histogram, &other->histogram, err);
}

static int moments_are_empty(const pv_moments *moments)
{
	return !moments->n && !moments->sum[0] && !moments->sum[1] &&
	       !moments->histogram.count;
}

/* --- names ---------------------------------------------------------------- */

int pv_cell_score_of(pv_moments **out, pv_cell *cell, pv_str name, pv_error *err)
{
	const pv_named scores = { &cell->scores, &cell->score_count,
				  &cell->score_cap, sizeof(*cell->scores) };
	void *found = NULL;
	int rc = pv_named_find(&found, &scores, name, err);

	if (rc == PV_OK)
		*out = &((pv_cell_score *)found)->moments;
	return rc;
}

int pv_cell_add_error(pv_cell *cell, pv_str name, int64_t count, pv_error *err)
{
	const pv_named errors = { &cell->errors, &cell->error_count,
				  &cell->error_cap, sizeof(*cell->errors) };
	void *found = NULL;
	int rc = pv_named_find(&found, &errors, name, err);

	if (rc == PV_OK)
		((pv_cell_error *)found)->count += count;
	return rc;
}

/* --- rows ----------------------------------------------------------------- */

struct scores {
	const pv_strlist *names;
	pv_score_fn fn;
	void *payload;
	pv_error *err;
};

static int give_score(const char *key, const pv_json *member, void *payload)
{
	struct scores *scores = payload;
	pv_buf text = { 0 };
	int64_t value = 0;
	int is_exact;
	int rc;

	if (pv_strlist_search(scores->names, key) < 0)
		return PV_OK;
	rc = pv_json_dump(&text, member, scores->err);
	/* One that is too large to be kept is not rolled up. */
	if (rc == PV_OK &&
	    pv_scaled_parse(&value, &is_exact, (pv_str){ text.ptr, text.len },
			    PV_SCORE_SCALE) == PV_OK)
		rc = scores->fn(key, value, scores->payload, scores->err);
	pv_buf_dispose(&text);
	return rc;
}

int pv_scores_each(const pv_execution *row, const pv_strlist *names,
		   pv_score_fn fn, void *payload, pv_error *err)
{
	const pv_value *value = &row->values[PV_FIELD_SCORES];
	struct scores scores = { names, fn, payload, err };
	pv_json_doc *doc = NULL;
	int rc;

	if (!value->is_set || !names || !names->count)
		return PV_OK;
	rc = pv_json_parse(&doc, value->text, value->len, err);
	if (rc == PV_OK)
		rc = pv_json_each(pv_json_root(doc), give_score, &scores);
	pv_json_free(doc);
	return rc;
}

/* Where scores go. */
struct adding {
	pv_cell *cell;
	int times;
};

static int add_score(const char *name, int64_t value, void *payload, pv_error *err)
{
	const struct adding *it = payload;
	pv_moments *moments = NULL;
	int rc = pv_cell_score_of(&moments, it->cell, pv_str_of(name), err);

	return rc == PV_OK ? moments_add(moments, value, pv_bin_key(value),
					 it->times, err)
			   : rc;
}

static int add_metric(pv_cell *cell, int metric, int64_t value, int times,
		      pv_error *err)
{
	int32_t key = metric == PV_METRIC_QUALITY ? pv_bin_even_key(value)
						  : pv_bin_key(value);

	return moments_add(&cell->metrics[metric], value, key, times, err);
}

int pv_cell_add(pv_cell *cell, const pv_execution *row,
		const pv_strlist *scores, int times, pv_error *err)
{
	const pv_value *values = row->values;
	const pv_value *kind = &values[PV_FIELD_ERROR_TYPE];
	int64_t status = values[PV_FIELD_STATUS].number;
	struct adding adding = { cell, times };
	int rc = PV_OK;

	cell->n += times;
	if (values[PV_FIELD_STATUS].is_set && status >= 1 &&
	    status <= PV_STATUS_COUNT)
		cell->statuses[status - 1] += times;
	if (values[PV_FIELD_TS].number > cell->last_us)
		cell->last_us = values[PV_FIELD_TS].number;
	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK; i++)
		if (values[fields[i]].is_set)
			rc = add_metric(cell, i, values[fields[i]].number,
					times, err);
	if (rc == PV_OK && kind->is_set)
		rc = pv_cell_add_error(cell, (pv_str){ kind->text, kind->len },
				       times, err);
	return rc == PV_OK ? pv_scores_each(row, scores, add_score, &adding, err)
			   : rc;
}

/* --- cells ---------------------------------------------------------------- */

static int merge_named(pv_cell *cell, const pv_cell *other, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < other->score_count && rc == PV_OK; i++) {
		const pv_cell_score *score = &other->scores[i];
		pv_moments *moments = NULL;

		rc = pv_cell_score_of(&moments, cell, pv_str_of(score->name),
				      err);
		if (rc == PV_OK && moments)
			rc = pv_moments_merge(moments, &score->moments, err);
	}
	for (size_t i = 0; i < other->error_count && rc == PV_OK; i++)
		rc = pv_cell_add_error(cell, pv_str_of(other->errors[i].name),
				       other->errors[i].count, err);
	return rc;
}

int pv_cell_merge(pv_cell *cell, const pv_cell *other, pv_error *err)
{
	int rc = PV_OK;

	cell->n += other->n;
	for (int i = 0; i < PV_STATUS_COUNT; i++)
		cell->statuses[i] += other->statuses[i];
	if (other->last_us > cell->last_us)
		cell->last_us = other->last_us;
	for (int i = 0; i < PV_METRIC_COUNT && rc == PV_OK; i++)
		rc = pv_moments_merge(&cell->metrics[i], &other->metrics[i], err);
	return rc == PV_OK ? merge_named(cell, other, err) : rc;
}

int pv_cell_is_empty(const pv_cell *cell)
{
	if (cell->n)
		return 0;
	for (int i = 0; i < PV_STATUS_COUNT; i++)
		if (cell->statuses[i])
			return 0;
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		if (!moments_are_empty(&cell->metrics[i]))
			return 0;
	for (size_t i = 0; i < cell->score_count; i++)
		if (!moments_are_empty(&cell->scores[i].moments))
			return 0;
	return 1;
}

void pv_cell_drop_costs(pv_cell *cell)
{
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		if (!pv_metric_is_free(i))
			pv_moments_reset(&cell->metrics[i]);
}

void pv_moments_reset(pv_moments *moments)
{
	pv_histogram bins = moments->histogram;

	memset(moments, 0, sizeof(*moments));
	moments->histogram.bins = bins.bins;
	moments->histogram.cap = bins.cap;
}

static void free_named(pv_cell *cell)
{
	for (size_t i = 0; i < cell->score_count; i++) {
		pv_histogram_dispose(&cell->scores[i].moments.histogram);
		pv_free(cell->scores[i].name);
	}
	for (size_t i = 0; i < cell->error_count; i++)
		pv_free(cell->errors[i].name);
	pv_free(cell->scores);
	pv_free(cell->errors);
}

void pv_cell_reset(pv_cell *cell)
{
	pv_cell kept = { 0 };

	for (int i = 0; i < PV_METRIC_COUNT; i++) {
		pv_moments_reset(&cell->metrics[i]);
		kept.metrics[i] = cell->metrics[i];
	}
	free_named(cell);
	*cell = kept;
}

void pv_cell_dispose(pv_cell *cell)
{
	for (int i = 0; i < PV_METRIC_COUNT; i++)
		pv_histogram_dispose(&cell->metrics[i].histogram);
	free_named(cell);
	memset(cell, 0, sizeof(*cell));
}
