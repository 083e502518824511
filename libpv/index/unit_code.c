/* SPDX-License-Identifier: MIT
 *
 * Units and arms as bytes. A unit: a format number, the number of days, and for
 * each how many days it is behind the one before, how many executions, a bit
 * for each metric that there is and its digits, the number of scores, and for
 * each its name and digits. An arm: a format number and the same of one day,
 * with the number of units before that of executions. Numbers are those of
 * index/number.h; so equal ones have equal bytes, and those without anything
 * have none.
 */
#include "index/unit_days.h"

#include "base/fail.h"
#include "index/number.h"

enum {
	ARM_FORMAT = 1,
	/* A unit whose days were not kept: all of it is of no known one. */
	DAYLESS_FORMAT = 1,
	UNIT_FORMAT = 2
};

/* --- writing -------------------------------------------------------------- */

static int is_kept(const int64_t *digits, size_t width)
{
	for (size_t i = 0; i < width; i++)
		if (digits[i])
			return 1;
	return 0;
}

/* `metrics` are one behind the other. */
static void put_metrics(pv_buf *out, const int64_t *metrics, size_t width)
{
	int64_t mask = 0;

	for (int i = 0; i < PV_UNIT_METRICS; i++)
		if (is_kept(metrics + (size_t)i * width, width))
			mask |= INT64_C(1) << i;
	pv_number_put(out, mask);
	for (int i = 0; i < PV_UNIT_METRICS; i++)
		if (mask & (INT64_C(1) << i))
			pv_numbers_put(out, metrics + (size_t)i * width, width);
}

static void put_score(pv_buf *out, const char *name, const int64_t *digits,
		      size_t width)
{
	if (!is_kept(digits, width))
		return;
	pv_name_put(out, name);
	pv_numbers_put(out, digits, width);
}

static void put_unit(pv_buf *out, const pv_unit *unit)
{
	int64_t count = 0;

	for (size_t i = 0; i < unit->score_count; i++)
		count += is_kept(unit->scores[i].digits, PV_TALLY_DIGITS);
	pv_number_put(out, unit->n);
	put_metrics(out, unit->metrics[0], PV_TALLY_DIGITS);
	pv_number_put(out, count);
	for (size_t i = 0; i < unit->score_count; i++)
		put_score(out, unit->scores[i].name, unit->scores[i].digits,
			  PV_TALLY_DIGITS);
}

void pv_unit_days_encode(pv_buf *out, const pv_unit_days *unit)
{
	int64_t before = 0;
	int64_t count = 0;

	for (size_t i = 0; i < unit->count; i++)
		count += !pv_unit_is_empty(&unit->items[i].sums);
	if (!count)
		return;
	pv_number_put(out, UNIT_FORMAT);
	pv_number_put(out, count);
	for (size_t i = 0; i < unit->count; i++) {
		if (pv_unit_is_empty(&unit->items[i].sums))
			continue;
		pv_number_put(out, unit->items[i].day - before);
		put_unit(out, &unit->items[i].sums);
		before = unit->items[i].day;
	}
}

static int64_t count_scores(const pv_arm *arm)
{
	int64_t count = 0;

	for (size_t i = 0; i < arm->score_count; i++)
		count += is_kept(arm->scores[i].digits, PV_SPREAD_DIGITS);
	return count;
}

void pv_arm_encode(pv_buf *out, const pv_arm *arm)
{
	int64_t count = count_scores(arm);

	if (!arm->units && !arm->n && !count &&
	    !is_kept(arm->metrics[0], PV_UNIT_METRICS * (size_t)PV_SPREAD_DIGITS))
		return;
	pv_number_put(out, ARM_FORMAT);
	pv_number_put(out, arm->units);
	pv_number_put(out, arm->n);
	put_metrics(out, arm->metrics[0], PV_SPREAD_DIGITS);
	pv_number_put(out, count);
	for (size_t i = 0; i < arm->score_count; i++)
		put_score(out, arm->scores[i].name, arm->scores[i].digits,
			  PV_SPREAD_DIGITS);
}

/* --- reading -------------------------------------------------------------- */

