/* SPDX-License-Identifier: MIT
 *
 * Two texts as Markdown; see markdown.h. What is compared are the blocks at
 * the top, as they stand in the source. Changed words are not marked inside
 * of them: the other views do that.
 */
#include "diff/markdown.h"

#include <string.h>

#include <cmark.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/hunk.h"
#include "diff/tokens.h"

enum {
	MAX_DEPTH = 50, /* of blocks and spans in each other */
	CONTEXT = 1     /* blocks shown around a change */
};

/* The blocks at the top of a text: their nodes, and as tokens their source. */
struct side {
	pv_str text;
	cmark_node *root;
	cmark_node **nodes;
	size_t cap;
	pv_tokens source;
};

/* Both texts as one. */
struct block {
	char op;
	cmark_node *node;
};

struct blocks {
	struct block *items;
	unsigned char *changed;
	size_t count;
};

/* --- what is Markdown ---------------------------------------------------- */

/* Code is not asked for: an indented line is not meant as such. */
static int is_markup(cmark_node *node)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
	case CMARK_NODE_LIST:
	case CMARK_NODE_HEADING:
	case CMARK_NODE_THEMATIC_BREAK:
	case CMARK_NODE_CODE:
	case CMARK_NODE_EMPH:
	case CMARK_NODE_STRONG:
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		return 1;
	default:
		return 0;
	}
}

/* What a line of markup may begin with, behind its blanks. */
static int may_open_block(pv_str line)
{
	size_t at = 0;
	size_t digits;

	while (at < line.len && (line.ptr[at] == ' ' || line.ptr[at] == '\t'))
		at++;
	digits = at;
	while (at < line.len && pv_word_kinds[(unsigned char)line.ptr[at]] == '9')
		at++;
	if (at == line.len)
		return 0;
	return memchr(at > digits ? ".)" : ">#-+=", line.ptr[at],
		      at > digits ? 2 : 5) != NULL;
}

static int is_in_word(pv_str text, size_t at)
{
	unsigned char c = at < text.len ? (unsigned char)text.ptr[at] : ' ';

	return pv_word_kinds[c] == 'a' || pv_word_kinds[c] == '9';
}

/* "_" within a word is no emphasis; of the others cmark knows. */
static int may_open_span(pv_str text)
{
	static const char openers[] = { '*', '`', '[', '<' };
	const char *end = text.ptr + text.len;

	for (size_t i = 0; i < sizeof(openers); i++)
		if (memchr(text.ptr, openers[i], text.len))
			return 1;
	for (const char *at = text.ptr;
	     (at = memchr(at, '_', (size_t)(end - at))) != NULL; at++) {
		size_t idx = (size_t)(at - text.ptr);

		if (idx == 0 || !is_in_word(text, idx - 1) ||
		    !is_in_word(text, idx + 1))
			return 1;
	}
	return 0;
}

/*
 * 0 for a text in which cmark can find neither markup nor depth: parsing it
 * costs more than all other views, and many texts are plain prose. Line ends
 * and marks that cmark reads in a way of its own are left to it.
 */
static int may_be_markdown(pv_str text)
{
	const char *end = text.ptr + text.len;

	if (memchr(text.ptr, '\r', text.len) ||
	    memchr(text.ptr, 0xef, text.len) || may_open_span(text))
		return 1;
	for (const char *at = text.ptr; at < end;) {
		const char *newline = memchr(at, '\n', (size_t)(end - at));
		pv_str line = { at, (size_t)((newline ? newline : end) - at) };

		if (may_open_block(line))
			return 1;
		at += line.len + (newline != NULL);
	}
	return 0;
}

/* Whether a tree has markup; -1 when it is too deep. */
static int judge(cmark_node *root)
{
	cmark_node *node = root;
	int has_markup = 0;
	int depth = 0;

	while (node) {
		cmark_node *next = cmark_node_first_child(node);

		has_markup |= is_markup(node);
		if (next && ++depth > MAX_DEPTH)
			return -1;
		while (node && !next) {
			next = cmark_node_next(node);
			if (next)
				break;
			node = cmark_node_parent(node);
			depth--;
		}
		node = next;
	}
	return has_markup;
}

