/* SPDX-License-Identifier: MIT
 *
 * Values that have no entries. Where both sides changed one, texts are merged
 * as texts and written in the style of ours; of versions and dates the higher
 * stands; anything else is a conflict.
 */
#include <string.h>

#include "base/fail.h"
#include "merge/job.h"
#include "merge/rise.h"
#include "merge/spell.h"
#include "yaml/marks.h"
#include "yaml/write.h"

enum {
	PROSE_WORDS = 4 /* fewer words in a line are a name, not prose */
};

/* A value that is being merged. */
struct leaf {
	const pv_entry *entry;
	size_t column; /* of the entry in the result */
	pv_str texts[PV_SIDES];
	size_t breaks[PV_SIDES]; /* at the end of the texts */
};

/* The source of a value, moved to the column of the result. */
static pv_str source_of(pv_merge_job *job, const pv_part *part, size_t column)
{
	return pv_job_indent(job,
			     pv_part_slice(part, part->value, part->node->end),
			     part->column, column, 1);
}

/* --- what follows the value ---------------------------------------------- */

static pv_str first_line(pv_str text)
{
	const char *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;

	if (end)
		text.len = (size_t)(end - text.ptr) + 1;
	return text;
}

/* The comment on the last line of a value, then the lines below it. */
static int put_rest(pv_merge_job *job, const struct leaf *leaf, int is_lined)
{
	pv_str lines[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	pv_str notes[PV_SIDES] = { { "", 0 }, { "", 0 }, { "", 0 } };
	enum pv_side side;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = leaf->entry->sides[i];

		if (!part)
			continue;
		notes[i] = pv_part_slice(part, part->node->end, part->end);
		lines[i] = first_line(notes[i]);
		notes[i].ptr += lines[i].len;
		notes[i].len -= lines[i].len;
		notes[i] = pv_job_indent(job, notes[i], part->column,
					 leaf->column, 0);
	}
	side = pv_job_pick(lines);
	if (side == PV_BASE)
		return PV_GIVE_UP;
	if (!is_lined)
		pv_job_put(job, lines[side]);
	return pv_job_notes(job, notes);
}

static int put_side(pv_merge_job *job, const struct leaf *leaf, enum pv_side side)
{
	pv_job_put(job, source_of(job, leaf->entry->sides[side], leaf->column));
	return put_rest(job, leaf, 0);
}

/* --- literal blocks ------------------------------------------------------ */

static void put_lines(pv_buf *out, pv_str text, size_t column)
{
	while (text.len > 0) {
		pv_str line = first_line(text);

		for (size_t i = 0; i < column && line.ptr[0] != '\n'; i++)
			pv_buf_putc(out, ' ');
		pv_buf_put(out, line.ptr, line.len);
		text.ptr += line.len;
		text.len -= line.len;
	}
}

static void flush_lines(pv_merge_job *job, pv_buf *agreed, size_t column)
{
	pv_buf lines = { 0 };
	pv_str text = { pv_buf_text(agreed), agreed->len };

	put_lines(&lines, text, column);
	if (agreed->status < 0)
		lines.status = agreed->status;
	pv_job_put(job, pv_job_keep(job, &lines));
	pv_buf_clear(agreed);
}

static int put_literal(pv_merge_job *job, const pv_pieces *pieces, size_t column)
{
	pv_buf agreed = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < pieces->count && rc == PV_OK; i++) {
		const pv_piece *piece = &pieces->items[i];
		pv_str sides[PV_SIDES];

		if (!piece->is_conflict) {
			pv_buf_put(&agreed, piece->text.ptr, piece->text.len);
			continue;
		}
		flush_lines(job, &agreed, column);
		for (size_t j = 0; j < PV_SIDES; j++) {
			pv_buf lines = { 0 };

			put_lines(&lines, piece->sides[j], column);
			sides[j] = pv_job_keep(job, &lines);
		}
		rc = pv_job_conflict(job, sides);
	}
	flush_lines(job, &agreed, column);
	pv_buf_dispose(&agreed);
	return rc;
}

/* The number of line breaks at the end on which the sides agree. */
static int pick_breaks(size_t *out, const struct leaf *leaf)
{
	size_t base = leaf->breaks[PV_BASE];
	size_t ours = leaf->breaks[PV_OURS];
	size_t theirs = leaf->breaks[PV_THEIRS];

	*out = ours == base ? theirs : ours;
	return ours == theirs || ours == base || theirs == base;
}

