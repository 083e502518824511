/* SPDX-License-Identifier: MIT
 *
 * A search held against texts: both are taken into words by the same
 * tokenizer, and words are compared as bytes. And the best place of a text, to
 * be shown.
 */
#ifndef PV_INDEX_SEARCH_WORDS_H
#define PV_INDEX_SEARCH_WORDS_H

#include <pv/buf.h>

#include "index/search_text.h"
#include "index/words.h"

/* A word of a text; the bytes from `from` to `to` are it. */
typedef struct pv_search_word {
	pv_str folded;
	size_t from;
	size_t to;
	int hit; /* which of the words and phrases of a search, from 1 on; 0 */
} pv_search_word;

/* A text of one field, and its words in their order. */
typedef struct pv_search_words {
	pv_str text;
	int field;             /* as in pv_search_node, but not 0 */
	pv_search_word *items; /* pv_free */
	size_t count;
	size_t cap;
} pv_search_words;

/* Takes `text` into words, whose folded forms lie in `arena`. PV_ENOMEM. */
int pv_search_take_words(pv_search_words *out, pv_arena *arena, pv_words *words,
			 pv_error *err);

/*
 * Whether texts fit a search; their words that it names are marked. PV_ENOMEM.
 */
int pv_search_fits(int *fits_out, pv_search_words *texts, size_t count,
		   const pv_search_node *tree, pv_words *words, pv_error *err);

/* A stretch of a text: some of its words, and the bytes they stand in. */
typedef struct pv_search_span {
	size_t first;
	size_t end;
	size_t from;
	size_t to;
} pv_search_span;

/*
 * Where the sixteen words begin that have the most of the words and phrases of a
 * search, and among those the most hits; a number that is higher for better
 * ones, 0 where no word is a hit.
 */
size_t pv_search_best(size_t *at_out, const pv_search_words *text,
		      const pv_search_span *span);

/*
 * Appends the sixteen words from `at` on, marked as pv/index.h says, with an
 * ellipsis where the span goes on.
 */
void pv_search_put(pv_buf *out, const pv_search_words *text,
		   const pv_search_span *span, size_t at);

#endif
