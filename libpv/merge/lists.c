/* SPDX-License-Identifier: MIT
 *
 * Which elements of three lists are the same. Lists of scalars that do not
 * repeat are sets, and so are lists of labels. Other lists are aligned as a diff aligns them, but only
 * pairs that are beyond doubt count: a guess would put one side's edit into
 * something the other side has just written. What guesses are good for is
 * found out in doubts.c.
 */
#include "merge/lists.h"

#include <assert.h>
#include <stdlib.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/align.h"

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

static int copy_pairs(const pv_list_work *work, enum pv_side side)
{
	const pv_tree *before = work->lists->sides[PV_BASE]->tree;
	const pv_tree *after = work->lists->sides[side]->tree;
	size_t *base_of = work->matches->base_of[side];
	pv_alignment al;
	int rc = pv_align(&al, before, after, work->err);

	if (rc < 0)
		return rc;
	assert(base_of && work->guess_of[side]);
	for (size_t j = 0; j < al.new_count; j++) {
		size_t i = al.old_of[j];

		if (al.how[j] != PV_PAIR_GUESSED && al.how[j] != PV_PAIR_AMBIGUOUS)
			base_of[j] = i;
		else if (!pv_align_named_apart(&before->items[i],
					       &after->items[j]))
			work->guess_of[side][j] = i;
	}
	settle_repeats(base_of, &al, before, after);
	rc = pair_moved(base_of, before, after, work->err);
	if (rc == PV_OK)
		rc = pv_doubts_guess(work, side, &al);
	pv_alignment_dispose(&al);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

/* Whether an element comes right behind one that only its side has. */
static int is_answer(const size_t *base_of, const size_t *mates, size_t idx)
{
	return idx > 0 && base_of[idx - 1] == PV_NO_ENTRY &&
	       mates[idx - 1] == PV_NO_MATE;
}

/*
 * Whether what is equal on both sides is one addition: not when each side
 * says it after something of its own.
 */
static int is_same_addition(const pv_matches *m, const pv_alignment *al, size_t j)
{
	size_t i = al->old_of[j];

	if (m->base_of[PV_OURS][i] != PV_NO_ENTRY ||
	    m->base_of[PV_THEIRS][j] != PV_NO_ENTRY)
		return 0;
	if (al->how[j] == PV_PAIR_NAMED)
		return 1;
	return al->how[j] <= PV_PAIR_EQUAL &&
	       !(is_answer(m->base_of[PV_OURS], al->new_of, i) &&
		 is_answer(m->base_of[PV_THEIRS], al->old_of, j));
}

/*
 * Additions of both sides that are equal, wherever they are, or have the same
 * name.
 */
static int match_additions(pv_matches *m, const pv_entry *lists, pv_error *err)
{
	const pv_tree *ours = lists->sides[PV_OURS]->tree;
	const pv_tree *theirs = lists->sides[PV_THEIRS]->tree;
	pv_alignment al;
	int rc = pv_align(&al, ours, theirs, err);

	if (rc < 0)
		return rc;
	rc = pair_moved(al.old_of, ours, theirs, err);
	for (size_t i = 0; i < al.old_count; i++)
		m->theirs_of[i] = PV_NO_ENTRY;
	for (size_t j = 0; j < al.new_count && rc == PV_OK; j++)
		if (al.old_of[j] != PV_NO_MATE && is_same_addition(m, &al, j))
			m->theirs_of[al.old_of[j]] = j;
	pv_alignment_dispose(&al);
	return rc;
}

/* The order of records does not matter to who reads them by name. */
static int has_names(const pv_part *list)
{
	for (size_t i = 0; i < list->count; i++)
		if (!pv_align_name(list->items[i].tree).ptr)
			return 0;
	return 1;
}

static int match_aligned(int *clash_out, const pv_list_work *work)
{
	const pv_entry *lists = work->lists;
	int rc = PV_OK;

	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		if (lists->sides[PV_BASE])
			rc = copy_pairs(work, (enum pv_side)i);
	*clash_out = !has_names(lists->sides[PV_OURS]) ||
		     !has_names(lists->sides[PV_THEIRS]);
	return rc < 0 ? rc : match_additions(work->matches, lists, work->err);
}

static int make_work(pv_list_work *work)
{
	const pv_matches *m = work->matches;

	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		work->guess_of[i] =
			pv_arena_alloc(work->arena,
				       (m->counts[i] + 1) * sizeof(size_t));
		work->is_unsure[i] =
			pv_arena_calloc(work->arena, m->counts[PV_BASE] + 1);
		work->is_only[i] = pv_arena_calloc(work->arena, m->counts[i] + 1);
		if (!work->guess_of[i] || !work->is_unsure[i] ||
		    !work->is_only[i])
			return pv_fail_nomem(work->err);
		for (size_t j = 0; j < m->counts[i]; j++) {
			m->base_of[i][j] = PV_NO_ENTRY;
			work->guess_of[i][j] = PV_NO_ENTRY;
		}
	}
	return PV_OK;
}

int pv_list_match(pv_matches *m, int *clash_out, pv_arena *arena,
		  const pv_entry *lists, pv_error *err)
{
	pv_list_work work = {
		.matches = m, .lists = lists, .arena = arena, .err = err
	};
	int is_set = 0;
	int has_labels = 0;
	int rc = make_work(&work);

	*clash_out = 0;
	if (rc == PV_OK)
		rc = pv_set_match(&is_set, &work);
	if (rc == PV_OK && !is_set)
		rc = pv_labels_match(&has_labels, &work);
	if (rc == PV_OK && !is_set && !has_labels)
		rc = match_aligned(clash_out, &work);
	if (rc < 0 || !lists->sides[PV_BASE])
		return rc;
	rc = pv_doubts_match(&work);
	return rc < 0 || !is_set ? rc : pv_set_is_rewritten(clash_out, &work);
}
