/* SPDX-License-Identifier: MIT
 *
 * Elements of lists that may be the same, or not. A guess pairs them where no
 * edit can get into the wrong one, or where it takes both sides to a conflict:
 * what one side has deleted or changed and the other may have rewritten would
 * be there again unasked otherwise, or twice.
 */
#include "merge/lists.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "base/fail.h"
#include "base/map.h"
#include "base/mem.h"
#include "diff/similar.h"

/* --- which of equal ones -------------------------------------------------- */

struct equal {
	const pv_tree *tree;
	size_t idx;
	int is_new;
};

static int cmp_equal(const void *a, const void *b)
{
	const struct equal *left = a;
	const struct equal *right = b;
	int order = pv_tree_cmp(left->tree, right->tree);

	if (order == 0)
		order = left->is_new - right->is_new;
	return order ? order : left->idx < right->idx ? -1 : 1;
}

static size_t collect_equal(struct equal *out, const pv_tree *list, int is_new)
{
	size_t count = 0;

	for (size_t i = 0; i < list->count; i++)
		if (list->items[i].count > 0)
			out[count++] =
				(struct equal){ &list->items[i], i, is_new };
	return count;
}

/* Neighbours: whichever it is, the list is the same. */
static int is_run(const struct equal *group, size_t count)
{
	return group[count - 1].idx - group[0].idx + 1 == count;
}

/* Marks what of the first group belongs to base; returns its size. */
static size_t mark_group(unsigned char *is_unsure, const struct equal *group,
			 size_t count)
{
	size_t was = 0;
	size_t end;

	for (end = 0; end < count && !pv_tree_cmp(group->tree, group[end].tree);
	     end++)
		was += !group[end].is_new;
	if (was == 0 || was == end || was == end - was ||
	    (is_run(group, was) && is_run(group + was, end - was)))
		return end;
	for (size_t i = 0; i < was; i++)
		is_unsure[group[i].idx] = 1;
	return end;
}

/* Marks those of base of which there are more or fewer now, apart. */
static int find_unsure(const pv_list_work *work, enum pv_side side,
		       const pv_tree *before, const pv_tree *after)
{
	struct equal *all =
		pv_calloc(before->count + after->count + 1, sizeof(*all));
	size_t count;

	if (!all)
		return pv_fail_nomem(work->err);
	count = collect_equal(all, before, 0);
	count += collect_equal(all + count, after, 1);
	qsort(all, count, sizeof(*all), cmp_equal);
	for (size_t i = 0; i < count;)
		i += mark_group(work->is_unsure[side], all + i, count - i);
	pv_free(all);
	return PV_OK;
}

/* --- what it may have become ---------------------------------------------- */

/* Elements without a counterpart, on both sides. */
struct rest {
	const pv_tree **before;
	size_t *old_idx;
	size_t old_count;
	const pv_tree **after;
	size_t *new_idx;
	size_t new_count;
	size_t *mate;
	unsigned char *rivals;
};

static int make_rest(struct rest *out, const pv_list_work *work, enum pv_side side)
{
	size_t before = work->matches->counts[PV_BASE];
	size_t after = work->matches->counts[side];
	size_t total = before + after + 1;

	*out = (struct rest){ 0 };
	out->before = pv_arena_alloc(work->arena, total * sizeof(void *));
	out->old_idx = pv_arena_alloc(work->arena, 2 * total * sizeof(size_t));
	out->rivals = pv_arena_calloc(work->arena, after + 1);
	if (!out->before || !out->old_idx || !out->rivals)
		return pv_fail_nomem(work->err);
	out->after = out->before + before;
	out->new_idx = out->old_idx + before;
	out->mate = out->old_idx + total;
	return PV_OK;
}

static void add_old(struct rest *rest, const pv_tree *tree, size_t idx)
{
	rest->before[rest->old_count] = tree;
	rest->old_idx[rest->old_count++] = idx;
}

static void add_new(struct rest *rest, const pv_tree *tree, size_t idx)
{
	rest->after[rest->new_count] = tree;
	rest->new_idx[rest->new_count++] = idx;
}

static int find_mates(struct rest *rest, const pv_list_work *work,
		      int (*fits)(const pv_tree *, const pv_tree *))
{
	pv_candidates who = { rest->before, rest->old_count, rest->after,
			      rest->new_count, fits };

	return pv_similar_pair(rest->mate, rest->rivals, &who, work->err);
}

