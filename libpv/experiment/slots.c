/* SPDX-License-Identifier: MIT
 *
 * Tables of slots: who has which of the million. Weights are whole numbers,
 * products are made in two steps so that none overflows.
 */
#include <string.h>

#include <pv/experiment.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/slots.h"

enum {
	DIGITS_MAX = 15,
	STEP = 1000 /* its square is PV_SLOTS */
};

static const int64_t sum_max = 4000000000000000; /* times STEP fits */

/* --- weights -------------------------------------------------------------- */

/* How many digits stand behind the point once the exponent is applied. */
static long places_of(const pv_decimal *value)
{
	long places = (long)value->fraction.len - value->exponent;

	return places > 0 ? places : 0;
}

/* The digits, followed by zeros up to `places` behind the point. */
static int scale(int64_t *out, const pv_decimal *value, long places)
{
	pv_str parts[2] = { value->whole, value->fraction };
	long zeros = places - (long)value->fraction.len + value->exponent;
	int64_t number = 0;
	long digits = 0;

	for (int i = 0; i < 2; i++)
		for (size_t k = 0; k < parts[i].len; k++) {
			digits += number > 0 || parts[i].ptr[k] != '0';
			if (digits > DIGITS_MAX)
				return -1;
			number = number * 10 + (parts[i].ptr[k] - '0');
		}
	if (number && digits + zeros > DIGITS_MAX)
		return -1;
	while (number && zeros-- > 0)
		number *= 10;
	*out = number;
	return 0;
}

static int sum_check(const int64_t *weights, size_t count, int64_t *sum_out,
		     pv_error *err)
{
	int64_t sum = 0;

	if (!count || count > PV_VARIANTS_MAX)
		return pv_fail(err, PV_EINVALID, "%zu variants are not 1 to %d",
			       count, PV_VARIANTS_MAX);
	for (size_t i = 0; i < count; i++) {
		if (weights[i] < 0 || weights[i] > sum_max - sum)
			return pv_fail(err, PV_EINVALID,
				       "weight %zu is negative or too large",
				       i + 1);
		sum += weights[i];
	}
	if (!sum)
		return pv_fail(err, PV_EINVALID, "all weights are 0");
	*sum_out = sum;
	return PV_OK;
}

int pv_weights_parse(int64_t *out, const char *const *texts, size_t count,
		     pv_error *err)
{
	pv_decimal value;
	long places = 0;
	int64_t sum;
	int rc = PV_OK;

	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_str text = { texts[i], strlen(texts[i]) };

		rc = pv_decimal_parse(&value, text, err);
		if (rc == PV_OK && places_of(&value) > places)
			places = places_of(&value);
	}
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		pv_str text = { texts[i], strlen(texts[i]) };

		rc = pv_decimal_parse(&value, text, err);
		if (rc == PV_OK && scale(&out[i], &value, places) < 0)
			return pv_fail(err, PV_EINVALID,
				       "weight \"%s\" has more than %d digits",
				       texts[i], DIGITS_MAX);
		if (value.is_negative && out[i])
			return pv_fail(err, PV_EINVALID,
				       "weight \"%s\" is negative", texts[i]);
	}
	return rc < 0 ? rc : sum_check(out, count, &sum, err);
}

/* --- tables --------------------------------------------------------------- */

/* floor((2 cum 1e6 + T) / (2 T)): the share of the slots, rounded. */
static uint32_t end_of(int64_t cum, int64_t sum)
{
	int64_t thousands = cum * STEP / sum;
	int64_t rest = cum * STEP % sum;
	int64_t ones = rest * STEP / sum;

	rest = rest * STEP % sum;
	return (uint32_t)(thousands * STEP + ones + (rest >= sum - rest));
}

/* Appends, joined to the last range when that is the same variant's. */
static void append(pv_slots *slots, uint32_t begin, uint32_t end, uint32_t variant)
{
	pv_slot_range *next = slots->ranges + slots->count;

	if (begin == end)
		return;
	if (slots->count && next[-1].variant == variant) {
		next[-1].end = end;
		return;
	}
	next->begin = begin;
	next->end = end;
	next->variant = variant;
	slots->count++;
}

static int slots_new(pv_slots *out, size_t room, size_t variants, pv_error *err)
{
	memset(out, 0, sizeof(*out));
	out->ranges = pv_calloc(room, sizeof(*out->ranges));
	out->variants = variants;
	if (out->ranges)
		return PV_OK;
	(void)pv_fail_nomem(err);
	return PV_ENOMEM;
}

