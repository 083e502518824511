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
	DEFAULT_MARKER = 7,
	MAX_MARKER = 1000
};

/* --- which is which ------------------------------------------------------ */

const pv_chunk *pv_unmerged_chunk(const pv_unmerged *file, const pv_block *block)
{
	return block->match == PV_NO_BLOCK ? NULL : file->conflicts[block->match];
}

const pv_within *pv_unmerged_within(const pv_unmerged *file, size_t idx)
{
	const pv_within *within = &file->within[idx];

	return within->chunk ? within : NULL;
}

/* The fields a conflict has are one after the other. */
static size_t count_fields(const pv_chunk *chunk)
{
	size_t count = 0;

	for (size_t i = 0; i < chunk->part_count; i++)
		count += chunk->parts[i].is_conflict != 0;
	return count > 0 ? count : 1;
}

size_t pv_unmerged_find(const pv_unmerged *file, size_t idx, const char *path)
{
	const pv_within *within = pv_unmerged_within(file, idx);
	const pv_chunk *chunk = pv_unmerged_chunk(file, &file->blocks.items[idx]);
	size_t count = chunk ? count_fields(chunk) : 0;

	for (size_t i = 0; i < count; i++) {
		size_t field = chunk->field + i;

		if (within && !pv_within_has(within, field))
			continue;
		if (!path || !strcmp(file->merge->fields[field].path, path))
			return field;
	}
	return SIZE_MAX;
}

