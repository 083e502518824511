/* SPDX-License-Identifier: MIT
 *
 * The rules of one node, one by one, and whether two nodes have the same.
 */
#include "base/mem.h"
#include "schema/proof.h"

enum {
	MAX_PAIRS = 64 /* nodes compared because references lead to them */
};

/* --- bounds ------------------------------------------------------------------- */

void pv_range_cut(pv_range *range, const pv_range *by)
{
	if (by->min > range->min)
		range->min = by->min;
	if (by->max < range->max)
		range->max = by->max;
}

void pv_range_cut_parts(pv_range *range, const pv_case *it)
{
	for (size_t i = 0; i < it->part_count; i++) {
		const pv_part *part = &it->parts[i];
		pv_range left = { 0, SIZE_MAX };

		if (part->kind == PV_PART_AT_LEAST)
			left.max = part->index - 1;
		if (part->kind == PV_PART_AT_MOST)
			left.min = part->index + 1;
		pv_range_cut(range, &left);
	}
}

/* --- parts --------------------------------------------------------------------- */

struct parts {
	pv_part *items;
	size_t count;
	const pv_node *of;
};

static pv_part *add(struct parts *parts, enum pv_part_kind kind,
		    const char *keyword)
{
	pv_part *part = &parts->items[parts->count++];

	part->kind = kind;
	part->keyword = keyword;
	part->of = parts->of;
	return part;
}

static void number_parts(struct parts *parts, const pv_number_rules *rules)
{
	if (rules->minimum)
		add(parts, PV_PART_MINIMUM, "minimum")->bound = rules->minimum;
	if (rules->exclusive_minimum)
		add(parts, PV_PART_ABOVE, "exclusiveMinimum")->bound =
			rules->exclusive_minimum;
	if (rules->maximum)
		add(parts, PV_PART_MAXIMUM, "maximum")->bound = rules->maximum;
	if (rules->exclusive_maximum)
		add(parts, PV_PART_BELOW, "exclusiveMaximum")->bound =
			rules->exclusive_maximum;
	if (rules->multiple_of)
		add(parts, PV_PART_MULTIPLE, "multipleOf")->bound =
			rules->multiple_of;
}

static void range_parts(struct parts *parts, const pv_range *range,
			const char *min, const char *max)
{
	if (range->min)
		add(parts, PV_PART_AT_LEAST, min)->index = range->min;
	if (range->max != SIZE_MAX)
		add(parts, PV_PART_AT_MOST, max)->index = range->max;
}

static void string_parts(struct parts *parts, const pv_string_rules *rules)
{
	range_parts(parts, &rules->length, "minLength", "maxLength");
	if (rules->pattern)
		add(parts, PV_PART_PATTERN, "pattern");
	if (rules->format)
		add(parts, PV_PART_FORMAT, "format");
}

static void array_parts(struct parts *parts, const pv_node *node)
{
	const pv_array_rules *rules = node->array;
	const pv_node *rest = pv_rest_items(node);
	pv_part *part;

	range_parts(parts, &rules->count, "minItems", "maxItems");
	for (size_t i = 0; i < rules->prefix.count; i++) {
		part = add(parts, PV_PART_ITEM, "prefixItems");
		part->value = rules->prefix.items[i];
		part->index = i;
	}
	if (rest) {
		part = add(parts, PV_PART_ITEMS, "items");
		part->value = rest;
		part->index = rules->prefix.count;
	}
	if (rules->contains)
		add(parts, PV_PART_CONTAINS, "contains");
	if (rules->is_unique)
		add(parts, PV_PART_UNIQUE, "uniqueItems");
	if (rules->unevaluated && !rules->items && rest != rules->unevaluated)
		add(parts, PV_PART_OPAQUE, "unevaluatedItems");
}

static void property_parts(struct parts *parts, const pv_property *property)
{
	pv_part *part;

	if (property->is_required)
		add(parts, PV_PART_REQUIRED, "required")->key = property->key;
	if (!property->node)
		return;
	part = add(parts, PV_PART_PROPERTY, "properties");
	part->key = property->key;
	part->value = property->node;
}

/* Where `key` is, `required` has to be: each a part of two keys. */
static void dependent_parts(struct parts *parts, const pv_dependent *row)
{
	for (size_t i = 0; row->required && i < row->required->count; i++) {
		pv_part *part = add(parts, PV_PART_REQUIRED, "dependentRequired");

		part->key = pv_value_str(&row->required->as.items[i]);
		part->bound = row->required; /* only where `row->key` is */
		part->index = (size_t)(row - parts->of->object->dependents);
	}
}

