/* SPDX-License-Identifier: MIT
 *
 * Assignment of units to variants, see pv/experiment.h for what is hashed. A
 * plan is checked once; assigning by it cannot fail and allocates nothing.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/fail.h"
#include "experiment/slots.h"
#include "experiment/spread.h"

enum {
	UNLEASH_STEPS = 1000
};

/* Unleash's seed for variants, a prime. */
static const uint32_t unleash_seed = 86028157;

const char *pv_assign_reason_name(enum pv_assign_reason reason)
{
	switch (reason) {
	case PV_ASSIGN_EMPTY_UNIT:
		return "empty_unit";
	case PV_ASSIGN_OVERRIDE:
		return "override";
	case PV_ASSIGN_STICKY:
		return "sticky";
	case PV_ASSIGN_HOLDOUT:
		return "holdout";
	case PV_ASSIGN_LAYER:
		return "layer";
	case PV_ASSIGN_COVERAGE:
		return "coverage";
	case PV_ASSIGN_HASH:
		return "hash";
	}
	return "";
}

/* --- slots of units ------------------------------------------------------- */

static int is_salt(const char *text)
{
	static const char others[] = "abcdefghijklmnopqrstuvwxyz"
				     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-";
	size_t len = text ? strlen(text) : 0;

	return len > 0 && len <= PV_SALT_MAX && strspn(text, others) == len;
}

static uint32_t slot_of_hash(uint32_t hash)
{
	return (uint32_t)((uint64_t)hash * PV_SLOTS >> 32);
}

static int is_own(enum pv_bucketing bucketing)
{
	return bucketing <= PV_BUCKETING_SHA256;
}

static uint32_t own_slot(enum pv_bucketing bucketing, char purpose,
			 const char *salt, pv_hash_part unit)
{
	char head[] = "pv1:?:";
	pv_hash_part parts[4] = {
		{ head, sizeof(head) - 1 }, pv_part_of(salt), { ":", 1 }, unit
	};

	head[4] = purpose;
	if (bucketing == PV_BUCKETING_MURMUR3)
		return slot_of_hash(pv_murmur3(parts, 4, 0));
	if (bucketing == PV_BUCKETING_SHA256)
		return slot_of_hash(pv_sha256_head(parts, 4));
	return slot_of_hash(pv_md5_head(parts, 4));
}

static uint32_t growthbook_slot(const char *salt, pv_hash_part unit)
{
	const pv_hash_part parts[] = { pv_part_of(salt), unit };
	char digits[16];
	pv_hash_part again;

	snprintf(digits, sizeof(digits), "%" PRIu32, pv_fnv1a(parts, 2));
	again = pv_part_of(digits);
	return pv_fnv1a(&again, 1) % 10000 * 100;
}

static uint32_t launchdarkly_slot(const char *salt, pv_hash_part unit)
{
	const pv_hash_part parts[] = { pv_part_of(salt), { ".", 1 }, unit };
	unsigned char digest[PV_SHA1_BYTES];
	double share;

	pv_sha1_of(digest, parts, 3);
	share = pv_sha1_share(digest);
	return share < 1 ? (uint32_t)(share * PV_SLOTS) : PV_SLOTS - 1;
}

/* With the salt in the place of what each program has there. */
static uint32_t foreign_slot(enum pv_bucketing bucketing, const char *salt,
			     pv_hash_part unit)
{
	const pv_hash_part id = pv_part_of(salt);
	const pv_hash_part with_colon[] = { id, { ":", 1 }, unit };
	const pv_hash_part with_dash[] = { id, { "-", 1 }, unit };
	const pv_hash_part behind[] = { unit, id };

	switch (bucketing) {
	case PV_BUCKETING_GROWTHBOOK_V2:
		return growthbook_slot(salt, unit);
	case PV_BUCKETING_UNLEASH:
		return pv_murmur3(with_colon, 3, unleash_seed) % UNLEASH_STEPS *
		       (PV_SLOTS / UNLEASH_STEPS);
	case PV_BUCKETING_OPTIMIZELY:
		return (uint32_t)((uint64_t)pv_murmur3(behind, 2, 1) * 10000 >>
				  32) *
		       100;
	case PV_BUCKETING_LAUNCHDARKLY:
		return launchdarkly_slot(salt, unit);
	case PV_BUCKETING_EPPO:
		return pv_md5_head(with_dash, 3) % 10000 * 100;
	case PV_BUCKETING_MD5:
	case PV_BUCKETING_MURMUR3:
	case PV_BUCKETING_SHA256:
		break;
	}
	return 0;
}

