/* SPDX-License-Identifier: MIT
 *
 * Making plans of nodes, see plan.h: first one of each, then what is in them,
 * as they refer to each other in any order.
 */
#include "schema/plan.h"

#include "base/fail.h"

enum {
	FEW_KEYS = 2, /* looked for among the members, not the other way */
	BITS = 64
};

struct maker {
	pv_arena *arena;
	int has_dynamics; /* where a reference leads is not known before */
	int rc;
	pv_error *err;
};

const pv_plan pv_plan_string = { .ops = { [PV_VALUE_STRING] = PV_OP_YES } };

static void *get(struct maker *m, size_t count, size_t size)
{
	void *made = pv_arena_calloc(m->arena, (count + !count) * size);

	if (!made && m->rc == PV_OK)
		m->rc = pv_fail_nomem(m->err);
	return made;
}

static const pv_plan *plan_of(const pv_node *node)
{
	return node ? pv_plan_of(node) : NULL;
}

static void set_list(struct maker *m, pv_plan_list *out, const pv_node_list *list)
{
	out->items = get(m, list->count, sizeof(const pv_plan *));
	for (size_t i = 0; out->items && i < list->count; i++)
		out->items[i] = plan_of(list->items[i]);
	out->count = out->items ? list->count : 0;
}

/* --- choices ------------------------------------------------------------------- */

static void add_choice(const pv_choices *choices, const pv_value *value)
{
	uint32_t tag = pv_choice_tag(value);
	size_t at = tag & choices->mask;

	if (pv_choices_has(choices, value))
		return;
	while (choices->slots[at].value)
		at = (at + 1) & choices->mask;
	choices->slots[at].tag = tag;
	choices->slots[at].value = value;
}

static const pv_choices *choices_of(struct maker *m, const pv_value *values,
				    size_t count)
{
	pv_choices *choices = get(m, 1, sizeof(*choices));
	size_t size = 4;

	while (size < count * 2)
		size *= 2;
	if (choices)
		choices->slots = get(m, size, sizeof(*choices->slots));
	if (!choices || !choices->slots)
		return NULL;
	choices->mask = size - 1;
	for (size_t i = 0; i < count; i++)
		add_choice(choices, &values[i]);
	return choices;
}

/* --- objects ------------------------------------------------------------------- */

static pv_plan_key *key_of(const pv_plan_object *object, pv_str key)
{
	uint64_t hash = pv_value_hash_bytes(key);
	size_t idx = pv_property_find(object->rules, key, hash);

	return &object->keys[idx]; /* SIZE_MAX cannot be: they were added */
}

/* The bit of a key; 0 when there are too many. */
static uint64_t bit_of(const pv_plan_object *object, pv_str key, unsigned *used)
{
	pv_plan_key *found = key_of(object, key);

	if (!found->bit && *used < BITS)
		found->bit = (uint64_t)1 << (*used)++;
	return found->bit;
}

static void set_dependents(struct maker *m, pv_plan_object *object)
{
	const pv_object_rules *rules = object->rules;
	unsigned used = 0;

	object->dependents =
		get(m, rules->dependent_count, sizeof(*object->dependents));
	for (size_t i = 0; m->rc == PV_OK && i < rules->dependent_count; i++) {
		pv_plan_dependent *row = &object->dependents[i];
		const pv_value *list;

		row->of = &rules->dependents[i];
		row->plan = plan_of(row->of->node);
		row->bit = bit_of(object, row->of->key, &used);
		list = row->of->required;
		for (size_t j = 0; list && j < list->count; j++) {
			pv_str key = pv_value_str(&list->as.items[j]);
			uint64_t bit = bit_of(object, key, &used);

			row->needed |= bit;
			if (!bit)
				row->bit = 0;
		}
	}
	object->dependent_count = m->rc == PV_OK ? rules->dependent_count : 0;
}

static void set_keys(struct maker *m, pv_plan_object *object)
{
	const pv_object_rules *rules = object->rules;

	object->keys = get(m, rules->property_count + 1, sizeof(*object->keys));
	for (size_t i = 0; object->keys && i < rules->property_count; i++) {
		const pv_property *property = &rules->properties[i];
		pv_plan_key *key = &object->keys[i];

		key->key = property->key;
		key->hash = property->hash;
		key->plan = plan_of(property->node);
		key->is_required = property->is_required != 0;
	}
	if (object->keys) /* no key has this: that of "" has the hash 0 */
		object->keys[rules->property_count].hash = 1;
}

