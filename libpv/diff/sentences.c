/* SPDX-License-Identifier: MIT
 *
 * See sentences.h. The text is cut into the words of words.c first, so a stop
 * inside a template tag, a number or a file name ends nothing; then each gap
 * between two words is asked whether a sentence ends there.
 */
#include "diff/sentences.h"

#include <string.h>

#include "base/fail.h"
#include "base/mem.h"
#include "diff/tokens.h"

/* The words of one text, and where the present sentence began. */
struct cutter {
	pv_str text;
	const pv_tokens *words;
	size_t first;
};

static int is_one_of(pv_str word, const char *const *texts)
{
	for (; *texts; texts++)
		if (pv_str_is(word, *texts))
			return 1;
	return 0;
}

/* Runs of one character: "." as well as "...". */
static int is_run_of(pv_str word, const char *chars)
{
	return word.len && word.ptr[0] && strchr(chars, word.ptr[0]) &&
	       word.ptr[0] == word.ptr[word.len - 1];
}

static int is_wide_stop(pv_str word)
{
	static const char *const stops[] = { "。", "！", "？", "．", NULL };

	return is_one_of(word, stops);
}

static int is_stop(pv_str word)
{
	return is_run_of(word, ".!?") || pv_str_is(word, "…") ||
	       is_wide_stop(word);
}

/* Quotes and brackets that close belong to the sentence before. */
static int is_closing(pv_str word)
{
	static const char *const marks[] = { "”",  "’",  "»", "」",
					     "』", "）", NULL };

	return is_run_of(word, "\"')]*`") || is_one_of(word, marks);
}

static int is_number(pv_str word)
{
	for (size_t i = 0; i < word.len; i++)
		if (word.ptr[i] < '0' || word.ptr[i] > '9')
			return 0;
	return word.len > 0;
}

static pv_str word_at(const struct cutter *cut, size_t idx)
{
	return cut->words->items[idx];
}

/* What is between a word and the next one: newlines, or 0 and blanks. */
static size_t newlines_behind(const struct cutter *cut, size_t idx)
{
	const char *at = word_at(cut, idx).ptr + word_at(cut, idx).len;
	const char *end = word_at(cut, idx + 1).ptr;
	size_t count = 0;

	for (; at < end; at++)
		count += *at == '\n';
	return count;
}

static int is_followed_by_blank(const struct cutter *cut, size_t idx)
{
	const char *end = word_at(cut, idx).ptr + word_at(cut, idx).len;

	return end == cut->text.ptr + cut->text.len ||
	       strchr(" \t\r\n", *end) != NULL;
}

/* "1." or "2)" at the word. */
static int is_enumerated(const struct cutter *cut, size_t idx)
{
	return idx + 1 < cut->words->count && is_number(word_at(cut, idx)) &&
	       (pv_str_is(word_at(cut, idx + 1), ".") ||
		pv_str_is(word_at(cut, idx + 1), ")")) &&
	       !is_followed_by_blank(cut, idx) &&
	       is_followed_by_blank(cut, idx + 1);
}

/* A line that begins like this is no continuation of the one before. */
static int starts_line(const struct cutter *cut, size_t idx)
{
	static const char *const bullets[] = { "-", "*", "+", "•", NULL };
	pv_str word = word_at(cut, idx);

	if (is_one_of(word, bullets) || is_run_of(word, "#"))
		return is_followed_by_blank(cut, idx);
	return is_run_of(word, "<|") || pv_str_is(word, "```") ||
	       pv_str_is(word, "---") ||
	       (word.len > 2 && !memcmp(word.ptr, "{%", 2)) ||
	       is_enumerated(cut, idx);
}

/* Lines that end with their newline, whatever they end in. */
static int is_line_of_its_own(const struct cutter *cut, size_t last)
{
	pv_str word = word_at(cut, cut->first);

	return is_run_of(word, "#|") || pv_str_is(word, "```") ||
	       pv_str_is(word, "---") || pv_str_is(word_at(cut, last), ":") ||
	       pv_str_is(word_at(cut, last), ">");
}

