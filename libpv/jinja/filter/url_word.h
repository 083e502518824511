/* SPDX-License-Identifier: MIT
 *
 * What in a word of escaped text is an address.
 */
#ifndef PV_JINJA_URL_WORD_H
#define PV_JINJA_URL_WORD_H

#include "jinja/value/value.h"

/* Brackets in front and punctuation behind are no part of an address. */
typedef struct pv_jinja_word {
	size_t from;
	size_t to;
} pv_jinja_word;

void pv_jinja_split_word(pv_jinja_word *out, pv_jinja_value word);
/* http(s)://host, www.host, or a host below one of the old top domains. */
int pv_jinja_is_web_address(pv_jinja_value text);
int pv_jinja_is_mail_address(pv_jinja_value text);
/* "name:", "name:/" or "name://" */
int pv_jinja_is_scheme(pv_jinja_value text);

#endif
