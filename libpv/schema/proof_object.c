/* SPDX-License-Identifier: MIT
 *
 * Claims about objects: which keys there are, and what each of them allows.
 * Keys that no schema on the left names are taken together.
 */
#include "base/mem.h"
#include "schema/proof.h"
#include "schema/proof_keys.h"

/* --- one key ---------------------------------------------------------------------- */

static enum pv_answer try_object(pv_proof *proof, const pv_case *it,
				 const pv_wish *wish)
{
	const pv_value *object;

	if (proof->quiet)
		return PV_ANSWER_UNKNOWN;
	object = pv_keys_make(proof, it, wish);
	if (object && pv_proof_try(proof, it->claim, object) == PV_ANSWER_FAILS)
		return PV_ANSWER_FAILS;
	return PV_ANSWER_UNKNOWN;
}

/* The value of one key; a witness of it makes one of the object. */
static enum pv_answer prove_at(pv_proof *proof, const pv_case *it, pv_str key,
			       const pv_nodes *any)
{
	pv_nodes all = pv_keys_value(proof, it, key);
	pv_wish wish = { .key = key };
	enum pv_answer answer;

	if (pv_keys_is_barred(proof, it, key))
		return PV_ANSWER_HOLDS;
	answer = pv_proof_part(proof, it, &all, any);
	if (answer != PV_ANSWER_FAILS)
		return answer;
	wish.value = proof->witness;
	answer = try_object(proof, it, &wish);
	if (answer == PV_ANSWER_FAILS)
		return answer;
	wish.is_full = 1;
	return try_object(proof, it, &wish);
}

static enum pv_answer prove_property(pv_proof *proof, const pv_case *it,
				     const pv_part *part)
{
	pv_nodes any = { NULL, 0 };

	for (size_t i = 0; i < it->part_count; i++)
		if (it->parts[i].kind == PV_PART_PROPERTY &&
		    pv_str_eq(it->parts[i].key, part->key))
			pv_nodes_add(proof, &any, it->parts[i].value);
	return prove_at(proof, it, part->key, &any);
}

/* --- other keys ------------------------------------------------------------------- */

/* Whether the part is about that key. */
static int is_meant(pv_proof *proof, const pv_part *part, pv_str key)
{
	const pv_object_rules *rules = part->of->object;

	if (part->kind == PV_PART_KEYS)
		return pv_proof_matches(proof,
					rules->patterns[part->index].pattern,
					key) != 0;
	for (size_t i = 0; i < rules->property_count; i++)
		if (rules->properties[i].node &&
		    pv_str_eq(rules->properties[i].key, key))
			return 0;
	for (size_t i = 0; i < rules->pattern_count; i++)
		if (pv_proof_matches(proof, rules->patterns[i].pattern, key) > 0)
			return 0;
	return 1;
}

/* Keys that are named on the left, and that the part is about. */
static enum pv_answer prove_named(pv_proof *proof, const pv_case *it,
				  const pv_part *part, const pv_nodes *any)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->property_count; j++) {
			const pv_property *property = &rules->properties[j];
			enum pv_answer one = PV_ANSWER_HOLDS;

			if (!pv_proof_go(proof, 1))
				return PV_ANSWER_UNKNOWN;
			if (is_meant(proof, part, property->key))
				one = prove_at(proof, it, property->key, any);
			if (one == PV_ANSWER_FAILS)
				return one;
			if (one == PV_ANSWER_UNKNOWN)
				answer = one;
		}
	}
	return answer;
}

/* A witness for keys that are not named, if there is such a key. */
static enum pv_answer try_others(pv_proof *proof, const pv_case *it,
				 const pv_part *part)
{
	pv_wish wish = { .value = proof->witness };

	for (unsigned i = 0; i < PV_KEYS_TRIED && !proof->quiet; i++) {
		pv_str key = pv_keys_other(proof, it, part, i);

		if (!key.ptr)
			continue;
		wish.key = key;
		if (pv_keys_is_named(it, key) || !is_meant(proof, part, key))
			continue;
		if (try_object(proof, it, &wish) == PV_ANSWER_FAILS)
			return PV_ANSWER_FAILS;
	}
	return PV_ANSWER_UNKNOWN;
}

/* Keys that the left side does not name. */
static enum pv_answer prove_others(pv_proof *proof, const pv_case *it,
				   const pv_part *part, const pv_nodes *any)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;
	pv_nodes all;

	for (size_t i = 0; pv_keys_rest(&all, proof, it, part, i); i++) {
		enum pv_answer one = pv_proof_part(proof, it, &all, any);

		if (one == PV_ANSWER_FAILS)
			one = try_others(proof, it, part);
		if (one == PV_ANSWER_FAILS)
			return one;
		if (one == PV_ANSWER_UNKNOWN)
			answer = one;
	}
	return answer;
}

