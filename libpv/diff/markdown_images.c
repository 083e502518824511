/* SPDX-License-Identifier: MIT
 *
 * See markdown_images.h. cmark says which images there are; where an address
 * stands, which it does not tell, is looked for from the place of the one
 * before on. A text without "![" or "<img" is not parsed, a long one piece by
 * piece.
 */
#include "diff/markdown_images.h"

#include <cmark.h>

#include "base/mem.h"
#include "diff/markdown.h"

struct search {
	pv_str text;
	size_t at; /* behind the address found last */
	int (*fn)(size_t offset, size_t len, void *payload);
	void *payload;
	int rc;
};

static char lower(char c)
{
	return (char)(c >= 'A' && c <= 'Z' ? c | 0x20 : c);
}

/* Whether small letters stand at `at`, in any case. */
static int is_word_at(pv_str text, size_t at, const char *word)
{
	for (; *word; word++, at++)
		if (at >= text.len || lower(text.ptr[at]) != *word)
			return 0;
	return 1;
}

/* Where they stand first; `text.len` when nowhere. */
static size_t find_word(pv_str text, size_t at, const char *word)
{
	for (; at < text.len; at++)
		if (is_word_at(text, at, word))
			return at;
	return text.len;
}

static int is_remote(pv_str address)
{
	static const char *const schemes[] = { "http://", "https://", "ftp://",
					       "//" };

	for (size_t i = 0; i < pv_array_len(schemes); i++)
		if (address.len > strlen(schemes[i]) &&
		    is_word_at(address, 0, schemes[i]))
			return 1;
	return 0;
}

/* The address may have been written with escapes: then the place is near. */
static void tell(struct search *search, pv_str address)
{
	size_t at = search->at;
	size_t len = address.len;

	if (search->rc || !is_remote(address))
		return;
	while (at + len <= search->text.len &&
	       memcmp(search->text.ptr + at, address.ptr, len) != 0)
		at++;
	if (at + len > search->text.len) {
		at = search->at;
		len = 0;
	}
	search->rc = search->fn(at, len, search->payload);
	search->at = at + len;
}

/* The value of src in a tag that starts at `at`. */
static void tell_tag(struct search *search, pv_str html, size_t at)
{
	const char *close = memchr(html.ptr + at, '>', html.len - at);
	pv_str tag = { html.ptr, close ? (size_t)(close - html.ptr) : html.len };
	size_t src = find_word(tag, at, "src");
	pv_str address = { tag.ptr, 0 };
	char quote;

	src += 3;
	while (src < tag.len && strchr(" \t\r\n=", tag.ptr[src]))
		src++;
	if (src >= tag.len)
		return;
	quote = tag.ptr[src];
	if (quote == '"' || quote == '\'')
		src++;
	else
		quote = ' ';
	address.ptr = tag.ptr + src;
	while (src < tag.len && tag.ptr[src] != quote)
		src++;
	address.len = (size_t)(tag.ptr + src - address.ptr);
	tell(search, address);
}

static void tell_html(struct search *search, const char *literal)
{
	pv_str html = pv_str_of(literal ? literal : "");
	size_t at = find_word(html, 0, "<img");

	while (at < html.len && !search->rc) {
		tell_tag(search, html, at);
		at = find_word(html, at + 4, "<img");
	}
}

static void walk(struct search *search, cmark_node *root)
{
	cmark_node *node = root;

	while (node) {
		cmark_node *next = cmark_node_first_child(node);
		cmark_node_type type = cmark_node_get_type(node);

		if (type == CMARK_NODE_IMAGE && cmark_node_get_url(node))
			tell(search, pv_str_of(cmark_node_get_url(node)));
		if (type == CMARK_NODE_HTML_BLOCK ||
		    type == CMARK_NODE_HTML_INLINE)
			tell_html(search, cmark_node_get_literal(node));
		while (!next && node) {
			next = cmark_node_next(node);
			if (!next)
				node = cmark_node_parent(node);
		}
		node = next;
	}
}

/* Bytes of the next piece: up to the last blank line that fits. */
static size_t piece_length(pv_str text, size_t at)
{
	size_t len = text.len - at;

	if (len <= PV_MARKDOWN_MAX)
		return len;
	for (len = PV_MARKDOWN_MAX; len > 1; len--)
		if (text.ptr[at + len - 1] == '\n' &&
		    text.ptr[at + len - 2] == '\n')
			return len;
	return PV_MARKDOWN_MAX;
}

static int has_image(pv_str text)
{
	for (size_t i = 0; i + 1 < text.len; i++) {
		char c = text.ptr[i];

		if (c == '!' && text.ptr[i + 1] == '[')
			return 1;
		if (c == '<' && is_word_at(text, i, "<img"))
			return 1;
	}
	return 0;
}

int pv_markdown_images(pv_str text,
		       int (*fn)(size_t offset, size_t len, void *payload),
		       void *payload, pv_error *err)
{
	struct search search = { text, 0, fn, payload, PV_OK };
	size_t at = 0;

	if (!text.len || !has_image(text))
		return PV_OK;
	while (at < text.len && !search.rc) {
		pv_str piece = { text.ptr + at, piece_length(text, at) };
		pv_arena arena = { 0 };
		cmark_node *root;
		int rc;

		search.at = search.at > at ? search.at : at;
		rc = pv_markdown_parse(&root, &arena, piece, err);
		if (rc == PV_OK)
			walk(&search, root);
		pv_arena_dispose(&arena);
		if (rc < 0)
			return rc;
		at += piece.len;
	}
	return search.rc;
}
