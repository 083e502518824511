/* SPDX-License-Identifier: MIT
 *
 * See pick.h. An entry outside of every field is the old one, byte for byte;
 * one inside is the new one, or gone; one that has a field inside is taken
 * apart. New entries stand before what they precede in the new text, and so
 * does one that a field names and that has moved.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "diff/align.h"
#include "diff/path.h"
#include "merge/pick.h"

/* Two mappings or lists, and which entry is which. */
struct pair {
	const pv_part *before;
	const pv_part *after;
	size_t *new_of; /* of each old entry; PV_NO_ENTRY where it is gone */
	size_t *old_of;
	unsigned char *how; /* of each new entry: an enum place */
};

/* Where an entry with an old one stands. */
enum place {
	IN_PLACE,
	MOVED, /* across others, but it stays where it was */
	TAKEN  /* across others, and goes along */
};

/* --- fields -------------------------------------------------------------- */

static int is_step_end(char c)
{
	return c == '\0' || c == '.' || c == '[';
}

enum pv_relation pv_pick_relate(const char *path, size_t len, const char *field)
{
	size_t field_len = strlen(field);
	size_t common = len < field_len ? len : field_len;

	if (memcmp(path, field, common) != 0)
		return PV_OUTSIDE;
	if (len >= field_len)
		return len == field_len || is_step_end(path[field_len])
			       ? PV_INSIDE
			       : PV_OUTSIDE;
	return len == 0 || is_step_end(field[len]) ? PV_ABOVE : PV_OUTSIDE;
}

static enum pv_relation find_relation(const pv_pick *pick)
{
	const pv_buf *path = &pick->job.path;
	enum pv_relation best = PV_OUTSIDE;

	for (size_t i = 0; i < pick->count; i++) {
		enum pv_relation now = pv_pick_relate(pv_buf_text(path),
						      path->len, pick->fields[i]);

		if (now > best)
			best = now;
	}
	return best;
}

/* Appends the step to an entry; 0 when the text that counts lacks it. */
static int put_step(pv_pick *pick, const struct pair *pair, size_t old_idx,
		    size_t new_idx)
{
	int is_new = new_idx != PV_NO_ENTRY;
	size_t idx = pick->by == PV_PICK_BY_AFTER ? new_idx : old_idx;
	const pv_part *part = is_new ? &pair->after->items[new_idx]
				     : &pair->before->items[old_idx];

	assert(part);
	if (part->node->key)
		pv_path_put_key(&pick->job.path, part->node->key);
	else if (idx != PV_NO_ENTRY)
		pv_path_put_index(&pick->job.path, idx);
	else
		return 0;
	return 1;
}

/* --- pairs --------------------------------------------------------------- */

static int make_pair(struct pair *out, pv_merge_job *job, const pv_part *before,
		     const pv_part *after)
{
	out->before = before;
	out->after = after;
	out->new_of =
		pv_arena_alloc(job->arena, (before->count + 1) * sizeof(size_t));
	out->old_of =
		pv_arena_alloc(job->arena, (after->count + 1) * sizeof(size_t));
	out->how = pv_arena_alloc(job->arena, after->count + 1);
	if (!out->new_of || !out->old_of || !out->how)
		return pv_fail_nomem(job->err);
	memset(out->how, IN_PLACE, after->count + 1);
	for (size_t i = 0; i < before->count; i++)
		out->new_of[i] = PV_NO_ENTRY;
	for (size_t i = 0; i < after->count; i++)
		out->old_of[i] = PV_NO_ENTRY;
	return PV_OK;
}

static void join(struct pair *pair, size_t old_idx, size_t new_idx)
{
	assert(pair->new_of && pair->old_of);
	pair->new_of[old_idx] = new_idx;
	pair->old_of[new_idx] = old_idx;
}

static void join_keys(struct pair *pair)
{
	const pv_tree *after = pair->after->tree;

	for (size_t i = 0; i < pair->before->count; i++) {
		const pv_tree *item = pair->before->items[i].tree;
		const pv_tree *mate = pv_tree_find(after, item);

		if (mate)
			join(pair, i, (size_t)(mate - after->items));
	}
}

/* The entries from `from` on up to one that kept its place. */
struct gap {
	size_t end;
	size_t loose; /* how many of them have no counterpart */
};

static struct gap find_gap(const struct pair *pair, const size_t *mates,
			   size_t from, size_t count)
{
	struct gap gap = { from, 0 };

	assert(mates);
	for (; gap.end < count; gap.end++) {
		size_t mate = mates[gap.end];

		if (mate == PV_NO_ENTRY)
			gap.loose++;
		else if (!pair->how[mates == pair->new_of ? mate : gap.end])
			break;
	}
	return gap;
}

