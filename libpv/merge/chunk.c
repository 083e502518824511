/* SPDX-License-Identifier: MIT
 *
 * Agreed text and conflicts, and how they are written.
 */
#include "merge/chunk.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

void pv_chunks_put(pv_chunks *chunks, const pv_chunk *chunk)
{
	if (chunks->status < 0)
		return;
	chunks->status =
		pv_array_reserve(&chunks->items, &chunks->cap,
				 chunks->count + 1, sizeof(*chunks->items));
	if (chunks->status == PV_OK)
		chunks->items[chunks->count++] = *chunk;
}

void pv_chunks_add(pv_chunks *chunks, pv_str text)
{
	pv_chunk *last =
		chunks->count > 0 ? &chunks->items[chunks->count - 1] : NULL;

	if (text.len == 0)
		return;
	if (last && !last->is_conflict &&
	    last->text.ptr + last->text.len == text.ptr) {
		last->text.len += text.len;
		return;
	}
	pv_chunks_put(chunks, &(pv_chunk){ .text = text });
}

void pv_chunks_conflict(pv_chunks *chunks, const pv_str sides[PV_SIDES],
			size_t field)
{
	pv_chunk chunk = { .is_conflict = 1, .field = field };

	memcpy(chunk.sides, sides, sizeof(chunk.sides));
	pv_chunks_put(chunks, &chunk);
}

void pv_chunks_conflict_within(pv_chunks *chunks, const pv_str sides[PV_SIDES],
			       size_t field)
{
	pv_chunk chunk = { .is_conflict = 1, .field = field, .is_within = 1 };

	memcpy(chunk.sides, sides, sizeof(chunk.sides));
	pv_chunks_put(chunks, &chunk);
}

void pv_chunks_append(pv_chunks *chunks, const pv_chunks *from)
{
	for (size_t i = 0; i < from->count; i++) {
		const pv_chunk *chunk = &from->items[i];

		if (chunk->is_conflict)
			pv_chunks_put(chunks, chunk);
		else
			pv_chunks_add(chunks, chunk->text);
	}
	if (from->status < 0)
		chunks->status = from->status;
}

pv_chunk_mark pv_chunks_mark(const pv_chunks *chunks)
{
	pv_chunk_mark mark = { chunks->count, 0 };

	if (chunks->count > 0)
		mark.last = chunks->items[chunks->count - 1].text.len;
	return mark;
}

void pv_chunks_rewind(pv_chunks *chunks, pv_chunk_mark mark)
{
	chunks->count = mark.count;
	if (mark.count > 0)
		chunks->items[mark.count - 1].text.len = mark.last;
}

size_t pv_chunks_conflicts(const pv_chunks *chunks)
{
	size_t count = 0;

	for (size_t i = 0; i < chunks->count; i++)
		count += chunks->items[i].is_conflict != 0;
	return count;
}

int pv_chunks_status(const pv_chunks *chunks, pv_error *err)
{
	return chunks->status < 0 ? pv_fail_nomem(err) : PV_OK;
}

void pv_chunks_dispose(pv_chunks *chunks)
{
	pv_free(chunks->items);
	memset(chunks, 0, sizeof(*chunks));
}

/* --- writing ------------------------------------------------------------- */

static void put(pv_buf *out, pv_str text)
{
	if (text.len > 0)
		pv_buf_put(out, text.ptr, text.len);
}

void pv_chunks_settle(pv_buf *out, const pv_chunks *chunks, enum pv_side side)
{
	for (size_t i = 0; i < chunks->count; i++) {
		const pv_chunk *chunk = &chunks->items[i];

		put(out, chunk->is_conflict ? chunk->sides[side] : chunk->text);
	}
}

static void put_marker(pv_buf *out, const pv_markers *markers, char mark,
		       const char *label)
{
	for (int i = 0; i < markers->size; i++)
		pv_buf_putc(out, mark);
	if (label) {
		pv_buf_putc(out, ' ');
		pv_buf_puts(out, label);
	}
	pv_buf_putc(out, '\n');
}

