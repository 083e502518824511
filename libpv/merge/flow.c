/* SPDX-License-Identifier: MIT
 *
 * Collections in brackets and braces, and with them JSON. Their entries are
 * merged like those of block collections; what stands between two entries
 * comes from the side the second one comes from. An entry in conflict is one
 * within a line; where it cannot be told from what is around it, the whole
 * collection is in conflict.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "merge/job.h"
#include "merge/within.h"

static int is_flow(const pv_part *part)
{
	const pv_yaml_node *node = part->node;

	return (node->kind == PV_YAML_MAPPING || node->kind == PV_YAML_SEQUENCE) &&
	       node->style == PV_YAML_FLOW;
}

/* --- taking apart -------------------------------------------------------- */

/* Comments between entries would have to be told whose they are. */
static int has_comment(const pv_part *part, size_t from, size_t to)
{
	return memchr(part->source->text.ptr + from, '#', to - from) != NULL;
}

static int place_item(pv_part *item, const pv_part *parent, size_t at)
{
	const pv_yaml_node *node = item->node;
	const pv_yaml_node *key = node->key;

	item->from = key ? key->outer_start : node->outer_start;
	item->value = node->outer_start;
	item->end = node->end;
	/* Values that are not written have no place. */
	return item->from >= at && item->value >= item->from &&
	       item->end > item->value && item->end <= parent->node->end &&
	       !has_comment(parent, at, item->from);
}

int pv_flow_open(pv_part *out, pv_merge_job *job, const pv_part *part)
{
	const pv_yaml_node *node = part->node->first;
	size_t at = part->node->start;
	size_t count = part->node->count;

	*out = *part;
	if (!is_flow(part))
		return PV_GIVE_UP;
	out->items = pv_arena_calloc(job->arena, (count + 1) * sizeof(*out));
	if (!out->items)
		return pv_fail_nomem(job->err);
	for (out->count = 0; node; node = node->next, out->count++) {
		pv_part *item = &out->items[out->count];

		item->source = part->source;
		item->node = node;
		item->tree = &part->tree->items[out->count];
		if (!place_item(item, part, at))
			return PV_GIVE_UP;
		at = item->end;
	}
	return has_comment(part, at, part->node->end) ? PV_GIVE_UP : PV_OK;
}

/* --- what stands between entries ----------------------------------------- */

pv_str pv_flow_gap(const pv_part *parent, size_t idx)
{
	return pv_part_slice(parent, parent->items[idx - 1].end,
			     parent->items[idx].from);
}

pv_str pv_flow_opening(const pv_part *parent)
{
	size_t from = parent->node->start;

	return pv_part_slice(parent, from,
			     parent->count > 0 ? parent->items[0].from
					       : from + 1);
}

pv_str pv_flow_closing(const pv_part *parent)
{
	size_t end = parent->node->end;

	return pv_part_slice(parent,
			     parent->count > 0
				     ? parent->items[parent->count - 1].end
				     : end - 1,
			     end);
}

/* How the sides part their entries. */
static pv_str usual_gap(const pv_entry *parents)
{
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		if (parents->sides[i]->count > 1)
			return pv_flow_gap(parents->sides[i], 1);
	return pv_str_of(", ");
}

/* What goes before an entry that is not the first one. */
static pv_str gap_of(const pv_entry *parents, const pv_triple *triple,
		     enum pv_side side)
{
	size_t idx = triple->at[side];

	return idx > 0 ? pv_flow_gap(parents->sides[side], idx)
		       : usual_gap(parents);
}

/* --- entries ------------------------------------------------------------- */

static int same_entry(const pv_part *a, const pv_part *b)
{
	const pv_yaml_node *left = a->node->key;
	const pv_yaml_node *right = b->node->key;

	return pv_tree_cmp(a->tree, b->tree) == 0 &&
	       (!left || !strcmp(left->text, right->text));
}

/* Whether nothing was done to an entry but to take things out of it. */
static int has_no_more(const pv_part *base, const pv_part *left)
{
	return same_entry(base, left) ||
	       (base->node->key && pv_tree_is_part(left->tree, base->tree));
}

/* Of an entry that one side has deleted and the other one changed. */
enum {
	CONTESTED = 2
};

