/* SPDX-License-Identifier: MIT
 *
 * Characters that a reviewer does not see but a model reads: of no width, of
 * direction, tags, selectors of variants. Some are needed: a joiner within an
 * emoji or a word of a script that has ligatures, a mark of direction in a
 * line that goes both ways, tags in the flags of parts of a country.
 */
#include "check/spot.h"

#include "base/utf8.h"

enum {
	SOFT_HYPHEN = 0xAD,
	ZWSP = 0x200B,
	ZWNJ = 0x200C,
	ZWJ = 0x200D,
	LRM = 0x200E,
	RLM = 0x200F,
	ALM = 0x61C,
	LRI = 0x2066,
	FSI = 0x2068,
	PDI = 0x2069,
	BOM = 0xFEFF,
	BLACK_FLAG = 0x1F3F4,
	TAG_FIRST = 0xE0000,
	TAG_END = 0xE007F,
	FLAG_TAGS_MAX = 6
};

struct range {
	int32_t first;
	int32_t last;
	const char *what;
};

/* Sorted, as all the tables are, and ended by a row of zeroes. */
static const struct range hidden[] = {
	{ SOFT_HYPHEN, SOFT_HYPHEN, "a soft hyphen" },
	{ 0x34F, 0x34F, "a grapheme joiner" },
	{ ALM, ALM, "a mark of direction" },
	{ 0x115F, 0x1160, "a filler without width" },
	{ 0x17B4, 0x17B5, "a vowel without width" },
	{ 0x180E, 0x180E, "a separator without width" },
	{ 0x200B, 0x200B, "a space without width" },
	{ ZWNJ, ZWNJ, "a non-joiner without width" },
	{ ZWJ, ZWJ, "a joiner without width" },
	{ LRM, RLM, "a mark of direction" },
	{ 0x202A, 0x202E, "an override of direction" },
	{ 0x2060, 0x2064, "an operator without width" },
	{ 0x2066, 0x2069, "an isolate of direction" },
	{ 0x206A, 0x206F, "a format character without width" },
	{ 0x3164, 0x3164, "a filler without width" },
	{ 0xFE00, 0xFE0F, "a variation selector" },
	{ BOM, BOM, "a byte order mark" },
	{ 0xFFA0, 0xFFA0, "a filler without width" },
	{ 0xFFF9, 0xFFFB, "an annotation character" },
	{ 0x1BCA0, 0x1BCA3, "a format character without width" },
	{ 0x1D173, 0x1D17A, "a format character without width" },
	{ TAG_FIRST, TAG_END, "a tag character" },
	{ 0xE0100, 0xE01EF, "a variation selector" },
	{ 0 },
};

/* Scripts whose words have joiners in them. */
static const struct range joining[] = {
	{ 0x600, 0x77F, NULL },     /* Arabic, Syriac */
	{ 0x7C0, 0x7FF, NULL },     /* N'Ko */
	{ 0x840, 0x8FF, NULL },     /* Mandaic, Arabic */
	{ 0x900, 0xDFF, NULL },     /* Devanagari to Sinhala */
	{ 0xF00, 0x109F, NULL },    /* Tibetan, Myanmar */
	{ 0x1700, 0x18AF, NULL },   /* Tagalog, Khmer, Mongolian */
	{ 0x1900, 0x1C7F, NULL },   /* Limbu to Ol Chiki */
	{ 0xA800, 0xA95F, NULL },   /* Syloti Nagri to Kayah Li */
	{ 0xA980, 0xA9DF, NULL },   /* Javanese */
	{ 0xABC0, 0xABFF, NULL },   /* Meetei Mayek */
	{ 0xFB50, 0xFDFF, NULL },   /* forms of Arabic */
	{ 0xFE70, 0xFEFE, NULL },   /* the same */
	{ 0x10A00, 0x10AFF, NULL }, /* Kharoshthi to Manichaean */
	{ 0x11000, 0x11FFF, NULL }, /* Brahmi to Tamil */
	{ 0x1E900, 0x1E95F, NULL }, /* Adlam */
	{ 0 },
};

