/* SPDX-License-Identifier: MIT
 *
 * The arithmetic of marks.h on byte positions. Everything here looks at the
 * raw text; syntax was checked by libyaml before.
 */
#include "yaml/marks.h"

#include <stdint.h>
#include <string.h>

static int is_continuation(char c)
{
	return ((unsigned char)c & 0xC0) == 0x80;
}

static int is_break(char c)
{
	return c == '\n' || c == '\r';
}

/* Whether NEL (U+0085), LS or PS (U+2028, U+2029) occur. */
static int find_odd_breaks(const char *text, size_t len)
{
	for (size_t i = 0; i + 1 < len; i++) {
		if (text[i] == '\xC2' && text[i + 1] == '\x85')
			return 1;
		if (text[i] == '\xE2' && i + 2 < len && text[i + 1] == '\x80' &&
		    (text[i + 2] == '\xA8' || text[i + 2] == '\xA9'))
			return 1;
	}
	return 0;
}

static int is_ascii(const char *text, size_t len)
{
	uint64_t seen[4] = { 0 };
	uint64_t words[4];
	size_t at = 0;

	for (; len - at >= sizeof(words); at += sizeof(words)) {
		memcpy(words, text + at, sizeof(words));
		for (size_t i = 0; i < 4; i++)
			seen[i] |= words[i];
	}
	for (; at < len; at++)
		seen[0] |= (unsigned char)text[at];
	return !((seen[0] | seen[1] | seen[2] | seen[3]) & 0x8080808080808080U);
}

void pv_yaml_marks_init(struct pv_yaml_marks *marks, const char *text,
			size_t len, size_t base)
{
	memset(marks, 0, sizeof(*marks));
	marks->text = text;
	marks->len = len;
	marks->base = base;
	marks->byte = base;
	marks->place = base;
	marks->line = 1;
	marks->column = 1;
	marks->is_ascii = is_ascii(text + base, len - base);
	if (!marks->is_ascii)
		marks->has_odd_breaks = find_odd_breaks(text + base, len - base);
}

/* How many of the eight bytes at `text` begin a character. */
static size_t count_leads(const char *text)
{
	const uint64_t ones = 0x0101010101010101U;
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	word = (word >> 7) & ~(word >> 6) & ones;
	return sizeof(word) - (size_t)((word * ones) >> 56);
}

static void advance(struct pv_yaml_marks *marks, size_t index)
{
	while (marks->index < index && marks->byte < marks->len) {
		if (marks->len - marks->byte >= 8) {
			size_t leads = count_leads(marks->text + marks->byte);

			if (leads <= index - marks->index) {
				marks->index += leads;
				marks->byte += 8;
				continue;
			}
		}
		marks->index += !is_continuation(marks->text[marks->byte]);
		marks->byte++;
	}
	while (marks->byte < marks->len &&
	       is_continuation(marks->text[marks->byte]))
		marks->byte++;
}

size_t pv_yaml_marks_walk(struct pv_yaml_marks *marks, size_t index)
{
	while (marks->index > index) {
		marks->byte--;
		marks->index -= !is_continuation(marks->text[marks->byte]);
	}
	advance(marks, index);
	return marks->byte;
}

void pv_yaml_marks_place(struct pv_yaml_marks *marks, size_t byte,
			 int *line_out, int *column_out)
{
	const char *text = marks->text;

	if (byte < marks->place) {
		marks->place = marks->base;
		marks->line = 1;
		marks->column = 1;
	}
	for (; marks->place < byte; marks->place++) {
		char c = text[marks->place];

		if (c == '\n' || (c == '\r' && text[marks->place + 1] != '\n')) {
			marks->line++;
			marks->column = 1;
		} else if (!is_continuation(c)) {
			marks->column++;
		}
	}
	*line_out = marks->line;
	*column_out = marks->column;
}

size_t pv_yaml_break_at(const char *text, size_t len, size_t at)
{
	size_t left = len - at;

	if (!left)
		return 0;
	if (text[at] == '\n')
		return 1;
	if (text[at] == '\r')
		return left > 1 && text[at + 1] == '\n' ? 2 : 1;
	if (text[at] == '\xC2')
		return left > 1 && text[at + 1] == '\x85' ? 2 : 0;
	if (text[at] == '\xE2' && left > 2 && text[at + 1] == '\x80')
		return text[at + 2] == '\xA8' || text[at + 2] == '\xA9' ? 3 : 0;
	return 0;
}

size_t pv_yaml_break_before(const char *text, size_t start, size_t at)
{
	for (size_t len = 3; len; len--)
		if (at - start >= len &&
		    pv_yaml_break_at(text, at, at - len) == len)
			return len;
	return 0;
}

static size_t find_break(const char *text, size_t len, size_t at)
{
	while (at < len && !pv_yaml_break_at(text, len, at))
		at++;
	return at;
}

