/* SPDX-License-Identifier: MIT
 *
 * Which elements of three lists are the same. Lists of scalars that do not
 * repeat are sets. Other lists are aligned as a diff aligns them, but only
 * pairs that are beyond doubt count: a guess would put one side's edit into
 * something the other side has just written.
 */
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"
#include "diff/similar.h"
#include "merge/job.h"

/* --- sets ---------------------------------------------------------------- */

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

/* Texts of a list of which only one list knows. */
struct texts {
	const pv_tree **trees;
	size_t *idx;
	size_t count;
};

static int add_texts(struct texts *out, pv_arena *arena, const pv_part *list,
		     const unsigned char *is_known, pv_error *err)
{
	size_t count = list->count;

	out->trees = pv_arena_alloc(arena, (count + 1) * sizeof(void *));
	out->idx = pv_arena_alloc(arena, (count + 1) * sizeof(*out->idx));
	if (!out->trees || !out->idx)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < count; i++) {
		if (is_known[i] || !pv_part_is_prose(&list->items[i]))
			continue;
		out->trees[out->count] = list->items[i].tree;
		out->idx[out->count++] = i;
	}
	return PV_OK;
}

static int fits(const pv_tree *before, const pv_tree *after)
{
	return before && after;
}

static int pair_texts(size_t *base_of, pv_arena *arena,
		      const struct texts *before, const struct texts *after,
		      pv_error *err)
{
	pv_candidates who = { before->trees, before->count, after->trees,
			      after->count, fits };
	size_t *mate = pv_arena_alloc(arena, (after->count + 1) * sizeof(*mate));
	unsigned char *rivals = pv_arena_calloc(arena, after->count + 1);
	int rc;

	if (!mate || !rivals)
		return pv_fail_nomem(err);
	rc = pv_similar_pair(mate, rivals, &who, err);
	for (size_t j = 0; j < after->count && rc == PV_OK; j++)
		if (mate[j] != SIZE_MAX && !rivals[j])
			base_of[after->idx[j]] = before->idx[mate[j]];
	return rc;
}

/*
 * A text of the list that one side has changed is still the same element;
 * other scalars are but their value.
 */
static int match_edited(pv_matches *m, pv_arena *arena, const pv_entry *lists,
			enum pv_side side, pv_error *err)
{
	const pv_part *list = lists->sides[side];
	size_t base_count = m->counts[PV_BASE];
	unsigned char *is_known =
		pv_arena_calloc(arena, base_count + m->counts[side] + 1);
	struct texts before = { 0 };
	struct texts after = { 0 };
	int rc;

	if (!is_known)
		return pv_fail_nomem(err);
	for (size_t j = 0; j < list->count; j++) {
		if (m->base_of[side][j] == PV_NO_ENTRY)
			continue;
		is_known[m->base_of[side][j]] = 1;
		is_known[base_count + j] = 1;
	}
	rc = add_texts(&before, arena, lists->sides[PV_BASE], is_known, err);
	if (rc == PV_OK)
		rc = add_texts(&after, arena, list, is_known + base_count, err);
	if (rc < 0 || before.count == 0 || after.count == 0)
		return rc;
	return pair_texts(m->base_of[side], arena, &before, &after, err);
}

/* Whether both sides have dropped the same text, for texts of their own. */
static int find_rewritten(int *out, const pv_matches *m, pv_arena *arena,
			  const pv_entry *lists, pv_error *err)
{
	size_t count = m->counts[PV_BASE];
	unsigned char *is_kept = pv_arena_calloc(arena, count + 1);

	if (!is_kept)
		return pv_fail_nomem(err);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			if (m->base_of[i][j] != PV_NO_ENTRY)
				is_kept[m->base_of[i][j]] = 1;
	for (size_t i = 0; i < count; i++)
		*out |= !is_kept[i] &&
			pv_part_is_prose(&lists->sides[PV_BASE]->items[i]);
	return PV_OK;
}

/* Matches by value. Returns 0 when the lists are no sets. */
static int match_sets(pv_matches *m, pv_arena *arena, const pv_entry *lists,
		      int *rc, pv_error *err)
{
	struct member *members[PV_SIDES] = { NULL, NULL, NULL };

	*rc = PV_OK;
	for (size_t i = 0; i < PV_SIDES; i++) {
		if (!lists->sides[i])
			continue;
		members[i] = sort_members(arena, lists->sides[i]);
		if (!members[i]) {
			*rc = pv_fail_nomem(err);
			return 1;
		}
		if (!is_set(members[i], m->counts[i]))
			return 0;
	}
	assert(lists->sides[PV_OURS] && lists->sides[PV_THEIRS]);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			m->base_of[i][j] =
				find_same(members[PV_BASE], m->counts[PV_BASE],
					  lists->sides[i]->items[j].tree);
	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		m->theirs_of[j] =
			find_same(members[PV_THEIRS], m->counts[PV_THEIRS],
				  lists->sides[PV_OURS]->items[j].tree);
	for (size_t i = PV_OURS; i <= PV_THEIRS && *rc == PV_OK; i++)
		if (lists->sides[PV_BASE])
			*rc = match_edited(m, arena, lists, (enum pv_side)i, err);
	return 1;
}

/* --- aligned lists ------------------------------------------------------- */

/* An element without a counterpart. */
struct loose {
	const pv_tree *tree;
	size_t idx;
	int is_new;
};

