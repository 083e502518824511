/* SPDX-License-Identifier: MIT
 *
 * A block that cmark has found, as HTML; see markdown.h. Headings are not
 * headings of the page, whose order they would break.
 */
#include <cmark.h>

#include "diff/html.h"
#include "diff/markdown.h"

/* What is being written. */
struct writer {
	pv_buf *out;
	const cmark_node *link; /* the open <a>; they must not nest */
};

static pv_str text_of(const char *text)
{
	return pv_str_of(text ? text : "");
}

/* What a reader may follow; the rest is shown as text. */
static int is_safe(const char *url)
{
	return url && (pv_str_has_prefix(url, "https://") ||
		       pv_str_has_prefix(url, "http://") ||
		       pv_str_has_prefix(url, "mailto:"));
}

/* The paragraphs of a tight list are not written as such. */
static int is_tight(cmark_node *node)
{
	cmark_node *item = cmark_node_parent(node);
	cmark_node *list = item ? cmark_node_parent(item) : NULL;

	return list && cmark_node_get_type(list) == CMARK_NODE_LIST &&
	       cmark_node_get_list_tight(list);
}

static int is_ordered(cmark_node *list)
{
	return cmark_node_get_list_type(list) == CMARK_ORDERED_LIST;
}

static void open_link(struct writer *writer, cmark_node *node)
{
	const char *url = cmark_node_get_url(node);

	if (writer->link || !is_safe(url))
		return;
	writer->link = node;
	pv_buf_puts(writer->out, "<a rel=\"noopener noreferrer\" href=\"");
	pv_html_attribute(writer->out, text_of(url));
	pv_buf_puts(writer->out, "\">");
}

static void put_url(pv_buf *out, cmark_node *node)
{
	pv_buf_puts(out, " (");
	pv_html_code(out, text_of(cmark_node_get_url(node)));
	pv_buf_putc(out, ')');
}

static void close_link(struct writer *writer, cmark_node *node)
{
	if (writer->link == node) {
		writer->link = NULL;
		pv_buf_puts(writer->out, "</a>");
	} else {
		put_url(writer->out, node);
	}
}

static void put_code(pv_buf *out, cmark_node *node, int is_block)
{
	pv_buf_puts(out, is_block ? "<pre><code>" : "<code>");
	pv_html_lines(out, text_of(cmark_node_get_literal(node)));
	pv_buf_puts(out, is_block ? "</code></pre>\n" : "</code>");
}

static void open_list(pv_buf *out, cmark_node *node)
{
	int start = cmark_node_get_list_start(node);

	if (!is_ordered(node))
		pv_buf_puts(out, "<ul>\n");
	else if (start == 1)
		pv_buf_puts(out, "<ol>\n");
	else
		pv_buf_printf(out, "<ol start=%d>\n", start);
}

static void open_node(struct writer *writer, cmark_node *node)
{
	pv_buf *out = writer->out;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
		pv_buf_puts(out, "<blockquote>\n");
		break;
	case CMARK_NODE_LIST:
		open_list(out, node);
		break;
	case CMARK_NODE_ITEM:
		pv_buf_puts(out, "<li>");
		break;
	case CMARK_NODE_PARAGRAPH:
		pv_buf_puts(out, is_tight(node) ? "" : "<p>");
		break;
	case CMARK_NODE_HEADING:
		pv_buf_printf(out, "<p class=h%d>",
			      cmark_node_get_heading_level(node));
		break;
	case CMARK_NODE_THEMATIC_BREAK:
		pv_buf_puts(out, "<hr>\n");
		break;
	case CMARK_NODE_CODE_BLOCK:
	case CMARK_NODE_HTML_BLOCK:
		put_code(out, node, 1);
		break;
	case CMARK_NODE_CODE:
	case CMARK_NODE_HTML_INLINE:
		put_code(out, node, 0);
		break;
	case CMARK_NODE_TEXT:
		pv_html_text(out, text_of(cmark_node_get_literal(node)));
		break;
	case CMARK_NODE_SOFTBREAK:
		pv_buf_putc(out, '\n');
		break;
	case CMARK_NODE_LINEBREAK:
		pv_buf_puts(out, "<br>\n");
		break;
	case CMARK_NODE_EMPH:
		pv_buf_puts(out, "<em>");
		break;
	case CMARK_NODE_STRONG:
		pv_buf_puts(out, "<strong>");
		break;
	case CMARK_NODE_LINK:
		open_link(writer, node);
		break;
	case CMARK_NODE_IMAGE:
		pv_buf_puts(out, "[image: ");
		break;
	default: /* the document, and what only programs make */
		break;
	}
}

static void close_node(struct writer *writer, cmark_node *node)
{
	pv_buf *out = writer->out;

	switch (cmark_node_get_type(node)) {
	case CMARK_NODE_BLOCK_QUOTE:
		pv_buf_puts(out, "</blockquote>\n");
		break;
	case CMARK_NODE_LIST:
		pv_buf_puts(out, is_ordered(node) ? "</ol>\n" : "</ul>\n");
		break;
	case CMARK_NODE_ITEM:
		pv_buf_puts(out, "</li>\n");
		break;
	case CMARK_NODE_PARAGRAPH:
		pv_buf_puts(out, is_tight(node) ? "\n" : "</p>\n");
		break;
	case CMARK_NODE_HEADING:
		pv_buf_puts(out, "</p>\n");
		break;
	case CMARK_NODE_EMPH:
		pv_buf_puts(out, "</em>");
		break;
	case CMARK_NODE_STRONG:
		pv_buf_puts(out, "</strong>");
		break;
	case CMARK_NODE_LINK:
		close_link(writer, node);
		break;
	case CMARK_NODE_IMAGE:
		pv_buf_putc(out, ']');
		put_url(out, node);
		break;
	default:
		break;
	}
}

void pv_markdown_put(pv_buf *out, cmark_node *block)
{
	struct writer writer = { out, NULL };
	cmark_node *node = block;

	for (;;) {
		cmark_node *child;

		open_node(&writer, node);
		child = cmark_node_first_child(node);
		if (child) {
			node = child;
			continue;
		}
		close_node(&writer, node);
		while (node != block && !cmark_node_next(node)) {
			node = cmark_node_parent(node);
			close_node(&writer, node);
		}
		if (node == block)
			return;
		node = cmark_node_next(node);
	}
}
