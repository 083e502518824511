/* SPDX-License-Identifier: MIT
 *
 * A compiled schema: what each place of it demands, in the form in which
 * instances are asked. Nodes are immutable once a schema is made, so threads
 * share them; they form a graph, since references may lead back.
 */
#ifndef PV_SCHEMA_NODE_H
#define PV_SCHEMA_NODE_H

#include "schema/format.h"
#include "schema/pattern.h"
#include "schema/resource.h"

typedef struct pv_node pv_node;
struct pv_plan;

/* Bounds of a length or count. */
typedef struct pv_range {
	size_t min;
	size_t max; /* SIZE_MAX: none */
} pv_range;

typedef struct pv_node_list {
	const pv_node **items;
	size_t count;
} pv_node_list;

typedef struct pv_number_rules {
	const pv_value *minimum;
	const pv_value *exclusive_minimum;
	const pv_value *maximum;
	const pv_value *exclusive_maximum;
	const pv_value *multiple_of;
	int is_bounded; /* integers from `low` to `high` are right, no others */
	int64_t low;
	int64_t high;
	/* Other numbers that are near doubles between these are in bounds. */
	double real_low;
	double real_high;
} pv_number_rules;

typedef struct pv_string_rules {
	pv_range length;
	const pv_pattern *pattern;
	const pv_plain *plain; /* of the pattern, or NULL */
	const pv_format *format;
} pv_string_rules;

typedef struct pv_array_rules {
	pv_range count;
	int is_unique;
	pv_node_list prefix;
	const pv_node *items; /* of what the prefix leaves */
	const pv_node *contains;
	pv_range containing;
	int is_contains_marking; /* 2020-12: what it found is evaluated */
	const pv_node *unevaluated;
} pv_array_rules;

/* What is known of one key. */
typedef struct pv_property {
	pv_str key;
	uint64_t hash;
	int is_required;
	const pv_node *node; /* NULL: not in `properties` */
} pv_property;

typedef struct pv_key_pattern {
	const pv_pattern *pattern;
	const pv_node *node;
} pv_key_pattern;

/* What the presence of a key asks for. */
typedef struct pv_dependent {
	pv_str key;
	const pv_value *required; /* an array of strings, or NULL */
	const pv_node *node;      /* or NULL */
} pv_dependent;

typedef struct pv_object_rules {
	pv_range count;
	pv_property *properties; /* in the order of the schema */
	size_t property_count;
	size_t property_cap;
	size_t required_count;
	uint32_t *slots; /* of properties, by hash; 0 is free, else index + 1 */
	size_t slot_mask;
	pv_key_pattern *patterns;
	size_t pattern_count;
	pv_dependent *dependents;
	size_t dependent_count;
	const pv_node *additional;
	const pv_node *names;
	const pv_node *unevaluated;
} pv_object_rules;

/* The index of a key among the properties; SIZE_MAX when it is none of them. */
static inline size_t pv_property_find(const pv_object_rules *rules, pv_str key,
				      uint64_t hash)
{
	if (!rules->slots)
		return SIZE_MAX;
	for (size_t at = hash & rules->slot_mask; rules->slots[at];
	     at = (at + 1) & rules->slot_mask) {
		size_t idx = rules->slots[at] - 1;

		if (pv_key_is_same(rules->properties[idx].key,
				   rules->properties[idx].hash, key, hash))
			return idx;
	}
	return SIZE_MAX;
}

/* Schemas for the same instance. */
typedef struct pv_logic_rules {
	const pv_node *ref;
	pv_str dynamic; /* the anchor that `ref` begins a search for; or NULL */
	pv_node_list all_of;
	pv_node_list any_of;
	pv_node_list one_of;
	const pv_node *not_of;
	const pv_node *if_of;
	const pv_node *then_of;
	const pv_node *else_of;
} pv_logic_rules;

struct pv_node {
	int is_false;         /* nothing is right */
	const pv_node *alias; /* of a mere reference: what is asked in its place */
	const struct pv_plan *plan; /* what decides, once all nodes are made */
	unsigned types;
	const pv_resource *in;
	const pv_value *constant;
	const pv_value *choices; /* an array */
	pv_number_rules *number;
	pv_string_rules *string;
	pv_array_rules *array;
	pv_object_rules *object;
	pv_logic_rules *logic;

	/* Where it stands: below a keyword of another node, or at a reference. */
	const pv_node *parent;
	pv_str keyword;
	pv_str key;   /* NULL `ptr`: none, or the index counts */
	size_t index; /* SIZE_MAX: none */
	const pv_value *source;
};

#endif
