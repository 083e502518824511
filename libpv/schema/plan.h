/* SPDX-License-Identifier: MIT
 *
 * What decides whether a value is valid, and says nothing else: nodes without
 * their places, prepared for each kind of value. References that only lead on
 * are gone, keys are found by hash, choices and constants too.
 */
#ifndef PV_SCHEMA_PLAN_H
#define PV_SCHEMA_PLAN_H

#include "schema/node.h"

typedef struct pv_plan pv_plan;

/* What is asked of a value of some kind. */
enum pv_op {
	PV_OP_NO,
	PV_OP_YES,
	PV_OP_INTEGER, /* from `low` to `high` */
	PV_OP_NUMBER,
	PV_OP_TEXT,
	PV_OP_CHOICE,
	PV_OP_LIST, /* an array: how long it is, and each element by itself */
	PV_OP_ARRAY,
	PV_OP_FEW,    /* an object: a key or two */
	PV_OP_RECORD, /* an object: each member by its key */
	PV_OP_OBJECT,
	PV_OP_LINKS, /* other schemas are asked, and that is all */
	PV_OP_ALL    /* everything that the node says */
};

enum {
	PV_KINDS = PV_VALUE_OBJECT + 1
};

typedef struct pv_plan_list {
	const pv_plan **items;
	size_t count;
} pv_plan_list;

/* A value of `const` or `enum`. */
typedef struct pv_choice {
	uint32_t tag;          /* pv_choice_tag() of the value */
	const pv_value *value; /* NULL: the slot is free */
} pv_choice;

/* All of them, by their tags: open addressing. */
typedef struct pv_choices {
	pv_choice *slots;
	size_t mask;
} pv_choices;

/* What is asked of a member; of the property that has the same index. */
typedef struct pv_plan_key {
	uint64_t hash;
	pv_str key;
	const pv_plan *plan; /* NULL: not in `properties` */
	uint64_t bit;        /* its own, where dependents speak of it */
	size_t is_required;
} pv_plan_key;

typedef struct pv_plan_pattern {
	const pv_pattern *pattern;
	const pv_plan *plan;
} pv_plan_pattern;

/* What is asked where a key is there. */
typedef struct pv_plan_dependent {
	uint64_t bit;        /* the key's; 0: there are too many for bits */
	uint64_t needed;     /* bits of the keys it requires */
	const pv_plan *plan; /* or NULL */
	const pv_dependent *of;
} pv_plan_dependent;

typedef struct pv_plan_object {
	const pv_object_rules *rules;
	pv_plan_key *keys; /* then one of no key */
	size_t key_count;
	size_t required_count;
	pv_plan_pattern *patterns;
	size_t pattern_count;
	pv_plan_dependent *dependents;
	size_t dependent_count;
	const pv_plan *additional;
	const pv_plan *names;
	const pv_plan *rest; /* unevaluated */
} pv_plan_object;

typedef struct pv_plan_array {
	pv_range count;
	const pv_array_rules *rules;
	pv_plan_list prefix;
	const pv_plan *items;
	const pv_plan *contains;
	const pv_plan *rest; /* unevaluated */
} pv_plan_array;

/*
 * What tells the branches of anyOf or oneOf apart, when the value is an object:
 * the choices that each of them, in turn, has for one key that it requires.
 */
typedef struct pv_plan_guard {
	pv_str key; /* NULL `ptr`: there is none */
	uint64_t hash;
	const pv_choices **choices; /* NULL: the branch has to be asked */
} pv_plan_guard;

typedef struct pv_plan_logic {
	const pv_plan *ref;
	pv_str dynamic; /* as in pv_logic_rules */
	pv_plan_list all_of;
	pv_plan_list any_of;
	pv_plan_list one_of;
	pv_plan_guard any_guard;
	pv_plan_guard one_guard;
	const pv_plan *not_of;
	const pv_plan *if_of;
	const pv_plan *then_of;
	const pv_plan *else_of;
} pv_plan_logic;

struct pv_plan {
	uint8_t ops[PV_KINDS]; /* enum pv_op, by enum pv_value_kind */
	int64_t low;
	int64_t high;
	const pv_number_rules *number;
	const pv_string_rules *string;
	const pv_choices *choices;
	pv_plan_array *array;
	pv_plan_object *object;
	pv_plan_logic *logic;
	const pv_node *node;
};

/* Makes the plans of all nodes. PV_ELIMIT, PV_ENOMEM. */
int pv_plan_make(pv_map *nodes, pv_arena *arena, int has_dynamics, pv_error *err);

/*
 * Gives a plan to a node that refers to no other one and has no parts.
 * PV_ENOMEM.
 */
int pv_plan_add(pv_node *node, pv_arena *arena, pv_error *err);

/* Of a schema that only says "string". */
extern const pv_plan pv_plan_string;

/* Equal values have equal tags; other integers and kinds mostly have others. */
static inline uint32_t pv_choice_tag(const pv_value *value)
{
	if (value->kind == PV_VALUE_STRING)
		return value->hash;
	if (value->kind < PV_VALUE_INTEGER)
		return value->kind;
	if (value->kind == PV_VALUE_INTEGER)
		return (uint32_t)((uint64_t)value->as.integer *
					  0x9E3779B97F4A7C15U >>
				  32);
	return (uint32_t)pv_value_hash(value);
}

static inline int pv_choice_is(const pv_value *choice, const pv_value *value)
{
	if (choice->kind != value->kind || value->kind >= PV_VALUE_ARRAY)
		return pv_value_equal(choice, value);
	if (value->kind == PV_VALUE_STRING)
		return choice->count == value->count &&
		       pv_bytes_are_same(choice->as.text, value->as.text,
					 value->count);
	if (value->kind == PV_VALUE_INTEGER)
		return choice->as.integer == value->as.integer;
	return value->kind < PV_VALUE_INTEGER || pv_value_equal(choice, value);
}

/* Whether `value` equals one of the choices. */
static inline int pv_choices_has(const pv_choices *choices, const pv_value *value)
{
	uint32_t tag = pv_choice_tag(value);

	for (size_t at = tag;; at++) {
		const pv_choice *slot = &choices->slots[at & choices->mask];

		if (!slot->value)
			return 0;
		if (slot->tag == tag && pv_choice_is(slot->value, value))
			return 1;
	}
}

/* Whether every value is right. */
int pv_plan_is_always(const pv_plan *plan);

static inline const pv_plan *pv_plan_of(const pv_node *node)
{
	return node->alias ? node->alias->plan : node->plan;
}

#endif
