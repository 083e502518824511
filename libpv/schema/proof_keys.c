/* SPDX-License-Identifier: MIT
 *
 * Keys on the left side of a case, see proof_keys.h.
 */
#include "schema/proof_keys.h"

#include "base/mem.h"

static const pv_object_rules *rules_at(const pv_case *it, size_t idx)
{
	return it->all.items[idx]->object;
}

static const pv_property *property_of(const pv_object_rules *rules, pv_str key)
{
	for (size_t i = 0; i < rules->property_count; i++)
		if (pv_str_eq(rules->properties[i].key, key))
			return &rules->properties[i];
	return NULL;
}

pv_range pv_keys_counts(const pv_case *it)
{
	pv_range range = { 0, SIZE_MAX };

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		if (rules)
			pv_range_cut(&range, &rules->count);
	}
	pv_range_cut_parts(&range, it);
	return range;
}

/* --- which keys ------------------------------------------------------------------- */

int pv_keys_is_named(const pv_case *it, pv_str key)
{
	for (size_t i = 0; i < it->all.count; i++)
		if (rules_at(it, i) && property_of(rules_at(it, i), key))
			return 1;
	return 0;
}

static int is_required(const pv_case *it, pv_str key)
{
	for (size_t i = 0; i < it->part_count; i++)
		if (it->parts[i].kind == PV_PART_ABSENT &&
		    pv_str_eq(it->parts[i].key, key))
			return 1;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);
		const pv_property *property =
			rules ? property_of(rules, key) : NULL;

		if (property && property->is_required)
			return 1;
	}
	return 0;
}

static int has_string(const pv_value *list, pv_str text)
{
	for (size_t i = 0; list && i < list->count; i++)
		if (pv_str_eq(pv_value_str(&list->as.items[i]), text))
			return 1;
	return 0;
}

int pv_keys_follows(const pv_case *it, pv_str key, pv_str then)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		for (size_t j = 0; rules && j < rules->dependent_count; j++)
			if (pv_str_eq(rules->dependents[j].key, key) &&
			    has_string(rules->dependents[j].required, then))
				return 1;
	}
	return 0;
}

int pv_keys_is_sure(const pv_case *it, pv_str key)
{
	if (is_required(it, key))
		return 1;
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		for (size_t j = 0; rules && j < rules->dependent_count; j++)
			if (has_string(rules->dependents[j].required, key) &&
			    is_required(it, rules->dependents[j].key))
				return 1;
	}
	return 0;
}

size_t pv_keys_sure_count(const pv_case *it)
{
	size_t most = 0;

	for (size_t i = 0; i < it->all.count; i++)
		if (rules_at(it, i) && rules_at(it, i)->required_count > most)
			most = rules_at(it, i)->required_count;
	return most;
}

/* --- what a key allows ------------------------------------------------------------- */

static void add_of_node(pv_proof *proof, pv_nodes *out, const pv_node *node,
			pv_str key)
{
	const pv_object_rules *rules = node->object;
	const pv_property *property = property_of(rules, key);
	const pv_node *rest = pv_rest_members(node);
	int is_known = property && property->node;

	if (is_known)
		pv_nodes_add(proof, out, property->node);
	for (size_t i = 0; i < rules->pattern_count; i++) {
		int is = pv_proof_matches(proof, rules->patterns[i].pattern, key);

		/* Where it is not known, nothing is said. */
		is_known |= is != 0;
		if (is > 0)
			pv_nodes_add(proof, out, rules->patterns[i].node);
	}
	if (!is_known && rest)
		pv_nodes_add(proof, out, rest);
}

pv_nodes pv_keys_value(pv_proof *proof, const pv_case *it, pv_str key)
{
	pv_nodes all = { NULL, 0 };

	for (size_t i = 0; i < it->all.count; i++)
		if (rules_at(it, i))
			add_of_node(proof, &all, it->all.items[i], key);
	return all;
}

static int is_empty(pv_proof *proof, const pv_case *it, const pv_nodes *all)
{
	int is_it;

	for (size_t i = 0; i < all->count; i++)
		if (pv_node_is_never(all->items[i]))
			return 1;
	proof->quiet++;
	is_it = pv_proof_part(proof, it, all, NULL) == PV_ANSWER_HOLDS;
	proof->quiet--;
	return is_it;
}

int pv_keys_is_barred(pv_proof *proof, const pv_case *it, pv_str key)
{
	const pv_value *name = NULL;
	pv_nodes all = pv_keys_value(proof, it, key);

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		if (!rules || !rules->names)
			continue;
		name = name ? name : pv_make_string(proof, key);
		if (name && !pv_proof_ask(proof, rules->names, name))
			return 1;
	}
	return is_empty(proof, it, &all);
}

int pv_keys_is_impossible(pv_proof *proof, const pv_case *it)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		for (size_t j = 0; rules && j < rules->property_count; j++)
			if (rules->properties[j].is_required &&
			    pv_keys_is_barred(proof, it, rules->properties[j].key))
				return 1;
	}
	return 0;
}

