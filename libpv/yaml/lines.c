/* SPDX-License-Identifier: MIT
 *
 * The two rewriters of lines.h. A literal line is one line of text, so equal
 * lines at both ends are copied. A folded paragraph is one line of text, so
 * paragraphs that stay are copied and new ones are wrapped.
 */
#include "yaml/lines.h"

#include <string.h>

#include "yaml/edit.h"

enum {
	WIDTH = 80,            /* where new folded lines are wrapped */
	MOST_PARAGRAPHS = 2000 /* looking them up is quadratic */
};

static size_t count_breaks(const char *text, size_t len)
{
	size_t count = 0;

	for (size_t i = 0; i < len; i++)
		count += text[i] == '\n';
	return count;
}

/* Lines of text: a last one without a break counts. */
static size_t count_lines(pv_str text)
{
	return count_breaks(text.ptr, text.len) +
	       (text.len && text.ptr[text.len - 1] != '\n');
}

static size_t count_raw_lines(const struct pv_yaml_old_lines *old)
{
	size_t count = 0;
	size_t at = old->start;

	while (at < old->end) {
		at = pv_yaml_line_end(old->doc, pv_yaml_line_next(old->doc, at));
		count++;
	}
	return count;
}

/* The end of the `count`-th raw line, counted from 1. */
static size_t raw_end(const struct pv_yaml_old_lines *old, size_t count)
{
	size_t at = old->start;

	for (; count; count--)
		at = pv_yaml_line_end(old->doc, pv_yaml_line_next(old->doc, at));
	return at;
}

/* Bytes of the whole lines with which both texts begin. */
static size_t common_head(pv_str a, pv_str b)
{
	size_t len = 0;
	size_t lines = 0;

	for (; len < a.len && len < b.len && a.ptr[len] == b.ptr[len]; len++)
		if (a.ptr[len] == '\n')
			lines = len + 1;
	return lines;
}

/* The same at their ends, behind the first `head` bytes. */
static size_t common_tail(pv_str a, pv_str b, size_t head)
{
	size_t len = 0;
	size_t lines = 0;

	while (len < a.len - head && len < b.len - head &&
	       a.ptr[a.len - 1 - len] == b.ptr[b.len - 1 - len]) {
		if (a.ptr[a.len - 1 - len] == '\n')
			lines = len;
		len++;
	}
	if (len == a.len - head && len == b.len - head)
		return len;
	return lines;
}

void pv_yaml_rewrite_literal(pv_buf *out, const struct pv_yaml_format *format,
			     pv_str text, size_t column,
			     const struct pv_yaml_old_lines *old)
{
	const char *raw = old->doc->text;
	size_t head = common_head(old->text, text);
	size_t tail = common_tail(old->text, text, head);
	pv_str middle = { text.ptr + head, text.len - head - tail };
	pv_str kept = { text.ptr + text.len - tail, tail };
	size_t lines = count_raw_lines(old);
	size_t at;

	if (lines != count_lines(old->text)) {
		pv_yaml_write_literal(out, format, text, column);
		return;
	}
	at = raw_end(old, count_breaks(text.ptr, head));
	pv_buf_put(out, raw + old->start, at - old->start);
	pv_yaml_write_literal(out, format, middle, column);
	at = raw_end(old, lines - count_lines(kept));
	pv_buf_put(out, raw + at, old->end - at);
}

/* --- folded -------------------------------------------------------------- */

/* The line that is not empty from `*at` on; an empty slice when none is. */
static pv_str next_paragraph(pv_str text, size_t *at)
{
	pv_str line = { NULL, 0 };

	while (*at < text.len && text.ptr[*at] == '\n')
		(*at)++;
	line.ptr = text.ptr + *at;
	while (*at < text.len && text.ptr[*at] != '\n')
		(*at)++;
	line.len = (size_t)(text.ptr + *at - line.ptr);
	return line;
}

