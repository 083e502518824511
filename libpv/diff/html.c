/* SPDX-License-Identifier: MIT
 *
 * See html.h.
 */
#include "diff/html.h"

#include <stdint.h>
#include <string.h>

#include "diff/paint.h"

enum {
	MAX_KEPT = 4000,    /* bytes of a kept run in one line, */
	MAX_CHANGED = 65536 /* of one that changed, before it is cut */
};

/* What stands for a character of markup; NULL for any other. */
static const char *reference_of(char c)
{
	switch (c) {
	case '&':
		return "&amp;";
	case '<':
		return "&lt;";
	case '>':
		return "&gt;";
	case '"':
		return "&quot;";
	case '\'':
		return "&#39;";
	default:
		return NULL;
	}
}

/* Whether any of eight bytes is `c`. */
static int has_byte(uint64_t bytes, unsigned char c)
{
	const uint64_t each = UINT64_MAX / 0xff;

	bytes ^= each * c;
	return ((bytes - each) & ~bytes & (each * 0x80)) != 0;
}

/* Whether one of eight bytes is of markup; quotes are two pairs but for a bit. */
static int have_markup(const char *bytes)
{
	const uint64_t each = UINT64_MAX / 0xff;
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return has_byte(word | (each * ('&' ^ '"')), '&') |
	       has_byte(word | (each * ('>' ^ '<')), '>') | has_byte(word, '\'');
}

static void put_references(pv_buf *out, pv_str text)
{
	size_t from = 0;

	for (size_t i = 0; i < text.len; i++) {
		const char *reference;

		while (text.len - i > sizeof(uint64_t) &&
		       !have_markup(text.ptr + i))
			i += sizeof(uint64_t);
		reference = reference_of(text.ptr[i]);
		if (!reference)
			continue;
		pv_buf_put(out, text.ptr + from, i - from);
		pv_buf_puts(out, reference);
		from = i + 1;
	}
	pv_buf_put(out, text.ptr + from, text.len - from);
}

static void put_text(pv_buf *out, pv_str text, const char *before,
		     const char *after)
{
	while (text.len > 0) {
		pv_str plain = { text.ptr, pv_paint_harmless(text) };

		put_references(out, plain);
		text.ptr += plain.len;
		text.len -= plain.len;
		if (text.len > 0) {
			size_t len;

			pv_buf_puts(out, before);
			len = pv_paint_escape(out, text);
			pv_buf_puts(out, after);
			text.ptr += len;
			text.len -= len;
		}
	}
}

void pv_html_text(pv_buf *out, pv_str text)
{
	put_text(out, text, "<span class=x>", "</span>");
}

void pv_html_attribute(pv_buf *out, pv_str text)
{
	put_text(out, text, "", "");
}

void pv_html_lines(pv_buf *out, pv_str text)
{
	while (text.len > 0) {
		const char *newline = memchr(text.ptr, '\n', text.len);
		pv_str line = text;

		if (newline)
			line.len = (size_t)(newline - text.ptr);
		pv_html_text(out, line);
		if (!newline)
			return;
		pv_buf_putc(out, '\n');
		text.ptr += line.len + 1;
		text.len -= line.len + 1;
	}
}

void pv_html_code(pv_buf *out, pv_str text)
{
	pv_buf_puts(out, "<code><bdi>");
	pv_html_text(out, text);
	pv_buf_puts(out, "</bdi></code>");
}

void pv_html_cut(pv_html *html, size_t count, const char *what)
{
	html->has_cuts = 1;
	pv_buf_printf(html->out, "<span class=cut>… %zu %s not shown …</span>",
		      count, what);
}

static size_t boundary_at(pv_str text, size_t at)
{
	while (at > 0 && ((unsigned char)text.ptr[at] & 0xc0) == 0x80)
		at--;
	return at;
}

static void put_shortened(pv_html *html, pv_str text, size_t max)
{
	pv_str head = text;
	pv_str tail = text;

	if (text.len <= max) {
		pv_html_text(html->out, text);
		return;
	}
	head.len = boundary_at(text, max / 2);
	tail.ptr += boundary_at(text, text.len - max / 2);
	tail.len -= (size_t)(tail.ptr - text.ptr);
	pv_html_text(html->out, head);
	pv_html_cut(html, text.len - head.len - tail.len, "bytes");
	pv_html_text(html->out, tail);
}

void pv_html_run(pv_html *html, char op, pv_str text)
{
	if (op == '=') {
		put_shortened(html, text, MAX_KEPT);
		return;
	}
	pv_buf_puts(html->out,
		    op == '-' ? "<del><span class=hidden>[removed: </span>"
			      : "<ins><span class=hidden>[added: </span>");
	put_shortened(html, text, MAX_CHANGED);
	pv_buf_puts(html->out, op == '-' ? "<span class=hidden>]</span></del>"
					 : "<span class=hidden>]</span></ins>");
}