/* The length of the first line of a text. */
static size_t first_line(pv_str text)
{
	const char *end = text.len > 0 ? memchr(text.ptr, '\n', text.len) : NULL;

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

/* The length of the last line of a text. */
static size_t last_line(pv_str text)
{
	size_t at = text.len;

	if (at > 0)
		at--;
	while (at > 0 && text.ptr[at - 1] != '\n')
		at--;
	return text.len - at;
}

static int same_lines(pv_str a, size_t a_from, pv_str b, size_t b_from, size_t len)
{
	return memcmp(a.ptr + a_from, b.ptr + b_from, len) == 0;
}

/* Whole lines that both begin with. */
static size_t common_head(pv_str a, pv_str b)
{
	size_t at = 0;

	while (at < a.len && at < b.len) {
		pv_str left = { a.ptr + at, a.len - at };
		pv_str right = { b.ptr + at, b.len - at };
		size_t len = first_line(left);

		if (len != first_line(right) || !same_lines(a, at, b, at, len))
			break;
		at += len;
	}
	return at;
}

/* Whole lines that both end with, behind the first `head` bytes. */
static size_t common_tail(pv_str a, pv_str b, size_t head)
{
	size_t tail = 0;

	while (tail < a.len - head && tail < b.len - head) {
		pv_str left = { a.ptr, a.len - tail };
		pv_str right = { b.ptr, b.len - tail };
		size_t len = last_line(left);

		if (len > left.len - head || len != last_line(right) ||
		    len > right.len - head ||
		    !same_lines(a, left.len - len, b, right.len - len, len))
			break;
		tail += len;
	}
	return tail;
}

pv_chunk_edges pv_chunk_trim(const pv_chunk *chunk, enum pv_merge_style style)
{
	pv_str ours = chunk->sides[PV_OURS];
	pv_str theirs = chunk->sides[PV_THEIRS];
	pv_chunk_edges edges = { 0, 0 };

	if (style == PV_MERGE_STYLE_DIFF3)
		return edges;
	edges.head = common_head(ours, theirs);
	edges.tail = common_tail(ours, theirs, edges.head);
	return edges;
}

static void put_conflict(pv_buf *out, const pv_chunk *chunk,
			 const pv_markers *markers)
{
	pv_str ours = chunk->sides[PV_OURS];
	pv_str theirs = chunk->sides[PV_THEIRS];
	pv_chunk_edges edges = pv_chunk_trim(chunk, markers->style);
	size_t head = edges.head;
	size_t tail = edges.tail;

	if (head > 0)
		pv_buf_put(out, ours.ptr, head);
	put_marker(out, markers, '<', markers->labels[PV_OURS]);
	if (ours.len > head + tail)
		pv_buf_put(out, ours.ptr + head, ours.len - head - tail);
	if (markers->style != PV_MERGE_STYLE_MERGE) {
		put_marker(out, markers, '|', markers->labels[PV_BASE]);
		put(out, chunk->sides[PV_BASE]);
	}
	put_marker(out, markers, '=', NULL);
	if (theirs.len > head + tail)
		pv_buf_put(out, theirs.ptr + head, theirs.len - head - tail);
	put_marker(out, markers, '>', markers->labels[PV_THEIRS]);
	if (tail > 0)
		pv_buf_put(out, ours.ptr + ours.len - tail, tail);
}

size_t pv_chunks_print(pv_buf *out, const pv_chunks *chunks,
		       const pv_markers *markers)
{
	size_t count = 0;

	for (size_t i = 0; i < chunks->count; i++) {
		const pv_chunk *chunk = &chunks->items[i];

		if (!chunk->is_conflict) {
			put(out, chunk->text);
			continue;
		}
		put_conflict(out, chunk, markers);
		count++;
	}
	return count;
}
