/* SPDX-License-Identifier: MIT
 *
 * Which element of a list became which: the question every comparison and
 * every merge of lists begins with. Elements that are equal are paired first
 * (a longest common subsequence); then those with the same name (see
 * pv_align_name), wherever they are; then, between the pairs so far, the ones that resemble each other; at
 * last as many as are left on both sides when nothing speaks against it.
 * Scalars are only ever paired when equal.
 */
#ifndef PV_DIFF_ALIGN_H
#define PV_DIFF_ALIGN_H

#include "diff/tree.h"

/* In pv_alignment: no counterpart. */
#define PV_NO_MATE SIZE_MAX

/* What a pair was made by, from the surest on. */
enum pv_pair {
	PV_PAIR_NONE,
	PV_PAIR_EQUAL,
	PV_PAIR_NAMED,
	PV_PAIR_ALIKE,
	PV_PAIR_AMBIGUOUS, /* alike, but so is another candidate */
	PV_PAIR_GUESSED    /* merely what was left on both sides */
};

/* How two lists correspond; release it with pv_alignment_dispose. */
typedef struct pv_alignment {
	size_t *old_of;       /* for each new element: the old one's index */
	size_t *new_of;       /* for each old element: the new one's index */
	unsigned char *moved; /* for each new element: paired across others */
	unsigned char *how;   /* for each new element: an enum pv_pair */
	size_t old_count;
	size_t new_count;
	int is_chat; /* every element is a mapping with a role */
} pv_alignment;

/* Aligns two lists. PV_ENOMEM, PV_ELIMIT beyond 2^32 elements. */
int pv_align(pv_alignment *out, const pv_tree *before, const pv_tree *after,
	     pv_error *err);

/*
 * Pairs elements that pv_align left on both sides because others, which kept
 * their place, lie between: those that moved without a name to know them by,
 * scalars when they are equal.
 * For showing, and for taking what was shown; a merge should not rely on it.
 * PV_ENOMEM.
 */
int pv_align_moved(pv_alignment *al, const pv_tree *before,
		   const pv_tree *after, pv_error *err);

/*
 * The same, as people see it: what pv_align guessed gives way to what is equal
 * or alike, messages are found that somebody else says now, and `moved` is set
 * anew so that what kept its index did not move. Not for a merge. PV_ENOMEM.
 */
int pv_align_shown(pv_alignment *al, const pv_tree *before,
		   const pv_tree *after, pv_error *err);

/* Pairs messages that are alike but said by somebody else. PV_ENOMEM. */
int pv_align_retold(pv_alignment *al, const pv_tree *before,
		    const pv_tree *after, pv_error *err);

/*
 * Pairs messages that are alike although they have another id, or are said by
 * somebody else: for finding out what an edit may have been made to. PV_ENOMEM.
 */
int pv_align_renamed(pv_alignment *al, const pv_tree *before,
		     const pv_tree *after, pv_error *err);

/* Whether a pair of elements is allowed at all. */
typedef int pv_align_fits_fn(const pv_tree *before, const pv_tree *after);

/*
 * Whether two elements may be the same one at all: no scalars, of the same
 * role, and messages not with two ids.
 */
int pv_align_fits(const pv_tree *a, const pv_tree *b);

/* The same of messages, whatever their ids and roles are. */
int pv_align_fits_renamed(const pv_tree *a, const pv_tree *b);

/*
 * What an element of a list is called: its `id`, or else, unless it is a
 * message, its `name`, `task` or `key`, or the `name` of its `function`, as
 * OpenAI's tools have it: a text, or a number in one spelling. `ptr` is NULL
 * when it has no name.
 */
pv_str pv_align_name(const pv_tree *element);

/* Whether two elements have names, and different ones. */
int pv_align_named_apart(const pv_tree *a, const pv_tree *b);

void pv_alignment_dispose(pv_alignment *alignment);

#endif
