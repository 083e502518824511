/* SPDX-License-Identifier: MIT
 *
 * See trailing.h. Templates are not parsed: signs of tags and of strings are
 * counted, which holds for those with faults in them as well.
 */
#include "check/trailing.h"

#include <string.h>

static int is_blank(char c)
{
	return c == ' ' || c == '\t';
}

void pv_trailing_start(pv_trailing *it, pv_str text, enum pv_syntax syntax)
{
	memset(it, 0, sizeof(*it));
	it->text = text;
	it->is_jinja = syntax == PV_SYNTAX_JINJA2;
}

/* --- templates -------------------------------------------------------------- */

/* Where the tag "{% word %}" at `at` ends; 0 when it is another. */
static size_t tag_end(pv_str text, size_t at, const char *word)
{
	size_t len = strlen(word);

	at += 2;
	if (at < text.len && strchr("-+", text.ptr[at]))
		at++;
	while (at < text.len && strchr(" \t\n", text.ptr[at]))
		at++;
	if (text.len - at < len || memcmp(text.ptr + at, word, len) != 0)
		return 0;
	at += len;
	while (at < text.len && strchr(" \t\n-+", text.ptr[at]))
		at++;
	if (at + 2 > text.len || memcmp(text.ptr + at, "%}", 2) != 0)
		return 0;
	return at + 2;
}

/* One step outside of tags, or in a raw block. */
static size_t step_outside(pv_trailing *it, size_t at)
{
	char next = pv_str_at(it->text, at + 1);
	size_t end = 0;

	if (it->text.ptr[at] != '{' || !next || !strchr("{%#", next))
		return at + 1;
	if (next == '%')
		end = tag_end(it->text, at, it->inside ? "endraw" : "raw");
	if (end) {
		it->inside = it->inside ? 0 : 'r';
		return end;
	}
	if (it->inside)
		return at + 1;
	it->inside = next;
	return at + 2;
}

static size_t step_inside(pv_trailing *it, size_t at)
{
	char c = it->text.ptr[at];
	char close = it->inside;

	if (close == '{')
		close = '}';
	if (it->quote) {
		if (c == it->quote)
			it->quote = 0;
		return at + 1 + (c == '\\');
	}
	if (c == close && pv_str_at(it->text, at + 1) == '}') {
		it->inside = 0;
		return at + 2;
	}
	if (it->inside != '#' && (c == '"' || c == '\''))
		it->quote = c;
	return at + 1;
}

/* Whether the text is a template's own words at `at`, not to be touched. */
static int is_literal(pv_trailing *it, size_t at)
{
	while (it->is_jinja && it->scanned < at)
		it->scanned = it->inside && it->inside != 'r'
				      ? step_inside(it, it->scanned)
				      : step_outside(it, it->scanned);
	return it->quote || it->inside == 'r';
}

/* --- lines ------------------------------------------------------------------ */

/* "  \n", or more, before a line that goes on: Markdown's line break. */
static int is_break(pv_str text, size_t start, size_t blanks, size_t end)
{
	return blanks > start && end - blanks >= 2 &&
	       !memchr(text.ptr + blanks, '\t', end - blanks) &&
	       end + 1 < text.len && text.ptr[end + 1] != '\n';
}

int pv_trailing_next(size_t *start, size_t *end, pv_trailing *it)
{
	pv_str text = it->text;

	while (it->line < text.len) {
		size_t line = it->line;
		const char *newline =
			memchr(text.ptr + line, '\n', text.len - line);

		if (!newline)
			return 0;
		*end = (size_t)(newline - text.ptr);
		*start = *end;
		while (*start > line && is_blank(text.ptr[*start - 1]))
			--*start;
		it->line = *end + 1;
		if (*start < *end && !is_break(text, line, *start, *end) &&
		    !is_literal(it, *end))
			return 1;
	}
	return 0;
}
