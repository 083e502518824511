/* SPDX-License-Identifier: MIT
 *
 * How undefined values print; making them and raising them is in ops.h.
 */
#ifndef PV_JINJA_UNDEFINED_H
#define PV_JINJA_UNDEFINED_H

#include "jinja/run.h"

/* Appends str(undefined): nothing, or the debug kind's text, or raises. */
int pv_jinja_put_undefined(pv_buf *out, pv_jinja_run *run,
			   pv_jinja_value undefined);

#endif
