/* SPDX-License-Identifier: MIT
 *
 * See blocks.h. Blocks are matched in order, as in a comparison of two
 * sequences: the most alike pairs, each the better the more lines around it
 * are the same.
 */
#include "merge/blocks.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	CONTEXT_LINES = 8,
	MAX_PAIRS = 1 << 22 /* cells of the comparison */
};

static size_t line_end(pv_str text, size_t at)
{
	const char *end = memchr(text.ptr + at, '\n', text.len - at);

	return end ? (size_t)(end - text.ptr) + 1 : text.len;
}

/* Whether the line at `at` is the marker of `mark`. */
static int is_marker(pv_str text, size_t at, char mark, int size)
{
	size_t end = at + (size_t)size;

	if (end > text.len)
		return 0;
	for (size_t i = at; i < end; i++)
		if (text.ptr[i] != mark)
			return 0;
	return end == text.len || text.ptr[end] == '\n' ||
	       (mark != '=' && text.ptr[end] == ' ');
}

/* The next line that is the marker of `mark`, or SIZE_MAX. */
static size_t find_marker(pv_str text, size_t at, size_t end, char mark, int size)
{
	while (at < end) {
		if (is_marker(text, at, mark, size))
			return at;
		at = line_end(text, at);
	}
	return SIZE_MAX;
}

static pv_str lines_between(pv_str text, size_t marker, size_t end)
{
	size_t from = line_end(text, marker);
	pv_str lines = { text.ptr + from, end - from };

	return lines;
}

/* Reads the block whose first marker is at `at`; 0 when it is none. */
static int read_block(pv_block *out, pv_str text, size_t at, int size)
{
	size_t first = line_end(text, at);
	size_t middle = find_marker(text, first, text.len, '=', size);
	size_t last = SIZE_MAX;
	size_t base = SIZE_MAX;
	size_t again = SIZE_MAX;

	if (middle != SIZE_MAX)
		last = find_marker(text, middle, text.len, '>', size);
	if (last == SIZE_MAX)
		return 0;
	again = find_marker(text, first, last, '<', size);
	if (again != SIZE_MAX)
		return 0;
	base = find_marker(text, first, middle, '|', size);
	memset(out, 0, sizeof(*out));
	out->from = at;
	out->end = line_end(text, last);
	out->match = PV_NO_BLOCK;
	out->sides[PV_OURS] =
		lines_between(text, at, base == SIZE_MAX ? middle : base);
	if (base != SIZE_MAX)
		out->sides[PV_BASE] = lines_between(text, base, middle);
	out->sides[PV_THEIRS] = lines_between(text, middle, last);
	return 1;
}

int pv_blocks_scan(pv_blocks *out, pv_str text, int size, pv_error *err)
{
	size_t at = 0;

	while (at < text.len) {
		pv_block block;

		if (!is_marker(text, at, '<', size) ||
		    !read_block(&block, text, at, size)) {
			at = line_end(text, at);
			continue;
		}
		if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
				     sizeof(*out->items)) < 0)
			return pv_fail_nomem(err);
		out->items[out->count++] = block;
		at = block.end;
	}
	return PV_OK;
}

void pv_blocks_dispose(pv_blocks *blocks)
{
	pv_free(blocks->items);
	memset(blocks, 0, sizeof(*blocks));
}

/* --- matching ------------------------------------------------------------ */

static int same_block(const pv_block *a, const pv_block *b)
{
	pv_str base = a->sides[PV_BASE];

	if (!base.ptr != !b->sides[PV_BASE].ptr ||
	    (base.ptr && !pv_str_eq(base, b->sides[PV_BASE])))
		return 0;
	return pv_str_eq(a->sides[PV_OURS], b->sides[PV_OURS]) &&
	       pv_str_eq(a->sides[PV_THEIRS], b->sides[PV_THEIRS]);
}

static pv_str line_before(pv_str text, size_t at)
{
	size_t from = at > 0 ? at - 1 : 0;
	pv_str line;

	while (from > 0 && text.ptr[from - 1] != '\n')
		from--;
	line.ptr = text.ptr + from;
	line.len = at - from;
	return line;
}

static pv_str line_at(pv_str text, size_t at)
{
	pv_str line = { text.ptr + at, line_end(text, at) - at };

	return line;
}

