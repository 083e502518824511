/* SPDX-License-Identifier: MIT
 *
 * `syntax: fstring`: Python's str.format with the variables as keyword
 * arguments. {name}, {name.attr}, {name[key]}, !r !s !a, specifications of
 * str, int and float with fields in them, doubled braces. Since variables are
 * data, an attribute of a mapping is its item of that name.
 */
#ifndef PV_RENDER_FSTRING_H
#define PV_RENDER_FSTRING_H

#include "render/plain.h"

/*
 * Appends the text with its fields replaced to `out`. Names that are missing
 * are Python's KeyError, whether strict or not; loader is not used. PV_ERENDER
 * with Python's exception in `failure` (may be NULL), named `name` (may be
 * NULL); PV_ELIMIT, PV_ENOMEM; then `out` is as it was.
 */
int pv_fstring_render(pv_buf *out, const char *name, pv_str text,
		      const pv_plain_options *options,
		      pv_jinja_failure *failure, pv_error *err);

#endif
