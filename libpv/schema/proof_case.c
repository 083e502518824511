/* SPDX-License-Identifier: MIT
 *
 * One kind of value: the left side is taken apart first, choice by choice, and
 * then the right side, rule by rule.
 */
#include "base/mem.h"
#include "schema/proof.h"

enum {
	UNSPLIT_SHARE = 8 /* of the steps that are left */
};

/* --- cases --------------------------------------------------------------------- */

static void add_split(pv_proof *proof, pv_case *it, const pv_node *node,
		      const char *keyword)
{
	pv_split *splits =
		pv_proof_alloc(proof, (it->split_count + 1) * sizeof(*splits));

	if (!splits)
		return;
	if (it->split_count)
		memcpy(splits, it->splits, it->split_count * sizeof(*splits));
	splits[it->split_count].of = node;
	splits[it->split_count++].keyword = keyword;
	it->splits = splits;
}

static void flatten_logic(pv_proof *proof, pv_case *it, const pv_node *node)
{
	const pv_logic_rules *rules = node->logic;

	if (rules->ref && !rules->dynamic.ptr)
		pv_nodes_add(proof, &it->all, rules->ref);
	for (size_t i = 0; i < rules->all_of.count; i++)
		pv_nodes_add(proof, &it->all, rules->all_of.items[i]);
	if (rules->not_of)
		pv_nodes_add(proof, &it->any, rules->not_of);
	if (rules->any_of.count)
		add_split(proof, it, node, "anyOf");
	if (rules->one_of.count)
		add_split(proof, it, node, "oneOf");
	if (rules->if_of && (rules->then_of || rules->else_of))
		add_split(proof, it, node, "if");
}

/* Whether some node on the left wants the key. */
static int is_wanted(const pv_case *it, pv_str key)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->property_count; j++)
			if (rules->properties[j].is_required &&
			    pv_str_eq(rules->properties[j].key, key))
				return 1;
	}
	return 0;
}

/* What a key that is always there asks for is asked for always. */
static void flatten_dependents(pv_proof *proof, pv_case *it)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->dependent_count; j++)
			if (rules->dependents[j].node &&
			    is_wanted(it, rules->dependents[j].key))
				pv_nodes_add(proof, &it->all,
					     rules->dependents[j].node);
	}
}

/* Whether the left side is a contradiction already. */
static int flatten(pv_proof *proof, pv_case *it)
{
	while (it->flat < it->all.count && pv_proof_go(proof, 1)) {
		const pv_node *node = it->all.items[it->flat++];

		if (!(node->types & it->type) || pv_node_is_never(node))
			return 1;
		if (node->logic)
			flatten_logic(proof, it, node);
		if (it->type == PV_TYPE_OBJECT && it->flat == it->all.count)
			flatten_dependents(proof, it);
	}
	return 0;
}

/* --- kinds and nodes of few values ------------------------------------------------ */

static unsigned type_of(const pv_value *value)
{
	switch ((enum pv_value_kind)value->kind) {
	case PV_VALUE_NULL:
		return PV_TYPE_NULL;
	case PV_VALUE_FALSE:
	case PV_VALUE_TRUE:
		return PV_TYPE_BOOLEAN;
	case PV_VALUE_INTEGER:
	case PV_VALUE_NUMBER:
		return pv_value_is_integer(value) ? PV_TYPE_INTEGER
						  : PV_TYPE_FRACTION;
	case PV_VALUE_STRING:
		return PV_TYPE_STRING;
	case PV_VALUE_ARRAY:
		return PV_TYPE_ARRAY;
	case PV_VALUE_OBJECT:
		break;
	}
	return PV_TYPE_OBJECT;
}

static enum pv_answer try_each(pv_proof *proof, const pv_case *it,
			       const pv_value *items, size_t count)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;

	for (size_t i = 0; i < count; i++) {
		enum pv_answer one = PV_ANSWER_HOLDS;

		if (type_of(&items[i]) == it->type)
			one = pv_proof_try(proof, it->claim, &items[i]);
		if (one == PV_ANSWER_FAILS)
			return one;
		if (one == PV_ANSWER_UNKNOWN)
			answer = one;
	}
	return answer;
}

/* Whether there are only some values, which were all tried. */
static int is_finite(enum pv_answer *out, pv_proof *proof, const pv_case *it)
{
	static const pv_value plain[] = { { .kind = PV_VALUE_NULL },
					  { .kind = PV_VALUE_FALSE },
					  { .kind = PV_VALUE_TRUE } };

	if (it->type == PV_TYPE_NULL || it->type == PV_TYPE_BOOLEAN) {
		*out = try_each(proof, it, plain, pv_array_len(plain));
		return 1;
	}
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_node *node = it->all.items[i];

		if (node->constant)
			*out = try_each(proof, it, node->constant, 1);
		else if (node->choices)
			*out = try_each(proof, it, node->choices->as.items,
					node->choices->count);
		else
			continue;
		return 1;
	}
	return 0;
}