/* The next one in a gap without a counterpart; there has to be one. */
static size_t next_loose(const size_t *mates, size_t at)
{
	while (mates[at] != PV_NO_ENTRY)
		at++;
	return at;
}

/* As many as went between two that stayed came there: they were replaced. */
static void join_replaced(struct pair *pair)
{
	size_t i = 0;
	size_t j = 0;

	while (i < pair->before->count && j < pair->after->count) {
		struct gap gone =
			find_gap(pair, pair->new_of, i, pair->before->count);
		struct gap came =
			find_gap(pair, pair->old_of, j, pair->after->count);

		for (size_t k = 0; gone.loose == came.loose && k < gone.loose;
		     k++) {
			i = next_loose(pair->new_of, i);
			j = next_loose(pair->old_of, j);
			join(pair, i++, j++);
		}
		i = gone.end + 1;
		j = came.end + 1;
	}
}

static int join_elements(struct pair *pair, pv_merge_job *job)
{
	pv_alignment al;
	int rc = pv_align(&al, pair->before->tree, pair->after->tree, job->err);

	if (rc < 0)
		return rc;
	rc = pv_align_moved(&al, pair->before->tree, pair->after->tree, job->err);
	for (size_t j = 0; rc == PV_OK && j < al.new_count; j++)
		if (al.old_of[j] != PV_NO_MATE) {
			join(pair, al.old_of[j], j);
			pair->how[j] = al.moved[j] ? MOVED : IN_PLACE;
		}
	pv_alignment_dispose(&al);
	if (rc == PV_OK)
		join_replaced(pair);
	return rc;
}

/* What moved goes along where a field names it, by its old place or its new. */
static void take_moved(pv_pick *pick, struct pair *pair)
{
	size_t len = pick->job.path.len;

	for (size_t j = 0; j < pair->after->count; j++) {
		if (pair->how[j] == MOVED &&
		    put_step(pick, pair, pair->old_of[j], j) &&
		    find_relation(pick) == PV_INSIDE)
			pair->how[j] = TAKEN;
		pv_buf_truncate(&pick->job.path, len);
	}
}

/* Two collections, and which entry is which; what moved may go along. */
static int pair_up(struct pair *out, pv_pick *pick, const pv_part *before,
		   const pv_part *after)
{
	int rc = make_pair(out, &pick->job, before, after);

	if (rc < 0)
		return rc;
	if (before->node->kind == PV_YAML_MAPPING)
		join_keys(out);
	else
		rc = join_elements(out, &pick->job);
	if (rc == PV_OK)
		take_moved(pick, out);
	return rc;
}

/* The new entries before the one at `end`, behind what kept its place. */
static size_t first_addition(const struct pair *pair, size_t end)
{
	size_t from = end;

	while (from > 0 && (pair->old_of[from - 1] == PV_NO_ENTRY ||
			    pair->how[from - 1] != IN_PLACE))
		from--;
	return from;
}

/* --- brackets and braces ------------------------------------------------- */

/* The entries of a collection in brackets, as they will stand. */
struct flow {
	pv_str *texts; /* with what parts them, behind the bracket */
	size_t count;
	pv_str gap;  /* between any two */
	size_t next; /* the old entry that would follow in the old text */
};

static int make_flow(pv_str *out, pv_pick *pick, const pv_part *before,
		     const pv_part *after);

/* The bracket is the first of the texts. */
static void add_flow(struct flow *flow, pv_str gap, pv_str text)
{
	if (flow->count > 1)
		flow->texts[flow->count++] = gap;
	flow->texts[flow->count++] = text;
}

/* An entry that both have, taken apart. */
static int open_flow(pv_str *out, pv_pick *pick, const pv_part *before,
		     const pv_part *after)
{
	pv_str texts[3];
	int rc = make_flow(&texts[1], pick, before, after);

	texts[0] = pv_part_slice(before, before->from, before->node->start);
	texts[2] = pv_part_slice(before, before->node->end, before->end);
	if (rc == PV_OK)
		*out = pv_job_join(&pick->job, texts, 3);
	return rc;
}