static void set_object(struct maker *m, pv_plan_object *object,
		       const pv_object_rules *rules)
{
	object->rules = rules;
	object->key_count = rules->property_count;
	object->required_count = rules->required_count;
	object->additional = plan_of(rules->additional);
	object->names = plan_of(rules->names);
	object->rest = plan_of(rules->unevaluated);
	set_keys(m, object);
	object->patterns =
		get(m, rules->pattern_count, sizeof(*object->patterns));
	if (m->rc == PV_OK)
		set_dependents(m, object);
	for (size_t i = 0; m->rc == PV_OK && i < rules->pattern_count; i++) {
		object->patterns[i].pattern = rules->patterns[i].pattern;
		object->patterns[i].plan = plan_of(rules->patterns[i].node);
	}
	object->pattern_count = rules->pattern_count;
}

/* --- arrays and combinations --------------------------------------------------- */

static void set_array(struct maker *m, pv_plan_array *array,
		      const pv_array_rules *rules)
{
	array->count = rules->count;
	array->rules = rules;
	set_list(m, &array->prefix, &rules->prefix);
	array->items = plan_of(rules->items);
	array->contains = plan_of(rules->contains);
	array->rest = plan_of(rules->unevaluated);
}

/* The choices of a branch for a key that it requires; else NULL. */
static const pv_choices *guard_of(const pv_node *branch, pv_str key)
{
	const pv_object_rules *rules;
	const pv_node *node;
	size_t idx;

	branch = branch->alias ? branch->alias : branch;
	rules = branch->object;
	idx = rules ? pv_property_find(rules, key, pv_value_hash_bytes(key))
		    : SIZE_MAX;
	if (idx == SIZE_MAX || !rules->properties[idx].is_required ||
	    !rules->properties[idx].node)
		return NULL;
	node = rules->properties[idx].node;
	return pv_plan_of(node)->choices;
}

/* The first key that some branch has choices for; NULL `ptr`: there is none. */
static pv_str find_guard(const pv_node_list *list)
{
	static const pv_str none = { NULL, 0 };

	for (size_t i = 0; i < list->count; i++) {
		const pv_node *branch = list->items[i];
		const pv_object_rules *rules;

		branch = branch->alias ? branch->alias : branch;
		rules = branch->object;
		for (size_t j = 0; rules && j < rules->property_count; j++)
			if (guard_of(branch, rules->properties[j].key))
				return rules->properties[j].key;
	}
	return none;
}

static void set_guard(struct maker *m, pv_plan_guard *guard,
		      const pv_node_list *list)
{
	pv_str key = find_guard(list);

	if (!key.ptr)
		return;
	guard->choices = get(m, list->count, sizeof(const pv_choices *));
	for (size_t i = 0; guard->choices && i < list->count; i++)
		guard->choices[i] = guard_of(list->items[i], key);
	if (guard->choices)
		guard->key = key;
	guard->hash = pv_value_hash_bytes(key);
}

static void set_logic(struct maker *m, pv_plan_logic *logic,
		      const pv_logic_rules *rules)
{
	logic->ref = plan_of(rules->ref);
	logic->dynamic = rules->dynamic;
	set_list(m, &logic->all_of, &rules->all_of);
	set_list(m, &logic->any_of, &rules->any_of);
	set_list(m, &logic->one_of, &rules->one_of);
	set_guard(m, &logic->any_guard, &rules->any_of);
	set_guard(m, &logic->one_guard, &rules->one_of);
	logic->not_of = plan_of(rules->not_of);
	logic->if_of = plan_of(rules->if_of);
	logic->then_of = plan_of(rules->then_of);
	logic->else_of = plan_of(rules->else_of);
}

/* --- what is asked of each kind ------------------------------------------------ */

static enum pv_op array_op(const pv_array_rules *rules, int has_dynamics)
{
	if (!rules)
		return PV_OP_YES;
	if (rules->unevaluated || has_dynamics)
		return PV_OP_ALL;
	return rules->contains || rules->is_unique ? PV_OP_ARRAY : PV_OP_LIST;
}

static enum pv_op object_op(const pv_object_rules *rules, int has_dynamics)
{
	if (!rules)
		return PV_OP_YES;
	if (rules->unevaluated || has_dynamics)
		return PV_OP_ALL;
	if (rules->count.min || rules->count.max != SIZE_MAX || rules->names ||
	    rules->pattern_count || rules->dependent_count)
		return PV_OP_OBJECT;
	return rules->property_count <= FEW_KEYS && !rules->additional
		       ? PV_OP_FEW
		       : PV_OP_RECORD;
}