/* --- the right side ----------------------------------------------------------------- */

static enum pv_answer prove_leaf(pv_proof *proof, const pv_case *it)
{
	enum pv_answer answer = PV_ANSWER_UNKNOWN;

	if (!pv_proof_go(proof, 1))
		return answer;
	switch (it->type) {
	case PV_TYPE_INTEGER:
	case PV_TYPE_FRACTION:
		answer = pv_leaf_number(proof, it);
		break;
	case PV_TYPE_STRING:
		answer = pv_leaf_string(proof, it);
		break;
	case PV_TYPE_ARRAY:
		answer = pv_leaf_array(proof, it);
		break;
	case PV_TYPE_OBJECT:
		answer = pv_leaf_object(proof, it);
		break;
	default:
		break;
	}
	if (answer == PV_ANSWER_UNKNOWN && it->part_count && !proof->quiet &&
	    !proof->stuck) {
		const pv_part *part = &it->parts[it->part_count - 1];

		proof->stuck = part->of;
		proof->stuck_keyword = part->keyword;
	}
	return answer;
}

static void add_part(pv_proof *proof, pv_case *it, const pv_part *part)
{
	pv_part *parts =
		pv_proof_alloc(proof, (it->part_count + 1) * sizeof(*parts));

	if (!parts)
		return;
	if (it->part_count)
		memcpy(parts, it->parts, it->part_count * sizeof(*parts));
	parts[it->part_count++] = *part;
	it->parts = parts;
}

static enum pv_answer prove_any(pv_proof *proof, const pv_case *it);

/* The case with one node more on the right, or on the left. */
static enum pv_answer with_any(pv_proof *proof, pv_case it, const pv_node *node)
{
	pv_nodes_add(proof, &it.any, node);
	return prove_any(proof, &it);
}

static enum pv_answer with_all(pv_proof *proof, pv_case it, const pv_node *a,
			       const pv_node *b)
{
	pv_nodes_add(proof, &it.all, a);
	if (b)
		pv_nodes_add(proof, &it.all, b);
	return pv_prove_case(proof, it);
}

/* Whether a oneOf on the left already says that the two exclude each other. */
static int is_exclusive(pv_proof *proof, const pv_case *it, const pv_node *a,
			const pv_node *b)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_logic_rules *rules = it->all.items[i]->logic;
		size_t found[2] = { SIZE_MAX, SIZE_MAX };

		if (rules && !pv_proof_look(proof, 2 * rules->one_of.count))
			return 0;
		for (size_t j = 0; rules && j < rules->one_of.count; j++) {
			const pv_node *branch = rules->one_of.items[j];

			if (found[0] == SIZE_MAX &&
			    pv_node_same_rules(proof, branch, a))
				found[0] = j;
			else if (pv_node_same_rules(proof, branch, b))
				found[1] = j;
		}
		if (found[0] != SIZE_MAX && found[1] != SIZE_MAX)
			return 1;
	}
	return 0;
}

/* Whether there is more to prove, and steps to prove it with. */
static int is_going(const pv_proof *proof, enum pv_answer answer)
{
	return answer != PV_ANSWER_FAILS && proof->steps;
}

/* What a walk has shown that may have ended because no steps were left. */
static enum pv_answer when_all_seen(const pv_proof *proof, enum pv_answer answer)
{
	return answer == PV_ANSWER_HOLDS && !proof->steps ? PV_ANSWER_UNKNOWN
							  : answer;
}

/* Whether no value that the left side allows is as the node says. */
static int is_out(pv_proof *proof, const pv_case *it, const pv_node *node)
{
	if (!(node->types & it->type) || pv_node_is_never(node))
		return 1;
	for (size_t i = 0; i < it->all.count; i++)
		if (pv_nodes_apart(proof, it->type, it->all.items[i], node))
			return 1;
	return 0;
}

/* Whether nothing is as two of the branches say. */
static enum pv_answer prove_exclusive(pv_proof *proof, const pv_case *rest,
				      const pv_node *a, const pv_node *b)
{
	/* The same twice: it fits both, or none. */
	if (a != b && (pv_nodes_apart(proof, rest->type, a, b) ||
		       is_exclusive(proof, rest, a, b)))
		return PV_ANSWER_HOLDS;
	return with_all(proof, *rest, a, b);
}

