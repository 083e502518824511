/* SPDX-License-Identifier: MIT
 *
 * Which elements of three lists are the same. Lists of scalars that do not
 * repeat are sets. Other lists are aligned as a diff aligns them, but only
 * pairs that are beyond doubt count: a guess would put one side's edit into
 * something the other side has just written.
 */
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

	if (count > 0)
		found = bsearch(&key, members, count, sizeof(key), cmp_members);
	return found ? found->idx : PV_NO_ENTRY;
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
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			m->base_of[i][j] =
				find_same(members[PV_BASE], m->counts[PV_BASE],
					  lists->sides[i]->items[j].tree);
	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		m->theirs_of[j] =
			find_same(members[PV_THEIRS], m->counts[PV_THEIRS],
				  lists->sides[PV_OURS]->items[j].tree);
	return 1;
}

/* --- aligned lists ------------------------------------------------------- */

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
	pv_alignment_dispose(&al);
	return PV_OK;
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
	if (match_sets(m, arena, lists, &rc, err))
		return rc;
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
