/* SPDX-License-Identifier: MIT
 *
 * What both sides did and what cannot be told from something else once it is
 * merged: such a merge may be another one when it is made again.
 */
#ifndef PV_TESTS_BLUR_H
#define PV_TESTS_BLUR_H

#include "judge/loss.h"

enum {
	/* Both changed a text that has a word twice: once one of them is gone,
	   nothing in the three texts says which. */
	BLUR_WORDS,
	/* Both took words away that were less than five words apart in base:
	   where little of a line is left it may be another one. */
	BLUR_NEAR,
	/* One took away a word of a list, the other put one in: against base
	   alone that is one word changed into another. */
	BLUR_ELEMENTS,
	/* One took a key away, or renamed it; the other put one in, or changed
	   its value: against one side the one looks like the other. */
	BLUR_KEYS,
	/* One took a key away that the other put in elsewhere: what is deleted
	   and what has moved differ only by the place that base knows. */
	BLUR_PLACES,
	/* Both touched comments or blank lines, or one moved what has them: no
	   name says which of them are the same. */
	BLUR_COMMENTS,
	/* Both changed a list of records, which are known by likeness: the
	   changes of both make a record less like that of base than either. */
	BLUR_RECORDS,
	BLURS
};

/* The classes that three sides are of, one bit each. */
unsigned blur_of(const loss_case *c);

#endif