static enum pv_answer prove_keys(pv_proof *proof, const pv_case *it,
				 const pv_part *part)
{
	pv_nodes any = { NULL, 0 };
	enum pv_answer answer;
	enum pv_answer others;

	pv_nodes_add(proof, &any, part->value);
	answer = prove_named(proof, it, part, &any);
	if (answer == PV_ANSWER_FAILS)
		return answer;
	others = prove_others(proof, it, part, &any);
	return others == PV_ANSWER_HOLDS ? answer : others;
}

/* --- names and presence ------------------------------------------------------------ */

/* A key as a value: strings that all of `names` on the left allow. */
static pv_nodes names_of(pv_proof *proof, const pv_case *it)
{
	static const pv_node string = { .types = PV_TYPE_STRING,
					.plan = &pv_plan_string };
	pv_nodes all = { NULL, 0 };

	pv_nodes_add(proof, &all, &string);
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		if (rules && rules->names)
			pv_nodes_add(proof, &all, rules->names);
	}
	return all;
}

/* Where no other keys can be, only those that are named count. */
static enum pv_answer prove_closed(pv_proof *proof, const pv_case *it,
				   const pv_node *names)
{
	if (!pv_keys_is_closed(proof, it))
		return PV_ANSWER_UNKNOWN;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = it->all.items[i]->object;

		for (size_t j = 0; rules && j < rules->property_count; j++) {
			pv_str key = rules->properties[j].key;
			const pv_value *name = pv_make_string(proof, key);

			if (name && pv_proof_ask(proof, names, name) != 1 &&
			    !pv_keys_is_barred(proof, it, key))
				return PV_ANSWER_UNKNOWN;
		}
	}
	return PV_ANSWER_HOLDS;
}

static enum pv_answer prove_names(pv_proof *proof, const pv_case *it,
				  const pv_part *part)
{
	pv_nodes all = names_of(proof, it);
	pv_nodes any = { NULL, 0 };
	pv_wish wish = { 0 };
	enum pv_answer answer = prove_closed(proof, it, part->value);

	if (answer == PV_ANSWER_HOLDS)
		return answer;
	pv_nodes_add(proof, &any, part->value);
	answer = pv_proof_part(proof, it, &all, &any);
	if (answer != PV_ANSWER_FAILS)
		return answer;
	if (proof->witness->kind != PV_VALUE_STRING)
		return PV_ANSWER_UNKNOWN;
	wish.key = pv_value_str(proof->witness);
	wish.is_any = 1;
	return try_object(proof, it, &wish);
}

static enum pv_answer prove_required(pv_proof *proof, const pv_case *it,
				     const pv_part *part)
{
	pv_wish wish = { .without = part->key };
	const pv_dependent *row = NULL;
	enum pv_answer answer;

	if (part->bound)
		row = &part->of->object->dependents[part->index];
	if (pv_keys_is_sure(it, part->key) ||
	    (row && (pv_keys_is_barred(proof, it, row->key) ||
		     pv_keys_follows(it, row->key, part->key))))
		return PV_ANSWER_HOLDS;
	if (row) {
		wish.key = row->key;
		wish.is_any = 1;
	}
	answer = try_object(proof, it, &wish);
	wish.is_full = 1;
	return answer == PV_ANSWER_FAILS ? answer : try_object(proof, it, &wish);
}

/* --- the whole ---------------------------------------------------------------------- */

static enum pv_answer prove_part(pv_proof *proof, const pv_case *it,
				 const pv_part *part)
{
	switch (part->kind) {
	case PV_PART_PROPERTY:
		return prove_property(proof, it, part);
	case PV_PART_REQUIRED:
		return prove_required(proof, it, part);
	case PV_PART_ABSENT:
		return pv_keys_is_barred(proof, it, part->key)
			       ? PV_ANSWER_HOLDS
			       : PV_ANSWER_UNKNOWN;
	case PV_PART_KEYS:
	case PV_PART_ADDITIONAL:
		return prove_keys(proof, it, part);
	case PV_PART_NAMES:
		return prove_names(proof, it, part);
	default:
		return PV_ANSWER_UNKNOWN;
	}
}

/* As few members as can be, as many as are named, and one more. */
static enum pv_answer try_some(pv_proof *proof, const pv_case *it)
{
	pv_wish wish = { 0 };

	for (int i = 0; i < 4; i++) {
		wish.is_full = i & 1;
		wish.extra = i < 2 ? 0 : pv_keys_counts(it).min + 1;
		if (try_object(proof, it, &wish) == PV_ANSWER_FAILS)
			return PV_ANSWER_FAILS;
	}
	return PV_ANSWER_UNKNOWN;
}

enum pv_answer pv_leaf_object(pv_proof *proof, const pv_case *it)
{
	pv_range range = pv_keys_counts(it);

	if (range.min > range.max || pv_keys_sure_count(it) > range.max ||
	    pv_keys_most(proof, it) < range.min ||
	    pv_keys_is_impossible(proof, it))
		return PV_ANSWER_HOLDS;
	for (size_t i = 0; i < it->part_count; i++) {
		enum pv_answer answer = prove_part(proof, it, &it->parts[i]);

		if (answer != PV_ANSWER_UNKNOWN)
			return answer;
	}
	return try_some(proof, it);
}
