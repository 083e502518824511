/* SPDX-License-Identifier: MIT
 *
 * How undefined values print, and what Python lets see of them; making them
 * and raising them is in ops.h.
 */
#ifndef PV_JINJA_UNDEFINED_H
#define PV_JINJA_UNDEFINED_H

#include "jinja/run/run.h"

/* Appends str(undefined): nothing, or the debug kind's text, or raises. */
int pv_jinja_put_undefined(pv_buf *out, pv_jinja_run *run,
			   pv_jinja_value undefined);

/* The fields Jinja2's class has: _undefined_name, _hint and _message. 1, 0. */
int pv_jinja_undefined_field(pv_jinja_value *out, pv_jinja_run *run,
			     pv_jinja_value undefined, pv_jinja_value name);

#endif
