/* SPDX-License-Identifier: MIT
 *
 * Numbers of JSON texts: what kind of value a literal is.
 */
#ifndef PV_SCHEMA_NUMBER_H
#define PV_SCHEMA_NUMBER_H

#include "schema/value.h"

/*
 * Makes `out` an integer or a number. `literal` is one by the grammar of RFC
 * 8259 and has to stay. PV_ELIMIT for exponents beyond a million, PV_ENOMEM.
 */
int pv_number_read(pv_value *out, pv_arena *arena, pv_str literal, pv_error *err);

#endif
