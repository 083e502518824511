/* SPDX-License-Identifier: MIT
 *
 * The views that a page has of a text: the new text with changed words where
 * they stand, old and new side by side, and both as Markdown. All are in the
 * page; its style shows one of them.
 */
#ifndef PV_DIFF_HTML_TEXT_H
#define PV_DIFF_HTML_TEXT_H

#include <pv/diff.h>

#include "diff/html.h"

/* Two states of a text; `ptr` is NULL for one that is not there. */
typedef struct pv_html_pair {
	pv_str before;
	pv_str after;
	int is_prose; /* written by people: may be Markdown */
} pv_html_pair;

/* Appends the views. PV_ENOMEM, PV_ELIMIT. */
int pv_html_views(pv_html *html, const pv_html_pair *pair, pv_error *err);

#endif
