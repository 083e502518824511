/* SPDX-License-Identifier: MIT
 *
 * Strings as YAML: which style a text can have and how it is written in it.
 * Plain is chosen only for what every reader takes as that string, so texts
 * that readers of YAML 1.1 take for something else ("no", "12:30", "1_000")
 * get quotes, too, although the core schema would not need them.
 */
#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "yaml/write.h"

/* What a text contains, found in one pass. */
struct traits {
	int has_break;
	int has_tab;
	int has_special; /* needs an escape: control characters, NEL, BOM... */
	int has_single;
	int has_double;  /* or a backslash */
	int has_content; /* anything but spaces and breaks */
	int ends_blank;  /* its last line that is not empty ends in a blank */
};

/* Code points beyond ASCII that are written as an escape. */
static int is_special(int32_t c)
{
	return (c >= 0x7F && c < 0xA0) || c == 0x2028 || c == 0x2029 ||
	       c == 0xFEFF || c == 0xFFFE || c == 0xFFFF;
}

static void note_ascii(struct traits *traits, char c)
{
	if (c == '\n')
		traits->has_break = 1;
	else if (c == '\t')
		traits->has_tab = 1;
	else if ((unsigned char)c < 0x20 || c == 0x7F)
		traits->has_special = 1;
	else if (c == '\'')
		traits->has_single = 1;
	else if (c == '"' || c == '\\')
		traits->has_double = 1;
	if (c != ' ' && c != '\n' && c != '\t')
		traits->has_content = 1;
}

static struct traits study(pv_str text)
{
	struct traits traits = { 0 };
	size_t end = text.len;

	for (size_t i = 0; i < text.len;) {
		size_t step = 1;

		if ((unsigned char)text.ptr[i] < 0x80) {
			note_ascii(&traits, text.ptr[i]);
		} else {
			traits.has_special |=
				is_special(pv_utf8_decode(text.ptr + i,
							  text.len - i, &step));
			traits.has_content = 1;
		}
		i += step;
	}
	while (end && text.ptr[end - 1] == '\n')
		end--;
	if (end && (text.ptr[end - 1] == ' ' || text.ptr[end - 1] == '\t'))
		traits.ends_blank = 1;
	return traits;
}

static int is_one_of(pv_str text, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (pv_str_is(text, words[i]))
			return 1;
	return 0;
}

/* Whether all of `text` is in `set`. */
static int is_made_of(pv_str text, const char *set)
{
	for (size_t i = 0; i < text.len; i++)
		if (!text.ptr[i] || !strchr(set, text.ptr[i]))
			return 0;
	return 1;
}

/* What YAML 1.1 takes for a bool, a number, a time or a merge key. */
static int is_old_scalar(pv_str text)
{
	static const char *const words[] = { "yes", "Yes", "YES", "no", "No",
					     "NO",  "on",  "On",  "ON", "off",
					     "Off", "OFF", "=",   "<<" };
	char first = text.ptr[0];

	if (is_one_of(text, words, pv_array_len(words)))
		return 1;
	if (!(first >= '0' && first <= '9') && first != '-' && first != '+' &&
	    first != '.')
		return 0;
	if (memchr(text.ptr, ':', text.len))
		return is_made_of(text, "0123456789:._+-");
	if (is_made_of(text, "0123456789abcdefABCDEFxXo._+-") &&
	    (memchr(text.ptr, '_', text.len) || text.ptr[1] == 'b'))
		return 1;
	/* A date: four digits and a dash. */
	return text.len > 6 && text.ptr[4] == '-' &&
	       is_made_of((pv_str){ text.ptr, 4 }, "0123456789");
}

/* Whether a plain scalar may start with this text. */
static int is_plain_start(pv_str text)
{
	return !strchr("-?:,[]{}#&*!|>'\"%@` ", text.ptr[0]) &&
	       (text.len < 3 || memcmp(text.ptr, "...", 3) != 0);
}

/* The byte behind `i`; the end counts as a space. */
static char byte_after(pv_str text, size_t i)
{
	if (i + 1 < text.len)
		return text.ptr[i + 1];
	return ' ';
}

static int is_plain_inside(pv_str text, enum pv_yaml_context context)
{
	for (size_t i = 0; i < text.len; i++) {
		char next = byte_after(text, i);

		if (text.ptr[i] == ':' &&
		    (next == ' ' || context == PV_YAML_IN_FLOW) &&
		    (next < '0' || next > '9') && next != '/')
			return 0;
		if (text.ptr[i] == ' ' && next == '#')
			return 0;
		if (context == PV_YAML_IN_FLOW && strchr(",[]{}?", text.ptr[i]))
			return 0;
	}
	return 1;
}

static int is_plain(pv_str text, const struct traits *traits,
		    enum pv_yaml_context context)
{
	if (!text.len || traits->has_break || traits->has_tab ||
	    traits->has_special || traits->ends_blank)
		return 0;
	return is_plain_start(text) && is_plain_inside(text, context) &&
	       pv_yaml_core_type(text.ptr, text.len) == PV_YAML_STRING &&
	       !is_old_scalar(text);
}

/* Folding joins lines, so none may be blank-edged or start with a blank. */
static int is_foldable(pv_str text)
{
	for (size_t i = 0; i < text.len; i++) {
		int is_blank = text.ptr[i] == ' ' || text.ptr[i] == '\t';
		int at_start = i == 0 || text.ptr[i - 1] == '\n';
		int at_end = i + 1 == text.len || text.ptr[i + 1] == '\n';

		if (is_blank && (at_start || at_end))
			return 0;
	}
	return text.len > 0 && text.ptr[0] != '\n';
}

