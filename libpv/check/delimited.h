/* SPDX-License-Identifier: MIT
 *
 * Whether a model can tell where something put into a text ends: quotes, a
 * fence, tags, or lines of signs around it. And whether a variable's name says
 * that its value comes from people outside.
 */
#ifndef PV_CHECK_DELIMITED_H
#define PV_CHECK_DELIMITED_H

#include "base/str.h"

/* Whether the bytes from `start` to `end` of a text stand within such. */
int pv_is_delimited(pv_str text, size_t start, size_t end);

/*
 * Whether the name is one of what others wrote: "ticket", "searchResults".
 * `certainty` 1 asks for those alone that cannot be the author's own words:
 * "user_input", "transcript"; 2 for those that say who wrote them: "user_input".
 */
int pv_is_foreign_name(pv_str name, int certainty);

#endif
