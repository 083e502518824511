/* SPDX-License-Identifier: MIT
 *
 * Schemas that exclude each other at a glance: other kinds of values, other
 * constants, a member with other constants. Most choices are made that way,
 * and each pair that is known to be apart is one proof less. To look is bounded,
 * and what is not seen is taken for not apart.
 */
#include "schema/proof.h"

enum {
	MAX_DEPTH = 4,    /* references, allOf and members on the way */
	MAX_PAIRS = 4096, /* of values, and of keys */
	MAX_ALL_OF = 8
};

static int is_apart(pv_proof *proof, unsigned types, const pv_node *a,
		    const pv_node *b, int depth);

/* The values that a node allows, if it names them. */
static const pv_value *values_of(const pv_node *node, size_t *count)
{
	*count = node->constant ? 1 : node->choices ? node->choices->count : 0;
	if (node->constant)
		return node->constant;
	return node->choices ? node->choices->as.items : NULL;
}

static int is_apart_by_value(pv_proof *proof, const pv_node *a, const pv_node *b)
{
	size_t a_count;
	size_t b_count;
	const pv_value *a_values = values_of(a, &a_count);
	const pv_value *b_values = values_of(b, &b_count);

	if (!a_count || !b_count || a_count > MAX_PAIRS / b_count ||
	    !pv_proof_look(proof, a_count * b_count))
		return 0;
	for (size_t i = 0; i < a_count; i++)
		for (size_t j = 0; j < b_count; j++)
			if (pv_value_equal(&a_values[i], &b_values[j]))
				return 0;
	return 1;
}

/* A member that has to be there, and for which both want something else. */
static int is_apart_by_member(pv_proof *proof, const pv_object_rules *a,
			      const pv_object_rules *b, int depth)
{
	if (!a->property_count || !b->property_count ||
	    a->property_count > MAX_PAIRS / b->property_count ||
	    !pv_proof_look(proof, a->property_count * b->property_count))
		return 0;
	for (size_t i = 0; i < a->property_count; i++) {
		const pv_property *mine = &a->properties[i];

		for (size_t j = 0; mine->node && j < b->property_count; j++) {
			const pv_property *other = &b->properties[j];

			if (other->node &&
			    (mine->is_required || other->is_required) &&
			    pv_key_is_same(mine->key, mine->hash, other->key,
					   other->hash) &&
			    is_apart(proof, PV_TYPE_ANY, mine->node,
				     other->node, depth - 1))
				return 1;
		}
	}
	return 0;
}

/* What `a` refers to, or is all of, may be apart from `b`. */
static int is_apart_by_logic(pv_proof *proof, unsigned types, const pv_node *a,
			     const pv_node *b, int depth)
{
	const pv_logic_rules *rules = a->logic;

	if (!rules)
		return 0;
	if (rules->ref && !rules->dynamic.ptr &&
	    is_apart(proof, types, rules->ref, b, depth - 1))
		return 1;
	for (size_t i = 0; i < rules->all_of.count && i < MAX_ALL_OF; i++)
		if (is_apart(proof, types, rules->all_of.items[i], b, depth - 1))
			return 1;
	return 0;
}

static int is_apart(pv_proof *proof, unsigned types, const pv_node *a,
		    const pv_node *b, int depth)
{
	a = pv_node_end(a);
	b = pv_node_end(b);
	if (a == b || depth == 0 || !pv_proof_look(proof, 1))
		return 0;
	types &= a->types & b->types;
	if (!types || is_apart_by_value(proof, a, b))
		return 1;
	return (types == PV_TYPE_OBJECT && a->object && b->object &&
		is_apart_by_member(proof, a->object, b->object, depth)) ||
	       is_apart_by_logic(proof, types, a, b, depth) ||
	       is_apart_by_logic(proof, types, b, a, depth);
}

int pv_nodes_apart(pv_proof *proof, unsigned types, const pv_node *a,
		   const pv_node *b)
{
	return is_apart(proof, types, a, b, MAX_DEPTH);
}
