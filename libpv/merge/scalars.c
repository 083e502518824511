/* SPDX-License-Identifier: MIT
 *
 * Values that have no entries. Where both sides changed one, texts are merged
 * as texts and written in the style of ours; of versions and dates the higher
 * stands; anything else is a conflict.
 */
#include <assert.h>
#include <string.h>

#include "base/fail.h"
#include "merge/leaf.h"
#include "merge/rise.h"

enum {
	PROSE_WORDS = 4 /* fewer words in a line are a name, not prose */
};

/* The source of a value, moved to the column of the result. */
pv_str pv_leaf_source(pv_merge_job *job, const pv_part *part, size_t column)
{
	return pv_job_indent(job,
			     pv_part_slice(part, part->value, part->node->end),
			     part->column, column, 1);
}

/* --- what follows the value ---------------------------------------------- */

pv_str pv_leaf_first_line(pv_str text)
{
	const char *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;

	if (end)
		text.len = (size_t)(end - text.ptr) + 1;
	return text;
}

static int is_block(const pv_part *part)
{
	return part->node->kind == PV_YAML_SCALAR &&
	       (part->node->style == PV_YAML_LITERAL ||
		part->node->style == PV_YAML_FOLDED);
}

/* Where the comment of a line begins, with the blanks before it. */
static size_t note_start(pv_str line)
{
	size_t at = line.len;

	for (size_t i = 1; i < line.len && at == line.len; i++)
		if (line.ptr[i] == '#' && strchr(" \t", line.ptr[i - 1]))
			at = i;
	while (at > 0 && strchr(" \t\n", line.ptr[at - 1]))
		at--;
	return at;
}

/* What is behind the value on its line; of a block, behind its indicator. */
static pv_str note_of(const pv_part *part)
{
	pv_str line = pv_leaf_first_line(
		is_block(part) ? pv_part_slice(part, part->value, part->end)
			       : pv_part_slice(part, part->node->end, part->end));
	size_t at = is_block(part) ? note_start(line) : 0;

	return (pv_str){ line.ptr + at, line.len - at };
}

pv_str pv_leaf_note(const pv_leaf *leaf)
{
	pv_str notes[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	enum pv_side side;

	for (size_t i = 0; i < PV_SIDES; i++)
		if (leaf->entry->sides[i])
			notes[i] = note_of(leaf->entry->sides[i]);
	side = pv_job_pick(notes);
	return side == PV_BASE ? (pv_str){ NULL, 0 } : notes[side];
}

int pv_leaf_put_header(pv_merge_job *job, const pv_leaf *leaf, pv_str header)
{
	pv_str note = pv_leaf_note(leaf);

	if (!note.ptr)
		return PV_GIVE_UP;
	header.len = note_start(header);
	pv_job_put(job, header);
	pv_job_put(job, note);
	return PV_OK;
}

/* The comment on the last line of a value, then the lines below it. */
int pv_leaf_put_rest(pv_merge_job *job, const pv_leaf *leaf, int is_lined)
{
	pv_str notes[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };
	pv_str note = pv_leaf_note(leaf);

	if (leaf->is_flow)
		return PV_OK;
	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = leaf->entry->sides[i];
		size_t len;

		if (!part)
			continue;
		notes[i] = pv_part_slice(part, part->node->end, part->end);
		len = pv_leaf_first_line(notes[i]).len;
		notes[i].ptr += len;
		notes[i].len -= len;
		notes[i] = pv_job_indent(job, notes[i], part->column,
					 leaf->column, 0);
	}
	if (!note.ptr)
		return PV_GIVE_UP;
	if (!is_lined)
		pv_job_put(job, note);
	return pv_job_notes(job, notes);
}

int pv_leaf_put_side(pv_merge_job *job, const pv_leaf *leaf, enum pv_side side)
{
	const pv_part *part = leaf->entry->sides[side];
	pv_str source = pv_leaf_source(job, part, leaf->column);
	pv_str header;
	int rc;

	if (!is_block(part) || leaf->is_flow) {
		pv_job_put(job, source);
		return pv_leaf_put_rest(job, leaf, 0);
	}
	header = pv_leaf_first_line(source);
	rc = pv_leaf_put_header(job, leaf, header);
	source.ptr += header.len;
	source.len -= header.len;
	if (rc != PV_OK)
		return rc;
	pv_job_put(job, source);
	pv_job_put(job, pv_leaf_first_line(pv_part_slice(part, part->node->end,
							 part->end)));
	return pv_leaf_put_rest(job, leaf, 1);
}

/* --- texts --------------------------------------------------------------- */

int pv_part_is_prose(const pv_part *part)
{
	const pv_yaml_node *node = part->node;
	pv_str text = { node->text, node->len };

	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING &&
	       (memchr(text.ptr, '\n', text.len) ||
		pv_words_count(text) >= PROSE_WORDS);
}

