/* SPDX-License-Identifier: MIT
 *
 * Words as SQLite's FTS5 takes texts apart (unicode61 without diacritics), so
 * that a search in another database finds the same rows.
 */
#ifndef PV_INDEX_WORDS_H
#define PV_INDEX_WORDS_H

#include <pv/error.h>

#include "base/str.h"

typedef struct pv_words pv_words;

/* PV_ENOMEM, PV_EDB when this SQLite has no FTS5. The caller frees it. */
int pv_words_new(pv_words **out, pv_error *err);
void pv_words_free(pv_words *words);

/* `word` is folded, lent for the call; the bytes from `from` to `to` are it. */
typedef int (*pv_word_fn)(pv_str word, size_t from, size_t to, void *payload);

/*
 * Calls for each word in its order until `fn` returns non-zero, which becomes
 * the result. PV_ENOMEM.
 */
int pv_words_each(pv_words *words, pv_str text, pv_word_fn fn, void *payload,
		  pv_error *err);

#endif
