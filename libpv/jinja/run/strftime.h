/* SPDX-License-Identifier: MIT
 *
 * Times as text.
 */
#ifndef PV_JINJA_STRFTIME_H
#define PV_JINJA_STRFTIME_H

#include <stdint.h>

#include <pv/buf.h>

/* Appends a time, microseconds since 1970, in UTC, as strftime does. */
void pv_jinja_put_time(pv_buf *out, int64_t micros, const char *format);

#endif
