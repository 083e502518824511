/* SPDX-License-Identifier: MIT
 *
 * Whether a value is valid, by plans: the first thing wrong ends the walk, and
 * what is right costs no memory. What is wrong is found out elsewhere, by
 * asking nodes (validate.h); both have to come to the same.
 *
 * A step is taken for each schema that does more than look at one value, and
 * for every eight parts of it, so that time is bounded.
 */
#include "schema/decide.h"

#include "base/fail.h"
#include "base/utf8.h"

static int decide(pv_run *run, const pv_plan *plan, const pv_value *value,
		  pv_marks *marks);

static int take_parts(pv_run *run, const pv_value *value)
{
	return pv_take_steps(run, 1 + value->count / 8);
}

/* --- numbers, strings, choices ------------------------------------------------- */

static int is_number(const pv_number_rules *rules, const pv_value *value)
{
	if (value->kind == PV_VALUE_NUMBER &&
	    value->as.number->real > rules->real_low &&
	    value->as.number->real < rules->real_high)
		return !rules->multiple_of ||
		       pv_value_is_multiple(value, rules->multiple_of);
	return (!rules->minimum ||
		pv_value_cmp_numbers(value, rules->minimum) >= 0) &&
	       (!rules->maximum ||
		pv_value_cmp_numbers(value, rules->maximum) <= 0) &&
	       (!rules->exclusive_minimum ||
		pv_value_cmp_numbers(value, rules->exclusive_minimum) > 0) &&
	       (!rules->exclusive_maximum ||
		pv_value_cmp_numbers(value, rules->exclusive_maximum) < 0) &&
	       (!rules->multiple_of ||
		pv_value_is_multiple(value, rules->multiple_of));
}

/* A character has one to four bytes: mostly there is nothing to count. */
static int is_length(const pv_range *range, const pv_value *value)
{
	size_t count = value->count;

	if (value->is_ascii)
		return count >= range->min && count <= range->max;
	if (count < range->min)
		return 0;
	if (count <= range->max && count / 4 >= range->min)
		return 1;
	count = pv_utf8_count(value->as.text, count);
	return count >= range->min && count <= range->max;
}

static int is_text(pv_run *run, const pv_string_rules *rules,
		   const pv_value *value)
{
	pv_str text = pv_value_str(value);

	if (!is_length(&rules->length, value))
		return 0;
	if (rules->plain) {
		if (!pv_plain_find(rules->plain, text))
			return 0;
	} else if (rules->pattern && !pv_ask_pattern(run, rules->pattern, text)) {
		return 0;
	}
	return !rules->format || rules->format->is_valid(text);
}

static int is_choice(pv_run *run, const pv_choices *choices, const pv_value *value)
{
	/* Comparing large values costs. */
	if (value->kind >= PV_VALUE_ARRAY && !pv_take_steps(run, value->count))
		return 0;
	return pv_choices_has(choices, value);
}

/* --- one value ------------------------------------------------------------------ */

typedef int decider(pv_run *run, const pv_plan *plan, const pv_value *value,
		    pv_marks *marks);

static decider decide_no, decide_yes, decide_integer, decide_number,
	decide_text, decide_choice, decide_list, decide_array, decide_few,
	decide_record, decide_object, decide_links, decide_all;

static decider *const deciders[] = {
	[PV_OP_NO] = decide_no,           [PV_OP_YES] = decide_yes,
	[PV_OP_INTEGER] = decide_integer, [PV_OP_NUMBER] = decide_number,
	[PV_OP_TEXT] = decide_text,       [PV_OP_CHOICE] = decide_choice,
	[PV_OP_LIST] = decide_list,       [PV_OP_ARRAY] = decide_array,
	[PV_OP_FEW] = decide_few,         [PV_OP_RECORD] = decide_record,
	[PV_OP_OBJECT] = decide_object,   [PV_OP_LINKS] = decide_links,
	[PV_OP_ALL] = decide_all,
};

static inline int decide(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	return deciders[plan->ops[value->kind]](run, plan, value, marks);
}

static int decide_no(pv_run *run, const pv_plan *plan, const pv_value *value,
		     pv_marks *marks)
{
	(void)run;
	(void)plan;
	(void)value;
	(void)marks;
	return 0;
}