/* Whose style stands: that of the side which has changed it, else ours. */
static enum pv_side pick_frame(const pv_entry *entry)
{
	enum pv_yaml_style base = entry->sides[PV_BASE]->node->style;
	enum pv_yaml_style ours = entry->sides[PV_OURS]->node->style;

	enum pv_side side = ours == base ? PV_THEIRS : PV_OURS;
	enum pv_side other = PV_OURS + PV_THEIRS - side;

	/* Lines of a literal block would run into each other in a folded one. */
	if (entry->sides[side]->node->style == PV_YAML_FOLDED &&
	    entry->sides[other]->node->style == PV_YAML_LITERAL)
		return other;
	return side;
}

static int merge_prose(pv_merge_job *job, pv_leaf *leaf)
{
	const pv_entry *entry = leaf->entry;

	for (size_t i = 0; i < PV_SIDES; i++)
		if (!entry->sides[i] || !pv_part_is_prose(entry->sides[i]))
			return PV_GIVE_UP;
	if (entry->sides[PV_OURS]->node->style !=
	    entry->sides[PV_THEIRS]->node->style)
		leaf->frame = pick_frame(entry);
	if (!pv_leaf_is_inline(entry->sides[leaf->frame]->node))
		return pv_leaf_block(job, leaf);
	for (size_t i = 0; i < PV_SIDES; i++)
		if (!pv_leaf_is_inline(entry->sides[i]->node))
			return PV_GIVE_UP;
	return pv_leaf_inline(job, leaf);
}

/* --- the value ----------------------------------------------------------- */

static pv_str scalar_text(const pv_part *part)
{
	pv_str text = { NULL, 0 };

	if (part && part->node->kind == PV_YAML_SCALAR) {
		text.ptr = part->node->text;
		text.len = part->node->len;
	}
	return text;
}

enum pv_side pv_job_pick_risen(const pv_entry *entry)
{
	const pv_yaml_node *key = entry->sides[PV_OURS]->node->key;
	pv_str sides[PV_SIDES];

	if (!key || !pv_rise_is_key((pv_str){ key->text, key->len }))
		return PV_BASE;
	for (size_t i = 0; i < PV_SIDES; i++)
		sides[i] = scalar_text(entry->sides[i]);
	return pv_rise_pick(sides);
}

/* A version or date that both have raised: the higher stands, and is noted. */
static int put_risen(pv_merge_job *job, const pv_leaf *leaf)
{
	enum pv_side side = pv_job_pick_risen(leaf->entry);
	int rc;

	if (side == PV_BASE)
		return PV_GIVE_UP;
	rc = pv_job_note(job, leaf->entry->sides[side]->tree,
			 leaf->entry->sides[PV_OURS + PV_THEIRS - side]->tree);
	return rc == PV_OK ? pv_leaf_put_side(job, leaf, side) : rc;
}

enum pv_side pv_job_pick_data(const pv_entry *entry)
{
	const pv_part *base = entry->sides[PV_BASE];
	const pv_part *ours = entry->sides[PV_OURS];
	const pv_part *theirs = entry->sides[PV_THEIRS];

	assert(ours && theirs);
	if (pv_tree_cmp(ours->tree, theirs->tree) == 0)
		return PV_OURS;
	if (base && pv_tree_cmp(base->tree, ours->tree) == 0)
		return PV_THEIRS;
	if (base && pv_tree_cmp(base->tree, theirs->tree) == 0)
		return PV_OURS;
	return PV_BASE;
}

int pv_job_scalar(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	pv_leaf leaf = { .entry = entry, .column = column, .frame = PV_OURS };
	pv_str sources[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	enum pv_side side;
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part && part->count > 0)
			return PV_GIVE_UP;
		if (part)
			sources[i] = pv_leaf_source(job, part, column);
	}
	side = pv_job_pick(sources);
	if (side == PV_BASE)
		side = pv_job_pick_data(entry);
	if (side != PV_BASE)
		return pv_leaf_put_side(job, &leaf, side);
	rc = pv_job_flow(job, entry, column);
	if (rc == PV_OK)
		return pv_leaf_put_rest(job, &leaf, 0);
	if (rc == PV_GIVE_UP)
		rc = put_risen(job, &leaf);
	return rc == PV_GIVE_UP ? merge_prose(job, &leaf) : rc;
}

int pv_job_flow_scalar(pv_merge_job *job, const pv_entry *entry)
{
	pv_leaf leaf = { .entry = entry, .frame = PV_OURS, .is_flow = 1 };
	int rc = put_risen(job, &leaf);

	return rc == PV_GIVE_UP ? merge_prose(job, &leaf) : rc;
}
