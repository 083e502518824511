/* SPDX-License-Identifier: MIT
 *
 * The walk down three trees at once. What one side left alone comes from the
 * other, as bytes; what both changed is taken apart further, and what cannot
 * be taken apart is a conflict of just that entry.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "merge/leaf.h"
#include "merge/suspects.h"
#include "merge/within.h"

static int is_blank(pv_str text)
{
	return pv_str_trim(text).len == 0;
}

/* The text an entry has in a conflict: behind the dash when one is pending. */
static pv_str conflict_text(pv_merge_job *job, const pv_part *part, size_t column)
{
	pv_str core;

	if (!part)
		return pv_str_of("");
	if (job->pending.len == 0)
		return pv_job_entry_text(job, part, column);
	core = pv_part_slice(part, part->from, part->end);
	return pv_job_indent(job, core, part->column, column, 1);
}

int pv_job_contradict(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	const pv_tree *trees[PV_SIDES];
	pv_str texts[PV_SIDES];
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (job->pending.len > 0 && part && !is_blank(pv_part_lead(part)))
			return PV_GIVE_UP;
		trees[i] = part ? part->tree : NULL;
		texts[i] = conflict_text(job, part, column);
	}
	rc = pv_job_field(job, trees);
	return rc == PV_OK ? pv_job_conflict(job, texts) : rc;
}

/* --- what one side left alone -------------------------------------------- */

static void put_anchors(pv_buf *out, const pv_yaml_node *node)
{
	if (node->anchor)
		pv_buf_printf(out, "&%s\n", node->anchor);
	for (const pv_yaml_node *child = node->first; child; child = child->next)
		put_anchors(out, child);
}

/* What an entry has beside its data: comments, and the names of values. */
static void put_marks(pv_buf *out, const pv_part *part)
{
	pv_str text = pv_part_slice(part, part->from, part->end);

	pv_part_comments(out, part);
	if (memchr(text.ptr, '&', text.len))
		put_anchors(out, part->node);
}

static int same_marks(pv_merge_job *job, const pv_part *a, const pv_part *b)
{
	pv_buf left = { 0 };
	pv_buf right = { 0 };
	int same;

	put_marks(&left, a);
	put_marks(&right, b);
	if (left.status < 0 || right.status < 0)
		job->chunks.status = PV_ENOMEM;
	same = left.len == right.len &&
	       !memcmp(pv_buf_text(&left), pv_buf_text(&right), left.len);
	pv_buf_dispose(&left);
	pv_buf_dispose(&right);
	return same;
}

static int same_key(const pv_part *a, const pv_part *b)
{
	const pv_yaml_node *left = a->node->key;
	const pv_yaml_node *right = b->node->key;

	if (!left || !right)
		return left == right;
	return left->len == right->len &&
	       !memcmp(left->text, right->text, left->len);
}

/* Nothing but the way it is written differs. */
static int is_quiet(pv_merge_job *job, const pv_part *a, const pv_part *b)
{
	return pv_part_same(a, b) ||
	       (same_key(a, b) && pv_tree_cmp(a->tree, b->tree) == 0 &&
		same_marks(job, a, b));
}

enum pv_side pv_job_pick(const pv_str sides[PV_SIDES])
{
	pv_str base = sides[PV_BASE];

	if (pv_str_eq(sides[PV_OURS], sides[PV_THEIRS]))
		return PV_OURS;
	if (base.ptr && pv_str_eq(base, sides[PV_OURS]))
		return PV_THEIRS;
	if (base.ptr && pv_str_eq(base, sides[PV_THEIRS]))
		return PV_OURS;
	return PV_BASE;
}

/*
 * The side whose entry stands as a whole; PV_BASE when both have changed it.
 * Bytes decide before data, so that a side's formatting survives as well.
 */
static enum pv_side pick_whole(pv_merge_job *job, const pv_entry *entry)
{
	const pv_part *base = entry->sides[PV_BASE];
	const pv_part *ours = entry->sides[PV_OURS];
	const pv_part *theirs = entry->sides[PV_THEIRS];

