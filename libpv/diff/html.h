/* SPDX-License-Identifier: MIT
 *
 * Writing HTML. Contents get into a page through these functions only, which
 * write markup characters as references, and as visible escapes whatever
 * pv_paint_safe does not let through; so they cannot be markup, reorder the
 * page, or hide in it.
 */
#ifndef PV_DIFF_HTML_H
#define PV_DIFF_HTML_H

#include <pv/buf.h>

#include "base/str.h"

/* A page under way. */
typedef struct pv_html {
	pv_buf *out;
	int has_cuts;     /* something was left out for its length */
	int has_rendered; /* some text is shown as Markdown, too */
} pv_html;

/*
 * Appends everything before a page's contents, <body> too: "kind: title" is its
 * title, `css` the one style that its policy allows.
 */
void pv_html_head(pv_buf *out, const char *kind, pv_str title, const char *css);

/* Appends text on one line, as the contents of an element. */
void pv_html_text(pv_buf *out, pv_str text);

/* The same with its line ends left as they are. */
void pv_html_lines(pv_buf *out, pv_str text);

/* The same as <code>, its direction kept apart from what surrounds it. */
void pv_html_code(pv_buf *out, pv_str text);

/* Appends text inside a quoted attribute; escapes are not marked there. */
void pv_html_attribute(pv_buf *out, pv_str text);

/*
 * Appends a run of one line: kept ('='), as <del> or as <ins>, which say so in
 * words that only screen readers get. The middle of a very long one is left
 * out.
 */
void pv_html_run(pv_html *html, char op, pv_str text);

/* Appends what stands in for contents that are left out. */
void pv_html_cut(pv_html *html, size_t count, const char *what);

#endif