/* --- keys that are not named -------------------------------------------------------- */

static pv_str pattern_text(const pv_node *node, size_t idx)
{
	const pv_value *all = NULL;

	if (node->source)
		all = pv_value_get_z(node->source, "patternProperties");
	if (!all || all->kind != PV_VALUE_OBJECT || idx >= all->count)
		return (pv_str){ NULL, 0 };
	return all->as.members[idx].key;
}

/* The pattern of `node` with that text; SIZE_MAX: none. */
static size_t pattern_at(const pv_node *node, pv_str text)
{
	for (size_t i = 0; text.ptr && i < node->object->pattern_count; i++)
		if (pv_str_eq(pattern_text(node, i), text))
			return i;
	return SIZE_MAX;
}

/* What holds for each key, whichever it is. */
static void add_common(pv_proof *proof, pv_nodes *out, const pv_case *it,
		       const pv_part *part)
{
	pv_str text = { NULL, 0 };

	if (part && part->kind == PV_PART_KEYS)
		text = pattern_text(part->of, part->index);
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_node *node = it->all.items[i];
		const pv_node *rest;
		size_t at;

		if (!node->object)
			continue;
		rest = pv_rest_members(node);
		at = pattern_at(node, text);
		if (rest && !node->object->pattern_count)
			pv_nodes_add(proof, out, rest);
		if (at != SIZE_MAX)
			pv_nodes_add(proof, out, node->object->patterns[at].node);
	}
}

/* The first node with patterns, whose cases are told apart. */
static const pv_node *node_of_patterns(const pv_case *it)
{
	for (size_t i = 0; i < it->all.count; i++)
		if (rules_at(it, i) && rules_at(it, i)->pattern_count)
			return it->all.items[i];
	return NULL;
}

/*
 * A key of the node matches none of its patterns, or one of them: what the
 * others say is left out, which says less.
 */
int pv_keys_rest(pv_nodes *out, pv_proof *proof, const pv_case *it,
		 const pv_part *part, size_t idx)
{
	const pv_node *node = node_of_patterns(it);
	size_t count = node ? node->object->pattern_count : 0;

	out->items = NULL;
	out->count = 0;
	if (idx > count || !pv_proof_go(proof, 1))
		return 0;
	add_common(proof, out, it, part);
	if (!node)
		return 1;
	if (idx == count && pv_rest_members(node)) {
		pv_str text = { NULL, 0 };

		/* Not when it matches the part's own, which is one of these. */
		if (part && part->kind == PV_PART_KEYS)
			text = pattern_text(part->of, part->index);
		if (pattern_at(node, text) == SIZE_MAX)
			pv_nodes_add(proof, out, pv_rest_members(node));
	}
	if (idx < count) {
		pv_str text = pattern_text(node, idx);

		/* Such keys are not additional on the right. */
		if (part && part->kind == PV_PART_ADDITIONAL &&
		    pattern_at(part->of, text) != SIZE_MAX)
			return pv_keys_rest(out, proof, it, part, idx + 1);
		pv_nodes_add(proof, out, node->object->patterns[idx].node);
	}
	return 1;
}

int pv_keys_is_closed(pv_proof *proof, const pv_case *it)
{
	pv_nodes all;

	for (size_t i = 0; pv_keys_rest(&all, proof, it, NULL, i); i++)
		if (!is_empty(proof, it, &all))
			return 0;
	return proof->steps > 0;
}

size_t pv_keys_most(pv_proof *proof, const pv_case *it)
{
	size_t count = 0;

	if (!pv_keys_counts(it).min || !pv_keys_is_closed(proof, it))
		return SIZE_MAX;
	/* A key that stands twice is counted twice, which is no harm. */
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_object_rules *rules = rules_at(it, i);

		for (size_t j = 0; rules && j < rules->property_count; j++)
			count += !pv_keys_is_barred(proof, it,
						    rules->properties[j].key);
	}
	return count;
}

pv_str pv_keys_other(pv_proof *proof, const pv_case *it, const pv_part *part,
		     unsigned idx)
{
	static const char *const names[] = { "x", "other", "A1",
					     "0", "",      "x_other" };
	const pv_node *node = node_of_patterns(it);
	pv_str text = { NULL, 0 };
	pv_buf sample = { .max = 1000 };
	const pv_value *kept = NULL;

	if (part && part->kind == PV_PART_KEYS)
		text = pattern_text(part->of, part->index);
	else if (node && (idx & 1))
		text = pattern_text(node,
				    (idx / 2) % node->object->pattern_count);
	if (!text.ptr)
		return pv_str_of(names[idx % pv_array_len(names)]);
	if (pv_pattern_sample(&sample, text, idx) &&
	    pv_buf_status(&sample, NULL) == PV_OK)
		kept = pv_make_string(proof, (pv_str){ pv_buf_text(&sample),
						       sample.len });
	pv_buf_dispose(&sample);
	return kept ? pv_value_str(kept) : (pv_str){ NULL, 0 };
}