	if (pv_part_same(ours, theirs))
		return PV_OURS;
	if (base && pv_part_same(base, ours))
		return PV_THEIRS;
	if (base && pv_part_same(base, theirs))
		return PV_OURS;
	if (base && is_quiet(job, base, ours))
		return PV_THEIRS;
	if ((base && is_quiet(job, base, theirs)) || is_quiet(job, ours, theirs))
		return PV_OURS;
	return PV_BASE;
}

/* --- what both sides have changed ---------------------------------------- */

int pv_job_notes(pv_merge_job *job, const pv_str sides[PV_SIDES])
{
	pv_pieces pieces = { 0 };
	int rc;

	/* Most entries have none. */
	if (sides[PV_BASE].len + sides[PV_OURS].len + sides[PV_THEIRS].len == 0)
		return PV_OK;
	rc = pv_text_merge(&pieces, job->arena, sides, PV_TEXT_NOTES, job->err);
	if (rc == PV_OK && pieces.conflicts > 0)
		rc = PV_GIVE_UP;
	for (size_t i = 0; i < pieces.count && rc == PV_OK; i++)
		pv_chunks_add(&job->chunks, pieces.items[i].text);
	pv_pieces_dispose(&pieces);
	return rc;
}

static int put_lead(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	pv_str sides[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (!part)
			continue;
		sides[i] = pv_part_lead(part);
		if (job->pending.len > 0 && !is_blank(sides[i]))
			return PV_GIVE_UP;
		sides[i] = pv_job_indent(job, sides[i], part->column, column, 0);
	}
	return job->pending.len > 0 ? PV_OK : pv_job_notes(job, sides);
}

static int are_blank(const pv_str sides[PV_SIDES])
{
	for (size_t i = 0; i < PV_SIDES; i++)
		if (!is_blank(sides[i]))
			return 0;
	return 1;
}

/* Puts the key or dash; `*side_out` is whose. */
static int put_head(pv_merge_job *job, const pv_entry *entry, size_t column,
		    enum pv_side *side_out)
{
	pv_str sides[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	const pv_part *part;
	pv_str both[2] = { job->pending, { NULL, 0 } };

	for (size_t i = 0; i < PV_SIDES; i++) {
		part = entry->sides[i];
		if (part)
			sides[i] = pv_part_slice(part, part->from, part->value);
	}
	*side_out = pv_job_pick(sides);
	/* How many blank lines a file begins with contradicts nothing. */
	if (*side_out == PV_BASE && are_blank(sides))
		*side_out = PV_OURS;
	if (*side_out == PV_BASE)
		return PV_GIVE_UP;
	part = entry->sides[*side_out];
	assert(part);
	if (both[0].len == 0 && part->node->parent)
		both[0] = pv_job_spaces(job, column);
	both[1] = pv_job_indent(job, sides[*side_out], part->column, column, 1);
	job->pending = pv_job_join(job, both, 2);
	if (!pv_part_is_compact(part)) {
		pv_chunks_add(&job->chunks, job->pending);
		job->pending.len = 0;
	}
	return PV_OK;
}

static int put_tail(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	pv_str sides[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };

	if (job->pending.len > 0)
		return PV_GIVE_UP;
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part)
			sides[i] = pv_job_indent(job,
						 pv_part_slice(part, part->tail,
							       part->end),
						 part->item_column, column, 0);
	}
	return pv_job_notes(job, sides);
}

static int all_are(const pv_entry *entry, enum pv_yaml_kind kind)
{
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part && (part->count == 0 || part->node->kind != kind))
			return 0;
	}
	return 1;
}

static int put_value(pv_merge_job *job, const pv_entry *entry, size_t column,
		     enum pv_side head)
{
	const pv_part *part = entry->sides[head];
	size_t inner = part->item_column + column - part->column;
	int rc;

	if (!all_are(entry, PV_YAML_MAPPING) && !all_are(entry, PV_YAML_SEQUENCE))
		return pv_job_scalar(job, entry, column);
	rc = pv_job_entries(job, entry, inner);
	return rc == PV_OK ? put_tail(job, entry, inner) : rc;
}

static int put_merged(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	enum pv_side head = PV_OURS;
	int rc = put_lead(job, entry, column);

	if (rc == PV_OK)
		rc = put_head(job, entry, column, &head);
	return rc == PV_OK ? put_value(job, entry, column, head) : rc;
}