static enum pv_answer prove_one_of(pv_proof *proof, const pv_case *rest,
				   const pv_node_list *list)
{
	enum pv_answer answer;
	pv_case it = *rest;
	const pv_node **left =
		pv_proof_alloc(proof, list->count * sizeof(const pv_node *));
	size_t count = 0;

	for (size_t i = 0; left && i < list->count; i++) {
		left[count] = pv_node_end(list->items[i]);
		if (is_out(proof, rest, left[count]))
			continue;
		pv_nodes_add(proof, &it.any, left[count++]);
	}
	answer = prove_any(proof, &it);
	for (size_t i = 1; i < count; i++)
		for (size_t j = 0; j < i && is_going(proof, answer); j++)
			answer = pv_answer_both(answer,
						prove_exclusive(proof, rest,
								left[i], left[j]));
	return when_all_seen(proof, answer);
}

static enum pv_answer prove_if(pv_proof *proof, const pv_case *rest,
			       const pv_logic_rules *rules)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;
	pv_case it = *rest;

	if (rules->then_of) {
		pv_nodes_add(proof, &it.any, rules->then_of);
		answer = with_all(proof, it, rules->if_of, NULL);
	}
	if (rules->else_of && answer != PV_ANSWER_FAILS) {
		it = *rest;
		pv_nodes_add(proof, &it.any, rules->if_of);
		answer = pv_answer_both(answer,
					with_any(proof, it, rules->else_of));
	}
	return answer;
}

static enum pv_answer prove_logic(pv_proof *proof, const pv_case *rest,
				  const pv_logic_rules *rules)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;
	pv_case it = *rest;

	if (rules->ref && !rules->dynamic.ptr)
		answer = with_any(proof, *rest, rules->ref);
	for (size_t i = 0; i < rules->all_of.count && answer != PV_ANSWER_FAILS;
	     i++)
		answer = pv_answer_both(answer, with_any(proof, *rest,
							 rules->all_of.items[i]));
	for (size_t i = 0; i < rules->any_of.count; i++)
		pv_nodes_add(proof, &it.any, rules->any_of.items[i]);
	if (rules->any_of.count && answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer, prove_any(proof, &it));
	if (rules->one_of.count && answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer, prove_one_of(proof, rest,
							     &rules->one_of));
	if (rules->not_of && answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer, with_all(proof, *rest,
							 rules->not_of, NULL));
	if (rules->if_of && answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer, prove_if(proof, rest, rules));
	return answer;
}

/* What asking for a schema where a key is there comes to. */
static enum pv_answer prove_dependents(pv_proof *proof, const pv_case *rest,
				       const pv_node *node)
{
	const pv_object_rules *rules = node->object;
	enum pv_answer answer = PV_ANSWER_HOLDS;

	for (size_t i = 0; i < rules->dependent_count; i++) {
		const pv_dependent *row = &rules->dependents[i];
		pv_case it = *rest;
		pv_part absent = { .kind = PV_PART_ABSENT,
				   .keyword = "dependentSchemas",
				   .of = node,
				   .key = row->key };

		if (!row->node || answer == PV_ANSWER_FAILS)
			continue;
		add_part(proof, &it, &absent);
		answer = pv_answer_both(answer, with_any(proof, it, row->node));
	}
	return answer;
}

/* Each rule of the node, with the other nodes on the right as they are. */
static enum pv_answer prove_node(pv_proof *proof, const pv_case *rest,
				 const pv_node *node)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;
	const pv_part *parts = NULL;
	size_t count = pv_parts_of(&parts, proof, node, rest->type);

	for (size_t i = 0; i < count && answer != PV_ANSWER_FAILS; i++) {
		pv_case it = *rest;

		add_part(proof, &it, &parts[i]);
		answer = pv_answer_both(answer, prove_any(proof, &it));
	}
	if (rest->type == PV_TYPE_OBJECT && node->object &&
	    answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer,
					prove_dependents(proof, rest, node));
	if (node->logic && answer != PV_ANSWER_FAILS)
		answer = pv_answer_both(answer,
					prove_logic(proof, rest, node->logic));
	return proof->rc < 0 ? PV_ANSWER_UNKNOWN : answer;
}

/* Takes the first node on the right apart, then the next. */
static enum pv_answer prove_any(pv_proof *proof, const pv_case *it)
{
	pv_case rest = *it;
	const pv_node *node = NULL;
	enum pv_answer answer = PV_ANSWER_UNKNOWN;

