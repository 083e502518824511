/* SPDX-License-Identifier: MIT
 *
 * A side taken where git merged by lines and somebody edited the file since. A
 * hunk of git's holds more than what is in conflict, so a side of it as a whole
 * would drop what only the other side changed. What the merge by fields gives
 * in the place of these lines is carried over into the edited file.
 */
#include "merge/settle.h"

#include <string.h>

#include "base/fail.h"

/* The text with one side of all its blocks. */
static void put_side(pv_buf *out, pv_str text, const pv_blocks *blocks,
		     enum pv_side side)
{
	size_t at = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		pv_put(out, pv_slice(text, at, blocks->items[i].from));
		pv_put(out, blocks->items[i].sides[side]);
		at = blocks->items[i].end;
	}
	pv_put(out, pv_slice(text, at, text.len));
}

int pv_settling_is_by_lines(const pv_settling *s)
{
	const pv_blocks *blocks = &s->file->blocks;
	int is_side = s->how->how == PV_SETTLE_OURS ||
		      s->how->how == PV_SETTLE_THEIRS;
	/* There a hunk may have been edited inside. */
	int is_yaml = s->file->kind == PV_KIND_YAML;

	if (!is_side || s->how->field || !s->file->line_merge ||
	    s->file->kind == PV_KIND_TEXT ||
	    s->file->merge->rung != PV_MERGE_BY_FIELDS)
		return 0;
	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->items[i].match == PV_NO_BLOCK &&
		    (blocks->items[i].is_known || is_yaml))
			return 1;
	return 0;
}

static size_t find(pv_str text, size_t at, pv_str part)
{
	for (; at + part.len <= text.len; at = pv_line_end(text, at)) {
		if (!part.len || !memcmp(text.ptr + at, part.ptr, part.len))
			return at;
		if (at == text.len)
			break;
	}
	return SIZE_MAX;
}

/* Whether all lines of the file that are in no block are as they were. */
static int is_kept_apart(const pv_unmerged *file, pv_str text)
{
	const pv_blocks *blocks = &file->blocks;
	size_t old = 0;
	size_t at = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		pv_str part = pv_slice(file->plain, old, blocks->items[i].from);
		size_t found = find(text, at, part);

		if (found == SIZE_MAX || (i == 0 && found != 0))
			return 0;
		at = found + part.len;
		old = blocks->items[i].end;
	}
	return text.len - at >= file->plain.len - old &&
	       !memcmp(text.ptr + text.len - (file->plain.len - old),
		       file->plain.ptr + old, file->plain.len - old);
}

static int refuse(const pv_settling *s)
{
	pv_fail(s->err, PV_ECONFLICT,
		"lines that git put between the markers were changed by one "
		"side only, and the file was edited since");
	return pv_error_hint(s->err, PV_ECONFLICT,
			     "settle it in the file by hand, or make the merge "
			     "of this file again: --remerge");
}

/* From what git's lines give to what was edited, and to what the fields do. */
static int merge(pv_str *out, const pv_settling *s, const pv_buf texts[PV_SIDES])
{
	const pv_unmerged *file = s->file;
	pv_merge_input input = { .path = file->path };
	pv_merge_side *sides[PV_SIDES] = {
		[PV_BASE] = &input.base, [PV_OURS] = &input.ours, [PV_THEIRS] = &input.theirs
	};
	pv_merge *merged = NULL;
	pv_buf next = { 0 };
	int rc;

	for (size_t i = 0; i < PV_SIDES; i++) {
		sides[i]->text = pv_buf_text(&texts[i]);
		sides[i]->len = texts[i].len;
	}
	rc = pv_merge_new(&merged, &input, s->err);
	if (rc < 0)
		return rc;
	pv_buf_put(&next, pv_buf_text(&merged->text), merged->text.len);
	rc = pv_settling_keep(out, s, &next);
	if (rc == PV_OK && (merged->markers || !is_kept_apart(file, *out)))
		rc = refuse(s);
	pv_merge_free(merged);
	return rc;
}

int pv_settling_put_fields(pv_buf *next, const pv_settling *s)
{
	const pv_unmerged *file = s->file;
	enum pv_side side = s->how->how == PV_SETTLE_OURS ? PV_OURS : PV_THEIRS;
	pv_buf texts[PV_SIDES] = { { 0 }, { 0 }, { 0 } };
	pv_str settled = { NULL, 0 };
	int rc = PV_OK;

	put_side(&texts[PV_BASE], file->lines.text, &file->lines.blocks, side);
	put_side(&texts[PV_OURS], file->plain, &file->blocks, side);
	put_side(&texts[PV_THEIRS], file->origin.text, &file->origin.blocks,
		 side);
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++)
		rc = pv_buf_status(&texts[i], s->err);
	if (rc == PV_OK)
		rc = merge(&settled, s, texts);
	if (rc == PV_OK)
		pv_put(next, settled);
	for (size_t i = 0; i < PV_SIDES; i++)
		pv_buf_dispose(&texts[i]);
	return rc;
}
