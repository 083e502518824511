/* SPDX-License-Identifier: MIT
 *
 * The entries of mappings and lists: which are the same on the three sides,
 * and one after the other in the order of the result.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "diff/path.h"
#include "diff/similar.h"
#include "merge/job.h"
#include "merge/rename.h"

/* --- entries in order ---------------------------------------------------- */

static const pv_part *side_of(const pv_entry *parents, const pv_triple *triple,
			      enum pv_side side)
{
	const pv_part *parent = parents->sides[side];
	size_t at = triple->at[side];

	return parent && at != PV_NO_ENTRY ? &parent->items[at] : NULL;
}

pv_entry pv_entries_at(const pv_entry *parents, const pv_triple *triple)
{
	pv_entry entry;

	for (size_t i = 0; i < PV_SIDES; i++)
		entry.sides[i] = side_of(parents, triple, (enum pv_side)i);
	return entry;
}

void pv_entries_step(pv_merge_job *job, const pv_entry *entry,
		     const pv_triple *triple)
{
	enum pv_side side = PV_OURS;

	if (!entry->sides[side])
		side = entry->sides[PV_THEIRS] ? PV_THEIRS : PV_BASE;
	assert(entry->sides[side]);
	if (entry->sides[side]->node->key)
		pv_path_put_key(&job->path, entry->sides[side]->node->key);
	else
		pv_path_put_index(&job->path, triple->at[side]);
}

/* Whether a row stands on both sides, so that it parts what is around it. */
static int is_kept(const size_t at[PV_SIDES])
{
	return at[PV_OURS] != PV_NO_ENTRY && at[PV_THEIRS] != PV_NO_ENTRY;
}

int pv_entries_clash(size_t *end_out, const pv_order *order, size_t from,
		     int clash)
{
	int has_ours = 0;
	int has_theirs = 0;
	int is_contested = 0;

	*end_out = from;
	for (size_t i = from; i < order->count; i++) {
		const size_t *at = order->items[i].at;

		if (is_kept(at))
			break;
		/* What base alone still has is gone from between the others. */
		if (at[PV_BASE] != PV_NO_ENTRY) {
			if (i == from)
				break;
			continue;
		}
		has_ours |= at[PV_OURS] != PV_NO_ENTRY;
		has_theirs |= at[PV_THEIRS] != PV_NO_ENTRY;
		is_contested |= order->items[i].is_contested;
		*end_out = i + 1;
	}
	return is_contested || (clash && has_ours && has_theirs);
}

/* Rows of an order, one after the other. */
struct run {
	const pv_entry *parents;
	const pv_order *order;
	size_t from;
	size_t to;
	size_t field; /* of the list, once it is in conflict; or PV_NO_ENTRY */
};

/* What one side has in the rows of a run, end to end. */
static int join_side(pv_str *out, pv_merge_job *job, const struct run *run,
		     enum pv_side side, size_t column)
{
	pv_str *texts;
	size_t count = 0;

	texts = pv_arena_alloc(job->arena,
			       (run->to - run->from) * sizeof(*texts));
	if (!texts)
		return pv_fail_nomem(job->err);
	for (size_t i = run->from; i < run->to; i++) {
		const pv_part *part =
			side_of(run->parents, &run->order->items[i], side);

		if (part)
			texts[count++] = pv_job_entry_text(job, part, column);
	}
	*out = pv_job_join(job, texts, count);
	return PV_OK;
}

/* The field is the list: one, however many places of it are in conflict. */
static int add_list_field(struct run *run, pv_merge_job *job)
{
	const pv_tree *trees[PV_SIDES] = { NULL, NULL, NULL };

	if (run->field != PV_NO_ENTRY)
		return PV_OK;
	for (size_t i = 0; i < PV_SIDES; i++)
		if (run->parents->sides[i])
			trees[i] = run->parents->sides[i]->tree;
	run->field = job->field_count;
	return pv_job_field(job, trees);
}

