/* SPDX-License-Identifier: MIT
 *
 * Lists of scalars that do not repeat are sets: elements are the same when
 * they are equal, or texts that have most of their words in common.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "diff/similar.h"
#include "merge/lists.h"

struct member {
	const pv_tree *tree;
	size_t idx;
};

static int cmp_members(const void *a, const void *b)
{
	const struct member *left = a;
	const struct member *right = b;

	return pv_tree_cmp(left->tree, right->tree);
}

/* The elements in order; NULL when there is no memory or no set. */
static struct member *sort_members(pv_arena *arena, const pv_part *list)
{
	struct member *members;

	members = pv_arena_alloc(arena, (list->count + 1) * sizeof(*members));
	if (!members)
		return NULL;
	for (size_t i = 0; i < list->count; i++) {
		members[i].tree = list->items[i].tree;
		members[i].idx = i;
	}
	qsort(members, list->count, sizeof(*members), cmp_members);
	return members;
}

static int is_set(const struct member *members, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		if (members[i].tree->node->kind != PV_YAML_SCALAR)
			return 0;
		if (i > 0 && cmp_members(&members[i - 1], &members[i]) == 0)
			return 0;
	}
	return 1;
}

static size_t find_same(const struct member *members, size_t count,
			const pv_tree *tree)
{
	struct member key = { tree, 0 };
	const struct member *found = NULL;

	if (members && count > 0)
		found = bsearch(&key, members, count, sizeof(key), cmp_members);
	return found ? found->idx : PV_NO_ENTRY;
}

static int is_string(const pv_part *part)
{
	return part->node->kind == PV_YAML_SCALAR &&
	       part->node->type == PV_YAML_STRING;
}

static size_t skip(pv_str text, size_t at, int is_blank)
{
	while (at < text.len &&
	       (strchr(" \t\n", text.ptr[at]) != NULL) == is_blank)
		at++;
	return at;
}

/* More than a word: who changes a part of it means the same element. */
static int is_phrase(const pv_yaml_node *node)
{
	pv_str text = { node->text, node->len };
	size_t end = skip(text, skip(text, 0, 1), 0);
	return skip(text, end, 1) < text.len;
}

int pv_set_may_change(const pv_tree *element)
{
	const pv_yaml_node *node = element->node;

	return node->kind != PV_YAML_SCALAR || node->type != PV_YAML_STRING ||
	       is_phrase(node);
}

/* Texts of a list of which only one list knows. */
struct texts {
	const pv_tree **trees;
	size_t *idx;
	size_t count;
};

static int add_texts(struct texts *out, const pv_list_work *work,
		     const pv_part *list, const unsigned char *is_known)
{
	size_t count = list->count;

	out->trees = pv_arena_alloc(work->arena, (count + 1) * sizeof(void *));
	out->idx = pv_arena_alloc(work->arena, (count + 1) * sizeof(*out->idx));
	if (!out->trees || !out->idx)
		return pv_fail_nomem(work->err);
	for (size_t i = 0; i < count; i++) {
		if (is_known[i] || !is_string(&list->items[i]))
			continue;
		out->trees[out->count] = list->items[i].tree;
		out->idx[out->count++] = i;
	}
	return PV_OK;
}

static int fits(const pv_tree *before, const pv_tree *after)
{
	return is_phrase(before->node) || is_phrase(after->node);
}

static int pair_texts(const pv_list_work *work, enum pv_side side,
		      const struct texts *before, const struct texts *after)
{
	pv_candidates who = { before->trees, before->count, after->trees,
			      after->count, fits };
	size_t *mate =
		pv_arena_alloc(work->arena, (after->count + 1) * sizeof(*mate));
	unsigned char *rivals = pv_arena_calloc(work->arena, after->count + 1);
	int rc;

	if (!mate || !rivals)
		return pv_fail_nomem(work->err);
	rc = pv_similar_pair(mate, rivals, &who, work->err);
	for (size_t j = 0; j < after->count && rc == PV_OK; j++) {
		size_t *pairs = rivals[j] ? work->guess_of[side]
					  : work->matches->base_of[side];

		if (mate[j] != SIZE_MAX)
			pairs[after->idx[j]] = before->idx[mate[j]];
	}
	return rc;
}

