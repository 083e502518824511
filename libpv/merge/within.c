/* SPDX-License-Identifier: MIT
 *
 * See within.h. A settled field is one that has the same text on both sides of
 * a block; what that text is tells what is agreed around it.
 */
#include "merge/within.h"

#include <assert.h>
#include <string.h>

#include "base/fail.h"

/* --- whole lines ---------------------------------------------------------- */

/* Where the last line of what is agreed begins; it may lack its end. */
static size_t last_line(pv_str text)
{
	size_t at = text.len;

	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return at;
}

/* Takes the beginning of a line off the end of `out`; it goes to `parts`. */
static void take_start(pv_chunks *parts, pv_chunks *out)
{
	size_t from = out->count;

	while (from > 0 && !out->items[from - 1].is_conflict) {
		pv_str text = out->items[from - 1].text;

		if (last_line(text) == text.len)
			break;
		from--;
		if (last_line(text) > 0)
			break;
	}
	for (size_t i = from; i < out->count; i++) {
		pv_str *text = &out->items[i].text;
		size_t at = i == from ? last_line(*text) : 0;

		pv_chunks_add(parts, (pv_str){ text->ptr + at, text->len - at });
		text->len = at;
	}
	if (from < out->count)
		out->count = out->items[from].text.len > 0 ? from + 1 : from;
}

static pv_str part_text(const pv_chunk *part, enum pv_side side)
{
	return part->is_conflict ? part->sides[side] : part->text;
}

