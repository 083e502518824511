/* SPDX-License-Identifier: MIT
 *
 * From libyaml's marks to bytes. libyaml counts characters from behind the
 * byte order mark; spans are bytes. In ASCII text the two are the same, else
 * a cursor walks along: marks arrive in the order of the text, so the whole
 * walk is linear. Also finds where content begins and ends, which libyaml's
 * marks do not always say.
 */
#ifndef PV_YAML_MARKS_H
#define PV_YAML_MARKS_H

#include "base/str.h"

struct pv_yaml_marks {
	const char *text;
	size_t len;
	size_t base; /* byte of character 0 */
	int is_ascii;
	int has_odd_breaks; /* NEL, LS or PS: lines only to libyaml */
	size_t index;       /* the cursor: a character ... */
	size_t byte;        /* ... and where it starts */
	size_t place;       /* a second one, for lines and columns */
	int line;
	int column;
};

void pv_yaml_marks_init(struct pv_yaml_marks *marks, const char *text,
			size_t len, size_t base);
/* Moves the cursor to character `index` and returns its byte. */
size_t pv_yaml_marks_walk(struct pv_yaml_marks *marks, size_t index);

/* The byte at which character `index` starts. */
static inline size_t pv_yaml_marks_byte(struct pv_yaml_marks *marks, size_t index)
{
	return marks->is_ascii ? marks->base + index
			       : pv_yaml_marks_walk(marks, index);
}

/* Line and column of a byte, by LF, CRLF and CR. */
void pv_yaml_marks_place(struct pv_yaml_marks *marks, size_t byte,
			 int *line_out, int *column_out);

/*
 * Bytes of the line break at `at`, or that ends at `at`; 0 for none. These
 * are libyaml's, where NEL, LS and PS end a comment, too.
 */
size_t pv_yaml_break_at(const char *text, size_t len, size_t at);
size_t pv_yaml_break_before(const char *text, size_t start, size_t at);
/* Behind blanks, line breaks and comments. */
size_t pv_yaml_skip_space(const char *text, size_t len, size_t at);
/* Behind `count` properties (tag, anchor) at `at` and the space after them. */
size_t pv_yaml_skip_properties(const char *text, size_t len, size_t at,
			       int count);
/* The same, but not behind the space after the last one. */
size_t pv_yaml_properties_end(const char *text, size_t len, size_t at, int count);
/* The value indicator in [at, end) behind a key; `end` when there is none. */
size_t pv_yaml_find_colon(const char *text, size_t at, size_t end);
/*
 * The width of a block scalar's indentation; `start` is its indicator, `end`
 * where it ends for libyaml, `content` its decoded text. SIZE_MAX when it has
 * no content to tell it by.
 */
size_t pv_yaml_block_indent(const char *text, size_t start, size_t end,
			    pv_str content);
/*
 * Its own end: behind its last content line, or behind its last line but for
 * the break when it keeps trailing ones.
 */
size_t pv_yaml_block_end(const char *text, size_t start, size_t end,
			 pv_str content);
/* Behind the indicators of its header ("|2-"). */
size_t pv_yaml_block_header(const char *text, size_t start);

#endif
