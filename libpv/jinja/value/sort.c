/* SPDX-License-Identifier: MIT
 *
 * Insertion and merge sort of pairs of key and item. Few items are compared in
 * the same order as by Python's sort, so that of two keys that cannot be
 * compared the same ones raise. Then the items are left as they were.
 */
#include "jinja/value/sort.h"

#include "jinja/value/ops.h"

enum {
	FEW = 64 /* sorted by insertion, in the order Python compares */
};

struct pair {
	pv_jinja_value key;
	pv_jinja_value item;
};

/* Whether a's key is less than b's: 1, 0 or a failure. */
static int is_less(pv_jinja_run *run, const struct pair *a, const struct pair *b)
{
	int rc = pv_jinja_spend(run, 1);

	return rc < 0 ? rc : pv_jinja_compare(run, PV_JINJA_LT, a->key, b->key);
}

static void turn_around(struct pair *pairs, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct pair first = pairs[i];

		pairs[i] = pairs[count - 1 - i];
		pairs[count - 1 - i] = first;
	}
}

/* How many are in order at the start; a falling run is turned around. */
static int find_run(size_t *out, pv_jinja_run *run, struct pair *pairs,
		    size_t count)
{
	size_t length = 2;
	int is_falling;
	int rc;

	*out = count;
	if (count < 2)
		return PV_OK;
	is_falling = is_less(run, &pairs[1], &pairs[0]);
	if (is_falling < 0)
		return is_falling;
	for (; length < count; length++) {
		rc = is_less(run, &pairs[length], &pairs[length - 1]);
		if (rc < 0)
			return rc;
		if (rc != is_falling)
			break;
	}
	if (is_falling)
		turn_around(pairs, length);
	*out = length;
	return PV_OK;
}

/* Inserts pairs[at] among the sorted ones before it. */
static int insert(pv_jinja_run *run, struct pair *pairs, size_t at)
{
	const struct pair pivot = pairs[at];
	size_t low = 0;
	size_t high = at;

	while (low < high) {
		size_t middle = low + ((high - low) >> 1);
		int rc = is_less(run, &pivot, &pairs[middle]);

		if (rc < 0)
			return rc;
		if (rc)
			high = middle;
		else
			low = middle + 1;
	}
	memmove(pairs + low + 1, pairs + low, (at - low) * sizeof(*pairs));
	pairs[low] = pivot;
	return PV_OK;
}

static int sort_few(pv_jinja_run *run, struct pair *pairs, size_t count)
{
	size_t at;
	int rc = find_run(&at, run, pairs, count);

	for (; at < count && rc >= 0; at++)
		rc = insert(run, pairs, at);
	return rc;
}

static int merge(struct pair *out, pv_jinja_run *run, const struct pair *pairs,
		 size_t middle, size_t count)
{
	size_t left = 0;
	size_t right = middle;

	for (size_t i = 0; i < count; i++) {
		int takes_right = left >= middle;

		if (left < middle && right < count)
			takes_right = is_less(run, &pairs[right], &pairs[left]);
		if (takes_right < 0)
			return takes_right;
		out[i] = takes_right ? pairs[right++] : pairs[left++];
	}
	return PV_OK;
}

/* Sorts pieces of FEW, then merges them; *pairs is where the result is. */
static int sort_pairs(pv_jinja_run *run, struct pair **pairs,
		      struct pair **room, size_t count)
{
	int rc = PV_OK;

	for (size_t at = 0; at < count && rc >= 0; at += FEW)
		rc = sort_few(run, *pairs + at,
			      count - at < FEW ? count - at : FEW);
	for (size_t width = FEW; width < count && rc >= 0; width *= 2) {
		struct pair *from = *pairs;

		for (size_t at = 0; at < count && rc >= 0; at += width * 2) {
			size_t left = count - at;

			rc = merge(*room + at, run, from + at,
				   width < left ? width : left,
				   width * 2 < left ? width * 2 : left);
		}
		*pairs = *room;
		*room = from;
	}
	return rc;
}

int pv_jinja_sort(pv_jinja_run *run, pv_jinja_value *items,
		  pv_jinja_value *keys, size_t count, int is_reverse)
{
	struct pair *pairs;
	struct pair *room;
	int rc = pv_jinja_alloc_array(&pairs, run, count, sizeof(*pairs));

	if (rc >= 0)
		rc = pv_jinja_alloc_array(&room, run, count, sizeof(*room));
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		pairs[i].key = keys[i];
		pairs[i].item = items[i];
	}
	/* Turned around before and after, equal keys keep their order. */
	if (is_reverse)
		turn_around(pairs, count);
	rc = sort_pairs(run, &pairs, &room, count);
	if (rc < 0)
		return rc;
	if (is_reverse)
		turn_around(pairs, count);
	for (size_t i = 0; i < count; i++) {
		keys[i] = pairs[i].key;
		items[i] = pairs[i].item;
	}
	return PV_OK;
}
