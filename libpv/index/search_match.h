/* SPDX-License-Identifier: MIT
 *
 * A search held against the texts of one row: the best place of them, to be
 * shown. And, for backends whose own search only narrows down, whether the row
 * fits: the same do as FTS5 finds.
 */
#ifndef PV_INDEX_SEARCH_MATCH_H
#define PV_INDEX_SEARCH_MATCH_H

#include "index/execution.h"
#include "index/search_text.h"
#include "index/words.h"

enum {
	PV_SEARCH_TEXTS = PV_SEARCH_TAGS
};

/* The texts of a row that are searched; `{ 0 }` are none. */
typedef struct pv_search_texts {
	pv_buf plain[PV_SEARCH_TEXTS]; /* by pv_search_field - 1 */
} pv_search_texts;

/* Which field of executions a field of searches is. */
enum pv_field pv_search_field_of(enum pv_search_field field);
/* Adds the text of one of a row's values. PV_ENOMEM. */
int pv_search_texts_add(pv_search_texts *texts, enum pv_search_field field,
			const pv_value *value, pv_error *err);
void pv_search_texts_dispose(pv_search_texts *texts);

/*
 * Whether a row fits a search. `snippet` gets the sixteen words that show it
 * best, marked as pv/index.h says. PV_ENOMEM.
 */
int pv_search_match(int *fits_out, pv_buf *snippet, const pv_search_node *tree,
		    const pv_execution *row, pv_words *words, pv_error *err);

#endif
