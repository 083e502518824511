/* SPDX-License-Identifier: MIT
 *
 * Runs vectors of bucketing, JSON lines {id, kind, in, out, abs_tol?}: ours
 * (pv1) and those that other programs have published. Shares of a vendor's
 * floating-point numbers are held to 1e-8, as most publish eight digits.
 *
 *     corpus_bucketing FILE... [--print]
 */
#include <stdio.h>
#include <stdlib.h>

#include <pv/experiment.h>

#include "cases.h"
#include "experiment/spread.h"
#include "tools/near.h"

enum {
	RANGES_MAX = 64
};

struct run {
	int is_print;
	unsigned passed;
	unsigned failed;
	unsigned skipped;
};

/* One case: its input, and where the answer goes, a whole JSON value. */
struct scene {
	const pv_json *item;
	const pv_json *in;
	pv_jsonw *w;
	pv_error err;
};

typedef int kind_fn(struct scene *it);

static const char *text_of(const pv_json *value, const char *key)
{
	const char *text = pv_json_text(pv_json_get(value, key), NULL);

	return text ? text : "";
}

static uint32_t count_of(const struct scene *it, const char *key)
{
	return (uint32_t)pv_json_int(pv_json_get(it->in, key), 0);
}

/* --- other programs ------------------------------------------------------- */

static int growthbook_hash(struct scene *it)
{
	int version = (int)pv_json_int(pv_json_get(it->in, "version"), 0);
	double got;
	int rc = pv_growthbook_hash(&got, text_of(it->in, "seed"),
				    text_of(it->in, "value"), version, &it->err);

	if (rc == PV_OK)
		pv_jsonw_real(it->w, got);
	else
		pv_jsonw_null(it->w);
	return PV_OK;
}

static size_t clamp(int64_t count)
{
	return count < 0 ? 0 : count > RANGES_MAX ? RANGES_MAX : (size_t)count;
}

static int growthbook_ranges(struct scene *it)
{
	const pv_json *weights = pv_json_get(it->in, "weights");
	double given[RANGES_MAX];
	pv_growthbook_range ranges[RANGES_MAX];
	size_t count = clamp(pv_json_int(pv_json_get(it->in, "variations"), 0));
	size_t have = clamp((int64_t)pv_json_count(weights));

	for (size_t i = 0; i < have; i++)
		given[i] = near_number(pv_json_at(weights, i));
	pv_growthbook_ranges(ranges, count,
			     near_number(pv_json_get(it->in, "coverage")),
			     have ? given : NULL, have);
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++) {
		pv_jsonw_array(it->w);
		pv_jsonw_real(it->w, ranges[i].begin);
		pv_jsonw_real(it->w, ranges[i].end);
		pv_jsonw_array_end(it->w);
	}
	pv_jsonw_array_end(it->w);
	return PV_OK;
}

static pv_growthbook_range range_of(const pv_json *pair, size_t at)
{
	pv_growthbook_range out = { near_number(pv_json_at(pair, at)),
				    near_number(pv_json_at(pair, at + 1)) };

	return out;
}

static int growthbook_choose(struct scene *it)
{
	const pv_json *from = pv_json_get(it->in, "ranges");
	pv_growthbook_range ranges[RANGES_MAX];
	size_t count = clamp((int64_t)pv_json_count(from));

	for (size_t i = 0; i < count; i++)
		ranges[i] = range_of(pv_json_at(from, i), 0);
	pv_jsonw_int(it->w,
		     pv_growthbook_choose(near_number(pv_json_get(it->in, "n")),
					  ranges, count));
	return PV_OK;
}

static int growthbook_namespace(struct scene *it)
{
	const pv_json *from = pv_json_get(it->in, "namespace");
	const char *name = pv_json_text(pv_json_at(from, 0), NULL);

	pv_jsonw_bool(it->w, pv_growthbook_in_namespace(text_of(it->in, "id"),
							name ? name : "",
							range_of(from, 1)));
	return PV_OK;
}