static int add_old_flow(struct flow *flow, pv_pick *pick,
			const struct pair *pair, size_t idx)
{
	const pv_part *before = &pair->before->items[idx];
	size_t mate = pair->new_of[idx];
	const pv_part *after =
		mate == PV_NO_ENTRY ? NULL : &pair->after->items[mate];
	pv_str text = pv_part_slice(before, before->from, before->end);
	pv_str gap = idx > 0 && flow->next == idx
			     ? pv_flow_gap(pair->before, idx)
			     : flow->gap;
	size_t len = pick->job.path.len;
	int is_there = !(after && pair->how[mate] == TAKEN);
	int rc = PV_OK;

	switch (is_there && put_step(pick, pair, idx, mate) ? find_relation(pick)
							    : PV_OUTSIDE) {
	case PV_OUTSIDE:
		break;
	case PV_ABOVE:
		rc = after ? open_flow(&text, pick, before, after) : PV_GIVE_UP;
		break;
	case PV_INSIDE:
		is_there = after != NULL;
		if (after)
			text = pv_part_slice(after, after->from, after->end);
		break;
	}
	pv_buf_truncate(&pick->job.path, len);
	if (rc == PV_OK && is_there) {
		add_flow(flow, gap, text);
		flow->next = idx + 1;
	}
	return rc;
}

static int add_new_flow(struct flow *flow, pv_pick *pick,
			const struct pair *pair, size_t end)
{
	size_t len = pick->job.path.len;

	for (size_t j = first_addition(pair, end); j < end; j++) {
		const pv_part *part = &pair->after->items[j];
		enum pv_relation relation = PV_INSIDE;

		if (pair->old_of[j] != PV_NO_ENTRY && pair->how[j] != TAKEN)
			continue;
		if (pair->how[j] != TAKEN)
			relation = put_step(pick, pair, PV_NO_ENTRY, j)
					   ? find_relation(pick)
					   : PV_OUTSIDE;
		pv_buf_truncate(&pick->job.path, len);
		if (relation == PV_ABOVE)
			return PV_GIVE_UP;
		if (relation == PV_INSIDE)
			add_flow(flow, flow->gap,
				 pv_part_slice(part, part->from, part->end));
	}
	return PV_OK;
}

static int fill_flow(struct flow *flow, pv_pick *pick, const struct pair *pair)
{
	int rc = PV_OK;

	for (size_t i = 0; i < pair->before->count && rc == PV_OK; i++) {
		size_t mate = pair->new_of[i];

		if (mate != PV_NO_ENTRY && pair->how[mate] == IN_PLACE)
			rc = add_new_flow(flow, pick, pair, mate);
		if (rc == PV_OK)
			rc = add_old_flow(flow, pick, pair, i);
	}
	return rc == PV_OK ? add_new_flow(flow, pick, pair, pair->after->count)
			   : rc;
}

/* The text of a collection, from bracket to bracket. */
static int make_flow(pv_str *out, pv_pick *pick, const pv_part *before,
		     const pv_part *after)
{
	pv_merge_job *job = &pick->job;
	struct flow flow = { .gap = pv_str_of(", ") };
	pv_part parts[2];
	struct pair pair;
	int rc = before->node->kind == after->node->kind
			 ? pv_flow_open(&parts[0], job, before)
			 : PV_GIVE_UP;

	if (rc == PV_OK)
		rc = pv_flow_open(&parts[1], job, after);
	if (rc == PV_OK)
		rc = pair_up(&pair, pick, &parts[0], &parts[1]);
	if (rc != PV_OK)
		return rc;
	flow.texts = pv_arena_alloc(job->arena,
				    (parts[0].count + parts[1].count + 2) * 2 *
					    sizeof(*flow.texts));
	if (!flow.texts)
		return pv_fail_nomem(job->err);
	if (parts[0].count > 1)
		flow.gap = pv_flow_gap(&parts[0], 1);
	flow.texts[flow.count++] = pv_flow_opening(&parts[0]);
	rc = fill_flow(&flow, pick, &pair);
	flow.texts[flow.count++] = pv_flow_closing(&parts[0]);
	*out = pv_job_join(job, flow.texts, flow.count);
	return rc;
}

/* The entry as it would be in a text that has its collection so. */
static int put_flow(pv_pick *pick, const pv_part *before, const pv_part *after)
{
	const pv_yaml_node *node = before->node;
	pv_merge_job *job = &pick->job;
	pv_source *source = pv_arena_calloc(job->arena, sizeof(*source));
	pv_part part = *before;
	pv_str texts[3];
	int rc;

	if (!source)
		return pv_fail_nomem(job->err);
	rc = make_flow(&texts[1], pick, before, after);
	if (rc != PV_OK)
		return rc;
	texts[0] = pv_part_slice(before, 0, node->start);
	texts[2] = pv_part_slice(before, node->end, before->source->text.len);
	source->text = pv_job_join(job, texts, 3);
	part.source = source;
	part.end = before->end + texts[1].len - (node->end - node->start);
	return pv_job_put_entry(job, &part, before->column);
}

/* --- entries ------------------------------------------------------------- */

static int put_entries(pv_pick *pick, const pv_part *before,
		       const pv_part *after);

static int is_openable(const pv_part *before, const pv_part *after)
{
	return after && before->count > 0 && after->count > 0 &&
	       before->node->kind == after->node->kind;
}