/* The elements of base that are there on a side, or are guessed to be. */
static unsigned char *find_taken(const pv_list_work *work, enum pv_side side)
{
	const pv_matches *m = work->matches;
	unsigned char *taken =
		pv_arena_calloc(work->arena, m->counts[PV_BASE] + 1);

	for (size_t j = 0; taken && j < m->counts[side]; j++) {
		if (m->base_of[side][j] != PV_NO_ENTRY)
			taken[m->base_of[side][j]] = 1;
		if (work->guess_of[side][j] != PV_NO_ENTRY)
			taken[work->guess_of[side][j]] = 1;
	}
	return taken;
}

static int is_loose(const pv_list_work *work, enum pv_side side, size_t idx)
{
	return work->matches->base_of[side][idx] == PV_NO_ENTRY &&
	       work->guess_of[side][idx] == PV_NO_ENTRY;
}

/* The same thing, said by somebody else or by nobody, or with another id. */
static int guess_roles(const pv_list_work *work, enum pv_side side,
		       const unsigned char *taken)
{
	const pv_tree *before = work->lists->sides[PV_BASE]->tree;
	const pv_tree *after = work->lists->sides[side]->tree;
	struct rest rest;
	int rc = make_rest(&rest, work, side);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < before->count; i++)
		if (!taken[i])
			add_old(&rest, &before->items[i], i);
	for (size_t j = 0; j < after->count; j++)
		if (is_loose(work, side, j))
			add_new(&rest, &after->items[j], j);
	rc = find_mates(&rest, work, pv_align_fits_renamed);
	for (size_t j = 0; j < rest.new_count && rc == PV_OK; j++) {
		if (rest.mate[j] == SIZE_MAX)
			continue;
		work->guess_of[side][rest.new_idx[j]] =
			rest.old_idx[rest.mate[j]];
		work->is_only[side][rest.new_idx[j]] = !rest.rivals[j];
	}
	return rc;
}

int pv_doubts_guess(const pv_list_work *work, enum pv_side side, pv_alignment *al)
{
	const pv_tree *before = work->lists->sides[PV_BASE]->tree;
	const pv_tree *after = work->lists->sides[side]->tree;
	unsigned char *taken = find_taken(work, side);
	int rc = taken ? pv_align_moved(al, before, after, work->err)
		       : pv_fail_nomem(work->err);

	for (size_t j = 0; taken && j < al->new_count && rc == PV_OK; j++) {
		size_t i = al->old_of[j];

		if (i == PV_NO_MATE || taken[i] || !is_loose(work, side, j) ||
		    after->items[j].count == 0 ||
		    pv_align_named_apart(&before->items[i], &after->items[j]))
			continue;
		work->guess_of[side][j] = i;
		taken[i] = 1;
	}
	if (rc == PV_OK)
		rc = find_unsure(work, side, before, after);
	return rc == PV_OK ? guess_roles(work, side, taken) : rc;
}

/* --- guesses of both sides ------------------------------------------------ */

/*
 * What both sides have alike is one element, whatever it has become of: a guess
 * could only tear it apart.
 */
static int drop_settled(const pv_list_work *work,
			unsigned char *is_settled[PV_SIDES])
{
	const pv_matches *m = work->matches;

	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		is_settled[i] = pv_arena_calloc(work->arena, m->counts[i] + 1);
		if (!is_settled[i])
			return pv_fail_nomem(work->err);
	}
	for (size_t j = 0; j < m->counts[PV_OURS]; j++) {
		size_t mate = m->theirs_of[j];

		if (mate == PV_NO_ENTRY || m->base_of[PV_OURS][j] != PV_NO_ENTRY)
			continue;
		work->guess_of[PV_OURS][j] = PV_NO_ENTRY;
		work->guess_of[PV_THEIRS][mate] = PV_NO_ENTRY;
		is_settled[PV_OURS][j] = 1;
		is_settled[PV_THEIRS][mate] = 1;
	}
	return PV_OK;
}

/* What became of an element of base on one side. */
struct fate {
	size_t now;      /* its index there; PV_NO_ENTRY when it is gone */
	int is_doubtful; /* gone, but there is one that it may have become */
};

