/* SPDX-License-Identifier: MIT
 *
 * The comments of a YAML text: no data, but what people wrote for each other,
 * so that a diff has to show where they changed.
 */
#ifndef PV_DIFF_COMMENTS_H
#define PV_DIFF_COMMENTS_H

#include <pv/yaml.h>

#include "base/arena.h"
#include "base/str.h"

typedef struct pv_comment {
	size_t at;   /* offset of the "#" in the text */
	size_t line; /* offset where its line begins */
	pv_str text; /* from the "#" on, without blanks at the end; borrowed */
} pv_comment;

typedef struct pv_comments {
	const pv_comment *items; /* in the order of the text */
	size_t count;
} pv_comments;

/* Finds all comments of a document; the list is in `arena`. PV_ENOMEM. */
int pv_comments_find(pv_comments *out, pv_arena *arena, const pv_yaml *doc,
		     pv_error *err);

#endif
