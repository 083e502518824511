/* SPDX-License-Identifier: MIT
 *
 * Searches against the texts of a row; see search_match.h.
 */
#include "index/search_match.h"

#include "base/arena.h"
#include "base/fail.h"
#include "base/mem.h"
#include "index/member.h"
#include "index/search_words.h"

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

static void put_snippet(pv_buf *out, const pv_search_words *texts)
{
	size_t best = 0;
	size_t at = 0;
	int where = -1;

	for (int i = 0; i < PV_SEARCH_TEXTS; i++) {
		pv_search_span span = { .end = texts[i].count };
		size_t start;
		size_t hits = pv_search_best(&start, &texts[i], &span);

		if (hits > best) {
			best = hits;
			at = start;
			where = i;
		}
	}
	if (where >= 0) {
		const pv_search_words *text = &texts[where];
		pv_search_span span = { .end = text->count, .to = text->text.len };

		pv_search_put(out, text, &span, at);
	}
}

static int match_texts(int *fits_out, pv_buf *snippet,
		       const pv_search_node *tree, const pv_search_texts *texts,
		       pv_words *words, pv_error *err)
{
	pv_search_words taken[PV_SEARCH_TEXTS] = { 0 };
	pv_arena arena = { 0 };
	int rc = PV_OK;

	for (int i = 0; i < PV_SEARCH_TEXTS && rc == PV_OK; i++) {
		taken[i].text.ptr = pv_buf_text(&texts->plain[i]);
		taken[i].text.len = texts->plain[i].len;
		taken[i].field = i + 1;
		rc = pv_search_take_words(&taken[i], &arena, words, err);
	}
	if (rc == PV_OK)
		rc = pv_search_fits(fits_out, taken, PV_SEARCH_TEXTS, tree,
				    words, err);
	if (rc == PV_OK && *fits_out) {
		put_snippet(snippet, taken);
		rc = pv_buf_status(snippet, err);
	}
	for (int i = 0; i < PV_SEARCH_TEXTS; i++)
		pv_free(taken[i].items);
	pv_arena_dispose(&arena);
	return rc;
}

int pv_search_match(int *fits_out, pv_buf *snippet, const pv_search_node *tree,
		    const pv_execution *row, pv_words *words, pv_error *err)
{
	pv_search_texts texts = { 0 };
	int rc = PV_OK;

	*fits_out = 0;
	for (int i = PV_SEARCH_PROMPT; i <= PV_SEARCH_TAGS && rc == PV_OK; i++) {
		enum pv_search_field field = (enum pv_search_field)i;

		rc = pv_search_texts_add(&texts, field,
					 &row->values[pv_search_field_of(field)],
					 err);
	}
	if (rc == PV_OK)
		rc = match_texts(fits_out, snippet, tree, &texts, words, err);
	pv_search_texts_dispose(&texts);
	return rc;
}
