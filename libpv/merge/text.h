/* SPDX-License-Identifier: MIT
 *
 * The merge of three texts: by lines (text.c), and where lines conflict by
 * words (words.c).
 */
#ifndef PV_MERGE_TEXT_H
#define PV_MERGE_TEXT_H

#include "merge/pieces.h"

enum pv_text_mode {
	PV_TEXT_LINES, /* no further than lines */
	PV_TEXT_WORDS,
	PV_TEXT_PARTS, /* words, or all that nothing but blank lines part */
	PV_TEXT_NOTES  /* comments: where both add lines, both are kept */
};

/*
 * Appends the merge of three texts. PV_GIVE_UP when it would be no template,
 * as both sides are, and no part of it is to blame; PV_ENOMEM, PV_ELIMIT.
 */
int pv_text_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		  enum pv_text_mode mode, pv_error *err);

/*
 * Appends the merge of three texts word by word; sets `*is_clean` to 0, with
 * nothing appended, when words conflict, too. `is_wide` wants texts that are
 * much the same. PV_ENOMEM, PV_ELIMIT.
 */
int pv_words_merge(pv_pieces *out, pv_arena *arena, const pv_str sides[PV_SIDES],
		   int is_wide, int *is_clean, pv_error *err);

#endif