static int is_markdown(const struct side sides[2])
{
	int before = judge(sides[0].root);
	int after = judge(sides[1].root);

	return before >= 0 && after >= 0 && before + after > 0;
}

/* --- blocks -------------------------------------------------------------- */

/* Where the next line begins, as cmark counts them. */
static size_t next_line(pv_str text, size_t at)
{
	while (at < text.len && text.ptr[at] != '\n' && text.ptr[at] != '\r')
		at++;
	if (at + 1 < text.len && text.ptr[at] == '\r' && text.ptr[at + 1] == '\n')
		at++;
	return at < text.len ? at + 1 : at;
}

static int add_block(struct side *side, cmark_node *node, size_t at)
{
	pv_tokens *source = &side->source;

	if (pv_array_reserve(&side->nodes, &side->cap, source->count + 1,
			     sizeof(cmark_node *)) < 0 ||
	    pv_array_reserve(&source->items, &source->cap, source->count + 1,
			     sizeof(*source->items)) < 0)
		return PV_ENOMEM;
	side->nodes[source->count] = node;
	source->items[source->count].ptr = side->text.ptr + at;
	source->items[source->count++].len = side->text.len - at;
	return PV_OK;
}

/* A block reaches to the next one, without the blanks around it. */
static void end_blocks(struct side *side)
{
	pv_str *items = side->source.items;

	for (size_t i = 0; i < side->source.count; i++) {
		if (i + 1 < side->source.count)
			items[i].len = (size_t)(items[i + 1].ptr - items[i].ptr);
	}
	for (size_t i = 0; i < side->source.count; i++)
		items[i] = pv_str_trim(items[i]);
}

static int cut_blocks(struct side *side, pv_error *err)
{
	cmark_node *node = cmark_node_first_child(side->root);
	size_t at = 0;
	int line = 1;

	for (; node; node = cmark_node_next(node)) {
		for (; line < cmark_node_get_start_line(node); line++)
			at = next_line(side->text, at);
		if (add_block(side, node, at) < 0)
			return pv_fail_nomem(err);
	}
	end_blocks(side);
	return PV_OK;
}

static void add_item(struct blocks *blocks, char op, cmark_node *node)
{
	blocks->items[blocks->count].op = op;
	blocks->items[blocks->count].node = node;
	blocks->changed[blocks->count++] = op != '=';
}

/* One change: blocks from `at` on, `counts` of them on each side. */
static void add_change(struct blocks *blocks, const struct side sides[2],
		       const size_t at[2], const size_t counts[2])
{
	for (size_t i = 0; i < counts[0] || i < counts[1]; i++) {
		int has_both = i < counts[0] && i < counts[1];

		if (has_both && pv_words_equal(sides[0].source.items[at[0] + i],
					       sides[1].source.items[at[1] + i])) {
			add_item(blocks, '=', sides[1].nodes[at[1] + i]);
			continue;
		}
		if (i < counts[0])
			add_item(blocks, '-', sides[0].nodes[at[0] + i]);
		if (i < counts[1])
			add_item(blocks, '+', sides[1].nodes[at[1] + i]);
	}
}

static void weave(struct blocks *blocks, const struct side sides[2],
		  const unsigned char *flags)
{
	const size_t ends[2] = { sides[0].source.count, sides[1].source.count };
	const unsigned char *changed[2] = { flags, flags + ends[0] };
	size_t at[2] = { 0, 0 };

	for (;;) {
		size_t counts[2] = { 0, 0 };

		for (int i = 0; i < 2; i++)
			while (at[i] + counts[i] < ends[i] &&
			       changed[i][at[i] + counts[i]])
				counts[i]++;
		add_change(blocks, sides, at, counts);
		at[0] += counts[0];
		at[1] += counts[1];
		if (at[0] == ends[0] || at[1] == ends[1])
			return;
		add_item(blocks, '=', sides[1].nodes[at[1]]);
		at[0]++;
		at[1]++;
	}
}

