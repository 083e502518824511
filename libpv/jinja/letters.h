/* SPDX-License-Identifier: MIT
 *
 * Which code points names consist of, by Python's rules: \w and identifiers.
 */
#ifndef PV_JINJA_LETTERS_H
#define PV_JINJA_LETTERS_H

#include "base/str.h"

/* White space of Python's str.isspace and \s. */
int pv_jinja_is_space(uint32_t code_point);
/* A character a name token may have: Python's \w and what identifiers have. */
int pv_jinja_is_letter(uint32_t code_point);
/* Whether a name token is one that str.isidentifier accepts. */
int pv_jinja_is_identifier(pv_str name);

#endif
