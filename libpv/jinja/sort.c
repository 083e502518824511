/* SPDX-License-Identifier: MIT
 *
 * Merge sort, bottom up, of pairs of key and item. A comparison may raise, and
 * may run out of steps; then the items are left as they were.
 */
#include "jinja/sort.h"

#include "jinja/ops.h"

struct pair {
	pv_jinja_value key;
	pv_jinja_value item;
};

/* Whether b must come before a: 1, 0 or a failure. */
static int is_less(pv_jinja_run *run, const struct pair *b,
		   const struct pair *a, int is_reverse)
{
	int rc = pv_jinja_spend(run, 1);

	if (rc < 0)
		return rc;
	return is_reverse ? pv_jinja_compare(run, PV_JINJA_LT, a->key, b->key)
			  : pv_jinja_compare(run, PV_JINJA_LT, b->key, a->key);
}

static int merge(struct pair *out, pv_jinja_run *run, const struct pair *pairs,
		 size_t middle, size_t count, int is_reverse)
{
	size_t left = 0;
	size_t right = middle;

	for (size_t i = 0; i < count; i++) {
		int takes_right = left >= middle;

		if (left < middle && right < count)
			takes_right = is_less(run, &pairs[right], &pairs[left],
					      is_reverse);
		if (takes_right < 0)
			return takes_right;
		out[i] = takes_right ? pairs[right++] : pairs[left++];
	}
	return PV_OK;
}

static int sort_pairs(pv_jinja_run *run, struct pair **pairs,
		      struct pair **room, size_t count, int is_reverse)
{
	for (size_t width = 1; width < count; width *= 2) {
		struct pair *from = *pairs;

		for (size_t at = 0; at < count; at += width * 2) {
			size_t left = count - at;
			size_t middle = width < left ? width : left;
			size_t both = width * 2 < left ? width * 2 : left;
			int rc = merge(*room + at, run, from + at, middle, both,
				       is_reverse);

			if (rc < 0)
				return rc;
		}
		*pairs = *room;
		*room = from;
	}
	return PV_OK;
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
	rc = sort_pairs(run, &pairs, &room, count, is_reverse);
	if (rc < 0)
		return rc;
	for (size_t i = 0; i < count; i++) {
		keys[i] = pairs[i].key;
		items[i] = pairs[i].item;
	}
	return PV_OK;
}
