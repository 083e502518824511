/* SPDX-License-Identifier: MIT
 *
 * The variants of an experiment, their weights, and which is the control. The
 * weights are `split`, by name or in order; else each variant's own; else all
 * are the same.
 */
#include <string.h>

#include "base/fail.h"
#include "base/str.h"
#include "experiment/file.h"

static int add_set(experiment_reader *reader, pv_experiment_set *set,
		   const pv_yaml_node *value)
{
	pv_buf json = { 0 };
	int rc = pv_yaml_to_json(&json, value, reader->err);

	if (rc == PV_OK) {
		set->path = value->key->text;
		set->json = pv_arena_dup(reader->arena, pv_buf_text(&json),
					 json.len);
		rc = set->json ? PV_OK : pv_fail_nomem(reader->err);
	}
	pv_buf_dispose(&json);
	return rc;
}

static int read_sets(experiment_reader *reader, pv_experiment_variant *variant,
		     const pv_yaml_node *from)
{
	pv_experiment_set *sets = NULL;
	int rc;

	if (!from || from->kind != PV_YAML_MAPPING)
		return PV_OK;
	rc = pv_experiment_room(&sets, reader, from->count, sizeof(*sets));
	variant->sets = sets;
	for (const pv_yaml_node *child = from->first; child && rc == PV_OK;
	     child = child->next)
		rc = add_set(reader, &sets[variant->set_count++], child);
	return rc;
}

static int read_variant(experiment_reader *reader,
			pv_experiment_variant *variant, const pv_yaml_node *child)
{
	const pv_yaml_node *from = pv_yaml_follow(child);

	variant->name = child->key->text;
	if (from->kind == PV_YAML_SCALAR) {
		variant->spec = from->text;
		return PV_OK;
	}
	variant->spec = pv_experiment_text(from, "spec");
	variant->description = pv_experiment_text(from, "description");
	variant->weight = pv_experiment_text(from, "weight");
	variant->commit = pv_experiment_text(from, "commit");
	return read_sets(reader, variant, pv_experiment_node(from, "set"));
}

/* --- weights -------------------------------------------------------------- */

static int read_split(experiment_reader *reader,
		      pv_experiment_variant *variants, const pv_yaml_node *split)
{
	size_t idx = 0;

	if (split->count != reader->to->variant_count)
		return pv_experiment_refuse(reader, split,
					    "the split has %zu parts for %zu variants",
					    split->count,
					    reader->to->variant_count);
	for (const pv_yaml_node *child = split->first; child;
	     child = child->next) {
		long at = (long)idx++;

		if (child->key)
			at = pv_experiment_variant_find(reader->to,
							child->key->text);
		if (at < 0)
			return pv_experiment_refuse(
				reader, child->key,
				"the split names \"%.64s\", which is no variant",
				child->key->text);
		variants[at].weight = pv_yaml_follow(child)->text;
	}
	return PV_OK;
}

static int default_weights(experiment_reader *reader,
			   pv_experiment_variant *variants,
			   const pv_yaml_node *node)
{
	size_t said = 0;

	for (size_t i = 0; i < reader->to->variant_count; i++)
		said += variants[i].weight != NULL;
	if (said && said < reader->to->variant_count)
		return pv_experiment_refuse(reader, node,
					    "some variants have a weight and "
					    "some have none");
	for (size_t i = 0; i < reader->to->variant_count && !said; i++)
		variants[i].weight = "1";
	return PV_OK;
}

int pv_experiment_is_weightless(const char *weight)
{
	/* Weights that are all nothing are none. */
	const char *texts[] = { weight, "1" };
	int64_t numbers[] = { 1, 1 };

	return pv_weights_parse(numbers, texts, 2, NULL) == PV_OK && !numbers[0];
}