/* The stop that ends in the word `last`, closing marks passed over. */
static int has_stop(const struct cutter *cut, size_t *stop_out, size_t last)
{
	size_t at = last;

	while (at > cut->first && is_closing(word_at(cut, at)) &&
	       word_at(cut, at - 1).ptr + word_at(cut, at - 1).len ==
		       word_at(cut, at).ptr)
		at--;
	*stop_out = at;
	return is_stop(word_at(cut, at));
}

/* "Dr. Smith", "Fig. 3": a dot right behind such a word ends nothing. */
static int is_short_form(const struct cutter *cut, size_t stop, char next)
{
	static const char *const titles[] = { "Mr",   "Mrs", "Ms", "Dr",
					      "Prof", "St",  "vs", NULL };
	static const char *const counted[] = { "No",  "Nr", "Fig", "Eq",
					       "Sec", "Ch", "Art", "Vol",
					       "p",   "pp", NULL };
	pv_str word;

	if (stop == cut->first || !pv_str_is(word_at(cut, stop), "."))
		return 0;
	word = word_at(cut, stop - 1);
	if (word.ptr + word.len != word_at(cut, stop).ptr)
		return 0;
	return is_one_of(word, titles) ||
	       (next >= '0' && next <= '9' && is_one_of(word, counted));
}

/* "e.g. this" goes on, and so do "1. This" and "Dr. This". */
static int ends_at_stop(const struct cutter *cut, size_t last)
{
	size_t stop;
	char next;

	if (!has_stop(cut, &stop, last))
		return 0;
	if (is_wide_stop(word_at(cut, stop)))
		return !is_closing(word_at(cut, last + 1)) &&
		       !is_stop(word_at(cut, last + 1));
	if (!is_followed_by_blank(cut, last))
		return 0;
	if (stop == cut->first + 1 && is_enumerated(cut, cut->first))
		return 0;
	next = word_at(cut, last + 1).ptr[0];
	if (stop == last && is_short_form(cut, stop, next))
		return 0;
	return word_at(cut, stop).ptr[0] != '.' || next < 'a' || next > 'z';
}

/* Whether the sentence ends with the word `last`. */
static int ends_behind(const struct cutter *cut, size_t last)
{
	size_t newlines;

	if (last + 1 == cut->words->count)
		return 1;
	newlines = newlines_behind(cut, last);
	if (newlines > 1)
		return 1;
	if (newlines &&
	    (starts_line(cut, last + 1) || is_line_of_its_own(cut, last)))
		return 1;
	return ends_at_stop(cut, last);
}

/* The words with a byte between them that no UTF-8 has. */
static int make_key(pv_str *out, pv_arena *arena, const pv_str *words,
		    size_t count, pv_error *err)
{
	size_t len = count;
	char *to;

	for (size_t i = 0; i < count; i++)
		len += words[i].len;
	to = pv_arena_alloc(arena, len);
	if (!to)
		return pv_fail_nomem(err);
	out->ptr = to;
	out->len = len;
	for (size_t i = 0; i < count; i++) {
		memcpy(to, words[i].ptr, words[i].len);
		to += words[i].len;
		*to++ = '\xff';
	}
	return PV_OK;
}

static int add(pv_sentences *out, pv_arena *arena, const struct cutter *cut,
	       size_t last, pv_error *err)
{
	pv_str end = word_at(cut, last);
	pv_sentence *sentence;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return pv_fail_nomem(err);
	sentence = &out->items[out->count++];
	sentence->text.ptr = word_at(cut, cut->first).ptr;
	sentence->text.len = (size_t)(end.ptr + end.len - sentence->text.ptr);
	return make_key(&sentence->key, arena, &cut->words->items[cut->first],
			last + 1 - cut->first, err);
}

int pv_sentences_add(pv_sentences *out, pv_arena *arena, pv_str text,
		     pv_error *err)
{
	pv_tokens words = { 0 };
	struct cutter cut = { text, &words, 0 };
	int rc = pv_tokens_add_words(&words, text, err);

	for (size_t i = 0; rc == PV_OK && i < words.count; i++) {
		if (!ends_behind(&cut, i))
			continue;
		rc = add(out, arena, &cut, i, err);
		cut.first = i + 1;
	}
	pv_tokens_dispose(&words);
	return rc;
}
