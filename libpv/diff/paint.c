/* SPDX-License-Identifier: MIT
 *
 * See paint.h. Runs of harmless bytes are appended at once, since nearly all
 * text is harmless.
 */
#include "diff/paint.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

void pv_paint_begin(pv_paint *paint, enum pv_paint_color color)
{
	static const char *const codes[] = {
		[PV_PAINT_HEADING] = "\x1b[1m",
		[PV_PAINT_OLD] = "\x1b[31m",
		[PV_PAINT_NEW] = "\x1b[32m",
		[PV_PAINT_PLACE] = "\x1b[36m",
		[PV_PAINT_WARNING] = "\x1b[1;31m",
	};

	if (paint->color)
		pv_buf_puts(paint->out, codes[color]);
}

void pv_paint_end(pv_paint *paint)
{
	if (paint->color)
		pv_buf_puts(paint->out, "\x1b[m");
}

struct range {
	int32_t first;
	int32_t last;
};

static int is_among(int32_t c, const struct range *ranges, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (c >= ranges[i].first && c <= ranges[i].last)
			return 1;
	return 0;
}

/*
 * What turns the direction of text, and what takes no room and so can hide
 * words from a reader that a model reads. Joiners and the first variation
 * selectors are left alone: scripts and emoji need them.
 */
static int is_hidden(int32_t c)
{
	static const struct range ranges[] = {
		{ 0x00ad, 0x00ad },   /* soft hyphen */
		{ 0x061c, 0x061c },   /* Arabic letter mark */
		{ 0x115f, 0x1160 },   /* Hangul fillers */
		{ 0x180e, 0x180e },   /* Mongolian vowel separator */
		{ 0x200b, 0x200b },   /* zero width space */
		{ 0x200e, 0x200f },   /* marks of direction */
		{ 0x2028, 0x202e },   /* separators, embeddings, overrides */
		{ 0x2060, 0x206f },   /* word joiner to isolates and shapes */
		{ 0x3164, 0x3164 },   /* Hangul filler */
		{ 0xfeff, 0xfeff },   /* byte order mark */
		{ 0xffa0, 0xffa0 },   /* halfwidth Hangul filler */
		{ 0xfff9, 0xfffb },   /* interlinear annotation */
		{ 0xe0000, 0xe0fff }, /* tags, which spell out ASCII; selectors */
	};

	return is_among(c, ranges, pv_array_len(ranges));
}

static int is_harmless(int32_t c)
{
	if (c < 0x20)
		return c == '\t';
	if (c < 0x7f)
		return 1;
	return c >= 0xa0 && !is_hidden(c);
}

/* Whether eight bytes are printable ASCII, all of them. */
static int are_printable(const char *bytes)
{
	const uint64_t each = UINT64_MAX / 0xff;
	const uint64_t highest = each * 0x80;
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	/* Bits beyond ASCII, borrows below " ", carries from DEL on. */
	return !((word | (word - each * ' ') | (word + each)) & highest);
}

size_t pv_paint_harmless(pv_str text)
{
	size_t at = 0;

	while (text.len - at >= sizeof(uint64_t) && are_printable(text.ptr + at))
		at += sizeof(uint64_t);
	while (at < text.len) {
		size_t len = 1;

		/* Printable ASCII first: it is nearly all there is. */
		if ((unsigned char)text.ptr[at] - 0x20U >= 0x7f - 0x20 &&
		    !is_harmless(
			    pv_utf8_decode(text.ptr + at, text.len - at, &len)))
			break;
		at += len;
	}
	return at;
}

size_t pv_paint_escape(pv_buf *out, pv_str text)
{
	size_t len;
	int32_t c = pv_utf8_decode(text.ptr, text.len, &len);

	if (c == '\n')
		pv_buf_puts(out, "\\n");
	else if (c == '\r')
		pv_buf_puts(out, "\\r");
	else if (c < 0x80)
		pv_buf_printf(out, "\\x%02x", (unsigned char)*text.ptr);
	else if (c <= 0xffff)
		pv_buf_printf(out, "\\u%04x", (unsigned)c);
	else
		pv_buf_printf(out, "\\U%08x", (unsigned)c);
	return len;
}

void pv_paint_safe(pv_buf *out, pv_str text)
{
	while (text.len > 0) {
		size_t len = pv_paint_harmless(text);

		pv_buf_put(out, text.ptr, len);
		if (len < text.len) {
			pv_str rest = { text.ptr + len, text.len - len };

			len += pv_paint_escape(out, rest);
		}
		text.ptr += len;
		text.len -= len;
	}
}

size_t pv_paint_width(pv_str text)
{
	size_t width;

	pv_utf8_fit(text.ptr, text.len, SIZE_MAX, &width);
	return width;
}