/* What the rules for a kind come to; PV_OP_YES when there are none. */
static enum pv_op rules_op(const pv_node *node, enum pv_value_kind kind,
			   int has_dynamics)
{
	switch (kind) {
	case PV_VALUE_INTEGER:
		if (node->number && node->number->is_bounded)
			return PV_OP_INTEGER;
		return node->number ? PV_OP_NUMBER : PV_OP_YES;
	case PV_VALUE_NUMBER:
		return node->number ? PV_OP_NUMBER : PV_OP_YES;
	case PV_VALUE_STRING:
		return node->string ? PV_OP_TEXT : PV_OP_YES;
	case PV_VALUE_ARRAY:
		return array_op(node->array, has_dynamics);
	case PV_VALUE_OBJECT:
		return object_op(node->object, has_dynamics);
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		break;
	}
	return PV_OP_YES;
}

static enum pv_op op_of(const pv_node *node, enum pv_value_kind kind,
			int has_dynamics)
{
	static const unsigned bits[PV_KINDS] = {
		PV_TYPE_NULL,    PV_TYPE_BOOLEAN, PV_TYPE_BOOLEAN,
		PV_TYPE_INTEGER, PV_TYPE_NUMBER,  PV_TYPE_STRING,
		PV_TYPE_ARRAY,   PV_TYPE_OBJECT
	};
	enum pv_op op = rules_op(node, kind, has_dynamics);

	if (node->is_false || !(node->types & bits[kind]))
		return PV_OP_NO;
	/* Whether a number is an integer is its own matter. */
	if ((node->types & bits[kind]) != bits[kind])
		return PV_OP_ALL;
	if (!node->constant && !node->choices && !node->logic)
		return op;
	if (node->logic)
		return op == PV_OP_YES && !node->constant && !node->choices &&
				       !has_dynamics
			       ? PV_OP_LINKS
			       : PV_OP_ALL;
	return op == PV_OP_YES && !(node->constant && node->choices)
		       ? PV_OP_CHOICE
		       : PV_OP_ALL;
}

int pv_plan_is_always(const pv_plan *plan)
{
	for (size_t i = 0; i < PV_KINDS; i++)
		if (plan->ops[i] != PV_OP_YES)
			return 0;
	return 1;
}

static int add_plan(pv_str key, void *value, void *payload)
{
	struct maker *m = payload;
	pv_node *node = value;
	const pv_value *list = node->choices ? node->choices : node->constant;
	pv_plan *plan = get(m, 1, sizeof(*plan));

	(void)key;
	node->plan = plan;
	if (!plan)
		return m->rc;
	plan->node = node;
	plan->number = node->number;
	plan->string = node->string;
	if (node->array)
		plan->array = get(m, 1, sizeof(*plan->array));
	if (node->object)
		plan->object = get(m, 1, sizeof(*plan->object));
	if (node->logic)
		plan->logic = get(m, 1, sizeof(*plan->logic));
	if (node->number) {
		plan->low = node->number->low;
		plan->high = node->number->high;
	}
	for (unsigned i = 0; i < PV_KINDS; i++)
		plan->ops[i] = (uint8_t)op_of(node, (enum pv_value_kind)i,
					      m->has_dynamics);
	if (list && list == node->constant)
		plan->choices = choices_of(m, list, 1);
	else if (list)
		plan->choices = choices_of(m, list->as.items, list->count);
	return m->rc;
}

static int fill_plan(pv_str key, void *value, void *payload)
{
	struct maker *m = payload;
	const pv_node *node = value;

	(void)key;
	if (node->object)
		set_object(m, node->plan->object, node->object);
	if (node->array)
		set_array(m, node->plan->array, node->array);
	if (node->logic)
		set_logic(m, node->plan->logic, node->logic);
	return m->rc;
}

int pv_plan_make(pv_map *nodes, pv_arena *arena, int has_dynamics, pv_error *err)
{
	struct maker m = { arena, has_dynamics, PV_OK, err };

	(void)pv_map_each(nodes, add_plan, &m);
	if (m.rc == PV_OK)
		(void)pv_map_each(nodes, fill_plan, &m);
	return m.rc;
}

int pv_plan_add(pv_node *node, pv_arena *arena, pv_error *err)
{
	struct maker m = { arena, 0, PV_OK, err };

	return add_plan(pv_str_of(""), node, &m);
}
