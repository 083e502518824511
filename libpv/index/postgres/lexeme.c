/* SPDX-License-Identifier: MIT
 *
 * Searches as tsqueries. A phrase becomes all of its words, which more rows
 * have than those that have them in a row; where such a thing is not wanted,
 * the condition is left out, so that what is asked never loses a row.
 */
#include "index/postgres/lexeme.h"

#include "base/fail.h"

enum {
	LEXEME_MAX = 200 /* bytes */
};

pv_str pv_pg_lexeme(pv_str word)
{
	if (word.len <= LEXEME_MAX)
		return word;
	word.len = LEXEME_MAX;
	while (word.len && (word.ptr[word.len] & 0xC0) == 0x80)
		word.len--;
	return word;
}

void pv_pg_put_lexeme(pv_buf *out, pv_str lexeme)
{
	pv_buf_putc(out, '\'');
	for (size_t i = 0; i < lexeme.len; i++) {
		if (lexeme.ptr[i] == '\'' || lexeme.ptr[i] == '\\')
			pv_buf_putc(out, lexeme.ptr[i]);
		pv_buf_putc(out, lexeme.ptr[i]);
	}
	pv_buf_putc(out, '\'');
}

/* --- words ---------------------------------------------------------------- */

/* The words of a phrase on their way. */
struct phrase {
	pv_buf *out;
	int field;
	size_t count;
	pv_buf last;
	int is_cut; /* a word is longer than what is held of it */
};

static void put_label(struct phrase *it, int is_prefix)
{
	if (!is_prefix && it->field == PV_SEARCH_ANYWHERE)
		return;
	pv_buf_putc(it->out, ':');
	if (is_prefix)
		pv_buf_putc(it->out, '*');
	if (it->field != PV_SEARCH_ANYWHERE)
		pv_buf_putc(it->out, (char)('A' + it->field - 1));
}

/* Each word is put when the next comes: the last may be a prefix. */
static void put_last(struct phrase *it, int is_prefix)
{
	pv_str word = { pv_buf_text(&it->last), it->last.len };
	pv_str lexeme = pv_pg_lexeme(word);

	if (lexeme.len < word.len)
		it->is_cut = 1;
	pv_pg_put_lexeme(it->out, lexeme);
	put_label(it, is_prefix && lexeme.len == word.len);
}

static int take_word(pv_str word, size_t from, size_t to, void *payload)
{
	struct phrase *it = payload;

	(void)from;
	(void)to;
	if (it->count++) {
		put_last(it, 0);
		pv_buf_puts(it->out, " & ");
	}
	pv_buf_truncate(&it->last, 0);
	pv_buf_put(&it->last, word.ptr, word.len);
	return PV_OK;
}

static int put_words(pv_buf *out, enum pv_pg_condition *how_out,
		     const pv_search_node *node, pv_words *words, pv_error *err)
{
	struct phrase it = { .out = out, .field = node->field };
	int rc;

	pv_buf_putc(out, '(');
	rc = pv_words_each(words, node->text, take_word, &it, err);
	if (it.count)
		put_last(&it, node->is_prefix);
	pv_buf_putc(out, ')');
	*how_out = !it.count                   ? PV_PG_NOTHING
		   : it.count > 1 || it.is_cut ? PV_PG_WIDER
					       : PV_PG_EXACT;
	if (rc == PV_OK)
		rc = pv_buf_status(&it.last, err);
	pv_buf_dispose(&it.last);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}

/* --- trees ---------------------------------------------------------------- */

/* Both sides, of which either may be nothing. */
static void put_both(pv_buf *out, enum pv_pg_condition *how_out,
		     enum pv_search_kind kind, const pv_buf sides[2],
		     const enum pv_pg_condition hows[2])
{
	const char *operator= kind == PV_SEARCH_AND ? " & "
	: kind == PV_SEARCH_OR                      ? " | "
						    : " & !";
	int has_left = hows[0] != PV_PG_NOTHING;
	int has_right = hows[1] != PV_PG_NOTHING;

	if (kind == PV_SEARCH_NOT && has_right && hows[1] == PV_PG_WIDER)
		has_right = 0;
	*how_out = PV_PG_NOTHING;
	if (kind == PV_SEARCH_AND  ? !has_left || !has_right
	    : kind == PV_SEARCH_OR ? !has_left && !has_right
				   : !has_left)
		return;
	*how_out = hows[0] == PV_PG_WIDER || hows[1] == PV_PG_WIDER
			   ? PV_PG_WIDER
			   : PV_PG_EXACT;
	pv_buf_putc(out, '(');
	if (has_left)
		pv_buf_put(out, sides[0].ptr, sides[0].len);
	if (has_left && has_right)
		pv_buf_puts(out, operator);
	if (has_right)
		pv_buf_put(out, sides[1].ptr, sides[1].len);
	pv_buf_putc(out, ')');
}

/* As deep as groups are and as long as there are words: both are limited. */
int pv_pg_put_tsquery(pv_buf *out, enum pv_pg_condition *how_out,
		      const pv_search_node *tree, pv_words *words, pv_error *err)
{
	enum pv_pg_condition hows[2] = { PV_PG_NOTHING, PV_PG_NOTHING };
	pv_buf sides[2] = { { 0 }, { 0 } };
	int rc;

	if (tree->kind == PV_SEARCH_WORDS)
		return put_words(out, how_out, tree, words, err);
	rc = pv_pg_put_tsquery(&sides[0], &hows[0], tree->left, words, err);
	if (rc == PV_OK)
		rc = pv_pg_put_tsquery(&sides[1], &hows[1], tree->right, words,
				       err);
	for (int i = 0; i < 2 && rc == PV_OK; i++)
		rc = pv_buf_status(&sides[i], err);
	if (rc == PV_OK)
		put_both(out, how_out, tree->kind, sides, hows);
	pv_buf_dispose(&sides[0]);
	pv_buf_dispose(&sides[1]);
	return rc == PV_OK ? pv_buf_status(out, err) : rc;
}
