/* SPDX-License-Identifier: MIT
 *
 * Whether a merge has lost anything. These checks know the three sides and
 * the result, but nothing of how the result was made: they stand between
 * every merge and whoever asked for it.
 */
#ifndef PV_MERGE_CHECK_H
#define PV_MERGE_CHECK_H

#include "merge/job.h"

/*
 * Whether a clean line merge may stand. Sets `*ok_out`, to 0 when the result
 * lacks a value that one side, or both alike, have changed or added inside a
 * container that base has, or an element of a list, has something that one side deleted,
 * has an element that nobody wrote, or a text without the words of both.
 * PV_ENOMEM.
 */
int pv_check_lines(int *ok_out, pv_arena *arena,
		   const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		   pv_error *err);

/*
 * Sets `*found_out` when one side has deleted an element of a list that the
 * other has changed, wherever that is now: no merge of these is clean.
 * PV_ENOMEM, PV_ELIMIT.
 */
int pv_check_deleted(int *found_out, const pv_tree *const sides[PV_SIDES],
		     pv_error *err);

/*
 * Sets `*found_out` when something that one side has added to a list is not in
 * the result as it was written there: the other side's edit of something else
 * has got into it. Also when a message that one side has edited may be one of
 * several on the other. PV_ENOMEM, PV_ELIMIT.
 */
int pv_check_strays(int *found_out, pv_arena *arena,
		    const pv_tree *const sides[PV_SIDES], const pv_tree *result,
		    pv_error *err);

/*
 * Whether no document of the result defines an anchor twice, or one of the
 * sides does so: PyYAML, and libyaml's own loader, refuse that.
 */
int pv_check_anchors(const pv_yaml *const sides[PV_SIDES], const pv_yaml *result);

/* What is compared as data. */
typedef struct pv_check {
	pv_arena *arena;
	const pv_tree *const *sides; /* PV_SIDES of them */
	const pv_tree *result;
	const pv_field *fields; /* in conflict, and not looked at */
	size_t field_count;
	struct pv_suspects *suspects; /* to be added to, or NULL */
} pv_check;

/*
 * Whether the result is the base with the changes of both sides and no
 * others. Sets `*ok_out`. PV_ENOMEM, PV_ELIMIT.
 */
int pv_check_data(int *ok_out, const pv_check *check, pv_error *err);

/*
 * The same for the tokens of texts, as bags: from each side to the result
 * nothing is gone but what the other side took away, and nothing has come but
 * what it added. The result comes behind the sides.
 */
int pv_check_tokens(int *ok_out, const pv_tokens all[PV_SIDES + 1],
		    pv_error *err);

/* A text in conflict, whose halves are it settled for ours and for theirs. */
typedef struct pv_halves {
	const pv_str *texts; /* PV_SIDES of them */
	const pv_chunks *chunks;
	pv_str noted; /* values that the merge has picked, and says so */
	const pv_settled *settled;    /* what one side has changed, or NULL */
	struct pv_suspects *suspects; /* to be added to, or NULL */
} pv_halves;

/*
 * Whether the words of each half are those of its side with changes of the
 * other one: none of its own is gone, or there twice, but for what the other
 * side did. Sets `*ok_out`. PV_ENOMEM, PV_ELIMIT.
 */
int pv_check_halves(int *ok_out, const pv_halves *halves, pv_error *err);

#endif
