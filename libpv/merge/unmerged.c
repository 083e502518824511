/* SPDX-License-Identifier: MIT
 *
 * Conflicts in a file, found again: the merge is made once more, and what it
 * marks is looked for in the file.
 */
#include "merge/unmerged.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	DEFAULT_MARKER = 7
};

/* --- which is which ------------------------------------------------------ */

const pv_chunk *pv_unmerged_chunk(const pv_unmerged *file, const pv_block *block)
{
	return block->match == PV_NO_BLOCK ? NULL : file->conflicts[block->match];
}

const pv_merge_conflict *pv_unmerged_field(const pv_unmerged *file,
					   const pv_block *block)
{
	const pv_chunk *chunk = pv_unmerged_chunk(file, block);

	return chunk ? &file->merge->fields[chunk->field] : NULL;
}

/* Whether the blocks of the merge are its conflicts, one by one. */
static int is_faithful(const pv_unmerged *file)
{
	return file->marked.count == pv_chunks_conflicts(&file->merge->chunks);
}

static int list_conflicts(pv_unmerged *file, pv_error *err)
{
	const pv_chunks *chunks = &file->merge->chunks;
	size_t count = 0;

	file->conflicts =
		pv_arena_alloc(&file->arena, (pv_chunks_conflicts(chunks) + 1) *
						     sizeof(void *));
	if (!file->conflicts)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < chunks->count; i++)
		if (chunks->items[i].is_conflict)
			file->conflicts[count++] = &chunks->items[i];
	return PV_OK;
}

/* Which fields have a block left; NULL when there is no memory. */
static unsigned char *find_left(pv_unmerged *file, const pv_blocks *blocks)
{
	unsigned char *is_left =
		pv_arena_calloc(&file->arena, file->merge->field_count + 1);

	for (size_t i = 0; is_left && i < blocks->count; i++) {
		const pv_chunk *chunk =
			pv_unmerged_chunk(file, &blocks->items[i]);

		if (chunk)
			is_left[chunk->field] = 1;
	}
	return is_left;
}

int pv_unmerged_put(pv_unmerged *file, pv_str plain, pv_error *err)
{
	pv_blocks blocks = { 0 };
	pv_buf text = { 0 };
	unsigned char *is_left = NULL;
	int rc = pv_blocks_scan(&blocks, plain, file->marker_size, err);

	if (rc == PV_OK && is_faithful(file))
		rc = pv_blocks_match(&blocks, plain, &file->marked,
				     file->origin, err);
	pv_form_put(&text, &file->form, plain);
	if (rc == PV_OK)
		rc = pv_buf_status(&text, err);
	if (rc == PV_OK) {
		is_left = find_left(file, &blocks);
		rc = is_left ? PV_OK : pv_fail_nomem(err);
	}
	if (rc < 0) {
		pv_blocks_dispose(&blocks);
		pv_buf_dispose(&text);
		return rc;
	}
	pv_blocks_dispose(&file->blocks);
	pv_buf_dispose(&file->text);
	file->plain = plain;
	file->blocks = blocks;
	file->is_left = is_left;
	file->text = text;
	return PV_OK;
}

/* --- the merge once more ------------------------------------------------- */

static size_t count_matches(const pv_unmerged *file)
{
	size_t count = 0;

	for (size_t i = 0; i < file->blocks.count; i++)
		count += file->blocks.items[i].match != PV_NO_BLOCK;
	return count;
}

static int take_form(pv_str *out, pv_unmerged *file, pv_merge *merge,
		     pv_error *err)
{
	pv_form form;
	pv_str text = { pv_buf_text(&merge->text), merge->text.len };

	return pv_form_take(&form, out, &file->arena, text, err);
}

/* Looks for the conflicts as they are written in a style. */
static int match_style(pv_unmerged *file, const pv_merge_input *input,
		       enum pv_merge_style style, pv_error *err)
{
	pv_merge_input styled = *input;
	int rc;

	styled.style = style;
	pv_merge_free(file->merge);
	file->merge = NULL;
	pv_blocks_dispose(&file->marked);
	rc = pv_merge_new(&file->merge, &styled, err);
	if (rc == PV_OK)
		rc = list_conflicts(file, err);
	if (rc == PV_OK)
		rc = take_form(&file->origin, file, file->merge, err);
	if (rc == PV_OK)
		rc = pv_blocks_scan(&file->marked, file->origin,
				    file->marker_size, err);
	return rc == PV_OK ? pv_unmerged_put(file, file->plain, err) : rc;
}

