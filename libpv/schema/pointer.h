/* SPDX-License-Identifier: MIT
 *
 * JSON pointers (RFC 6901).
 */
#ifndef PV_SCHEMA_POINTER_H
#define PV_SCHEMA_POINTER_H

#include <pv/buf.h>

#include "schema/value.h"

/* Appends "/" and the token of one key. */
void pv_pointer_put(pv_buf *out, pv_str key);

/*
 * What the first token of a pointer, "/a/b", leads to; the token is taken off.
 * NULL when there is no such member or element.
 */
const pv_value *pv_pointer_step(const pv_value *at, pv_str *pointer);

#endif