static void object_parts(struct parts *parts, const pv_node *node)
{
	const pv_object_rules *rules = node->object;
	const pv_node *rest = pv_rest_members(node);

	range_parts(parts, &rules->count, "minProperties", "maxProperties");
	for (size_t i = 0; i < rules->property_count; i++)
		property_parts(parts, &rules->properties[i]);
	for (size_t i = 0; i < rules->pattern_count; i++) {
		pv_part *part = add(parts, PV_PART_KEYS, "patternProperties");

		part->value = rules->patterns[i].node;
		part->index = i;
	}
	if (rest)
		add(parts, PV_PART_ADDITIONAL, "additionalProperties")->value =
			rest;
	if (rules->names)
		add(parts, PV_PART_NAMES, "propertyNames")->value = rules->names;
	for (size_t i = 0; i < rules->dependent_count; i++)
		dependent_parts(parts, &rules->dependents[i]);
	if (rules->unevaluated && !rules->additional && rest != rules->unevaluated)
		add(parts, PV_PART_OPAQUE, "unevaluatedProperties");
}

/* At least as many as there can be. */
static size_t bound_of(const pv_node *node)
{
	size_t bound = 16;

	if (node->array)
		bound += node->array->prefix.count;
	if (!node->object)
		return bound;
	bound += 2 * node->object->property_count + node->object->pattern_count;
	for (size_t i = 0; i < node->object->dependent_count; i++)
		if (node->object->dependents[i].required)
			bound += node->object->dependents[i].required->count;
	return bound;
}

size_t pv_parts_of(const pv_part **out, pv_proof *proof, const pv_node *node,
		   unsigned type)
{
	size_t bound = bound_of(node);
	struct parts parts = { NULL, 0, node };

	if (pv_proof_go(proof, bound))
		parts.items = pv_proof_alloc(proof, bound * sizeof(pv_part));
	*out = parts.items;
	if (!parts.items) {
		/* Nothing may be taken for a node without rules. */
		static const pv_part opaque = { .kind = PV_PART_OPAQUE };

		*out = &opaque;
		return 1;
	}
	if (node->constant || node->choices)
		add(&parts, PV_PART_CHOICE, node->constant ? "const" : "enum");
	if ((type & PV_TYPE_NUMBER) && node->number)
		number_parts(&parts, node->number);
	else if (type == PV_TYPE_STRING && node->string)
		string_parts(&parts, node->string);
	else if (type == PV_TYPE_ARRAY && node->array)
		array_parts(&parts, node);
	else if (type == PV_TYPE_OBJECT && node->object)
		object_parts(&parts, node);
	if (node->logic && node->logic->ref && node->logic->dynamic.ptr)
		add(&parts, PV_PART_OPAQUE, "$dynamicRef");
	return parts.count;
}

const pv_node *pv_rest_items(const pv_node *node)
{
	const pv_array_rules *rules = node->array;

	if (rules->items || !rules->unevaluated)
		return rules->items;
	if (node->logic || (rules->contains && rules->is_contains_marking))
		return NULL;
	return rules->unevaluated;
}

const pv_node *pv_rest_members(const pv_node *node)
{
	const pv_object_rules *rules = node->object;

	if (rules->additional || !rules->unevaluated)
		return rules->additional;
	for (size_t i = 0; i < rules->dependent_count; i++)
		if (rules->dependents[i].node)
			return NULL;
	return node->logic ? NULL : rules->unevaluated;
}

/* --- the same rules --------------------------------------------------------------- */

struct pairs {
	pv_proof *proof;
	const pv_node *a[MAX_PAIRS];
	const pv_node *b[MAX_PAIRS];
	size_t count;
};

static int has_reference(const pv_value *value)
{
	static const char *const keys[] = { "$ref", "$dynamicRef",
					    "$recursiveRef" };

	if (value->kind == PV_VALUE_ARRAY)
		for (size_t i = 0; i < value->count; i++)
			if (has_reference(&value->as.items[i]))
				return 1;
	if (value->kind != PV_VALUE_OBJECT)
		return 0;
	for (size_t i = 0; i < pv_array_len(keys); i++)
		if (pv_value_get_z(value, keys[i]))
			return 1;
	for (size_t i = 0; i < value->count; i++)
		if (has_reference(&value->as.members[i].value))
			return 1;
	return 0;
}