static void take_metrics(int64_t *metrics, pv_number_reader *in, size_t width)
{
	int64_t mask = pv_number_take(in);

	in->is_bad |= mask < 0 || mask >> PV_UNIT_METRICS;
	for (int i = 0; i < PV_UNIT_METRICS && !in->is_bad; i++)
		if (mask & (INT64_C(1) << i))
			pv_numbers_add(metrics + (size_t)i * width, in, width);
}

/* The next name; of no length when there is none, or bytes are bad. */
static pv_str take_name(pv_number_reader *in)
{
	pv_str name = { NULL, 0 };

	pv_name_take(&name.ptr, &name.len, in);
	return name;
}

static int end_of(pv_number_reader *in, int rc, pv_error *err)
{
	in->is_bad |= in->at != in->end;
	if (rc < 0 || !in->is_bad)
		return rc;
	return pv_fail(err, PV_EDB, "sums of units in the index are damaged");
}

static pv_number_reader begin(pv_str bytes)
{
	const unsigned char *at = (const unsigned char *)bytes.ptr;

	return (pv_number_reader){ at, at + bytes.len, 0 };
}

static int take_unit(pv_unit *unit, pv_number_reader *in, pv_error *err)
{
	int64_t scores;
	int rc = PV_OK;

	pv_numbers_add(&unit->n, in, 1);
	take_metrics(unit->metrics[0], in, PV_TALLY_DIGITS);
	scores = pv_number_take(in);
	while (scores-- > 0 && rc == PV_OK && !in->is_bad) {
		pv_str name = take_name(in);
		int64_t *digits = NULL;

		if (in->is_bad)
			break;
		rc = pv_unit_score_of(&digits, unit, name, err);
		if (rc == PV_OK)
			pv_numbers_add(digits, in, PV_TALLY_DIGITS);
	}
	return rc;
}

/* A day is known, and behind the one before but for the first. */
static int64_t take_day(pv_number_reader *in, int64_t before, int is_first)
{
	int64_t step = pv_number_take(in);

	in->is_bad |= step > PV_DAY_UNKNOWN || step < -PV_DAY_UNKNOWN ||
		      (!is_first && step <= 0);
	if (in->is_bad)
		return before;
	in->is_bad |= before + step > PV_DAY_UNKNOWN;
	return before + step;
}

int pv_unit_days_decode(pv_unit_days *unit, pv_str bytes, pv_error *err)
{
	pv_number_reader in = begin(bytes);
	int64_t days = 1;
	int64_t day = PV_DAY_UNKNOWN;
	int64_t format;
	int rc = PV_OK;

	if (!bytes.len)
		return PV_OK;
	format = pv_number_take(&in);
	in.is_bad |= format != UNIT_FORMAT && format != DAYLESS_FORMAT;
	if (format == UNIT_FORMAT) {
		days = pv_number_take(&in);
		day = 0;
	}
	for (int64_t i = 0; i < days && rc == PV_OK && !in.is_bad; i++) {
		pv_unit *sums = NULL;

		if (format == UNIT_FORMAT)
			day = take_day(&in, day, i == 0);
		if (in.is_bad)
			break;
		rc = pv_unit_day_of(&sums, unit, day, err);
		if (rc == PV_OK)
			rc = take_unit(sums, &in, err);
	}
	return end_of(&in, rc, err);
}

int pv_arm_decode(pv_arm *arm, pv_str bytes, pv_error *err)
{
	pv_number_reader in;
	int64_t scores;
	int rc = PV_OK;

	if (!bytes.len)
		return PV_OK;
	in = begin(bytes);
	in.is_bad = pv_number_take(&in) != ARM_FORMAT;
	pv_numbers_add(&arm->units, &in, 1);
	pv_numbers_add(&arm->n, &in, 1);
	take_metrics(arm->metrics[0], &in, PV_SPREAD_DIGITS);
	scores = pv_number_take(&in);
	while (scores-- > 0 && rc == PV_OK && !in.is_bad) {
		pv_str name = take_name(&in);
		int64_t *digits = NULL;

		if (in.is_bad)
			break;
		rc = pv_arm_score_of(&digits, arm, name, err);
		if (rc == PV_OK)
			pv_numbers_add(digits, &in, PV_SPREAD_DIGITS);
	}
	return end_of(&in, rc, err);
}
