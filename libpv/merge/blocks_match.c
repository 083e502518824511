/* SPDX-License-Identifier: MIT
 *
 * Which block is which conflict of a merge. They are matched in order, as in a
 * comparison of two sequences: the most alike pairs, each the better the more
 * lines around it are the same.
 */
#include "merge/blocks.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"

enum {
	CONTEXT_LINES = 8,
	MAX_PAIRS = 1 << 22 /* cells of the comparison */
};

/* Whether a block has the lines of another; then it gets the same sides. */
static int same_block(pv_block *block, pv_str text, const pv_block *known,
		      int size)
{
	pv_block read;

	if (!pv_block_read(&read, text, block->from, known, size) ||
	    read.end != block->end)
		return 0;
	memcpy(block->sides, read.sides, sizeof(read.sides));
	block->is_known = 1;
	block->is_vague = 0;
	return 1;
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
	pv_str line = { text.ptr + at, pv_line_end(text, at) - at };

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
	int size; /* of markers */
	unsigned *cells;
};

static unsigned *cell(const struct table *table, size_t row, size_t column)
{
	return &table->cells[row * (table->columns->count + 1) + column];
}

/* What it is worth to take two blocks for the same one; 0 when they are not. */
static unsigned score(const struct table *table, size_t row, size_t column)
{
	pv_block *left = &table->rows->items[row];
	const pv_block *right = &table->columns->items[column];

	if (!same_block(left, table->texts[0], right, table->size))
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
			(void)score(table, i, j);
			blocks->items[i++].match = j++;
		}
	}
}

/* Each is its own: with as many as there are no other pairs are as good. */
static int match_in_order(pv_blocks *blocks, pv_str text,
			  const pv_blocks *origin, int size)
{
	if (blocks->count != origin->count)
		return 0;
	for (size_t i = 0; i < blocks->count; i++)
		if (!same_block(&blocks->items[i], text, &origin->items[i], size))
			return 0;
	for (size_t i = 0; i < blocks->count; i++)
		blocks->items[i].match = i;
	return 1;
}

int pv_blocks_match(pv_blocks *blocks, pv_str text, const pv_marked *origin,
		    int size, pv_error *err)
{
	struct table table = {
		blocks, &origin->blocks, { text, origin->text }, size, NULL
	};
	size_t width = origin->blocks.count + 1;

	if (match_in_order(blocks, text, &origin->blocks, size))
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
