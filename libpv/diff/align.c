/* SPDX-License-Identifier: MIT
 *
 * The steps of the alignment, each on what the ones before left open. After
 * the second step pairs may cross; a longest increasing chain of them is
 * what stayed in place, the other pairs moved, and the later steps work in
 * the gaps of the chain.
 */
#include "diff/align.h"

#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/myers.h"
#include "diff/similar.h"

static void pair(pv_alignment *al, size_t old_idx, size_t new_idx,
		 enum pv_pair how)
{
	al->how[new_idx] = (unsigned char)how;
	al->new_of[old_idx] = new_idx;
	al->old_of[new_idx] = old_idx;
}

/* --- equal elements ------------------------------------------------------ */

struct element {
	const pv_tree *tree;
	uint32_t *number;
};

static int cmp_elements(const void *a, const void *b)
{
	const struct element *left = a;
	const struct element *right = b;

	return pv_tree_cmp(left->tree, right->tree);
}

static void number_sorted(struct element *all, size_t count)
{
	uint32_t number = 0;

	qsort(all, count, sizeof(*all), cmp_elements);
	for (size_t i = 0; i < count; i++) {
		if (i > 0 && cmp_elements(&all[i - 1], &all[i]) != 0)
			number++;
		*all[i].number = number;
	}
}

enum {
	MEAN_STEPS = 4 /* in a table of hashes; more have been made up */
};

/*
 * Looks elements up among those before them; 0 when too many have hashes that
 * are nearly the same.
 */
static int number_hashed(const struct element *all, size_t count,
			 const struct element **slots, size_t slot_count)
{
	size_t steps = MEAN_STEPS * (count + 1);
	uint32_t number = 0;

	for (size_t i = 0; i < count; i++) {
		uint64_t hash = all[i].tree->hash;
		size_t at = (size_t)(hash ^ hash >> 32) & (slot_count - 1);

		while (slots[at] && cmp_elements(slots[at], &all[i]) != 0) {
			if (steps-- == 0)
				return 0;
			at = (at + 1) & (slot_count - 1);
		}
		if (!slots[at]) {
			slots[at] = &all[i];
			*all[i].number = number++;
		} else {
			*all[i].number = *slots[at]->number;
		}
	}
	return 1;
}

/* Numbers the elements of both lists: equal ones get equal numbers. */
static int number_elements(uint32_t *numbers, const pv_tree *before,
			   const pv_tree *after, pv_error *err)
{
	size_t count = before->count + after->count;
	struct element *all = pv_calloc(count, sizeof(*all));
	const struct element **slots;
	size_t slot_count = 2;

	while (slot_count < 2 * count)
		slot_count *= 2;
	slots = pv_calloc(slot_count, sizeof(void *));
	if (!all || !slots) {
		pv_free(all);
		pv_free(slots);
		return pv_fail_nomem(err);
	}
	for (size_t i = 0; i < count; i++) {
		all[i].tree = i < before->count
				      ? &before->items[i]
				      : &after->items[i - before->count];
		all[i].number = &numbers[i];
	}
	if (!number_hashed(all, count, slots, slot_count))
		number_sorted(all, count);
	pv_free(slots);
	pv_free(all);
	return PV_OK;
}

static void pair_unchanged(pv_alignment *al, const pv_myers_side *before,
			   const pv_myers_side *after)
{
	size_t i = 0;

	for (size_t j = 0; j < after->count; j++) {
		if (after->changed[j])
			continue;
		while (before->changed[i])
			i++;
		pair(al, i++, j, PV_PAIR_EQUAL);
	}
}

static int pair_equal(pv_alignment *al, const pv_tree *before,
		      const pv_tree *after, pv_error *err)
{
	size_t count = before->count + after->count;
	uint32_t *numbers = pv_calloc(count, sizeof(*numbers));
	unsigned char *changed = pv_calloc(count, 1);
	pv_myers_side old_side = { numbers, before->count, changed };
	pv_myers_side new_side = { 0 };
	int rc;

	if (!numbers || !changed) {
		rc = pv_fail_nomem(err);
		goto out;
	}
	new_side.tokens = numbers + before->count;
	new_side.count = after->count;
	new_side.changed = changed + before->count;
	rc = number_elements(numbers, before, after, err);
	if (rc == PV_OK)
		rc = pv_myers_diff(&old_side, &new_side, err);
	if (rc == PV_OK)
		pair_unchanged(al, &old_side, &new_side);
out:
	pv_free(numbers);
	pv_free(changed);
	return rc;
}