static struct fate *find_fates(const pv_list_work *work, enum pv_side side)
{
	const pv_matches *m = work->matches;
	size_t count = m->counts[PV_BASE];
	struct fate *fates =
		pv_arena_alloc(work->arena, (count + 1) * sizeof(*fates));

	if (!fates)
		return NULL;
	assert(m->base_of[side] && work->guess_of[side]);
	for (size_t i = 0; i < count; i++)
		fates[i] = (struct fate){ PV_NO_ENTRY, 0 };
	for (size_t j = 0; j < m->counts[side]; j++) {
		if (work->guess_of[side][j] != PV_NO_ENTRY)
			fates[work->guess_of[side][j]].is_doubtful = 1;
		if (m->base_of[side][j] != PV_NO_ENTRY)
			fates[m->base_of[side][j]].now = j;
	}
	return fates;
}

/* Whether the other side has not left the element as it was, either. */
static int is_disputed(const pv_list_work *work, enum pv_side other,
		       const struct fate *fate, size_t base)
{
	const pv_entry *lists = work->lists;

	if (fate->now == PV_NO_ENTRY)
		return !fate->is_doubtful;
	return pv_tree_cmp(lists->sides[PV_BASE]->items[base].tree,
			   lists->sides[other]->items[fate->now].tree) != 0;
}

/* Whether a guess is that an element has got another name. */
static int is_renamed(const pv_list_work *work, enum pv_side side, size_t now,
		      size_t base)
{
	const pv_entry *lists = work->lists;

	return pv_align_named_apart(lists->sides[PV_BASE]->items[base].tree,
				    lists->sides[side]->items[now].tree);
}

/* Whether a member is what its element is called by. */
static int is_name(const pv_tree *member, const pv_tree *element)
{
	pv_str name = pv_align_name(element);

	return name.ptr && member->value.ptr == name.ptr;
}

/* Whether no text of an element but its name has changed, and there is one. */
static int keeps_texts(const pv_tree *before, const pv_tree *after)
{
	int has_text = 0;

	for (size_t i = 0; i < before->count; i++) {
		const pv_tree *was = &before->items[i];
		const pv_tree *now = pv_tree_find(after, was);
		pv_str text = pv_tree_text(was);

		if (!now)
			return 0;
		if (is_name(was, before) && is_name(now, after))
			continue;
		if (pv_tree_cmp(was, now) == 0)
			has_text |= text.len && memchr(text.ptr, ' ', text.len);
		else if (text.ptr || pv_tree_text(now).ptr ||
			 was->count + now->count > 0)
			return 0;
	}
	return has_text;
}

/*
 * Whether a guess is beyond doubt: nothing but the name of the element, and
 * numbers, differ.
 */
static int is_mere_rename(const pv_list_work *work, enum pv_side side,
			  size_t now, size_t base)
{
	const pv_entry *lists = work->lists;

	return work->is_only[side][now] && is_renamed(work, side, now, base) &&
	       keeps_texts(lists->sides[PV_BASE]->items[base].tree,
			   lists->sides[side]->items[now].tree);
}

/*
 * Pairs the guesses of one side that are disputed, and all of them where it
 * matters in what order the elements are.
 */
static void match_disputed(const pv_list_work *work, enum pv_side side,
			   struct fate *const fates[PV_SIDES], int is_moved)
{
	pv_matches *m = work->matches;
	enum pv_side other = PV_OURS + PV_THEIRS - side;

	assert(fates[side] && fates[other]);
	assert(m->base_of[side] && work->guess_of[side]);
	for (size_t j = 0; j < m->counts[side]; j++) {
		size_t base = work->guess_of[side][j];

		int is_bad;

		if (base == PV_NO_ENTRY || m->base_of[side][j] != PV_NO_ENTRY ||
		    fates[side][base].now != PV_NO_ENTRY)
			continue;
		/*
		 * Rewritten by both, it is two additions in one place, which
		 * names would let stand.
		 */
		is_bad = is_disputed(work, other, &fates[other][base], base) ||
			 fates[other][base].now == PV_NO_ENTRY;
		if (!is_moved && (!is_bad || (fates[other][base].is_doubtful &&
					      !is_renamed(work, side, j, base))))
			continue;
		m->base_of[side][j] = base;
		m->is_doubtful[base] |=
			is_bad && !is_mere_rename(work, side, j, base);
	}
}