static int same(struct pairs *pairs, const pv_node *a, const pv_node *b);

/* Both may be NULL. */
static int same_sub(struct pairs *pairs, const pv_node *a, const pv_node *b)
{
	if (!a || !b)
		return a == b;
	return same(pairs, a, b);
}

static int same_list(struct pairs *pairs, const pv_node_list *a,
		     const pv_node_list *b)
{
	int is_same = a->count == b->count;

	for (size_t i = 0; is_same && i < a->count; i++)
		is_same = same(pairs, a->items[i], b->items[i]);
	return is_same;
}

static int same_objects(struct pairs *pairs, const pv_object_rules *a,
			const pv_object_rules *b)
{
	int is_same = a->property_count == b->property_count &&
		      a->pattern_count == b->pattern_count &&
		      a->dependent_count == b->dependent_count;

	for (size_t i = 0; is_same && i < a->property_count; i++)
		is_same = pv_str_eq(a->properties[i].key, b->properties[i].key) &&
			  same_sub(pairs, a->properties[i].node,
				   b->properties[i].node);
	/* Equal texts, so each pattern has its twin; in another order it fails. */
	for (size_t i = 0; is_same && i < a->pattern_count; i++)
		is_same = same(pairs, a->patterns[i].node, b->patterns[i].node);
	for (size_t i = 0; is_same && i < a->dependent_count; i++)
		is_same = same_sub(pairs, a->dependents[i].node,
				   b->dependents[i].node);
	return is_same && same_sub(pairs, a->additional, b->additional) &&
	       same_sub(pairs, a->names, b->names) &&
	       same_sub(pairs, a->unevaluated, b->unevaluated);
}

static int same_arrays(struct pairs *pairs, const pv_array_rules *a,
		       const pv_array_rules *b)
{
	return same_list(pairs, &a->prefix, &b->prefix) &&
	       same_sub(pairs, a->items, b->items) &&
	       same_sub(pairs, a->contains, b->contains) &&
	       same_sub(pairs, a->unevaluated, b->unevaluated);
}

static int same_logic(struct pairs *pairs, const pv_logic_rules *a,
		      const pv_logic_rules *b)
{
	return !a->dynamic.ptr && !b->dynamic.ptr &&
	       same_sub(pairs, a->ref, b->ref) &&
	       same_list(pairs, &a->all_of, &b->all_of) &&
	       same_list(pairs, &a->any_of, &b->any_of) &&
	       same_list(pairs, &a->one_of, &b->one_of) &&
	       same_sub(pairs, a->not_of, b->not_of) &&
	       same_sub(pairs, a->if_of, b->if_of) &&
	       same_sub(pairs, a->then_of, b->then_of) &&
	       same_sub(pairs, a->else_of, b->else_of);
}

/* Texts are equal; what they refer to has to be, too. */
static int same_parts(struct pairs *pairs, const pv_node *a, const pv_node *b)
{
	if (!a->object != !b->object || !a->array != !b->array ||
	    !a->logic != !b->logic)
		return 0;
	return (!a->object || same_objects(pairs, a->object, b->object)) &&
	       (!a->array || same_arrays(pairs, a->array, b->array)) &&
	       (!a->logic || same_logic(pairs, a->logic, b->logic));
}

static int same(struct pairs *pairs, const pv_node *a, const pv_node *b)
{
	size_t at = pairs->count;

	if (a == b)
		return 1;
	if (!a->source || !b->source || a->source->count != b->source->count ||
	    a->in->draft != b->in->draft ||
	    a->in->vocabularies != b->in->vocabularies ||
	    !pv_proof_go(pairs->proof, 1) ||
	    !pv_value_equal(a->source, b->source))
		return 0;
	if (!has_reference(a->source))
		return 1;
	for (size_t i = 0; i < pairs->count; i++)
		if (pairs->a[i] == a && pairs->b[i] == b)
			return 1;
	if (at == MAX_PAIRS)
		return 0;
	pairs->a[at] = a;
	pairs->b[at] = b;
	pairs->count++;
	return same_parts(pairs, a, b);
}

int pv_node_same_rules(pv_proof *proof, const pv_node *a, const pv_node *b)
{
	struct pairs pairs;

	if (a == b)
		return 1;
	pairs.proof = proof;
	pairs.count = 0;
	return same(&pairs, a, b);
}
