/* SPDX-License-Identifier: MIT
 *
 * The streaming JSON writer of json.h. It never fails by itself: the buffer
 * keeps the first failure for its owner to check.
 */
#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/utf8.h"

void pv_jsonw_init(pv_jsonw *w, pv_buf *out)
{
	memset(w, 0, sizeof(*w));
	w->out = out;
}

/* Puts the comma before a value or key that has one before it. */
static void separate(pv_jsonw *w)
{
	if (w->after_key) {
		w->after_key = 0;
		return;
	}
	if (w->used[w->depth])
		pv_buf_putc(w->out, ',');
	w->used[w->depth] = 1;
}

static void open_level(pv_jsonw *w, char bracket)
{
	assert(w->depth < PV_JSON_MAX_DEPTH - 1);
	separate(w);
	pv_buf_putc(w->out, bracket);
	w->used[++w->depth] = 0;
}

static void close_level(pv_jsonw *w, char bracket)
{
	assert(w->depth > 0);
	w->depth--;
	pv_buf_putc(w->out, bracket);
}

void pv_jsonw_object(pv_jsonw *w)
{
	open_level(w, '{');
}

void pv_jsonw_object_end(pv_jsonw *w)
{
	close_level(w, '}');
}

void pv_jsonw_array(pv_jsonw *w)
{
	open_level(w, '[');
}

void pv_jsonw_array_end(pv_jsonw *w)
{
	close_level(w, ']');
}

static void write_escape(pv_buf *out, unsigned char c)
{
	static const char named[] = "\n\"\\\b\f\r\t"; /* the usual one first */
	static const char letters[] = "n\"\\bfrt";
	const char *found = c ? strchr(named, c) : NULL;

	if (found) {
		const char pair[2] = { '\\', letters[found - named] };

		pv_buf_put(out, pair, sizeof(pair));
	} else {
		pv_buf_printf(out, "\\u%04x", c);
	}
}

/* ASCII that needs no escape: nearly all of it. */
static int is_plain(unsigned char c)
{
	return c - 0x20U < 0x7F - 0x20 && c != '"' && c != '\\';
}

/* The high bit of each byte that is 0, and perhaps of some behind such. */
static uint64_t zero_bytes(uint64_t word)
{
	return (word - 0x0101010101010101) & ~word & 0x8080808080808080;
}

/* The same for eight bytes at once; 0 says perhaps. */
static int are_plain(const char *text)
{
	uint64_t word;
	uint64_t odd;

	memcpy(&word, text, sizeof(word));
	odd = word | (word - 0x2020202020202020);
	odd |= zero_bytes(word ^ 0x2222222222222222); /* the quote */
	odd |= zero_bytes(word ^ 0x5C5C5C5C5C5C5C5C); /* the backslash */
	odd |= zero_bytes(word ^ 0x7F7F7F7F7F7F7F7F);
	return !(odd & 0x8080808080808080);
}

/* How many bytes from `at` on can be copied as they are. */
static size_t plain_run(const char *text, size_t len, size_t at)
{
	size_t end = at;

	for (;;) {
		size_t step = 1;

		while (len - end >= sizeof(uint64_t) && are_plain(text + end))
			end += sizeof(uint64_t);
		while (end < len && is_plain((unsigned char)text[end]))
			end++;
		if (end == len || (unsigned char)text[end] < 0x80 ||
		    pv_utf8_decode(text + end, len - end, &step) < 0)
			return end - at;
		end += step;
	}
}

enum {
	LONG_STRING = 64 /* bytes worth making room for at once */
};

static void write_string(pv_buf *out, const char *text, size_t len)
{
	size_t at = 0;

	if (len > LONG_STRING && len + 2 > len)
		pv_buf_reserve(out, len + 2);
	pv_buf_putc(out, '"');
	while (at < len) {
		size_t run = plain_run(text, len, at);

		pv_buf_put(out, text + at, run);
		at += run;
		if (at == len)
			break;
		if ((unsigned char)text[at] >= 0x80)
			pv_buf_puts(out, "\xEF\xBF\xBD");
		else
			write_escape(out, (unsigned char)text[at]);
		at++;
	}
	pv_buf_putc(out, '"');
}

void pv_jsonw_keyn(pv_jsonw *w, const char *key, size_t len)
{
	separate(w);
	write_string(w->out, key, len);
	pv_buf_putc(w->out, ':');
	w->after_key = 1;
}

void pv_jsonw_key(pv_jsonw *w, const char *key)
{
	pv_jsonw_keyn(w, key, strlen(key));
}

void pv_jsonw_stringn(pv_jsonw *w, const char *text, size_t len)
{
	separate(w);
	write_string(w->out, text, len);
}

void pv_jsonw_string(pv_jsonw *w, const char *text)
{
	if (text)
		pv_jsonw_stringn(w, text, strlen(text));
	else
		pv_jsonw_null(w);
}

void pv_jsonw_int(pv_jsonw *w, int64_t value)
{
	separate(w);
	pv_buf_printf(w->out, "%lld", (long long)value);
}

void pv_jsonw_real(pv_jsonw *w, double value)
{
	char text[32];

	if (!isfinite(value)) {
		pv_jsonw_null(w);
		return;
	}
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	separate(w);
	pv_buf_puts(w->out, text);
}

void pv_jsonw_bool(pv_jsonw *w, int value)
{
	separate(w);
	pv_buf_puts(w->out, value ? "true" : "false");
}

void pv_jsonw_null(pv_jsonw *w)
{
	separate(w);
	pv_buf_puts(w->out, "null");
}

void pv_jsonw_raw(pv_jsonw *w, const char *json, size_t len)
{
	separate(w);
	pv_buf_put(w->out, json, len);
}

void pv_jsonw_member(pv_jsonw *w, const char *key, const char *text)
{
	pv_jsonw_key(w, key);
	pv_jsonw_string(w, text);
}

void pv_jsonw_list(pv_jsonw *w, const char *key, const pv_strlist *list)
{
	pv_jsonw_key(w, key);
	pv_jsonw_array(w);
	for (size_t i = 0; i < list->count; i++)
		pv_jsonw_string(w, list->items[i]);
	pv_jsonw_array_end(w);
}