static int decide_yes(pv_run *run, const pv_plan *plan, const pv_value *value,
		      pv_marks *marks)
{
	(void)run;
	(void)plan;
	(void)value;
	(void)marks;
	return 1;
}

static int decide_integer(pv_run *run, const pv_plan *plan,
			  const pv_value *value, pv_marks *marks)
{
	(void)run;
	(void)marks;
	return value->as.integer >= plan->low && value->as.integer <= plan->high;
}

static int decide_number(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	(void)run;
	(void)marks;
	return is_number(plan->number, value);
}

static int decide_text(pv_run *run, const pv_plan *plan, const pv_value *value,
		       pv_marks *marks)
{
	(void)marks;
	return is_text(run, plan->string, value);
}

static int decide_choice(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	(void)marks;
	return is_choice(run, plan->choices, value);
}

/* An element: mostly its kind is all that is asked of it. */
static inline int decide_item(pv_run *run, const pv_plan *plan,
			      const pv_value *value)
{
	return plan->ops[value->kind] == PV_OP_YES ||
	       decide(run, plan, value, NULL);
}

/* --- arrays --------------------------------------------------------------------- */

static int contains(pv_run *run, const pv_plan_array *array,
		    const pv_value *value, pv_marks *marks)
{
	const pv_array_rules *rules = array->rules;
	int is_counting = marks || rules->containing.max != SIZE_MAX;
	size_t found = 0;

	for (size_t i = 0; i < value->count; i++) {
		if (found >= rules->containing.min && !is_counting)
			break;
		if (!decide(run, array->contains, &value->as.items[i], NULL))
			continue;
		found++;
		if (rules->is_contains_marking)
			pv_marks_set(marks, i);
	}
	return found >= rules->containing.min && found <= rules->containing.max;
}

/* What is asked of an element; NULL: nothing. */
static inline const pv_plan *item_plan(const pv_plan_array *array, size_t i)
{
	return i < array->prefix.count ? array->prefix.items[i] : array->items;
}

/* Elements of which some are more than of the right kind. */
static int decide_items(pv_run *run, const pv_plan_array *array,
			const pv_value *value, size_t first)
{
	for (size_t i = first; i < value->count; i++) {
		const pv_plan *plan = item_plan(array, i);

		if (!plan)
			break;
		if (!decide_item(run, plan, &value->as.items[i]))
			return 0;
	}
	return 1;
}

static int decide_list(pv_run *run, const pv_plan *plan, const pv_value *value,
		       pv_marks *marks)
{
	const pv_plan_array *array = plan->array;
	size_t count = value->count;

	if (marks)
		return decide_array(run, plan, value, marks);
	if (!take_parts(run, value))
		return 0;
	if (count < array->count.min || count > array->count.max)
		return 0;
	for (size_t i = 0; i < count; i++) {
		const pv_value *item = &value->as.items[i];
		const pv_plan *own = item_plan(array, i);

		if (!own)
			break;
		if (own->ops[item->kind] != PV_OP_YES)
			return decide_items(run, array, value, i);
	}
	return 1;
}

static int decide_array(pv_run *run, const pv_plan *plan, const pv_value *value,
			pv_marks *marks)
{
	const pv_plan_array *array = plan->array;

	if (!decide_list(run, plan, value, NULL))
		return 0;
	for (size_t i = 0; marks && i < value->count; i++)
		if (array->items || i < array->prefix.count)
			pv_marks_set(marks, i);
	return (!array->contains || contains(run, array, value, marks)) &&
	       (!array->rules->is_unique ||
		pv_ask_unique(run, plan->node, value, NULL));
}

/* --- objects -------------------------------------------------------------------- */

static int is_key(const pv_plan_key *key, const pv_member *member)
{
	return pv_key_is_same(key->key, key->hash, member->key, member->hash);
}

static const pv_value *find_member(const pv_value *object, pv_str key,
				   uint64_t hash)
{
	for (size_t i = 0; i < object->count; i++) {
		const pv_member *member = &object->as.members[i];

		if (pv_key_is_same(key, hash, member->key, member->hash))
			return &member->value;
	}
	return NULL;
}