static int make_slots(experiment_reader *reader, const pv_yaml_node *at)
{
	const char *texts[PV_VARIANTS_MAX];
	int64_t weights[PV_VARIANTS_MAX];
	pv_error why = { 0 };
	int rc;

	for (size_t i = 0; i < reader->to->variant_count; i++)
		texts[i] = reader->to->variants[i].weight;
	rc = pv_weights_parse(weights, texts, reader->to->variant_count, &why);
	if (rc == PV_OK)
		rc = pv_slots_of_weights(&reader->whole->draft, weights,
					 reader->to->variant_count, &why);
	if (rc == PV_ENOMEM)
		return pv_fail_nomem(reader->err);
	if (rc < 0)
		return pv_experiment_refuse(reader, at, "%.200s", why.message);
	return PV_OK;
}

/* --- control -------------------------------------------------------------- */

/* Without it there is nothing that the others could be compared with. */
static int check_control(const experiment_reader *reader)
{
	const pv_experiment_variant *it =
		&reader->to->variants[reader->to->control];
	const pv_yaml_node *at = pv_experiment_node(reader->root, "split");

	if (!pv_experiment_is_weightless(it->weight))
		return PV_OK;
	return pv_experiment_refuse(reader,
				    at ? at
				       : pv_experiment_node(reader->root,
							    "variants"),
				    "the control \"%.64s\" has no part of the "
				    "traffic",
				    it->name);
}

static int find_control(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "control");
	long at = pv_experiment_variant_find(reader->to,
					     node ? node->text : "control");

	if (node && at < 0)
		return pv_experiment_refuse(reader, node,
					    "the control \"%.64s\" is no "
					    "variant",
					    node->text);
	reader->to->control = at < 0 ? 0 : (uint32_t)at;
	return reader->to->status == PV_EXPERIMENT_DRAFT ? check_control(reader)
							 : PV_OK;
}

/* --- names ---------------------------------------------------------------- */

/* Why a name is refused, or NULL; losers are kept as refs/pv/archive/ID/NAME. */
static const char *fault_of(const char *name)
{
	size_t len = strlen(name);
	size_t used = strspn(name, "abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				   "0123456789._-");

	if (!len)
		return "is empty";
	if (used < len)
		return "has other characters than a-z, A-Z, 0-9, \".\", \"_\" "
		       "and \"-\"";
	if (strchr("._-", *name))
		return "does not begin with a letter or a digit";
	if (len > 64)
		return "is longer than 64 bytes";
	if (strstr(name, ".."))
		return "has \"..\", which git takes in no ref";
	if (name[len - 1] == '.')
		return "ends in \".\", which git takes in no ref";
	if (pv_str_has_suffix(name, ".lock"))
		return "ends in \".lock\", which git takes in no ref";
	return NULL;
}

int pv_experiment_check_names(const experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "variants");

	if (!node || node->kind != PV_YAML_MAPPING)
		return PV_OK;
	for (const pv_yaml_node *child = node->first; child; child = child->next) {
		const char *name = child->key->text;
		const char *fault = name ? fault_of(name) : NULL;

		if (fault)
			return pv_experiment_refuse(reader, child->key,
						    "the variant name "
						    "\"%.64s\" %s",
						    name, fault);
	}
	return PV_OK;
}

int pv_experiment_read_variants(experiment_reader *reader)
{
	const pv_yaml_node *node = pv_experiment_node(reader->root, "variants");
	const pv_yaml_node *split = pv_experiment_node(reader->root, "split");
	pv_experiment_variant *variants = NULL;
	size_t idx = 0;
	int rc;

	if (node->count > PV_VARIANTS_MAX)
		return pv_experiment_refuse(reader, node,
					    "%zu variants are more than %d",
					    node->count, PV_VARIANTS_MAX);
	rc = pv_experiment_room(&variants, reader, node->count,
				sizeof(*variants));
	reader->to->variants = variants;
	reader->variants = variants;
	for (const pv_yaml_node *child = node->first; child && rc == PV_OK;
	     child = child->next)
		rc = read_variant(reader, &variants[idx++], child);
	reader->to->variant_count = idx;
	if (rc == PV_OK)
		rc = split ? read_split(reader, variants, split)
			   : default_weights(reader, variants, node);
	if (rc == PV_OK)
		rc = make_slots(reader, split ? split : node);
	return rc == PV_OK ? find_control(reader) : rc;
}