/* Scripts that write no blank between words, where lines may break. */
static const struct range unspaced[] = {
	{ 0xE00, 0x109F, NULL },  /* Thai, Lao, Tibetan, Myanmar */
	{ 0x1780, 0x17FF, NULL }, /* Khmer */
	{ 0x1950, 0x1AAF, NULL }, /* Tai Le to Tai Tham */
	{ 0xA9E0, 0xA9FF, NULL }, /* Myanmar */
	{ 0xAA60, 0xAADF, NULL }, /* Myanmar, Tai Viet */
	{ 0 },
};

static const struct range leftward[] = {
	{ 0x590, 0x8FF, NULL },     /* Hebrew, Arabic, Syriac, ... */
	{ 0xFB1D, 0xFDFF, NULL },   /* their forms */
	{ 0xFE70, 0xFEFC, NULL },   /* the same */
	{ 0x10800, 0x10FFF, NULL }, /* old ones */
	{ 0x1E800, 0x1EFFF, NULL }, { 0 },
};

static const struct range pictures[] = {
	{ 0x23, 0x39, NULL }, /* keycaps: # * 0-9 */
	{ 0xA9, 0xAE, NULL },
	{ 0x2000, 0x2BFF, NULL }, /* arrows, signs, dingbats */
	{ 0x3030, 0x303D, NULL },
	{ 0x3297, 0x3299, NULL },
	{ 0x1F000, 0x1FAFF, NULL },
	{ 0 },
};

static const struct range ideographs[] = {
	{ 0x1800, 0x18AF, NULL }, /* Mongolian has variants, too */
	{ 0x2E80, 0x2FDF, NULL },
	{ 0x3400, 0x9FFF, NULL },
	{ 0xF900, 0xFAFF, NULL },
	{ 0x20000, 0x3FFFF, NULL },
	{ 0 },
};

static const struct range *find(const struct range *ranges, int32_t c)
{
	for (; ranges->last; ranges++)
		if (c <= ranges->last)
			return c >= ranges->first ? ranges : NULL;
	return NULL;
}

static int is_among(const struct range *ranges, int32_t c)
{
	return find(ranges, c) != NULL;
}

/* --- what is needed ------------------------------------------------------- */

/* The character before `at`, or 0; selectors and tones of skin are passed. */
static int32_t before(pv_str text, size_t at, int passes)
{
	while (at) {
		size_t len;
		int32_t c;

		at--;
		while (at && ((unsigned char)text.ptr[at] & 0xC0) == 0x80)
			at--;
		c = pv_utf8_decode(text.ptr + at, text.len - at, &len);
		if (!passes || (c != 0xFE0F && (c < 0x1F3FB || c > 0x1F3FF)))
			return c;
	}
	return 0;
}

static int32_t behind(pv_str text, size_t at)
{
	size_t len;

	return at < text.len ? pv_utf8_decode(text.ptr + at, text.len - at, &len)
			     : 0;
}

/* Whether the line of `at` has letters that go to the left. */
static int is_leftward(pv_str text, size_t at)
{
	enum {
		NEAR = 200 /* bytes looked at to either side */
	};
	size_t end = text.len - at > NEAR ? at + NEAR : text.len;
	size_t start = at;

	while (start && at - start < NEAR && text.ptr[start - 1] != '\n')
		start--;
	while (start < end && text.ptr[start] != '\n') {
		size_t len;
		int32_t c =
			pv_utf8_decode(text.ptr + start, text.len - start, &len);

		if (is_among(leftward, c))
			return 1;
		start += len;
	}
	return 0;
}

static int is_joined(pv_str text, size_t at, size_t end, int32_t c)
{
	int32_t left = before(text, at, c == ZWJ);

	if (is_among(joining, left))
		return 1;
	return c == ZWJ && left > 0xFF && is_among(pictures, left) &&
	       behind(text, end) > 0xFF && is_among(pictures, behind(text, end));
}

/* Whether the text from `at` on closes in its line what is open there. */
static int is_closed(pv_str text, size_t at)
{
	size_t depth = 1;

	while (at < text.len && text.ptr[at] != '\n' && depth) {
		size_t len;
		int32_t c = pv_utf8_decode(text.ptr + at, text.len - at, &len);

		depth += c >= LRI && c <= FSI;
		depth -= c == PDI;
		at += len;
	}
	return !depth;
}

