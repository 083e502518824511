/* SPDX-License-Identifier: MIT
 *
 * Searches against texts; see search_match.h. Texts and phrases are taken into
 * words by the same tokenizer, and words are compared as bytes.
 */
#include "index/search_match.h"

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"
#include "index/member.h"

enum {
	SNIPPET_WORDS = 16
};

/* A word of a text. */
struct word {
	pv_str folded;
	size_t from;
	size_t to;
	int is_hit;
};

/* Words, in their order. */
struct list {
	struct word *items;
	size_t count;
	size_t cap;
	pv_arena *arena;
};

struct match {
	pv_words *words;
	pv_arena arena;
	struct list texts[PV_SEARCH_TEXTS];
};

/* --- texts ---------------------------------------------------------------- */

enum pv_field pv_search_field_of(enum pv_search_field field)
{
	static const enum pv_field fields[] = { PV_FIELD_RENDERED,
						PV_FIELD_RENDERED, PV_FIELD_INPUT,
						PV_FIELD_OUTPUT, PV_FIELD_TAGS };

	return fields[field];
}

int pv_search_texts_add(pv_search_texts *texts, enum pv_search_field field,
			const pv_value *value, pv_error *err)
{
	pv_buf *out = &texts->plain[field - 1];
	pv_str text = { value->text, value->len };

	pv_buf_clear(out);
	if (!value->is_set)
		return PV_OK;
	if (!value->is_json && field != PV_SEARCH_TAGS)
		pv_buf_put(out, text.ptr, text.len);
	else if (pv_plain_text(out, text) < 0)
		return pv_fail_nomem(err);
	return pv_buf_status(out, err);
}

void pv_search_texts_dispose(pv_search_texts *texts)
{
	for (int i = 0; i < PV_SEARCH_TEXTS; i++)
		pv_buf_dispose(&texts->plain[i]);
}

/* --- words ---------------------------------------------------------------- */

static int take_word(pv_str word, size_t from, size_t to, void *payload)
{
	struct list *it = payload;
	struct word *made;

	if (pv_array_reserve(&it->items, &it->cap, it->count + 1,
			     sizeof(*it->items)) < 0)
		return PV_ENOMEM;
	made = &it->items[it->count];
	made->folded.ptr = pv_arena_dup(it->arena, word.ptr, word.len);
	if (!made->folded.ptr)
		return PV_ENOMEM;
	made->folded.len = word.len;
	made->from = from;
	made->to = to;
	made->is_hit = 0;
	it->count++;
	return PV_OK;
}

static int take_words(struct list *out, struct match *it, pv_str text,
		      pv_error *err)
{
	int rc;

	out->arena = &it->arena;
	rc = pv_words_each(it->words, text, take_word, out, err);
	return rc == PV_ENOMEM ? pv_fail_nomem(err) : rc;
}

/* --- matching ------------------------------------------------------------- */

static int is_here(const struct list *text, size_t at,
		   const struct list *phrase, int is_prefix)
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

static int look_in(struct list *text, const struct list *phrase, int is_prefix)
{
	int found = 0;

	for (size_t at = 0; phrase->count && at < text->count; at++) {
		if (!is_here(text, at, phrase, is_prefix))
			continue;
		found = 1;
		for (size_t i = 0; i < phrase->count; i++)
			text->items[at + i].is_hit = 1;
	}
	return found;
}

static int match_words(int *out, struct match *it, const pv_search_node *node,
		       pv_error *err)
{
	struct list phrase = { 0 };
	int rc = take_words(&phrase, it, node->text, err);

	*out = 0;
	for (int i = 0; i < PV_SEARCH_TEXTS && rc == PV_OK; i++)
		if (node->field == PV_SEARCH_ANYWHERE || (int)node->field == i + 1)
			*out |= look_in(&it->texts[i], &phrase, node->is_prefix);
	pv_free(phrase.items);
	return rc;
}

/* As deep as groups are and as long as there are words: both are limited. */
static int match_node(int *out, struct match *it, const pv_search_node *node,
		      pv_error *err)
{
	int left = 0;
	int right = 0;
	int rc;

	if (node->kind == PV_SEARCH_WORDS)
		return match_words(out, it, node, err);
	rc = match_node(&left, it, node->left, err);
	if (rc == PV_OK)
		rc = match_node(&right, it, node->right, err);
	if (node->kind == PV_SEARCH_AND)
		*out = left && right;
	else if (node->kind == PV_SEARCH_OR)
		*out = left || right;
	else
		*out = left && !right;
	return rc;
}

/* --- the best place ------------------------------------------------------- */

/* Where the window with the most hits begins; how many they are. */
static size_t best_window(size_t *at_out, const struct list *text)
{
	size_t best = 0;
	size_t hits = 0;

	*at_out = 0;
	for (size_t end = 0; end < text->count; end++) {
		size_t start =
			end + 1 > SNIPPET_WORDS ? end + 1 - SNIPPET_WORDS : 0;

		hits += (size_t)text->items[end].is_hit;
		if (start)
			hits -= (size_t)text->items[start - 1].is_hit;
		if (hits > best) {
			best = hits;
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

static void put_window(pv_buf *out, pv_str text, const struct list *words,
		       size_t at)
{
	size_t end = at + SNIPPET_WORDS < words->count ? at + SNIPPET_WORDS
						       : words->count;
	size_t done = at ? words->items[at].from : 0;

	if (at)
		pv_buf_puts(out, "…");
	for (size_t i = at; i < end; i++) {
		const struct word *word = &words->items[i];

		put_piece(out, text, done, word->from);
		if (word->is_hit)
			pv_buf_putc(out, 2);
		pv_buf_put(out, text.ptr + word->from, word->to - word->from);
		if (word->is_hit)
			pv_buf_putc(out, 3);
		done = word->to;
	}
	if (end < words->count)
		pv_buf_puts(out, "…");
	else
		put_piece(out, text, done, text.len);
}

static void put_snippet(pv_buf *out, const struct match *it,
			const pv_search_texts *texts)
{
	size_t best = 0;
	size_t at = 0;
	int where = -1;

	for (int i = 0; i < PV_SEARCH_TEXTS; i++) {
		size_t start;
		size_t hits = best_window(&start, &it->texts[i]);

		if (hits > best) {
			best = hits;
			at = start;
			where = i;
		}
	}
	if (where >= 0)
		put_window(out,
			   (pv_str){ pv_buf_text(&texts->plain[where]),
				     texts->plain[where].len },
			   &it->texts[where], at);
}

int pv_search_match(int *fits_out, pv_buf *snippet, const pv_search_node *tree,
		    const pv_search_texts *texts, pv_words *words, pv_error *err)
{
	struct match it = { .words = words };
	int rc = PV_OK;

	*fits_out = 0;
	for (int i = 0; i < PV_SEARCH_TEXTS && rc == PV_OK; i++)
		rc = take_words(&it.texts[i], &it,
				(pv_str){ pv_buf_text(&texts->plain[i]),
					  texts->plain[i].len },
				err);
	if (rc == PV_OK)
		rc = match_node(fits_out, &it, tree, err);
	if (rc == PV_OK && snippet && *fits_out) {
		put_snippet(snippet, &it, texts);
		rc = pv_buf_status(snippet, err);
	}
	for (int i = 0; i < PV_SEARCH_TEXTS; i++)
		pv_free(it.texts[i].items);
	pv_arena_dispose(&it.arena);
	return rc;
}