/* Additions of both sides in one place, one against the other. */
static int put_clash(pv_merge_job *job, struct run *run, size_t column)
{
	pv_str texts[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };
	int rc = PV_OK;

	if (job->pending.len > 0)
		return PV_GIVE_UP;
	for (size_t i = PV_BASE; i < PV_SIDES && rc == PV_OK; i++)
		rc = join_side(&texts[i], job, run, (enum pv_side)i, column);
	if (rc == PV_OK)
		rc = add_list_field(run, job);
	if (rc == PV_OK)
		pv_chunks_conflict(&job->chunks, texts, run->field);
	return rc;
}

/* Without a base what only one side has is in conflict, but for what is above. */
static void put_common_lead(pv_merge_job *job, const pv_entry *parents,
			    const pv_order *order, size_t row, size_t column)
{
	if (job->is_new && job->pending.len == 0 &&
	    (row == 0 || is_kept(order->items[row - 1].at)))
		pv_chunks_add(&job->chunks,
			      pv_heads_between(parents, order, row, column));
}

static int put_entries(pv_merge_job *job, const pv_entry *parents,
		       const pv_order *order, size_t column, int clash)
{
	struct run run = { parents, order, 0, 0, PV_NO_ENTRY };
	int rc = PV_OK;

	for (size_t i = 0; i < order->count && rc == PV_OK; i++) {
		pv_entry entry = pv_entries_at(parents, &order->items[i]);
		size_t len = job->path.len;

		run.from = i;
		put_common_lead(job, parents, order, i, column);
		if ((clash || order->is_contested) && i >= run.to &&
		    pv_entries_clash(&run.to, order, i, clash)) {
			rc = put_clash(job, &run, column);
			i = run.to - 1;
			continue;
		}
		pv_entries_step(job, &entry, &order->items[i]);
		rc = order->items[i].is_doubtful
			     ? pv_job_contradict(job, &entry, column)
			     : pv_job_entry(job, &entry, column);
		pv_buf_truncate(&job->path, len);
	}
	return rc;
}

/* --- mappings and lists -------------------------------------------------- */

static int make_matches(pv_matches *m, pv_arena *arena, const pv_entry *maps,
			pv_error *err)
{
	memset(m, 0, sizeof(*m));
	for (size_t i = 0; i < PV_SIDES; i++) {
		size_t count = maps->sides[i] ? maps->sides[i]->count : 0;

		m->counts[i] = count;
		m->base_of[i] =
			pv_arena_alloc(arena, (count + 1) * sizeof(size_t));
		if (!m->base_of[i])
			return pv_fail_nomem(err);
	}
	m->theirs_of =
		pv_arena_alloc(arena, (m->counts[PV_OURS] + 1) * sizeof(size_t));
	return m->theirs_of ? PV_OK : pv_fail_nomem(err);
}

static size_t find_member(const pv_part *map, const pv_tree *like)
{
	const pv_tree *member = map ? pv_tree_find(map->tree, like) : NULL;

	return member ? (size_t)(member - map->tree->items) : PV_NO_ENTRY;
}

static int is_any_pair(const pv_tree *before, const pv_tree *after)
{
	(void)before;
	(void)after;
	return 1;
}

/*
 * Whether a side has another value altogether under a key of base: what it had
 * may be under a key of its own.
 */
static int is_replaced(int *out, const pv_tree *before, const pv_tree *after,
		       pv_error *err)
{
	const pv_candidates who = { &before, 1, &after, 1, is_any_pair };
	size_t mate = SIZE_MAX;
	unsigned char has_rivals = 0;
	int rc;

	*out = 0;
	if (!after || pv_tree_cmp(before, after) == 0)
		return PV_OK;
	rc = pv_similar_pair(&mate, &has_rivals, &who, err);
	*out = mate == SIZE_MAX;
	return rc;
}

/*
 * Whether two members that a rename of the other side would make the same have
 * been renamed to or from others.
 */
static int is_another(const pv_renames *renames, const pv_tree *base,
		      size_t old, const pv_tree *side, size_t now)
{
	return (renames->now[old] && renames->now[old] != &side->items[now]) ||
	       (renames->old[now] && renames->old[now] != &base->items[old]);
}

/* Whether a member that one side has renamed is the other's under its old key. */
static int is_renamed(int *out, const pv_renames *renames, const pv_tree *base,
		      size_t idx, const pv_tree *left, pv_error *err)
{
	int is_other = 0;
	int rc;

	*out = left && pv_tree_cmp(left, &base->items[idx]) != 0;
	if (!*out || renames->is_unsure[idx])
		return PV_OK;
	rc = is_replaced(&is_other, &base->items[idx], left, err);
	*out = !is_other;
	return rc;
}

