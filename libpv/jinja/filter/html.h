/* SPDX-License-Identifier: MIT
 *
 * Markup beyond escaping: entities and tags taken away.
 */
#ifndef PV_JINJA_HTML_H
#define PV_JINJA_HTML_H

#include "jinja/run/call.h"

/* Methods of Markup. */
pv_jinja_fn pv_jinja_markup_striptags;
pv_jinja_fn pv_jinja_markup_unescape;

/* Appends the text with HTML's character references resolved. */
void pv_jinja_put_unescaped(pv_buf *out, const char *text, size_t len);
/* Markup(text).striptags(), a str. */
int pv_jinja_strip_tags(pv_jinja_value *out, pv_jinja_run *run,
			pv_jinja_value text);

#endif
