/* SPDX-License-Identifier: MIT
 *
 * Markdown for a terminal: cmark parses it, here it is laid out in lines of at
 * most so many columns. Contents are disarmed as in a diff; HTML and images
 * are the text they are. What is too long or nested too deep stays as it is.
 */
#include <string.h>

#include <cmark.h>

#include <pv/diff.h>

#include "base/str.h"
#include "diff/markdown.h"
#include "diff/paint.h"

enum {
	DEPTH_MAX = 60,
	NARROWEST = 20 /* columns, however deep a list is */
};

/* A page on its way; blocks write lines, which words gather in. */
struct page {
	pv_buf *out;
	size_t width;
	int color;
	pv_buf prefix; /* what each line begins with: quotes, lists */
	pv_buf marker; /* of an item, in the place of the prefix's end */
	pv_buf word;
	size_t word_width; /* columns of it, escapes for colour not counted */
	size_t column;     /* of the line under way; 0: none is */
	int has_blank;     /* before the next word */
	int has_block;     /* something stands above */
	int is_tight;      /* no empty line between the blocks of a list */
};

/* --- lines ----------------------------------------------------------------- */

/* A failure stays to be found in the end. */
static void empty(pv_buf *buf)
{
	if (buf->status == PV_OK)
		pv_buf_clear(buf);
}

static void begin_line(struct page *page)
{
	size_t end = page->prefix.len > page->marker.len
			     ? page->prefix.len - page->marker.len
			     : 0;

	pv_buf_put(page->out, pv_buf_text(&page->prefix), end);
	pv_buf_puts(page->out, page->marker.len
				       ? pv_buf_text(&page->marker)
				       : pv_buf_text(&page->prefix) + end);
	empty(&page->marker);
	page->column = page->prefix.len;
}

static size_t room(const struct page *page)
{
	size_t least = page->prefix.len + NARROWEST;

	return page->width > least ? page->width : least;
}

static void put_word(struct page *page)
{
	int is_begun = page->column > page->prefix.len;

	if (!page->word.len)
		return;
	if (is_begun && page->column + (size_t)page->has_blank + page->word_width >
				room(page)) {
		pv_buf_putc(page->out, '\n');
		begin_line(page);
	} else if (!page->column) {
		begin_line(page);
	} else if (is_begun && page->has_blank) {
		pv_buf_putc(page->out, ' ');
		page->column++;
	}
	pv_buf_put(page->out, page->word.ptr, page->word.len);
	page->column += page->word_width;
	page->has_blank = 0;
	page->word_width = 0;
	empty(&page->word);
}

static void end_line(struct page *page)
{
	put_word(page);
	if (page->column)
		pv_buf_putc(page->out, '\n');
	page->column = 0;
	page->has_blank = 0;
}

/* The empty line above a block. */
static void begin_block(struct page *page)
{
	if (page->has_block && !page->is_tight && !page->marker.len) {
		pv_buf_put(page->out, pv_buf_text(&page->prefix),
			   page->prefix.len);
		while (page->out->len && page->out->ptr[page->out->len - 1] == ' ')
			pv_buf_truncate(page->out, page->out->len - 1);
		pv_buf_putc(page->out, '\n');
	}
	page->has_block = 1;
}

/* --- words ----------------------------------------------------------------- */

static void add(struct page *page, pv_str text)
{
	size_t start = page->word.len;

	pv_paint_safe(&page->word, text);
	if (page->word.status == PV_OK)
		page->word_width += pv_paint_width((pv_str){
			page->word.ptr + start, page->word.len - start });
}

static void add_text(struct page *page, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, " \t\n");

		if (len)
			add(page, (pv_str){ text, len });
		text += len;
		if (!*text)
			return;
		put_word(page);
		page->has_blank = 1;
		text++;
	}
}

static void style(struct page *page, const char *code)
{
	if (page->color)
		pv_buf_printf(&page->word, "\033[%sm", code);
}

static void put_inline(struct page *page, cmark_node *node, int depth);

static void put_inlines(struct page *page, cmark_node *node, int depth)
{
	for (cmark_node *child = cmark_node_first_child(node);
	     child && depth < DEPTH_MAX; child = cmark_node_next(child))
		put_inline(page, child, depth + 1);
}

static void put_styled(struct page *page, cmark_node *node, int depth,
		       const char *code)
{
	style(page, code);
	put_inlines(page, node, depth);
	style(page, "");
}

static void put_link(struct page *page, cmark_node *node, int depth)
{
	const char *url = cmark_node_get_url(node);

	if (cmark_node_get_type(node) == CMARK_NODE_IMAGE)
		add_text(page, "[image] ");
	put_inlines(page, node, depth);
	if (!url || !*url)
		return;
	add_text(page, " <");
	add_text(page, url);
	add_text(page, ">");
}

