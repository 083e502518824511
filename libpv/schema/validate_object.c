/* SPDX-License-Identifier: MIT
 *
 * Objects: each member is looked up once, and meets every rule about its key.
 */
#include "schema/validate.h"

static int ask_count(pv_run *run, const pv_node *node, size_t count,
		     const pv_at *at)
{
	const pv_range *range = &node->object->count;

	if (count < range->min)
		return pv_wrong(run, node, "minProperties", at,
				"must have at least %zu member%s, not %zu",
				range->min, pv_plural(range->min), count);
	if (count > range->max)
		return pv_wrong(run, node, "maxProperties", at,
				"must have at most %zu member%s, not %zu",
				range->max, pv_plural(range->max), count);
	return 1;
}

static int ask_patterns(pv_run *run, const pv_object_rules *rules,
			const pv_member *member, const pv_at *at, int *is_known)
{
	int is_valid = 1;

	for (size_t i = 0; i < rules->pattern_count; i++) {
		if (!pv_ask_pattern(run, rules->patterns[i].pattern, member->key))
			continue;
		*is_known = 1;
		is_valid &= pv_ask(run, rules->patterns[i].node, &member->value,
				   at, NULL);
	}
	return is_valid;
}

static int ask_name(pv_run *run, const pv_node *names, const pv_member *member,
		    const pv_at *at)
{
	pv_value name = { .kind = PV_VALUE_STRING,
			  .type = PV_TYPE_STRING,
			  .hash = (uint32_t)member->hash,
			  .count = member->key.len,
			  .as = { .text = member->key.ptr } };

	return pv_ask(run, names, &name, at, NULL);
}

/* One member; `*is_known` says whether a rule looked at its value. */
static int ask_member(pv_run *run, const pv_object_rules *rules,
		      const pv_property *property, const pv_member *member,
		      const pv_at *at, int *is_known)
{
	int is_valid = 1;

	*is_known = property && property->node;
	if (*is_known)
		is_valid &= pv_ask(run, property->node, &member->value, at, NULL);
	if (rules->pattern_count)
		is_valid &= ask_patterns(run, rules, member, at, is_known);
	if (!*is_known && rules->additional) {
		*is_known = 1;
		is_valid &=
			pv_ask(run, rules->additional, &member->value, at, NULL);
	}
	if (rules->names)
		is_valid &= ask_name(run, rules->names, member, at);
	return is_valid;
}

static int ask_members(pv_run *run, const pv_node *node, const pv_value *value,
		       const pv_at *at, pv_marks *marks, size_t *required)
{
	const pv_object_rules *rules = node->object;
	int is_valid = 1;

	*required = 0;
	for (size_t i = 0; i < value->count; i++) {
		const pv_member *member = &value->as.members[i];
		size_t idx = pv_property_find(rules, member->key, member->hash);
		const pv_property *property =
			idx == SIZE_MAX ? NULL : &rules->properties[idx];
		pv_at here = { at, member->key, 0, 0 };
		int is_known;

		is_valid &= ask_member(run, rules, property, member, &here,
				       &is_known);
		*required += property && property->is_required;
		if (is_known && marks)
			pv_marks_set(marks, i);
	}
	return is_valid;
}

/* Says which are missing; how many there are is known already. */
static int wrong_required(pv_run *run, const pv_node *node,
			  const pv_value *value, const pv_at *at)
{
	const pv_object_rules *rules = node->object;

	for (size_t i = 0; i < rules->property_count; i++) {
		const pv_property *property = &rules->properties[i];
		pv_at here = { at, property->key, 0, 1 };

		if (property->is_required && !pv_value_get(value, property->key))
			(void)pv_wrong(run, node, "required", &here,
				       "is missing");
	}
	return 0;
}

static int ask_dependent(pv_run *run, const pv_node *node,
			 const pv_dependent *row, const pv_value *value,
			 const pv_at *at, pv_marks *marks)
{
	int is_valid = 1;

	if (row->node)
		is_valid &= pv_ask(run, row->node, value, at, marks);
	for (size_t i = 0; row->required && i < row->required->count; i++) {
		pv_at here = { at, pv_value_str(&row->required->as.items[i]), 0,
			       1 };

		if (pv_value_get(value, here.key))
			continue;
		is_valid = pv_wrong(run, node, "dependentRequired", &here,
				    "is missing, where `%.*s` is given",
				    row->key.len < 80 ? (int)row->key.len : 80,
				    row->key.ptr);
	}
	return is_valid;
}

int pv_ask_object(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at, pv_marks *marks)
{
	const pv_object_rules *rules = node->object;
	int is_valid = ask_count(run, node, value->count, at);
	size_t required;

	is_valid &= ask_members(run, node, value, at, marks, &required);
	is_valid &= required == rules->required_count ||
		    wrong_required(run, node, value, at);
	for (size_t i = 0; i < rules->dependent_count; i++)
		if (pv_value_get(value, rules->dependents[i].key))
			is_valid &=
				ask_dependent(run, node, &rules->dependents[i],
					      value, at, marks);
	return is_valid;
}
