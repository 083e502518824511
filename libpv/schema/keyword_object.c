/* SPDX-License-Identifier: MIT
 *
 * Compiling keywords about objects. What `properties` and `required` say of a
 * key is kept in one entry, which each member of an instance asks for once.
 */
#include "base/fail.h"
#include "base/mem.h"
#include "schema/keyword.h"

/* The object rules of a node whose keyword has an object, else NULL and `*rc`. */
static pv_object_rules *objects(int *rc, pv_compiler *compiler, pv_node *node,
				const pv_keyword *keyword, const pv_value *value)
{
	*rc = PV_OK;
	if (value->kind != PV_VALUE_OBJECT)
		*rc = pv_compile_refuse(compiler, node, keyword->name,
					"an object");
	else if (!pv_keyword_field(compiler, node, keyword))
		*rc = pv_fail_nomem(compiler->err);
	return *rc == PV_OK ? node->object : NULL;
}

/* --- properties and required ------------------------------------------------ */

/* Entries of `count` more keys; they are in no table yet. */
static pv_property *more_properties(pv_compiler *compiler,
				    pv_object_rules *rules, size_t count)
{
	size_t total = rules->property_count + count;
	pv_property *all =
		pv_arena_calloc(compiler->arena, (total + 1) * sizeof(*all));

	if (!all)
		return NULL;
	if (rules->property_count)
		memcpy(all, rules->properties,
		       rules->property_count * sizeof(*all));
	rules->properties = all;
	all += rules->property_count;
	rules->property_count = total;
	return all;
}

int pv_keyword_properties(pv_compiler *compiler, pv_node *node,
			  const pv_keyword *keyword, const pv_value *value)
{
	pv_position position = { keyword->name, { NULL, 0 }, SIZE_MAX };
	int rc;
	pv_object_rules *rules = objects(&rc, compiler, node, keyword, value);
	pv_property *added;

	if (!rules)
		return rc;
	added = more_properties(compiler, rules, value->count);
	if (!added)
		return pv_fail_nomem(compiler->err);
	for (size_t i = 0; rc == PV_OK && i < value->count; i++) {
		const pv_member *member = &value->as.members[i];

		position.key = member->key;
		added[i].key = member->key;
		added[i].hash = member->hash;
		rc = pv_compile_sub(&added[i].node, compiler, node, position,
				    &member->value);
	}
	return rc;
}

static int is_strings(const pv_value *list)
{
	if (list->kind != PV_VALUE_ARRAY)
		return 0;
	for (size_t i = 0; i < list->count; i++)
		if (list->as.items[i].kind != PV_VALUE_STRING)
			return 0;
	return 1;
}

int pv_keyword_required(pv_compiler *compiler, pv_node *node,
			const pv_keyword *keyword, const pv_value *value)
{
	pv_property *added;

	if (!pv_keyword_field(compiler, node, keyword))
		return pv_fail_nomem(compiler->err);
	if (!is_strings(value))
		return pv_compile_refuse(compiler, node, keyword->name,
					 "an array of strings");
	added = more_properties(compiler, node->object, value->count);
	if (!added)
		return pv_fail_nomem(compiler->err);
	for (size_t i = 0; i < value->count; i++) {
		added[i].key = pv_value_str(&value->as.items[i]);
		added[i].hash = pv_value_hash_bytes(added[i].key);
		added[i].is_required = 1;
	}
	return PV_OK;
}

/* The slot of a key, or the free one where it belongs. */
static uint32_t *slot_of(const pv_object_rules *rules, const pv_property *property)
{
	size_t at = property->hash & rules->slot_mask;

	for (;; at = (at + 1) & rules->slot_mask) {
		uint32_t *slot = &rules->slots[at];

		if (!*slot ||
		    pv_str_eq(rules->properties[*slot - 1].key, property->key))
			return slot;
	}
}

/* Entries of the keys that dependents speak of. */
static int add_dependent_keys(pv_compiler *compiler, pv_object_rules *rules)
{
	size_t count = 0;
	pv_property *added;

	for (size_t i = 0; i < rules->dependent_count; i++) {
		const pv_value *list = rules->dependents[i].required;

		count += 1 + (list ? list->count : 0);
	}
	if (!count)
		return PV_OK;
	added = more_properties(compiler, rules, count);
	if (!added)
		return pv_fail_nomem(compiler->err);
	for (size_t i = 0; i < rules->dependent_count; i++) {
		const pv_value *list = rules->dependents[i].required;

		(added++)->key = rules->dependents[i].key;
		for (size_t j = 0; list && j < list->count; j++)
			(added++)->key = pv_value_str(&list->as.items[j]);
	}
	while (count--) {
		added--;
		added->hash = pv_value_hash_bytes(added->key);
	}
	return PV_OK;
}

