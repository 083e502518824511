/* SPDX-License-Identifier: MIT
 *
 * Claims about arrays: how many elements there are, and what each place allows.
 */
#include "schema/proof.h"

enum {
	MAX_PLACES = 64, /* that are looked at one by one */
	MAX_MADE = 200   /* elements of an array that is tried */
};

static pv_range counts_of(const pv_case *it)
{
	pv_range range = { 0, SIZE_MAX };

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_array_rules *rules = it->all.items[i]->array;

		if (!rules)
			continue;
		pv_range_cut(&range, &rules->count);
		if (rules->contains && rules->containing.min > range.min)
			range.min = rules->containing.min;
	}
	pv_range_cut_parts(&range, it);
	for (size_t i = 0; i < it->part_count; i++) {
		const pv_part *part = &it->parts[i];
		size_t least = 0;

		if (part->kind == PV_PART_ITEM || part->kind == PV_PART_ITEMS)
			least = part->index + 1;
		if (part->kind == PV_PART_UNIQUE)
			least = 2;
		if (least > range.min)
			range.min = least;
	}
	return range;
}

/* How many places differ from those behind them. */
static size_t places_of(const pv_case *it)
{
	size_t most = 0;

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_array_rules *rules = it->all.items[i]->array;

		if (rules && rules->prefix.count > most)
			most = rules->prefix.count;
	}
	return most;
}

/* What the left side says of the element at `idx`. */
static pv_nodes element(pv_proof *proof, const pv_case *it, size_t idx)
{
	pv_nodes nodes = { NULL, 0 };

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_node *node = it->all.items[i];
		const pv_node *of = NULL;

		if (!node->array)
			continue;
		of = idx < node->array->prefix.count
			     ? node->array->prefix.items[idx]
			     : pv_rest_items(node);
		if (of)
			pv_nodes_add(proof, &nodes, of);
	}
	return nodes;
}

static int is_never(const pv_nodes *nodes)
{
	for (size_t i = 0; i < nodes->count; i++)
		if (pv_node_is_never(nodes->items[i]))
			return 1;
	return 0;
}

/* There are no elements from a place on where nothing fits. */
static void cut_counts(pv_proof *proof, const pv_case *it, pv_range *range)
{
	size_t places = places_of(it);

	for (size_t i = 0; i <= places && i < range->max && i < MAX_PLACES; i++) {
		pv_nodes nodes = element(proof, it, i);

		if (is_never(&nodes))
			range->max = i;
	}
}

/* --- witnesses -------------------------------------------------------------------- */

static int is_unique(const pv_case *it)
{
	for (size_t i = 0; i < it->all.count; i++)
		if (it->all.items[i]->array && it->all.items[i]->array->is_unique)
			return 1;
	return 0;
}

/* Adds a schema that only `value` fits. */
static void add_constant(pv_proof *proof, pv_nodes *nodes, const pv_value *value)
{
	pv_node *node = pv_proof_alloc(proof, sizeof(*node));

	if (!node)
		return;
	node->types = PV_TYPE_ANY;
	node->constant = value;
	proof->rc = pv_plan_add(node, proof->arena, proof->err);
	if (proof->rc == PV_OK)
		pv_nodes_add(proof, nodes, node);
}

/* An array to be made. */
struct wish {
	size_t count;
	size_t at; /* the place of `value`, which may be NULL */
	const pv_value *value;
	const pv_node *contains; /* for the first `contained` elements; or NULL */
	size_t contained;
};

/* Adds what `contains` asks of the element that stands for it. */
static void add_contained(pv_proof *proof, const pv_case *it,
			  const struct wish *wish, size_t idx, pv_nodes *nodes)
{
	for (size_t i = 0; i < it->all.count; i++) {
		const pv_array_rules *rules = it->all.items[i]->array;

		if (rules && rules->contains && idx < rules->containing.min)
			pv_nodes_add(proof, nodes, rules->contains);
	}
	if (wish->contains && idx < wish->contained)
		pv_nodes_add(proof, nodes, wish->contains);
}