size_t pv_yaml_skip_space(const char *text, size_t len, size_t at)
{
	while (at < len) {
		size_t step = text[at] == ' ' || text[at] == '\t'
				      ? 1
				      : pv_yaml_break_at(text, len, at);

		/* libyaml lets a byte order mark start any line. */
		if (len - at >= 3 && !memcmp(text + at, "\xEF\xBB\xBF", 3) &&
		    pv_yaml_break_before(text, 0, at))
			step = 3;
		if (text[at] == '#')
			at = find_break(text, len, at);
		else if (!step)
			break;
		at += step;
	}
	return at;
}

static int is_anchor_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c >= '0' && c <= '9') || c == '_' || c == '-';
}

/* Behind one tag or anchor. */
static size_t skip_property(const char *text, size_t len, size_t at)
{
	if (at < len && text[at] == '&') {
		for (at++; at < len && is_anchor_char(text[at]);)
			at++;
		return at;
	}
	if (len - at > 1 && text[at] == '!' && text[at + 1] == '<') {
		while (at < len && text[at] != '>')
			at++;
		return at < len ? at + 1 : len;
	}
	while (at < len && !strchr(" \t,", text[at]) &&
	       !pv_yaml_break_at(text, len, at))
		at++;
	return at;
}

size_t pv_yaml_properties_end(const char *text, size_t len, size_t at, int count)
{
	while (count-- > 0) {
		at = skip_property(text, len, at);
		if (count)
			at = pv_yaml_skip_space(text, len, at);
	}
	return at;
}

size_t pv_yaml_skip_properties(const char *text, size_t len, size_t at, int count)
{
	at = pv_yaml_properties_end(text, len, at, count);
	return count > 0 ? pv_yaml_skip_space(text, len, at) : at;
}

size_t pv_yaml_find_colon(const char *text, size_t at, size_t end)
{
	at = pv_yaml_skip_space(text, end, at);
	return at < end && text[at] == ':' ? at : end;
}

size_t pv_yaml_block_header(const char *text, size_t start)
{
	size_t at = start + 1;

	while (text[at] == '+' || text[at] == '-' ||
	       (text[at] >= '0' && text[at] <= '9'))
		at++;
	return at;
}

/* Where the first line of content starts, at most `end`. */
static size_t first_line(const char *text, size_t start, size_t end)
{
	start = find_break(text, end, start);
	return start + pv_yaml_break_at(text, end, start);
}

/* The longest run of spaces that ends a line or the text. */
static size_t widest_blank(const char *text, size_t len)
{
	size_t widest = 0;
	size_t run = 0;

	for (size_t i = 0; i < len; i++) {
		run = text[i] == ' ' ? run + 1 : 0;
		if (run > widest)
			widest = run;
	}
	return widest;
}

size_t pv_yaml_block_indent(const char *text, size_t start, size_t end,
			    pv_str content)
{
	size_t at = first_line(text, start, end);
	size_t raw = 0;
	size_t own = 0;
	size_t i = 0;

	for (; i < content.len; i++) {
		if (content.ptr[i] != ' ' && content.ptr[i] != '\n')
			break;
		own = content.ptr[i] == ' ' ? own + 1 : 0;
	}
	if (i == content.len) {
		own = widest_blank(content.ptr, content.len);
		raw = widest_blank(text + at, end - at);
		return own ? raw - own : SIZE_MAX;
	}
	for (; at < end; at++) {
		if (text[at] != ' ' && !is_break(text[at]))
			break;
		raw = text[at] == ' ' ? raw + 1 : 0;
	}
	return raw >= own ? raw - own : 0;
}

/* `at` without the line break that ends there, if one does. */
static size_t before_break(const char *text, size_t at)
{
	if (text[at - 1] == '\n')
		return text[at - 2] == '\r' ? at - 2 : at - 1;
	return text[at - 1] == '\r' ? at - 1 : at;
}

size_t pv_yaml_block_end(const char *text, size_t start, size_t end,
			 pv_str content)
{
	size_t header = pv_yaml_block_header(text, start);
	size_t floor = first_line(text, start, end);
	size_t indent = SIZE_MAX;
	int has_indent = 0;

	if (memchr(text + start, '+', header - start) && end > floor)
		return before_break(text, end);
	while (end > floor) {
		size_t stop = before_break(text, end);
		size_t line = stop;

		while (line > floor && text[line - 1] == ' ')
			line--;
		if (line > floor && !is_break(text[line - 1]))
			return stop;
		if (stop > line && !has_indent) {
			indent = pv_yaml_block_indent(text, start, end, content);
			has_indent = 1;
		}
		if (stop > line && indent != SIZE_MAX && stop - line > indent)
			return stop;
		end = line;
	}
	return header;
}
