/* SPDX-License-Identifier: MIT
 *
 * Rewriting a block scalar so that the lines that do not change keep their
 * bytes: odd line ends, lines of blanks, the way a paragraph was folded.
 */
#ifndef PV_YAML_LINES_H
#define PV_YAML_LINES_H

#include "yaml/write.h"

/* The lines of an old block scalar: [start, end), from the header's end on. */
struct pv_yaml_old_lines {
	const pv_yaml *doc;
	pv_str text; /* what they read as */
	size_t start;
	size_t end;
};

/* Literal lines for `text`; `old` are literal ones at the same column. */
void pv_yaml_rewrite_literal(pv_buf *out, const struct pv_yaml_format *format,
			     pv_str text, size_t column,
			     const struct pv_yaml_old_lines *old);
/* Folded lines; `old` is NULL or folded ones at the same column. */
void pv_yaml_rewrite_folded(pv_buf *out, const struct pv_yaml_format *format,
			    pv_str text, size_t column,
			    const struct pv_yaml_old_lines *old);

#endif
