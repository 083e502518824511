/* SPDX-License-Identifier: MIT
 *
 * Arrays: how many elements, which, and whether any two are equal.
 */
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "schema/decide.h"

enum {
	FEW_ITEMS = 16 /* compared each with each */
};

static int ask_count(pv_run *run, const pv_node *node, size_t count,
		     const pv_at *at)
{
	const pv_range *range = &node->array->count;

	if (count < range->min)
		return pv_wrong(run, node, "minItems", at,
				"must have at least %zu element%s, not %zu",
				range->min, pv_plural(range->min), count);
	if (count > range->max)
		return pv_wrong(run, node, "maxItems", at,
				"must have at most %zu element%s, not %zu",
				range->max, pv_plural(range->max), count);
	return 1;
}

static int ask_items(pv_run *run, const pv_node *node, const pv_value *value,
		     const pv_at *at, pv_marks *marks)
{
	const pv_array_rules *rules = node->array;
	size_t end = rules->items ? value->count : rules->prefix.count;
	int is_valid = 1;

	if (end > value->count)
		end = value->count;
	for (size_t i = 0; i < end; i++) {
		const pv_node *item = i < rules->prefix.count
					      ? rules->prefix.items[i]
					      : rules->items;
		pv_at here = { at, { NULL, 0 }, i, 0 };

		is_valid &= pv_ask(run, item, &value->as.items[i], &here, NULL);
		if (marks)
			pv_marks_set(marks, i);
	}
	return is_valid;
}

static int ask_contains(pv_run *run, const pv_node *node, const pv_value *value,
			const pv_at *at, pv_marks *marks)
{
	const pv_array_rules *rules = node->array;
	int is_counting = marks || rules->containing.max != SIZE_MAX;
	size_t found = 0;

	for (size_t i = 0; i < value->count; i++) {
		if (found >= rules->containing.min && !is_counting)
			break;
		if (!pv_decide(run, rules->contains, &value->as.items[i], NULL))
			continue;
		found++;
		if (rules->is_contains_marking)
			pv_marks_set(marks, i);
	}
	if (found < rules->containing.min)
		return pv_wrong(run, node,
				rules->containing.min > 1 ? "minContains"
							  : "contains",
				at,
				"must have at least %zu element%s that `contains` describes, "
				"not %zu",
				rules->containing.min,
				pv_plural(rules->containing.min), found);
	if (found > rules->containing.max)
		return pv_wrong(run, node, "maxContains", at,
				"must have at most %zu element%s that `contains` describes, "
				"not %zu",
				rules->containing.max,
				pv_plural(rules->containing.max), found);
	return 1;
}

/* --- uniqueItems ------------------------------------------------------------------ */

struct hashed {
	uint64_t hash;
	size_t index;
};

static int by_hash(const void *a, const void *b)
{
	const struct hashed *x = a;
	const struct hashed *y = b;

	if (x->hash != y->hash)
		return x->hash < y->hash ? -1 : 1;
	return (x->index > y->index) - (x->index < y->index);
}

static int twins(pv_run *run, const pv_node *node, const pv_at *at, size_t a,
		 size_t b)
{
	return pv_wrong(run, node, "uniqueItems", at,
			"must have no equal elements, as %zu and %zu are", a, b);
}

/* Only elements of one hash can be equal; they stand together. */
static int compare_sorted(pv_run *run, const pv_node *node, const pv_value *value,
			  const pv_at *at, const struct hashed *sorted)
{
	const pv_value *items = value->as.items;

	for (size_t i = 1; i < value->count; i++)
		for (size_t j = i; j-- > 0 && sorted[j].hash == sorted[i].hash;) {
			if (!pv_take_steps(run, 1))
				return 0;
			if (pv_value_equal(&items[sorted[i].index],
					   &items[sorted[j].index]))
				return twins(run, node, at, sorted[j].index,
					     sorted[i].index);
		}
	return 1;
}

static int ask_many_unique(pv_run *run, const pv_node *node,
			   const pv_value *value, const pv_at *at)
{
	struct hashed *sorted = pv_calloc(value->count, sizeof(*sorted));
	int is_valid;

	if (!sorted) {
		run->rc = pv_fail_nomem(run->err);
		return 0;
	}
	for (size_t i = 0; i < value->count; i++) {
		sorted[i].hash = pv_value_hash(&value->as.items[i]);
		sorted[i].index = i;
	}
	qsort(sorted, value->count, sizeof(*sorted), by_hash);
	is_valid = compare_sorted(run, node, value, at, sorted);
	pv_free(sorted);
	return is_valid;
}

int pv_ask_unique(pv_run *run, const pv_node *node, const pv_value *value,
		  const pv_at *at)
{
	if (!pv_take_steps(run, value->count))
		return 0;
	if (value->count > FEW_ITEMS)
		return ask_many_unique(run, node, value, at);
	for (size_t i = 1; i < value->count; i++)
		for (size_t j = 0; j < i; j++)
			if (pv_value_equal(&value->as.items[i],
					   &value->as.items[j]))
				return twins(run, node, at, j, i);
	return 1;
}

int pv_ask_array(pv_run *run, const pv_node *node, const pv_value *value,
		 const pv_at *at, pv_marks *marks)
{
	const pv_array_rules *rules = node->array;
	int is_valid = ask_count(run, node, value->count, at);

	if (rules->items || rules->prefix.count)
		is_valid &= ask_items(run, node, value, at, marks);
	if (rules->contains)
		is_valid &= ask_contains(run, node, value, at, marks);
	if (rules->is_unique)
		is_valid &= pv_ask_unique(run, node, value, at);
	return is_valid;
}