static int decide_few(pv_run *run, const pv_plan *plan, const pv_value *value,
		      pv_marks *marks)
{
	const pv_plan_object *object = plan->object;

	if (marks)
		return decide_object(run, plan, value, marks);
	if (!take_parts(run, value))
		return 0;
	for (size_t i = 0; i < object->key_count; i++) {
		const pv_plan_key *key = &object->keys[i];
		const pv_value *found = find_member(value, key->key, key->hash);

		if (found ? key->plan && !decide_item(run, key->plan, found)
			  : key->is_required)
			return 0;
	}
	return 1;
}

/* Members mostly come in the order of the schema: `*next` is tried first. */
static inline const pv_plan_key *key_of(const pv_plan_object *object,
					const pv_member *member,
					const pv_plan_key **next)
{
	const pv_plan_key *key = *next;

	if (!is_key(key, member)) {
		size_t idx = pv_property_find(object->rules, member->key,
					      member->hash);

		if (idx == SIZE_MAX)
			return NULL;
		key = &object->keys[idx];
	}
	*next = key + 1;
	return key;
}

static int decide_record(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	const pv_plan_object *object = plan->object;
	const pv_plan_key *next = object->keys;
	size_t required = 0;

	if (marks)
		return decide_object(run, plan, value, marks);
	if (!take_parts(run, value))
		return 0;
	for (size_t i = 0; i < value->count; i++) {
		const pv_member *member = &value->as.members[i];
		const pv_plan_key *key = key_of(object, member, &next);
		const pv_plan *own = object->additional;

		if (key) {
			required += key->is_required;
			own = key->plan ? key->plan : own;
		}
		if (own && !decide_item(run, own, &member->value))
			return 0;
	}
	return required == object->required_count;
}

/* What members told about the keys that are there. */
struct seen {
	size_t required; /* how many of these */
	uint64_t bits;
};

static int is_name(pv_run *run, const pv_plan *names, const pv_member *member)
{
	pv_value name = { .kind = PV_VALUE_STRING,
			  .type = PV_TYPE_STRING,
			  .hash = (uint32_t)member->hash,
			  .count = member->key.len,
			  .as = { .text = member->key.ptr } };

	return decide(run, names, &name, NULL);
}

/* One member; `*is_known` says whether a rule looked at its value. */
static int decide_member(pv_run *run, const pv_plan_object *object,
			 const pv_plan_key *key, const pv_member *member,
			 int *is_known)
{
	*is_known = key && key->plan;
	if (*is_known && !decide(run, key->plan, &member->value, NULL))
		return 0;
	for (size_t i = 0; i < object->pattern_count; i++) {
		if (!pv_ask_pattern(run, object->patterns[i].pattern, member->key))
			continue;
		*is_known = 1;
		if (!decide(run, object->patterns[i].plan, &member->value, NULL))
			return 0;
	}
	if (!*is_known && object->additional) {
		*is_known = 1;
		if (!decide(run, object->additional, &member->value, NULL))
			return 0;
	}
	return !object->names || is_name(run, object->names, member);
}

static int decide_each(pv_run *run, const pv_plan_object *object,
		       const pv_value *value, struct seen *seen, pv_marks *marks)
{
	const pv_plan_key *next = object->keys;

	for (size_t i = 0; i < value->count; i++) {
		const pv_member *member = &value->as.members[i];
		const pv_plan_key *key = key_of(object, member, &next);
		int is_known;

		if (key) {
			seen->required += key->is_required;
			seen->bits |= key->bit;
		}
		if (!decide_member(run, object, key, member, &is_known))
			return 0;
		if (is_known)
			pv_marks_set(marks, i);
	}
	return run->rc == PV_OK;
}

static int has_needed(const pv_plan_dependent *row, const pv_value *value)
{
	const pv_value *list = row->of->required;

	for (size_t i = 0; list && i < list->count; i++)
		if (!pv_value_get(value, pv_value_str(&list->as.items[i])))
			return 0;
	return 1;
}