int pv_slots_of_weights(pv_slots *out, const int64_t *weights, size_t count,
			pv_error *err)
{
	uint32_t begin = 0;
	int64_t cum = 0;
	int64_t sum = 1;
	int rc = sum_check(weights, count, &sum, err);

	memset(out, 0, sizeof(*out));
	if (rc == PV_OK)
		rc = slots_new(out, count, count, err);
	if (rc != PV_OK)
		return rc;
	for (size_t i = 0; i < count; i++) {
		uint32_t end;

		cum += weights[i];
		end = end_of(cum, sum);
		append(out, begin, end, (uint32_t)i);
		begin = end;
	}
	return PV_OK;
}

int pv_slots_check(const pv_slots *slots, pv_error *err)
{
	uint32_t at = 0;

	for (size_t i = 0; i < slots->count; i++) {
		const pv_slot_range *range = &slots->ranges[i];

		if (range->begin != at || range->end <= at ||
		    range->end > PV_SLOTS || range->variant >= slots->variants)
			return pv_fail(err, PV_EINVALID,
				       "slots %u to %u do not continue the "
				       "table",
				       range->begin, range->end);
		at = range->end;
	}
	if (at != PV_SLOTS || slots->variants > PV_VARIANTS_MAX)
		return pv_fail(err, PV_EINVALID,
			       "the table ends at slot %u of %d", at, PV_SLOTS);
	return PV_OK;
}

/* What a variant may keep, and what it is to get. */
struct quota {
	uint32_t keeps[PV_VARIANTS_MAX];
	uint32_t gets[PV_VARIANTS_MAX];
	size_t next; /* variant to get the next free slots */
};

static void quota_of(struct quota *out, const pv_slots *now, const pv_slots *then)
{
	uint32_t had[PV_VARIANTS_MAX] = { 0 };

	memset(out, 0, sizeof(*out));
	for (size_t i = 0; i < now->count; i++)
		had[now->ranges[i].variant] +=
			now->ranges[i].end - now->ranges[i].begin;
	for (size_t i = 0; i < then->count; i++)
		out->keeps[then->ranges[i].variant] =
			then->ranges[i].end - then->ranges[i].begin;
	for (size_t i = 0; i < PV_VARIANTS_MAX; i++)
		if (out->keeps[i] > had[i]) {
			out->gets[i] = out->keeps[i] - had[i];
			out->keeps[i] = had[i];
		}
}

/* Gives free slots to the growing variants. */
static void give(pv_slots *out, struct quota *quota, uint32_t begin, uint32_t end)
{
	while (begin < end) {
		uint32_t part = end - begin;

		while (!quota->gets[quota->next])
			quota->next++;
		if (part > quota->gets[quota->next])
			part = quota->gets[quota->next];
		append(out, begin, begin + part, (uint32_t)quota->next);
		quota->gets[quota->next] -= part;
		begin += part;
	}
}

int pv_slots_rebalance(pv_slots *out, uint32_t *moved_out, const pv_slots *slots,
		       const int64_t *weights, size_t count, pv_error *err)
{
	pv_slots aim = { 0 };
	struct quota quota;
	int rc = pv_slots_check(slots, err);

	memset(out, 0, sizeof(*out));
	*moved_out = 0;
	if (rc == PV_OK && count < slots->variants)
		rc = pv_fail(err, PV_EINVALID,
			     "a variant cannot be taken away, only be given a "
			     "weight of 0");
	if (rc == PV_OK)
		rc = pv_slots_of_weights(&aim, weights, count, err);
	if (rc == PV_OK)
		rc = slots_new(out, 2 * slots->count + count, count, err);
	if (rc != PV_OK)
		goto out;
	quota_of(&quota, slots, &aim);
	for (size_t i = 0; i < slots->count; i++) {
		pv_slot_range range = slots->ranges[i];
		uint32_t kept = range.end - range.begin;

		if (kept > quota.keeps[range.variant])
			kept = quota.keeps[range.variant];
		quota.keeps[range.variant] -= kept;
		append(out, range.begin, range.begin + kept, range.variant);
		give(out, &quota, range.begin + kept, range.end);
		*moved_out += range.end - range.begin - kept;
	}
out:
	pv_slots_dispose(&aim);
	return rc;
}

void pv_slots_dispose(pv_slots *slots)
{
	if (!slots)
		return;
	pv_free(slots->ranges);
	memset(slots, 0, sizeof(*slots));
}