static int keep(pv_str *out, pv_arena *arena, pv_buf *text, pv_error *err)
{
	int rc = pv_buf_status(text, err);

	out->len = text->len;
	if (rc == PV_OK) {
		out->ptr = pv_arena_dup(arena, pv_buf_text(text), text->len);
		rc = out->ptr ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(text);
	return rc;
}

/* The lines that some parts are, as one conflict. */
static int add_lines(pv_chunks *out, const pv_chunks *parts, pv_arena *arena,
		     pv_error *err)
{
	size_t size = parts->count * sizeof(*parts->items);
	pv_chunk *copy = pv_arena_alloc(arena, size + 1);
	pv_chunk lines = { .is_conflict = 1 };
	int rc = copy ? pv_chunks_status(parts, err) : pv_fail_nomem(err);

	if (rc < 0)
		return rc;
	assert(copy);
	memcpy(copy, parts->items, size);
	lines.parts = copy;
	lines.part_count = parts->count;
	for (size_t i = parts->count; i-- > 0;)
		if (copy[i].is_conflict)
			lines.field = copy[i].field;
	for (size_t i = 0; i < PV_SIDES && rc == PV_OK; i++) {
		pv_buf text = { 0 };

		for (size_t j = 0; j < parts->count; j++) {
			pv_str part = part_text(&copy[j], (enum pv_side)i);

			if (part.len > 0)
				pv_buf_put(&text, part.ptr, part.len);
		}
		rc = keep(&lines.sides[i], arena, &text, err);
	}
	pv_chunks_put(out, &lines);
	return rc;
}

/*
 * The chunks from `*at` on, up to the end of a line in which nothing more is in
 * conflict. What is behind it in the last one stays.
 */
static void take_rest(pv_chunks *parts, pv_chunks *from, size_t *at)
{
	while (*at < from->count) {
		pv_chunk *chunk = &from->items[*at];
		const char *end;
		size_t len;

		if (chunk->is_conflict) {
			pv_chunks_put(parts, chunk);
			++*at;
			continue;
		}
		end = memchr(chunk->text.ptr, '\n', chunk->text.len);
		len = end ? (size_t)(end - chunk->text.ptr) + 1 : chunk->text.len;
		pv_chunks_add(parts, (pv_str){ chunk->text.ptr, len });
		chunk->text.ptr += len;
		chunk->text.len -= len;
		*at += chunk->text.len == 0;
		if (end)
			return;
	}
}

static int level(pv_chunks *out, pv_chunks *chunks, pv_arena *arena, pv_error *err)
{
	int rc = PV_OK;

	for (size_t i = 0; i < chunks->count && rc == PV_OK;) {
		const pv_chunk *chunk = &chunks->items[i];
		pv_chunks parts = { 0 };

		if (chunk->is_within) {
			take_start(&parts, out);
			take_rest(&parts, chunks, &i);
			rc = add_lines(out, &parts, arena, err);
			pv_chunks_dispose(&parts);
			continue;
		}
		if (chunk->is_conflict)
			pv_chunks_put(out, chunk);
		else
			pv_chunks_add(out, chunk->text);
		i++;
	}
	return rc < 0 ? rc : pv_chunks_status(out, err);
}

static int has_within(const pv_chunks *chunks)
{
	for (size_t i = 0; i < chunks->count; i++)
		if (chunks->items[i].is_within)
			return 1;
	return 0;
}

int pv_within_level(pv_chunks *chunks, pv_arena *arena, pv_error *err)
{
	pv_chunks lines = { 0 };
	int rc = pv_chunks_status(chunks, err);

	if (rc < 0 || !has_within(chunks))
		return rc;
	rc = level(&lines, chunks, arena, err);
	if (rc < 0) {
		pv_chunks_dispose(&lines);
		return rc;
	}
	pv_chunks_dispose(chunks);
	*chunks = lines;
	return PV_OK;
}

/* --- in a file ------------------------------------------------------------ */

enum {
	MAX_STEPS = 1 << 16 /* of a search for what settled fields have become */
};

/* The search: the lines of both sides, part by part. */
struct search {
	const pv_within *within;
	pv_str texts[PV_SIDES]; /* with what is outside of the markers */
	size_t steps;
};

static int has_at(pv_str text, size_t at, pv_str part)
{
	return text.len - at >= part.len &&
	       (part.len == 0 || !memcmp(text.ptr + at, part.ptr, part.len));
}

static int read_parts(struct search *s, size_t idx, size_t ours, size_t theirs);

/* A field that is settled: the text that is then on both sides. */
static int read_settled(struct search *s, size_t idx, size_t ours, size_t theirs)
{
	pv_str left = s->texts[PV_OURS];
	pv_str right = s->texts[PV_THEIRS];
	size_t len = 0;

	for (;;) {
		if (read_parts(s, idx + 1, ours + len, theirs + len)) {
			s->within->values[idx].ptr = left.ptr + ours;
			s->within->values[idx].len = len;
			return 1;
		}
		if (ours + len >= left.len || theirs + len >= right.len ||
		    left.ptr[ours + len] != right.ptr[theirs + len])
			return 0;
		len++;
	}
}

/* Whether the parts from `idx` on are what is left of both texts. */
static int read_parts(struct search *s, size_t idx, size_t ours, size_t theirs)
{
	const pv_chunk *chunk = s->within->chunk;
	const pv_chunk *part = &chunk->parts[idx];
	pv_str left;
	pv_str right;

	if (s->steps-- == 0) {
		s->steps = 0;
		return 0;
	}
	if (idx == chunk->part_count)
		return ours == s->texts[PV_OURS].len &&
		       theirs == s->texts[PV_THEIRS].len;
	left = part_text(part, PV_OURS);
	right = part_text(part, PV_THEIRS);
	if (has_at(s->texts[PV_OURS], ours, left) &&
	    has_at(s->texts[PV_THEIRS], theirs, right) &&
	    read_parts(s, idx + 1, ours + left.len, theirs + right.len)) {
		s->within->values[idx].ptr = NULL;
		return 1;
	}
	return part->is_conflict && read_settled(s, idx, ours, theirs);
}

/* The lines of a side of a block and those kept outside of its markers. */
static int widen(pv_str *out, pv_arena *arena, const pv_within *within,
		 const pv_block *block, enum pv_side side, pv_error *err)
{
	pv_str whole = within->chunk->sides[side];
	pv_str lines = block->sides[side];
	pv_buf text = { 0 };

	if (within->edges.head + within->edges.tail == 0) {
		*out = lines;
		return PV_OK;
	}
	pv_buf_put(&text, whole.ptr, within->edges.head);
	if (lines.len > 0)
		pv_buf_put(&text, lines.ptr, lines.len);
	pv_buf_put(&text, whole.ptr + whole.len - within->edges.tail,
		   within->edges.tail);
	return keep(out, arena, &text, err);
}

int pv_within_read(int *ok_out, pv_within *out, pv_arena *arena,
		   const pv_block *block, pv_error *err)
{
	struct search search = { .within = out, .steps = MAX_STEPS };
	int rc = PV_OK;

	*ok_out = 0;
	out->values = pv_arena_calloc(arena, (out->chunk->part_count + 1) *
						     sizeof(*out->values));
	if (!out->values)
		return pv_fail_nomem(err);
	for (size_t i = PV_OURS; i <= PV_THEIRS && rc == PV_OK; i++)
		rc = widen(&search.texts[i], arena, out, block, (enum pv_side)i,
			   err);
	if (rc == PV_OK)
		*ok_out = read_parts(&search, 0, 0, 0);
	return rc;
}

/* The part that is a field, unless it is settled; SIZE_MAX for none. */
static size_t find_part(const pv_within *within, size_t field)
{
	const pv_chunk *chunk = within->chunk;

	for (size_t i = 0; i < chunk->part_count; i++)
		if (chunk->parts[i].is_conflict &&
		    chunk->parts[i].field == field && !within->values[i].ptr)
			return i;
	return SIZE_MAX;
}

int pv_within_has(const pv_within *within, size_t field)
{
	return find_part(within, field) != SIZE_MAX;
}

size_t pv_within_count(const pv_within *within)
{
	size_t count = 0;

	for (size_t i = 0; i < within->chunk->part_count; i++)
		count += within->chunk->parts[i].is_conflict &&
			 !within->values[i].ptr;
	return count;
}

void pv_within_put(pv_buf *out, const pv_within *within, size_t field,
		   enum pv_side picked, enum pv_side side)
{
	const pv_chunk *chunk = within->chunk;
	size_t settled = find_part(within, field);
	pv_chunk_edges edges = { 0, 0 };
	pv_buf all = { 0 };

	if (side != PV_BASE)
		edges = within->edges;
	for (size_t i = 0; i < chunk->part_count; i++) {
		pv_str text = within->values[i];

		if (!text.ptr)
			text = part_text(&chunk->parts[i],
					 i == settled ? picked : side);
		if (text.len > 0)
			pv_buf_put(&all, text.ptr, text.len);
	}
	if (all.len > edges.head + edges.tail)
		pv_buf_put(out, pv_buf_text(&all) + edges.head,
			   all.len - edges.head - edges.tail);
	if (all.status < 0)
		out->status = all.status;
	pv_buf_dispose(&all);
}