static int match_member(pv_matches *m, const pv_entry *maps,
			const pv_renames *renames, enum pv_side side,
			size_t idx, pv_error *err)
{
	enum pv_side other = side == PV_OURS ? PV_THEIRS : PV_OURS;
	const pv_tree *base = maps->sides[PV_BASE]->tree;
	const pv_tree *map = maps->sides[side]->tree;
	const pv_tree *others = maps->sides[other]->tree;
	const pv_tree *renamed = renames[side].now[idx];
	const pv_tree *left = pv_tree_find(others, &base->items[idx]);
	size_t alike = find_member(maps->sides[other], renamed);
	int is_same = !left && !renames[other].now[idx];
	int rc = PV_OK;

	if (!left && alike != PV_NO_ENTRY) {
		if (is_another(&renames[other], base, idx, others, alike))
			return PV_OK;
		m->base_of[side][renamed - map->items] = idx;
		m->base_of[other][alike] = idx;
		return PV_OK;
	}
	/* The new name is taken: who takes the other's value keeps the old. */
	if (left && alike != PV_NO_ENTRY)
		m->is_doubtful[idx] |=
			pv_tree_cmp(renamed, &others->items[alike]) != 0;
	if (left && !renames[other].is_moved[idx])
		rc = is_renamed(&is_same, &renames[side], base, idx, left, err);
	if (rc == PV_OK && is_same && alike == PV_NO_ENTRY) {
		m->base_of[side][renamed - map->items] = idx;
		m->is_doubtful[idx] |= renames[side].is_unsure[idx];
	}
	return rc;
}

/*
 * A key that one side has renamed while the other has changed its value, or
 * deleted it, or has renamed it alike and changed it.
 */
static int match_renamed(pv_matches *m, const pv_entry *maps,
			 const pv_renames *renames, enum pv_side side,
			 pv_error *err)
{
	int rc = PV_OK;

	assert(m->base_of[side]);
	for (size_t i = 0; i < m->counts[PV_BASE] && rc == PV_OK; i++)
		if (renames[side].now[i])
			rc = match_member(m, maps, renames, side, i, err);
	return rc;
}

/*
 * What a side calls a member of base by now: what it has become, or what stands
 * in its place.
 */
static const pv_tree *new_name(const pv_renames *renames, size_t idx)
{
	return renames->now[idx] ? renames->now[idx] : renames->in_place[idx];
}

/*
 * A key to which both sides have given other names is still one entry, whose
 * name they contradict each other about; also where its value is another one.
 */
static void match_renamed_twice(pv_matches *m, const pv_entry *maps,
				const pv_renames *renames)
{
	const pv_tree *ours = maps->sides[PV_OURS]->tree;
	const pv_tree *theirs = maps->sides[PV_THEIRS]->tree;

	assert(m->base_of[PV_OURS] && m->base_of[PV_THEIRS]);
	for (size_t i = 0; i < m->counts[PV_BASE]; i++) {
		const pv_tree *our_name = new_name(&renames[PV_OURS], i);
		const pv_tree *their_name = new_name(&renames[PV_THEIRS], i);

		if (!our_name || !their_name || pv_tree_find(theirs, our_name) ||
		    pv_tree_find(ours, their_name))
			continue;
		m->base_of[PV_OURS][our_name - ours->items] = i;
		m->base_of[PV_THEIRS][their_name - theirs->items] = i;
		m->is_doubtful[i] |=
			!renames[PV_OURS].now[i] || !renames[PV_THEIRS].now[i];
	}
}

static int match_all_renamed(pv_matches *m, pv_arena *arena,
			     const pv_entry *maps, pv_error *err)
{
	pv_renames renames[PV_SIDES] = { { 0 } };
	int rc = PV_OK;

	m->is_doubtful = pv_arena_calloc(arena, m->counts[PV_BASE] + 1);
	if (!m->is_doubtful)
		return pv_fail_nomem(err);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = pv_renames_find(&renames[i], arena,
				     maps->sides[PV_BASE]->tree,
				     maps->sides[i]->tree, err);
	if (rc < 0)
		return rc;
	rc = match_renamed(m, maps, renames, PV_OURS, err);
	if (rc == PV_OK)
		rc = match_renamed(m, maps, renames, PV_THEIRS, err);
	if (rc == PV_OK)
		match_renamed_twice(m, maps, renames);
	return rc;
}

