/* SPDX-License-Identifier: MIT
 *
 * Comments stay with their sentence. A text is taken as sentences, and these
 * as words: where they are wrapped does not matter. A sentence that was edited
 * is known by its words, as long as it is like no other sentence of the text
 * that was commented as much: what had been there beside it, or came of that,
 * is not what it became.
 */
#include <pv/review.h>

#include <string.h>

#include "base/str.h"

enum {
	MAX_WORDS = 60, /* of a sentence that are looked at */
	MAX_LOOKS = 50  /* at what a sentence may have come of */
};

struct word {
	pv_str text;
	int line;
};

struct sentence {
	struct word words[MAX_WORDS]; /* without the marks around them */
	size_t count;
	const char *start;
	const char *end;
	int last; /* line of its last word */
};

/* A text, sentence by sentence. */
struct reader {
	pv_str rest;
	int line;
	struct word next; /* that was read, and is of the next sentence */
	int has_next;
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

/* A word without the marks around it. */
static pv_str bare(pv_str word)
{
	static const char marks[] = ".,;:!?\"'()*_";
	pv_str text = word;

	while (text.len && strchr(marks, text.ptr[text.len - 1]))
		text.len--;
	while (text.len && strchr(marks, *text.ptr)) {
		text.ptr++;
		text.len--;
	}
	return text.len ? text : word;
}

/* The next sentence; 0 at the end. */
static int next_sentence(struct sentence *out, struct reader *reader)
{
	struct word word = reader->next;
	int has_word = reader->has_next;

	out->count = 0;
	reader->has_next = 0;
	while (has_word || next_word(&word, &reader->rest, &reader->line)) {
		if (out->count && is_apart(out->end, word.text.ptr)) {
			reader->next = word;
			reader->has_next = 1;
			return 1;
		}
		has_word = 0;
		if (!out->count)
			out->start = word.text.ptr;
		if (out->count < MAX_WORDS) {
			out->words[out->count] = word;
			out->words[out->count++].text = bare(word.text);
		}
		out->end = word.text.ptr + word.text.len;
		out->last = word.line;
		if (ends_sentence(&word))
			return 1;
	}
	return out->count > 0;
}

static struct reader reader_of(const char *text, size_t len)
{
	struct reader reader = { .rest = { text, len }, .line = 1 };

	return reader;
}

/* --- likeness ---------------------------------------------------------------- */

static int lower(char c)
{
	return c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c;
}

static int is_same_word(pv_str a, pv_str b)
{
	if (a.len != b.len)
		return 0;
	for (size_t i = 0; i < a.len; i++)
		if (lower(a.ptr[i]) != lower(b.ptr[i]))
			return 0;
	return 1;
}

/* What two sentences have in common. */
struct likeness {
	size_t common; /* words, in the same order */
	size_t total;  /* of both */
	int line;      /* of the first of them in the second sentence */
};

/*
 * The longest common sequence of words, from behind: of each pair of rests its
 * length and where it begins in `b`, the latest such place.
 */
static struct likeness compare(const struct sentence *a, const struct sentence *b)
{
	unsigned char common[MAX_WORDS + 1] = { 0 };
	unsigned char first[MAX_WORDS + 1] = { 0 };
	struct likeness out = { 0, a->count + b->count, 0 };