/* Whether the lines of one text are all in another, in the same order. */
static int are_lines_of(pv_str part, pv_str whole)
{
	size_t at = 0;

	for (size_t from = 0; from < part.len;) {
		pv_str rest = { part.ptr + from, part.len - from };
		pv_str line = pv_leaf_first_line(rest);
		pv_str next = { NULL, 0 };

		while (at < whole.len && !(next.ptr && pv_str_eq(line, next))) {
			rest.ptr = whole.ptr + at;
			rest.len = whole.len - at;
			next = pv_leaf_first_line(rest);
			at += next.len;
		}
		if (!next.ptr || !pv_str_eq(line, next))
			return 0;
		from += line.len;
	}
	return 1;
}

static int has_marks_of(pv_merge_job *job, const pv_part *part,
			const pv_part *whole)
{
	pv_buf left = { 0 };
	pv_buf right = { 0 };
	int is_part;

	put_marks(&left, part);
	put_marks(&right, whole);
	if (left.status < 0 || right.status < 0)
		job->chunks.status = PV_ENOMEM;
	is_part = are_lines_of((pv_str){ pv_buf_text(&left), left.len },
			       (pv_str){ pv_buf_text(&right), right.len });
	pv_buf_dispose(&left);
	pv_buf_dispose(&right);
	return is_part;
}

/*
 * Whether a side has only taken things out of the value of a key: who deleted
 * all of it has taken out these, too. An element of a list that is gone may be
 * there with other changes.
 */
static int is_lessened(pv_merge_job *job, const pv_part *base, const pv_part *left)
{
	return base->node->key && same_key(base, left) &&
	       pv_tree_is_part(left->tree, base->tree) &&
	       has_marks_of(job, left, base);
}

/* Whether what one side has deleted is no more than what the other has left. */
static int is_deleted(pv_merge_job *job, const pv_part *base, const pv_part *left)
{
	return is_quiet(job, base, left) || is_lessened(job, base, left);
}

/* Deleted on one side: gone, unless the other side has changed it. */
static int put_rest(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	const pv_part *base = entry->sides[PV_BASE];
	const pv_part *ours = entry->sides[PV_OURS];
	const pv_part *left = ours ? ours : entry->sides[PV_THEIRS];

	if (!left || (base && is_deleted(job, base, left)))
		return PV_OK;
	return base || job->is_new ? pv_job_contradict(job, entry, column)
				   : pv_job_put_entry(job, left, column);
}

/* A whole entry of one side, with the comments and blank lines agreed on. */
static int put_whole(pv_merge_job *job, const pv_entry *entry,
		     enum pv_side side, size_t column)
{
	const pv_part *part = entry->sides[side];
	pv_str leads[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	enum pv_side whose;
	const pv_part *lead;
	pv_str text;
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++)
		if (entry->sides[i])
			leads[i] = pv_part_lead(entry->sides[i]);
	whose = pv_job_pick(leads);
	lead = entry->sides[whose];
	rc = pv_job_settle(job, entry, side);
	if (rc < 0)
		return rc;
	if (job->pending.len > 0 || whose == PV_BASE ||
	    pv_str_eq(leads[whose], leads[side]))
		return pv_job_put_entry(job, part, column);
	text = pv_job_indent(job, pv_part_lead(lead), lead->column, column, 0);
	pv_chunks_add(&job->chunks, text);
	pv_chunks_add(&job->chunks, pv_job_spaces(job, column));
	text = pv_part_slice(part, part->from, part->end);
	pv_chunks_add(&job->chunks,
		      pv_job_indent(job, text, part->column, column, 1));
	return PV_OK;
}

/* Without a base only the keys of mappings are known to be the same. */
static int can_merge(const pv_merge_job *job, const pv_entry *entry)
{
	return !job->is_new || all_are(entry, PV_YAML_MAPPING);
}

/* Whether conflicts inside of an entry have to take in all of it. */
static int is_whole(const pv_merge_job *job, const pv_entry *entry)
{
	switch (entry->sides[PV_OURS]->node->kind) {
	case PV_YAML_SCALAR:
		return job->width >= PV_WIDTH_LEAF;
	case PV_YAML_SEQUENCE:
		return job->width >= PV_WIDTH_LIST;
	default:
		return 0;
	}
}