static int decide_dependents(pv_run *run, const pv_plan_object *object,
			     const pv_value *value, uint64_t bits,
			     pv_marks *marks)
{
	for (size_t i = 0; i < object->dependent_count; i++) {
		const pv_plan_dependent *row = &object->dependents[i];

		if (row->bit ? !(bits & row->bit)
			     : !pv_value_get(value, row->of->key))
			continue;
		if (row->bit ? (bits & row->needed) != row->needed
			     : !has_needed(row, value))
			return 0;
		if (row->plan && !decide(run, row->plan, value, marks))
			return 0;
	}
	return 1;
}

static int decide_object(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	const pv_plan_object *object = plan->object;
	const pv_object_rules *rules = object->rules;
	struct seen seen = { 0, 0 };

	if (!take_parts(run, value) || value->count < rules->count.min ||
	    value->count > rules->count.max)
		return 0;
	return decide_each(run, object, value, &seen, marks) &&
	       seen.required == object->required_count &&
	       (!object->dependent_count ||
		decide_dependents(run, object, value, seen.bits, marks));
}

/* --- combinations --------------------------------------------------------------- */

/* What a reference means here: the outermost resource with its anchor's. */
static const pv_plan *target_of(const pv_run *run, const pv_plan_logic *logic)
{
	const pv_node *target;

	if (!logic->dynamic.ptr)
		return logic->ref;
	target = pv_find_dynamic(run, logic->dynamic);
	return target ? pv_plan_of(target) : logic->ref;
}

/* Marks of the branch's own, which count when it is valid. */
static int decide_branch(pv_run *run, const pv_plan *plan,
			 const pv_value *value, pv_marks *marks)
{
	pv_marks own;
	int is_valid;

	if (!marks)
		return decide(run, plan, value, NULL);
	if (run->rc == PV_OK)
		run->rc = pv_marks_init(&own, value, run->err);
	if (run->rc < 0)
		return 0;
	is_valid = decide(run, plan, value, &own);
	if (is_valid)
		pv_marks_add(marks, &own);
	pv_marks_dispose(&own);
	return is_valid;
}

/* Whether a branch is out of the question, by the one key that tells. */
static int is_barred(pv_run *run, const pv_plan_guard *guard, size_t branch,
		     const pv_value *tag)
{
	const pv_choices *choices = guard->choices[branch];

	return choices && (!tag || !is_choice(run, choices, tag));
}

/* How many branches are valid, counted up to `enough`. */
static size_t count_branches(pv_run *run, const pv_plan_list *list,
			     const pv_plan_guard *guard, const pv_value *value,
			     size_t enough, pv_marks *marks)
{
	int is_guarded = guard->key.ptr && value->kind == PV_VALUE_OBJECT;
	const pv_value *tag = NULL;
	size_t found = 0;

	if (is_guarded)
		tag = find_member(value, guard->key, guard->hash);
	for (size_t i = 0; i < list->count && found < enough; i++) {
		if (is_guarded && is_barred(run, guard, i, tag))
			continue;
		found += (size_t)decide_branch(run, list->items[i], value, marks);
	}
	return found;
}

static int decide_if(pv_run *run, const pv_plan_logic *logic,
		     const pv_value *value, pv_marks *marks)
{
	const pv_plan *next = decide_branch(run, logic->if_of, value, marks)
				      ? logic->then_of
				      : logic->else_of;

	return !next || decide(run, next, value, marks);
}

static int decide_logic(pv_run *run, const pv_plan_logic *logic,
			const pv_value *value, pv_marks *marks)
{
	if (logic->ref && !decide(run, target_of(run, logic), value, marks))
		return 0;
	for (size_t i = 0; i < logic->all_of.count; i++)
		if (!decide(run, logic->all_of.items[i], value, marks))
			return 0;
	/* Each branch that is valid has something to mark. */
	if (logic->any_of.count &&
	    !count_branches(run, &logic->any_of, &logic->any_guard, value,
			    marks ? SIZE_MAX : 1, marks))
		return 0;
	if (logic->one_of.count &&
	    count_branches(run, &logic->one_of, &logic->one_guard, value, 2,
			   marks) != 1)
		return 0;
	if (logic->not_of && decide(run, logic->not_of, value, NULL))
		return 0;
	return !logic->if_of || decide_if(run, logic, value, marks);
}

