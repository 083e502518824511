/* SPDX-License-Identifier: MIT
 *
 * Which code points names consist of, by Python's rules: \w and identifiers.
 */
#ifndef PV_JINJA_LETTERS_H
#define PV_JINJA_LETTERS_H

#include "base/str.h"

/* What an ASCII byte is; 0 for all others. */
enum {
	PV_JINJA_ASCII_SPACE = 1,
	PV_JINJA_ASCII_WORD = 2 /* letters, digits, "_" */
};
extern const unsigned char pv_jinja_ascii_kinds[256];

static inline int pv_jinja_is_ascii_space(unsigned char c)
{
	return pv_jinja_ascii_kinds[c] == PV_JINJA_ASCII_SPACE;
}

static inline int pv_jinja_is_ascii_word(unsigned char c)
{
	return pv_jinja_ascii_kinds[c] == PV_JINJA_ASCII_WORD;
}

/* Of code points beyond ASCII. */
int pv_jinja_is_wide_space(uint32_t code_point);
int pv_jinja_is_wide_letter(uint32_t code_point);

/* White space of Python's str.isspace and \s. */
static inline int pv_jinja_is_space(uint32_t code_point)
{
	return code_point < 0x80
		       ? pv_jinja_is_ascii_space((unsigned char)code_point)
		       : pv_jinja_is_wide_space(code_point);
}

/* A character a name token may have: Python's \w and what identifiers have. */
static inline int pv_jinja_is_letter(uint32_t code_point)
{
	return code_point < 0x80
		       ? pv_jinja_is_ascii_word((unsigned char)code_point)
		       : pv_jinja_is_wide_letter(code_point);
}

/* Whether a name token is one that str.isidentifier accepts. */
int pv_jinja_is_identifier(pv_str name);

#endif
