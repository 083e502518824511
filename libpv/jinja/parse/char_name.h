/* SPDX-License-Identifier: MIT
 *
 * Characters by name, for "\\N{EM DASH}": what CPython's str literals accept.
 */
#ifndef PV_JINJA_CHAR_NAME_H
#define PV_JINJA_CHAR_NAME_H

#include "base/str.h"

/* What is returned for a name that no character has. */
#define PV_JINJA_NO_CHAR UINT32_MAX

/*
 * The code point of a name or of an alias of one, not of a named sequence.
 * Letters may be small, where CPython lets them.
 */
uint32_t pv_jinja_char_named(pv_str name);

#endif
