/* SPDX-License-Identifier: MIT
 *
 * Blanks at the ends of lines, for the rule and for mending. The two that are
 * Markdown's line break are none of them, nor what a template says literally:
 * in a string, or between {% raw %} and {% endraw %}.
 */
#ifndef PV_CHECK_TRAILING_H
#define PV_CHECK_TRAILING_H

#include <pv/prompt.h>

#include "base/str.h"

/* A walk along the lines of a text; see pv_trailing_start. */
typedef struct pv_trailing {
	pv_str text;
	int is_jinja;
	size_t line;    /* where the next one starts */
	size_t scanned; /* up to here this is known: */
	char inside;    /* '{', '%', '#' of a tag; 'r': raw; 0: none */
	char quote;     /* of a string in a tag; 0: none */
} pv_trailing;

void pv_trailing_start(pv_trailing *it, pv_str text, enum pv_syntax syntax);

/* The next blanks before a line break, [start, end); 0 when there are none. */
int pv_trailing_next(size_t *start, size_t *end, pv_trailing *it);

#endif