/* --- elements of the same name ------------------------------------------- */

struct named {
	pv_str name;
	size_t idx;
};

/* A text or a number; nothing is called true or null. */
static pv_str member_name(const pv_tree *element, const char *key)
{
	const pv_tree *member = pv_tree_get(element, key);
	pv_str none = { NULL, 0 };

	if (!member || member->node->kind != PV_YAML_SCALAR ||
	    member->node->type == PV_YAML_NULL ||
	    member->node->type == PV_YAML_BOOL)
		return none;
	return member->value;
}

pv_str pv_align_name(const pv_tree *element)
{
	static const char *const keys[] = { "id", "name", "task", "key" };
	const pv_tree *function;
	pv_str name = { NULL, 0 };

	if (!pv_tree_is_mapping(element))
		return name;
	name = member_name(element, keys[0]);
	/* The `name` of a message is a speaker's and may come again. */
	if (name.ptr || pv_tree_get(element, "role"))
		return name;
	for (size_t i = 1; i < pv_array_len(keys) && !name.ptr; i++)
		name = member_name(element, keys[i]);
	function = name.ptr ? NULL : pv_tree_get(element, "function");
	return function ? member_name(function, "name") : name;
}

int pv_align_named_apart(const pv_tree *a, const pv_tree *b)
{
	pv_str left = pv_align_name(a);
	pv_str right = pv_align_name(b);

	return left.ptr && right.ptr && !pv_str_eq(left, right);
}

static int cmp_named(const void *a, const void *b)
{
	const struct named *left = a;
	const struct named *right = b;
	int order = pv_str_cmp(left->name, right->name);

	return order ? order : left->idx < right->idx ? -1 : 1;
}

/* The names of a list in byte order, those that come more than once left out */
static size_t collect_names(struct named *out, const pv_tree *list)
{
	size_t count = 0;
	size_t kept = 0;

	for (size_t i = 0; i < list->count; i++) {
		out[count].name = pv_align_name(&list->items[i]);
		out[count].idx = i;
		if (out[count].name.ptr)
			count++;
	}
	qsort(out, count, sizeof(*out), cmp_named);
	for (size_t i = 0; i < count;) {
		size_t same = i + 1;

		while (same < count && pv_str_eq(out[i].name, out[same].name))
			same++;
		if (same == i + 1)
			out[kept++] = out[i];
		i = same;
	}
	return kept;
}

static int pair_named(pv_alignment *al, const pv_tree *before,
		      const pv_tree *after, pv_error *err)
{
	size_t total = before->count + after->count;
	struct named *names = pv_calloc(total, sizeof(*names));
	const struct named *old_name = names;
	const struct named *new_name;
	size_t old_left;
	size_t new_left;

	if (!names)
		return pv_fail_nomem(err);
	old_left = collect_names(names, before);
	new_name = names + before->count;
	new_left = collect_names(names + before->count, after);
	while (old_left > 0 && new_left > 0) {
		int order = pv_str_cmp(old_name->name, new_name->name);

		if (order == 0 && al->new_of[old_name->idx] == PV_NO_MATE &&
		    al->old_of[new_name->idx] == PV_NO_MATE)
			pair(al, old_name->idx, new_name->idx, PV_PAIR_NAMED);
		old_left -= order <= 0;
		old_name += order <= 0;
		new_left -= order >= 0;
		new_name += order >= 0;
	}
	pv_free(names);
	return PV_OK;
}

/* --- what moved ---------------------------------------------------------- */

/* The number of chains in `ends` whose last old index is below `value`. */
static size_t chains_below(const pv_alignment *al, const size_t *ends,
			   size_t count, size_t value)
{
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;

		if (al->old_of[ends[middle]] < value)
			low = middle + 1;
		else
			count = middle;
	}
	return low;
}