static int cmp_loose(const void *a, const void *b)
{
	const struct loose *left = a;
	const struct loose *right = b;
	int order = pv_tree_cmp(left->tree, right->tree);

	return order ? order : left->is_new - right->is_new;
}

static size_t collect_loose(struct loose *out, const size_t *base_of,
			    const pv_tree *before, const pv_tree *after)
{
	size_t count = 0;

	for (size_t i = 0; i < before->count; i++)
		out[i] = (struct loose){ &before->items[i], i, 0 };
	for (size_t j = 0; j < after->count; j++)
		if (base_of[j] != PV_NO_ENTRY)
			out[base_of[j]].tree = NULL;
	for (size_t i = 0; i < before->count; i++)
		if (out[i].tree)
			out[count++] = out[i];
	for (size_t j = 0; j < after->count; j++)
		if (base_of[j] == PV_NO_ENTRY)
			out[count++] = (struct loose){ &after->items[j], j, 1 };
	return count;
}

/* What is gone in one place and there in another, and like nothing else. */
static int pair_moved(size_t *base_of, const pv_tree *before,
		      const pv_tree *after, pv_error *err)
{
	struct loose *all =
		pv_calloc(before->count + after->count + 1, sizeof(*all));
	size_t count;

	if (!all)
		return pv_fail_nomem(err);
	count = collect_loose(all, base_of, before, after);
	qsort(all, count, sizeof(*all), cmp_loose);
	for (size_t i = 0; i < count;) {
		size_t end = i + 1;

		while (end < count && !pv_tree_cmp(all[i].tree, all[end].tree))
			end++;
		if (end - i == 2 && !all[i].is_new && all[i + 1].is_new)
			base_of[all[i + 1].idx] = all[i].idx;
		i = end;
	}
	pv_free(all);
	return PV_OK;
}

/*
 * Of neighbours that are equal the last one is what came, or went: so it is
 * the same one on both sides.
 */
static void settle_repeats(size_t *base_of, pv_alignment *al,
			   const pv_tree *before, const pv_tree *after)
{
	for (size_t j = 0; j + 1 < after->count; j++) {
		if (base_of[j] != PV_NO_ENTRY || base_of[j + 1] == PV_NO_ENTRY ||
		    pv_tree_cmp(&after->items[j], &after->items[j + 1]) != 0)
			continue;
		base_of[j] = base_of[j + 1];
		base_of[j + 1] = PV_NO_ENTRY;
		al->new_of[base_of[j]] = j;
	}
	for (size_t i = 0; i + 1 < before->count; i++) {
		size_t j = al->new_of[i + 1];

		if (al->new_of[i] != PV_NO_MATE || j == PV_NO_MATE ||
		    base_of[j] != i + 1 ||
		    pv_tree_cmp(&before->items[i], &before->items[i + 1]) != 0)
			continue;
		base_of[j] = i;
		al->new_of[i] = j;
		al->new_of[i + 1] = PV_NO_MATE;
	}
}

static int copy_pairs(size_t *base_of, const pv_tree *before,
		      const pv_tree *after, pv_error *err)
{
	pv_alignment al;
	int rc = pv_align(&al, before, after, err);

	if (rc < 0)
		return rc;
	for (size_t j = 0; j < al.new_count; j++)
		base_of[j] = al.how[j] == PV_PAIR_GUESSED ||
					     al.how[j] == PV_PAIR_AMBIGUOUS
				     ? PV_NO_ENTRY
				     : al.old_of[j];
	settle_repeats(base_of, &al, before, after);
	pv_alignment_dispose(&al);
	return pair_moved(base_of, before, after, err);
}

/* Additions of both sides that are equal, or have the same name. */
static int match_additions(pv_matches *m, const pv_entry *lists, pv_error *err)
{
	pv_alignment al;
	int rc = pv_align(&al, lists->sides[PV_OURS]->tree,
			  lists->sides[PV_THEIRS]->tree, err);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < al.old_count; i++) {
		size_t j = al.new_of[i];

		m->theirs_of[i] = PV_NO_ENTRY;
		if (m->base_of[PV_OURS][i] == PV_NO_ENTRY && j != PV_NO_MATE &&
		    m->base_of[PV_THEIRS][j] == PV_NO_ENTRY &&
		    (al.how[j] == PV_PAIR_EQUAL || al.how[j] == PV_PAIR_NAMED))
			m->theirs_of[i] = j;
	}
	pv_alignment_dispose(&al);
	return PV_OK;
}

/* The order of records does not matter to who reads them by name. */
static int has_names(const pv_part *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!pv_align_name(list->items[i].tree).ptr)
			return 0;
	return 1;
}

int pv_list_match(pv_matches *m, int *clash_out, pv_arena *arena,
		  const pv_entry *lists, pv_error *err)
{
	const pv_part *base = lists->sides[PV_BASE];
	int rc = PV_OK;

	*clash_out = 0;
	if (match_sets(m, arena, lists, &rc, err)) {
		return rc < 0 || !base
			       ? rc
			       : find_rewritten(clash_out, m, arena, lists, err);
	}
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++) {
		if (base)
			rc = copy_pairs(m->base_of[i], base->tree,
					lists->sides[i]->tree, err);
		else
			for (size_t j = 0; j < m->counts[i]; j++)
				m->base_of[i][j] = PV_NO_ENTRY;
	}
	*clash_out = !has_names(lists->sides[PV_OURS]) ||
		     !has_names(lists->sides[PV_THEIRS]);
	return rc < 0 ? rc : match_additions(m, lists, err);
}