/* Whether one of the styles of several lines can hold the text. */
static int is_literal(const struct traits *traits)
{
	return traits->has_content && !traits->has_special;
}

enum pv_yaml_style pv_yaml_pick_style(pv_str text, enum pv_yaml_style old,
				      enum pv_yaml_context context)
{
	struct traits traits = study(text);
	int is_one_line = !traits.has_break && !traits.has_special;
	int can_nest = context == PV_YAML_IN_BLOCK && is_literal(&traits);

	if (old == PV_YAML_FOLDED && can_nest && is_foldable(text))
		return PV_YAML_FOLDED;
	if (can_nest && (traits.has_break || old == PV_YAML_LITERAL ||
			 old == PV_YAML_FOLDED))
		return PV_YAML_LITERAL;
	if (old == PV_YAML_DOUBLE_QUOTED)
		return old;
	if (old == PV_YAML_SINGLE_QUOTED && is_one_line && !traits.has_tab)
		return old;
	if (is_plain(text, &traits, context))
		return PV_YAML_PLAIN;
	if (is_one_line && !traits.has_tab && traits.has_double &&
	    !traits.has_single && !traits.ends_blank)
		return PV_YAML_SINGLE_QUOTED;
	return PV_YAML_DOUBLE_QUOTED;
}

int pv_yaml_is_multiline(const pv_yaml_node *value)
{
	pv_str text = { value->text, value->len };

	return value->kind == PV_YAML_SCALAR && value->type == PV_YAML_STRING &&
	       pv_yaml_pick_style(text, PV_YAML_BLOCK, PV_YAML_IN_BLOCK) ==
		       PV_YAML_LITERAL;
}

static void write_escape(pv_buf *out, int32_t c)
{
	static const char codes[] = "\"\\\a\b\t\n\v\f\r\x1B";
	static const char letters[] = "\"\\abtnvfre";
	const char *found = c && c < 0x80 ? strchr(codes, (int)c) : NULL;

	if (found)
		pv_buf_printf(out, "\\%c", letters[found - codes]);
	else if (c == 0)
		pv_buf_puts(out, "\\0");
	else if (c < 0x100)
		pv_buf_printf(out, "\\x%02X", (unsigned)c);
	else
		pv_buf_printf(out, "\\u%04X", (unsigned)c);
}

static void write_double(pv_buf *out, pv_str text)
{
	size_t copied = 0;

	pv_buf_putc(out, '"');
	for (size_t i = 0; i < text.len;) {
		size_t step;
		int32_t c = pv_utf8_decode(text.ptr + i, text.len - i, &step);

		if (c < 0x20 || c == '"' || c == '\\' || is_special(c)) {
			pv_buf_put(out, text.ptr + copied, i - copied);
			write_escape(out, c);
			copied = i + step;
		}
		i += step;
	}
	pv_buf_put(out, text.ptr + copied, text.len - copied);
	pv_buf_putc(out, '"');
}

static void write_single(pv_buf *out, pv_str text)
{
	pv_buf_putc(out, '\'');
	for (size_t i = 0; i < text.len; i++) {
		if (text.ptr[i] == '\'')
			pv_buf_putc(out, '\'');
		pv_buf_putc(out, text.ptr[i]);
	}
	pv_buf_putc(out, '\'');
}

void pv_yaml_write_string(pv_buf *out, pv_str text, enum pv_yaml_style style)
{
	if (style == PV_YAML_PLAIN)
		pv_buf_put(out, text.ptr, text.len);
	else if (style == PV_YAML_SINGLE_QUOTED)
		write_single(out, text);
	else
		write_double(out, text);
}

/*
 * Without an indicator, readers take the indentation of the first line that
 * is not empty: not so when it starts with blanks of its own, or follows
 * lines of spaces.
 */
int pv_yaml_needs_indicator(pv_str text)
{
	size_t at = 0;

	while (at < text.len && text.ptr[at] == '\n')
		at++;
	return at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t');
}

void pv_yaml_write_header(pv_buf *out, pv_str text, enum pv_yaml_style style,
			  size_t step)
{
	size_t len = text.len;

	pv_buf_putc(out, style == PV_YAML_FOLDED ? '>' : '|');
	if (pv_yaml_needs_indicator(text))
		pv_buf_printf(out, "%zu", step);
	if (!len || text.ptr[len - 1] != '\n')
		pv_buf_putc(out, '-');
	else if (len > 1 && text.ptr[len - 2] == '\n')
		pv_buf_putc(out, '+');
}

void pv_yaml_write_break(pv_buf *out, const struct pv_yaml_format *format,
			 size_t column)
{
	pv_buf_puts(out, format->eol);
	for (; column; column--)
		pv_buf_putc(out, ' ');
}

/* The line at `*at`, which goes behind its break. */
static pv_str next_line(pv_str text, size_t *at)
{
	pv_str line = { text.ptr + *at, 0 };

	while (*at < text.len && text.ptr[*at] != '\n')
		(*at)++;
	line.len = (size_t)(text.ptr + *at - line.ptr);
	(*at)++;
	return line;
}

void pv_yaml_write_literal(pv_buf *out, const struct pv_yaml_format *format,
			   pv_str text, size_t column)
{
	size_t at = 0;

	while (at < text.len) {
		pv_str line = next_line(text, &at);

		pv_yaml_write_break(out, format, line.len ? column : 0);
		pv_buf_put(out, line.ptr, line.len);
	}
}