	if (!pv_proof_go(proof, 1) || pv_nodes_share(proof, &it->all, &it->any))
		return proof->steps ? PV_ANSWER_HOLDS : PV_ANSWER_UNKNOWN;
	while (rest.any.count && !node) {
		node = rest.any.items[0];
		rest.any.items++;
		rest.any.count--;
		if (is_out(proof, it, node))
			node = NULL;
	}
	if (node && pv_node_is_always(node))
		return PV_ANSWER_HOLDS;
	if (it->part_count || !node)
		answer = prove_leaf(proof, it);
	if (!node || answer != PV_ANSWER_UNKNOWN)
		return answer;
	return prove_node(proof, &rest, node);
}

/* One node on the right is often enough, and found faster alone. */
static enum pv_answer prove_alone(pv_proof *proof, const pv_case *it)
{
	enum pv_answer answer = PV_ANSWER_UNKNOWN;

	proof->quiet++;
	for (size_t i = 0; i < it->any.count && answer == PV_ANSWER_UNKNOWN; i++) {
		pv_case one = *it;

		one.any.items += i;
		one.any.count = 1;
		answer = prove_any(proof, &one);
	}
	proof->quiet--;
	return answer;
}

static enum pv_answer prove_right(pv_proof *proof, const pv_case *it)
{
	enum pv_answer answer = PV_ANSWER_UNKNOWN;

	if (it->any.count > 1)
		answer = prove_alone(proof, it);
	return answer == PV_ANSWER_UNKNOWN ? prove_any(proof, it) : answer;
}

/* --- the left side ----------------------------------------------------------------- */

static enum pv_answer split_if(pv_proof *proof, const pv_case *it,
			       const pv_logic_rules *rules)
{
	pv_case rest = *it;
	enum pv_answer answer =
		with_all(proof, *it, rules->if_of, rules->then_of);

	if (answer == PV_ANSWER_FAILS)
		return answer;
	pv_nodes_add(proof, &rest.any, rules->if_of);
	if (rules->else_of)
		pv_nodes_add(proof, &rest.all, rules->else_of);
	return pv_answer_both(answer, pv_prove_case(proof, rest));
}

/* oneOf: what is as one branch says is as no other does. */
static void exclude_others(pv_proof *proof, pv_case *one,
			   const pv_node_list *list, size_t taken)
{
	for (size_t i = 0; i < list->count && proof->steps; i++)
		if (i != taken &&
		    !pv_nodes_apart(proof, one->type, list->items[taken],
				    list->items[i]))
			pv_nodes_add(proof, &one->any, list->items[i]);
}

/* Each branch of the first choice on the left. */
static enum pv_answer split(pv_proof *proof, pv_case it)
{
	const pv_split *first = it.splits;
	const pv_logic_rules *rules = first->of->logic;
	const pv_node_list *list =
		first->keyword[0] == 'a' ? &rules->any_of : &rules->one_of;
	enum pv_answer answer = PV_ANSWER_HOLDS;

	it.splits++;
	it.split_count--;
	if (first->keyword[0] == 'i')
		return split_if(proof, &it, rules);
	for (size_t i = 0; i < list->count && is_going(proof, answer); i++) {
		pv_case one = it;

		if (list == &rules->one_of)
			exclude_others(proof, &one, list, i);
		answer = pv_answer_both(answer, with_all(proof, one,
							 list->items[i], NULL));
	}
	return when_all_seen(proof, answer);
}

/*
 * What holds whatever is chosen needs no look at each choice. Where each choice
 * counts that would take all steps, so it may have but a part of them.
 */
static enum pv_answer prove_unsplit(pv_proof *proof, const pv_case *it)
{
	size_t kept = proof->steps - proof->steps / UNSPLIT_SHARE;
	enum pv_answer answer;

	proof->steps -= kept;
	proof->quiet++;
	answer = prove_right(proof, it);
	proof->quiet--;
	/* What ran out may have been something else than steps. */
	if (proof->looks && proof->arena->total <= PV_PROOF_ROOM)
		proof->steps += kept;
	return answer;
}

enum pv_answer pv_prove_case(pv_proof *proof, pv_case it)
{
	enum pv_answer answer = PV_ANSWER_UNKNOWN;

	if (!pv_proof_go(proof, 1))
		return PV_ANSWER_UNKNOWN;
	if (flatten(proof, &it))
		return PV_ANSWER_HOLDS;
	if (is_finite(&answer, proof, &it))
		return answer;
	if (!it.split_count)
		return prove_right(proof, &it);
	if (!proof->quiet)
		answer = prove_unsplit(proof, &it);
	return answer == PV_ANSWER_UNKNOWN ? split(proof, it) : answer;
}
