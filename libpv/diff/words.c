/* SPDX-License-Identifier: MIT
 *
 * Prose cut into words. A template tag is one token, so that nothing is ever
 * put together from halves of two expressions; ideographs and kana stand
 * alone, for these scripts have no blanks between words.
 */
#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "base/utf8.h"
#include "diff/tokens.h"

enum {
	BLANK = ' ',
	DIGIT = '9' /* and letters above it */
};

const char pv_word_kinds[256] = ".........  .. .."
				"................"
				" ..............."
				"9999999999......"
				".aaaaaaaaaaaaaaa"
				"aaaaaaaaaaa....a"
				".aaaaaaaaaaaaaaa"
				"aaaaaaaaaaa.....";

static int kind_of(char c)
{
	return pv_word_kinds[(unsigned char)c];
}

static int is_blank(char c)
{
	return kind_of(c) == BLANK;
}

static int is_digit(char c)
{
	return kind_of(c) == DIGIT;
}

static int is_ascii_word(char c)
{
	return kind_of(c) >= DIGIT;
}

/* A way through a text, word by word. */
struct cursor {
	pv_str text;
	size_t at;
	unsigned unclosed; /* kinds of tags that nothing closes any more */
	int is_plain;      /* the last word is of ASCII letters and digits */
};

struct range {
	int32_t first;
	int32_t last;
};

