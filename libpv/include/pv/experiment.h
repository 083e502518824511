/* SPDX-License-Identifier: MIT
 *
 * Who gets which variant. An assignment is a pure function of an experiment's
 * plan and the unit (a user, a session): no table, no clock, no state, the same
 * on every machine and from any number of threads at once.
 *
 * The slots of `pv1`: the message "pv1:PURPOSE:SALT:UNIT" is hashed, the first
 * 32 bits, times a million, shifted right by 32, are the slot, 0 to 999999.
 * Exposure (x), variant (v), layer (l) and holdout (h) are hashed apart, so
 * that raising the coverage moves nobody, and experiments do not line up.
 */
#ifndef PV_EXPERIMENT_H
#define PV_EXPERIMENT_H

#include <pv/error.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	PV_SLOTS = 1000000,
	PV_VARIANTS_MAX = 100,
	PV_SALT_MAX = 128
};

/* How units become slots. The last five are what other programs do. */
enum pv_bucketing {
	PV_BUCKETING_MD5 = 0, /* pv1; of md5 the first four bytes, big-endian */
	PV_BUCKETING_MURMUR3, /* pv1; murmur3_32 with seed 0 */
	PV_BUCKETING_SHA256,  /* pv1; the first four bytes, big-endian */
	PV_BUCKETING_GROWTHBOOK_V2,
	PV_BUCKETING_UNLEASH,
	PV_BUCKETING_OPTIMIZELY,
	PV_BUCKETING_LAUNCHDARKLY,
	PV_BUCKETING_EPPO
};

/* --- slots ----------------------------------------------------------------- */

/* Slots begin <= slot < end, which are a variant's. */
typedef struct pv_slot_range {
	uint32_t begin;
	uint32_t end;
	uint32_t variant;
} pv_slot_range;

/* A table of all slots, rising and without gaps. `{ 0 }` is an empty one. */
typedef struct pv_slots {
	pv_slot_range *ranges;
	size_t count;
	size_t variants;
} pv_slots;

/*
 * Weights as whole numbers, from exact decimals such as "33.3": all are scaled
 * by the same power of ten, none by a double. PV_EINVALID for what is no
 * decimal, is negative, has more than 15 digits, or for a sum of 0.
 */
PV_API int pv_weights_parse(int64_t *out, const char *const *texts,
			    size_t count, pv_error *err);
/*
 * Slots by weights, in the order of the variants: variant i ends at floor((2
 * cum_i 1e6 + T) / (2 T)). PV_EINVALID, PV_ENOMEM. Dispose of the table.
 */
PV_API int pv_slots_of_weights(pv_slots *out, const int64_t *weights,
			       size_t count, pv_error *err);
/*
 * New weights, with as few units moved as can be: each variant keeps its lowest
 * slots up to what it is to have, what is freed goes in rising order to the
 * growing variants, in theirs. Variants may be added behind the others. `moved`
 * is the number of slots whose variant changes.
 */
PV_API int pv_slots_rebalance(pv_slots *out, uint32_t *moved_out,
			      const pv_slots *slots, const int64_t *weights,
			      size_t count, pv_error *err);
PV_API void pv_slots_dispose(pv_slots *slots);

/* --- assignment ------------------------------------------------------------- */

/* Those whose slot of purpose h is below `size_ppm` see no experiment. */
typedef struct pv_holdout {
	const char *name;
	uint32_t size_ppm;
} pv_holdout;

typedef struct pv_override {
	const char *unit;
	uint32_t variant;
} pv_override;

/*
 * What decides. Everything is borrowed. Experiments of one layer have ranges
 * of its slots that do not meet, so that a unit is in one of them at most.
 */
typedef struct pv_assign_plan {
	const char *salt; /* [A-Za-z0-9._/-]{1,128}; never changed */
	enum pv_bucketing bucketing;
	uint32_t coverage_ppm;
	uint32_t epoch; /* copied into assignments */
	const pv_slots *slots;
	const char *layer; /* NULL for none; named like a salt */
	const pv_slot_range *layer_ranges;
	size_t layer_range_count;
	const pv_holdout *holdouts;
	size_t holdout_count;
	const pv_override *overrides;
	size_t override_count;
} pv_assign_plan;

/* In the order in which they are asked. */
enum pv_assign_reason {
	PV_ASSIGN_EMPTY_UNIT = 0,
	PV_ASSIGN_OVERRIDE,
	PV_ASSIGN_STICKY,
	PV_ASSIGN_HOLDOUT,
	PV_ASSIGN_LAYER,    /* belongs to another experiment of the layer */
	PV_ASSIGN_COVERAGE, /* not exposed yet */
	PV_ASSIGN_HASH
};