/* The style the file seems to be written in. */
static enum pv_merge_style guess_style(const pv_blocks *blocks)
{
	for (size_t i = 0; i < blocks->count; i++)
		if (blocks->items[i].sides[PV_BASE].ptr)
			return PV_MERGE_STYLE_ZDIFF3;
	return PV_MERGE_STYLE_MERGE;
}

/* Whether the file is what a merge by lines left. */
static int is_line_merge(int *out, pv_unmerged *file, const pv_merge_input *input,
			 enum pv_merge_style style, pv_error *err)
{
	pv_merge_input lines = *input;
	pv_merge *merge = NULL;
	pv_str plain;
	int rc;

	*out = 0;
	lines.lines_only = 1;
	lines.style = style;
	rc = pv_merge_new(&merge, &lines, err);
	if (rc == PV_OK)
		rc = take_form(&plain, file, merge, err);
	if (rc == PV_OK)
		*out = pv_blocks_same_text(plain, file->plain, file->marker_size);
	pv_merge_free(merge);
	return rc;
}

static int find_conflicts(pv_unmerged *file, const pv_merge_input *input,
			  pv_error *err)
{
	enum pv_merge_style style = guess_style(&file->blocks);
	int is_untouched = 0;
	int rc = match_style(file, input, style, err);

	if (rc == PV_OK && style == PV_MERGE_STYLE_ZDIFF3 &&
	    count_matches(file) < file->marked.count) {
		style = PV_MERGE_STYLE_DIFF3;
		rc = match_style(file, input, style, err);
	}
	if (rc < 0 || count_matches(file) > 0 ||
	    file->merge->rung != PV_MERGE_BY_FIELDS)
		return rc;
	rc = is_line_merge(&is_untouched, file, input, style, err);
	if (rc == PV_OK && is_untouched)
		rc = pv_unmerged_put(file, file->origin, err);
	return rc;
}

static int start(pv_unmerged *file, const pv_merge_input *input, pv_str text,
		 pv_error *err)
{
	pv_merge_texts texts;
	int rc = pv_ladder_look(&texts, &file->arena, input, err);

	file->kind = texts.kind;
	file->marker_size =
		input->marker_size ? input->marker_size : DEFAULT_MARKER;
	if (rc == PV_OK)
		rc = pv_form_take(&file->form, &file->plain, &file->arena, text,
				  err);
	if (rc == PV_OK)
		rc = pv_blocks_scan(&file->blocks, file->plain,
				    file->marker_size, err);
	return rc == PV_OK ? find_conflicts(file, input, err) : rc;
}

int pv_unmerged_new(pv_unmerged **out, const pv_merge_input *input,
		    const char *text, size_t len, pv_error *err)
{
	pv_unmerged *file;
	pv_str copy = { NULL, len };
	int rc;

	*out = NULL;
	file = pv_calloc(1, sizeof(*file));
	if (!file)
		return pv_fail_nomem(err);
	copy.ptr = pv_arena_dup(&file->arena, text, len);
	rc = copy.ptr ? start(file, input, copy, err) : pv_fail_nomem(err);
	if (rc < 0) {
		pv_unmerged_free(file);
		return rc;
	}
	*out = file;
	return PV_OK;
}

void pv_unmerged_free(pv_unmerged *file)
{
	if (!file)
		return;
	pv_merge_free(file->merge);
	pv_blocks_dispose(&file->marked);
	pv_blocks_dispose(&file->blocks);
	pv_buf_dispose(&file->text);
	pv_arena_dispose(&file->arena);
	pv_free(file);
}

/* --- looking ------------------------------------------------------------- */

const char *pv_unmerged_text(const pv_unmerged *file, size_t *len_out)
{
	if (len_out)
		*len_out = file->text.len;
	return pv_buf_text(&file->text);
}

size_t pv_unmerged_markers(const pv_unmerged *file)
{
	return file->blocks.count;
}

size_t pv_unmerged_count(const pv_unmerged *file)
{
	return file->merge->field_count;
}

const pv_merge_conflict *pv_unmerged_at(const pv_unmerged *file, size_t idx)
{
	return idx < file->merge->field_count ? &file->merge->fields[idx] : NULL;
}

int pv_unmerged_is_left(const pv_unmerged *file, size_t idx)
{
	return idx < file->merge->field_count && file->is_left[idx];
}
