/* SPDX-License-Identifier: MIT
 *
 * Comments stay with their sentence. A text is taken as words: where they
 * are wrapped does not matter, and a sentence of which most words are still
 * there, in their order, is the one that was meant.
 */
#include <pv/review.h>

#include <string.h>

#include "base/str.h"

enum {
	MAX_WORDS = 60 /* of a sentence that are looked at */
};

struct word {
	pv_str text;
	int line;
};

static int is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

/* The next word; 0 at the end. Advances `rest` and counts lines. */
static int next_word(struct word *out, pv_str *rest, int *line)
{
	while (rest->len && is_blank(*rest->ptr)) {
		*line += *rest->ptr == '\n';
		rest->ptr++;
		rest->len--;
	}
	out->text.ptr = rest->ptr;
	out->line = *line;
	while (rest->len && !is_blank(*rest->ptr)) {
		rest->ptr++;
		rest->len--;
	}
	out->text.len = (size_t)(rest->ptr - out->text.ptr);
	return out->text.len > 0;
}

static size_t split(struct word *out, const char *text)
{
	pv_str rest = pv_str_of(text);
	size_t count = 0;
	int line = 1;

	while (count < MAX_WORDS && next_word(&out[count], &rest, &line))
		count++;
	return count;
}

/*
 * How many words of the sentence are found in their order from here on, where
 * one of them is, no further away than it is long and a half.
 */
static size_t count_words(pv_str rest, const struct word *words, size_t count)
{
	size_t found = 0;
	size_t next = 0;
	size_t seen = 0;
	struct word word;
	int line = 0;

	while (next < count && seen < count + count / 2 + 1 &&
	       next_word(&word, &rest, &line)) {
		if (seen++ && !found)
			return 0;
		for (size_t i = next; i < count; i++)
			if (pv_str_eq(words[i].text, word.text)) {
				next = i + 1;
				found++;
				break;
			}
	}
	return found;
}

static int distance(int a, int b)
{
	return a > b ? a - b : b - a;
}

int pv_review_place(const char *text, size_t len, const char *quote, int line)
{
	struct word words[MAX_WORDS];
	size_t count = split(words, quote);
	pv_str rest = { text, len };
	size_t best = count / 2; /* less than that is another sentence */
	struct word word;
	int place = 0;
	int at = 1;

	for (;;) {
		pv_str here;
		size_t found;

		if (!next_word(&word, &rest, &at))
			return place;
		here.ptr = word.text.ptr;
		here.len = (size_t)(text + len - here.ptr);
		found = count_words(here, words, count);
		if (found > best ||
		    (found == best && place &&
		     distance(word.line, line) < distance(place, line))) {
			best = found;
			place = word.line;
		}
	}
}

static int ends_sentence(const struct word *word)
{
	char last = word->text.ptr[word->text.len - 1];

	return last == '.' || last == '!' || last == '?' || last == ':';
}

/* Where a paragraph is cut: a line without words. */
static int is_apart(const char *from, const char *to)
{
	int breaks = 0;

	for (; from < to; from++)
		breaks += *from == '\n';
	return breaks > 1;
}

void pv_review_quote(pv_buf *out, const char *text, size_t len, int line)
{
	pv_str rest = { text, len };
	const char *start = NULL; /* of the sentence at hand */
	const char *end = NULL;
	struct word word;
	int last = 0; /* line of its last word */
	int at = 1;

	while (next_word(&word, &rest, &at)) {
		if (end && is_apart(end, word.text.ptr)) {
			if (start && last >= line)
				break;
			start = NULL;
		}
		if (!start && at > line)
			return;
		if (!start)
			start = word.text.ptr;
		end = word.text.ptr + word.text.len;
		last = at;
		if (!ends_sentence(&word))
			continue;
		if (last >= line)
			break;
		start = NULL;
	}
	if (start && last >= line)
		pv_buf_put(out, start, (size_t)(end - start));
}
