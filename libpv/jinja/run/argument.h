/* SPDX-License-Identifier: MIT
 *
 * Reading arguments of methods and filters, with CPython's complaints.
 */
#ifndef PV_JINJA_ARGUMENT_H
#define PV_JINJA_ARGUMENT_H

#include "jinja/run/call.h"

/* An int argument, or `fallback` when it is MISSING; None is a TypeError. */
int pv_jinja_int_arg(int64_t *out, const pv_jinja_call *call, size_t idx,
		     int64_t fallback);
/* Its truth, or `fallback` when MISSING: 1, 0 or a failure. */
int pv_jinja_bool_arg(const pv_jinja_call *call, size_t idx, int fallback);
/* The same where CPython wants an integer, as for `reverse`; 0 when missing. */
int pv_jinja_int_flag(const pv_jinja_call *call, size_t idx);
/* TypeError unless the value is a str: "<before>, not int". */
int pv_jinja_need_str(pv_jinja_run *run, pv_jinja_value value,
		      const char *before);
/* TypeErrors about what a function of Python's, `python`, does not take:
 * keywords; or anything besides its self. */
int pv_jinja_refuse_keywords(const pv_jinja_call *call, const char *python);
int pv_jinja_refuse_arguments(const pv_jinja_call *call, const char *python);
/* MISSING or None. */
static inline int pv_jinja_is_absent(pv_jinja_value value)
{
	return value.type == PV_JINJA_MISSING || value.type == PV_JINJA_NONE;
}

/* A part of a str, borrowed, Markup if `text` is. */
static inline pv_jinja_value pv_jinja_part(pv_jinja_value text, size_t from,
					   size_t to)
{
	return pv_jinja_str(text.u.s + from, to - from,
			    text.flags & (PV_JINJA_MARKUP | PV_JINJA_ASCII));
}

#endif