int pv_slot_of(uint32_t *out, const pv_slot_space *space, const char *unit,
	       size_t len, pv_error *err)
{
	const pv_hash_part part = { unit, len };

	*out = 0;
	if (!is_salt(space->salt))
		return pv_fail(err, PV_EINVALID, "bad salt \"%s\"",
			       space->salt ? space->salt : "");
	if (!space->purpose || !strchr("xvlh", space->purpose))
		return pv_fail(err, PV_EINVALID, "no such purpose");
	*out = is_own(space->bucketing)
		       ? own_slot(space->bucketing, space->purpose, space->salt,
				  part)
		       : foreign_slot(space->bucketing, space->salt, part);
	return PV_OK;
}

void pv_unit_key(char out[PV_UNIT_KEY], const char *unit, size_t len)
{
	static const char digits[] = "0123456789abcdef";
	const pv_hash_part part = { unit, len };
	unsigned char digest[PV_MD5_BYTES];

	pv_md5_of(digest, &part, 1);
	for (size_t i = 0; i < PV_MD5_BYTES; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[PV_UNIT_KEY - 1] = '\0';
}

/* --- plans ---------------------------------------------------------------- */

static int names_check(const pv_assign_plan *plan, pv_error *err)
{
	if (!is_salt(plan->salt))
		return pv_fail(err, PV_EINVALID, "bad salt \"%s\"",
			       plan->salt ? plan->salt : "");
	if (plan->layer && !is_salt(plan->layer))
		return pv_fail(err, PV_EINVALID, "bad layer \"%s\"", plan->layer);
	for (size_t i = 0; i < plan->holdout_count; i++) {
		const pv_holdout *holdout = &plan->holdouts[i];

		if (!is_salt(holdout->name) || holdout->size_ppm > PV_SLOTS)
			return pv_fail(err, PV_EINVALID, "bad holdout \"%s\"",
				       holdout->name ? holdout->name : "");
	}
	return PV_OK;
}

int pv_assign_plan_check(const pv_assign_plan *plan, pv_error *err)
{
	int rc = names_check(plan, err);

	if (rc == PV_OK && plan->coverage_ppm > PV_SLOTS)
		rc = pv_fail(err, PV_EINVALID, "a coverage of %u is above %d",
			     plan->coverage_ppm, PV_SLOTS);
	if (rc == PV_OK)
		rc = pv_slots_check(plan->slots, err);
	for (size_t i = 0; i < plan->layer_range_count && rc == PV_OK; i++)
		if (plan->layer_ranges[i].begin > plan->layer_ranges[i].end ||
		    plan->layer_ranges[i].end > PV_SLOTS)
			rc = pv_fail(err, PV_EINVALID,
				     "slots %u to %u are no range",
				     plan->layer_ranges[i].begin,
				     plan->layer_ranges[i].end);
	for (size_t i = 0; i < plan->override_count && rc == PV_OK; i++)
		if (plan->overrides[i].variant >= plan->slots->variants)
			rc = pv_fail(err, PV_EINVALID,
				     "the override of \"%s\" is no variant",
				     plan->overrides[i].unit);
	return rc;
}

/* --- assignment ----------------------------------------------------------- */

static const pv_override *find_override(const pv_assign_plan *plan,
					pv_hash_part unit)
{
	for (size_t i = 0; i < plan->override_count; i++) {
		const pv_override *it = &plan->overrides[i];

		if (strlen(it->unit) == unit.len &&
		    !memcmp(it->unit, unit.data, unit.len))
			return it;
	}
	return NULL;
}

/* Holdouts and layers are ours whatever the bucketing. */
static enum pv_bucketing own_of(const pv_assign_plan *plan)
{
	return is_own(plan->bucketing) ? plan->bucketing : PV_BUCKETING_MD5;
}

static int is_held_out(const pv_assign_plan *plan, pv_hash_part unit)
{
	for (size_t i = 0; i < plan->holdout_count; i++)
		if (own_slot(own_of(plan), 'h', plan->holdouts[i].name, unit) <
		    plan->holdouts[i].size_ppm)
			return 1;
	return 0;
}

static int is_in_layer(const pv_assign_plan *plan, uint32_t slot)
{
	for (size_t i = 0; i < plan->layer_range_count; i++)
		if (slot >= plan->layer_ranges[i].begin &&
		    slot < plan->layer_ranges[i].end)
			return 1;
	return 0;
}

static const pv_slot_range *range_at(const pv_slots *slots, uint32_t slot)
{
	size_t low = 0;
	size_t high = slots->count;

	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (slots->ranges[middle].begin <= slot)
			low = middle;
		else
			high = middle;
	}
	return &slots->ranges[low];
}