static int compare(struct blocks *blocks, const struct side sides[2],
		   pv_arena *arena, pv_error *err)
{
	size_t count = sides[0].source.count + sides[1].source.count + 1;
	unsigned char *flags = NULL;
	int rc = pv_tokens_compare(&flags, &sides[0].source, &sides[1].source,
				   err);

	if (rc < 0)
		return rc;
	blocks->items = pv_arena_alloc(arena, count * sizeof(*blocks->items));
	blocks->changed = pv_arena_alloc(arena, count);
	if (blocks->items && blocks->changed)
		weave(blocks, sides, flags);
	else
		rc = pv_fail_nomem(err);
	pv_free(flags);
	return rc;
}

/* --- the view ------------------------------------------------------------ */

/* Blocks [from, to); neighbours that both went or both came are one change. */
static void put_span(pv_buf *out, const struct blocks *blocks, size_t from,
		     size_t to)
{
	char last = '=';

	for (size_t i = from; i < to; i++) {
		char op = blocks->items[i].op;

		if (op != last && last != '=')
			pv_buf_puts(out, last == '-' ? "</del>\n" : "</ins>\n");
		if (op != last && op == '-')
			pv_buf_puts(out, "<del><p class=label>Removed</p>\n");
		if (op != last && op == '+')
			pv_buf_puts(out, "<ins><p class=label>Added</p>\n");
		pv_markdown_put(out, blocks->items[i].node);
		last = op;
	}
	if (last != '=')
		pv_buf_puts(out, last == '-' ? "</del>\n" : "</ins>\n");
}

static void put_kept(pv_buf *out, const struct blocks *blocks, size_t from,
		     size_t to)
{
	if (from == to)
		return;
	pv_buf_printf(out, "<details><summary>%zu unchanged block%s</summary>\n",
		      to - from, to - from == 1 ? "" : "s");
	for (size_t i = from; i < to; i++)
		pv_markdown_put(out, blocks->items[i].node);
	pv_buf_puts(out, "</details>\n");
}

static void put_blocks(pv_buf *out, const struct blocks *blocks)
{
	pv_span span = { 0 };
	size_t shown = 0;

	while (pv_span_next(&span, blocks->changed, blocks->count, CONTEXT)) {
		put_kept(out, blocks, shown, span.from);
		put_span(out, blocks, span.from, span.to);
		shown = span.to;
	}
	put_kept(out, blocks, shown, blocks->count);
}

static int view_sides(pv_buf *out, struct side sides[2], pv_arena *arena,
		      pv_error *err)
{
	struct blocks blocks = { 0 };
	int rc = PV_OK;

	for (int i = 0; i < 2 && rc == PV_OK; i++)
		rc = pv_markdown_parse(&sides[i].root, arena, sides[i].text, err);
	if (rc < 0 || !is_markdown(sides))
		return rc;
	for (int i = 0; i < 2 && rc == PV_OK; i++)
		rc = cut_blocks(&sides[i], err);
	if (rc == PV_OK)
		rc = compare(&blocks, sides, arena, err);
	if (rc == PV_OK)
		put_blocks(out, &blocks);
	return rc < 0 ? rc : pv_buf_status(out, err);
}

int pv_markdown_view(pv_buf *out, pv_str before, pv_str after, pv_error *err)
{
	struct side sides[2] = { { .text = before }, { .text = after } };
	pv_arena arena = { 0 };
	int rc;

	if (before.len > PV_MARKDOWN_MAX || after.len > PV_MARKDOWN_MAX)
		return PV_OK;
	if (!may_be_markdown(before) && !may_be_markdown(after))
		return PV_OK;
	rc = view_sides(out, sides, &arena, err);
	for (int i = 0; i < 2; i++) {
		pv_free(sides[i].nodes);
		pv_tokens_dispose(&sides[i].source);
	}
	pv_arena_dispose(&arena);
	return rc;
}