/* Whether the line up to `at` has something open that is isolated. */
static int is_open(pv_str text, size_t at)
{
	size_t depth = 0;
	size_t start = at;

	while (start && text.ptr[start - 1] != '\n')
		start--;
	while (start < at) {
		size_t len;
		int32_t c =
			pv_utf8_decode(text.ptr + start, text.len - start, &len);

		if (c >= LRI && c <= FSI && (c == FSI || is_leftward(text, start)))
			depth++;
		else if (c == PDI && depth)
			depth--;
		start += len;
	}
	return depth > 0;
}

/*
 * What keeps the direction of a value from the text around it: in pairs, of the
 * value's own direction, or of a given one in a line that goes both ways.
 */
static int is_isolating(pv_str text, size_t at, size_t end, int32_t c)
{
	if (c == PDI)
		return is_open(text, at);
	return (c == FSI || is_leftward(text, at)) && is_closed(text, end);
}

/* Small letters and digits as tags behind a black flag, and their end. */
static size_t flag_end(pv_str text, size_t at)
{
	size_t tags = 0;
	size_t len;

	if (before(text, at, 0) != BLACK_FLAG)
		return 0;
	while (at < text.len && tags <= FLAG_TAGS_MAX) {
		int32_t c = pv_utf8_decode(text.ptr + at, text.len - at, &len);

		at += len;
		if (c == TAG_END)
			return tags >= 3 ? at : 0;
		if (c < TAG_FIRST + '0' || c > TAG_FIRST + 'z')
			return 0;
		tags++;
	}
	return 0;
}

static int divides_words(pv_str text, size_t at, size_t end)
{
	return is_among(unspaced, before(text, at, 0)) ||
	       is_among(unspaced, behind(text, end));
}

/* Characters that stand between others: joiners, spaces, marks of direction. */
static const struct range between[] = {
	{ ALM, ALM, NULL },
	{ ZWSP, RLM, NULL },
	{ LRI, PDI, NULL },
	{ 0 },
};

static int is_between(pv_str text, size_t at, size_t end, int32_t c)
{
	if (c == ZWSP)
		return divides_words(text, at, end);
	if (c == ZWJ || c == ZWNJ)
		return is_joined(text, at, end, c);
	if (c >= LRI && c <= PDI)
		return is_isolating(text, at, end, c);
	return is_leftward(text, at);
}

/* Where the use of a character that is needed ends; 0 when it is not. */
static size_t needed(pv_str text, size_t at, size_t end, int32_t c)
{
	int32_t left;

	if (c >= TAG_FIRST && c <= TAG_END)
		return flag_end(text, at);
	if (is_among(between, c))
		return is_between(text, at, end, c) ? end : 0;
	left = before(text, at, 0);
	if (c >= 0xFE00 && c <= 0xFE0F)
		return is_among(pictures, left) || is_among(ideographs, left) ||
				       is_among(joining, left)
			       ? end
			       : 0;
	if (c >= 0xE0100)
		return is_among(ideographs, left) ? end : 0;
	return c == BOM && !at ? end : 0;
}

/* --- the pass ------------------------------------------------------------- */

/* Neighbours of one kind are one spot. */
static int add(pv_spots *out, const char *what, size_t start, size_t end,
	       pv_error *err)
{
	pv_spot *last = out->count ? &out->items[out->count - 1] : NULL;

	if (last && last->end == start && last->what == what) {
		last->end = end;
		return PV_OK;
	}
	return pv_spots_add(out, what, start, end, err);
}

int pv_find_invisible(pv_spots *out, pv_str text, pv_error *err)
{
	size_t at = 0;
	int rc = PV_OK;

	while (at < text.len && rc == PV_OK) {
		const struct range *range;
		size_t len;
		size_t end;
		int32_t c;

		if (!((unsigned char)text.ptr[at] & 0x80)) {
			at++;
			continue;
		}
		c = pv_utf8_decode(text.ptr + at, text.len - at, &len);
		end = at + len;
		range = find(hidden, c);
		if (range) {
			size_t past = needed(text, at, end, c);

			if (past)
				end = past;
			else
				rc = add(out, range->what, at, end, err);
		}
		at = end;
	}
	return rc;
}