static void take(pv_assignment *out, enum pv_assign_reason reason,
		 uint32_t variant)
{
	out->is_in = 1;
	out->reason = reason;
	out->variant = variant;
}

static void assign_foreign(pv_assignment *out, const pv_assign_plan *plan,
			   pv_hash_part unit)
{
	uint32_t slot = foreign_slot(plan->bucketing, plan->salt, unit);
	const pv_slot_range *range = range_at(plan->slots, slot);
	uint64_t width = range->end - range->begin;

	out->slot_exposure = (int32_t)slot;
	out->reason = PV_ASSIGN_COVERAGE;
	if ((uint64_t)(slot - range->begin) * PV_SLOTS >=
	    width * plan->coverage_ppm)
		return;
	out->slot_variant = (int32_t)slot;
	take(out, PV_ASSIGN_HASH, range->variant);
}

static void assign_own(pv_assignment *out, const pv_assign_plan *plan,
		       pv_hash_part unit)
{
	uint32_t slot = own_slot(plan->bucketing, 'x', plan->salt, unit);

	out->slot_exposure = (int32_t)slot;
	out->reason = PV_ASSIGN_COVERAGE;
	if (slot >= plan->coverage_ppm)
		return;
	slot = own_slot(plan->bucketing, 'v', plan->salt, unit);
	out->slot_variant = (int32_t)slot;
	take(out, PV_ASSIGN_HASH, range_at(plan->slots, slot)->variant);
}

void pv_assign(pv_assignment *out, const pv_assign_plan *plan, const char *unit,
	       size_t len, const pv_sticky *sticky)
{
	const pv_assignment none = { .slot_layer = -1,
				     .slot_exposure = -1,
				     .slot_variant = -1,
				     .epoch = plan->epoch };
	const pv_hash_part part = { unit, len };
	const pv_override *override;

	*out = none;
	if (!len)
		return;
	override = find_override(plan, part);
	if (override) {
		take(out, PV_ASSIGN_OVERRIDE, override->variant);
		return;
	}
	if (sticky && sticky->variant < plan->slots->variants) {
		take(out, PV_ASSIGN_STICKY, sticky->variant);
		if (sticky->epoch)
			out->epoch = sticky->epoch;
		return;
	}
	out->reason = PV_ASSIGN_HOLDOUT;
	if (is_held_out(plan, part))
		return;
	out->reason = PV_ASSIGN_LAYER;
	if (plan->layer) {
		uint32_t slot = own_slot(own_of(plan), 'l', plan->layer, part);

		out->slot_layer = (int32_t)slot;
		if (!is_in_layer(plan, slot))
			return;
	}
	if (is_own(plan->bucketing))
		assign_own(out, plan, part);
	else
		assign_foreign(out, plan, part);
}
