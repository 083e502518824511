/* SPDX-License-Identifier: MIT
 *
 * Words as a tsvector holds them: no longer than some bytes, and searches as
 * conditions on them.
 */
#ifndef PV_INDEX_POSTGRES_LEXEME_H
#define PV_INDEX_POSTGRES_LEXEME_H

#include <pv/buf.h>

#include "index/search_text.h"
#include "index/words.h"

/* A word, cut where it is too long to be held. */
pv_str pv_pg_lexeme(pv_str word);
/* Appends it in quotes. */
void pv_pg_put_lexeme(pv_buf *out, pv_str lexeme);

enum pv_pg_condition {
	PV_PG_NOTHING, /* no row fits */
	PV_PG_EXACT,   /* what it says fits */
	PV_PG_WIDER    /* what fits is among what it says */
};

/* Appends a search as a tsquery, and says how exact it is. PV_ENOMEM. */
int pv_pg_put_tsquery(pv_buf *out, enum pv_pg_condition *how_out,
		      const pv_search_node *tree, pv_words *words, pv_error *err);

#endif
