/* SPDX-License-Identifier: MIT
 *
 * Character references resolved as HTML 5 says and Python does, and tags
 * removed: comments first, then everything between '<' and '>'. Both in time
 * linear in the text.
 */
#include "jinja/filter/html.h"

#include <stdlib.h>

#include "base/mem.h"
#include "jinja/value/build.h"
#include "jinja/value/unicode.h"

enum {
	LONGEST_NAME = 32
};

struct entity {
	char name[LONGEST_NAME + 1];
	uint32_t first;
	uint32_t second; /* or 0 */
};

#include "jinja/filter/html_entities.inc"

/* What the C1 control codes stand for: windows-1252. */
static const uint16_t windows[32] = {
	0x20AC, 0x81,   0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
	0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0x8D,   0x017D, 0x8F,
	0x90,   0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
	0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x9D,   0x017E, 0x0178,
};

/* --- references ---------------------------------------------------------------------- */

static int is_dropped(uint32_t c)
{
	return (c >= 1 && c <= 8) || c == 0xB || (c >= 0xE && c <= 0x1F) ||
	       c == 0x7F || (c >= 0xFDD0 && c <= 0xFDEF) ||
	       (c & 0xFFFE) == 0xFFFE;
}

static void put_number(pv_buf *out, uint32_t c)
{
	if (c >= 0x80 && c <= 0x9F)
		c = windows[c - 0x80];
	else if (!c || c > 0x10FFFF || (c >= 0xD800 && c <= 0xDFFF))
		c = 0xFFFD;
	else if (is_dropped(c))
		return;
	pv_jinja_put_char(out, c);
}

static int digit_of(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 0x20;
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : 99;
}

/* "#38;" or "#x26;" at `text`: bytes used, or 0 when it is none. */
static size_t put_numeric(pv_buf *out, const char *text, size_t len)
{
	int base = len > 1 && (text[1] | 0x20) == 'x' ? 16 : 10;
	size_t start = base == 16 ? 2 : 1;
	size_t at = start;
	uint32_t value = 0;

	for (; at < len && digit_of(text[at]) < base; at++)
		if (value < 0x110000)
			value = value * (uint32_t)base +
				(uint32_t)digit_of(text[at]);
	if (at == start)
		return 0;
	put_number(out, value);
	return at + (at < len && text[at] == ';');
}

static int compare_names(const void *key, const void *row)
{
	return strcmp(key, ((const struct entity *)row)->name);
}

/* A named reference: the longest name that begins here. */
static size_t put_named(pv_buf *out, const char *text, size_t len)
{
	char name[LONGEST_NAME + 2];
	size_t count = 0;
	size_t chars = 0;

	while (count < len && chars < LONGEST_NAME && count < LONGEST_NAME &&
	       !strchr("\t\n\f <&#;", text[count])) {
		chars += ((unsigned char)text[count] & 0xC0) != 0x80;
		count++;
	}
	if (!count)
		return 0;
	if (count < len && text[count] == ';')
		count++;
	memcpy(name, text, count);
	for (; count > 1; count--) {
		const struct entity *row;

		name[count] = '\0';
		row = bsearch(name, entities, pv_array_len(entities),
			      sizeof(*entities), compare_names);
		if (!row)
			continue;
		pv_jinja_put_char(out, row->first);
		if (row->second)
			pv_jinja_put_char(out, row->second);
		return count;
	}
	return 0;
}

void pv_jinja_put_unescaped(pv_buf *out, const char *text, size_t len)
{
	size_t at = 0;

	while (at < len) {
		const char *hit = memchr(text + at, '&', len - at);
		size_t used = 0;

		if (!hit)
			break;
		pv_buf_put(out, text + at, (size_t)(hit - text) - at);
		at = (size_t)(hit - text) + 1;
		if (at < len)
			used = text[at] == '#'
				       ? put_numeric(out, text + at, len - at)
				       : put_named(out, text + at, len - at);
		if (!used)
			pv_buf_putc(out, '&');
		at += used;
	}
	pv_buf_put(out, text + at, len - at);
}

