/* SPDX-License-Identifier: MIT
 *
 * What a merge of three texts must not do, found without any of the code that
 * merges: the judge of the corpus. Each function returns 0 when it finds
 * nothing, else 1 with a line about the first finding in `out`.
 */
#ifndef PV_TESTS_LOSS_H
#define PV_TESTS_LOSS_H

#include "diff/tree.h"

enum {
	LOSS_BASE,
	LOSS_OURS,
	LOSS_THEIRS,
	LOSS_RESULT,
	LOSS_ALL
};

/* Three sides and a result; trees are NULL for what is no YAML. */
typedef struct loss_case {
	pv_str texts[LOSS_ALL];
	const pv_tree *trees[LOSS_ALL];
} loss_case;

/*
 * A value or element that exactly one side has changed or added, in a
 * container of base, is not in the result as that side has it.
 */
int loss_of_leaves(pv_buf *out, const loss_case *c);

/* The same, and what exactly one side has deleted must not be there. */
int loss_of_values(pv_buf *out, const loss_case *c);

/* The same, also in containers that both sides have added. */
int loss_of_additions(pv_buf *out, const loss_case *c);

/*
 * What has a place in base that neither side has is in another place of one
 * side and of the result, and nowhere in the other side.
 */
int loss_by_return(pv_buf *out, const loss_case *c);

/*
 * A record that one side deleted and the other changed is there, by its name,
 * wherever it has been moved.
 */
int loss_of_deletions(pv_buf *out, const loss_case *c);

/* A record of one name, or a scalar of a set, is in the result twice. */
int loss_by_doubling(pv_buf *out, const loss_case *c);

/* A value that neither side has changed is another in the result. */
int loss_by_invention(pv_buf *out, const loss_case *c);

/* A comment that neither side took away is not in the result. */
int loss_of_comments(pv_buf *out, const loss_case *c);

/* A word that one side alone has is not in the result. */
int loss_of_words(pv_buf *out, const loss_case *c);

/*
 * A line that is on no side, indentation apart, and not inside a text that
 * both sides have changed, nor a key that one side has renamed with what the
 * other has put behind it; or one that has words of no side.
 */
int loss_by_new_lines(pv_buf *out, const loss_case *c);

#endif