/* Whether a side has elements of base in another order, maybe. */
static int may_be_moved(const pv_list_work *work, enum pv_side side)
{
	size_t last = 0;

	for (size_t j = 0; j < work->matches->counts[side]; j++) {
		size_t base = work->matches->base_of[side][j];

		if (base == PV_NO_ENTRY)
			base = work->guess_of[side][j];
		if (base == PV_NO_ENTRY)
			continue;
		if (base < last)
			return 1;
		last = base;
	}
	return 0;
}

/* One of several equal elements that the other side has changed or deleted. */
static void doubt_unsure(const pv_list_work *work, enum pv_side side,
			 struct fate *const fates[PV_SIDES])
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;

	for (size_t i = 0; i < work->matches->counts[PV_BASE]; i++)
		if (work->is_unsure[side][i] &&
		    is_disputed(work, other, &fates[other][i], i))
			work->matches->is_doubtful[i] = 1;
}

/* --- what both have changed in the same way ------------------------------- */

static int fits_edit(const pv_tree *before, const pv_tree *after)
{
	if (before->node->kind == PV_YAML_SCALAR)
		return before->node->kind == after->node->kind &&
		       pv_tree_text(before).ptr && pv_tree_text(after).ptr;
	return pv_align_fits(before, after) &&
	       !pv_align_named_apart(before, after);
}

/*
 * Whether an element resembles what the other side has made of one of base more
 * than what that was: a guess that is no better than before stays one.
 */
static int is_closer(int *out, const pv_list_work *work, const pv_tree *tree,
		     const pv_tree *others, size_t base)
{
	const pv_tree *was = work->lists->sides[PV_BASE]->items[base].tree;

	*out = 1;
	return tree->node->kind == PV_YAML_SCALAR
		       ? PV_OK
		       : pv_similar_is_closer(out, tree, others, was, work->err);
}

/* What one side has made of an element tells what the other has made of it. */
static int match_alike(const pv_list_work *work, enum pv_side side,
		       struct fate *const fates[PV_SIDES],
		       const unsigned char *is_settled)
{
	const pv_matches *m = work->matches;
	enum pv_side other = PV_OURS + PV_THEIRS - side;
	struct rest rest;
	int rc = make_rest(&rest, work, side);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < m->counts[PV_BASE]; i++) {
		const struct fate *fate = &fates[other][i];

		if (fates[side][i].now == PV_NO_ENTRY &&
		    fate->now != PV_NO_ENTRY && is_disputed(work, other, fate, i))
			add_old(&rest,
				work->lists->sides[other]->items[fate->now].tree,
				i);
	}
	for (size_t j = 0; j < m->counts[side] && rest.old_count > 0; j++)
		if (m->base_of[side][j] == PV_NO_ENTRY && !is_settled[j])
			add_new(&rest, work->lists->sides[side]->items[j].tree,
				j);
	rc = find_mates(&rest, work, fits_edit);
	for (size_t j = 0; j < rest.new_count && rc == PV_OK; j++) {
		int is_same = 0;
		size_t i;

		if (rest.mate[j] == SIZE_MAX || rest.rivals[j])
			continue;
		i = rest.old_idx[rest.mate[j]];
		rc = is_closer(&is_same, work, rest.after[j],
			       rest.before[rest.mate[j]], i);
		if (rc < 0 || !is_same)
			continue;
		m->base_of[side][rest.new_idx[j]] = i;
		fates[side][i] = (struct fate){ rest.new_idx[j], 0 };
	}
	return rc;
}

/* --- deleted, or rewritten ------------------------------------------------ */

/*
 * What elements that both sides lack look like, between two that a side has:
 * their kind and role. Names and texts may be other ones now.
 */
struct looks {
	pv_map seen;
	pv_buf key;
};

static int set_key(struct looks *looks, const pv_tree *tree, pv_error *err)
{
	const pv_tree *role = pv_tree_get(tree, "role");
	pv_str text = { NULL, 0 };

	if (role)
		text = pv_tree_text(role);
	pv_buf_clear(&looks->key);
	pv_buf_printf(&looks->key, "%d%c", (int)tree->node->kind,
		      text.ptr ? '+' : '-');
	pv_buf_put(&looks->key, text.ptr, text.len);
	return pv_buf_status(&looks->key, err);
}

