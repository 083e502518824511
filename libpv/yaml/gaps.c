/* SPDX-License-Identifier: MIT
 *
 * See gaps.h. A gap is made only where nothing can be doubtful: the header is
 * no more than its indicators, the first line has text and no other blank
 * than the indentation before it, and every line is of plain characters. So
 * what libyaml does with the block depends on the lines it still sees.
 */
#include "yaml/gaps.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"

enum {
	LEAST_TEXT = 512, /* bytes worth looking at */
	LEAST_GAP = 64
};

/* --- lines --------------------------------------------------------------- */

/* The line at `at` without its break; `ptr` is NULL when none ends it. */
static pv_str line_at(pv_str text, size_t at)
{
	pv_str line = { text.ptr + at, 0 };
	const char *end = memchr(line.ptr, '\n', text.len - at);

	if (!end)
		line.ptr = NULL;
	else
		line.len = (size_t)(end - line.ptr);
	return line;
}

/* Whether eight bytes are printable ASCII; 0 says perhaps. */
static int are_printable(const char *text)
{
	uint64_t word;

	memcpy(&word, text, sizeof(word));
	return !((word | (word - 0x2020202020202020) |
		  (word + 0x0101010101010101)) &
		 0x8080808080808080);
}

/* What libyaml reads and takes for no line break. */
static int is_plain_char(int32_t c)
{
	return c == '\t' || (c >= 0x20 && c <= 0x7e) ||
	       (c >= 0xa0 && c <= 0xd7ff && c != 0x2028 && c != 0x2029) ||
	       (c >= 0xe000 && c <= 0xfffd && c != 0xfeff) || c >= 0x10000;
}

/* Whether a line is all plain; adds its characters to `*chars`. */
static int is_plain(pv_str line, size_t *chars)
{
	size_t count = 0;
	size_t at = 0;

	while (at < line.len) {
		size_t len = sizeof(uint64_t);

		/* What is left at the end is looked at as part of eight. */
		if (line.len - at < len && line.len >= len &&
		    are_printable(line.ptr + line.len - len))
			len = line.len - at;
		else if (line.len - at < len || !are_printable(line.ptr + at))
			len = 0;
		if (len > 0) {
			count += len;
		} else if (is_plain_char(pv_utf8_decode(line.ptr + at,
							line.len - at, &len))) {
			count++;
		} else {
			return 0;
		}
		at += len;
	}
	*chars += count;
	return 1;
}

static size_t indent_of(pv_str line, size_t max)
{
	size_t indent = 0;

	while (indent < line.len && indent < max && line.ptr[indent] == ' ')
		indent++;
	return indent;
}

/* Where the indicator is when the line ends in "key: |" or "- |-", or 0. */
static size_t find_header(pv_str line)
{
	size_t at = line.len;
	size_t before;

	if (at > 0 && (line.ptr[at - 1] == '-' || line.ptr[at - 1] == '+'))
		at--;
	if (at < 3 || line.ptr[--at] != '|' || line.ptr[at - 1] != ' ')
		return 0;
	for (before = at; before > 0 && line.ptr[before - 1] == ' ';)
		before--;
	if (before == 0 ||
	    (line.ptr[before - 1] != ':' && line.ptr[before - 1] != '-'))
		return 0;
	return line.ptr[indent_of(line, line.len)] == '#' ? 0 : at;
}

/* --- finding ------------------------------------------------------------- */

/* A way through the text that keeps count. */
struct scan {
	struct pv_yaml_gaps *gaps;
	const struct pv_yaml_marks *marks;
	size_t left_out; /* characters in gaps so far */
	size_t lines;    /* likewise */
	size_t byte;     /* up to here */
	size_t chars;    /* there are as many characters */
};

/* Characters before byte `at`, which is behind those asked for before. */
static size_t chars_before(struct scan *it, size_t at)
{
	const char *text = it->gaps->text.ptr;

	if (it->marks->is_ascii)
		return at;
	for (; it->byte < at; it->byte++)
		it->chars += ((unsigned char)text[it->byte] & 0xc0) != 0x80;
	return it->chars;
}

/* Up to where the block goes on plainly, and its last line with text. */
struct block {
	size_t last; /* where the break of that line is; 0: there is no line */
	size_t end;
	size_t lines; /* from gap->from to `end` */
	size_t chars;
	size_t len; /* without indentation */
};

/* Adds a line to what is before the next one; 0 when the block ends here. */
static int take_line(struct block *now, pv_str line, size_t indent, int *has_text)
{
	size_t own = indent_of(line, indent);

	*has_text = own < line.len;
	if ((*has_text && own < indent) || !is_plain(line, &now->chars))
		return 0;
	now->chars++;
	now->lines++;
	now->len += line.len - own + 1;
	return 1;
}

/* `now` is what of the first line is in the gap, with its break. */
static struct block find_block(pv_str text, struct block now, size_t indent)
{
	struct block best = { .last = 0, .end = now.end };
	size_t at = now.end;

	while (at < text.len) {
		pv_str line = line_at(text, at);
		int has_text;

		if (!line.ptr || !take_line(&now, line, indent, &has_text))
			break;
		if (has_text) {
			best = now;
			best.last = at + line.len;
			best.end = best.last + 1;
		}
		at += line.len + 1;
	}
	return best;
}

