/* SPDX-License-Identifier: MIT
 *
 * Texts cut into tokens and numbered, so that equal tokens have equal numbers
 * on both sides of a comparison. The text stays where it is: tokens are
 * slices of it.
 */
#ifndef PV_DIFF_TOKENS_H
#define PV_DIFF_TOKENS_H

#include "base/arena.h"
#include "base/str.h"
#include "diff/myers.h"

#include <pv/diff.h>

/*
 * What a byte is to words: ' ' a blank, '9' a digit, 'a' a letter or "_", '.'
 * other ASCII; 0 from 0x80 on.
 */
extern const char pv_word_kinds[256];

/* The tokens of one text; `{ 0 }` is none. */
typedef struct pv_tokens {
	pv_str *items;
	uint32_t *numbers; /* of the items; see pv_tokens_number */
	size_t count;
	size_t cap;
} pv_tokens;

/* Appends the lines of `text`, each with its newline. PV_ENOMEM. */
int pv_tokens_add_lines(pv_tokens *tokens, pv_str text, pv_error *err);

/*
 * Appends the words of `text`: runs of letters and digits, numbers with their
 * points, single ideographs, runs of one punctuation character, and whole
 * template tags ({{ ... }}, {% ... %}, {# ... #}). The blanks between two
 * tokens belong to neither. PV_ENOMEM.
 */
int pv_tokens_add_words(pv_tokens *tokens, pv_str text, pv_error *err);

/*
 * 1 when two texts consist of the same words, one at least, and so differ in
 * blanks at most: wrapped or indented anew.
 */
int pv_words_equal(pv_str a, pv_str b);

/*
 * How many words a text has as people count them: from blank to blank, and in
 * scripts without blanks a word for each two ideographs or kana.
 */
size_t pv_words_count(pv_str text);

/* About how many tokens a model counts; see pv_diff_tokens_before. */
size_t pv_words_weigh(pv_str text);

/* How many bytes two texts begin with in common, and end with. */
size_t pv_common_start(pv_str a, pv_str b);
size_t pv_common_end(pv_str a, pv_str b);

/*
 * Takes off two texts what they have in common at either end, in whole words
 * that weigh the same without the rest.
 */
void pv_words_part(pv_str *a, pv_str *b);

/*
 * Fills `parts` with what lies between the tokens that all sides begin with in
 * common, of which the number is returned, and those that they end with. The
 * parts have no numbers yet; the items stay those of the sides.
 */
size_t pv_tokens_part(pv_tokens *parts, const pv_tokens *sides, size_t count);

/* Numbers the tokens of all sides by their bytes. PV_ENOMEM, PV_ELIMIT. */
int pv_tokens_number(pv_tokens *const *sides, size_t side_count, pv_error *err);

void pv_tokens_dispose(pv_tokens *tokens);

/*
 * Compares two sequences: `*flags_out` gets one flag for each token of
 * `before`, then one for each of `after`, 1 for those not kept. The caller
 * frees it with pv_free. PV_ENOMEM, PV_ELIMIT.
 */
int pv_tokens_compare(unsigned char **flags_out, const pv_tokens *before,
		      const pv_tokens *after, pv_error *err);

/*
 * The runs that lead from one text to another, line by line, allocated in
 * `arena` and pointing into the texts: kept lines into `after`. Between two
 * kept runs what goes comes before what is new. PV_ENOMEM, PV_ELIMIT.
 */
int pv_runs_of_lines(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err);

/*
 * The same word by word, changes joined as join.h has it. Blanks that differ
 * between words that do not are runs of their own, of nothing but blanks; so
 * text that is wrapped anew shows no changed words, and the runs still add up
 * to both texts byte for byte.
 */
int pv_runs_of_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err);

/* 1 for a run of blanks alone. */
int pv_run_is_blank(const pv_diff_run *run);

#endif