static int growthbook_weights(struct scene *it)
{
	pv_growthbook_range ranges[RANGES_MAX];
	size_t count = clamp(pv_json_int(pv_json_get(it->in, "n"), 0));

	pv_growthbook_ranges(ranges, count, 1, NULL, 0);
	pv_jsonw_array(it->w);
	for (size_t i = 0; i < count; i++)
		pv_jsonw_real(it->w, ranges[i].end - ranges[i].begin);
	pv_jsonw_array_end(it->w);
	return PV_OK;
}

static int unleash(struct scene *it)
{
	pv_jsonw_int(it->w, pv_unleash_bucket(text_of(it->in, "group"),
					      text_of(it->in, "id"),
					      count_of(it, "normalizer"),
					      count_of(it, "seed")));
	return PV_OK;
}

static int murmur3_raw(struct scene *it)
{
	const char *hex = text_of(it->in, "bytes_hex");
	unsigned char bytes[256];
	pv_hash_part part = { bytes, strlen(hex) / 2 };

	if (part.len > sizeof(bytes))
		part.len = sizeof(bytes);
	for (size_t i = 0; i < part.len; i++) {
		char digits[3] = { hex[2 * i], hex[2 * i + 1], 0 };

		bytes[i] = (unsigned char)strtoul(digits, NULL, 16);
	}
	pv_jsonw_int(it->w, pv_murmur3(&part, 1, count_of(it, "seed")));
	return PV_OK;
}

static int optimizely(struct scene *it)
{
	pv_jsonw_int(it->w, pv_optimizely_bucket(text_of(it->in, "bucketing_id"),
						 text_of(it->in, "entity_id")));
	return PV_OK;
}

static int launchdarkly(struct scene *it)
{
	const pv_json *given = pv_json_get(it->in, "seed");
	int64_t seed = pv_json_int(given, 0);

	pv_jsonw_real(it->w,
		      pv_launchdarkly_bucket(text_of(it->in, "flag"),
					     text_of(it->in, "salt"),
					     text_of(it->in, "key"),
					     pv_json_type_of(given) == PV_JSON_INT
						     ? &seed
						     : NULL));
	return PV_OK;
}

static int eppo(struct scene *it)
{
	pv_jsonw_int(it->w, pv_eppo_shard(text_of(it->in, "input"),
					  count_of(it, "total_shards")));
	return PV_OK;
}

static int md5(struct scene *it)
{
	char key[PV_UNIT_KEY];
	size_t len = 0;
	const char *text = pv_json_text(pv_json_get(it->in, "text"), &len);

	pv_unit_key(key, text ? text : "", len);
	pv_jsonw_string(it->w, key);
	return PV_OK;
}

/* --- pv1 ------------------------------------------------------------------ */

static int slot(struct scene *it)
{
	const pv_slot_space space = { .purpose = text_of(it->in, "purpose")[0],
				      .salt = text_of(it->in, "salt") };
	size_t len = 0;
	const char *unit = pv_json_text(pv_json_get(it->in, "unit"), &len);
	uint32_t got;
	int rc = pv_slot_of(&got, &space, unit ? unit : "", len, &it->err);

	if (rc == PV_OK)
		pv_jsonw_int(it->w, got);
	return rc;
}

static size_t weights_of(int64_t out[PV_VARIANTS_MAX], const pv_json *array,
			 struct scene *it)
{
	char texts[PV_VARIANTS_MAX][40];
	const char *rows[PV_VARIANTS_MAX];
	size_t count = pv_json_count(array);

	if (count > PV_VARIANTS_MAX)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const pv_json *value = pv_json_at(array, i);
		const char *text = pv_json_text(value, NULL);
		pv_buf number = { 0 };

		(void)pv_json_dump(&number, value, NULL);
		snprintf(texts[i], sizeof(texts[i]), "%s",
			 text ? text : pv_buf_text(&number));
		pv_buf_dispose(&number);
		rows[i] = texts[i];
	}
	return pv_weights_parse(out, rows, count, &it->err) < 0 ? 0 : count;
}