/*
 * The side whose entry stands: PV_BASE when it has to be merged. Returns 0
 * when the entry is gone, CONTESTED when that is in conflict.
 */
static int pick_entry(enum pv_side *out, const pv_entry *entry)
{
	const pv_part *base = entry->sides[PV_BASE];
	const pv_part *ours = entry->sides[PV_OURS];
	const pv_part *theirs = entry->sides[PV_THEIRS];

	*out = ours ? PV_OURS : PV_THEIRS;
	if (!ours && !theirs)
		return 0;
	if (!ours || !theirs) {
		if (base && has_no_more(base, entry->sides[*out]))
			return 0;
		return base ? CONTESTED : 1;
	}
	if (same_entry(ours, theirs) || (base && same_entry(base, theirs)))
		return 1;
	*out = base && same_entry(base, ours) ? PV_THEIRS : PV_BASE;
	return 1;
}

/* The key up to the value, or nothing. */
static int put_key(pv_merge_job *job, const pv_entry *entry)
{
	pv_str keys[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	enum pv_side side;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part)
			keys[i] = pv_part_slice(part, part->from, part->value);
	}
	side = pv_job_pick(keys);
	if (side == PV_BASE)
		return PV_GIVE_UP;
	pv_job_put(job, keys[side]);
	return PV_OK;
}

static int put_value(pv_merge_job *job, const pv_entry *entry)
{
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part && part->node->outer_start != part->node->start)
			return PV_GIVE_UP;
	}
	rc = pv_job_flow(job, entry, 0);
	return rc == PV_GIVE_UP ? pv_job_flow_scalar(job, entry) : rc;
}

/* Three texts of the entry at the path, one against the other. */
static int contradict(pv_merge_job *job, const pv_entry *entry,
		      const pv_str texts[PV_SIDES])
{
	const pv_tree *trees[PV_SIDES];
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++)
		trees[i] = entry->sides[i] ? entry->sides[i]->tree : NULL;
	rc = pv_job_field(job, trees);
	if (rc == PV_OK)
		pv_chunks_conflict_within(&job->chunks, texts,
					  job->field_count - 1);
	return rc;
}

/* An entry that all have. */
static int put_merged(pv_merge_job *job, const pv_entry *entry)
{
	enum pv_side side = pv_job_pick_data(entry);
	pv_job_mark mark;
	pv_str texts[PV_SIDES];
	int rc = put_key(job, entry);

	if (rc != PV_OK)
		return rc;
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		texts[i] = pv_part_slice(part, part->value, part->end);
	}
	/* Aliases that are the same text are the same, whatever they mean. */
	if (side == PV_BASE)
		side = pv_job_pick(texts);
	if (side != PV_BASE) {
		pv_job_put(job, texts[side]);
		return PV_OK;
	}
	mark = pv_job_here(job);
	rc = put_value(job, entry);
	if (rc != PV_GIVE_UP)
		return rc;
	pv_job_rewind(job, &mark);
	return contradict(job, entry, texts);
}

/*
 * An entry that one of the three lacks: with what stands before it, which is
 * no more when it is gone.
 */
static int put_lacking(pv_merge_job *job, const pv_entry *parents,
		       const pv_triple *triple, const pv_entry *entry)
{
	pv_str texts[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];
		pv_str both[2];

		if (!part)
			continue;
		both[0] = gap_of(parents, triple, (enum pv_side)i);
		both[1] = pv_part_slice(part, part->from, part->end);
		texts[i] = pv_job_join(job, both, 2);
	}
	return contradict(job, entry, texts);
}

static int has_all(const pv_entry *entry)
{
	return entry->sides[PV_BASE] && entry->sides[PV_OURS] &&
	       entry->sides[PV_THEIRS];
}

