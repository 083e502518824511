/* SPDX-License-Identifier: MIT
 *
 * How long an assignment takes, in a plan with everything: holdout, layer,
 * exposure and variant, four hashes; and the least, two. The peer is Nettle's
 * md5 of one message of the same size.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <pv/experiment.h>

#include "base/hash.h"

enum {
	UNITS = 200000,
	ROUNDS = 15
};

static unsigned sink;
static char units[UNITS][16];

static double now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &at);
	return (double)at.tv_sec * 1e9 + (double)at.tv_nsec;
}

/* Nanoseconds of the processor each; no plan: md5 alone. */
static double measure(const pv_assign_plan *plan)
{
	double start = now();

	for (int i = 0; i < UNITS; i++) {
		const char *unit = units[i];
		size_t len = strlen(unit);

		if (plan) {
			pv_assignment got;

			pv_assign(&got, plan, unit, len, NULL);
			sink += got.variant;
		} else {
			const pv_hash_part parts[] = { { "pv1:v:exp/tone:", 15 },
						       { unit, len } };
			unsigned char digest[PV_MD5_BYTES];

			pv_md5_of(digest, parts, 2);
			sink += digest[0];
		}
	}
	return (now() - start) / UNITS;
}

static int compare(const void *a, const void *b)
{
	const double *left = a;
	const double *right = b;

	return (*left > *right) - (*left < *right);
}

static void report(const char *metric, const pv_assign_plan *plan)
{
	double ours[ROUNDS];
	double peer[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		ours[i] = measure(plan);
		peer[i] = measure(NULL);
	}
	qsort(ours, ROUNDS, sizeof(*ours), compare);
	qsort(peer, ROUNDS, sizeof(*peer), compare);
	printf("{\"bench\":\"assign\",\"metric\":\"%s\",\"unit\":\"ns\","
	       "\"ours\":%.1f,\"peer\":\"one md5\",\"peer_value\":%.1f,"
	       "\"ratio\":%.2f,\"n\":%d}\n",
	       metric, ours[ROUNDS / 2], peer[ROUNDS / 2],
	       ours[ROUNDS / 2] / peer[ROUNDS / 2], ROUNDS);
}

int main(void)
{
	const int64_t weights[] = { 50, 30, 20 };
	const pv_slot_range layer = { 0, 900000, 0 };
	const pv_holdout holdout = { "2026H2", 50000 };
	pv_slots slots = { 0 };
	pv_assign_plan plan = { .salt = "exp/tone",
				.coverage_ppm = PV_SLOTS,
				.slots = &slots };

	for (int i = 0; i < UNITS; i++)
		snprintf(units[i], sizeof(units[i]), "user-%08d", i);
	if (pv_slots_of_weights(&slots, weights, 3, NULL) < 0)
		return EXIT_FAILURE;
	report("exposure and variant", &plan);
	plan.bucketing = PV_BUCKETING_MURMUR3;
	report("the same by murmur3", &plan);
	plan.bucketing = PV_BUCKETING_SHA256;
	report("the same by sha256", &plan);
	plan.bucketing = PV_BUCKETING_MD5;
	plan.layer = "global";
	plan.layer_ranges = &layer;
	plan.layer_range_count = 1;
	plan.holdouts = &holdout;
	plan.holdout_count = 1;
	report("with holdout and layer", &plan);
	pv_slots_dispose(&slots);
	return sink == 1;
}
