/* SPDX-License-Identifier: MIT
 *
 * Texts in quotes or plain, merged: the words come together as texts and the
 * bytes as they are spelled on the side each comes from.
 */
#include <string.h>

#include "merge/leaf.h"
#include "merge/spell.h"
#include "yaml/write.h"

int pv_leaf_is_inline(const pv_yaml_node *node)
{
	return node->style == PV_YAML_PLAIN ||
	       node->style == PV_YAML_SINGLE_QUOTED ||
	       node->style == PV_YAML_DOUBLE_QUOTED;
}

static int read_spelling(pv_spelling *out, pv_merge_job *job,
			 const pv_leaf *leaf, enum pv_side side)
{
	const pv_part *part = leaf->entry->sides[side];
	const pv_yaml_node *node = part->node;
	pv_str raw = pv_leaf_source(job, part, leaf->column);
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

/*
 * Takes an escaped line break off the end: it would take the blanks away that
 * come next.
 */
static void drop_joint(pv_buf *out)
{
	size_t end = out->len;
	size_t slashes = 0;

	while (end > 0 && (out->ptr[end - 1] == ' ' || out->ptr[end - 1] == '\t'))
		end--;
	if (end < 2 || out->ptr[end - 1] != '\n')
		return;
	end--;
	while (slashes < end && out->ptr[end - slashes - 1] == '\\')
		slashes++;
	if (slashes % 2 == 1)
		pv_buf_truncate(out, end - 1);
}

static int is_spelled_right(pv_merge_job *job, pv_str raw, pv_str text,
			    enum pv_yaml_style style)
{
	pv_spelling check;

	if (pv_spelling_read(&check, job->arena, raw, style, job->err) < 0)
		job->chunks.status = PV_ENOMEM;
	return check.text.ptr && pv_str_eq(check.text, text);
}

/* A text as it is written in a style, without the quotes. */
static pv_str spell(pv_merge_job *job, pv_str text, enum pv_yaml_style style)
{
	pv_buf out = { 0 };
	pv_str spelled;

	if (style == PV_YAML_PLAIN)
		return text;
	pv_yaml_write_string(&out, text, style);
	spelled = pv_job_keep(job, &out);
	if (spelled.len >= 2) {
		spelled.ptr++;
		spelled.len -= 2;
	}
	return spelled;
}

static enum pv_yaml_style style_of(const pv_leaf *leaf, enum pv_side side)
{
	return leaf->entry->sides[side]->node->style;
}

/* The text of the pieces from `*at` on that are one on their side. */
static pv_str take_run(const pv_pieces *pieces, size_t *at)
{
	const pv_piece *piece = &pieces->items[*at];
	pv_str text = piece->text;

	while (++*at < pieces->count && piece[1].side == piece->side &&
	       piece[1].text.ptr == piece->text.ptr + piece->text.len) {
		piece++;
		text.len += piece->text.len;
	}
	return text;
}

/* Puts the pieces together in `raw`, spelled, and in `text`. */
static void join(pv_merge_job *job, const pv_leaf *leaf,
		 const pv_spelling spellings[PV_SIDES], const pv_pieces *pieces,
		 pv_buf *raw, pv_buf *text)
{
	enum pv_yaml_style style = style_of(leaf, leaf->frame);

	for (size_t i = 0; i < pieces->count;) {
		enum pv_side side = pieces->items[i].side;
		pv_str part = take_run(pieces, &i);
		pv_str slice;

		pv_buf_put(text, part.ptr, part.len);
		if (style_of(leaf, side) == style)
			slice = pv_spelling_slice(&spellings[side], part);
		else
			slice = spell(job, part, style);
		if (style == PV_YAML_DOUBLE_QUOTED && slice.len > 0 &&
		    strchr(" \t\n", slice.ptr[0]))
			drop_joint(raw);
		put_folded(raw, slice, leaf->column + 2);
	}
}

/* In quotes is anything that reads back; plain it may become something else. */
static int can_be_plain(const pv_leaf *leaf, pv_str text, enum pv_yaml_style style)
{
	return style != PV_YAML_PLAIN ||
	       pv_yaml_pick_style(text, style,
				  leaf->is_flow ? PV_YAML_IN_FLOW
						: PV_YAML_IN_BLOCK) == style;
}

static int put_spelled(pv_merge_job *job, const pv_leaf *leaf,
		       const pv_spelling spellings[PV_SIDES],
		       const pv_pieces *pieces)
{
	enum pv_yaml_style style = style_of(leaf, leaf->frame);
	const char *quote = style == PV_YAML_PLAIN           ? ""
			    : style == PV_YAML_SINGLE_QUOTED ? "'"
							     : "\"";
	pv_buf raw = { 0 };
	pv_buf text = { 0 };
	pv_str parts[3] = { pv_str_of(quote), { NULL, 0 }, pv_str_of(quote) };
	pv_str whole;

	join(job, leaf, spellings, pieces, &raw, &text);
	parts[1] = pv_job_keep(job, &raw);
	whole = pv_job_keep(job, &text);
	for (size_t i = PV_OURS; i <= PV_THEIRS; i++)
		if (pv_str_eq(whole, spellings[i].text))
			return pv_leaf_put_side(job, leaf, (enum pv_side)i);
	if (!is_spelled_right(job, parts[1], whole, style) ||
	    !can_be_plain(leaf, whole, style))
		return PV_GIVE_UP;
	pv_job_put(job, pv_job_join(job, parts, 3));
	return pv_leaf_put_rest(job, leaf, 0);
}

/* What one side has added or kept comes as it is spelled there. */
int pv_leaf_inline(pv_merge_job *job, const pv_leaf *leaf)
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
