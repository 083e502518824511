/* SPDX-License-Identifier: MIT
 *
 * Units and arms in memory.
 */
#include "index/unit.h"

#include "base/hash.h"
#include "base/mem.h"
#include "index/named.h"

void pv_unit_hash(unsigned char out[PV_UNIT_KEY_BYTES], pv_str unit)
{
	unsigned char whole[PV_SHA256_BYTES];

	pv_sha256_of(whole, unit.ptr, unit.len);
	memcpy(out, whole, PV_UNIT_KEY_BYTES);
}

/* --- scores --------------------------------------------------------------- */

int pv_unit_score_of(int64_t **out, pv_unit *unit, pv_str name, pv_error *err)
{
	const pv_named scores = { &unit->scores, &unit->score_count,
				  &unit->score_cap, sizeof(*unit->scores) };
	void *found = NULL;
	int rc = pv_named_find(&found, &scores, name, err);

	if (rc == PV_OK)
		*out = ((pv_unit_score *)found)->digits;
	return rc;
}

int pv_arm_score_of(int64_t **out, pv_arm *arm, pv_str name, pv_error *err)
{
	const pv_named scores = { &arm->scores, &arm->score_count,
				  &arm->score_cap, sizeof(*arm->scores) };
	void *found = NULL;
	int rc = pv_named_find(&found, &scores, name, err);

	if (rc == PV_OK)
		*out = ((pv_arm_score *)found)->digits;
	return rc;
}

/* --- units ---------------------------------------------------------------- */

static void add_value(int64_t *digits, int64_t value, int times)
{
	digits[PV_TALLY_N] += times;
	pv_value_add(digits + PV_TALLY_SUM, value, times);
}

struct adding {
	pv_unit *unit;
	int times;
};

static int add_score(const char *name, int64_t value, void *payload, pv_error *err)
{
	const struct adding *it = payload;
	int64_t *digits = NULL;
	int rc = pv_unit_score_of(&digits, it->unit, pv_str_of(name), err);

	if (rc == PV_OK)
		add_value(digits, value, it->times);
	return rc;
}

int pv_unit_add(pv_unit *unit, const pv_execution *row,
		const pv_unit_rule *rule, pv_error *err)
{
	const pv_value *status = &row->values[PV_FIELD_STATUS];
	struct adding adding = { unit, rule->times };

	unit->n += rule->times;
	if (status->is_set)
		add_value(unit->metrics[PV_UNIT_SUCCESS],
			  status->number == PV_STATUS_OK, rule->times);
	for (int i = 0; i < PV_METRIC_COUNT; i++) {
		const pv_value *value =
			&row->values[pv_metric_field((enum pv_metric)i)];

		if (value->is_set && (!rule->is_cached || pv_metric_is_free(i)))
			add_value(unit->metrics[i], value->number, rule->times);
	}
	return pv_scores_each(row, rule->scores, add_score, &adding, err);
}

static void add_digits(int64_t *to, const int64_t *from, int count)
{
	for (int i = 0; i < count; i++)
		to[i] += from[i];
}

int pv_unit_merge(pv_unit *unit, const pv_unit *other, pv_error *err)
{
	int rc = PV_OK;

	unit->n += other->n;
	for (int i = 0; i < PV_UNIT_METRICS; i++)
		add_digits(unit->metrics[i], other->metrics[i], PV_TALLY_DIGITS);
	for (size_t i = 0; i < other->score_count && rc == PV_OK; i++) {
		const pv_unit_score *score = &other->scores[i];
		int64_t *digits = NULL;

		rc = pv_unit_score_of(&digits, unit, pv_str_of(score->name), err);
		if (rc == PV_OK)
			add_digits(digits, score->digits, PV_TALLY_DIGITS);
	}
	return rc;
}

static int are_zero(const int64_t *digits)
{
	for (int i = 0; i < PV_TALLY_DIGITS; i++)
		if (digits[i])
			return 0;
	return 1;
}

int pv_unit_is_empty(const pv_unit *unit)
{
	int is_empty = !unit->n;

	for (int i = 0; i < PV_UNIT_METRICS; i++)
		is_empty = is_empty && are_zero(unit->metrics[i]);
	for (size_t i = 0; i < unit->score_count; i++)
		is_empty = is_empty && are_zero(unit->scores[i].digits);
	return is_empty;
}

void pv_unit_dispose(pv_unit *unit)
{
	for (size_t i = 0; i < unit->score_count; i++)
		pv_free(unit->scores[i].name);
	pv_free(unit->scores);
	memset(unit, 0, sizeof(*unit));
}

/* --- arms ----------------------------------------------------------------- */

int64_t pv_sum_total(const int64_t digits[2])
{
	const int64_t base = (int64_t)1 << 32;
	const int64_t most = (int64_t)1 << 62;
	int64_t low = digits[0] % base;
	int64_t high;

	low += low < 0 ? base : 0;
	high = digits[1] + (digits[0] - low) / base;
	if (high >= most / base)
		return most;
	return high < -(most / base) ? -most : high * base + low;
}

void pv_spread_add(int64_t *to, int64_t x, int64_t y, int times)
{
	to[PV_SPREAD_UNITS] += times;
	pv_value_add(to + PV_SPREAD_X, x, times);
	pv_product_add(to + PV_SPREAD_XX, x, x, times);
	pv_value_add(to + PV_SPREAD_Y, y, times);
	pv_product_add(to + PV_SPREAD_YY, y, y, times);
	pv_product_add(to + PV_SPREAD_XY, x, y, times);
}

static void add_spread(int64_t *to, const int64_t *from, int times)
{
	if (from[PV_TALLY_N])
		pv_spread_add(to, pv_sum_total(from + PV_TALLY_SUM),
			      from[PV_TALLY_N], times);
}

int pv_arm_add(pv_arm *arm, const pv_unit *unit, int times, pv_error *err)
{
	int rc = PV_OK;

	if (!unit->n)
		return PV_OK;
	arm->units += times;
	arm->n += times * unit->n;
	for (int i = 0; i < PV_UNIT_METRICS; i++)
		add_spread(arm->metrics[i], unit->metrics[i], times);
	for (size_t i = 0; i < unit->score_count && rc == PV_OK; i++) {
		const pv_unit_score *score = &unit->scores[i];
		int64_t *digits = NULL;

		rc = pv_arm_score_of(&digits, arm, pv_str_of(score->name), err);
		if (rc == PV_OK)
			add_spread(digits, score->digits, times);
	}
	return rc;
}

int pv_arm_merge(pv_arm *arm, const pv_arm *other, pv_error *err)
{
	int rc = PV_OK;

	arm->units += other->units;
	arm->n += other->n;
	for (int i = 0; i < PV_UNIT_METRICS; i++)
		add_digits(arm->metrics[i], other->metrics[i], PV_SPREAD_DIGITS);
	for (size_t i = 0; i < other->score_count && rc == PV_OK; i++) {
		const pv_arm_score *score = &other->scores[i];
		int64_t *digits = NULL;

		rc = pv_arm_score_of(&digits, arm, pv_str_of(score->name), err);
		if (rc == PV_OK)
			add_digits(digits, score->digits, PV_SPREAD_DIGITS);
	}
	return rc;
}

void pv_arm_dispose(pv_arm *arm)
{
	for (size_t i = 0; i < arm->score_count; i++)
		pv_free(arm->scores[i].name);
	pv_free(arm->scores);
	memset(arm, 0, sizeof(*arm));
}