/* Each variant's ranges. */
static void put_slots(struct scene *it, const pv_slots *slots, int is_nested)
{
	pv_jsonw_array(it->w);
	for (uint32_t v = 0; v < slots->variants; v++) {
		if (is_nested)
			pv_jsonw_array(it->w);
		for (size_t i = 0; i < slots->count; i++) {
			if (slots->ranges[i].variant != v)
				continue;
			pv_jsonw_array(it->w);
			pv_jsonw_int(it->w, slots->ranges[i].begin);
			pv_jsonw_int(it->w, slots->ranges[i].end);
			pv_jsonw_array_end(it->w);
		}
		if (is_nested)
			pv_jsonw_array_end(it->w);
	}
	pv_jsonw_array_end(it->w);
}

/* An empty range stands where the variant's would begin. */
static void put_all_slots(struct scene *it, const pv_slots *slots)
{
	uint32_t at = 0;

	pv_jsonw_array(it->w);
	for (uint32_t v = 0; v < slots->variants; v++) {
		uint32_t end = at;

		for (size_t i = 0; i < slots->count; i++)
			if (slots->ranges[i].variant == v)
				end = slots->ranges[i].end;
		pv_jsonw_array(it->w);
		pv_jsonw_int(it->w, at);
		pv_jsonw_int(it->w, end);
		pv_jsonw_array_end(it->w);
		at = end;
	}
	pv_jsonw_array_end(it->w);
}

static int ranges(struct scene *it)
{
	int64_t weights[PV_VARIANTS_MAX];
	size_t count = weights_of(weights, pv_json_get(it->in, "weights"), it);
	pv_slots slots = { 0 };
	int rc = count ? pv_slots_of_weights(&slots, weights, count, &it->err)
		       : PV_EINVALID;

	if (rc == PV_OK)
		put_all_slots(it, &slots);
	pv_slots_dispose(&slots);
	return rc;
}

static int by_begin(const void *a, const void *b)
{
	const pv_slot_range *left = a;
	const pv_slot_range *right = b;

	return left->begin < right->begin ? -1 : left->begin > right->begin;
}

static void add_range(pv_slots *out, const pv_json *pair, size_t variant)
{
	pv_slot_range *range = &out->ranges[out->count];

	range->begin = (uint32_t)pv_json_int(pv_json_at(pair, 0), 0);
	range->end = (uint32_t)pv_json_int(pv_json_at(pair, 1), 0);
	range->variant = (uint32_t)variant;
	out->count += range->begin < range->end;
}

/* A table of one pair, or of a list of pairs, for each variant. */
static void read_slots(pv_slots *out, pv_slot_range room[RANGES_MAX],
		       const pv_json *array)
{
	out->ranges = room;
	out->count = 0;
	out->variants = pv_json_count(array);
	for (size_t v = 0; v < out->variants; v++) {
		const pv_json *own = pv_json_at(array, v);
		int is_pair = pv_json_type_of(pv_json_at(own, 0)) == PV_JSON_INT;

		if (is_pair && out->count < RANGES_MAX)
			add_range(out, own, v);
		for (size_t i = 0; !is_pair && i < pv_json_count(own); i++)
			if (out->count < RANGES_MAX)
				add_range(out, pv_json_at(own, i), v);
	}
	qsort(room, out->count, sizeof(*room), by_begin);
}

static int rebalance(struct scene *it)
{
	const pv_json *expected = pv_json_get(it->item, "moved_slots");
	int64_t weights[PV_VARIANTS_MAX];
	size_t count =
		weights_of(weights, pv_json_get(it->in, "new_weights"), it);
	pv_slot_range room[RANGES_MAX];
	pv_slots old;
	pv_slots slots = { 0 };
	uint32_t moved = 0;
	int rc = PV_EINVALID;

	read_slots(&old, room, pv_json_get(it->in, "old_ranges"));
	if (count)
		rc = pv_slots_rebalance(&slots, &moved, &old, weights, count,
					&it->err);
	if (rc == PV_OK && expected && pv_json_int(expected, -1) != moved)
		pv_jsonw_string(it->w, "another number of slots moved");
	else if (rc == PV_OK)
		put_slots(it, &slots, 1);
	pv_slots_dispose(&slots);
	return rc;
}