/* The old key or dash, and what is behind it entry by entry. */
static int put_opened(pv_pick *pick, const pv_part *before, const pv_part *after)
{
	pv_merge_job *job = &pick->job;
	pv_str lead = pv_part_lead(before);
	pv_str head[2];
	int rc;

	if (after && !is_openable(before, after))
		return put_flow(pick, before, after);
	if (!after || (job->pending.len > 0 && pv_str_trim(lead).len > 0))
		return PV_GIVE_UP;
	if (job->pending.len == 0)
		pv_chunks_add(&job->chunks, lead);
	head[0] = job->pending;
	if (head[0].len == 0 && before->node->parent)
		head[0] = pv_job_spaces(job, before->column);
	head[1] = pv_part_slice(before, before->from, before->value);
	job->pending = pv_job_join(job, head, 2);
	if (!pv_part_is_compact(before)) {
		pv_chunks_add(&job->chunks, job->pending);
		job->pending.len = 0;
	}
	rc = put_entries(pick, before, after);
	/* With no entry left it would read as null. */
	if (rc == PV_OK && job->pending.len > 0)
		rc = PV_GIVE_UP;
	if (rc == PV_OK)
		pv_chunks_add(&job->chunks,
			      pv_part_slice(before, before->tail, before->end));
	return rc;
}

static int put_old(pv_pick *pick, const struct pair *pair, size_t idx)
{
	const pv_part *before = &pair->before->items[idx];
	size_t mate = pair->new_of[idx];
	const pv_part *after =
		mate == PV_NO_ENTRY ? NULL : &pair->after->items[mate];
	size_t len = pick->job.path.len;
	int rc = PV_OK;

	if (after && pair->how[mate] == TAKEN)
		return PV_OK;
	switch (put_step(pick, pair, idx, mate) ? find_relation(pick)
						: PV_OUTSIDE) {
	case PV_OUTSIDE:
		rc = pv_job_put_entry(&pick->job, before, before->column);
		break;
	case PV_ABOVE:
		rc = put_opened(pick, before, after);
		break;
	case PV_INSIDE:
		if (after)
			rc = pv_job_put_entry(&pick->job, after, before->column);
		break;
	}
	pv_buf_truncate(&pick->job.path, len);
	return rc;
}

static int put_addition(pv_pick *pick, const struct pair *pair, size_t idx)
{
	const pv_part *part = &pair->after->items[idx];
	size_t len = pick->job.path.len;
	int rc = PV_OK;

	if (pair->how[idx] == TAKEN)
		return pv_job_put_entry(&pick->job, part,
					pair->before->item_column);
	switch (put_step(pick, pair, PV_NO_ENTRY, idx) ? find_relation(pick)
						       : PV_OUTSIDE) {
	case PV_OUTSIDE:
		break;
	case PV_ABOVE:
		rc = PV_GIVE_UP;
		break;
	case PV_INSIDE:
		rc = pv_job_put_entry(&pick->job, part,
				      pair->before->item_column);
		break;
	}
	pv_buf_truncate(&pick->job.path, len);
	return rc;
}

/* The new entries before the one at `end`, behind what kept its place. */
static int put_additions(pv_pick *pick, const struct pair *pair, size_t end)
{
	int rc = PV_OK;

	for (size_t from = first_addition(pair, end); from < end && rc == PV_OK;
	     from++)
		if (pair->old_of[from] == PV_NO_ENTRY || pair->how[from] == TAKEN)
			rc = put_addition(pick, pair, from);
	return rc;
}

static int put_entries(pv_pick *pick, const pv_part *before, const pv_part *after)
{
	struct pair pair;
	int rc = pair_up(&pair, pick, before, after);

	if (rc < 0)
		return rc;
	for (size_t i = 0; i < before->count && rc == PV_OK; i++) {
		size_t mate = pair.new_of[i];

		if (mate != PV_NO_ENTRY && pair.how[mate] == IN_PLACE)
			rc = put_additions(pick, &pair, mate);
		if (rc == PV_OK)
			rc = put_old(pick, &pair, i);
	}
	return rc == PV_OK ? put_additions(pick, &pair, after->count) : rc;
}

int pv_pick_walk(pv_pick *pick, const pv_source *before, const pv_source *after)
{
	pv_merge_job *job = &pick->job;
	int rc = before->root && after->root
			 ? put_opened(pick, before->root, after->root)
			 : PV_GIVE_UP;

	/* What looks like giving up may be want of memory. */
	if (rc >= 0 && job->path.status < 0)
		return pv_buf_status(&job->path, job->err);
	if (rc >= 0 && job->chunks.status < 0)
		return pv_chunks_status(&job->chunks, job->err);
	return rc;
}
