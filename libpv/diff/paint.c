/* SPDX-License-Identifier: MIT
 *
 * See paint.h. Runs of harmless bytes are appended at once, since nearly all
 * text is harmless.
 */
#include "diff/paint.h"

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

static int turns_direction(int32_t c)
{
	return c == 0x200e || c == 0x200f || (c >= 0x202a && c <= 0x202e) ||
	       (c >= 0x2066 && c <= 0x2069);
}

static int is_harmless(int32_t c)
{
	if (c < 0x20)
		return c == '\t';
	if (c >= 0x7f && c < 0xa0)
		return 0;
	return c != 0x2028 && c != 0x2029 && !turns_direction(c);
}

static void put_escape(pv_buf *out, int32_t c, char byte)
{
	if (c == '\n')
		pv_buf_puts(out, "\\n");
	else if (c == '\r')
		pv_buf_puts(out, "\\r");
	else if (c < 0x80)
		pv_buf_printf(out, "\\x%02x", (unsigned char)byte);
	else
		pv_buf_printf(out, "\\u%04x", (unsigned)c);
}

void pv_paint_safe(pv_buf *out, pv_str text)
{
	size_t from = 0;
	size_t at = 0;

	while (at < text.len) {
		size_t len;
		int32_t c = pv_utf8_decode(text.ptr + at, text.len - at, &len);

		if (!is_harmless(c)) {
			pv_buf_put(out, text.ptr + from, at - from);
			put_escape(out, c, text.ptr[at]);
			from = at + len;
		}
		at += len;
	}
	pv_buf_put(out, text.ptr + from, at - from);
}

size_t pv_paint_width(pv_str text)
{
	size_t width = 0;

	for (size_t i = 0; i < text.len; i++)
		width += ((unsigned char)text.ptr[i] & 0xc0) != 0x80;
	return width;
}