static int is_among(const struct range *ranges, size_t count, int32_t cp)
{
	for (size_t i = 0; i < count; i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return 1;
	return 0;
}

/* Code points beyond ASCII that are no part of a longer word. */
static int stands_alone(int32_t cp)
{
	static const struct range ranges[] = {
		{ -1, -1 },           /* malformed */
		{ 0x80, 0xbf },       /* Latin-1 controls and signs */
		{ 0x2000, 0x200b },   /* blanks and */
		{ 0x200e, 0x206f },   /* punctuation, but for joiners */
		{ 0x2e80, 0xa4cf },   /* radicals to Yi: ideographs, kana */
		{ 0xf900, 0xfaff },   /* compatibility ideographs */
		{ 0xff00, 0xffef },   /* half and full width forms */
		{ 0x1f000, 0x3ffff }, /* emoji, further ideographs */
	};

	return is_among(ranges, pv_array_len(ranges), cp);
}

/* Letters of scripts that put no blanks between words. */
static int is_ideograph(int32_t cp)
{
	static const struct range ranges[] = {
		{ 0x3041, 0x30ff },   /* kana */
		{ 0x3400, 0xa4cf },   /* ideographs, Yi */
		{ 0xf900, 0xfaff },   /* compatibility ideographs */
		{ 0x20000, 0x3ffff }, /* further ideographs */
	};

	return is_among(ranges, pv_array_len(ranges), cp);
}

/* The end of the tag that begins at `at`; `at` when none does. */
static size_t tag_end(struct cursor *cur, size_t at)
{
	static const char openers[] = "{%#";
	static const char closers[] = "}%#";
	pv_str text = cur->text;
	const char *kind;
	unsigned bit;

	if (text.len - at < 4 || text.ptr[at] != '{')
		return at;
	kind = memchr(openers, text.ptr[at + 1], sizeof(openers) - 1);
	if (!kind)
		return at;
	bit = 1U << (kind - openers);
	if (cur->unclosed & bit)
		return at;
	for (size_t i = at + 2; i + 1 < text.len; i++)
		if (text.ptr[i + 1] == '}' &&
		    text.ptr[i] == closers[kind - openers])
			return i + 2;
	/* Looking again from each of many would take for ever. */
	cur->unclosed |= bit;
	return at;
}

/* A point between digits, an apostrophe between letters. */
static int is_joint(pv_str text, size_t at)
{
	char c = text.ptr[at];

	if (at == 0 || at + 1 >= text.len)
		return 0;
	if (c == '.' || c == ',')
		return is_digit(text.ptr[at - 1]) && is_digit(text.ptr[at + 1]);
	return c == '\'' && is_ascii_word(text.ptr[at - 1]) &&
	       is_ascii_word(text.ptr[at + 1]);
}

/* The end of the word part at `at`: one character; `at` when it is none. */
static size_t part_end(pv_str text, size_t at)
{
	size_t len = 1;

	if (is_ascii_word(text.ptr[at]) || is_joint(text, at))
		return at + 1;
	if ((unsigned char)text.ptr[at] < 0x80)
		return at;
	if (stands_alone(pv_utf8_decode(text.ptr + at, text.len - at, &len)))
		return at;
	return at + len;
}

/* Nearly all text is ASCII, so its letters are passed over first. */
static size_t plain_end(pv_str text, size_t at)
{
	while (at < text.len && is_ascii_word(text.ptr[at]))
		at++;
	return at;
}

/* Whether the plain letters and digits from `at` to `end` are a whole word. */
static int is_whole(pv_str text, size_t at, size_t end)
{
	if (end == at)
		return 0;
	return end == text.len || is_blank(text.ptr[end]) ||
	       part_end(text, end) == end;
}

static size_t word_end(pv_str text, size_t at)
{
	for (;;) {
		size_t end = plain_end(text, at);

		if (end == text.len)
			return end;
		at = part_end(text, end);
		if (at == end)
			return end;
	}
}

enum {
	JOINER = 0x200d,
	FLAG_FIRST = 0x1f1e6, /* two letters of a flag each */
	FLAG_LAST = 0x1f1ff
};

/* What changes the character before it and is nothing by itself. */
static int is_extender(int32_t cp)
{
	static const struct range ranges[] = {
		{ JOINER, JOINER },   { 0x300, 0x36f }, /* combining marks */
		{ 0x20d0, 0x20ff },   /* the same for symbols */
		{ 0x3099, 0x309a },   /* voicing of kana */
		{ 0xfe00, 0xfe0f },   /* variants */
		{ 0x1f3fb, 0x1f3ff }, /* tones of skin */
		{ 0xe0020, 0xe007f }, /* tags of flags */
	};

	return is_among(ranges, pv_array_len(ranges), cp);
}

static int is_flag(int32_t cp)
{
	return cp >= FLAG_FIRST && cp <= FLAG_LAST;
}

/*
 * The end of the last cluster of a token: signs that are seen as one are never
 * put together from two sides (UAX #29, as far as emoji go).
 */
static size_t cluster_end(pv_str text, size_t from, size_t end)
{
	size_t len = 1;
	int32_t last = pv_utf8_decode(text.ptr + from, end - from, &len);
	int is_joined = end - from >= 3 &&
			memcmp(text.ptr + end - 3, "\xe2\x80\x8d", 3) == 0;
	int can_pair = len == end - from && is_flag(last);

	while (end < text.len && (unsigned char)text.ptr[end] >= 0x80) {
		int32_t cp = pv_utf8_decode(text.ptr + end, text.len - end, &len);

		if (!is_joined && !is_extender(cp) && !(can_pair && is_flag(cp)))
			break;
		is_joined = cp == JOINER;
		can_pair = 0;
		end += len;
	}
	return end;
}

static size_t token_end(struct cursor *cur, size_t at)
{
	pv_str text = cur->text;
	size_t end = tag_end(cur, at);
	size_t len = 1;

	if (end == at)
		end = word_end(text, at);
	if (end > at)
		return end;
	if ((unsigned char)text.ptr[at] >= 0x80) {
		pv_utf8_decode(text.ptr + at, text.len - at, &len);
		return at + len;
	}
	for (end = at + 1; end < text.len && text.ptr[end] == text.ptr[at];)
		end++;
	return end;
}

static size_t skip_blanks(pv_str text, size_t at)
{
	while (at < text.len && is_blank(text.ptr[at]))
		at++;
	return at;
}

/* The next word, which the cursor is moved behind; 0 at the end. */
static int next_word(pv_str *word, struct cursor *cur)
{
	pv_str text = cur->text;
	size_t from = skip_blanks(text, cur->at);
	size_t end = plain_end(text, from);

	if (from == text.len)
		return 0;
	cur->is_plain = is_whole(text, from, end);
	if (!cur->is_plain) {
		end = cluster_end(text, from, token_end(cur, from));
		cur->is_plain = plain_end(text, from) >= end;
	}
	cur->at = end;
	*word = (pv_str){ text.ptr + from, end - from };
	return 1;
}

enum {
	USUAL_WORD = 4 /* bytes with the blank before it: few texts have more */
};

int pv_tokens_add_words(pv_tokens *tokens, pv_str text, pv_error *err)
{
	struct cursor cur = { .text = text };
	pv_str word = { 0 };

	if (pv_array_reserve(&tokens->items, &tokens->cap,
			     tokens->count + text.len / USUAL_WORD + 1,
			     sizeof(*tokens->items)) < 0)
		return pv_fail_nomem(err);
	while (next_word(&word, &cur)) {
		if (pv_array_reserve(&tokens->items, &tokens->cap,
				     tokens->count + 1,
				     sizeof(*tokens->items)) < 0)
			return pv_fail_nomem(err);
		tokens->items[tokens->count++] = word;
	}
	return PV_OK;
}

enum {
	WORD_IDEOGRAPHS = 2 /* in a word, about */
};

size_t pv_words_count(pv_str text)
{
	size_t words = 0;
	size_t ideographs = 0;
	size_t at = skip_blanks(text, 0);

	while (at < text.len) {
		size_t before = ideographs;
		size_t len = 1;

		for (; at < text.len && !is_blank(text.ptr[at]); at += len)
			ideographs += is_ideograph(pv_utf8_decode(text.ptr + at,
								  text.len - at,
								  &len)) != 0;
		words += ideographs == before;
		at = skip_blanks(text, at);
	}
	return words + ideographs / WORD_IDEOGRAPHS;
}

enum {
	WORD_BYTES = 6, /* of plain words to a token, */
	OTHER_BYTES = 4 /* of other scripts, punctuation and tags */
};

size_t pv_words_weigh(pv_str text)
{
	struct cursor cur = { .text = text };
	pv_str word = { 0 };
	size_t tokens = 0;

	for (;;) {
		size_t at = skip_blanks(text, cur.at);
		size_t end = plain_end(text, at);

		cur.at = at;
		if (is_whole(text, at, end)) {
			tokens += (end - at + WORD_BYTES - 1) / WORD_BYTES;
			cur.at = end;
		} else if (next_word(&word, &cur)) {
			size_t bytes = cur.is_plain ? WORD_BYTES : OTHER_BYTES;

			tokens += (word.len + bytes - 1) / bytes;
		} else {
			return tokens;
		}
	}
}

size_t pv_common_start(pv_str a, pv_str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	size_t at = 0;

	while (len - at >= sizeof(uint64_t) &&
	       memcmp(a.ptr + at, b.ptr + at, sizeof(uint64_t)) == 0)
		at += sizeof(uint64_t);
	while (at < len && a.ptr[at] == b.ptr[at])
		at++;
	return at;
}

size_t pv_common_end(pv_str a, pv_str b)
{
	size_t len = a.len < b.len ? a.len : b.len;
	size_t end = 0;

	while (len - end >= sizeof(uint64_t) &&
	       memcmp(a.ptr + a.len - end - sizeof(uint64_t),
		      b.ptr + b.len - end - sizeof(uint64_t),
		      sizeof(uint64_t)) == 0)
		end += sizeof(uint64_t);
	while (end < len && a.ptr[a.len - end - 1] == b.ptr[b.len - end - 1])
		end++;
	return end;
}

static int has_brace(pv_str text)
{
	return text.len > 0 && memchr(text.ptr, '{', text.len) != NULL;
}

/*
 * No word reaches over a blank, but a tag does: what may be one is left on
 * its side of the cut, and nothing behind it is cut off.
 */
void pv_words_part(pv_str *a, pv_str *b)
{
	size_t start = pv_common_start(*a, *b);
	const char *brace = start ? memchr(a->ptr, '{', start) : NULL;
	size_t end;

	if (brace)
		start = (size_t)(brace - a->ptr);
	while (start > 0 && !is_blank(a->ptr[start - 1]))
		start--;
	*a = (pv_str){ a->ptr + start, a->len - start };
	*b = (pv_str){ b->ptr + start, b->len - start };
	if (has_brace(*a) || has_brace(*b))
		return;
	end = pv_common_end(*a, *b);
	while (end > 0 && !is_blank(a->ptr[a->len - end]))
		end--;
	a->len -= end;
	b->len -= end;
}

/* Texts of the same words have the same bytes but for blanks. */
static int may_be_equal(pv_str a, pv_str b)
{
	size_t i = pv_common_start(a, b);
	size_t j = i;

	for (;;) {
		i = skip_blanks(a, i);
		j = skip_blanks(b, j);
		if (i == a.len || j == b.len)
			return i == a.len && j == b.len;
		if (a.ptr[i++] != b.ptr[j++])
			return 0;
	}
}

int pv_words_equal(pv_str a, pv_str b)
{
	struct cursor left = { .text = a };
	struct cursor right = { .text = b };
	pv_str before = { 0 };
	pv_str after = { 0 };
	int has_words = 0;

	if (!may_be_equal(a, b))
		return 0;
	while (next_word(&before, &left)) {
		if (!next_word(&after, &right) || !pv_str_eq(before, after))
			return 0;
		has_words = 1;
	}
	return has_words && !next_word(&after, &right);
}
