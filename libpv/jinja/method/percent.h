/* SPDX-License-Identifier: MIT
 *
 * `%` formatting of strings.
 */
#ifndef PV_JINJA_PERCENT_H
#define PV_JINJA_PERCENT_H

#include "jinja/run/run.h"

/* text % args, as Python's str and Markup do it. */
int pv_jinja_percent(pv_jinja_value *out, pv_jinja_run *run,
		     pv_jinja_value text, pv_jinja_value args);

#endif