static size_t count_paragraphs(pv_str text)
{
	size_t count = 0;
	size_t at = 0;

	while (next_paragraph(text, &at).len)
		count++;
	return count;
}

static pv_str nth_paragraph(pv_str text, size_t idx)
{
	size_t at = 0;

	for (; idx; idx--)
		next_paragraph(text, &at);
	return next_paragraph(text, &at);
}

/* Raw lines up to the next blank one, without the first indentation. */
static pv_str next_group(const struct pv_yaml_old_lines *old, size_t *at)
{
	const pv_yaml *doc = old->doc;
	pv_str group = { NULL, 0 };

	while (*at < old->end && strchr(" \r\n", doc->text[*at]))
		(*at)++;
	group.ptr = doc->text + *at;
	while (*at < old->end) {
		size_t next;

		*at = pv_yaml_line_end(doc, *at);
		group.len = (size_t)(doc->text + *at - group.ptr);
		next = pv_yaml_line_next(doc, *at);
		if (next >= old->end ||
		    pv_yaml_is_blank(doc, next, pv_yaml_line_end(doc, next)))
			break;
		*at = next;
	}
	return group;
}

static pv_str nth_group(const struct pv_yaml_old_lines *old, size_t idx)
{
	size_t at = old->start;

	for (; idx; idx--)
		next_group(old, &at);
	return next_group(old, &at);
}

static size_t count_groups(const struct pv_yaml_old_lines *old)
{
	size_t count = 0;
	size_t at = old->start;

	while (next_group(old, &at).len)
		count++;
	return count;
}

/* Whether a line may end before the space at `i`. */
static int can_wrap(pv_str line, size_t i)
{
	return line.ptr[i] == ' ' && i && i + 1 < line.len &&
	       !strchr(" \t", line.ptr[i - 1]) &&
	       !strchr(" \t", line.ptr[i + 1]);
}

static void write_wrapped(pv_buf *out, const struct pv_yaml_format *format,
			  pv_str line, size_t column)
{
	size_t start = 0;
	size_t last = 0; /* newest place to wrap; 0 for none */

	for (size_t i = 0; i < line.len; i++) {
		if (can_wrap(line, i))
			last = i;
		if (column + i - start >= WIDTH && last > start) {
			pv_buf_put(out, line.ptr + start, last - start);
			pv_yaml_write_break(out, format, column);
			start = last + 1;
		}
	}
	pv_buf_put(out, line.ptr + start, line.len - start);
}

/* The old raw lines of a paragraph at the same place from either end. */
static pv_str find_group(const struct pv_yaml_old_lines *old, pv_str line,
			 size_t from_start, size_t from_end)
{
	pv_str none = { NULL, 0 };
	size_t count = old ? count_paragraphs(old->text) : 0;

	if (!count || count > MOST_PARAGRAPHS || count != count_groups(old))
		return none;
	if (from_start < count &&
	    pv_str_eq(nth_paragraph(old->text, from_start), line))
		return nth_group(old, from_start);
	if (from_end < count &&
	    pv_str_eq(nth_paragraph(old->text, count - 1 - from_end), line))
		return nth_group(old, count - 1 - from_end);
	return none;
}

void pv_yaml_rewrite_folded(pv_buf *out, const struct pv_yaml_format *format,
			    pv_str text, size_t column,
			    const struct pv_yaml_old_lines *old)
{
	size_t count = count_paragraphs(text);
	size_t at = 0;

	for (size_t i = 0; i < count; i++) {
		size_t before = at;
		pv_str line = next_paragraph(text, &at);
		pv_str group = find_group(old, line, i, count - 1 - i);

		for (before = i ? at - line.len - before : 0; before; before--)
			pv_yaml_write_break(out, format, 0);
		pv_yaml_write_break(out, format, column);
		if (group.len)
			pv_buf_put(out, group.ptr, group.len);
		else
			write_wrapped(out, format, line, column);
	}
	for (at++; at < text.len; at++)
		pv_yaml_write_break(out, format, 0);
}
