/* SPDX-License-Identifier: MIT
 *
 * Blanks at the ends of lines, for the rule and for mending.
 */
#ifndef PV_CHECK_TRAILING_H
#define PV_CHECK_TRAILING_H

#include "base/str.h"

/*
 * Where the blanks at the end of the line [start, end) start; `end` when there
 * are none, or only Markdown's line break.
 */
size_t pv_trailing_start(pv_str text, size_t start, size_t end);

#endif