typedef struct pv_assignment {
	int is_in;
	uint32_t variant; /* when in */
	enum pv_assign_reason reason;
	/* -1 when not asked for. */
	int32_t slot_layer;
	int32_t slot_exposure;
	int32_t slot_variant;
	uint32_t epoch;
} pv_assignment;

/*
 * What a unit was given before. Its executions stay those of the epoch it was
 * assigned in, whatever the weights are by now: the units of an epoch are then
 * the ones that its weights spread, and a changed split is told from a bad one.
 */
typedef struct pv_sticky {
	uint32_t variant;
	uint32_t epoch; /* 0: not known, then it is the plan's */
} pv_sticky;

/* "override", "hash", ... */
PV_API const char *pv_assign_reason_name(enum pv_assign_reason reason);

/* Whether a plan can be assigned by. PV_EINVALID says what is wrong with it. */
PV_API int pv_assign_plan_check(const pv_assign_plan *plan, pv_error *err);

/*
 * Assigns a unit by a plan that was checked. The unit is its bytes: neither
 * trimmed nor folded. `sticky`, NULL for none, is what it was given before; it
 * counts more than holdouts, layers and a coverage that shrank. With the bucketing of another program there is one hash, and the
 * coverage takes the first part of each range, as GrowthBook does.
 */
PV_API void pv_assign(pv_assignment *out, const pv_assign_plan *plan,
		      const char *unit, size_t len, const pv_sticky *sticky);

/* Where slots are: `purpose` is one of "xvlh". */
typedef struct pv_slot_space {
	enum pv_bucketing bucketing;
	char purpose;
	const char *salt;
} pv_slot_space;

/* The slot of a unit. PV_EINVALID for a salt or purpose that is none. */
PV_API int pv_slot_of(uint32_t *out, const pv_slot_space *space,
		      const char *unit, size_t len, pv_error *err);

enum {
	PV_UNIT_KEY = 33 /* 32 digits and the NUL */
};

/* What to keep of a unit in a sticky table: its md5, not itself. */
PV_API void pv_unit_key(char out[PV_UNIT_KEY], const char *unit, size_t len);

/* --- what other programs do --------------------------------------------------- */

/*
 * GrowthBook's hash, 0 <= out < 1: version 1 is fnv1a32(value + seed) % 1000 /
 * 1000, version 2 fnv1a32(decimal of fnv1a32(seed + value)) % 10000 / 10000.
 * PV_EUNSUPPORTED for other versions. Bytes, not UTF-16 units as in its
 * JavaScript: those differ beyond ASCII.
 */
PV_API int pv_growthbook_hash(double *out, const char *seed, const char *value,
			      int version, pv_error *err);

typedef struct pv_growthbook_range {
	double begin;
	double end;
} pv_growthbook_range;

/*
 * Its ranges of `count` variations. Weights that are NULL, too few or whose sum
 * is not about 1 are taken as equal, a coverage outside of 0 to 1 as the end.
 */
PV_API void pv_growthbook_ranges(pv_growthbook_range *out, size_t count,
				 double coverage, const double *weights,
				 size_t weight_count);
/* The first range that holds n, or -1. */
PV_API int pv_growthbook_choose(double n, const pv_growthbook_range *ranges,
				size_t count);
/* Whether a unit is in a namespace, its layer: v1 of "__NAME" in the range. */
PV_API int pv_growthbook_in_namespace(const char *unit, const char *name,
				      pv_growthbook_range range);
/* Unleash: murmur3_32 of "GROUP:ID" with a seed, % normalizer + 1. */
PV_API uint32_t pv_unleash_bucket(const char *group, const char *id,
				  uint32_t normalizer, uint32_t seed);
/* Optimizely: murmur3_32 of ID ENTITY with seed 1, * 10000 >> 32. */
PV_API uint32_t pv_optimizely_bucket(const char *id, const char *entity);
/*
 * LaunchDarkly: the first 15 hexadecimal digits of the sha1 of "FLAG.SALT.KEY",
 * or of "SEED.KEY" when `seed` is not NULL, over 16^15 - 1.
 */
PV_API double pv_launchdarkly_bucket(const char *flag, const char *salt,
				     const char *key, const int64_t *seed);
/* Eppo: the first four bytes of the md5, % shards; `shards` is not 0. */
PV_API uint32_t pv_eppo_shard(const char *input, uint32_t shards);

#ifdef __cplusplus
}
#endif

#endif