static int decide_links(pv_run *run, const pv_plan *plan, const pv_value *value,
			pv_marks *marks)
{
	int is_valid;

	if (!pv_take_steps(run, 1))
		return 0;
	if (run->depth == PV_SCHEMA_MAX_DEPTH)
		return pv_too_deep(run);
	run->depth++;
	is_valid = decide_logic(run, plan->logic, value, marks);
	run->depth--;
	return is_valid && run->rc == PV_OK;
}

/* --- all that a node says ------------------------------------------------------- */

static int decide_kind(pv_run *run, const pv_plan *plan, const pv_value *value,
		       pv_marks *marks)
{
	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_INTEGER:
	case PV_VALUE_NUMBER:
		return !plan->number || is_number(plan->number, value);
	case PV_VALUE_STRING:
		return !plan->string || is_text(run, plan->string, value);
	case PV_VALUE_ARRAY:
		return !plan->array || decide_array(run, plan, value, marks);
	case PV_VALUE_OBJECT:
		return !plan->object || decide_object(run, plan, value, marks);
	case PV_VALUE_NULL:
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		break;
	}
	return 1;
}

static int decide_rules(pv_run *run, const pv_plan *plan, const pv_value *value,
			pv_marks *marks)
{
	const pv_node *node = plan->node;

	return (node->types & pv_type_of(value)) &&
	       (!plan->choices || is_choice(run, plan->choices, value)) &&
	       (!node->constant || !node->choices ||
		pv_value_equal(node->constant, value)) &&
	       decide_kind(run, plan, value, marks) &&
	       (!plan->logic || decide_logic(run, plan->logic, value, marks)) &&
	       run->rc == PV_OK;
}

/* Whether what nothing marked is as `rest` has it. */
static int decide_rest(pv_run *run, const pv_plan *rest, const pv_value *value,
		       const pv_marks *marks)
{
	for (size_t i = 0; i < value->count; i++) {
		const pv_value *part = value->kind == PV_VALUE_ARRAY
					       ? &value->as.items[i]
					       : &value->as.members[i].value;

		if (!pv_marks_has(marks, i) && !decide(run, rest, part, NULL))
			return 0;
	}
	return 1;
}

/* With marks of its own: what others looked at does not count here. */
static int decide_with_rest(pv_run *run, const pv_plan *plan, const pv_plan *rest,
			    const pv_value *value, pv_marks *marks)
{
	pv_marks own;
	int is_valid;

	run->rc = pv_marks_init(&own, value, run->err);
	if (run->rc < 0)
		return 0;
	is_valid = decide_rules(run, plan, value, &own) &&
		   decide_rest(run, rest, value, &own);
	pv_marks_dispose(&own);
	if (is_valid)
		pv_marks_set_all(marks);
	return is_valid;
}

/* The plan of what nothing else looked at; NULL: there is none. */
static const pv_plan *rest_of(const pv_plan *plan, const pv_value *value)
{
	if (value->kind == PV_VALUE_ARRAY && plan->array)
		return plan->array->rest;
	if (value->kind == PV_VALUE_OBJECT && plan->object)
		return plan->object->rest;
	return NULL;
}

static int decide_all(pv_run *run, const pv_plan *plan, const pv_value *value,
		      pv_marks *marks)
{
	const pv_scope *outer = run->scope;
	pv_scope scope = { outer, plan->node->in };
	const pv_plan *rest = rest_of(plan, value);
	int is_valid;

	if (!pv_enter(run, &scope))
		return 0;
	is_valid = rest ? decide_with_rest(run, plan, rest, value, marks)
			: decide_rules(run, plan, value, marks);
	pv_leave(run, outer);
	return is_valid;
}

int pv_decide(pv_run *run, const pv_node *node, const pv_value *value,
	      pv_marks *marks)
{
	pv_schema_result *result = run->result;
	int is_valid;

	run->result = NULL;
	is_valid = decide(run, pv_plan_of(node), value, marks);
	run->result = result;
	return is_valid && run->rc == PV_OK;
}