static int add_gap(struct scan *it, const struct pv_yaml_gap *like,
		   const struct block *block, pv_error *err)
{
	struct pv_yaml_gaps *gaps = it->gaps;
	struct pv_yaml_gap *gap;

	if (pv_array_reserve(&gaps->items, &gaps->cap, gaps->count + 1,
			     sizeof(*gaps->items)) < 0)
		return pv_fail_nomem(err);
	gap = &gaps->items[gaps->count++];
	*gap = *like;
	gap->to = block->last;
	gap->len = block->len - 1; /* that break stays */
	gap->header = chars_before(it, gap->header);
	gap->at = chars_before(it, gap->from) - it->left_out;
	it->left_out += block->chars - 1;
	it->lines += block->lines - 1;
	gap->chars = it->left_out;
	gap->lines = it->lines;
	return PV_OK;
}

/* Looks at the block whose header is at byte `header`; moves `*at` behind. */
static int look_at_block(struct scan *it, size_t header, size_t *at, pv_error *err)
{
	pv_str text = it->gaps->text;
	pv_str first = line_at(text, *at);
	struct pv_yaml_gap gap = { .header = header };
	struct block block = { .lines = 1 };

	gap.indent = first.ptr ? indent_of(first, first.len) : 0;
	if (!gap.indent || gap.indent == first.len ||
	    first.ptr[gap.indent] == '\t' || !is_plain(first, &block.chars))
		return PV_OK;
	pv_utf8_decode(first.ptr + gap.indent, first.len - gap.indent, &gap.head);
	gap.from = *at + gap.indent + gap.head;
	block.chars -= gap.indent; /* and the break for the head */
	block.len = first.len - gap.indent - gap.head + 1;
	block.end = *at + first.len + 1;
	block = find_block(text, block, gap.indent);
	*at = block.end;
	if (block.last < gap.from + LEAST_GAP)
		return PV_OK;
	return add_gap(it, &gap, &block, err);
}

int pv_yaml_gaps_find(struct pv_yaml_gaps *out,
		      const struct pv_yaml_marks *marks, pv_error *err)
{
	struct scan it = { .gaps = out, .marks = marks };
	size_t at = 0;
	int rc = PV_OK;

	memset(out, 0, sizeof(*out));
	out->text.ptr = marks->text + marks->base;
	out->text.len = marks->len - marks->base;
	if (out->text.len < LEAST_TEXT || marks->has_odd_breaks)
		return PV_OK;
	while (at < out->text.len && rc == PV_OK) {
		pv_str line = line_at(out->text, at);
		size_t header;

		if (!line.ptr)
			break;
		header = find_header(line);
		header = header ? at + header : 0;
		at += line.len + 1;
		if (header && at < out->text.len)
			rc = look_at_block(&it, header, &at, err);
	}
	return rc;
}

void pv_yaml_gaps_dispose(struct pv_yaml_gaps *gaps)
{
	pv_free(gaps->items);
	memset(gaps, 0, sizeof(*gaps));
}

/* --- reading ------------------------------------------------------------- */

int pv_yaml_gaps_read(void *data, unsigned char *buffer, size_t size,
		      size_t *size_read)
{
	struct pv_yaml_gaps *gaps = data;

	*size_read = 0;
	while (*size_read < size && gaps->next < gaps->text.len) {
		size_t end = gaps->text.len;
		size_t part = size - *size_read;

		if (gaps->gap < gaps->count)
			end = gaps->items[gaps->gap].from;
		if (part > end - gaps->next)
			part = end - gaps->next;
		memcpy(buffer + *size_read, gaps->text.ptr + gaps->next, part);
		*size_read += part;
		gaps->next += part;
		if (gaps->next == end && gaps->gap < gaps->count)
			gaps->next = gaps->items[gaps->gap++].to;
	}
	return 1;
}

/* --- events -------------------------------------------------------------- */

static void move_mark(struct pv_yaml_gaps *gaps, yaml_mark_t *mark)
{
	while (gaps->passed > 0 && gaps->items[gaps->passed - 1].at > mark->index)
		gaps->passed--;
	while (gaps->passed < gaps->count &&
	       gaps->items[gaps->passed].at <= mark->index)
		gaps->passed++;
	if (gaps->passed == 0)
		return;
	mark->index += gaps->items[gaps->passed - 1].chars;
	mark->line += gaps->items[gaps->passed - 1].lines;
}

/* Whether an event is the scalar that the next gap is in. */
static int is_filler(const struct pv_yaml_gap *gap, const yaml_event_t *event)
{
	return event->type == YAML_SCALAR_EVENT &&
	       event->data.scalar.style == YAML_LITERAL_SCALAR_STYLE &&
	       event->data.scalar.length >= gap->head &&
	       event->start_mark.index == gap->header &&
	       event->end_mark.index > gap->at + gap->chars;
}

const struct pv_yaml_gap *pv_yaml_gaps_pass(struct pv_yaml_gaps *gaps,
					    yaml_event_t *event)
{
	const struct pv_yaml_gap *gap = &gaps->items[gaps->filled];

	move_mark(gaps, &event->start_mark);
	move_mark(gaps, &event->end_mark);
	if (gaps->filled == gaps->count || !is_filler(gap, event))
		return NULL;
	gaps->filled++;
	return gap;
}

void pv_yaml_gaps_fill(char *to, const struct pv_yaml_gaps *gaps,
		       const struct pv_yaml_gap *gap, pv_str scalar)
{
	size_t at = gap->from;

	memcpy(to, scalar.ptr, gap->head);
	to += gap->head;
	while (at < gap->to) {
		pv_str line = line_at(gaps->text, at);
		size_t own = at > gap->from ? indent_of(line, gap->indent) : 0;
		size_t len = line.len - own;

		assert(line.ptr); /* each line there ends in a break */
		at += line.len;
		len += at++ < gap->to; /* of which the last stays */
		memcpy(to, line.ptr + own, len);
		to += len;
	}
	memcpy(to, scalar.ptr + gap->head, scalar.len - gap->head);
}