/*
 * Flags the pairs outside a longest chain that increases on both sides:
 * ends[n] is the new index that ends the best chain of n + 1 pairs.
 */
static int flag_moved(pv_alignment *al, pv_error *err)
{
	size_t *ends = pv_calloc(2 * al->new_count, sizeof(*ends));
	size_t *previous = ends ? ends + al->new_count : NULL;
	size_t length = 0;
	size_t at;

	if (!ends)
		return pv_fail_nomem(err);
	for (size_t j = 0; j < al->new_count; j++) {
		size_t place;

		if (al->old_of[j] == PV_NO_MATE)
			continue;
		al->moved[j] = 1;
		place = chains_below(al, ends, length, al->old_of[j]);
		previous[j] = place > 0 ? ends[place - 1] : PV_NO_MATE;
		ends[place] = j;
		if (place == length)
			length++;
	}
	at = length > 0 ? ends[length - 1] : PV_NO_MATE;
	for (; at != PV_NO_MATE; at = previous[at])
		al->moved[at] = 0;
	pv_free(ends);
	return PV_OK;
}

/* --- elements that resemble each other ----------------------------------- */

static int same_role(const pv_tree *a, const pv_tree *b)
{
	pv_str left = member_name(a, "role");
	pv_str right = member_name(b, "role");

	return !left.ptr == !right.ptr && (!left.ptr || pv_str_eq(left, right));
}

/* Two messages with ids are the same by these alone. */
int pv_align_fits(const pv_tree *a, const pv_tree *b)
{
	if (a->node->kind != b->node->kind || a->node->kind == PV_YAML_SCALAR)
		return 0;
	if (!same_role(a, b))
		return 0;
	return !pv_tree_get(a, "role") || !pv_align_named_apart(a, b);
}

int pv_align_fits_renamed(const pv_tree *a, const pv_tree *b)
{
	return a->node->kind == b->node->kind && a->count > 0 &&
	       (pv_tree_get(a, "role") || pv_tree_get(b, "role"));
}

/* The unpaired elements between two anchors. */
struct gap {
	const pv_tree **before;
	size_t *old_idx;
	size_t old_count;
	const pv_tree **after;
	size_t *new_idx;
	size_t new_count;
	size_t *mate;
	unsigned char *rivals;
};

/* Pairs what is left one by one when both sides look alike throughout. */
static void pair_rest(pv_alignment *al, const struct gap *gap,
		      const size_t from[2], const size_t to[2])
{
	size_t count = to[0] - from[0];

	if (count != to[1] - from[1])
		return;
	for (size_t i = 0; i < count; i++) {
		const pv_tree *a = gap->before[from[0] + i];
		const pv_tree *b = gap->after[from[1] + i];

		if (!pv_align_fits(a, b) || pv_align_named_apart(a, b))
			return;
	}
	for (size_t i = 0; i < count; i++)
		pair(al, gap->old_idx[from[0] + i], gap->new_idx[from[1] + i],
		     PV_PAIR_GUESSED);
}

static int pair_gap(pv_alignment *al, const struct gap *gap, pv_error *err)
{
	pv_candidates who = { gap->before, gap->old_count, gap->after,
			      gap->new_count, pv_align_fits };
	size_t from[2] = { 0, 0 };
	size_t to[2] = { 0, 0 };
	int rc = pv_similar_pair(gap->mate, gap->rivals, &who, err);

	if (rc < 0)
		return rc;
	for (size_t j = 0; j < gap->new_count; j++) {
		size_t i = gap->mate[j];

		if (i == PV_NO_MATE)
			continue;
		pair(al, gap->old_idx[i], gap->new_idx[j],
		     gap->rivals[j] ? PV_PAIR_AMBIGUOUS : PV_PAIR_ALIKE);
		to[0] = i;
		to[1] = j;
		pair_rest(al, gap, from, to);
		from[0] = i + 1;
		from[1] = j + 1;
	}
	to[0] = gap->old_count;
	to[1] = gap->new_count;
	pair_rest(al, gap, from, to);
	return PV_OK;
}

