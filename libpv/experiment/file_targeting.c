/* SPDX-License-Identifier: MIT
 *
 * Reading `targeting`. A percentage is hashed with a salt of its own, so that
 * it does not take the same units as coverage or variants.
 */
#include <stdio.h>
#include <string.h>

#include "base/decimal.h"
#include "base/fail.h"
#include "base/mem.h"
#include "experiment/file.h"

static const char salt_suffix[] = ".target";

/* The keys of a condition, one of which it has. */
static const struct {
	const char *key;
	enum target_kind kind;
} kinds[] = {
	{ "equals", TARGET_IN },       { "in", TARGET_IN },
	{ "prefix", TARGET_PREFIX },   { "number", TARGET_NUMBER },
	{ "version", TARGET_VERSION }, { "percentage", TARGET_PERCENTAGE },
};

/* What cannot be meant: who has begun with it goes on. */
static int is_strict(const experiment_reader *reader)
{
	return reader->to->status == PV_EXPERIMENT_DRAFT;
}

static int read_values(experiment_reader *reader, target_condition *it,
		       const pv_yaml_node *from)
{
	const char **values = NULL;
	size_t count = from->kind == PV_YAML_SEQUENCE ? from->count : 1;
	int rc = pv_experiment_room(&values, reader, count, sizeof(*values));

	for (size_t i = 0; i < count && rc == PV_OK; i++)
		values[i] = from->kind == PV_YAML_SEQUENCE
				    ? pv_yaml_resolve(pv_yaml_at(from, i))->text
				    : from->text;
	it->values = values;
	it->value_count = count;
	return rc;
}

static int check_limit(const experiment_reader *reader,
		       const target_condition *it, const pv_yaml_node *from,
		       const char *limit)
{
	pv_decimal number;

	if (!limit)
		return PV_OK;
	if (it->kind == TARGET_VERSION)
		return !is_strict(reader) || pv_experiment_is_version(limit)
			       ? PV_OK
			       : pv_experiment_refuse(reader, from,
						      "\"%.40s\" is no version "
						      "such as 2.9",
						      limit);
	if (pv_decimal_parse(&number, pv_str_of(limit), NULL) == PV_OK)
		return PV_OK;
	return pv_experiment_refuse(reader, from, "\"%.40s\" is no number",
				    limit);
}

static int read_range(experiment_reader *reader, target_condition *it,
		      const pv_yaml_node *from)
{
	int rc;

	it->from = pv_experiment_text(from, "from");
	it->below = pv_experiment_text(from, "below");
	rc = check_limit(reader, it, from, it->from);
	if (rc == PV_OK)
		rc = check_limit(reader, it, from, it->below);
	if (rc < 0 || !is_strict(reader) || !it->from || !it->below ||
	    !pv_experiment_is_nobody(it))
		return rc;
	return pv_experiment_refuse(reader, from,
				    "nothing is from \"%.40s\" and below "
				    "\"%.40s\"",
				    it->from, it->below);
}

/* What is asked, from a mapping that has one of the keys. */
static int read_kind(experiment_reader *reader, target_condition *it,
		     const pv_yaml_node *from)
{
	const pv_yaml_node *node = NULL;

	for (size_t i = 0; i < pv_array_len(kinds) && !node; i++) {
		node = pv_experiment_node(from, kinds[i].key);
		it->kind = kinds[i].kind;
	}
	if (!node)
		return pv_experiment_refuse(reader, from,
					    "a condition asks for nothing");
	if (it->kind == TARGET_PERCENTAGE)
		return pv_experiment_ppm(&it->ppm, reader, node);
	if (it->kind == TARGET_NUMBER || it->kind == TARGET_VERSION)
		return read_range(reader, it, node);
	return read_values(reader, it, node);
}

/* {country: de} is short for {attribute: country, equals: de}. */
static int read_short(experiment_reader *reader, target_condition *it,
		      const pv_yaml_node *from)
{
	const pv_yaml_node *value = pv_yaml_follow(from->first);

	it->attribute = from->first->key->text;
	it->kind = TARGET_IN;
	return value->kind == PV_YAML_MAPPING ? read_kind(reader, it, value)
					      : read_values(reader, it, value);
}

static int is_own_key(const char *key)
{
	for (size_t i = 0; i < pv_array_len(kinds); i++)
		if (strcmp(key, kinds[i].key) == 0)
			return 1;
	return strcmp(key, "attribute") == 0;
}

static int read_condition(experiment_reader *reader, target_condition *it,
			  const pv_yaml_node *from)
{
	size_t most = pv_experiment_node(from, "attribute") ? 2 : 1;

	if (from->count > most)
		return pv_experiment_refuse(reader, from,
					    "a condition asks one thing; write "
					    "several");
	if (!is_own_key(from->first->key->text))
		return most == 1 ? read_short(reader, it, from)
				 : pv_experiment_refuse(reader, from,
							"a condition asks for "
							"nothing");
	it->attribute = pv_experiment_text(from, "attribute");
	if (!it->attribute && !pv_experiment_node(from, "percentage"))
		return pv_experiment_refuse(reader, from,
					    "a condition names no attribute");
	return read_kind(reader, it, from);
}

static int read_conditions(experiment_reader *reader, const char *key,
			   const target_condition **out, size_t *count_out)
{
	const pv_yaml_node *node =
		pv_experiment_node(pv_experiment_node(reader->root, "targeting"),
				   key);
	target_condition *conditions = NULL;
	int rc = PV_OK;

	if (!node)
		return PV_OK;
	if (!node->count && strcmp(key, "any") == 0 && is_strict(reader))
		return pv_experiment_refuse(reader, node,
					    "\"any\" of no conditions never "
					    "holds: leave it out");
	rc = pv_experiment_room(&conditions, reader, node->count,
				sizeof(*conditions));
	for (size_t i = 0; i < node->count && rc == PV_OK; i++)
		rc = read_condition(reader, &conditions[i],
				    pv_yaml_resolve(pv_yaml_at(node, i)));
	*out = conditions;
	*count_out = node->count;
	return rc;
}

/* Of a salt that is as long as can be, a part gives way. */
static int make_salt(experiment_reader *reader, const char **out)
{
	const char *salt = reader->to->plan.salt;
	int room = PV_SALT_MAX - (int)sizeof(salt_suffix) + 1;
	char *text = NULL;
	int rc = pv_experiment_room(&text, reader, 1, PV_SALT_MAX + 1);

	if (rc == PV_OK)
		(void)snprintf(text, PV_SALT_MAX + 1, "%.*s%s", room, salt,
			       salt_suffix);
	*out = text;
	return rc;
}

int pv_experiment_read_targeting(experiment_reader *reader)
{
	pv_experiment_targeting *to = &reader->whole->targeting;
	int rc;

	if (!pv_experiment_node(reader->root, "targeting"))
		return PV_OK;
	rc = make_salt(reader, &to->salt);
	if (rc == PV_OK)
		rc = read_conditions(reader, "all", &to->all, &to->all_count);
	if (rc == PV_OK)
		rc = read_conditions(reader, "any", &to->any, &to->any_count);
	reader->to->targeting = to;
	return rc;
}
