/* SPDX-License-Identifier: MIT
 *
 * Searches against texts; see search_words.h.
 */
#include "index/search_words.h"

#include "base/fail.h"
#include "base/mem.h"

enum {
	SNIPPET_WORDS = 16,
	PHRASES = 64 /* of a search that are told apart */
};

/* --- words ---------------------------------------------------------------- */

struct taking {
	pv_search_words *out;
	pv_arena *arena;
};

static int take_word(pv_str word, size_t from, size_t to, void *payload)
{
	struct taking *it = payload;
	pv_search_words *out = it->out;
	pv_search_word *made;

	if (pv_array_reserve(&out->items, &out->cap, out->count + 1,
			     sizeof(*out->items)) < 0)
		return PV_ENOMEM;
	made = &out->items[out->count];
	made->folded.ptr = pv_arena_dup(it->arena, word.ptr, word.len);
	if (!made->folded.ptr)
		return PV_ENOMEM;
	made->folded.len = word.len;
	made->from = from;
	made->to = to;
	made->hit = 0;
	out->count++;
	return PV_OK;
}

int pv_search_take_words(pv_search_words *out, pv_arena *arena, pv_words *words,
			 pv_error *err)
{
	struct taking it = { out, arena };
	int rc = pv_words_each(words, out->text, take_word, &it, err);

	return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
}

/* --- matching ------------------------------------------------------------- */

struct match {
	pv_search_words *texts;
	size_t count;
	pv_words *words;
	pv_arena arena;
	int is_unwanted; /* what is looked for now is not to be there */
	int phrase;      /* the number of what is looked for now */
};

static int is_here(const pv_search_words *text, size_t at,
		   const pv_search_words *phrase, int is_prefix)
{
	if (text->count - at < phrase->count)
		return 0;
	for (size_t i = 0; i < phrase->count; i++) {
		pv_str have = text->items[at + i].folded;
		pv_str want = phrase->items[i].folded;

		if (is_prefix && i + 1 == phrase->count && have.len > want.len)
			have.len = want.len;
		if (!pv_str_eq(have, want))
			return 0;
	}
	return 1;
}

/* Marks with `mark`, when that is not 0. */
static int look_in(pv_search_words *text, const pv_search_words *phrase,
		   int is_prefix, int mark)
{
	int found = 0;

	for (size_t at = 0; phrase->count && at < text->count; at++) {
		if (!is_here(text, at, phrase, is_prefix))
			continue;
		found = 1;
		for (size_t i = 0; mark && i < phrase->count; i++)
			text->items[at + i].hit = mark;
	}
	return found;
}

static int match_words(int *out, struct match *it, const pv_search_node *node,
		       pv_error *err)
{
	pv_search_words phrase = { .text = node->text };
	int rc = pv_search_take_words(&phrase, &it->arena, it->words, err);
	int mark = it->is_unwanted ? 0 : 1 + it->phrase++ % PHRASES;

	*out = 0;
	for (size_t i = 0; i < it->count && rc == PV_OK; i++)
		if (!node->field || node->field == it->texts[i].field)
			*out |= look_in(&it->texts[i], &phrase, node->is_prefix,
					mark);
	pv_free(phrase.items);
	return rc;
}

/* As deep as groups are and as long as there are words: both are limited. */
static int match_node(int *out, struct match *it, const pv_search_node *node,
		      pv_error *err)
{
	int is_not = node->kind == PV_SEARCH_NOT;
	int left = 0;
	int right = 0;
	int rc;

	if (node->kind == PV_SEARCH_WORDS)
		return match_words(out, it, node, err);
	rc = match_node(&left, it, node->left, err);
	it->is_unwanted += is_not;
	if (rc == PV_OK)
		rc = match_node(&right, it, node->right, err);
	it->is_unwanted -= is_not;
	if (node->kind == PV_SEARCH_AND)
		*out = left && right;
	else if (node->kind == PV_SEARCH_OR)
		*out = left || right;
	else
		*out = left && !right;
	return rc;
}

int pv_search_fits(int *fits_out, pv_search_words *texts, size_t count,
		   const pv_search_node *tree, pv_words *words, pv_error *err)
{
	struct match it = { .texts = texts, .count = count, .words = words };
	int rc = match_node(fits_out, &it, tree, err);

	pv_arena_dispose(&it.arena);
	return rc;
}

/* --- the best place ------------------------------------------------------- */

/* The words of a window that are hits, by the phrases that they are of. */
struct window {
	size_t hits[PHRASES + 1];
	size_t hit_count;
	size_t phrase_count;
};

static void count_word(struct window *window, const pv_search_word *word)
{
	window->hit_count += word->hit != 0;
	window->phrase_count += word->hit && !window->hits[word->hit]++;
}

static void forget_word(struct window *window, const pv_search_word *word)
{
	window->hit_count -= word->hit != 0;
	window->phrase_count -= word->hit && !--window->hits[word->hit];
}

size_t pv_search_best(size_t *at_out, const pv_search_words *text,
		      const pv_search_span *span)
{
	struct window window = { { 0 }, 0, 0 };
	size_t best = 0;

	*at_out = span->first;
	for (size_t end = span->first; end < span->end; end++) {
		size_t start = end + 1 > span->first + SNIPPET_WORDS
				       ? end + 1 - SNIPPET_WORDS
				       : span->first;
		size_t worth;

		count_word(&window, &text->items[end]);
		if (start > span->first)
			forget_word(&window, &text->items[start - 1]);
		worth = window.phrase_count * (SNIPPET_WORDS + 1) +
			window.hit_count;
		if (worth > best) {
			best = worth;
			*at_out = start;
		}
	}
	return best;
}

/* What is shown is a text of C: a NUL byte in it is a blank. */
static void put_piece(pv_buf *out, pv_str text, size_t from, size_t to)
{
	for (size_t i = from; i < to; i++)
		pv_buf_putc(out, (char)(text.ptr[i] ? text.ptr[i] : ' '));
}

void pv_search_put(pv_buf *out, const pv_search_words *text,
		   const pv_search_span *span, size_t at)
{
	size_t end =
		at + SNIPPET_WORDS < span->end ? at + SNIPPET_WORDS : span->end;
	size_t done = at > span->first ? text->items[at].from : span->from;

	if (at > span->first)
		pv_buf_puts(out, "…");
	for (size_t i = at; i < end; i++) {
		const pv_search_word *word = &text->items[i];

		put_piece(out, text->text, done, word->from);
		if (word->hit)
			pv_buf_putc(out, 2);
		pv_buf_put(out, text->text.ptr + word->from,
			   word->to - word->from);
		if (word->hit)
			pv_buf_putc(out, 3);
		done = word->to;
	}
	if (end < span->end)
		pv_buf_puts(out, "…");
	else
		put_piece(out, text->text, done, span->to);
}
