/* SPDX-License-Identifier: MIT
 *
 * Case mapping of whole strings, as the methods of str do it.
 */
#ifndef PV_JINJA_TEXT_CASE_H
#define PV_JINJA_TEXT_CASE_H

#include "jinja/run/run.h"
#include "jinja/value/unicode.h"

enum pv_jinja_recase {
	PV_JINJA_UPPER,
	PV_JINJA_LOWER,
	PV_JINJA_CASEFOLD,
	PV_JINJA_SWAPCASE,
	PV_JINJA_CAPITALIZE, /* first in title case, rest in lower */
	PV_JINJA_TITLE       /* str.title(): each word capitalized */
};

/* A new str with the flags, from the text of `text`. */
int pv_jinja_recase(pv_jinja_value *out, pv_jinja_run *run, pv_jinja_value text,
		    enum pv_jinja_recase recase, int flags);
/* Appends instead; the text is a part of a string. */
void pv_jinja_put_recased(pv_buf *out, const char *text, size_t len,
			  enum pv_jinja_recase recase);
/* str.islower(), str.isupper(). */
int pv_jinja_is_lower(pv_jinja_value text);
int pv_jinja_is_upper(pv_jinja_value text);

#endif