/* Whether an element may be as the one before: mostly all are alike. */
static int is_alike(const pv_case *it, const struct wish *wish, size_t idx)
{
	return idx > places_of(it) + 2 && !wish->contains &&
	       (!wish->value || wish->at + 1 < idx);
}

static const pv_value *make(pv_proof *proof, const pv_case *it,
			    const struct wish *wish)
{
	const pv_value **items = NULL;
	pv_nodes used = { NULL, 0 };
	int unique = is_unique(it);
	size_t contained = 0;

	if (wish->count <= MAX_MADE)
		items = pv_proof_alloc(proof, (wish->count + 1) *
						      sizeof(const pv_value *));
	if (items && unique && wish->value)
		add_constant(proof, &used, wish->value);
	for (size_t i = 0; items && i < wish->count; i++) {
		pv_nodes nodes = element(proof, it, i);

		items[i] = wish->value;
		if (wish->value && i == wish->at)
			continue;
		add_contained(proof, it, wish, contained++, &nodes);
		if (!unique && is_alike(it, wish, i)) {
			items[i] = items[i - 1];
			continue;
		}
		items[i] = pv_proof_sample(proof, it, &nodes, &used);
		if (!items[i])
			return NULL;
		if (unique)
			add_constant(proof, &used, items[i]);
	}
	return items ? pv_make_array(proof, items, wish->count) : NULL;
}

static int try_wish(pv_proof *proof, const pv_case *it, const struct wish *wish)
{
	const pv_value *array;

	if (proof->quiet)
		return 0;
	array = make(proof, it, wish);
	return array && pv_proof_try(proof, it->claim, array) == PV_ANSWER_FAILS;
}

static int try(pv_proof *proof, const pv_case *it, size_t count, size_t at,
	       const pv_value *value)
{
	struct wish wish = { count, at, value, NULL, 0 };

	return try_wish(proof, it, &wish);
}

/* --- parts ------------------------------------------------------------------------ */

/* One element; a witness of it makes one of the array. */
static enum pv_answer prove_at(pv_proof *proof, const pv_case *it, size_t idx,
			       const pv_nodes *any)
{
	pv_nodes all = element(proof, it, idx);
	pv_range range = counts_of(it);
	enum pv_answer answer = pv_proof_part(proof, it, &all, any);

	if (answer != PV_ANSWER_FAILS)
		return answer;
	if (try(proof, it, range.min > idx ? range.min : idx + 1, idx,
		proof->witness))
		return PV_ANSWER_FAILS;
	return PV_ANSWER_UNKNOWN;
}

static enum pv_answer prove_item(pv_proof *proof, const pv_case *it,
				 const pv_part *part)
{
	pv_nodes any = { NULL, 0 };

	for (size_t i = 0; i < it->part_count; i++)
		if (it->parts[i].kind == PV_PART_ITEM &&
		    it->parts[i].index == part->index)
			pv_nodes_add(proof, &any, it->parts[i].value);
	return prove_at(proof, it, part->index, &any);
}

static enum pv_answer prove_items(pv_proof *proof, const pv_case *it,
				  const pv_part *part)
{
	enum pv_answer answer = PV_ANSWER_HOLDS;
	size_t last = places_of(it);
	pv_nodes any = { NULL, 0 };
	pv_range range = counts_of(it);

	cut_counts(proof, it, &range);
	if (last < part->index)
		last = part->index;
	if (last > part->index + MAX_PLACES)
		return PV_ANSWER_UNKNOWN;
	pv_nodes_add(proof, &any, part->value);
	for (size_t i = part->index; i <= last && i < range.max; i++) {
		enum pv_answer one = prove_at(proof, it, i, &any);

		if (one == PV_ANSWER_FAILS)
			return one;
		if (one == PV_ANSWER_UNKNOWN)
			answer = one;
	}
	return answer;
}

