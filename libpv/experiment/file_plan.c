/* SPDX-License-Identifier: MIT
 *
 * What decides who takes part: salt, hash, coverage, layer, holdouts and
 * overrides of experiments/<id>.yaml.
 */
#include <string.h>

#include "base/mem.h"
#include "experiment/file.h"

/* As the schema calls them. */
static const char *const hashes[] = {
	[PV_BUCKETING_MD5] = "md5",
	[PV_BUCKETING_MURMUR3] = "murmur3",
	[PV_BUCKETING_SHA256] = "sha256",
	[PV_BUCKETING_GROWTHBOOK_V2] = "growthbook",
	[PV_BUCKETING_UNLEASH] = "unleash",
	[PV_BUCKETING_OPTIMIZELY] = "optimizely",
	[PV_BUCKETING_LAUNCHDARKLY] = "launchdarkly",
	[PV_BUCKETING_EPPO] = "eppo",
};

static const char all_traffic[] = "all";

static enum pv_bucketing read_hash(const experiment_reader *reader)
{
	const char *hash = pv_experiment_text(reader->root, "hash");

	for (size_t i = 0; hash && i < pv_array_len(hashes); i++)
		if (strcmp(hash, hashes[i]) == 0)
			return (enum pv_bucketing)i;
	return PV_BUCKETING_MD5;
}

static int read_layer(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "layer");
	pv_assign_plan *plan = &reader->to->plan;
	pv_slot_range *range = NULL;
	const pv_yaml_node *from;
	const pv_yaml_node *to;
	int rc;

	if (!node)
		return PV_OK;
	rc = pv_experiment_room(&range, reader, 1, sizeof(*range));
	if (rc != PV_OK)
		return rc;
	range->end = PV_SLOTS;
	plan->layer_ranges = range;
	plan->layer_range_count = 1;
	plan->layer = node->text;
	if (node->kind == PV_YAML_SCALAR)
		return PV_OK;
	plan->layer = pv_experiment_text(node, "name");
	from = pv_experiment_node(node, "from");
	to = pv_experiment_node(node, "to");
	if (from)
		rc = pv_experiment_ppm(&range->begin, reader, from);
	if (rc == PV_OK && to)
		rc = pv_experiment_ppm(&range->end, reader, to);
	if (rc == PV_OK && range->begin >= range->end)
		rc = pv_experiment_refuse(reader, node,
					  "the layer ends before it begins");
	return rc;
}

static int read_holdouts(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "holdout");
	const pv_yaml_node *child;
	pv_holdout *holdouts = NULL;
	size_t count;
	int rc;

	if (!node)
		return PV_OK;
	count = node->kind == PV_YAML_MAPPING ? node->count : 1;
	rc = pv_experiment_room(&holdouts, reader, count, sizeof(*holdouts));
	child = node->kind == PV_YAML_MAPPING ? node->first : node;
	for (size_t i = 0; i < count && rc == PV_OK; i++) {
		const pv_yaml_node *size = pv_yaml_follow(child);

		holdouts[i].name = node->kind == PV_YAML_MAPPING
					   ? child->key->text
					   : all_traffic;
		rc = pv_experiment_ppm(&holdouts[i].size_ppm, reader, size);
		child = child->next;
	}
	reader->to->plan.holdouts = holdouts;
	reader->to->plan.holdout_count = count;
	return rc;
}

static int read_overrides(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "overrides");
	pv_override *overrides = NULL;
	size_t count = 0;
	int rc;

	if (!node)
		return PV_OK;
	rc = pv_experiment_room(&overrides, reader, node->count,
				sizeof(*overrides));
	for (const pv_yaml_node *child = node->first; child && rc == PV_OK;
	     child = child->next) {
		const char *name = pv_yaml_follow(child)->text;
		long variant = pv_experiment_variant_find(reader->to, name);

		if (variant < 0)
			return pv_experiment_refuse(reader, child,
						    "the override \"%.64s\" is no variant",
						    name);
		overrides[count].unit = child->key->text;
		overrides[count++].variant = (uint32_t)variant;
	}
	reader->to->plan.overrides = overrides;
	reader->to->plan.override_count = count;
	return rc;
}

int pv_experiment_read_plan(experiment_reader *reader)
{
	const pv_yaml_node *coverage =
		pv_experiment_node(reader->root, "coverage");
	const char *salt = pv_experiment_text(reader->root, "salt");
	pv_assign_plan *plan = &reader->to->plan;
	int rc = PV_OK;

	plan->salt = salt ? salt : reader->to->id;
	plan->bucketing = read_hash(reader);
	plan->slots = &reader->whole->draft;
	plan->coverage_ppm = PV_SLOTS;
	if (coverage)
		rc = pv_experiment_ppm(&plan->coverage_ppm, reader, coverage);
	if (rc == PV_OK)
		rc = read_layer(reader);
	if (rc == PV_OK)
		rc = read_holdouts(reader);
	return rc == PV_OK ? read_overrides(reader) : rc;
}