/* The header of a literal block, its line break included. */
static void put_header(pv_merge_job *job, const pv_part *part, pv_str text,
		       size_t breaks, size_t own_breaks)
{
	pv_buf header = { 0 };

	if (breaks == own_breaks && !pv_yaml_needs_indicator(text)) {
		pv_str own =
			first_line(pv_part_slice(part, part->value, part->end));

		pv_job_put(job, own);
		return;
	}
	pv_yaml_write_header(&header, text, PV_YAML_LITERAL, 2);
	pv_buf_putc(&header, '\n');
	pv_job_put(job, pv_job_keep(job, &header));
}

/* The text with all conflicts settled for ours, and its line breaks. */
static pv_str settled(pv_merge_job *job, const pv_pieces *pieces, size_t breaks)
{
	pv_buf text = { 0 };

	for (size_t i = 0; i < pieces->count; i++) {
		const pv_piece *piece = &pieces->items[i];
		pv_str part = piece->is_conflict ? piece->sides[PV_OURS]
						 : piece->text;

		if (part.len > 0)
			pv_buf_put(&text, part.ptr, part.len);
	}
	if (text.len > 0)
		pv_buf_truncate(&text, text.len - 1);
	for (size_t i = 0; i < breaks; i++)
		pv_buf_putc(&text, '\n');
	return pv_job_keep(job, &text);
}

/* Columns of the lines of a literal block, in the result. */
static size_t literal_column(const struct leaf *leaf, const pv_part *part)
{
	const pv_yaml_node *node = part->node;
	pv_str text = { node->text, node->len };
	size_t column = SIZE_MAX;

	if (node->style == PV_YAML_LITERAL)
		column = pv_yaml_block_indent(part->source->text.ptr,
					      node->start, node->end, text);
	if (column == SIZE_MAX || column < part->column)
		return leaf->column + 2;
	return column + leaf->column - part->column;
}

static int put_block(pv_merge_job *job, const struct leaf *leaf,
		     const pv_pieces *pieces)
{
	const pv_part *part = leaf->entry->sides[PV_OURS];
	size_t column = literal_column(leaf, part);
	size_t breaks = 0;
	pv_str text;
	int rc;

	if (!pick_breaks(&breaks, leaf))
		return PV_GIVE_UP;
	text = settled(job, pieces, breaks);
	if (pv_yaml_pick_style(text, PV_YAML_LITERAL, PV_YAML_IN_BLOCK) !=
	    PV_YAML_LITERAL)
		return PV_GIVE_UP;
	put_header(job, part, text, breaks,
		   part->node->style == PV_YAML_LITERAL ? leaf->breaks[PV_OURS]
							: SIZE_MAX);
	rc = put_literal(job, pieces, column);
	for (size_t i = 1; i < breaks && rc == PV_OK; i++)
		pv_job_put(job, pv_str_of("\n"));
	return rc == PV_OK ? put_rest(job, leaf, 1) : rc;
}

/* --- quoted and plain scalars -------------------------------------------- */

static int is_flow(const pv_yaml_node *node)
{
	return node->style == PV_YAML_PLAIN ||
	       node->style == PV_YAML_SINGLE_QUOTED ||
	       node->style == PV_YAML_DOUBLE_QUOTED;
}

static int read_spelling(pv_spelling *out, pv_merge_job *job,
			 const struct leaf *leaf, enum pv_side side)
{
	const pv_part *part = leaf->entry->sides[side];
	const pv_yaml_node *node = part->node;
	pv_str raw = source_of(job, part, leaf->column);
	pv_str text = { node->text, node->len };
	int rc;

	if (node->style != PV_YAML_PLAIN && raw.len >= 2) {
		raw.ptr++;
		raw.len -= 2;
	}
	rc = pv_spelling_read(out, job->arena, raw, node->style, job->err);
	if (rc == PV_OK && (!out->text.ptr || !pv_str_eq(out->text, text)))
		rc = PV_GIVE_UP;
	return rc;
}