/* What both have put in alike is no other element that one has changed. */
static void mark_common(const pv_list_work *work, enum pv_side side,
			unsigned char *is_known)
{
	const pv_matches *m = work->matches;

	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		if (m->theirs_of[j] != PV_NO_ENTRY)
			is_known[side == PV_OURS ? j : m->theirs_of[j]] = 1;
}

/*
 * A text of the list that one side has changed is still the same element;
 * other scalars are but their value.
 */
static int match_edited(const pv_list_work *work, enum pv_side side)
{
	const pv_matches *m = work->matches;
	const pv_part *list = work->lists->sides[side];
	size_t base_count = m->counts[PV_BASE];
	unsigned char *is_known =
		pv_arena_calloc(work->arena, base_count + m->counts[side] + 1);
	struct texts before = { 0 };
	struct texts after = { 0 };
	int rc;

	if (!is_known)
		return pv_fail_nomem(work->err);
	for (size_t j = 0; j < list->count; j++) {
		if (m->base_of[side][j] == PV_NO_ENTRY)
			continue;
		is_known[m->base_of[side][j]] = 1;
		is_known[base_count + j] = 1;
	}
	mark_common(work, side, is_known + base_count);
	rc = add_texts(&before, work, work->lists->sides[PV_BASE], is_known);
	if (rc == PV_OK)
		rc = add_texts(&after, work, list, is_known + base_count);
	if (rc < 0 || before.count == 0 || after.count == 0)
		return rc;
	return pair_texts(work, side, &before, &after);
}

int pv_set_is_rewritten(int *out, const pv_list_work *work)
{
	const pv_matches *m = work->matches;
	size_t count = m->counts[PV_BASE];
	unsigned char *is_kept = pv_arena_calloc(work->arena, count + 1);

	if (!is_kept)
		return pv_fail_nomem(work->err);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			if (m->base_of[i][j] != PV_NO_ENTRY)
				is_kept[m->base_of[i][j]] = 1;
	for (size_t i = 0; i < count; i++) {
		const pv_part *part = &work->lists->sides[PV_BASE]->items[i];

		*out |= !is_kept[i] && pv_set_may_change(part->tree);
	}
	return PV_OK;
}

/* The elements of each list in order. */
struct members {
	struct member *sides[PV_SIDES];
};

static int sort_all(struct members *out, int *are_sets, const pv_list_work *work)
{
	*are_sets = 1;
	for (size_t i = 0; i < PV_SIDES && *are_sets; i++) {
		if (!work->lists->sides[i])
			continue;
		out->sides[i] = sort_members(work->arena, work->lists->sides[i]);
		if (!out->sides[i])
			return pv_fail_nomem(work->err);
		*are_sets = is_set(out->sides[i], work->matches->counts[i]);
	}
	return PV_OK;
}

static void match_equal(const pv_list_work *work, const struct members *members)
{
	const pv_matches *m = work->matches;

	assert(work->lists->sides[PV_OURS] && work->lists->sides[PV_THEIRS]);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			m->base_of[i][j] =
				find_same(members->sides[PV_BASE],
					  m->counts[PV_BASE],
					  work->lists->sides[i]->items[j].tree);
	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		m->theirs_of[j] =
			find_same(members->sides[PV_THEIRS], m->counts[PV_THEIRS],
				  work->lists->sides[PV_OURS]->items[j].tree);
}

int pv_set_match(int *done_out, const pv_list_work *work)
{
	struct members members = { { NULL } };
	int rc = sort_all(&members, done_out, work);

	if (rc < 0 || !*done_out)
		return rc;
	match_equal(work, &members);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		if (work->lists->sides[PV_BASE])
			rc = match_edited(work, (enum pv_side)i);
	return rc;
}