/* The side that put_rest leaves standing; PV_BASE where that is a conflict. */
static enum pv_side pick_rest(pv_merge_job *job, const pv_entry *entry)
{
	const pv_part *base = entry->sides[PV_BASE];
	enum pv_side has = entry->sides[PV_OURS] ? PV_OURS : PV_THEIRS;

	if (!base)
		return job->is_new ? PV_BASE : has;
	return is_deleted(job, base, entry->sides[has])
		       ? PV_OURS + PV_THEIRS - has
		       : PV_BASE;
}

/* What the merge would have made of an entry that is in conflict all the same. */
static enum pv_merge_taken would_take(pv_merge_job *job, const pv_entry *entry,
				      enum pv_side side)
{
	if (!entry->sides[PV_OURS] || !entry->sides[PV_THEIRS])
		side = pick_rest(job, entry);
	else if (side == PV_BASE)
		side = pv_job_pick_risen(entry);
	return side == PV_BASE   ? PV_MERGE_TAKES_NONE
	       : side == PV_OURS ? PV_MERGE_TAKES_OURS
				 : PV_MERGE_TAKES_THEIRS;
}

/* A conflict that is only there because something else has gone wrong. */
static int contradict_widely(pv_merge_job *job, const pv_entry *entry,
			     enum pv_side side, size_t column)
{
	int rc = pv_job_contradict(job, entry, column);

	if (rc == PV_OK)
		job->fields[job->field_count - 1].row.taken =
			would_take(job, entry, side);
	return rc;
}

int pv_job_entry(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	pv_job_mark mark = pv_job_here(job);
	int is_both = entry->sides[PV_OURS] && entry->sides[PV_THEIRS];
	enum pv_side side = is_both ? pick_whole(job, entry) : PV_BASE;
	int rc;

	if (pv_suspects_has(job, entry, is_both && side == PV_BASE))
		return contradict_widely(job, entry, side, column);
	if (!is_both)
		return put_rest(job, entry, column);
	if (side != PV_BASE)
		return put_whole(job, entry, side, column);
	rc = can_merge(job, entry) ? put_merged(job, entry, column) : PV_GIVE_UP;
	if (rc == PV_OK && job->field_count > mark.field_count &&
	    is_whole(job, entry))
		rc = PV_GIVE_UP;
	if (rc != PV_GIVE_UP)
		return rc;
	pv_job_rewind(job, &mark);
	return pv_job_contradict(job, entry, column);
}

/* --- the whole ----------------------------------------------------------- */

int pv_job_run(pv_merge_job *job, const pv_entry *roots)
{
	enum pv_side head = PV_OURS;
	int rc = put_head(job, roots, 0, &head);

	if (rc == PV_OK)
		rc = put_value(job, roots, 0, head);
	return rc == PV_OK ? pv_within_level(&job->chunks, job->arena, job->err)
			   : rc;
}

void pv_job_dispose(pv_merge_job *job)
{
	pv_chunks_dispose(&job->chunks);
	pv_buf_dispose(&job->path);
	pv_free(job->fields);
	pv_free(job->notes);
	memset(job, 0, sizeof(*job));
}

void pv_job_reset(pv_merge_job *job)
{
	pv_merge_job empty = { .arena = job->arena,
			       .width = job->width,
			       .suspects = job->suspects,
			       .is_new = job->is_new,
			       .err = job->err };

	pv_job_dispose(job);
	*job = empty;
}

pv_job_mark pv_job_here(const pv_merge_job *job)
{
	pv_job_mark mark = { .chunks = pv_chunks_mark(&job->chunks),
			     .pending = job->pending,
			     .field_count = job->field_count,
			     .note_count = job->note_count,
			     .settled = job->settled };

	return mark;
}

void pv_job_rewind(pv_merge_job *job, const pv_job_mark *mark)
{
	pv_chunks_rewind(&job->chunks, mark->chunks);
	job->pending = mark->pending;
	job->field_count = mark->field_count;
	job->note_count = mark->note_count;
	job->settled = mark->settled;
}