static pv_str look_key(const struct looks *looks)
{
	return (pv_str){ looks->key.ptr, looks->key.len };
}

static int add_look(struct looks *looks, const pv_tree *tree, pv_error *err)
{
	int rc = set_key(looks, tree, err);

	return rc == PV_OK ? pv_map_set(&looks->seen, look_key(looks), looks,
					NULL, err)
			   : rc;
}

/* Whether one of them may have become `added`. */
static int may_have_become(int *out, struct looks *looks, const pv_tree *added,
			   pv_error *err)
{
	int rc = PV_OK;

	*out = 0;
	if (looks->seen.count)
		rc = set_key(looks, added, err);
	if (rc == PV_OK && looks->seen.count)
		*out = pv_map_find(&looks->seen, look_key(looks)) != NULL;
	return rc;
}

/* The elements of base from `from` on, up to one that the side still has. */
static int look_at_gap(struct looks *looks, const pv_list_work *work,
		       struct fate *const fates[PV_SIDES], enum pv_side side,
		       size_t from)
{
	enum pv_side other = PV_OURS + PV_THEIRS - side;
	int rc = PV_OK;

	pv_map_dispose(&looks->seen);
	for (size_t i = from; i < work->matches->counts[PV_BASE] && rc == PV_OK;
	     i++) {
		const pv_tree *was = work->lists->sides[PV_BASE]->items[i].tree;

		if (fates[side][i].now != PV_NO_ENTRY)
			break;
		if (fates[side][i].is_doubtful || fates[other][i].is_doubtful ||
		    fates[other][i].now != PV_NO_ENTRY || !pv_set_may_change(was))
			continue;
		rc = add_look(looks, was, work->err);
	}
	return rc;
}

/* Additions of one side in the place of what both have taken away. */
static int contest(const pv_list_work *work, enum pv_side side,
		   struct fate *const fates[PV_SIDES])
{
	pv_matches *m = work->matches;
	struct looks looks = { 0 };
	int rc;

	m->is_contested[side] = pv_arena_calloc(work->arena, m->counts[side] + 1);
	if (!m->is_contested[side])
		return pv_fail_nomem(work->err);
	rc = look_at_gap(&looks, work, fates, side, 0);
	for (size_t j = 0; j < m->counts[side] && rc == PV_OK; j++) {
		size_t base = m->base_of[side][j];
		const pv_tree *tree = work->lists->sides[side]->items[j].tree;
		int is_bad = 0;

		if (base != PV_NO_ENTRY)
			rc = look_at_gap(&looks, work, fates, side, base + 1);
		else
			rc = may_have_become(&is_bad, &looks, tree, work->err);
		m->is_contested[side][j] = (unsigned char)is_bad;
	}
	pv_map_dispose(&looks.seen);
	pv_buf_dispose(&looks.key);
	return rc;
}

/* --- the whole ------------------------------------------------------------ */

static int find_all_fates(struct fate *fates[PV_SIDES], const pv_list_work *work)
{
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++) {
		fates[i] = find_fates(work, (enum pv_side)i);
		if (!fates[i])
			return pv_fail_nomem(work->err);
	}
	return PV_OK;
}

int pv_doubts_match(const pv_list_work *work)
{
	pv_matches *m = work->matches;
	struct fate *fates[PV_SIDES] = { NULL };
	unsigned char *is_settled[PV_SIDES] = { NULL };
	int is_moved =
		may_be_moved(work, PV_OURS) || may_be_moved(work, PV_THEIRS);
	int rc = drop_settled(work, is_settled);

	if (rc == PV_OK)
		rc = find_all_fates(fates, work);
	m->is_doubtful = pv_arena_calloc(work->arena, m->counts[PV_BASE] + 1);
	if (rc == PV_OK && !m->is_doubtful)
		return pv_fail_nomem(work->err);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = match_alike(work, (enum pv_side)i, fates, is_settled[i]);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		match_disputed(work, (enum pv_side)i, fates, is_moved);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		doubt_unsure(work, (enum pv_side)i, fates);
	if (rc == PV_OK)
		rc = find_all_fates(fates, work);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = contest(work, (enum pv_side)i, fates);
	return rc;
}