int pv_keyword_index_properties(pv_compiler *compiler, pv_object_rules *rules)
{
	int rc = add_dependent_keys(compiler, rules);
	size_t count = rules->property_count;
	size_t size = 8;

	while (size < count * 2)
		size *= 2;
	if (rc < 0 || !count)
		return rc;
	if (count > UINT32_MAX / 4)
		return pv_fail(compiler->err, PV_ELIMIT,
			       "a schema has too many keys");
	rules->slots =
		pv_arena_calloc(compiler->arena, size * sizeof(*rules->slots));
	if (!rules->slots)
		return pv_fail_nomem(compiler->err);
	rules->slot_mask = size - 1;
	rules->property_count = 0;
	for (size_t i = 0; i < count; i++) {
		pv_property *property = &rules->properties[i];
		uint32_t *slot = slot_of(rules, property);
		pv_property *first;

		/* Entries of one key are joined; the others move up. */
		if (!*slot) {
			rules->properties[rules->property_count] = *property;
			*slot = (uint32_t)++rules->property_count;
			rules->required_count += (size_t)property->is_required;
			continue;
		}
		first = &rules->properties[*slot - 1];
		rules->required_count +=
			property->is_required && !first->is_required;
		first->is_required |= property->is_required;
		if (!first->node)
			first->node = property->node;
	}
	return PV_OK;
}

/* --- other keys -------------------------------------------------------------- */

int pv_keyword_pattern_properties(pv_compiler *compiler, pv_node *node,
				  const pv_keyword *keyword,
				  const pv_value *value)
{
	pv_position position = { keyword->name, { NULL, 0 }, SIZE_MAX };
	int rc;
	pv_object_rules *rules = objects(&rc, compiler, node, keyword, value);

	if (!rules)
		return rc;
	rules->patterns =
		pv_arena_calloc(compiler->arena,
				(value->count + 1) * sizeof(*rules->patterns));
	if (!rules->patterns)
		return pv_fail_nomem(compiler->err);
	rules->pattern_count = value->count;
	for (size_t i = 0; rc == PV_OK && i < value->count; i++) {
		const pv_member *member = &value->as.members[i];
		pv_key_pattern *row = &rules->patterns[i];

		position.key = member->key;
		rc = pv_compile_pattern(&row->pattern, compiler, node,
					keyword->name, member->key);
		if (rc == PV_OK)
			rc = pv_compile_sub(&row->node, compiler, node,
					    position, &member->value);
	}
	return rc;
}

/* --- what the presence of a key asks for ------------------------------------- */

/* Adds a row; the value is an array of keys, or a schema. */
static int add_dependent(pv_compiler *compiler, pv_object_rules *rules,
			 const pv_node *node, const pv_keyword *keyword,
			 const pv_member *member)
{
	pv_dependent *row = &rules->dependents[rules->dependent_count++];
	pv_position position = { keyword->name, member->key, SIZE_MAX };

	row->key = member->key;
	if (member->value.kind != PV_VALUE_ARRAY)
		return pv_compile_sub(&row->node, compiler, node, position,
				      &member->value);
	row->required = &member->value;
	if (!is_strings(&member->value))
		return pv_compile_refuse(compiler, node, keyword->name,
					 "arrays of strings");
	return PV_OK;
}

/* Room for `count` rows more. */
static int reserve_dependents(pv_compiler *compiler, pv_object_rules *rules,
			      size_t count)
{
	pv_dependent *all = pv_arena_calloc(compiler->arena,
					    (rules->dependent_count + count +
					     1) * sizeof(*all));

	if (!all)
		return pv_fail_nomem(compiler->err);
	if (rules->dependent_count)
		memcpy(all, rules->dependents,
		       rules->dependent_count * sizeof(*all));
	rules->dependents = all;
	return PV_OK;
}

/* Also dependentRequired and dependentSchemas, into which it was divided. */
int pv_keyword_dependencies(pv_compiler *compiler, pv_node *node,
			    const pv_keyword *keyword, const pv_value *value)
{
	int rc;
	pv_object_rules *rules = objects(&rc, compiler, node, keyword, value);

	if (rules)
		rc = reserve_dependents(compiler, rules, value->count);
	for (size_t i = 0; rules && rc == PV_OK && i < value->count; i++)
		rc = add_dependent(compiler, rules, node, keyword,
				   &value->as.members[i]);
	return rc;
}