/* The gap that ends before old element `i` and new element `j`. */
static void collect_gap(struct gap *gap, const pv_alignment *al,
			const pv_tree *lists[2], const size_t from[2],
			const size_t to[2])
{
	gap->old_count = 0;
	gap->new_count = 0;
	for (size_t i = from[0]; i < to[0]; i++) {
		if (al->new_of[i] != PV_NO_MATE)
			continue;
		gap->before[gap->old_count] = &lists[0]->items[i];
		gap->old_idx[gap->old_count++] = i;
	}
	for (size_t j = from[1]; j < to[1]; j++) {
		if (al->old_of[j] != PV_NO_MATE)
			continue;
		gap->after[gap->new_count] = &lists[1]->items[j];
		gap->new_idx[gap->new_count++] = j;
	}
}

static int walk_gaps(pv_alignment *al, struct gap *gap, const pv_tree *lists[2],
		     pv_error *err)
{
	size_t from[2] = { 0, 0 };
	size_t to[2];
	int rc = PV_OK;

	for (size_t j = 0; j <= al->new_count && rc == PV_OK; j++) {
		int is_end = j == al->new_count;

		if (!is_end && (al->old_of[j] == PV_NO_MATE || al->moved[j]))
			continue;
		to[0] = is_end ? al->old_count : al->old_of[j];
		to[1] = j;
		collect_gap(gap, al, lists, from, to);
		rc = pair_gap(al, gap, err);
		from[0] = to[0] + 1;
		from[1] = to[1] + 1;
	}
	return rc;
}

static int pair_similar(pv_alignment *al, const pv_tree *lists[2], pv_error *err)
{
	size_t total = al->old_count + al->new_count;
	const pv_tree **trees = pv_calloc(total, sizeof(void *));
	size_t *indices = pv_calloc(total + al->new_count, sizeof(*indices));
	struct gap gap = { .rivals = pv_calloc(al->new_count, 1) };
	int rc;

	if (trees && indices && gap.rivals) {
		gap.before = trees;
		gap.after = trees + al->old_count;
		gap.old_idx = indices;
		gap.new_idx = indices + al->old_count;
		gap.mate = indices + total;
		rc = walk_gaps(al, &gap, lists, err);
	} else {
		rc = pv_fail_nomem(err);
	}
	pv_free(trees);
	pv_free(indices);
	pv_free(gap.rivals);
	return rc;
}

/* --- the whole ----------------------------------------------------------- */

static int all_speak(const pv_tree *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!member_name(&list->items[i], "role").ptr)
			return 0;
	return list->count > 0;
}

static int make_alignment(pv_alignment *al, const pv_tree *before,
			  const pv_tree *after, pv_error *err)
{
	size_t total = before->count + after->count;

	if (total >= UINT32_MAX)
		return pv_fail(err, PV_ELIMIT, "too many elements to compare");
	al->old_count = before->count;
	al->new_count = after->count;
	al->is_chat = all_speak(before) && all_speak(after);
	al->old_of = pv_calloc(total, sizeof(*al->old_of));
	al->moved = pv_calloc(2 * after->count, 1);
	if (!al->old_of || !al->moved)
		return pv_fail_nomem(err);
	al->how = al->moved + after->count;
	al->new_of = al->old_of + after->count;
	for (size_t i = 0; i < total; i++)
		al->old_of[i] = PV_NO_MATE;
	return PV_OK;
}

int pv_align(pv_alignment *out, const pv_tree *before, const pv_tree *after,
	     pv_error *err)
{
	int rc;

	memset(out, 0, sizeof(*out));
	rc = make_alignment(out, before, after, err);
	if (rc == PV_OK)
		rc = pair_equal(out, before, after, err);
	if (rc == PV_OK)
		rc = pair_named(out, before, after, err);
	if (rc == PV_OK)
		rc = flag_moved(out, err);
	if (rc == PV_OK)
		rc = pair_similar(out, (const pv_tree *[2]){ before, after },
				  err);
	if (rc < 0)
		pv_alignment_dispose(out);
	return rc;
}

void pv_alignment_dispose(pv_alignment *alignment)
{
	pv_free(alignment->old_of);
	pv_free(alignment->moved);
	memset(alignment, 0, sizeof(*alignment));
}
