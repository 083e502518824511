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

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static int is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static int is_ascii_word(char c)
{
	return (unsigned)(c | 0x20) - 'a' < 26 || is_digit(c) || c == '_';
}

struct range {
	int32_t first;
	int32_t last;
};

/* Code points beyond ASCII that are no part of a longer word. */
static int stands_alone(int32_t cp)
{
	static const struct range ranges[] = {
		{ -1, -1 },           /* malformed */
		{ 0x80, 0xbf },       /* Latin-1 controls and signs */
		{ 0x2000, 0x206f },   /* general punctuation */
		{ 0x2e80, 0xa4cf },   /* radicals to Yi: ideographs, kana */
		{ 0xf900, 0xfaff },   /* compatibility ideographs */
		{ 0xff00, 0xffef },   /* half and full width forms */
		{ 0x1f000, 0x3ffff }, /* emoji, further ideographs */
	};

	for (size_t i = 0; i < pv_array_len(ranges); i++)
		if (cp >= ranges[i].first && cp <= ranges[i].last)
			return 1;
	return 0;
}

/* The end of the tag that begins at `at`; `at` when none does. */
static size_t tag_end(pv_str text, size_t at)
{
	char close[2] = { '}', '}' };

	if (text.len - at < 4 || text.ptr[at] != '{' ||
	    !strchr("{%#", text.ptr[at + 1]))
		return at;
	if (text.ptr[at + 1] != '{')
		close[0] = text.ptr[at + 1];
	for (size_t i = at + 2; i + 1 < text.len; i++)
		if (!memcmp(text.ptr + i, close, 2))
			return i + 2;
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
static size_t word_end(pv_str text, size_t at)
{
	size_t end = at;

	for (;;) {
		size_t next;

		while (end < text.len && is_ascii_word(text.ptr[end]))
			end++;
		if (end == text.len)
			return end;
		next = part_end(text, end);
		if (next == end)
			return end;
		end = next;
	}
}

static size_t token_end(pv_str text, size_t at)
{
	size_t end = tag_end(text, at);
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

/* The next word from `*at` on, which is moved behind it; 0 at the end. */
static int next_word(pv_str *word, pv_str text, size_t *at)
{
	size_t end;

	while (*at < text.len && is_blank(text.ptr[*at]))
		++*at;
	if (*at == text.len)
		return 0;
	end = token_end(text, *at);
	word->ptr = text.ptr + *at;
	word->len = end - *at;
	*at = end;
	return 1;
}

int pv_tokens_add_words(pv_tokens *tokens, pv_str text, pv_error *err)
{
	pv_str word = { 0 };
	size_t at = 0;

	while (next_word(&word, text, &at)) {
		if (pv_array_reserve(&tokens->items, &tokens->cap,
				     tokens->count + 1,
				     sizeof(*tokens->items)) < 0)
			return pv_fail_nomem(err);
		tokens->items[tokens->count++] = word;
	}
	return PV_OK;
}

enum {
	WORD_BYTES = 6, /* of plain words to a token, */
	OTHER_BYTES = 4 /* of other scripts, punctuation and tags */
};

size_t pv_words_weigh(pv_str text)
{
	pv_str word = { 0 };
	size_t at = 0;
	size_t tokens = 0;

	while (next_word(&word, text, &at)) {
		size_t plain = 0;
		size_t bytes = OTHER_BYTES;

		while (plain < word.len && is_ascii_word(word.ptr[plain]))
			plain++;
		if (plain == word.len)
			bytes = WORD_BYTES;
		tokens += (word.len + bytes - 1) / bytes;
	}
	return tokens;
}

int pv_words_equal(pv_str a, pv_str b)
{
	pv_str left = { 0 };
	pv_str right = { 0 };
	size_t i = 0;
	size_t j = 0;
	int has_words = 0;

	while (next_word(&left, a, &i)) {
		if (!next_word(&right, b, &j) || !pv_str_eq(left, right))
			return 0;
		has_words = 1;
	}
	return has_words && !next_word(&right, b, &j);
}