	for (size_t i = a->count; i-- > 0;) {
		unsigned char diagonal = 0;

		for (size_t k = b->count; k-- > 0;) {
			unsigned char below = common[k];

			if (is_same_word(a->words[i].text, b->words[k].text) &&
			    diagonal + 1 > common[k + 1] && diagonal + 1 > below) {
				common[k] = (unsigned char)(diagonal + 1);
				first[k] = (unsigned char)k;
			} else if (common[k + 1] >= below) {
				common[k] = common[k + 1];
				first[k] = first[k + 1];
			}
			diagonal = below;
		}
	}
	out.common = common[0];
	out.line = b->count ? b->words[first[0]].line : 0;
	return out;
}

/* Whether one may have become the other: most of it, and no small part. */
static int is_alike(const struct likeness *like, size_t count)
{
	return like->common > count / 2 && like->common * 4 >= like->total;
}

/* Whether `a` is a greater likeness than `b`. */
static int is_closer(const struct likeness *a, const struct likeness *b)
{
	return a->common * b->total > b->common * a->total;
}

/* Whether two have the same words. */
static int is_same(const struct sentence *a, const struct sentence *b)
{
	if (a->count != b->count)
		return 0;
	for (size_t i = 0; i < a->count; i++)
		if (!is_same_word(a->words[i].text, b->words[i].text))
			return 0;
	return 1;
}

static size_t count_same(const struct sentence *wanted, pv_str text)
{
	struct reader reader = reader_of(text.ptr, text.len);
	struct sentence sentence;
	size_t count = 0;

	while (next_sentence(&sentence, &reader))
		count += (size_t)is_same(&sentence, wanted);
	return count;
}

/* --- successors -------------------------------------------------------------- */

/* A search for what became of a sentence. */
struct search {
	pv_str now;
	pv_str before;
	struct sentence wanted;
	int looks;
};

/* Whether a sentence of the text before is still there, each time it was. */
static int is_kept(const struct search *search, const struct sentence *other)
{
	return count_same(other, search->now) >=
	       count_same(other, search->before);
}

/*
 * Whether a sentence that is like the wanted one came of another: one that it
 * is more like, or as much when that one is not there any more.
 */
static int is_of_another(struct search *search, const struct sentence *sentence,
			 const struct likeness *like)
{
	struct reader reader = reader_of(search->before.ptr, search->before.len);
	struct sentence other;

	while (next_sentence(&other, &reader)) {
		struct likeness there = compare(&other, sentence);

		if (is_closer(like, &there) || is_same(&other, &search->wanted))
			continue;
		if (is_closer(&there, like) || search->looks++ >= MAX_LOOKS ||
		    !is_kept(search, &other))
			return 1;
	}
	return 0;
}

static int is_successor(struct search *search, const struct sentence *sentence,
			const struct likeness *like)
{
	if (is_same(sentence, &search->wanted))
		return 1;
	return search->looks++ < MAX_LOOKS &&
	       !is_of_another(search, sentence, like);
}

static int distance(int a, int b)
{
	return a > b ? a - b : b - a;
}

int pv_review_place(const pv_review_text *now, const pv_review_text *before,
		    const char *quote, int line)
{
	struct search search = { .now = { now->ptr, now->len } };
	struct reader quoted = reader_of(quote, strlen(quote));
	struct reader reader = reader_of(now->ptr, now->len);
	struct likeness best = { 0, 1, 0 };
	struct sentence sentence;

	if (!next_sentence(&search.wanted, &quoted))
		return 0;
	search.before = pv_str_of("");
	if (before) {
		search.before.ptr = before->ptr;
		search.before.len = before->len;
	}
	while (next_sentence(&sentence, &reader)) {
		struct likeness like = compare(&search.wanted, &sentence);
		int is_nearer =
			distance(like.line, line) < distance(best.line, line);

		if (is_alike(&like, search.wanted.count) &&
		    !is_closer(&best, &like) &&
		    (is_closer(&like, &best) || is_nearer) &&
		    is_successor(&search, &sentence, &like))
			best = like;
	}
	return best.line;
}

void pv_review_quote(pv_buf *out, const char *text, size_t len, int line)
{
	struct reader reader = reader_of(text, len);
	struct sentence sentence;

	while (next_sentence(&sentence, &reader))
		if (sentence.last >= line) {
			if (sentence.words[0].line <= line)
				pv_buf_put(out, sentence.start,
					   (size_t)(sentence.end -
						    sentence.start));
			return;
		}
}