static int match_keys(pv_matches *m, pv_arena *arena, const pv_entry *maps,
		      pv_error *err)
{
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		for (size_t j = 0; j < m->counts[i]; j++)
			m->base_of[i][j] =
				find_member(maps->sides[PV_BASE],
					    maps->sides[i]->items[j].tree);
	assert(m->theirs_of);
	for (size_t j = 0; j < m->counts[PV_OURS]; j++)
		m->theirs_of[j] =
			find_member(maps->sides[PV_THEIRS],
				    maps->sides[PV_OURS]->items[j].tree);
	return maps->sides[PV_BASE] ? match_all_renamed(m, arena, maps, err)
				    : PV_OK;
}

static int cmp_keys(const pv_part *a, const pv_part *b)
{
	pv_str left = { a->node->key->text, a->node->key->len };
	pv_str right = { b->node->key->text, b->node->key->len };

	return pv_str_cmp(left, right);
}

static int is_sorted(const pv_part *map)
{
	for (size_t i = 1; i < map->count; i++)
		if (cmp_keys(&map->items[i - 1], &map->items[i]) >= 0)
			return 0;
	return 1;
}

static const pv_part *any_side(const pv_entry *maps, const pv_triple *triple)
{
	const pv_part *ours = side_of(maps, triple, PV_OURS);

	return ours ? ours : side_of(maps, triple, PV_THEIRS);
}

/* Where both sides keep the keys sorted, so does the merge. */
static int key_before(const void *payload, const pv_triple *added,
		      const pv_triple *other)
{
	const pv_entry *maps = payload;

	return cmp_keys(any_side(maps, added), any_side(maps, other)) < 0;
}

static int is_mapping(const pv_entry *parents)
{
	return parents->sides[PV_OURS]->node->kind == PV_YAML_MAPPING;
}

static int order_keys(pv_order *out, pv_merge_job *job, pv_matches *matches,
		      const pv_entry *maps)
{
	int sorted = is_sorted(maps->sides[PV_OURS]) &&
		     is_sorted(maps->sides[PV_THEIRS]);
	int rc = match_keys(matches, job->arena, maps, job->err);

	if (rc < 0)
		return rc;
	return pv_order_find(out, job->arena, matches,
			     sorted ? key_before : NULL, maps, job->err);
}

static int order_elements(pv_order *out, int *clash_out, pv_merge_job *job,
			  pv_matches *matches, const pv_entry *lists)
{
	int rc = pv_list_match(matches, clash_out, job->arena, lists, job->err);

	if (rc == PV_OK)
		rc = pv_order_find(out, job->arena, matches, NULL, NULL,
				   job->err);
	if (rc == PV_OK && (out->is_torn || (*clash_out && out->is_mixed)))
		return PV_GIVE_UP;
	return rc;
}

int pv_entries_order(pv_order *out, int *clash_out, pv_merge_job *job,
		     const pv_entry *parents)
{
	pv_matches matches;
	int rc = make_matches(&matches, job->arena, parents, job->err);

	*clash_out = 0;
	if (rc < 0)
		return rc;
	return is_mapping(parents)
		       ? order_keys(out, job, &matches, parents)
		       : order_elements(out, clash_out, job, &matches, parents);
}

int pv_job_entries(pv_merge_job *job, const pv_entry *parents, size_t column)
{
	pv_chunk_mark before = pv_chunks_mark(&job->chunks);
	pv_chunk_mark after;
	pv_order order;
	int clash = 0;
	int rc = pv_entries_order(&order, &clash, job, parents);

	if (rc == PV_OK)
		rc = put_entries(job, parents, &order, column, clash);
	after = pv_chunks_mark(&job->chunks);
	/* With no entry left it would read as null. */
	if (rc == PV_OK && before.count == after.count &&
	    before.last == after.last)
		rc = PV_GIVE_UP;
	return rc;
}