/* How many of the first elements are always as `contains` says. */
static size_t count_sure(pv_proof *proof, const pv_case *it,
			 const pv_node *contains, size_t least)
{
	size_t places = places_of(it);
	size_t sure = 0;
	pv_nodes any = { NULL, 0 };

	pv_nodes_add(proof, &any, contains);
	proof->quiet++;
	for (size_t i = 0; i < least && i <= places && i < MAX_PLACES; i++) {
		pv_nodes all = element(proof, it, i);

		if (pv_proof_part(proof, it, &all, &any) == PV_ANSWER_HOLDS)
			sure += i == places ? least - i : 1;
	}
	proof->quiet--;
	return sure;
}

static enum pv_answer prove_contains(pv_proof *proof, const pv_case *it,
				     const pv_part *part, const pv_range *range)
{
	const pv_array_rules *rules = part->of->array;
	const pv_range *asked = &rules->containing;

	for (size_t i = 0; i < it->all.count; i++) {
		const pv_array_rules *mine = it->all.items[i]->array;

		if (mine && mine->contains && mine->containing.min >= asked->min &&
		    mine->containing.max <= asked->max &&
		    pv_node_same_rules(proof, mine->contains, rules->contains))
			return PV_ANSWER_HOLDS;
	}
	if (asked->max < range->max) {
		/* One more than there may be. */
		struct wish wish = { asked->max + 1, 0, NULL, rules->contains,
				     asked->max + 1 };

		if (wish.count < range->min)
			wish.count = range->min;
		return try_wish(proof, it, &wish) ? PV_ANSWER_FAILS
						  : PV_ANSWER_UNKNOWN;
	}
	return count_sure(proof, it, rules->contains, range->min) >= asked->min
		       ? PV_ANSWER_HOLDS
		       : PV_ANSWER_UNKNOWN;
}

static enum pv_answer prove_part(pv_proof *proof, const pv_case *it,
				 const pv_part *part, const pv_range *range)
{
	switch (part->kind) {
	case PV_PART_ITEM:
		return prove_item(proof, it, part);
	case PV_PART_ITEMS:
		return prove_items(proof, it, part);
	case PV_PART_CONTAINS:
		return prove_contains(proof, it, part, range);
	case PV_PART_UNIQUE:
		return is_unique(it) ? PV_ANSWER_HOLDS : PV_ANSWER_UNKNOWN;
	default:
		return PV_ANSWER_UNKNOWN;
	}
}

/* Whether some element has to be there for which nothing fits. */
static int is_impossible(pv_proof *proof, const pv_case *it, const pv_range *range)
{
	size_t places = places_of(it);
	int is_it = 0;

	for (size_t i = 0;
	     i < range->min && i <= places && i < MAX_PLACES && !is_it; i++) {
		pv_nodes all = element(proof, it, i);

		proof->quiet++;
		is_it = pv_proof_part(proof, it, &all, NULL) == PV_ANSWER_HOLDS;
		proof->quiet--;
	}
	return is_it;
}

/* Arrays as short as can be, and some longer ones. */
static int try_counts(pv_proof *proof, const pv_case *it, const pv_range *range)
{
	const pv_value *twin = NULL;
	pv_nodes first = element(proof, it, 0);

	for (size_t more = 0; more < 4; more++)
		if (range->min + more <= range->max &&
		    try(proof, it, range->min + more, 0, NULL))
			return 1;
	if (proof->quiet || range->max < 2)
		return 0;
	/* Two that are equal. */
	twin = pv_proof_sample(proof, it, &first, NULL);
	return twin &&
	       (try(proof, it, range->min > 2 ? range->min : 2, 0, twin) ||
		try(proof, it, range->min > 2 ? range->min : 2, 1, twin));
}

enum pv_answer pv_leaf_array(pv_proof *proof, const pv_case *it)
{
	pv_range range = counts_of(it);

	cut_counts(proof, it, &range);
	if (range.min > range.max)
		return PV_ANSWER_HOLDS;
	for (size_t i = 0; i < it->part_count; i++) {
		enum pv_answer answer =
			prove_part(proof, it, &it->parts[i], &range);

		if (answer != PV_ANSWER_UNKNOWN)
			return answer;
	}
	if (is_impossible(proof, it, &range))
		return PV_ANSWER_HOLDS;
	return try_counts(proof, it, &range) ? PV_ANSWER_FAILS
					     : PV_ANSWER_UNKNOWN;
}