/* How many lines before and behind two blocks are the same. */
static unsigned same_context(pv_str a, const pv_block *left, pv_str b,
			     const pv_block *right)
{
	size_t at[2] = { left->from, right->from };
	unsigned count = 0;

	for (int i = 0; i < CONTEXT_LINES && at[0] > 0 && at[1] > 0; i++) {
		pv_str lines[2] = { line_before(a, at[0]), line_before(b, at[1]) };

		if (!pv_str_eq(lines[0], lines[1]))
			break;
		at[0] -= lines[0].len;
		at[1] -= lines[1].len;
		count++;
	}
	at[0] = left->end;
	at[1] = right->end;
	for (int i = 0; i < CONTEXT_LINES && at[0] < a.len && at[1] < b.len; i++) {
		pv_str lines[2] = { line_at(a, at[0]), line_at(b, at[1]) };

		if (!pv_str_eq(lines[0], lines[1]))
			break;
		at[0] += lines[0].len;
		at[1] += lines[1].len;
		count++;
	}
	return count;
}

/* The table of the best scores, from each pair of places to the end. */
struct table {
	const pv_blocks *rows;
	const pv_blocks *columns;
	pv_str texts[2];
	unsigned *cells;
};

static unsigned *cell(const struct table *table, size_t row, size_t column)
{
	return &table->cells[row * (table->columns->count + 1) + column];
}

/* What it is worth to take two blocks for the same one; 0 when they are not. */
static unsigned score(const struct table *table, size_t row, size_t column)
{
	const pv_block *left = &table->rows->items[row];
	const pv_block *right = &table->columns->items[column];

	if (!same_block(left, right))
		return 0;
	return 2 * CONTEXT_LINES + 1 +
	       same_context(table->texts[0], left, table->texts[1], right);
}

static void fill(struct table *table)
{
	for (size_t i = table->rows->count; i-- > 0;) {
		for (size_t j = table->columns->count; j-- > 0;) {
			unsigned best = *cell(table, i + 1, j);
			unsigned pair = score(table, i, j);

			if (*cell(table, i, j + 1) > best)
				best = *cell(table, i, j + 1);
			if (pair > 0 && pair + *cell(table, i + 1, j + 1) > best)
				best = pair + *cell(table, i + 1, j + 1);
			*cell(table, i, j) = best;
		}
	}
}

static void trace(const struct table *table, pv_blocks *blocks)
{
	size_t i = 0;
	size_t j = 0;

	while (i < blocks->count && j < table->columns->count) {
		if (*cell(table, i, j) == *cell(table, i + 1, j)) {
			i++;
		} else if (*cell(table, i, j) == *cell(table, i, j + 1)) {
			j++;
		} else {
			blocks->items[i++].match = j++;
		}
	}
}

/* Each is its own: with as many as there are no other pairs are as good. */
static int match_in_order(pv_blocks *blocks, const pv_blocks *origin)
{
	if (blocks->count != origin->count)
		return 0;
	for (size_t i = 0; i < blocks->count; i++)
		if (!same_block(&blocks->items[i], &origin->items[i]))
			return 0;
	for (size_t i = 0; i < blocks->count; i++)
		blocks->items[i].match = i;
	return 1;
}

int pv_blocks_match(pv_blocks *blocks, pv_str text, const pv_blocks *origin,
		    pv_str origin_text, pv_error *err)
{
	struct table table = { blocks, origin, { text, origin_text }, NULL };
	size_t width = origin->count + 1;

	if (match_in_order(blocks, origin))
		return PV_OK;
	if (blocks->count >= MAX_PAIRS / width)
		return pv_fail(err, PV_ELIMIT,
			       "%zu conflicts are too many to tell apart",
			       blocks->count);
	table.cells =
		pv_calloc((blocks->count + 1) * width, sizeof(*table.cells));
	if (!table.cells)
		return pv_fail_nomem(err);
	fill(&table);
	trace(&table, blocks);
	pv_free(table.cells);
	return PV_OK;
}

/* --- labels -------------------------------------------------------------- */

static int same_marker(pv_str a, size_t i, pv_str b, size_t j, int size)
{
	static const char marks[] = "<|>";

	for (const char *mark = marks; *mark; mark++)
		if (is_marker(a, i, *mark, size) && is_marker(b, j, *mark, size))
			return 1;
	return 0;
}

int pv_blocks_same_text(pv_str a, pv_str b, int size)
{
	size_t i = 0;
	size_t j = 0;

	while (i < a.len && j < b.len) {
		if (!pv_str_eq(line_at(a, i), line_at(b, j)) &&
		    !same_marker(a, i, b, j, size))
			return 0;
		i = line_end(a, i);
		j = line_end(b, j);
	}
	return i == a.len && j == b.len;
}