/* What is read of an experiment; everything is borrowed from the case. */
struct plan {
	pv_assign_plan plan;
	pv_slots slots;
	pv_slot_range room[RANGES_MAX];
	pv_slot_range layer[RANGES_MAX];
	pv_holdout holdouts[RANGES_MAX];
	pv_override overrides[RANGES_MAX];
};

static int add_override(const char *key, const pv_json *member, void *payload)
{
	struct plan *it = payload;

	if (it->plan.override_count == RANGES_MAX)
		return 1;
	it->overrides[it->plan.override_count].unit = key;
	it->overrides[it->plan.override_count++].variant =
		(uint32_t)pv_json_int(member, 0);
	return 0;
}

static void read_layer(struct plan *it, const pv_json *layer)
{
	const pv_json *own = pv_json_get(layer, "ranges");
	pv_slots slots = { .ranges = it->layer };

	it->plan.layer = pv_json_text(pv_json_get(layer, "name"), NULL);
	for (size_t i = 0; i < pv_json_count(own) && i < RANGES_MAX; i++)
		add_range(&slots, pv_json_at(own, i), 0);
	it->plan.layer_ranges = it->layer;
	it->plan.layer_range_count = slots.count;
}

static void read_plan(struct plan *it, const pv_json *from)
{
	const pv_json *holdouts = pv_json_get(from, "holdouts");

	memset(it, 0, sizeof(*it));
	it->plan.salt = text_of(from, "salt");
	it->plan.coverage_ppm =
		(uint32_t)pv_json_int(pv_json_get(from, "coverage_ppm"), 0);
	read_slots(&it->slots, it->room, pv_json_get(from, "ranges"));
	it->plan.slots = &it->slots;
	read_layer(it, pv_json_get(from, "layer"));
	it->plan.holdouts = it->holdouts;
	for (size_t i = 0; i < pv_json_count(holdouts) && i < RANGES_MAX; i++) {
		const pv_json *holdout = pv_json_at(holdouts, i);

		it->holdouts[i].name = text_of(holdout, "name");
		it->holdouts[i].size_ppm =
			(uint32_t)pv_json_int(pv_json_get(holdout, "size_ppm"),
					      0);
		it->plan.holdout_count++;
	}
	it->plan.overrides = it->overrides;
	(void)pv_json_each(pv_json_get(from, "overrides"), add_override, it);
}

static void put_slot(struct scene *it, const char *key, int32_t value)
{
	if (value < 0)
		return;
	pv_jsonw_key(it->w, key);
	pv_jsonw_int(it->w, value);
}

static int assign(struct scene *it)
{
	struct plan plan;
	size_t len = 0;
	const char *unit = pv_json_text(pv_json_get(it->in, "unit"), &len);
	pv_assignment got;
	int rc;

	read_plan(&plan, pv_json_get(it->in, "experiment"));
	rc = pv_assign_plan_check(&plan.plan, &it->err);
	if (rc < 0)
		return rc;
	pv_assign(&got, &plan.plan, unit ? unit : "", len, NULL);
	pv_jsonw_object(it->w);
	pv_jsonw_key(it->w, "in");
	pv_jsonw_bool(it->w, got.is_in);
	if (got.is_in) {
		pv_jsonw_key(it->w, "variant");
		pv_jsonw_int(it->w, got.variant);
	}
	pv_jsonw_member(it->w, "reason", pv_assign_reason_name(got.reason));
	if (got.reason == PV_ASSIGN_LAYER)
		put_slot(it, "slot_layer", got.slot_layer);
	put_slot(it, "slot_exposure", got.slot_exposure);
	put_slot(it, "slot_variant", got.slot_variant);
	pv_jsonw_object_end(it->w);
	return PV_OK;
}

