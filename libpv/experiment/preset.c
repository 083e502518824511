/* SPDX-License-Identifier: MIT
 *
 * How other programs hash units, for experiments that move here while they
 * run. Each is what the program's own published vectors say.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>

#include <pv/experiment.h>

#include "base/fail.h"
#include "experiment/spread.h"

static double growthbook_v1(const char *seed, const char *value)
{
	const pv_hash_part parts[] = { pv_part_of(value), pv_part_of(seed) };

	return (double)(pv_fnv1a(parts, 2) % 1000) / 1000;
}

int pv_growthbook_hash(double *out, const char *seed, const char *value,
		       int version, pv_error *err)
{
	const pv_hash_part parts[] = { pv_part_of(seed), pv_part_of(value) };
	pv_hash_part again;
	char digits[16];

	*out = 0;
	if (version != 1 && version != 2)
		return pv_fail(err, PV_EUNSUPPORTED,
			       "there is no version %d of GrowthBook's hash",
			       version);
	if (version == 1) {
		*out = growthbook_v1(seed, value);
		return PV_OK;
	}
	snprintf(digits, sizeof(digits), "%" PRIu32, pv_fnv1a(parts, 2));
	again = pv_part_of(digits);
	*out = (double)(pv_fnv1a(&again, 1) % 10000) / 10000;
	return PV_OK;
}

static int is_usable(const double *weights, size_t weight_count, size_t count)
{
	double sum = 0;

	if (!weights || weight_count != count)
		return 0;
	for (size_t i = 0; i < count; i++)
		sum += weights[i];
	return sum >= 0.99 && sum <= 1.01;
}

void pv_growthbook_ranges(pv_growthbook_range *out, size_t count, double coverage,
			  const double *weights, size_t weight_count)
{
	int is_given = is_usable(weights, weight_count, count);
	double share = fmin(fmax(coverage, 0), 1);
	double begin = 0;

	for (size_t i = 0; i < count; i++) {
		double weight = is_given ? weights[i] : 1 / (double)count;

		out[i].begin = begin;
		out[i].end = begin + share * weight;
		begin += weight;
	}
}

int pv_growthbook_choose(double n, const pv_growthbook_range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (n >= ranges[i].begin && n < ranges[i].end)
			return (int)i;
	return -1;
}

int pv_growthbook_in_namespace(const char *unit, const char *name,
			       pv_growthbook_range range)
{
	const pv_hash_part parts[] = { pv_part_of(unit), pv_part_of("__"),
				       pv_part_of(name) };
	double n = (double)(pv_fnv1a(parts, 3) % 1000) / 1000;

	return n >= range.begin && n < range.end;
}

uint32_t pv_unleash_bucket(const char *group, const char *id,
			   uint32_t normalizer, uint32_t seed)
{
	const pv_hash_part parts[] = { pv_part_of(group), pv_part_of(":"),
				       pv_part_of(id) };

	return normalizer ? pv_murmur3(parts, 3, seed) % normalizer + 1 : 0;
}

uint32_t pv_optimizely_bucket(const char *id, const char *entity)
{
	const pv_hash_part parts[] = { pv_part_of(id), pv_part_of(entity) };

	return (uint32_t)((uint64_t)pv_murmur3(parts, 2, 1) * 10000 >> 32);
}

double pv_launchdarkly_bucket(const char *flag, const char *salt,
			      const char *key, const int64_t *seed)
{
	char number[24] = "";
	pv_hash_part parts[] = { pv_part_of(flag), pv_part_of("."),
				 pv_part_of(salt), pv_part_of("."),
				 pv_part_of(key) };
	unsigned char digest[PV_SHA1_BYTES];

	if (seed) {
		snprintf(number, sizeof(number), "%" PRId64, *seed);
		parts[2] = pv_part_of(number);
	}
	pv_sha1_of(digest, seed ? parts + 2 : parts, seed ? 3 : 5);
	return pv_sha1_share(digest);
}

uint32_t pv_eppo_shard(const char *input, uint32_t shards)
{
	const pv_hash_part part = pv_part_of(input);

	return shards ? pv_md5_head(&part, 1) % shards : 0;
}