/* A line must not begin in the first column: that would end the value. */
static void put_folded(pv_buf *out, pv_str text, size_t column)
{
	for (size_t i = 0; i < text.len; i++) {
		if (out->len > 0 && out->ptr[out->len - 1] == '\n' &&
		    text.ptr[i] != ' ' && text.ptr[i] != '\n')
			for (size_t j = 0; j < column; j++)
				pv_buf_putc(out, ' ');
		pv_buf_putc(out, text.ptr[i]);
	}
}

static int is_spelled_right(pv_merge_job *job, pv_str raw, pv_str text,
			    enum pv_yaml_style style)
{
	pv_spelling check;

	return pv_spelling_read(&check, job->arena, raw, style, job->err) ==
		       PV_OK &&
	       check.text.ptr && pv_str_eq(check.text, text);
}

static int put_spelled(pv_merge_job *job, const struct leaf *leaf,
		       const pv_spelling spellings[PV_SIDES],
		       const pv_pieces *pieces)
{
	enum pv_yaml_style style = leaf->entry->sides[PV_OURS]->node->style;
	char quote = style == PV_YAML_SINGLE_QUOTED ? '\'' : '"';
	pv_buf raw = { 0 };
	pv_buf text = { 0 };
	pv_str slice;
	pv_str whole;

	for (size_t i = 0; i < pieces->count; i++) {
		const pv_piece *piece = &pieces->items[i];

		pv_buf_put(&text, piece->text.ptr, piece->text.len);
		slice = pv_spelling_slice(&spellings[piece->side], piece->text);
		put_folded(&raw, slice, leaf->column + 2);
	}
	slice = pv_job_keep(job, &raw);
	whole = pv_job_keep(job, &text);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		if (pv_str_eq(whole, spellings[i].text))
			return put_side(job, leaf, (enum pv_side)i);
	if (!is_spelled_right(job, slice, whole, style))
		return PV_GIVE_UP;
	pv_buf_putc(&raw, quote);
	pv_buf_put(&raw, slice.ptr, slice.len);
	pv_buf_putc(&raw, quote);
	pv_job_put(job, style == PV_YAML_PLAIN ? slice : pv_job_keep(job, &raw));
	pv_buf_dispose(&raw);
	return put_rest(job, leaf, 0);
}

/* Both sides are spelled in one style: their spellings are put together. */
static int put_flow(pv_merge_job *job, const struct leaf *leaf)
{
	pv_spelling spellings[PV_SIDES] = { 0 };
	pv_str texts[PV_SIDES];
	pv_pieces pieces = { 0 };
	int rc = read_spelling(&spellings[PV_OURS], job, leaf, PV_OURS);

	if (rc == PV_OK)
		rc = read_spelling(&spellings[PV_THEIRS], job, leaf, PV_THEIRS);
	if (rc != PV_OK)
		return rc;
	texts[PV_BASE].ptr = leaf->entry->sides[PV_BASE]->node->text;
	texts[PV_BASE].len = leaf->entry->sides[PV_BASE]->node->len;
	texts[PV_OURS] = spellings[PV_OURS].text;
	texts[PV_THEIRS] = spellings[PV_THEIRS].text;
	rc = pv_text_merge(&pieces, job->arena, texts, PV_TEXT_WORDS, job->err);
	if (rc == PV_OK && pieces.conflicts > 0)
		rc = PV_GIVE_UP;
	if (rc == PV_OK)
		rc = put_spelled(job, leaf, spellings, &pieces);
	pv_pieces_dispose(&pieces);
	return rc;
}

/* --- texts --------------------------------------------------------------- */

/* Takes the line breaks off the end, all but one. */
static int trim_breaks(struct leaf *leaf, pv_merge_job *job, enum pv_side side)
{
	const pv_yaml_node *node = leaf->entry->sides[side]->node;
	size_t len = node->len;
	char *text;

	while (len > 0 && node->text[len - 1] == '\n')
		len--;
	leaf->breaks[side] = node->len - len;
	text = pv_arena_alloc(job->arena, len + 2);
	if (!text)
		return pv_fail_nomem(job->err);
	memcpy(text, node->text, len);
	text[len] = '\n';
	leaf->texts[side].ptr = text;
	leaf->texts[side].len = len > 0 ? len + 1 : 0;
	return PV_OK;
}