/* --- tags ----------------------------------------------------------------------------- */

/* Removes comments from text[0..len); returns the new length. */
static size_t remove_comments(char *text, size_t len)
{
	size_t kept = 0; /* text[0..kept) and text[at..len) are left */
	size_t at = 0;

	for (;;) {
		size_t start =
			pv_jinja_find_bytes(text + at, len - at, "<!--", 4);
		size_t end;
		size_t again;

		if (start == PV_JINJA_NOWHERE)
			break;
		start += at;
		end = pv_jinja_find_bytes(text + start, len - start, "-->", 3);
		if (end == PV_JINJA_NOWHERE)
			break;
		memmove(text + kept, text + at, start - at);
		kept += start - at;
		at = start + end + 3;
		/* What was kept and what follows may make a new "<!--". */
		again = kept < 3 ? kept : 3;
		kept -= again;
		at -= again;
		memmove(text + at, text + kept, again);
	}
	memmove(text + kept, text + at, len - at);
	return kept + len - at;
}

static size_t remove_tags(char *text, size_t len)
{
	size_t kept = 0;
	size_t at = 0;

	while (at < len) {
		const char *start = memchr(text + at, '<', len - at);
		const char *end;

		if (!start)
			break;
		end = memchr(start, '>', len - (size_t)(start - text));
		if (!end)
			break;
		memmove(text + kept, text + at, (size_t)(start - text) - at);
		kept += (size_t)(start - text) - at;
		at = (size_t)(end - text) + 1;
	}
	memmove(text + kept, text + at, len - at);
	return kept + len - at;
}

/* Makes runs of blanks one space, none at the ends. */
static void put_collapsed(pv_buf *out, const char *text, size_t len)
{
	size_t mark = out->len;
	int is_after_space = 0;

	for (size_t at = 0; at < len;) {
		size_t size;
		uint32_t c = pv_jinja_decode(text + at, len - at, &size);

		if (pv_jinja_char_flags(c) & PV_JINJA_CHAR_SPACE) {
			is_after_space = out->len > mark;
		} else {
			if (is_after_space)
				pv_buf_putc(out, ' ');
			is_after_space = 0;
			pv_buf_put(out, text + at, size);
		}
		at += size;
	}
}

int pv_jinja_strip_tags(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value text)
{
	size_t mark = pv_jinja_begin(run);
	pv_jinja_value plain;
	char *copy;
	size_t len;
	int rc = pv_jinja_spend(run, text.len / 16);

	if (rc >= 0)
		rc = pv_jinja_alloc(&copy, run, text.len + 1);
	if (rc < 0)
		return rc;
	memcpy(copy, text.u.s, text.len);
	len = remove_comments(copy, text.len);
	len = remove_tags(copy, len);
	put_collapsed(&run->scratch, copy, len);
	rc = pv_jinja_finish(&plain, run, mark, 0);
	if (rc < 0)
		return rc;
	pv_jinja_put_unescaped(&run->scratch, plain.u.s, plain.len);
	return pv_jinja_finish(out, run, mark, 0);
}

static int need_markup(pv_jinja_call *call, const char *name)
{
	if (pv_jinja_is_markup(call->self))
		return PV_OK;
	return pv_jinja_raise(call->run, PV_JINJA_UNDEFINED_ERROR,
			      "'str object' has no attribute '%s'", name);
}

int pv_jinja_markup_striptags(pv_jinja_value *out, pv_jinja_call *call)
{
	int rc = need_markup(call, "striptags");

	return rc < 0 ? rc : pv_jinja_strip_tags(out, call->run, call->self);
}

int pv_jinja_markup_unescape(pv_jinja_value *out, pv_jinja_call *call)
{
	size_t mark = pv_jinja_begin(call->run);
	int rc = need_markup(call, "unescape");

	if (rc < 0)
		return rc;
	pv_jinja_put_unescaped(&call->run->scratch, call->self.u.s,
			       call->self.len);
	return pv_jinja_finish(out, call->run, mark, 0);
}