static void put_inline(struct page *page, cmark_node *node, int depth)
{
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_TEXT:
	case CMARK_NODE_HTML_INLINE:
		add_text(page, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_CODE:
		style(page, "36");
		add_text(page, page->color ? "" : "`");
		add_text(page, cmark_node_get_literal(node));
		add_text(page, page->color ? "" : "`");
		style(page, "");
		break;
	case CMARK_NODE_SOFTBREAK:
		add_text(page, " ");
		break;
	case CMARK_NODE_LINEBREAK:
		end_line(page);
		break;
	case CMARK_NODE_EMPH:
		put_styled(page, node, depth, "3");
		break;
	case CMARK_NODE_STRONG:
		put_styled(page, node, depth, "1");
		break;
	case CMARK_NODE_LINK:
	case CMARK_NODE_IMAGE:
		put_link(page, node, depth);
		break;
	default:
		put_inlines(page, node, depth);
		break;
	}
}

/* --- blocks ---------------------------------------------------------------- */

static void put_blocks(struct page *page, cmark_node *node, int depth);

static void put_heading(struct page *page, cmark_node *node, int depth)
{
	int level = cmark_node_get_heading_level(node);

	for (int i = 0; i < level && !page->color; i++)
		add_text(page, "#");
	if (!page->color)
		add_text(page, " ");
	put_styled(page, node, depth, level == 1 ? "1;4" : "1");
	end_line(page);
}

/* As it stands, four columns further in. */
static void put_lines(struct page *page, const char *text)
{
	while (text && *text) {
		size_t len = strcspn(text, "\n");

		begin_line(page);
		pv_buf_puts(page->out, "    ");
		pv_paint_safe(page->out, (pv_str){ text, len });
		pv_buf_putc(page->out, '\n');
		page->column = 0;
		text += len + (text[len] == '\n');
	}
}

static void put_below(struct page *page, cmark_node *node, int depth,
		      const char *prefix)
{
	size_t len = page->prefix.len;

	pv_buf_puts(&page->prefix, prefix);
	put_blocks(page, node, depth);
	pv_buf_truncate(&page->prefix, len);
}

static void put_list(struct page *page, cmark_node *list, int depth)
{
	static const char blanks[] = "            ";
	int is_ordered = cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
	int number = cmark_node_get_list_start(list);
	int was_tight = page->is_tight;

	page->is_tight = cmark_node_get_list_tight(list);
	for (cmark_node *item = cmark_node_first_child(list); item;
	     item = cmark_node_next(item), number++) {
		begin_block(page);
		empty(&page->marker);
		if (is_ordered)
			pv_buf_printf(&page->marker, "%d. ", number);
		else
			pv_buf_puts(&page->marker, "- ");
		put_below(page, item, depth,
			  blanks + sizeof(blanks) - 1 - page->marker.len);
		empty(&page->marker);
	}
	page->is_tight = was_tight;
}

static void put_block(struct page *page, cmark_node *node, int depth)
{
	begin_block(page);
	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_HEADING:
		put_heading(page, node, depth);
		break;
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_HTML_BLOCK:
		put_lines(page, cmark_node_get_literal(node));
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		add_text(page, "----------");
		end_line(page);
		break;
	case CMARK_NODE_BLOCK_QUOTE:
		page->has_block = 0;
		put_below(page, node, depth, "| ");
		page->has_block = 1;
		break;
	case CMARK_NODE_LIST:
		page->has_block = 0;
		put_list(page, node, depth);
		page->has_block = 1;
		break;
	default:
		put_inlines(page, node, depth);
		end_line(page);
		break;
	}
}

static void put_blocks(struct page *page, cmark_node *node, int depth)
{
	for (cmark_node *child = cmark_node_first_child(node);
	     child && depth < DEPTH_MAX; child = cmark_node_next(child))
		put_block(page, child, depth + 1);
}

int pv_markdown_show(pv_buf *out, const char *text, size_t len,
		     const pv_diff_print_options *opts, pv_error *err)
{
	struct page page = { .out = out, .width = 80 };
	cmark_node *document = NULL;
	pv_arena arena = { 0 };
	int rc = PV_OK;

	if (opts) {
		page.color = opts->color;
		page.width = opts->width > 0 ? (size_t)opts->width : page.width;
	}
	if (len <= PV_MARKDOWN_MAX)
		rc = pv_markdown_parse(&document, &arena, (pv_str){ text, len },
				       err);
	if (rc == PV_OK && document)
		put_blocks(&page, document, 0);
	else if (rc == PV_OK)
		put_lines(&page, text);
	if (rc == PV_OK)
		rc = pv_buf_status(&page.word, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&page.prefix, err);
	if (rc == PV_OK)
		rc = pv_buf_status(&page.marker, err);
	if (rc == PV_OK)
		rc = pv_buf_status(out, err);
	pv_buf_dispose(&page.word);
	pv_buf_dispose(&page.prefix);
	pv_buf_dispose(&page.marker);
	pv_arena_dispose(&arena);
	return rc;
}
