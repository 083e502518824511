/* SPDX-License-Identifier: MIT
 *
 * Texts in literal and folded blocks, merged by lines and words. A literal
 * block is merged as the text it stands for; a folded one as it is written,
 * where a line break counts as a blank.
 */
#include <string.h>

#include "base/fail.h"
#include "merge/leaf.h"
#include "yaml/marks.h"
#include "yaml/write.h"

static void put_lines(pv_buf *out, pv_str text, size_t column)
{
	while (text.len > 0) {
		pv_str line = pv_leaf_first_line(text);

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

static int put_pieces(pv_merge_job *job, const pv_pieces *pieces, size_t column)
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
static int pick_breaks(size_t *out, const pv_leaf *leaf)
{
	size_t base = leaf->breaks[PV_BASE];
	size_t ours = leaf->breaks[PV_OURS];
	size_t theirs = leaf->breaks[PV_THEIRS];

	*out = ours == base ? theirs : ours;
	return ours == theirs || ours == base || theirs == base;
}

/* A folded block's header can only be that of a side. */
static int put_folded_header(pv_merge_job *job, const pv_leaf *leaf,
			     size_t breaks, pv_str text)
{
	enum pv_side side = leaf->breaks[leaf->frame] == breaks
				    ? leaf->frame
				    : PV_OURS + PV_THEIRS - leaf->frame;
	const pv_part *part = leaf->entry->sides[side];
	pv_str header =
		pv_leaf_first_line(pv_part_slice(part, part->value, part->end));

	if (leaf->breaks[side] != breaks || part->node->style != PV_YAML_FOLDED ||
	    text.len == 0 || strchr(" \t\n", text.ptr[0]))
		return PV_GIVE_UP;
	for (size_t i = 0; i < header.len && header.ptr[i] != ' '; i++)
		if (header.ptr[i] >= '0' && header.ptr[i] <= '9')
			return PV_GIVE_UP;
	return pv_leaf_put_header(job, leaf, header);
}

/* The header with its line break. */
static int put_header(pv_merge_job *job, const pv_leaf *leaf, size_t breaks,
		      pv_str text)
{
	const pv_part *part = leaf->entry->sides[leaf->frame];
	pv_buf header = { 0 };

	if (part->node->style == PV_YAML_FOLDED)
		return put_folded_header(job, leaf, breaks, text);
	if (pv_yaml_pick_style(text, PV_YAML_LITERAL, PV_YAML_IN_BLOCK) !=
	    PV_YAML_LITERAL)
		return PV_GIVE_UP;
	if (breaks == leaf->breaks[leaf->frame] && !pv_yaml_needs_indicator(text))
		return pv_leaf_put_header(job, leaf,
					  pv_leaf_first_line(
						  pv_part_slice(part, part->value,
								part->end)));
	pv_yaml_write_header(&header, text, PV_YAML_LITERAL, 2);
	return pv_leaf_put_header(job, leaf, pv_job_keep(job, &header));
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

/* Where the lines of a block stand on its side. */
static size_t own_column(const pv_part *part)
{
	const pv_yaml_node *node = part->node;
	pv_str text = { node->text, node->len };

	return pv_yaml_block_indent(part->source->text.ptr, node->start,
				    node->end, text);
}

/* Where they stand in the result. */
static size_t block_column(const pv_leaf *leaf)
{
	const pv_part *part = leaf->entry->sides[leaf->frame];
	size_t column = own_column(part);

	if (column == SIZE_MAX || column < part->column)
		return leaf->column + 2;
	return column + leaf->column - part->column;
}

/* --- what is merged ------------------------------------------------------ */

/* Takes the line breaks off the end, all but one. */
static int trim_breaks(pv_leaf *leaf, pv_merge_job *job, enum pv_side side)
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

/* The lines of a folded block as they are wrapped, without indentation. */
static int take_lines(pv_leaf *leaf, pv_merge_job *job, enum pv_side side)
{
	const pv_part *part = leaf->entry->sides[side];
	pv_str raw = pv_part_slice(part, part->value, part->node->end);
	pv_str header = pv_leaf_first_line(raw);
	size_t column = own_column(part);
	pv_str parts[2] = { { NULL, 0 }, { "\n", 1 } };

	if (column == SIZE_MAX)
		return PV_GIVE_UP;
	raw.ptr += header.len;
	raw.len -= header.len;
	while (raw.len > 0 && strchr(" \n", raw.ptr[raw.len - 1]))
		raw.len--;
	parts[0] = pv_job_indent(job, raw, column, 0, 0);
	leaf->texts[side] = pv_job_join(job, parts, 2);
	return PV_OK;
}

/*
 * The text of a side that goes into a folded block. Another style is as one
 * wrapped line, which cannot be where it has lines of its own.
 */
static int take_folded(pv_leaf *leaf, pv_merge_job *job, enum pv_side side)
{
	pv_str text = leaf->texts[side];

	if (leaf->entry->sides[side]->node->style == PV_YAML_FOLDED)
		return take_lines(leaf, job, side);
	return text.len > 0 && memchr(text.ptr, '\n', text.len - 1) ? PV_GIVE_UP
								    : PV_OK;
}

/* Lines that are indented further keep their breaks in a folded block. */
static int has_inner_indent(const pv_leaf *leaf)
{
	for (size_t i = 0; i < PV_SIDES; i++) {
		pv_str text = leaf->texts[i];

		for (size_t at = 1; at < text.len; at++)
			if (text.ptr[at - 1] == '\n' &&
			    strchr(" \t", text.ptr[at]))
				return 1;
	}
	return 0;
}

static int put_block(pv_merge_job *job, const pv_leaf *leaf,
		     const pv_pieces *pieces)
{
	size_t breaks = 0;
	int rc;

	if (!pick_breaks(&breaks, leaf))
		return PV_GIVE_UP;
	rc = put_header(job, leaf, breaks, settled(job, pieces, breaks));
	if (rc == PV_OK)
		rc = put_pieces(job, pieces, block_column(leaf));
	for (size_t i = 1; i < breaks && rc == PV_OK; i++)
		pv_job_put(job, pv_str_of("\n"));
	return rc == PV_OK ? pv_leaf_put_rest(job, leaf, 1) : rc;
}

static int add_field(pv_merge_job *job, const pv_leaf *leaf)
{
	const pv_tree *trees[PV_SIDES];

	for (size_t i = 0; i < PV_SIDES; i++)
		trees[i] = leaf->entry->sides[i]->tree;
	return pv_job_field(job, trees);
}

int pv_leaf_block(pv_merge_job *job, pv_leaf *leaf)
{
	int is_folded =
		leaf->entry->sides[leaf->frame]->node->style == PV_YAML_FOLDED;
	enum pv_text_mode mode =
		job->width < PV_WIDTH_PARTS ? PV_TEXT_WORDS : PV_TEXT_PARTS;
	pv_pieces pieces = { 0 };
	int rc = PV_OK;

	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		rc = trim_breaks(leaf, job, (enum pv_side)i);
		if (rc == PV_OK && is_folded)
			rc = take_folded(leaf, job, (enum pv_side)i);
	}
	if (is_folded && has_inner_indent(leaf))
		mode = PV_TEXT_LINES;
	if (rc == PV_OK)
		rc = pv_text_merge(&pieces, job->arena, leaf->texts, mode,
				   job->err);
	if (rc == PV_OK && pieces.conflicts > 0)
		rc = add_field(job, leaf);
	if (rc == PV_OK)
		rc = put_block(job, leaf, &pieces);
	pv_pieces_dispose(&pieces);
	return rc;
}
