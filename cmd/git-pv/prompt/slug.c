/* SPDX-License-Identifier: MIT
 *
 * See slug.h. Latin letters with marks are written without them; those of other
 * scripts separate words, as blanks do.
 */
#include "prompt/slug.h"

#include <string.h>

#include "base/mem.h"
#include "base/utf8.h"

enum {
	SLUG_MAX = 60 /* longer file names nobody reads */
};

/* By their order in Unicode; capitals become small letters. */
static const struct {
	int32_t first;
	int32_t last;
	char text[3];
} letters[] = {
	{ 0xc0, 0xc5, "a" },     { 0xc6, 0xc6, "ae" },
	{ 0xc7, 0xc7, "c" },     { 0xc8, 0xcb, "e" },
	{ 0xcc, 0xcf, "i" },     { 0xd0, 0xd0, "d" },
	{ 0xd1, 0xd1, "n" },     { 0xd2, 0xd6, "o" },
	{ 0xd8, 0xd8, "o" },     { 0xd9, 0xdc, "u" },
	{ 0xdd, 0xdd, "y" },     { 0xde, 0xde, "th" },
	{ 0xdf, 0xdf, "ss" },    { 0xe0, 0xe5, "a" },
	{ 0xe6, 0xe6, "ae" },    { 0xe7, 0xe7, "c" },
	{ 0xe8, 0xeb, "e" },     { 0xec, 0xef, "i" },
	{ 0xf0, 0xf0, "d" },     { 0xf1, 0xf1, "n" },
	{ 0xf2, 0xf6, "o" },     { 0xf8, 0xf8, "o" },
	{ 0xf9, 0xfc, "u" },     { 0xfd, 0xfd, "y" },
	{ 0xfe, 0xfe, "th" },    { 0xff, 0xff, "y" },
	{ 0x100, 0x105, "a" },   { 0x106, 0x10d, "c" },
	{ 0x10e, 0x111, "d" },   { 0x112, 0x11b, "e" },
	{ 0x11c, 0x123, "g" },   { 0x124, 0x127, "h" },
	{ 0x128, 0x131, "i" },   { 0x132, 0x133, "ij" },
	{ 0x134, 0x135, "j" },   { 0x136, 0x138, "k" },
	{ 0x139, 0x142, "l" },   { 0x143, 0x14b, "n" },
	{ 0x14c, 0x151, "o" },   { 0x152, 0x153, "oe" },
	{ 0x154, 0x159, "r" },   { 0x15a, 0x161, "s" },
	{ 0x162, 0x167, "t" },   { 0x168, 0x173, "u" },
	{ 0x174, 0x175, "w" },   { 0x176, 0x178, "y" },
	{ 0x179, 0x17e, "z" },   { 0x17f, 0x17f, "s" },
	{ 0x1a0, 0x1a1, "o" },   { 0x1af, 0x1b0, "u" },
	{ 0x1cd, 0x1ce, "a" },   { 0x1cf, 0x1d0, "i" },
	{ 0x1d1, 0x1d2, "o" },   { 0x1d3, 0x1dc, "u" },
	{ 0x218, 0x219, "s" },   { 0x21a, 0x21b, "t" },
	{ 0x300, 0x36f, "" },    { 0x1e00, 0x1e01, "a" },
	{ 0x1e02, 0x1e07, "b" }, { 0x1e08, 0x1e09, "c" },
	{ 0x1e0a, 0x1e13, "d" }, { 0x1e14, 0x1e1d, "e" },
	{ 0x1e1e, 0x1e1f, "f" }, { 0x1e20, 0x1e21, "g" },
	{ 0x1e22, 0x1e2b, "h" }, { 0x1e2c, 0x1e2f, "i" },
	{ 0x1e30, 0x1e35, "k" }, { 0x1e36, 0x1e3d, "l" },
	{ 0x1e3e, 0x1e43, "m" }, { 0x1e44, 0x1e4b, "n" },
	{ 0x1e4c, 0x1e53, "o" }, { 0x1e54, 0x1e57, "p" },
	{ 0x1e58, 0x1e5f, "r" }, { 0x1e60, 0x1e69, "s" },
	{ 0x1e6a, 0x1e71, "t" }, { 0x1e72, 0x1e7b, "u" },
	{ 0x1e7c, 0x1e7f, "v" }, { 0x1e80, 0x1e89, "w" },
	{ 0x1e8a, 0x1e8d, "x" }, { 0x1e8e, 0x1e8f, "y" },
	{ 0x1e90, 0x1e95, "z" }, { 0x1e9e, 0x1e9e, "ss" },
	{ 0x1ea0, 0x1eb7, "a" }, { 0x1eb8, 0x1ec7, "e" },
	{ 0x1ec8, 0x1ecb, "i" }, { 0x1ecc, 0x1ee3, "o" },
	{ 0x1ee4, 0x1ef1, "u" }, { 0x1ef2, 0x1ef9, "y" },
};

/* What a character is in an id; "-" for what separates words. */
static const char *plain(int32_t c, char room[2])
{
	room[0] = '-';
	room[1] = '\0';
	if (c >= 'A' && c <= 'Z')
		room[0] = (char)(c - 'A' + 'a');
	if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
		room[0] = (char)c;
	for (size_t i = 0; i < pv_array_len(letters); i++)
		if (c >= letters[i].first && c <= letters[i].last)
			return letters[i].text;
	return room;
}

/* Cut where a word ends, or else wherever that is. */
static void cut(pv_buf *out, size_t start)
{
	size_t len = SLUG_MAX;

	if (out->len - start <= SLUG_MAX)
		return;
	while (len && out->ptr[start + len] != '-')
		len--;
	pv_buf_truncate(out, start + (len ? len : SLUG_MAX));
}

void put_slug(pv_buf *out, const char *name)
{
	size_t left = strlen(name);
	size_t start = out->len;

	while (left) {
		char room[2];
		size_t len = 1;
		int32_t c = pv_utf8_decode(name, left, &len);
		const char *text = plain(c, room);

		if (*text != '-' ||
		    (out->len > start && out->ptr[out->len - 1] != '-'))
			pv_buf_puts(out, text);
		len = len ? len : 1;
		name += len;
		left -= len;
	}
	cut(out, start);
	while (out->len > start && out->ptr[out->len - 1] == '-')
		pv_buf_truncate(out, out->len - 1);
}
