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

/* Numbers the tokens of all sides by their bytes. PV_ENOMEM, PV_ELIMIT. */
int pv_tokens_number(pv_tokens *const *sides, size_t side_count, pv_error *err);

void pv_tokens_dispose(pv_tokens *tokens);

/*
 * The runs that lead from one text to another, line by line, allocated in
 * `arena` and pointing into the texts: kept lines into `after`. Between two
 * kept runs what goes comes before what is new. PV_ENOMEM, PV_ELIMIT.
 */
int pv_runs_of_lines(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err);

/*
 * The same, word by word. Blanks go with the word before them, those in front
 * with the first word, so that kept and new runs together are `after`. A text
 * without any word has no runs.
 */
int pv_runs_of_words(pv_diff_run **out, size_t *count_out, pv_arena *arena,
		     pv_str before, pv_str after, pv_error *err);

#endif