/* One entry; `*is_first` says whether any came before it. */
static int put_entry(pv_merge_job *job, const pv_entry *parents,
		     const pv_triple *triple, int *is_first)
{
	pv_entry entry = pv_entries_at(parents, triple);
	enum pv_side side = PV_OURS;
	size_t len = job->path.len;
	int stays = pick_entry(&side, &entry);
	int is_lacking =
		stays == CONTESTED || (side == PV_BASE && !has_all(&entry));
	int rc = PV_OK;

	if (!stays)
		return PV_OK;
	if (triple->is_doubtful || (is_lacking && *is_first))
		return PV_GIVE_UP;
	if (!*is_first && !is_lacking)
		pv_job_put(job, gap_of(parents, triple,
				       side == PV_BASE ? PV_OURS : side));
	*is_first = 0;
	if (side != PV_BASE && !is_lacking) {
		const pv_part *part = entry.sides[side];

		pv_job_put(job, pv_part_slice(part, part->from, part->end));
		return pv_job_settle(job, &entry, side);
	}
	pv_entries_step(job, &entry, triple);
	rc = is_lacking ? put_lacking(job, parents, triple, &entry)
			: put_merged(job, &entry);
	pv_buf_truncate(&job->path, len);
	return rc;
}

static int put_all(pv_merge_job *job, const pv_entry *parents)
{
	const pv_part *frame = parents->sides[PV_OURS];
	pv_order order;
	int is_first = 1;
	size_t end = 0;
	int clash = 0;
	int rc = pv_entries_order(&order, &clash, job, parents);

	for (size_t i = 0; rc == PV_OK && i < order.count; i++) {
		if (pv_entries_clash(&end, &order, i, clash))
			rc = PV_GIVE_UP;
		i = end > i ? end - 1 : i;
	}
	if (rc != PV_OK)
		return rc;
	if (frame->count == 0)
		frame = parents->sides[PV_THEIRS];
	pv_job_put(job, pv_flow_opening(frame));
	for (size_t i = 0; i < order.count && rc == PV_OK; i++)
		rc = put_entry(job, parents, &order.items[i], &is_first);
	pv_job_put(job, pv_flow_closing(frame));
	return rc;
}

/* --- collections --------------------------------------------------------- */

/* Lines of a flow collection are not moved to another column. */
static int fits(const pv_part *part, size_t column)
{
	pv_str text = pv_part_slice(part, part->node->start, part->node->end);

	return part->column == column || !memchr(text.ptr, '\n', text.len);
}

int pv_job_flow(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	pv_job_mark mark = pv_job_here(job);
	pv_part parts[PV_SIDES];
	pv_entry parents = { { NULL, NULL, NULL } };
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		const pv_part *part = entry->sides[i];

		if (!part && i == PV_BASE)
			continue;
		assert(part && entry->sides[PV_OURS]);
		if (!is_flow(part) || !fits(part, column) ||
		    part->node->kind != entry->sides[PV_OURS]->node->kind)
			return PV_GIVE_UP;
		rc = pv_flow_open(&parts[i], job, part);
		parents.sides[i] = &parts[i];
	}
	if (rc == PV_OK)
		rc = put_all(job, &parents);
	if (rc == PV_GIVE_UP)
		pv_job_rewind(job, &mark);
	return rc;
}

/* What stands before or behind the root. */
static int put_around(pv_merge_job *job, const pv_part *parts, int is_behind)
{
	pv_str texts[PV_SIDES];
	enum pv_side side;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = &parts[i];

		texts[i] = is_behind ? pv_part_slice(part, part->node->end,
						     part->end)
				     : pv_part_slice(part, 0, part->value);
	}
	side = pv_job_pick(texts);
	if (side == PV_BASE)
		return PV_GIVE_UP;
	pv_job_put(job, texts[side]);
	return PV_OK;
}

int pv_job_run_flow(pv_merge_job *job, const pv_source sources[PV_SIDES])
{
	pv_part parts[PV_SIDES] = { { 0 } };
	pv_entry roots;
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		parts[i].source = &sources[i];
		parts[i].node = pv_yaml_root(sources[i].doc);
		parts[i].tree = sources[i].tree;
		parts[i].value = parts[i].node->start;
		parts[i].end = sources[i].text.len;
		roots.sides[i] = &parts[i];
		if (!is_flow(&parts[i]))
			return PV_GIVE_UP;
	}
	rc = put_around(job, parts, 0);
	if (rc == PV_OK)
		rc = pv_job_flow(job, &roots, 0);
	if (rc == PV_OK)
		rc = put_around(job, parts, 1);
	return rc == PV_OK ? pv_within_level(&job->chunks, job->arena, job->err)
			   : rc;
}