/* --- cases ---------------------------------------------------------------- */

static const struct {
	const char *name;
	kind_fn *run;
} kinds[] = {
	{ "hash", growthbook_hash },
	{ "bucket_range", growthbook_ranges },
	{ "choose_variation", growthbook_choose },
	{ "in_namespace", growthbook_namespace },
	{ "equal_weights", growthbook_weights },
	{ "strategy", unleash },
	{ "variant", unleash },
	{ "murmur3_32_raw", murmur3_raw },
	{ "bucket10000", optimizely },
	{ "sha1_15hex", launchdarkly },
	{ "md5_be32_mod", eppo },
	{ "md5", md5 },
	{ "slot", slot },
	{ "ranges", ranges },
	{ "rebalance", rebalance },
	{ "assign", assign },
};

static kind_fn *kind_of(const pv_json *item)
{
	const char *name = text_of(item, "kind");

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (!strcmp(kinds[i].name, name))
			return kinds[i].run;
	return NULL;
}

static int differs(const char *key, const pv_json *want, void *payload)
{
	const near_tolerance tolerance = { 0, 1e-8 };

	return !near_fits(&tolerance, pv_json_get(payload, key), want);
}

static void judge(struct run *run, const char *id, const pv_json *item,
		  const pv_json *got)
{
	near_tolerance tolerance = { 0, 1e-8 };
	const pv_json *want = pv_json_get(item, "out");
	int is_good;

	near_take(&tolerance, item);
	if (!want) {
		run->skipped++;
		return;
	}
	/* The payload is only read: pv_json_each has no const one. */
	if (pv_json_type_of(want) == PV_JSON_OBJECT)
		is_good = pv_json_count(got) == pv_json_count(want) &&
			  !pv_json_each(want, differs, (void *)(uintptr_t)got);
	else
		is_good = near_fits(&tolerance, got, want);
	run->passed += is_good != 0;
	run->failed += !is_good;
	if (is_good)
		return;
	printf("FAILED %s:", id);
	near_show("got", got);
	near_show("instead of", want);
	putchar('\n');
}

static void run_case(void *payload, unsigned line, const pv_json *item)
{
	struct run *run = payload;
	const char *id = text_of(item, "id");
	kind_fn *kind = kind_of(item);
	pv_buf text = { 0 };
	pv_json_doc *doc = NULL;
	pv_jsonw w;
	struct scene it = { item, pv_json_get(item, "in"), &w, { 0 } };

	if (!kind) {
		fprintf(stderr, "error: line %u is of no known kind\n", line);
		run->failed++;
		return;
	}
	pv_jsonw_init(&w, &text);
	pv_jsonw_object(&w);
	pv_jsonw_member(&w, "id", id);
	pv_jsonw_key(&w, "got");
	if (kind(&it) < 0) {
		pv_jsonw_object(&w);
		pv_jsonw_member(&w, "error", it.err.message);
		pv_jsonw_object_end(&w);
	}
	pv_jsonw_object_end(&w);
	if (run->is_print)
		puts(pv_buf_text(&text));
	else if (pv_json_parse(&doc, pv_buf_text(&text), text.len, NULL) == PV_OK)
		judge(run, id, item, pv_json_get(pv_json_root(doc), "got"));
	else
		run->failed++;
	pv_json_free(doc);
	pv_buf_dispose(&text);
}

int main(int argc, char **argv)
{
	struct run run = { 0 };

	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], "--print"))
			run.is_print = 1;
	for (int i = 1; i < argc; i++)
		if (strcmp(argv[i], "--print") != 0)
			run.failed += cases_run_file(argv[i], run_case, &run);
	if (!run.is_print)
		printf("%u passed, %u failed, %u skipped\n", run.passed,
		       run.failed, run.skipped);
	return run.failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