/* Whether the blocks of the merge are its conflicts, one by one. */
static int is_faithful(const pv_unmerged *file)
{
	return file->origin.blocks.count ==
	       pv_chunks_conflicts(&file->merge->chunks);
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

static int read_one(int *ok_out, pv_within *out, pv_unmerged *file,
		    const pv_chunk *chunk, const pv_block *block, pv_error *err)
{
	out->chunk = chunk;
	out->edges = pv_chunk_trim(chunk, file->style);
	return pv_within_read(ok_out, out, &file->arena, block, err);
}

/* What has become of conflicts with parts. */
static int read_within(pv_within **out, pv_unmerged *file,
		       const pv_blocks *blocks, pv_error *err)
{
	int rc = PV_OK;

	*out = pv_arena_calloc(&file->arena, (blocks->count + 1) * sizeof(**out));
	if (!*out)
		return pv_fail_nomem(err);
	for (size_t i = 0; i < blocks->count && rc == PV_OK; i++) {
		const pv_block *block = &blocks->items[i];
		const pv_chunk *chunk = pv_unmerged_chunk(file, block);
		pv_within *within = &(*out)[i];
		int ok = 0;

		if (chunk && chunk->parts)
			rc = read_one(&ok, within, file, chunk, block, err);
		if (!ok)
			within->chunk = NULL;
	}
	return rc;
}

/* Which fields have a block left; NULL when there is no memory. */
static unsigned char *find_left(pv_unmerged *file, const pv_blocks *blocks,
				const pv_within *within)
{
	unsigned char *is_left =
		pv_arena_calloc(&file->arena, file->merge->field_count + 1);

	for (size_t i = 0; is_left && i < blocks->count; i++) {
		const pv_chunk *chunk =
			pv_unmerged_chunk(file, &blocks->items[i]);
		size_t count = chunk ? count_fields(chunk) : 0;

		for (size_t j = 0; j < count; j++)
			is_left[chunk->field + j] |=
				!within[i].chunk ||
				pv_within_has(&within[i], chunk->field + j);
	}
	return is_left;
}

int pv_unmerged_scan(pv_blocks *out, const pv_unmerged *file, pv_str plain,
		     pv_error *err)
{
	const pv_block_hints hints = {
		{ &file->origin.blocks, &file->lines.blocks }, file->sides
	};

	return pv_blocks_scan(out, plain, &hints, file->marker_size, err);
}

int pv_unmerged_take(pv_unmerged *file, pv_str plain, pv_blocks *blocks,
		     pv_error *err)
{
	pv_buf text = { 0 };
	pv_within *within = NULL;
	unsigned char *is_left = NULL;
	int rc = read_within(&within, file, blocks, err);

	if (rc == PV_OK) {
		is_left = find_left(file, blocks, within);
		pv_form_put(&text, &file->form, plain);
		rc = is_left ? pv_buf_status(&text, err) : pv_fail_nomem(err);
	}
	if (rc < 0) {
		pv_blocks_dispose(blocks);
		pv_buf_dispose(&text);
		return rc;
	}
	pv_blocks_dispose(&file->blocks);
	pv_buf_dispose(&file->text);
	file->plain = plain;
	file->blocks = *blocks;
	file->within = within;
	file->is_left = is_left;
	file->text = text;
	memset(blocks, 0, sizeof(*blocks));
	return PV_OK;
}

/* The first conflict from `*next` to `end` that a block may have become. */
static int match_within(pv_block *block, size_t *next, size_t end,
			pv_unmerged *file, pv_error *err)
{
	int rc = PV_OK;
	int ok = 0;

	for (size_t i = *next; i < end && rc == PV_OK && !ok; i++) {
		pv_within within;

		if (!file->conflicts[i]->parts)
			continue;
		rc = read_one(&ok, &within, file, file->conflicts[i], block, err);
		if (!ok)
			continue;
		block->match = i;
		block->is_known = 1;
		*next = i + 1;
	}
	return rc;
}

/* Blocks in which some fields are settled, between those that are whole. */
static int match_settled(pv_blocks *blocks, pv_unmerged *file, pv_error *err)
{
	size_t next = 0;
	int rc = PV_OK;

	for (size_t i = 0; i < blocks->count && rc == PV_OK; i++) {
		size_t end = file->origin.blocks.count;

		if (blocks->items[i].match != PV_NO_BLOCK) {
			next = blocks->items[i].match + 1;
			continue;
		}
		for (size_t j = i + 1; j < blocks->count; j++) {
			end = blocks->items[j].match;
			if (end != PV_NO_BLOCK)
				break;
			end = file->origin.blocks.count;
		}
		rc = match_within(&blocks->items[i], &next, end, file, err);
	}
	return rc;
}

/* What stands as the merge wrote it needs no search. */
static int find_blocks(pv_blocks *out, pv_unmerged *file, pv_str plain,
		       pv_error *err)
{
	int is_found = 0;
	int rc = pv_blocks_locate(&is_found, out, plain, &file->origin,
				  file->marker_size, err);

	if (rc == PV_OK && is_found && is_faithful(file))
		return PV_OK;
	pv_blocks_dispose(out);
	if (rc == PV_OK)
		rc = pv_unmerged_scan(out, file, plain, err);
	if (rc == PV_OK && is_faithful(file))
		rc = pv_blocks_match(out, plain, &file->origin,
				     file->marker_size, err);
	if (rc == PV_OK && is_faithful(file))
		rc = match_settled(out, file, err);
	return rc;
}

int pv_unmerged_put(pv_unmerged *file, pv_str plain, pv_error *err)
{
	pv_blocks blocks = { 0 };
	int rc = find_blocks(&blocks, file, plain, err);

	if (rc == PV_OK)
		return pv_unmerged_take(file, plain, &blocks, err);
	pv_blocks_dispose(&blocks);
	return rc;
}

/* --- the merge once more ------------------------------------------------- */

/* Blocks of which it is known who wrote them, or also which they are. */
static size_t count_known(const pv_unmerged *file)
{
	size_t count = 0;

	for (size_t i = 0; i < file->blocks.count; i++)
		count += file->blocks.items[i].is_known;
	return count;
}

static size_t count_matches(const pv_unmerged *file)
{
	size_t count = 0;

	for (size_t i = 0; i < file->blocks.count; i++)
		count += file->blocks.items[i].match != PV_NO_BLOCK;
	return count;
}

/* The text of a merge, whose markers no line of the sides can be taken for. */
static int read_marked(pv_marked *out, pv_unmerged *file, const pv_merge *merge,
		       pv_error *err)
{
	pv_form form;
	pv_str text = { pv_buf_text(&merge->text), merge->text.len };
	int rc = pv_form_take(&form, &text, &file->arena, text, err);

	pv_blocks_dispose(&out->blocks);
	if (rc == PV_OK)
		rc = pv_marked_read(out, &file->arena, text, file->free_size,
				    file->marker_size, err);
	return rc;
}

/* Looks for the conflicts as they are written in a style. */
static int match_style(pv_unmerged *file, const pv_merge_input *input,
		       pv_error *err)
{
	int rc;

	pv_merge_free(file->merge);
	pv_merge_free(file->line_merge);
	file->merge = NULL;
	file->line_merge = NULL;
	file->style = input->style;
	pv_blocks_dispose(&file->lines.blocks);
	rc = pv_merge_new(&file->merge, input, err);
	if (rc == PV_OK)
		rc = list_conflicts(file, err);
	if (rc == PV_OK)
		rc = read_marked(&file->origin, file, file->merge, err);
	return rc == PV_OK ? pv_unmerged_put(file, file->plain, err) : rc;
}

/* Looks for conflicts of a merge by lines; one nobody touched is merged anew. */
static int match_lines(pv_unmerged *file, const pv_merge_input *input,
		       pv_error *err)
{
	pv_merge_input lines = *input;
	pv_blocks blocks = { 0 };
	int is_untouched = 0;
	int rc;

	lines.lines_only = 1;
	rc = pv_merge_new(&file->line_merge, &lines, err);
	if (rc == PV_OK)
		rc = read_marked(&file->lines, file, file->line_merge, err);
	if (rc == PV_OK)
		rc = pv_blocks_locate(&is_untouched, &blocks, file->plain,
				      &file->lines, file->marker_size, err);
	pv_blocks_dispose(&blocks);
	if (rc < 0)
		return rc;
	/*
	 * Lines that came together cleanly are what a settled file may be, and
	 * so are those around conflicts that the merge by fields has as well.
	 */
	is_untouched &= count_matches(file) < file->lines.blocks.count;
	file->is_anew |= is_untouched;
	return pv_unmerged_put(file,
			       is_untouched ? file->origin.text : file->plain,
			       err);
}

/* The style that was asked for, then what the file seems to be written in. */
static void order_styles(enum pv_merge_style styles[3],
			 enum pv_merge_style asked, const pv_blocks *blocks)
{
	static const enum pv_merge_style orders[2][3] = {
		{ PV_MERGE_STYLE_MERGE, PV_MERGE_STYLE_DIFF3,
		  PV_MERGE_STYLE_ZDIFF3 },
		{ PV_MERGE_STYLE_ZDIFF3, PV_MERGE_STYLE_DIFF3,
		  PV_MERGE_STYLE_MERGE },
	};
	int has_base = 0;
	size_t count = 1;

	for (size_t i = 0; i < blocks->count; i++)
		has_base |= blocks->items[i].sides[PV_BASE].ptr != NULL;
	styles[0] = asked;
	for (size_t i = 0; i < 3; i++)
		if (orders[has_base][i] != asked && count < 3)
			styles[count++] = orders[has_base][i];
}

/* Whether there are lines between the blocks that begin or end like one. */
static int may_have_others(const pv_unmerged *file)
{
	size_t at = 0;
	int has = 0;

	for (size_t i = 0; i <= file->blocks.count && !has; i++) {
		const pv_block *block =
			i < file->blocks.count ? &file->blocks.items[i] : NULL;
		pv_str part = { file->plain.ptr + at,
				(block ? block->from : file->plain.len) - at };

		has = pv_text_has_marker(part, '<', file->marker_size) ||
		      pv_text_has_marker(part, '>', file->marker_size);
		at = block ? block->end : at;
	}
	return has;
}

/* Whether it is known who wrote all that looks like a block. */
static int is_clear(const pv_unmerged *file)
{
	return count_known(file) == file->blocks.count && !may_have_others(file);
}

static int try_style(pv_unmerged *file, const pv_merge_input *input,
		     enum pv_merge_style style, pv_error *err)
{
	pv_merge_input styled = *input;
	int rc;

	styled.style = style;
	styled.marker_size = file->free_size;
	rc = match_style(file, &styled, err);
	if (rc == PV_OK && file->merge->rung == PV_MERGE_BY_FIELDS &&
	    (file->blocks.count == 0 || !is_clear(file)))
		rc = match_lines(file, &styled, err);
	return rc;
}

/* Whether there are blocks, and it is known who wrote them. */
static int is_known(const pv_unmerged *file)
{
	return file->blocks.count > 0 && count_known(file) == file->blocks.count;
}

static size_t known_bytes(const pv_unmerged *file)
{
	size_t count = 0;

	for (size_t i = 0; i < file->blocks.count; i++)
		if (file->blocks.items[i].is_known)
			count += file->blocks.items[i].end -
				 file->blocks.items[i].from;
	return count;
}

/* In the style in which most of the text is known to be in conflict. */
static int find_conflicts(pv_unmerged *file, const pv_merge_input *input,
			  pv_error *err)
{
	enum pv_merge_style styles[3];
	size_t known[3] = { 0, 0, 0 };
	size_t best = 0;
	int rc;

	order_styles(styles, input->style, &file->blocks);
	for (size_t i = 0; i < 3; i++) {
		rc = try_style(file, input, styles[i], err);
		known[i] = known_bytes(file);
		if (rc < 0 || is_clear(file) || (i == 0 && is_known(file)))
			return rc;
		if (known[i] > known[best])
			best = i;
	}
	return try_style(file, input, styles[best], err);
}

static int start(pv_unmerged *file, const pv_merge_input *input, pv_str text,
		 pv_error *err)
{
	const pv_block_hints hints = { { NULL, NULL }, file->sides };
	pv_merge_texts texts;
	int rc = pv_ladder_look(&texts, &file->arena, input, err);

	if (rc < 0)
		return rc;
	file->kind = texts.kind;
	if (input->path) {
		file->path = pv_arena_dup(&file->arena, input->path,
					  strlen(input->path) + 1);
		if (!file->path)
			return pv_fail_nomem(err);
	}
	memcpy(file->sides, texts.plain, sizeof(file->sides));
	file->marker_size =
		input->marker_size ? input->marker_size : DEFAULT_MARKER;
	file->free_size =
		pv_marker_size_free(file->sides, file->marker_size, MAX_MARKER);
	if (file->free_size == 0)
		return pv_fail(err, PV_ELIMIT,
			       "there are lines like markers of all sizes");
	rc = pv_form_take(&file->form, &file->plain, &file->arena, text, err);
	if (rc == PV_OK)
		rc = pv_blocks_scan(&file->blocks, file->plain, &hints,
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
	pv_merge_free(file->line_merge);
	pv_blocks_dispose(&file->origin.blocks);
	pv_blocks_dispose(&file->lines.blocks);
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

int pv_unmerged_is_anew(const pv_unmerged *file)
{
	return file->is_anew;
}

size_t pv_unmerged_unknown(const pv_unmerged *file)
{
	return file->blocks.count - count_matches(file);
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
