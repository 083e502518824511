/* SPDX-License-Identifier: MIT
 *
 * See blocks.h. A line of a text may look like a marker, so a block is read by
 * what a merge is known to have written between its markers; only a block that
 * nobody knows is read by the look of its lines.
 */
#include "merge/blocks.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

size_t pv_line_end(pv_str text, size_t at)
{
	const char *end = memchr(text.ptr + at, '\n', text.len - at);

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

/*
 * Whether the line at `at` is the marker of `mark`. In a file with line ends of
 * both kinds a marker may end in CR LF: git gives it the end of lines nearby.
 */
static int is_marker(pv_str text, size_t at, char mark, int size)
{
	size_t end = at + (size_t)size;

	if (end > text.len)
		return 0;
	for (size_t i = at; i < end; i++)
		if (text.ptr[i] != mark)
			return 0;
	if (end + 1 < text.len && text.ptr[end] == '\r')
		end++;
	return end == text.len || text.ptr[end] == '\n' ||
	       (mark != '=' && text.ptr[end] == ' ');
}

/* The next line that is the marker of `mark`, or SIZE_MAX. */
static size_t find_marker(pv_str text, size_t at, size_t end, char mark, int size)
{
	while (at < end) {
		if (is_marker(text, at, mark, size))
			return at;
		at = pv_line_end(text, at);
	}
	return SIZE_MAX;
}

static pv_str lines_between(pv_str text, size_t marker, size_t end)
{
	size_t from = pv_line_end(text, marker);
	pv_str lines = { text.ptr + from, end - from };

	return lines;
}

static pv_str line_at(pv_str text, size_t at)
{
	pv_str line = { text.ptr + at, pv_line_end(text, at) - at };

	return line;
}

/* --- blocks that are known ----------------------------------------------- */

static int take_marker(pv_str text, size_t *at, char mark, int size)
{
	if (!is_marker(text, *at, mark, size))
		return 0;
	*at = pv_line_end(text, *at);
	return 1;
}

static int take_lines(pv_str *out, pv_str text, size_t *at, pv_str lines)
{
	if (text.len - *at < lines.len ||
	    (lines.len > 0 && memcmp(text.ptr + *at, lines.ptr, lines.len) != 0))
		return 0;
	out->ptr = text.ptr + *at;
	out->len = lines.len;
	*at += lines.len;
	return 1;
}

int pv_block_read(pv_block *out, pv_str text, size_t at, const pv_block *known,
		  int size)
{
	const pv_str *sides = known->sides;

	memset(out, 0, sizeof(*out));
	out->from = at;
	out->match = PV_NO_BLOCK;
	out->is_known = 1;
	if (!take_marker(text, &at, '<', size) ||
	    !take_lines(&out->sides[PV_OURS], text, &at, sides[PV_OURS]))
		return 0;
	if (sides[PV_BASE].ptr &&
	    (!take_marker(text, &at, '|', size) ||
	     !take_lines(&out->sides[PV_BASE], text, &at, sides[PV_BASE])))
		return 0;
	if (!take_marker(text, &at, '=', size) ||
	    !take_lines(&out->sides[PV_THEIRS], text, &at, sides[PV_THEIRS]) ||
	    !take_marker(text, &at, '>', size))
		return 0;
	out->end = at;
	return 1;
}

/* A list of blocks, and how far they have been found in a text. */
struct known {
	const pv_blocks *blocks;
	size_t next;
};

/* The next one that is due, or else any. */
static int read_known(pv_block *out, pv_str text, size_t at,
		      struct known *known, int size)
{
	size_t count = known->blocks ? known->blocks->count : 0;

	for (size_t i = 0; i < count; i++) {
		size_t idx = (known->next + i) % count;

		if (!pv_block_read(out, text, at, &known->blocks->items[idx],
				   size))
			continue;
		known->next = idx + 1;
		return 1;
	}
	return 0;
}

/*
 * The one that goes further: a line of a text that looks like the last marker
 * of another block cuts it short.
 */
static int read_longer(pv_block *out, pv_str text, size_t at,
		       struct known known[2], int size)
{
	pv_block other;
	int is_found = read_known(out, text, at, &known[0], size);

	if (!read_known(&other, text, at, &known[1], size) ||
	    (is_found && other.end <= out->end))
		return is_found;
	*out = other;
	return 1;
}

/* --- blocks by their look ------------------------------------------------ */

static int has_line(pv_str text, pv_str line)
{
	for (size_t at = 0; at < text.len; at = pv_line_end(text, at))
		if (pv_str_eq(line_at(text, at), line))
			return 1;
	return 0;
}

/* Whether one of the sides has this very line. */
static int is_of_text(const pv_block_hints *hints, pv_str line)
{
	for (size_t i = 0; hints->texts && i < PV_SIDES; i++)
		if (has_line(hints->texts[i], line))
			return 1;
	return 0;
}

static size_t count_markers(pv_str text, size_t at, size_t end, char mark,
			    int size)
{
	size_t count = 0;

	for (; at < end; at = pv_line_end(text, at))
		count += is_marker(text, at, mark, size) != 0;
	return count;
}

/* Whether other lines could as well be the markers of the block. */
static int is_vague(const pv_block *block, pv_str text, int size)
{
	size_t first = pv_line_end(text, block->from);
	size_t next = find_marker(text, block->end, text.len, '<', size);

	if (next == SIZE_MAX)
		next = text.len;
	return count_markers(text, first, block->end, '<', size) > 0 ||
	       count_markers(text, first, block->end, '|', size) > 1 ||
	       count_markers(text, first, block->end, '=', size) > 1 ||
	       find_marker(text, block->end, next, '>', size) != SIZE_MAX;
}

/* Reads the block whose first marker is at `at`; 0 when it is none. */
static int read_block(pv_block *out, pv_str text, size_t at,
		      const pv_block_hints *hints, int size)
{
	size_t first = pv_line_end(text, at);
	size_t middle = find_marker(text, first, text.len, '=', size);
	size_t last = SIZE_MAX;
	size_t base;

	if (middle != SIZE_MAX)
		last = find_marker(text, middle, text.len, '>', size);
	if (last == SIZE_MAX)
		return 0;
	if (is_of_text(hints, line_at(text, at)) &&
	    (is_of_text(hints, line_at(text, last)) ||
	     find_marker(text, first, last, '<', size) != SIZE_MAX))
		return 0;
	base = find_marker(text, first, middle, '|', size);
	memset(out, 0, sizeof(*out));
	out->from = at;
	out->end = pv_line_end(text, last);
	out->match = PV_NO_BLOCK;
	out->sides[PV_OURS] =
		lines_between(text, at, base == SIZE_MAX ? middle : base);
	if (base != SIZE_MAX)
		out->sides[PV_BASE] = lines_between(text, base, middle);
	out->sides[PV_THEIRS] = lines_between(text, middle, last);
	out->is_vague = is_vague(out, text, size);
	return 1;
}

int pv_blocks_add(pv_blocks *blocks, const pv_block *block, pv_error *err)
{
	if (pv_array_reserve(&blocks->items, &blocks->cap, blocks->count + 1,
			     sizeof(*blocks->items)) < 0)
		return pv_fail_nomem(err);
	blocks->items[blocks->count++] = *block;
	return PV_OK;
}

int pv_blocks_scan(pv_blocks *out, pv_str text, const pv_block_hints *hints,
		   int size, pv_error *err)
{
	struct known known[2] = { { hints->known[0], 0 }, { hints->known[1], 0 } };
	size_t at = 0;

	while (at < text.len) {
		pv_block block;
		int rc;

		if (!is_marker(text, at, '<', size) ||
		    (!read_longer(&block, text, at, known, size) &&
		     !read_block(&block, text, at, hints, size))) {
			at = pv_line_end(text, at);
			continue;
		}
		rc = pv_blocks_add(out, &block, err);
		if (rc < 0)
			return rc;
		at = block.end;
	}
	return PV_OK;
}

void pv_blocks_dispose(pv_blocks *blocks)
{
	pv_free(blocks->items);
	memset(blocks, 0, sizeof(*blocks));
}

/* --- texts as a merge writes them ---------------------------------------- */

static int same_part(pv_str a, size_t *at, pv_str b, size_t from, size_t end)
{
	pv_str lines = { b.ptr + from, end - from };
	pv_str found;

	return take_lines(&found, a, at, lines);
}

int pv_blocks_locate(int *is_found, pv_blocks *out, pv_str text,
		     const pv_marked *origin, int size, pv_error *err)
{
	size_t from = 0;
	size_t at = 0;

	*is_found = 0;
	for (size_t i = 0; i < origin->blocks.count; i++) {
		const pv_block *known = &origin->blocks.items[i];
		pv_block block;
		int rc;

		if (!same_part(text, &at, origin->text, from, known->from) ||
		    !pv_block_read(&block, text, at, known, size))
			return PV_OK;
		block.match = i;
		rc = pv_blocks_add(out, &block, err);
		if (rc < 0)
			return rc;
		at = block.end;
		from = known->end;
	}
	*is_found = same_part(text, &at, origin->text, from, origin->text.len) &&
		    at == text.len;
	return PV_OK;
}

int pv_text_has_marker(pv_str text, char mark, int size)
{
	return find_marker(text, 0, text.len, mark, size) != SIZE_MAX;
}

int pv_marker_size_free(const pv_str texts[PV_SIDES], int size, int max)
{
	static const char marks[] = "<|=>";
	int is_taken = 1;

	for (; is_taken && size <= max; size += is_taken) {
		is_taken = 0;
		for (size_t i = 0; i < (size_t)PV_SIDES * 4 && !is_taken; i++) {
			is_taken = pv_text_has_marker(texts[i / 4],
						      marks[i % 4], size);
		}
	}
	return is_taken ? 0 : size;
}

/* A marker of another size; its label is kept. Moves `at` behind it. */
static void put_marker(pv_buf *out, pv_str text, size_t *at, int from, int to)
{
	size_t end = pv_line_end(text, *at);

	for (int i = 0; i < to; i++)
		pv_buf_putc(out, text.ptr[*at]);
	pv_buf_put(out, text.ptr + *at + from, end - *at - (size_t)from);
	*at = end;
}

/* Writes a block with markers of another size; where it is then is in `block`. */
static void put_block(pv_buf *out, pv_block *block, pv_str text, int from, int to)
{
	static const enum pv_side order[] = { PV_OURS, PV_BASE, PV_THEIRS };
	size_t start = out->len;
	size_t at = block->from;

	for (size_t i = 0; i < 3; i++) {
		const pv_str *side = &block->sides[order[i]];

		if (!side->ptr)
			continue;
		put_marker(out, text, &at, from, to);
		pv_buf_put(out, side->ptr, side->len);
		at += side->len;
	}
	put_marker(out, text, &at, from, to);
	block->from = start;
	block->end = out->len;
}

static int put_marked(pv_buf *out, pv_blocks *blocks, pv_str text, int from,
		      int to, pv_error *err)
{
	size_t at = 0;

	for (size_t i = 0; i < blocks->count; i++) {
		pv_block *block = &blocks->items[i];
		size_t end = block->end;

		pv_buf_put(out, text.ptr + at, block->from - at);
		put_block(out, block, text, from, to);
		at = end;
	}
	pv_buf_put(out, text.ptr + at, text.len - at);
	return pv_buf_status(out, err);
}

int pv_marked_read(pv_marked *out, pv_arena *arena, pv_str text, int from,
		   int to, pv_error *err)
{
	const pv_block_hints none = { { NULL, NULL }, NULL };
	pv_buf changed = { 0 };
	int rc = pv_blocks_scan(&out->blocks, text, &none, from, err);

	out->text = text;
	if (rc < 0 || from == to)
		return rc;
	rc = put_marked(&changed, &out->blocks, text, from, to, err);
	out->text.len = changed.len;
	if (rc == PV_OK) {
		out->text.ptr =
			pv_arena_dup(arena, pv_buf_text(&changed), changed.len);
		rc = out->text.ptr ? PV_OK : pv_fail_nomem(err);
	}
	pv_buf_dispose(&changed);
	return rc;
}