static int put_text(pv_merge_job *job, struct leaf *leaf)
{
	const pv_tree *trees[PV_SIDES];
	pv_pieces pieces = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = trim_breaks(leaf, job, (enum pv_side)i);
	if (rc == PV_OK)
		rc = pv_text_merge(&pieces, job->arena, leaf->texts,
				   PV_TEXT_WORDS, job->err);
	if (rc == PV_OK && pieces.conflicts > 0) {
		for (size_t i = 0; i < PV_SIDES; i++)
			trees[i] = leaf->entry->sides[i]->tree;
		rc = pv_job_field(job, trees);
	}
	if (rc == PV_OK)
		rc = put_block(job, leaf, &pieces);
	pv_pieces_dispose(&pieces);
	return rc;
}

static size_t count_words(const pv_yaml_node *node)
{
	size_t words = 0;
	int is_inside = 0;

	for (size_t i = 0; i < node->len; i++) {
		int is_blank = strchr(" \t\n", node->text[i]) != NULL;

		words += !is_blank && !is_inside;
		is_inside = !is_blank;
	}
	return words;
}

static int is_prose(const pv_part *part)
{
	const pv_yaml_node *node = part->node;

	return node->kind == PV_YAML_SCALAR && node->type == PV_YAML_STRING &&
	       (memchr(node->text, '\n', node->len) ||
		count_words(node) >= PROSE_WORDS);
}

static int merge_prose(pv_merge_job *job, struct leaf *leaf)
{
	const pv_yaml_node *ours = leaf->entry->sides[PV_OURS]->node;
	const pv_yaml_node *theirs = leaf->entry->sides[PV_THEIRS]->node;

	for (size_t i = 0; i < PV_SIDES; i++)
		if (!leaf->entry->sides[i] || !is_prose(leaf->entry->sides[i]))
			return PV_GIVE_UP;
	if (ours->style == PV_YAML_LITERAL)
		return put_text(job, leaf);
	if (is_flow(ours) && ours->style == theirs->style)
		return put_flow(job, leaf);
	return PV_GIVE_UP;
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

/* A version or date that both have raised: the higher stands, and is noted. */
static int put_risen(pv_merge_job *job, const struct leaf *leaf)
{
	const pv_yaml_node *key = leaf->entry->sides[PV_OURS]->node->key;
	pv_str sides[PV_SIDES];
	enum pv_side side;
	pv_str name;
	int rc;

	if (!key)
		return PV_GIVE_UP;
	name.ptr = key->text;
	name.len = key->len;
	for (size_t i = 0; i < PV_SIDES; i++)
		sides[i] = scalar_text(leaf->entry->sides[i]);
	side = pv_rise_is_key(name) ? pv_rise_pick(sides) : PV_BASE;
	if (side == PV_BASE)
		return PV_GIVE_UP;
	rc = pv_job_note(job, leaf->entry->sides[side]->tree,
			 leaf->entry->sides[PV_OURS + PV_THEIRS - side]->tree);
	return rc == PV_OK ? put_side(job, leaf, side) : rc;
}

static enum pv_side pick_data(const pv_entry *entry)
{
	const pv_part *base = entry->sides[PV_BASE];
	const pv_tree *ours = entry->sides[PV_OURS]->tree;
	const pv_tree *theirs = entry->sides[PV_THEIRS]->tree;

	if (pv_tree_cmp(ours, theirs) == 0)
		return PV_OURS;
	if (base && pv_tree_cmp(base->tree, ours) == 0)
		return PV_THEIRS;
	if (base && pv_tree_cmp(base->tree, theirs) == 0)
		return PV_OURS;
	return PV_BASE;
}

int pv_job_scalar(pv_merge_job *job, const pv_entry *entry, size_t column)
{
	struct leaf leaf = { .entry = entry, .column = column };
	pv_str sources[PV_SIDES] = { { NULL, 0 }, { NULL, 0 }, { NULL, 0 } };
	enum pv_side side;
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		const pv_part *part = entry->sides[i];

		if (part && part->count > 0)
			return PV_GIVE_UP;
		if (part)
			sources[i] = source_of(job, part, column);
	}
	side = pv_job_pick(sources);
	if (side == PV_BASE)
		side = pick_data(entry);
	if (side != PV_BASE)
		return put_side(job, &leaf, side);
	rc = put_risen(job, &leaf);
	return rc == PV_GIVE_UP ? merge_prose(job, &leaf) : rc;
}
